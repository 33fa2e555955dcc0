//! Machine ← base pack ← chosen pack → [`Rulebook`], with every name resolved (decision D3).
//!
//! What is *promised* (reachability, an end by clocks alone) is the checker's work; here only words and types are looked at.

mod apply;
mod clocks;
mod floor;
#[cfg(test)]
mod floor_tests;
mod resolve;
#[cfg(test)]
mod tests;

pub(crate) use clocks::fact_of_length;

use crate::finding::{Finding, Origin, Origins};
use crate::model::{Name, Rule, Rulebook};
use crate::parse::{RawMachine, RawPack};
use crate::vocabulary::{EffectSpec, Vocabulary};
use indexmap::IndexMap;

/// What one rulebook is made of.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The machine.
    pub machine: &'a RawMachine,
    /// The packs, lowest (without base) first, the chosen one last; at least one.
    pub packs: &'a [&'a RawPack],
    /// Bounds on all clocks.
    pub statutory: Option<&'a RawPack>,
    /// Words of the kind.
    pub vocabulary: &'a Vocabulary,
    /// Effects of all slices.
    pub effects: &'a [&'a EffectSpec],
}

/// A rulebook and where its parts were written.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The rulebook.
    pub rulebook: Rulebook,
    /// Places by path, e.g. `state.requested.clock.answer.after`, `state.requested.on.reject.0.when`.
    pub origins: Origins,
}

/// Merges and resolves.
///
/// # Errors
/// Every name that stands for nothing, every parameter of another type, every change a pack may not make, every length below or above
/// a statutory bound.
pub fn merge(parts: &Parts<'_>) -> Result<Merged, Vec<Finding>> {
    let machine = parts.machine;
    let mut work = Work::new(parts);
    let chosen = parts.packs.last();
    let mut rulebook = Rulebook {
        kind: machine.kind.clone(),
        pack: chosen.map(|p| p.name.clone()).unwrap_or_default(),
        version: chosen.map(|p| p.version.clone()).unwrap_or_default(),
        label: machine.label.clone(),
        start: machine.start.clone(),
        actors: machine.actors.clone(),
        events: machine.events.clone(),
        effects: machine.effects.clone(),
        states: machine.states.clone(),
        rules: IndexMap::new(),
    };
    for pack in parts.packs {
        apply::apply(&mut work, &mut rulebook, pack);
    }
    resolve::resolve(&mut work, &rulebook, parts);
    clocks::resolve(&mut work, &rulebook, parts.vocabulary);
    if let Some(statutory) = parts.statutory {
        floor::check(&mut work, &rulebook, statutory);
    }
    rulebook.rules = cited(&mut work, &rulebook, parts.packs);
    if work.findings.is_empty() { Ok(Merged { rulebook, origins: work.origins }) } else { Err(work.findings) }
}

/// The rules that the rulebook cites, so that a change of other rules leaves its hash alone.
fn cited(work: &mut Work<'_>, book: &Rulebook, packs: &[&RawPack]) -> IndexMap<Name, Rule> {
    let known: IndexMap<&Name, &Rule> = packs.iter().flat_map(|p| &p.rules).collect();
    let names: Vec<&str> = known.keys().map(|k| k.as_str()).collect();
    let mut out = IndexMap::new();
    for (path, id) in citations(book) {
        match known.get(id) {
            Some(rule) => {
                out.insert(id.clone(), (*rule).clone());
            }
            None => work.find_near(&path, format!("no merged pack has the rule `{id}`"), id, &names),
        }
    }
    out
}

/// Every citation with its path.
fn citations(book: &Rulebook) -> Vec<(String, &Name)> {
    let mut out = Vec::new();
    for (name, state) in &book.states {
        for (clock_name, clock) in &state.clocks {
            let path = format!("state.{name}.clock.{clock_name}");
            out.extend(clock.rule.iter().map(|id| (format!("{path}.rule"), id)));
            let alts = clock.alt.iter().enumerate().filter_map(|(i, alt)| Some((i, alt.rule.as_ref()?)));
            out.extend(alts.map(|(i, id)| (format!("{path}.alt.{i}.rule"), id)));
        }
        for (event, alternatives) in &state.on {
            let cited = alternatives.iter().enumerate().filter_map(|(i, a)| Some((i, a.rule.as_ref()?)));
            out.extend(cited.map(|(i, id)| (format!("state.{name}.on.{event}.{i}.rule"), id)));
        }
    }
    out
}

/// Findings and origins while one rulebook is made.
pub(crate) struct Work<'a> {
    kind: &'a str,
    pub(crate) findings: Vec<Finding>,
    pub(crate) origins: Origins,
    /// Names of expiries that a pack's `end` put out of use; their labels may stay.
    replaced: Vec<Name>,
}

impl<'a> Work<'a> {
    fn new(parts: &Parts<'a>) -> Self {
        Self { kind: &parts.machine.kind, findings: vec![], origins: parts.machine.origins.clone(), replaced: vec![] }
    }

    /// For findings about a rulebook that is merged already.
    pub(crate) fn over(kind: &'a str, origins: Origins) -> Self {
        Self { kind, findings: vec![], origins, replaced: vec![] }
    }

    /// A mistake in the item at `path`.
    pub(crate) fn find(&mut self, path: &str, message: impl Into<String>) {
        self.find_near(path, message, "", &[]);
    }

    /// A mistake in `word` of the item at `path`, which may stand for one of `candidates`.
    pub(crate) fn find_near(&mut self, path: &str, message: impl Into<String>, word: &str, candidates: &[&str]) {
        let at = self.origins.find(path);
        self.find_at(at, path, message).suggestion = crate::finding::nearest(word, candidates.iter().copied());
    }

    /// A mistake at a place of its own (in a pack's patch that fits nothing).
    pub(crate) fn find_at(&mut self, at: Origin, path: &str, message: impl Into<String>) -> &mut Finding {
        let mut finding = Finding::new(at, message);
        finding.kind = Some(self.kind.to_owned());
        finding.state = path.strip_prefix("state.").and_then(|p| p.split('.').next()).map(str::to_owned);
        self.findings.push(finding);
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    /// A finding unless `word` is among `candidates`.
    pub(crate) fn require(&mut self, path: &str, what: &str, word: &str, candidates: &[&str]) {
        if !candidates.contains(&word) {
            self.find_near(path, format!("there is no {what} `{word}`"), word, candidates);
        }
    }
}

/// Keys of a map as `&str`, for suggestions.
pub(crate) fn keys<V>(map: &IndexMap<Name, V>) -> Vec<&str> {
    map.keys().map(String::as_str).collect()
}
