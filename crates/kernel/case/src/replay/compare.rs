//! What is different between two courses of one case.

use super::course::{Course, Step};
use super::past::Recorded;
use crate::model::Name;
use serde::Serialize;
use std::collections::BTreeSet;
use xr_base::Instant;

/// In what a course differs; a case may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// It ends, or stands, in another state; or it is not opened at all.
    End,
    /// It comes to the same state on another way.
    Way,
    /// It ends at another time, or its next due is another.
    Time,
    /// Other money moves.
    Money,
}

impl Sort {
    /// All, in the order of reports.
    pub const ALL: [Self; 4] = [Self::End, Self::Way, Self::Time, Self::Money];
}

/// The difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Divergence {
    /// In what; empty for the same course.
    pub sorts: BTreeSet<Sort>,
    /// How much later it ends, in milliseconds; none unless both courses ended.
    pub later_ms: Option<i64>,
    /// How much more money of each sort moves, in minor units.
    pub money: Vec<(&'static str, i64)>,
    /// Rules at the first difference: what silence or an act cited there.
    pub rules: BTreeSet<Name>,
}

/// Compares the course under other rules with the one under the case's own.
pub fn compare(old: &Course, new: &Course) -> Divergence {
    let mut out = Divergence::default();
    if old.state != new.state || old.closed_at.is_some() != new.closed_at.is_some() {
        out.sorts.insert(Sort::End);
    } else if ways(old).ne(ways(new)) {
        out.sorts.insert(Sort::Way);
    }
    if (old.closed_at, old.due_at()) != (new.closed_at, new.due_at()) {
        out.sorts.insert(Sort::Time);
    }
    out.later_ms = old.closed_at.zip(new.closed_at).map(|(old, new)| (new - old).0);
    let whats: BTreeSet<&'static str> = old.money.iter().chain(&new.money).map(|(what, _)| *what).collect();
    let more = whats.into_iter().map(|what| (what, new.moved(what) - old.moved(what)));
    out.money = more.filter(|(_, more)| *more != 0).collect();
    if !out.money.is_empty() {
        out.sorts.insert(Sort::Money);
    }
    if !out.sorts.is_empty() {
        out.rules = rules(old, new);
    }
    out
}

fn ways(course: &Course) -> impl Iterator<Item = (&str, &str)> {
    course.steps.iter().map(|s| (s.event.as_str(), s.to.as_str()))
}

/// What was cited where the two part, else by the clocks that run.
fn rules(old: &Course, new: &Course) -> BTreeSet<Name> {
    let same = |(a, b): &(&Step, &Step)| (a.at, &a.event, &a.to) == (b.at, &b.event, &b.to);
    let together = old.steps.iter().zip(&new.steps).take_while(same).count();
    let parted: Vec<&Step> =
        old.steps.iter().skip(together).take(1).chain(new.steps.iter().skip(together).take(1)).collect();
    if parted.is_empty() {
        let differ = |a: &Course, b: &Course| -> Vec<Name> {
            let gone = a.pending.iter().filter(|p| !b.pending.contains(p));
            gone.filter_map(|p| p.rule.clone()).collect()
        };
        return differ(old, new).into_iter().chain(differ(new, old)).collect();
    }
    parted.into_iter().filter_map(|s| s.rule.clone()).collect()
}

/// Where a course lived under the case's own rulebook is not the recorded one; none if it is, to the millisecond and the rule.
pub fn against_record(course: &Course, told: &Recorded) -> Option<String> {
    let place = |at: Instant, event: &str, to: &str| format!("{at} {event} → {to}");
    for (index, row) in told.rows.iter().enumerate() {
        let Some(step) = course.steps.get(index) else {
            return Some(format!("nothing instead of {}", place(row.at, &row.event, &row.to_state)));
        };
        let is_same = step.at == row.at
            && step.event == row.event
            && step.taken_as == row.taken_as
            && step.from == row.from_state
            && step.to == row.to_state
            && step.actor == row.actor
            && step.rule == row.rule;
        if !is_same {
            let (found, wanted) = (place(step.at, &step.event, &step.to), place(row.at, &row.event, &row.to_state));
            return Some(format!(
                "{found} by {} [{}] instead of {wanted} by {} [{}]",
                step.actor,
                step.rule.as_deref().unwrap_or("-"),
                row.actor,
                row.rule.as_deref().unwrap_or("-")
            ));
        }
    }
    if let Some(step) = course.steps.get(told.rows.len()) {
        return Some(format!("{} too much", place(step.at, &step.event, &step.to)));
    }
    let due = course.due_at();
    (due != told.case.due_at).then(|| {
        let words = |at: Option<Instant>| at.map_or_else(|| "none".to_owned(), |at| at.to_string());
        format!("the next due is {} instead of {}", words(due), words(told.case.due_at))
    })
}
