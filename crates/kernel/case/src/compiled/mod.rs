//! A rulebook ready to run: guards compiled, hash taken, facts that each decision needs known.

mod guards;
mod hash;
mod needs;

use crate::facts::{FactError, Facts};
use crate::finding::{Finding, Origins};
use crate::guard::{EvalError, Guard, Scope};
use crate::merge::{Merged, Work};
use crate::model::{Alternative, ClockRule, ClockScope, Rulebook, State};
use crate::vocabulary::Vocabulary;
use guards::{countable, guard_texts, unsure_lengths};
use std::collections::HashMap;

/// A rulebook with its compiled guards. Immutable; share it behind an `Arc`.
#[derive(Debug)]
pub struct Compiled {
    book: Rulebook,
    hash: String,
    json: String,
    vocabulary: &'static Vocabulary,
    /// By their text: the same words mean the same wherever they stand in a book.
    guards: HashMap<String, Guard>,
}

impl Compiled {
    /// Compiles a merged rulebook.
    ///
    /// # Errors
    /// Every guard with a mistake of syntax, name or type, at its line.
    pub fn new(merged: Merged, vocabulary: &'static Vocabulary) -> Result<Self, Vec<Finding>> {
        Self::build(merged.rulebook, merged.origins, vocabulary)
    }

    /// Compiles a rulebook that was stored as JSON (see [`Compiled::json`]).
    ///
    /// # Errors
    /// Text that is no rulebook, or one with guards that this vocabulary no longer knows; places are unknown then.
    pub fn from_json(json: &str, vocabulary: &'static Vocabulary) -> Result<Self, Vec<Finding>> {
        let book = serde_json::from_str(json);
        let book =
            book.map_err(|e| vec![Finding::new(crate::finding::Origin::default(), format!("not a rulebook: {e}"))])?;
        Self::build(book, Origins::default(), vocabulary)
    }

    fn build(book: Rulebook, origins: Origins, vocabulary: &'static Vocabulary) -> Result<Self, Vec<Finding>> {
        let events = countable(&book);
        let scope = Scope { vocabulary, events: &events };
        let mut guards = HashMap::new();
        let mut work = Work::over(&book.kind, origins);
        for (path, text) in guard_texts(&book) {
            if guards.contains_key(text) {
                continue;
            }
            match Guard::compile(text, &scope) {
                Ok(guard) => {
                    guards.insert(text.to_owned(), guard);
                }
                Err(error) => {
                    let at = work.origins.find(&path);
                    let message = format!("the guard `{text}`: {error}");
                    work.find_at(at, &path, message).suggestion = error.suggestion;
                }
            }
        }
        unsure_lengths(&mut work, &book, &guards, vocabulary);
        let findings = std::mem::take(&mut work.findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        let value =
            serde_json::to_value(&book).map_err(|e| vec![Finding::new(work.origins.find(""), e.to_string())])?;
        let hash = hash::of(value.clone());
        Ok(Self { hash, json: value.to_string(), vocabulary, guards, book })
    }

    /// The rulebook.
    pub const fn book(&self) -> &Rulebook {
        &self.book
    }

    /// SHA-256 of the rulebook's canonical JSON (keys sorted, no spaces), 64 hex digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The rulebook as JSON in the order of its files, for storing beside the hash.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Words of the kind.
    pub const fn vocabulary(&self) -> &'static Vocabulary {
        self.vocabulary
    }

    /// A state by its name.
    pub fn state(&self, name: &str) -> Option<&State> {
        self.book.states.get(name)
    }

    /// A clock as seen from `state`: the state's own, or else the case-wide clock of this name.
    pub fn clock(&self, state: &str, name: &str) -> Option<&ClockRule> {
        let own = self.state(state).and_then(|s| s.clocks.get(name));
        own.or_else(|| {
            self.book.states.values().filter_map(|s| s.clocks.get(name)).find(|c| c.scope == ClockScope::Case)
        })
    }

    /// Asks a guard of this book by its text; no text always holds.
    ///
    /// # Errors
    /// [`EvalError`]; a text that is no guard of this book counts as a fact that was not loaded.
    pub fn holds(&self, text: Option<&str>, facts: &Facts, counts: &dyn Fn(&str) -> i64) -> Result<bool, EvalError> {
        let Some(text) = text else { return Ok(true) };
        let guard = self.guards.get(text).ok_or(FactError::NotLoaded("a guard of another rulebook"))?;
        guard.holds(facts, counts)
    }

    /// The compiled guard of a text in this book.
    pub fn guard(&self, text: &str) -> Option<&Guard> {
        self.guards.get(text)
    }

    /// Alternatives of an event in a state; none for unknown names.
    pub fn alternatives(&self, state: &str, event: &str) -> &[Alternative] {
        self.state(state).and_then(|s| s.on.get(event)).map_or(&[], Vec::as_slice)
    }
}
