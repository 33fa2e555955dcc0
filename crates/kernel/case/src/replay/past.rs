//! What is known of a recorded case.

use crate::engine::{Case, HistoryRow};
use crate::facts::Facts;
use xr_base::{Currency, Instant};

/// A number that a capability keeps of a case while it is lived again: its name, and what it belongs to (a line's id) or 0.
pub type Figure = (&'static str, i64);

/// Something that became known of a case besides its history: a piece of evidence, a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it is, in the words of its capability.
    pub name: &'static str,
    /// When it was so.
    pub at: Instant,
    /// When the product knew.
    pub known: Instant,
    /// Whether the clocks of the case were computed anew then.
    pub is_news: bool,
}

impl Mark {
    /// Something that moved no clock.
    pub const fn quiet(name: &'static str, at: Instant, known: Instant) -> Self {
        Self { name, at, known, is_news: false }
    }
}

/// What capabilities know of a case beyond its history.
#[derive(Clone, Debug)]
pub struct Past {
    /// Facts as they are now.
    pub now: Facts,
    /// Facts that were the same from the opening on.
    pub lasting: &'static [&'static str],
    /// Numbers to begin with.
    pub figures: Vec<(Figure, i64)>,
    /// What became known, and when.
    pub marks: Vec<Mark>,
    /// Currency of the amounts.
    pub currency: Option<Currency>,
    /// Whether an effect of another case opened it; else somebody did.
    pub is_follower: bool,
}

impl Past {
    /// A past of which only today's facts are known.
    pub const fn as_now(now: Facts) -> Self {
        Self { now, lasting: &[], figures: Vec::new(), marks: Vec::new(), currency: None, is_follower: false }
    }
}

/// One recorded case.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its row as it is now.
    pub case: Case,
    /// Its history, oldest first; notes are not read.
    pub rows: Vec<HistoryRow>,
    /// The rest.
    pub past: Past,
    /// Places of its rows in the event record, where another case of the family did something at the same instant; else empty.
    pub places: Vec<i64>,
}

impl Recorded {
    /// Whether it came whole from another system, so that nothing of its course is known.
    pub fn is_imported(&self) -> bool {
        self.rows.first().is_some_and(|row| row.event == "imported")
    }
}
