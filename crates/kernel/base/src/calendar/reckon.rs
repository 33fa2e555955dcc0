//! From a length and its calendar to a course: where the clock starts, what it needs and what it runs on.

use super::track::{DAY, Daily, Days, Track, civil, day_of, next};
use super::{Calendar, CalendarError, Counting, DayKind, DayTables, Due, Interval, Length};
use crate::time::{Instant, Millis};
use jiff::civil::Date;

/// A clock without its pauses.
pub(super) struct Course<'a> {
    pub(super) start: Instant,
    /// Units of the track.
    pub(super) need: i64,
    pub(super) track: Track<'a>,
    /// Pauses do not touch it.
    pub(super) is_fixed: bool,
}

impl<'a> Course<'a> {
    pub(super) fn of(
        anchor: Instant,
        length: &Length,
        calendar: &'a Calendar,
        tables: &'a DayTables,
    ) -> Result<Self, CalendarError> {
        length.needed()?;
        calendar.suits(length)?;
        let days = days(calendar, tables);
        let zone = calendar.zone();
        let midnight = || civil(zone, next(day_of(zone, anchor))?, 0);
        let whole_days = |working| Daily { zone, open: 0, close: 1_440, working, is_whole_day: true };
        let moment =
            |start, end: Instant| Self { start, need: (end - start).0.max(0), track: Track::Natural, is_fixed: false };
        let daily = |start, need, daily| Self { start, need, track: Track::Daily(daily), is_fixed: false };
        Ok(match *length {
            Length::WorkingDays(n) => daily(midnight()?, i64::from(n) * DAY, whole_days(Some(days))),
            Length::Months(n) => {
                let start = if calendar.counting() == Counting::Day0 { midnight()? } else { anchor };
                moment(start, months_after(calendar, start, n)?)
            }
            Length::DayAt { days: n, minute } => {
                let day = day_after(calendar, day_of(zone, anchor), n, &days)?;
                moment(anchor, civil(zone, day, minute)?)
            }
            Length::At(end) => Self { is_fixed: true, ..moment(anchor, end) },
            Length::Days(n) if calendar.counting() == Counting::Day0 => {
                daily(midnight()?, i64::from(n) * DAY, whole_days(None))
            }
            Length::Minutes(_) | Length::Hours(_) | Length::Days(_) | Length::AtFact(_) => {
                let need = length.natural().unwrap_or_default().0;
                match calendar.counting() {
                    Counting::Natural => moment(anchor, anchor + Millis(need)),
                    Counting::Day0 => midnight().map(|start| moment(start, start + Millis(need)))?,
                    Counting::WorkingDays => daily(anchor, need, whole_days(Some(days))),
                    Counting::Window { open, close, is_working_days } => {
                        let working = is_working_days.then_some(days);
                        daily(anchor, need, Daily { zone, open, close, working, is_whole_day: false })
                    }
                }
            }
        })
    }

    /// Earliest moment with `units` run outside `pauses`, which are ordered by their begin.
    pub(super) fn reach(&self, units: i64, pauses: &[Interval]) -> Result<Due, CalendarError> {
        let (mut at, mut left) = (self.start, units);
        for pause in self.touched(pauses) {
            if pause.to.is_some_and(|to| to <= at) {
                continue;
            }
            let run = self.track.between(at, pause.from, left)?;
            if left <= run {
                break;
            }
            left -= run;
            match pause.to {
                Some(to) => at = to,
                None => return Ok(Due::Paused { since: at.max(pause.from), left: Millis(left) }),
            }
        }
        self.track.after(at, left).map(Due::At)
    }

    /// Units run outside `pauses` from `from` to `to`.
    pub(super) fn run(&self, from: Instant, to: Instant, pauses: &[Interval]) -> Result<i64, CalendarError> {
        let (mut at, mut units) = (from.max(self.start), 0);
        for pause in self.touched(pauses) {
            if pause.to.is_some_and(|end| end <= at) {
                continue;
            }
            units += self.track.between(at, pause.from.min(to), i64::MAX)?;
            at = pause.to.unwrap_or(to);
        }
        Ok(units + self.track.between(at, to, i64::MAX)?)
    }

    fn touched<'p>(&self, pauses: &'p [Interval]) -> &'p [Interval] {
        if self.is_fixed { &[] } else { pauses }
    }
}

pub(super) fn days<'a>(calendar: &'a Calendar, tables: &'a DayTables) -> Days<'a> {
    Days { region: calendar.region(), table: tables.region(calendar.region()) }
}

fn months_after(calendar: &Calendar, start: Instant, months: u32) -> Result<Instant, CalendarError> {
    let end = start.zoned(calendar.zone()).checked_add(jiff::Span::new().months(months));
    end.map(|end| Instant(end.timestamp().as_millisecond())).map_err(|_| CalendarError::OutOfRange)
}

fn day_after(calendar: &Calendar, day: Date, n: u32, days: &Days<'_>) -> Result<Date, CalendarError> {
    if calendar.counting() == Counting::WorkingDays {
        return days.table(day)?.working_day_after(day, n);
    }
    day.checked_add(jiff::Span::new().days(n)).map_err(|_| CalendarError::OutOfRange)
}

/// Moves a due off a statutory holiday, and out of the pauses that cover the moved moment.
pub(super) fn rolled(
    due: Instant,
    calendar: &Calendar,
    tables: &DayTables,
    pauses: &[Interval],
) -> Result<Due, CalendarError> {
    let mut at = due;
    loop {
        let moved = off_holiday(at, calendar, &days(calendar, tables))?;
        if moved == at {
            return Ok(Due::At(at));
        }
        at = moved;
        while let Some(pause) = pauses.iter().find(|pause| pause.from < at && pause.to.is_none_or(|to| at < to)) {
            match pause.to {
                Some(to) => at = to,
                None => return Ok(Due::Paused { since: pause.from, left: Millis(0) }),
            }
        }
    }
}

fn off_holiday(at: Instant, calendar: &Calendar, days: &Days<'_>) -> Result<Instant, CalendarError> {
    let zone = calendar.zone();
    let last = day_of(zone, at - Millis(1));
    let mut day = last;
    while days.table(day)?.kind(day)? == DayKind::Holiday {
        day = next(day)?;
    }
    if day == last {
        return Ok(at);
    }
    let shift = day - last;
    let moved = zone.to_datetime(at.timestamp()).checked_add(shift).map_err(|_| CalendarError::OutOfRange)?;
    let moved = zone.to_ambiguous_timestamp(moved).compatible().map_err(|_| CalendarError::OutOfRange)?;
    Ok(Instant(moved.as_millisecond()))
}
