//! A rulebook ready to run: guards compiled, hash taken, facts that each decision needs known.

use crate::facts::{FactError, FactSet, Facts};
use crate::finding::{Finding, Origins};
use crate::guard::{EvalError, Guard, Scope};
use crate::merge::{Merged, Work};
use crate::model::{Alternative, ClockRule, ClockScope, Name, Rulebook, State};
use crate::vocabulary::Vocabulary;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};

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
        let hash = hex(&Sha256::digest(sorted(value.clone()).to_string()));
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

    /// Facts needed to take `event` in `state`: those of its guards, and those that clocks of all possible targets count from.
    /// Empty for unknown names.
    pub fn needed_facts(&self, state: &str, event: &str) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        for alternative in self.alternatives(state, event) {
            self.add_guard(&mut need, alternative.when.as_deref());
            need.union(self.entry_facts(&alternative.to));
        }
        need
    }

    /// Facts that the guards of `event` in `state` ask for.
    pub fn event_facts(&self, state: &str, event: &str) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        for alternative in self.alternatives(state, event) {
            self.add_guard(&mut need, alternative.when.as_deref());
        }
        need
    }

    /// Facts needed to start the clocks of `state`: anchors, lengths by facts, guards of replacement lengths.
    pub fn entry_facts(&self, state: &str) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        for clock in self.state(state).into_iter().flat_map(|s| s.clocks.values()) {
            need.union(self.clock_facts(clock));
        }
        need
    }

    /// Facts needed to compute the due of one clock.
    pub fn clock_facts(&self, clock: &ClockRule) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        let lengths = std::iter::once(&clock.after).chain(clock.alt.iter().map(|a| &a.after));
        let by_length = lengths.filter_map(|length| crate::merge::fact_of_length(length));
        for fact in clock.anchor.as_deref().into_iter().chain(by_length) {
            self.vocabulary.fact_index(fact).into_iter().for_each(|i| need.add(i));
        }
        for alt in &clock.alt {
            self.add_guard(&mut need, Some(&alt.when));
        }
        need
    }

    /// Facts needed to say which events of `state` may be taken now (for [`allowed`](crate::step::allowed)).
    pub fn guard_facts(&self, state: &str) -> FactSet {
        let mut need = FactSet::none(self.vocabulary);
        for alternative in self.state(state).into_iter().flat_map(|s| s.on.values()).flatten() {
            self.add_guard(&mut need, alternative.when.as_deref());
        }
        need
    }

    /// Alternatives of an event in a state; none for unknown names.
    pub fn alternatives(&self, state: &str, event: &str) -> &[Alternative] {
        self.state(state).and_then(|s| s.on.get(event)).map_or(&[], Vec::as_slice)
    }

    fn add_guard(&self, need: &mut FactSet, text: Option<&str>) {
        if let Some(guard) = text.and_then(|t| self.guards.get(t)) {
            guard.facts().for_each(|i| need.add(i));
        }
    }
}

/// Names that a history of this book can hold: events and expiries.
fn countable(book: &Rulebook) -> Vec<&str> {
    let states = book.states.values();
    let events = states.clone().flat_map(|s| s.on.keys());
    let fires = states.flat_map(|s| s.clocks.values()).map(|c| &c.fire);
    events.chain(fires).map(Name::as_str).collect::<BTreeSet<_>>().into_iter().collect()
}

/// A replacement length that counts to a fact which may be absent needs a guard that rules this out.
fn unsure_lengths(work: &mut Work<'_>, book: &Rulebook, guards: &HashMap<String, Guard>, vocabulary: &Vocabulary) {
    for (name, state) in &book.states {
        for (clock, rule) in &state.clocks {
            for (i, alt) in rule.alt.iter().enumerate() {
                let Some(fact) = crate::merge::fact_of_length(&alt.after) else { continue };
                let index =
                    vocabulary.fact_index(fact).filter(|n| vocabulary.facts.get(*n).is_some_and(|f| f.may_be_absent));
                let Some((index, guard)) = index.zip(guards.get(&alt.when)) else { continue };
                if !guard.ensures(index) {
                    let path = format!("state.{name}.clock.{clock}.alt.{i}.after");
                    work.find(&path, format!("`facts.{fact}` may be absent: the guard must ask `has(facts.{fact})`"));
                }
            }
        }
    }
}

/// Every guard with its path.
fn guard_texts(book: &Rulebook) -> Vec<(String, &str)> {
    let mut out = Vec::new();
    for (name, state) in &book.states {
        for (event, alternatives) in &state.on {
            let guarded = alternatives.iter().enumerate().filter_map(|(i, a)| Some((i, a.when.as_deref()?)));
            out.extend(guarded.map(|(i, text)| (format!("state.{name}.on.{event}.{i}.when"), text)));
        }
        for (clock, rule) in &state.clocks {
            let alts = rule.alt.iter().enumerate();
            out.extend(alts.map(|(i, alt)| (format!("state.{name}.clock.{clock}.alt.{i}.when"), alt.when.as_str())));
        }
    }
    out
}

/// The value with all keys sorted, all the way down.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}
