//! What a whole replay found, added up. The order of everything in it is that of kinds, sorts and ids: the same history gives the
//! same report.

use super::compare::{Divergence, Sort};
use super::course::Course;
use crate::model::{Name, Rule, Rulebook};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use xr_base::locale::Text;
use xr_base::{CaseId, Instant, ShopId};

/// Whole courses kept of each kind and sort.
const SAMPLES_MAX: usize = 3;
/// Changed cases listed of each kind and sort.
const LISTED_MAX: usize = 200;
/// Cases told by name that could not be lived again.
const UNTOLD_MAX: usize = 20;

/// Values from which on quantiles are told: the 5 % of fewer is one of them at most.
const QUANTILES_FROM: usize = 20;

/// Smallest and largest; between them 5 %, middle and 95 %, none of fewer than 20 values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    /// How many values.
    pub count: u64,
    /// Smallest.
    pub min: i64,
    /// 5 % are smaller.
    pub p5: Option<i64>,
    /// Half are smaller.
    pub p50: Option<i64>,
    /// 95 % are smaller.
    pub p95: Option<i64>,
    /// Largest.
    pub max: i64,
}

impl Quantiles {
    /// Of values in any order; none without any.
    pub fn of(values: &mut [i64]) -> Option<Self> {
        values.sort_unstable();
        let at = |percent: usize| values.get(values.len().saturating_sub(1) * percent / 100).copied();
        let between = |percent: usize| at(percent).filter(|_| values.len() >= QUANTILES_FROM);
        let (p5, p50, p95) = (between(5), between(50), between(95));
        Some(Self { count: values.len() as u64, min: at(0)?, p5, p50, p95, max: at(100)? })
    }
}

/// Counts of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KindTotals {
    /// Cases compared.
    pub cases: u64,
    /// The same in everything.
    pub same: u64,
    /// Another end.
    pub end: u64,
    /// Another way to the same end.
    pub way: u64,
    /// Another time.
    pub time: u64,
    /// Other money.
    pub money: u64,
    /// Asked a fact of which only today's value is known.
    pub uncertain: u64,
    /// Not opened under the other rules.
    pub not_opened: u64,
    /// Opened under the other rules only.
    pub opened_anew: u64,
    /// Ended, or stand, by silence: under their own rules, and under the others.
    pub silent: (u64, u64),
    /// Acts that the other rules do not take.
    pub dropped: u64,
    /// How much later changed cases end, in milliseconds.
    pub later_ms: Option<Quantiles>,
}

/// Money of one sort and currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Under the cases' own rules, in minor units.
    pub before: i64,
    /// Under the others.
    pub after: i64,
}

/// A changed case of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The case.
    pub case: CaseId,
    /// Its kind.
    pub kind: Name,
    /// Its shop.
    pub shop: Option<ShopId>,
    /// Order that it belongs to.
    pub order: Option<CaseId>,
    /// That order's number.
    pub number: Option<String>,
    /// In what it differs.
    pub sorts: BTreeSet<Sort>,
    /// State at the end under its own rules.
    pub old_state: Name,
    /// Under the others; empty if it is not opened.
    pub new_state: Name,
    /// When it ended.
    pub old_end: Option<Instant>,
    /// When it would have.
    pub new_end: Option<Instant>,
    /// The next due of what still runs.
    pub old_due: Option<Instant>,
    /// The next due under the others.
    pub new_due: Option<Instant>,
    /// How much more money of each sort moves.
    pub money: Vec<(&'static str, i64)>,
    /// Whether a fact was asked that may have been different then.
    pub is_uncertain: bool,
}

/// A changed case with both courses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// The case.
    pub case: CaseId,
    /// In what it differs.
    pub divergence: Divergence,
    /// Under its own rules.
    pub old: Course,
    /// Under the others.
    pub new: Course,
}

/// One case with both courses, for whoever wants to look closely.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Both {
    /// The case.
    pub case: CaseId,
    /// In what they differ.
    pub divergence: Divergence,
    /// Why its own rulebook does not give the recorded course; then nothing is said by the comparison.
    pub untold: Option<String>,
    /// Under its own rules.
    pub old: Course,
    /// Under the others.
    pub new: Course,
    /// Labels and rules that the courses name.
    pub words: Words,
}

/// Labels of states and events, and rules with their texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Label of the kind.
    pub kind: Text,
    /// Of states.
    pub states: BTreeMap<Name, Text>,
    /// Of events.
    pub events: BTreeMap<Name, Text>,
    /// Rules.
    pub rules: BTreeMap<Name, Rule>,
}

impl Words {
    /// Of some rulebooks of one kind; the first that has a word gives it.
    pub fn of<'b>(books: impl Iterator<Item = &'b Rulebook>) -> Self {
        let mut words = Self::default();
        for book in books {
            words.kind.clone_from(&book.label);
            for (name, state) in &book.states {
                words.states.entry(name.clone()).or_insert_with(|| state.label.clone());
            }
            for (name, event) in &book.events {
                words.events.entry(name.clone()).or_insert_with(|| event.label.clone());
            }
            for (name, rule) in &book.rules {
                words.rules.entry(name.clone()).or_insert_with(|| rule.clone());
            }
        }
        words
    }
}

/// The whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// By kind.
    pub kinds: BTreeMap<Name, KindTotals>,
    /// How many of the compared cases ran under each pack.
    pub packs: BTreeMap<Name, u64>,
    /// Money by currency and sort.
    pub money: BTreeMap<String, BTreeMap<&'static str, Tally>>,
    /// How many cases part at each rule.
    pub rules: BTreeMap<Name, u64>,
    /// Labels of states and the rules named here, by kind.
    pub words: BTreeMap<Name, Words>,
    /// Changed cases, some of each kind and sort, by id.
    pub changed: Vec<Listed>,
    /// Whole courses of some of them.
    pub samples: Vec<Sample>,
    /// Cases that came whole from other systems and have no course.
    pub imported: u64,
    /// Cases whose own rulebook does not give the recorded course; they are not compared.
    pub not_reproduced: u64,
    /// Some of them, with why.
    pub untold: Vec<(CaseId, String)>,
    #[serde(skip)]
    later: BTreeMap<Name, Vec<i64>>,
    #[serde(skip)]
    listed: BTreeMap<(Name, Sort), (usize, usize)>,
}

impl Report {
    /// A recorded case under its own rules and under the others.
    pub fn add(&mut self, id: CaseId, old: &Course, new: &Course) {
        let divergence = super::compare::compare(old, new);
        let totals = self.kinds.entry(old.kind.clone()).or_default();
        totals.cases += 1;
        totals.same += u64::from(divergence.sorts.is_empty());
        for sort in &divergence.sorts {
            let count = match sort {
                Sort::End => &mut totals.end,
                Sort::Way => &mut totals.way,
                Sort::Time => &mut totals.time,
                Sort::Money => &mut totals.money,
            };
            *count += 1;
        }
        totals.uncertain += u64::from(!new.uncertain.is_empty());
        totals.not_opened += u64::from(new.steps.is_empty());
        totals.silent.0 += u64::from(is_silent(old));
        totals.silent.1 += u64::from(is_silent(new));
        totals.dropped += new.dropped.len() as u64;
        self.add_money(old, new);
        for rule in &divergence.rules {
            *self.rules.entry(rule.clone()).or_default() += 1;
        }
        if let Some(later) = divergence.later_ms.filter(|ms| *ms != 0) {
            self.later.entry(old.kind.clone()).or_default().push(later);
        }
        if !divergence.sorts.is_empty() {
            self.list(id, divergence, old, new);
        }
    }

    /// A case that only the other rules bring about.
    pub fn add_anew(&mut self, new: &Course) {
        self.kinds.entry(new.kind.clone()).or_default().opened_anew += 1;
        for (what, minor) in &new.money {
            self.tally(new, what).after += minor;
        }
    }

    /// A case that cannot be compared.
    pub fn add_untold(&mut self, id: CaseId, why: String) {
        self.not_reproduced += 1;
        if self.untold.len() < UNTOLD_MAX {
            self.untold.push((id, why));
        }
    }

    fn tally(&mut self, course: &Course, what: &'static str) -> &mut Tally {
        let currency = course.currency.map(|c| c.to_string()).unwrap_or_default();
        self.money.entry(currency).or_default().entry(what).or_default()
    }

    fn add_money(&mut self, old: &Course, new: &Course) {
        for (what, minor) in &old.money {
            self.tally(old, what).before += minor;
        }
        for (what, minor) in &new.money {
            self.tally(new, what).after += minor;
        }
    }

    fn list(&mut self, id: CaseId, divergence: Divergence, old: &Course, new: &Course) {
        let (mut is_listed, mut is_sample) = (false, false);
        for sort in &divergence.sorts {
            let (listed, samples) = self.listed.entry((old.kind.clone(), *sort)).or_default();
            is_listed |= *listed < LISTED_MAX;
            is_sample |= *samples < SAMPLES_MAX;
            *listed += 1;
            *samples += 1;
        }
        if is_listed {
            self.changed.push(Listed {
                case: id,
                kind: old.kind.clone(),
                shop: None,
                order: None,
                number: None,
                sorts: divergence.sorts.clone(),
                old_state: old.state.clone(),
                new_state: new.state.clone(),
                old_end: old.closed_at,
                new_end: new.closed_at,
                old_due: old.due_at(),
                new_due: new.due_at(),
                money: divergence.money.clone(),
                is_uncertain: !new.uncertain.is_empty(),
            });
        }
        if is_sample {
            self.samples.push(Sample { case: id, divergence, old: old.clone(), new: new.clone() });
        }
    }

    /// Puts the sums in: call it once at the end.
    #[must_use]
    pub fn finished(mut self) -> Self {
        for (kind, later) in &mut self.later {
            if let Some(totals) = self.kinds.get_mut(kind) {
                totals.later_ms = Quantiles::of(later);
            }
        }
        self.changed.sort_by_key(|listed| listed.case);
        self.samples.sort_by_key(|sample| sample.case);
        self
    }
}

/// Whether the last that was not an echo of another case was silence.
fn is_silent(course: &Course) -> bool {
    course.steps.iter().rev().find(|s| s.actor != "system").is_some_and(super::course::Step::is_silence)
}
