//! Rulebooks in use: kept under their hash, one current for each kind and pack.

use super::{Engine, Error};
use crate::compiled::Compiled;
use crate::model::{ClockRule, ClockScope};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use xr_base::calendar::{Calendar, Length};
use xr_base::{Fault, Problem, RowId, StoreError};
use xr_store::{Command, Tx, params, sql};

/// A rulebook with everything parsed that a transition needs.
pub struct Ready {
    /// Row id in `rulebooks`.
    pub id: i64,
    /// The rulebook with its guards.
    pub book: Arc<Compiled>,
    terms: HashMap<String, Parsed>,
    counted: BTreeSet<String>,
    has_case_clocks: bool,
}

/// A length text or calendar text, parsed once.
struct Parsed {
    length: Option<Length>,
    calendar: Option<Calendar>,
}

impl Ready {
    /// Parses lengths and calendars of a compiled rulebook.
    ///
    /// # Errors
    /// The text that cannot be read; the checker refuses such a rulebook with file and line.
    pub fn new(id: i64, book: Arc<Compiled>) -> Result<Self, Problem> {
        let mut terms = HashMap::new();
        for rule in book.book().states.values().flat_map(|s| s.clocks.values()) {
            for length in lengths(rule) {
                let parsed = Length::parse(length).map_err(|e| unreadable(&e.to_string()))?;
                terms.insert(length.to_owned(), Parsed { length: Some(parsed), calendar: None });
            }
            for calendar in calendars(rule) {
                let parsed = Calendar::parse(calendar).map_err(|e| unreadable(&e.to_string()))?;
                terms.insert(calendar.to_owned(), Parsed { length: None, calendar: Some(parsed) });
            }
        }
        let states = &book.book().states;
        let clocks = || states.values().flat_map(|s| s.clocks.values());
        let guards = states.values().flat_map(|s| s.on.values()).flatten().filter_map(|a| a.when.as_deref());
        let counted = guards.chain(clocks().flat_map(|c| c.alt.iter().map(|a| a.when.as_str()))).flat_map(counts_in);
        let counted = counted.map(str::to_owned).collect();
        let has_case_clocks = clocks().any(|c| c.scope == ClockScope::Case);
        Ok(Self { id, book, terms, counted, has_case_clocks })
    }

    /// Whether some guard asks how often `event` was taken.
    pub fn counts(&self, event: &str) -> bool {
        self.counted.contains(event)
    }

    /// Whether some guard counts any event.
    pub fn counts_any(&self) -> bool {
        !self.counted.is_empty()
    }

    /// Whether some clock outlives its state.
    pub fn has_case_clocks(&self) -> bool {
        self.has_case_clocks
    }

    /// A length of this rulebook, by its text.
    pub fn length(&self, text: &str) -> Option<&Length> {
        self.terms.get(text)?.length.as_ref()
    }

    /// A calendar of this rulebook, by its text.
    pub fn calendar(&self, text: &str) -> Option<&Calendar> {
        self.terms.get(text)?.calendar.as_ref()
    }

    /// A clock of a state.
    pub fn clock(&self, state: &str, name: &str) -> Option<&ClockRule> {
        self.book.book().states.get(state)?.clocks.get(name)
    }
}

/// Names after `counts.` in a guard's text.
fn counts_in(guard: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    guard.split("counts.").skip(1).map(move |rest| rest.split(|c| !is_name(c)).next().unwrap_or(""))
}

fn lengths(rule: &ClockRule) -> impl Iterator<Item = &str> {
    let own = [Some(rule.after.as_str()), rule.or_entered.as_deref(), rule.grace.as_deref()];
    own.into_iter().flatten().chain(rule.alt.iter().map(|a| a.after.as_str()))
}

fn calendars(rule: &ClockRule) -> impl Iterator<Item = &str> {
    std::iter::once(rule.calendar.as_str()).chain(rule.alt.iter().filter_map(|a| a.calendar.as_deref()))
}

fn unreadable(text: &str) -> Problem {
    Problem::new(422, "case.unreadable_rulebook").with("reason", text)
}

/// Every rulebook that open cases or new ones need.
#[derive(Default)]
pub struct Books {
    by_id: RwLock<HashMap<i64, Arc<Ready>>>,
    current: RwLock<HashMap<(String, String), Arc<Ready>>>,
}

impl Books {
    /// Rulebook of new cases of `kind` under `pack`.
    ///
    /// # Errors
    /// [`Error::NoRulebook`].
    pub fn current(&self, kind: &str, pack: &str) -> Result<Arc<Ready>, Error> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let found = current.get(&(kind.to_owned(), pack.to_owned())).cloned();
        found.ok_or_else(|| Error::NoRulebook { kind: kind.to_owned(), pack: pack.to_owned() })
    }

    /// Every current rulebook, by kind and pack.
    pub fn all_current(&self) -> Vec<Arc<Ready>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Arc<Ready>> = current.values().cloned().collect();
        all.sort_by_key(|r| (r.book.book().kind.clone(), r.book.book().pack.clone()));
        all
    }

    /// The rulebook with this row id, read from the database if this process has not seen it.
    ///
    /// # Errors
    /// A store fault; a rulebook that this version of the product cannot read.
    pub fn by_id(&self, tx: &mut Tx<'_>, engine: &Engine, id: i64) -> Result<Arc<Ready>, Fault> {
        if let Some(found) = self.by_id.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Arc::clone(found));
        }
        let (body,): (String,) =
            tx.one(sql!("SELECT body FROM rulebooks WHERE id = ?1 /* unscoped: rules are public */"), params![id])?;
        let ready = Arc::new(Ready::new(id, Arc::new(engine.compile_stored(&body)?))?);
        self.by_id.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&ready));
        Ok(ready)
    }

    /// Makes rulebooks current in this process only, for looking at a database without writing to it.
    ///
    /// # Errors
    /// A rulebook that cannot be read; the checker refuses such a one.
    pub fn hold(&self, books: &[Arc<Compiled>]) -> Result<(), Problem> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        for book in books {
            let key = (book.book().kind.clone(), book.book().pack.clone());
            current.insert(key, Arc::new(Ready::new(0, Arc::clone(book))?));
        }
        Ok(())
    }

    fn publish(&self, ready: Arc<Ready>) {
        let key = (ready.book.book().kind.clone(), ready.book.book().pack.clone());
        self.by_id.write().unwrap_or_else(PoisonError::into_inner).insert(ready.id, Arc::clone(&ready));
        self.current.write().unwrap_or_else(PoisonError::into_inner).insert(key, ready);
    }
}

impl Engine {
    fn compile_stored(&self, json: &str) -> Result<Compiled, Fault> {
        let kind: StoredKind = serde_json::from_str(json).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        let known = self.kind(&kind.kind).ok_or_else(|| unreadable(&kind.kind))?;
        Compiled::from_json(json, known.vocabulary()).map_err(|findings| {
            let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
            unreadable(&text.join("; ")).into()
        })
    }
}

/// The one field that must be known before a stored rulebook can be compiled.
#[derive(serde::Deserialize)]
struct StoredKind {
    kind: String,
}

/// Makes checked rulebooks current, each stored once under its hash. Run at the start and when a pack is published.
#[derive(Clone, Debug)]
pub struct PublishRulebooks {
    /// Merged, compiled and checked.
    pub books: Vec<Arc<Compiled>>,
}

impl Command for PublishRulebooks {
    type Out = usize;
    const NAME: &'static str = "case.publish_rulebooks";

    fn run(&self, tx: &mut Tx<'_>) -> Result<usize, Fault> {
        let engine = Engine::of(tx)?;
        engine.had_outage.store(super::outage::was_noted(tx)?, std::sync::atomic::Ordering::SeqCst);
        let mut added = 0;
        for book in &self.books {
            let (id, is_new) = keep(tx, book)?;
            added += usize::from(is_new);
            engine.books.publish(Arc::new(Ready::new(id, Arc::clone(book))?));
        }
        Ok(added)
    }
}

/// Nodes of one database may publish at once: one of them inserts.
fn keep(tx: &mut Tx<'_>, compiled: &Compiled) -> Result<(i64, bool), Fault> {
    if let Some(id) = find(tx, compiled)? {
        return Ok((id, false));
    }
    let (id, now) = (tx.id::<RowId>(), tx.now());
    let rulebook = compiled.book();
    let added = tx.exec(
        sql!(
            "INSERT INTO rulebooks (id, hash, kind, pack, version, body, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (hash) DO NOTHING /* unscoped: rules are public */"
        ),
        params![id, compiled.hash(), rulebook.kind, rulebook.pack, rulebook.version, compiled.json(), now],
    )?;
    if added == 1 {
        return Ok((id.0, true));
    }
    let id = find(tx, compiled)?.ok_or_else(|| StoreError::Corrupt("a rulebook went away".to_owned()))?;
    Ok((id, false))
}

fn find(tx: &mut Tx<'_>, compiled: &Compiled) -> Result<Option<i64>, StoreError> {
    let found: Option<(i64,)> = tx.opt(
        sql!("SELECT id FROM rulebooks WHERE hash = ?1 /* unscoped: rules are public */"),
        params![compiled.hash()],
    )?;
    Ok(found.map(|(id,)| id))
}
