//! The checker: what a pack *promises* holds for every case, whoever stays silent (design: "every promise has a clock").
//!
//! [`merge`](crate::merge) looks at words and types; here the merged graph is walked. A case is taken to be in a state with a set of live
//! clocks ([`walk`]); facts may change between steps, so every outcome of a guard counts as possible. Then, per kind:
//!
//! * every state can be reached ([`silence::unreached`]);
//! * from wherever a case can be, clocks alone bring it to an end: no state is left without a live clock ([`silence::stuck`]), no clock can be
//!   refused ([`silence::refused`]), and no clocks go round for ever ([`loops`]), least of all without time passing;
//! * who, what and why are said: owners, actors, labels and rules in both languages ([`words`]);
//! * lengths and calendars can be read and suit each other ([`times`]).

#[cfg(test)]
mod clause_tests;
#[cfg(test)]
mod deletion_tests;
#[cfg(test)]
mod explore;
mod loops;
mod silence;
#[cfg(test)]
mod tests;
mod times;
mod walk;
mod words;

use crate::compiled::Compiled;
use crate::finding::{Finding, Origins};
use crate::library::Library;
use crate::merge::Work;
use crate::model::Name;
use crate::parse::RawPack;
use std::collections::BTreeSet;
use walk::{Machine, Walk};

/// Checks every machine of `library` under `pack`: words and types first, then promises. Empty means that the pack may be used.
///
/// A kind whose words do not resolve is not walked; its parents are judged as if it ended.
pub fn check(library: &Library, pack: &str) -> Vec<Finding> {
    if let Some(statutory) = library.statutory().filter(|p| p.name == pack) {
        return floor(library, statutory);
    }
    let chain = match library.chain(pack) {
        Ok(chain) => chain,
        Err(findings) => return findings,
    };
    let mut findings = library.stray_kinds(&chain);
    let (mut books, mut unreadable) = (Vec::new(), BTreeSet::new());
    for machine in &library.machines {
        match subject(library, &machine.kind, pack) {
            Ok(subject) => books.push(subject),
            Err(more) => {
                findings.extend(more);
                unreadable.insert(machine.kind.clone());
            }
        }
    }
    let ends = ending(&books, unreadable);
    for subject in &books {
        findings.extend(subject.findings(&ends, &chain));
    }
    findings.dedup();
    findings
}

/// Checks the bounds that hold for all packs: what they speak of is there, their rules are told, and every pack keeps them.
fn floor(library: &Library, statutory: &RawPack) -> Vec<Finding> {
    let mut findings = library.stray_kinds(&[statutory]);
    findings.extend(words::untold(statutory));
    for pack in library.choosable() {
        for machine in &library.machines {
            for finding in library.merged(&machine.kind, &pack.name).err().into_iter().flatten() {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
    }
    findings
}

/// A rulebook with the places of its parts.
struct Subject {
    book: Compiled,
    origins: Origins,
}

fn subject(library: &Library, kind: &str, pack: &str) -> Result<Subject, Vec<Finding>> {
    let (merged, vocabulary) = library.merged(kind, pack)?;
    let origins = merged.origins.clone();
    Ok(Subject { book: Compiled::new(merged, vocabulary)?, origins })
}

impl Subject {
    fn findings(&self, ends: &BTreeSet<Name>, packs: &[&RawPack]) -> Vec<Finding> {
        let book = self.book.book();
        let mut work = Work::over(&book.kind, self.origins.clone());
        words::check(&mut work, book, packs);
        times::check(&mut work, &self.book);
        self.promises(&mut work, ends);
        work.findings
    }

    /// What only a walk through the graph shows.
    fn promises(&self, work: &mut Work<'_>, ends: &BTreeSet<Name>) {
        let machine = Machine::new(&self.book, ends);
        let Some(walk) = Walk::of(&machine) else {
            let limit = walk::NODES_MAX;
            work.find(
                "machine.start",
                format!("states and clocks combine in more than {limit} ways: too many to judge"),
            );
            return;
        };
        for fault in silence::faults(&machine, &walk).into_iter().chain(loops::faults(&machine, &walk)) {
            let at = work.origins.find(&fault.place);
            let finding = work.find_at(at, &format!("state.{}", fault.state), fault.message);
            finding.path = fault.path;
        }
    }

    /// Whether silence ends every case of this kind, if it ends those of `ends`.
    fn is_ending(&self, ends: &BTreeSet<Name>) -> bool {
        let machine = Machine::new(&self.book, ends);
        Walk::of(&machine).is_some_and(|walk| {
            let is_open = |kind| matches!(kind, FaultKind::Stuck | FaultKind::Refused | FaultKind::Loop);
            let faults = silence::faults(&machine, &walk).into_iter().chain(loops::faults(&machine, &walk));
            !faults.map(|f| f.kind).any(is_open)
        })
    }
}

/// Kinds whose cases end by clocks alone: at first none, then those that need no child, and so on. Kinds that wait for each other in a ring
/// never come in.
fn ending(books: &[Subject], mut ends: BTreeSet<Name>) -> BTreeSet<Name> {
    loop {
        let is_new = |s: &&Subject| !ends.contains(&s.book.book().kind) && s.is_ending(&ends);
        let more: Vec<Name> = books.iter().filter(is_new).map(|s| s.book.book().kind.clone()).collect();
        if more.is_empty() {
            return ends;
        }
        ends.extend(more);
    }
}

/// A broken promise.
#[derive(Clone, Debug)]
struct Fault {
    kind: FaultKind,
    state: Name,
    /// Path of the item among the origins.
    place: String,
    message: String,
    path: Vec<crate::finding::PathStep>,
}

/// Which promise is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum FaultKind {
    /// No case ever comes here.
    Unreached,
    /// Nobody is waited for here.
    Ownerless,
    /// Silence leaves a case here for ever.
    Stuck,
    /// A clock may be refused here, or its event is unknown here.
    Refused,
    /// Clocks may go round for ever.
    Loop,
    /// Clocks may go round without time passing.
    Spin,
}
