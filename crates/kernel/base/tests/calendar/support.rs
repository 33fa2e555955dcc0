//! Short words for the tests.

use jiff::tz::TimeZone;
use xr_base::calendar::{Calendar, CalendarError, DayTables, Due, Interval, Length, due};
use xr_base::time::Instant;

/// `2026-02-14 13:05` (or a date alone) in Shanghai.
pub(crate) fn at(text: &str) -> Instant {
    at_in(text, "Asia/Shanghai")
}

pub(crate) fn at_in(text: &str, zone: &str) -> Instant {
    let text = if text.len() == 10 { format!("{text} 00:00") } else { text.to_owned() };
    let civil: jiff::civil::DateTime = text.parse().unwrap();
    Instant(civil.to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp().as_millisecond())
}

pub(crate) fn length(text: &str) -> Length {
    Length::parse(text).unwrap()
}

pub(crate) fn calendar(text: &str) -> Calendar {
    Calendar::parse(text).unwrap()
}

pub(crate) fn date(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

/// From one moment to another in Shanghai.
pub(crate) fn pause(from: &str, to: &str) -> Interval {
    Interval { from: at(from), to: Some(at(to)) }
}

pub(crate) fn open_pause(from: &str) -> Interval {
    Interval { from: at(from), to: None }
}

pub(crate) fn try_due(anchor: &str, len: &str, cal: &str, pauses: &[Interval]) -> Result<Due, CalendarError> {
    due(at(anchor), &length(len), &calendar(cal), pauses, DayTables::shipped())
}

/// The due by the shipped tables, without an open pause.
pub(crate) fn due_at(anchor: &str, len: &str, cal: &str, pauses: &[Interval]) -> Instant {
    try_due(anchor, len, cal, pauses).unwrap().at().expect("no pause is open")
}

#[track_caller]
pub(crate) fn check(anchor: &str, len: &str, cal: &str, expected: &str) {
    check_paused(anchor, len, cal, &[], expected);
}

#[track_caller]
pub(crate) fn check_paused(anchor: &str, len: &str, cal: &str, pauses: &[Interval], expected: &str) {
    let due = due_at(anchor, len, cal, pauses);
    assert_eq!(due, at(expected), "{anchor} + {len} in {cal} is {}", due.zoned(calendar(cal).zone()));
}
