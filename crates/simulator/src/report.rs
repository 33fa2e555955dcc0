//! What a run tells.

use crate::coverage::{Coverage, Covered};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use xr_base::Instant;

/// Counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Orders placed.
    pub orders: u64,
    /// Cases opened, by kind.
    pub cases: BTreeMap<String, u64>,
    /// Cases ended, by `kind.state`.
    pub ends: BTreeMap<String, u64>,
    /// Steps taken; invariants are checked after each.
    pub steps: u64,
    /// Acts of people that succeeded.
    pub acts: u64,
    /// Looks at a case after which nothing was done.
    pub silences: u64,
    /// Clocks that ran out.
    pub fired: u64,
    /// Acts after the due; each was answered 409 with the new state.
    pub late_acts: u64,
    /// Acts and notices sent a second time; each changed nothing.
    pub repeats: u64,
    /// Acts on another merchant's case; each was answered 404.
    pub strangers: u64,
    /// Providers' notices.
    pub notices: u64,
    /// Carriers' scans.
    pub scans: u64,
    /// Clocks that ran out the moment they started.
    pub instant_clocks: u64,
    /// Refusals with a reason, by problem code.
    pub refused: BTreeMap<String, u64>,
    /// Checks over everything.
    pub sweeps: u64,
}

/// A run that found nothing wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// When nothing was open any more.
    pub ended_at: Instant,
    /// Counts.
    #[serde(flatten)]
    pub tally: Tally,
    /// Transitions and clocks taken.
    pub covered: Covered,
    /// The same, for adding up several runs.
    #[serde(skip)]
    pub coverage: Coverage,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tally, covered) = (&self.tally, &self.covered);
        let cases: u64 = tally.cases.values().sum();
        writeln!(f, "seed {}: {} orders, {cases} cases, {} steps", self.seed, tally.orders, tally.steps)?;
        writeln!(
            f,
            "  {} acts, {} silences, {} clocks, {} notices, {} scans",
            tally.acts, tally.silences, tally.fired, tally.notices, tally.scans
        )?;
        writeln!(
            f,
            "  refused as they must: {} late acts, {} repeats, {} strangers; {} invariant sweeps",
            tally.late_acts, tally.repeats, tally.strangers, tally.sweeps
        )?;
        let ends: Vec<String> = tally.ends.iter().map(|(end, n)| format!("{end} {n}")).collect();
        writeln!(f, "  ends: {}", ends.join(", "))?;
        let refused: Vec<String> = tally.refused.iter().map(|(code, n)| format!("{code} {n}")).collect();
        writeln!(f, "  refusals: {}", refused.join(", "))?;
        write!(
            f,
            "  covered: {}/{} transitions, {}/{} clocks",
            covered.transitions_taken, covered.transitions, covered.clocks_taken, covered.clocks
        )?;
        covered.missing.iter().try_for_each(|missing| write!(f, "\n    never taken: {missing}"))
    }
}
