//! From TOML to raw machines and packs (docs/MACHINES.md). Names are not resolved yet; that is [`merge`](crate::merge)'s work.

mod blocks;
mod clock;
mod machine;
mod pack;
mod reader;
#[cfg(test)]
mod tests;

use crate::finding::{Finding, Origins};
use crate::model::{ActorRole, AltLength, EventLabel, Name, Rule, State};
use indexmap::IndexMap;
use xr_base::locale::Text;

/// A machine as written.
#[derive(Clone, Debug)]
pub struct RawMachine {
    /// Kind of case.
    pub kind: Name,
    /// Label of the kind.
    pub label: Text,
    /// State of a new case.
    pub start: Name,
    /// Tags that at least one state each must carry, beside those of the vocabulary.
    pub requires_tags: Vec<Name>,
    /// Words of `[actor]`.
    pub actors: IndexMap<Name, ActorRole>,
    /// Labels of events.
    pub events: IndexMap<Name, EventLabel>,
    /// Labels of effects.
    pub effects: IndexMap<Name, Text>,
    /// The graph.
    pub states: IndexMap<Name, State>,
    /// Where everything stands, by paths of the merged rulebook.
    pub origins: Origins,
}

/// A pack as written.
#[derive(Clone, Debug)]
pub struct RawPack {
    /// Name of the pack.
    pub name: Name,
    /// Version, usually the date of the platform's text.
    pub version: String,
    /// Label.
    pub label: Text,
    /// The pack merged below this one.
    pub base: Option<Name>,
    /// Whether open cases may be moved to this version.
    pub open_cases: bool,
    /// Rules by id.
    pub rules: IndexMap<Name, Rule>,
    /// Named pause windows as `[from, to)` in RFC 3339.
    pub pauses: IndexMap<Name, (String, String)>,
    /// Changes of clocks.
    pub clocks: Vec<ClockPatch>,
    /// Changes of guards.
    pub guards: Vec<GuardPatch>,
    /// Bounds on clocks (statutory packs).
    pub floors: Vec<Floor>,
    /// Where everything stands. Paths of items of a machine are `<kind>/state.…`.
    pub origins: Origins,
}

/// What a pack changes on one clock; absent = as the machine says.
#[derive(Clone, Debug, Default)]
pub struct ClockPatch {
    /// Kind, state and name of the clock.
    pub target: Target,
    /// Length.
    pub after: Option<String>,
    /// Length from entry while the anchor fact is absent.
    pub or_entered: Option<String>,
    /// Calendar.
    pub calendar: Option<String>,
    /// Citation.
    pub rule: Option<Name>,
    /// Consequence, one of the machine's `may_end_in`.
    pub end: Option<Name>,
    /// Warnings.
    pub warn_at: Option<Vec<u8>>,
    /// Grace.
    pub grace: Option<String>,
    /// Replacement lengths.
    pub alt: Option<Vec<AltLength>>,
    /// Names of the pack's pauses that stop the clock.
    pub pauses: Option<Vec<Name>>,
}

/// What a pack changes on one event with one alternative; absent = as the machine says.
#[derive(Clone, Debug, Default)]
pub struct GuardPatch {
    /// Kind, state and event.
    pub target: Target,
    /// Guard.
    pub when: Option<String>,
    /// Code of the refusal.
    pub else_error: Option<String>,
    /// Citation.
    pub rule: Option<Name>,
}

/// Bounds on the length of one clock.
#[derive(Clone, Debug, Default)]
pub struct Floor {
    /// Kind, state and clock.
    pub target: Target,
    /// Shortest length allowed.
    pub min: Option<String>,
    /// Longest length allowed.
    pub max: Option<String>,
    /// How the law counts them: `natural` (from the anchor) or `day0` (from the midnight after it); none = `natural`.
    pub calendar: Option<String>,
    /// The rule that says so.
    pub rule: Option<Name>,
}

/// The clock or event of a machine that a pack speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Kind of case.
    pub kind: Name,
    /// State.
    pub state: Name,
    /// Clock or event.
    pub name: Name,
    /// Path among the pack's origins.
    pub path: String,
}

/// Reads a machine. `file` is only for findings.
///
/// # Errors
/// Every mistake of form: TOML syntax, unknown and missing keys, wrong types, bad names.
pub fn machine(file: &str, text: &str) -> Result<RawMachine, Vec<Finding>> {
    machine::read(file, text)
}

/// Reads a pack. `file` is only for findings.
///
/// # Errors
/// As [`machine`].
pub fn pack(file: &str, text: &str) -> Result<RawPack, Vec<Finding>> {
    pack::read(file, text)
}
