//! How a case went, or would have gone.

use crate::model::Name;
use serde::Serialize;
use std::collections::BTreeSet;
use xr_base::{CaseId, Currency, Instant, Party};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// When it counts for.
    pub at: Instant,
    /// Name in the history.
    pub event: Name,
    /// Event whose transition was taken.
    pub taken_as: Name,
    /// `usr_…`, `provider:…`, `clock` or `system`.
    pub actor: String,
    /// Party that acted.
    pub party: Party,
    /// State before; empty for the opening.
    pub from: Name,
    /// State after.
    pub to: Name,
    /// Rule cited.
    pub rule: Option<Name>,
}

impl Step {
    /// Whether nobody acted.
    pub fn is_silence(&self) -> bool {
        self.actor == "clock"
    }
}

/// Why a recorded act was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The case was never opened.
    NotOpened,
    /// The case had ended.
    Ended,
    /// The state does not accept it.
    NotAccepted,
    /// A guard refuses it.
    Refused,
}

/// An act that the other course does not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// When it was done.
    pub at: Instant,
    /// What.
    pub event: Name,
    /// By which party.
    pub party: Party,
    /// Where the case stood; empty if it was not open.
    pub state: Name,
    /// Why it is not taken.
    pub why: Why,
}

/// A clock that still runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// Its name.
    pub clock: Name,
    /// Event whose label tells what happens when it ends.
    pub event: Name,
    /// When it ends; none while paused or blocked.
    pub due_at: Option<Instant>,
    /// Rule cited.
    pub rule: Option<Name>,
}

/// The whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Course {
    /// The recorded case; none for one that is opened anew.
    pub id: Option<CaseId>,
    /// Kind.
    pub kind: Name,
    /// Steps, oldest first; the first is the opening.
    pub steps: Vec<Step>,
    /// State at the end.
    pub state: Name,
    /// When it ended.
    pub closed_at: Option<Instant>,
    /// Clocks that still run, the next due first; those without one last.
    pub pending: Vec<Pending>,
    /// Money that its effects moved, by what became of it, in minor units.
    pub money: Vec<(&'static str, i64)>,
    /// Currency of that money.
    pub currency: Option<Currency>,
    /// Acts that were not taken.
    pub dropped: Vec<Dropped>,
    /// Facts that were asked and may have had another value then.
    pub uncertain: BTreeSet<&'static str>,
    /// Steps at which the record told how guards were answered, against today's facts.
    pub by_record: BTreeSet<Name>,
    /// A clock that could not fire, and why: the rulebook or the facts are at fault.
    pub stuck: Option<String>,
}

impl Course {
    /// Money of one sort.
    pub fn moved(&self, what: &str) -> i64 {
        self.money.iter().filter(|(name, _)| *name == what).map(|(_, amount)| amount).sum()
    }

    /// The earliest due of what still runs.
    pub fn due_at(&self) -> Option<Instant> {
        self.pending.iter().filter_map(|p| p.due_at).min()
    }
}
