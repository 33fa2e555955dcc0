//! Dues, time left and warnings of one clock.

use super::reckon::{Course, rolled};
use super::{Calendar, CalendarError, DayTables, Length};
use crate::time::{Instant, Millis};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A pause: the clock stands from `from` (inclusive) to `to` (exclusive), without `to` until further notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// First moment of the pause.
    pub from: Instant,
    /// First moment after it; `None` while it lasts.
    pub to: Option<Instant>,
}

/// When a clock ends, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// At this moment, unless more pauses come.
    At(Instant),
    /// An open pause comes first.
    Paused {
        /// Since when it stands.
        since: Instant,
        /// What is left, in the calendar's own time: elapsed milliseconds, those inside the window, or those of working days
        /// (a working day = 24 h). 0 if only the moved due of a `roll` lies in the pause.
        left: Millis,
    },
}

impl Due {
    /// The moment, if no pause is open.
    pub const fn at(self) -> Option<Instant> {
        match self {
            Self::At(at) => Some(at),
            Self::Paused { .. } => None,
        }
    }
}

/// Everything that a clock's due depends on.
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// The moment it runs from.
    pub anchor: Instant,
    /// How long.
    pub length: &'a Length,
    /// In which time.
    pub calendar: &'a Calendar,
    /// When it stood; in any order, may overlap.
    pub pauses: &'a [Interval],
    /// The days that calendars ask for.
    pub tables: &'a DayTables,
}

/// When the clock ends; see the module for what each calendar means. Never before `anchor`.
///
/// # Errors
/// A year that decides is not loaded, the length does not suit the calendar, or a fact's moment is not filled in.
pub fn due(
    anchor: Instant,
    length: &Length,
    calendar: &Calendar,
    pauses: &[Interval],
    tables: &DayTables,
) -> Result<Due, CalendarError> {
    Term { anchor, length, calendar, pauses, tables }.due()
}

impl Term<'_> {
    /// When the clock ends, see [`due`].
    ///
    /// # Errors
    /// As [`due`].
    pub fn due(&self) -> Result<Due, CalendarError> {
        self.end(&self.course()?, &self.ordered())
    }

    /// Time left at `now` in the calendar's own time (see [`Due::Paused`]): elapsed time, time inside the window, or working time. The
    /// whole length before the start, 0 from the due on; it stands still in pauses and outside the window.
    ///
    /// # Errors
    /// As [`due`].
    pub fn left(&self, now: Instant) -> Result<Millis, CalendarError> {
        let (course, pauses) = (self.course()?, self.ordered());
        match self.end(&course, &pauses)? {
            Due::At(due) => course.run(now, due, &pauses).map(Millis),
            Due::Paused { since, left } => course.run(now, since, &pauses).map(|run| Millis(run + left.0)),
        }
    }

    /// Earliest moment at which `percent` (clamped to 0..=100) of the whole has passed in the calendar's own time. Below 100 a `roll`
    /// counts as part of the whole, once no pause is open.
    ///
    /// # Errors
    /// As [`due`].
    pub fn at_percent(&self, percent: u8) -> Result<Due, CalendarError> {
        let (course, pauses) = (self.course()?, self.ordered());
        let end = self.end(&course, &pauses)?;
        if percent >= 100 {
            return Ok(end);
        }
        let whole = match end {
            Due::At(due) if self.calendar.is_rolling() => course.run(course.start, due, &pauses)?,
            _ => course.need,
        };
        let part = i128::from(whole) * i128::from(percent) / 100;
        course.reach(i64::try_from(part).unwrap_or(whole), &pauses)
    }

    fn course(&self) -> Result<Course<'_>, CalendarError> {
        Course::of(self.anchor, self.length, self.calendar, self.tables)
    }

    fn end(&self, course: &Course<'_>, pauses: &[Interval]) -> Result<Due, CalendarError> {
        match course.reach(course.need, pauses)? {
            Due::At(due) if self.calendar.is_rolling() => {
                rolled(due, self.calendar, self.tables, if course.is_fixed { &[] } else { pauses })
            }
            due => Ok(due),
        }
    }

    fn ordered(&self) -> Cow<'_, [Interval]> {
        if self.pauses.is_sorted_by_key(|pause| pause.from) {
            return Cow::Borrowed(self.pauses);
        }
        let mut pauses = self.pauses.to_vec();
        pauses.sort_by_key(|pause| pause.from);
        Cow::Owned(pauses)
    }
}
