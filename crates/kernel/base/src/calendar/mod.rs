//! Calendars: how long is "48 h", "3 working days", "7 days from midnight".
//!
//! Every due is a pure function of anchor, [`Length`], [`Calendar`], pauses and day tables; nothing here reads a clock.
//! One idea carries all of it: a calendar says *when its clock runs*, and a due is the **earliest moment at which the
//! clock has run for the length**, pauses left out.
//!
//! | calendar | starts | runs |
//! |---|---|---|
//! | `natural` | at the anchor | always |
//! | `day0` | at the first midnight after the anchor | always |
//! | `working-days` | at the anchor; for a `wd` length at the first midnight after it | on working days, 0-24 h |
//! | `window 09:00-18:00 [working-days]` | at the anchor | inside the window, on all days or on working days |
//!
//! * `wd`: n working days of 24 h each. Without pauses the due is 00:00 after the n-th working day *strictly after* the
//!   anchor's day (shown as 24:00 of that day). A pause takes out exactly the working time that it covers, nothing is
//!   rounded: paused for two working hours, the due is two working hours later.
//! * Whole days (`d` under `day0`, `wd`) count every civil day as one even if a change of summer time makes it 23 or 25 h
//!   long: such a due stays on midnight. Hours under `working-days` are the 24 parts of such a day; all other hours are
//!   elapsed time.
//! * `mo` and `T+n HH:MM` name a civil moment. Pauses move it on by the time that they cover between anchor and moment.
//!   `T+n` counts working days under `working-days`. It is never before the anchor.
//! * `at` is a fixed moment: pauses do not move it.
//! * `roll`: if the due's last day (the day that holds the millisecond before it) is a statutory holiday, the due moves
//!   to the first day after the holiday, same time of day. Plain weekends do not move it. If a pause covers the moved
//!   due, it is due when the pause ends.
//!
//! Later anchors and longer lengths never give earlier dues, with three exceptions that lie in the rules themselves:
//! months (30 and 31 January both end on 28 February), `roll` within one day, and civil moments whose anchor lies inside
//! a pause.

mod days;
mod fnv;
mod length;
mod load;
mod reckon;
mod spec;
pub mod table_cli;
mod term;
mod track;
mod year;

pub use days::{DayKind, DayTable, DayTables, YEARS};
pub use length::Length;
pub use load::LoadError;
pub use spec::{Calendar, Counting};
pub use term::{Due, Interval, Term, due};
pub use year::plain_letters;

/// A length or calendar that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?}: {reason}")]
pub struct ParseError {
    /// What was to be read.
    pub text: String,
    /// What is wrong with it, with an example of what is right.
    pub reason: String,
}

impl ParseError {
    fn new(text: &str, reason: impl Into<String>) -> Self {
        Self { text: text.to_owned(), reason: reason.into() }
    }
}

/// Why a due cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A day of this year decides, and the region's day table does not hold the year. Never guessed (decision D7).
    #[error("calendar {region} has no day table for {year}")]
    YearNotLoaded {
        /// The day table.
        region: String,
        /// The missing year.
        year: i16,
    },
    /// The length has no meaning in this calendar, e.g. months in a daily window.
    #[error("a length of {length} has no meaning in the calendar {calendar:?}")]
    Unsuited {
        /// The length.
        length: String,
        /// The calendar.
        calendar: String,
    },
    /// The length is `at facts.NAME` and the fact's moment was not filled in with [`Length::resolved`].
    #[error("the moment facts.{0} is needed")]
    FactNeeded(String),
    /// The due lies beyond the year 9999, or the calendar hardly ever runs.
    #[error("the due lies out of range")]
    OutOfRange,
}
