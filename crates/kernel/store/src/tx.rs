//! The open transaction that commands and queries work in.

use crate::row::{FromRow, Row};
use crate::slow::Carried;
use crate::statement::{Statement, Variant};
use crate::store::Shared;
use std::collections::VecDeque;
use std::time::Duration;
use xr_base::id::Id;
use xr_base::value::Value;
use xr_base::{CaseId, Instant, Scope, Stopwatch, StoreError};

/// What an engine's connection can do; one implementation per engine.
pub(crate) trait Connection {
    /// Runs a statement; gives the number of rows changed.
    fn exec(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
    ) -> Result<u64, StoreError>;
    /// As [`Connection::exec`] when nobody asks for the number; an engine may send it with what follows.
    fn put(&mut self, statement: &'static Statement, variant: Variant, params: &[Value<'_>]) -> Result<(), StoreError>;
    /// Runs a query, calling `each` for every row.
    fn query(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// Runs a text that is not registered: migrations, dumps, transaction control.
    fn batch(&mut self, text: &str) -> Result<(), StoreError>;
    /// Whether the engine understands a text; nothing is run.
    fn prepare(&mut self, text: &str) -> Result<(), StoreError>;
    /// Queries with a text that is not registered (dumps and checks); every cell is passed as it is.
    fn query_text(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// Whether the commands of a group commit together (SQLite) or each by itself.
    fn commits_as_group(&self) -> bool;
    /// Starts a group of commands.
    fn group_begin(&mut self) -> Result<(), StoreError>;
    /// Makes the group durable.
    fn group_commit(&mut self) -> Result<(), StoreError>;
    /// Starts one command.
    fn begin(&mut self) -> Result<(), StoreError>;
    /// Keeps one command's work.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Undoes one command's work.
    fn rollback(&mut self) -> Result<(), StoreError>;
    /// Empties the log of the embedded database, in which pages lie as they were before.
    fn empty_log(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    /// Whether each commit waits for the disk; only the embedded database can be told not to.
    fn sync_each_commit(&mut self, _is_wanted: bool) -> Result<(), StoreError> {
        Ok(())
    }
    /// What statements took that travelled with the last question or the commit; each is told once.
    fn carried(&mut self) -> Vec<Carried> {
        Vec::new()
    }
    /// Between two groups: what the engine wants done while nothing is open.
    fn rest(&mut self);
    /// Whether the group still stands after an error (SQLite may have rolled all of it back).
    fn is_intact(&mut self) -> bool;
    /// Whether events get their sequence number at once (SQLite) or from the sequencer.
    fn sequences_at_once(&self) -> bool;
}

/// One transaction: reads see one state, writes all happen or none.
pub struct Tx<'t> {
    pub(crate) conn: &'t mut dyn Connection,
    pub(crate) shared: &'t Shared,
    now: Instant,
    effective: Option<Instant>,
    inbox: VecDeque<Mail>,
    has_failed: bool,
    /// Number of the data key that a field was sealed with, for what is written now.
    pub(crate) sealed_with: Option<u32>,
}

/// An event that a case is to take in this same transaction (decision D1); the case engine delivers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Who takes it.
    pub case: CaseId,
    /// Name of the event.
    pub event: String,
    /// How many deliveries led here; the engine refuses too many.
    pub depth: u8,
}

impl<'t> Tx<'t> {
    pub(crate) fn new(conn: &'t mut dyn Connection, shared: &'t Shared, now: Instant) -> Self {
        Self { conn, shared, now, effective: None, inbox: VecDeque::new(), has_failed: false, sealed_with: None }
    }

    /// Business time, read when the command began; never decreases between commands.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The moment that what happens now counts for: the due of a clock while its consequence runs, else [`Tx::now`].
    pub fn at(&self) -> Instant {
        self.effective.unwrap_or(self.now)
    }

    /// Used by the case engine around the firing of a clock.
    pub fn set_at(&mut self, at: Option<Instant>) {
        self.effective = at;
    }

    /// Events waiting for delivery in this transaction; used by the case engine.
    pub fn inbox(&mut self) -> &mut VecDeque<Mail> {
        &mut self.inbox
    }

    /// Wall time, for sessions, throttles and leases only (decision D11).
    pub fn wall(&self) -> Instant {
        self.shared.clock.wall()
    }

    /// A new id of type `T`, greater than every earlier one of this node.
    pub fn id<T: Id>(&self) -> T {
        T::from_raw(self.shared.ids.next_raw(self.now))
    }

    /// Something that was put into the store's [`Config`](crate::Config) when it was opened, by type.
    pub fn ext<T: Send + Sync + 'static>(&self) -> Option<&'t T> {
        self.shared.ext.iter().find_map(|any| any.downcast_ref::<T>())
    }

    /// Runs a statement without scope; gives the number of rows changed.
    ///
    /// # Errors
    /// [`StoreError`] of the engine; a broken unique key is [`StoreError::Duplicate`].
    pub fn exec(&mut self, statement: &'static Statement, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let watch = Stopwatch::start();
        let changed = self.conn.exec(statement, Variant::Plain, params);
        self.note(statement, watch.elapsed());
        self.has_failed |= changed.is_err();
        changed
    }

    /// Runs a statement whose number of changed rows nobody asks for. On PostgreSQL it travels with the next question or
    /// with the commit, and its error is the answer to that one.
    ///
    /// # Errors
    /// As [`Tx::exec`], now or later.
    pub fn put(&mut self, statement: &'static Statement, params: &[Value<'_>]) -> Result<(), StoreError> {
        let watch = Stopwatch::start();
        let put = self.conn.put(statement, Variant::Plain, params);
        self.note(statement, watch.elapsed());
        self.has_failed |= put.is_err();
        put
    }

    /// Every row of a query without scope.
    ///
    /// # Errors
    /// [`StoreError`] of the engine, or an unreadable column.
    pub fn all<T: FromRow>(
        &mut self,
        statement: &'static Statement,
        params: &[Value<'_>],
    ) -> Result<Vec<T>, StoreError> {
        self.collect(statement, Variant::Plain, params)
    }

    /// The first row of a query without scope, if there is one.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub fn opt<T: FromRow>(
        &mut self,
        statement: &'static Statement,
        params: &[Value<'_>],
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.query(statement, Variant::Plain, params, &mut |row| {
            if found.is_none() {
                found = Some(T::from_row(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The only row of a query that always has one (a count, a sum).
    ///
    /// # Errors
    /// As [`Tx::all`]; [`StoreError::Corrupt`] without a row.
    pub fn one<T: FromRow>(&mut self, statement: &'static Statement, params: &[Value<'_>]) -> Result<T, StoreError> {
        self.opt(statement, params)?.ok_or_else(|| StoreError::Corrupt(format!("no row: {}", statement.text)))
    }

    /// Calls `each` for every row of a query without scope, without keeping them: for millions of rows.
    ///
    /// # Errors
    /// As [`Tx::all`], and whatever `each` gives.
    pub fn each(
        &mut self,
        statement: &'static Statement,
        params: &[Value<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.query(statement, Variant::Plain, params, &mut each)
    }

    /// Every row that `scope` may see. The scope's id is `?1`; own parameters start at `?2`.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub fn all_scoped<T: FromRow>(
        &mut self,
        statement: &'static Statement,
        scope: Scope,
        params: &[Value<'_>],
    ) -> Result<Vec<T>, StoreError> {
        let scope = if self.lacks(crate::Mutant::Scope) { Scope::Platform } else { scope };
        let bound: Vec<Value<'_>> = std::iter::once(scope_id(scope)).chain(params.iter().copied()).collect();
        self.collect(statement, Variant::of(scope), &bound)
    }

    /// The first row that `scope` may see.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub fn opt_scoped<T: FromRow>(
        &mut self,
        statement: &'static Statement,
        scope: Scope,
        params: &[Value<'_>],
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all_scoped(statement, scope, params)?.into_iter().next())
    }

    /// Whether a statement failed. PostgreSQL would answer the COMMIT of such a transaction with success and keep nothing;
    /// so a command that went on is refused on either engine.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Notes what `statement` took, without what travelled with it.
    fn note(&mut self, statement: &'static Statement, time: Duration) {
        let own = time.saturating_sub(self.shared.slow.carried(self.conn.carried()));
        self.shared.slow.took(statement, own);
    }

    fn query(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let watch = Stopwatch::start();
        let done = self.conn.query(statement, variant, params, each);
        self.note(statement, watch.elapsed());
        self.has_failed |= done.is_err();
        done
    }

    fn collect<T: FromRow>(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.query(statement, variant, params, &mut |row| {
            rows.push(T::from_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }
}

fn scope_id(scope: Scope) -> Value<'static> {
    Value::Int(match scope {
        Scope::Platform => 0,
        Scope::Merchant(org) => org.0,
        Scope::Buyer(user) => user.0,
    })
}
