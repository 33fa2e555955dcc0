//! The line that a clock runs on: how much of it lies between two moments, and where so much of it is used up.

use super::{CalendarError, DayTable};
use crate::time::Instant;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Units of one whole day, whatever its length.
pub(super) const DAY: i64 = 86_400_000;
/// A due further away than this many days comes from a window that hardly ever opens.
const DAYS_MAX: u32 = 40_000;

/// Where the clock runs.
pub(super) enum Track<'a> {
    /// Always; one unit is a millisecond.
    Natural,
    /// In one stretch of every day that counts.
    Daily(Daily<'a>),
}

/// A daily stretch.
pub(super) struct Daily<'a> {
    pub(super) zone: &'a TimeZone,
    /// Minutes of the day, `open < close <= 1440`.
    pub(super) open: u16,
    pub(super) close: u16,
    /// On working days of this table only.
    pub(super) working: Option<Days<'a>>,
    /// A stretch is worth [`DAY`] units even on days of 23 or 25 h; else its milliseconds.
    pub(super) is_whole_day: bool,
}

/// The day table that a calendar names, loaded or not.
#[derive(Clone, Copy)]
pub(super) struct Days<'a> {
    pub(super) region: &'a str,
    pub(super) table: Option<&'a DayTable>,
}

impl Days<'_> {
    pub(super) fn table(&self, date: Date) -> Result<&DayTable, CalendarError> {
        self.table.ok_or_else(|| CalendarError::YearNotLoaded { region: self.region.to_owned(), year: date.year() })
    }
}

/// One stretch: milliseconds since 1970 and what it is worth.
#[derive(Clone, Copy)]
struct Stretch {
    from: i64,
    to: i64,
    worth: i64,
}

impl Stretch {
    /// Units run when it is `at`.
    fn run(self, at: i64) -> i64 {
        match at {
            _ if at <= self.from => 0,
            _ if at >= self.to => self.worth,
            _ => (at - self.from) * self.worth / (self.to - self.from),
        }
    }

    /// Earliest moment with `units` run; `units` is 1 to `worth`.
    fn earliest(self, units: i64) -> i64 {
        let length = self.to - self.from;
        self.from + (units * length + self.worth - 1) / self.worth
    }
}

impl Daily<'_> {
    fn stretch(&self, date: Date) -> Result<Stretch, CalendarError> {
        let counts = match &self.working {
            Some(days) => days.table(date)?.is_workday(date)?,
            None => true,
        };
        let from = civil(self.zone, date, self.open)?.0;
        let to = civil(self.zone, date, self.close)?.0;
        // A zone may skip a whole day, or the window's hour.
        let worth = match () {
            () if !counts || to <= from => 0,
            () if self.is_whole_day => DAY,
            () => to - from,
        };
        Ok(Stretch { from, to, worth })
    }

    fn between(&self, from: i64, to: i64, enough: i64) -> Result<i64, CalendarError> {
        let mut date = day_of(self.zone, Instant(from));
        let (mut units, mut begins) = (0, from);
        while begins < to && units < enough {
            let stretch = self.stretch(date)?;
            units += if stretch.worth == 0 { 0 } else { stretch.run(to) - stretch.run(from) };
            date = next(date)?;
            begins = civil(self.zone, date, 0)?.0;
        }
        Ok(units)
    }

    fn after(&self, from: i64, units: i64) -> Result<i64, CalendarError> {
        let mut date = day_of(self.zone, Instant(from));
        let mut left = units;
        for _ in 0..DAYS_MAX {
            let stretch = self.stretch(date)?;
            if stretch.worth > 0 {
                let gone = stretch.run(from);
                if left <= stretch.worth - gone {
                    return Ok(stretch.earliest(gone + left));
                }
                left -= stretch.worth - gone;
            }
            date = next(date)?;
        }
        Err(CalendarError::OutOfRange)
    }
}

impl Track<'_> {
    /// Units between two moments; 0 if `to` is not after `from`. Days behind those that make up `enough` are not looked at, so that
    /// a pause next year does not ask for next year's table.
    pub(super) fn between(&self, from: Instant, to: Instant, enough: i64) -> Result<i64, CalendarError> {
        match self {
            _ if to <= from => Ok(0),
            Self::Natural => Ok((to - from).0),
            Self::Daily(daily) => daily.between(from.0, to.0, enough),
        }
    }

    /// Earliest moment with `units` run since `from`.
    pub(super) fn after(&self, from: Instant, units: i64) -> Result<Instant, CalendarError> {
        match self {
            _ if units <= 0 => Ok(from),
            Self::Natural => from.0.checked_add(units).map(Instant).ok_or(CalendarError::OutOfRange),
            Self::Daily(daily) => daily.after(from.0, units).map(Instant),
        }
    }
}

/// The civil day of `at`.
pub(super) fn day_of(zone: &TimeZone, at: Instant) -> Date {
    zone.to_datetime(at.timestamp()).date()
}

pub(super) fn next(date: Date) -> Result<Date, CalendarError> {
    date.tomorrow().map_err(|_| CalendarError::OutOfRange)
}

/// When it is `minute` (0 to 1,440) on `date`; a time that the zone skips is as much later as the clocks are put forward.
pub(super) fn civil(zone: &TimeZone, date: Date, minute: u16) -> Result<Instant, CalendarError> {
    let (date, minute) = if minute < 1_440 { (date, minute) } else { (next(date)?, 0) };
    let (hour, minute) = (i8::try_from(minute / 60).unwrap_or(0), i8::try_from(minute % 60).unwrap_or(0));
    let moment = zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0)).compatible();
    moment.map(|moment| Instant(moment.as_millisecond())).map_err(|_| CalendarError::OutOfRange)
}
