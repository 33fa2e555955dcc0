//! What the engine alone needs for a command: its statements, recorded and played again on the bare client library.
//!
//! Benches compare the product with this (`xiaoer bench place-order`). A command is run and undone while its statements are
//! written down; its ids are given to nobody else, so that playing does what the command would have done.

mod play;

use crate::command::Command;
use crate::kept::Kept;
use crate::row::Row;
use crate::statement::{Statement, Variant};
use crate::store::{Location, Store, pending, run_group};
use crate::tx::Connection;
use xr_base::StoreError;
use xr_base::value::Value;

pub use play::{Played, play};

/// One statement with its values.
struct Step {
    statement: &'static Statement,
    variant: Variant,
    params: Vec<Kept>,
    /// Whether the command needed its answer before it went on.
    is_awaited: bool,
}

/// The statements of one command, in order.
pub struct Tape(Vec<Step>);

impl Tape {
    /// How many statements.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the command asked the database nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Runs each of `commands` on its own, writes its statements down and undoes it. Refused commands leave no tape.
///
/// # Errors
/// [`StoreError`] when the database cannot be opened.
pub fn record<C: Command>(store: &Store, location: &Location, commands: Vec<C>) -> Result<Vec<Tape>, StoreError> {
    let inner = crate::store::writer_beside(location)?;
    let mut taping = Taping { inner, steps: Vec::new(), tapes: Vec::new() };
    for command in commands {
        let (task, _answer) = pending(command, None);
        run_group(&mut taping, store.shared(), vec![task]);
    }
    Ok(taping.tapes)
}

/// A connection that writes down what passes, and keeps nothing of it in the database.
struct Taping {
    inner: Box<dyn Connection + Send>,
    steps: Vec<Step>,
    tapes: Vec<Tape>,
}

impl Taping {
    fn note(&mut self, statement: &'static Statement, variant: Variant, params: &[Value<'_>], is_awaited: bool) {
        self.steps.push(Step { statement, variant, params: params.iter().map(Kept::from).collect(), is_awaited });
    }
}

impl Connection for Taping {
    fn exec(&mut self, sql: &'static Statement, variant: Variant, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.note(sql, variant, params, true);
        self.inner.exec(sql, variant, params)
    }

    fn put(&mut self, sql: &'static Statement, variant: Variant, params: &[Value<'_>]) -> Result<(), StoreError> {
        self.note(sql, variant, params, false);
        self.inner.put(sql, variant, params)
    }

    fn query(
        &mut self,
        sql: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.note(sql, variant, params, true);
        self.inner.query(sql, variant, params, each)
    }

    fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.inner.batch(text)
    }

    fn prepare(&mut self, text: &str) -> Result<(), StoreError> {
        self.inner.prepare(text)
    }

    fn query_text(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.inner.query_text(text, each)
    }

    fn commits_as_group(&self) -> bool {
        self.inner.commits_as_group()
    }

    fn group_begin(&mut self) -> Result<(), StoreError> {
        self.inner.group_begin()
    }

    fn group_commit(&mut self) -> Result<(), StoreError> {
        self.inner.group_commit()
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.steps.clear();
        self.inner.begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.tapes.push(Tape(std::mem::take(&mut self.steps)));
        self.inner.rollback()
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        self.inner.rollback()
    }

    fn rest(&mut self) {}

    fn is_intact(&mut self) -> bool {
        self.inner.is_intact()
    }

    fn sequences_at_once(&self) -> bool {
        self.inner.sequences_at_once()
    }
}
