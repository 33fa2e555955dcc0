//! Warnings at a part of the length, in the calendar's own time.

use super::support::{at, calendar, length, open_pause, pause};
use xr_base::calendar::{DayTables, Due, Interval, Term};
use xr_base::time::Millis;

fn at_percent(anchor: &str, len: &str, cal: &str, pauses: &[Interval], percent: u8) -> Due {
    let (length, calendar) = (length(len), calendar(cal));
    Term { anchor: at(anchor), length: &length, calendar: &calendar, pauses, tables: DayTables::shipped() }
        .at_percent(percent)
        .unwrap()
}

#[track_caller]
fn check(anchor: &str, len: &str, cal: &str, percent: u8, expected: &str) {
    assert_eq!(at_percent(anchor, len, cal, &[], percent), Due::At(at(expected)));
}

#[test]
fn natural_warnings_are_parts_of_the_elapsed_time() {
    check("2026-03-03 10:00", "48h", "natural", 50, "2026-03-04 10:00");
    check("2026-03-03 10:00", "100h", "natural", 95, "2026-03-07 09:00");
    check("2026-03-03 10:00", "48h", "natural", 0, "2026-03-03 10:00");
    check("2026-03-03 10:00", "48h", "natural", 100, "2026-03-05 10:00");
    check("2026-03-03 10:00", "48h", "natural", 200, "2026-03-05 10:00");
}

#[test]
fn window_warnings_fall_inside_the_window() {
    check("2026-03-03 16:00", "4h", "window 09:00-18:00", 50, "2026-03-03 18:00");
    check("2026-03-03 16:00", "4h", "window 09:00-18:00", 80, "2026-03-04 10:12");
}

#[test]
fn working_day_warnings_fall_on_working_days() {
    // 4 working days over the October break: half of them are over at the end of 30 September.
    check("2026-09-28 16:00", "4wd", "natural", 50, "2026-10-01 00:00");
    check("2026-09-28 16:00", "4wd", "natural", 75, "2026-10-09 00:00");
}

#[test]
fn civil_moments_and_facts_are_warned_of_on_the_way() {
    check("2026-03-03 10:30", "T+1 10:30", "natural", 50, "2026-03-03 22:30");
    check("2026-03-03 00:00", "at 2026-03-07T00:00:00+08:00", "natural", 75, "2026-03-06 00:00");
}

#[test]
fn a_rolled_due_stretches_its_warnings() {
    // 24 Sep + 7 d by whole days from the 25th ends on 1 October, moved to the end of the 8th: 14 days in all.
    check("2026-09-24 10:00", "7d", "day0 roll", 50, "2026-10-02 00:00");
}

#[test]
fn pauses_hold_warnings_back() {
    let pauses = [pause("2026-03-03 20:00", "2026-03-05 20:00")];
    assert_eq!(at_percent("2026-03-03 10:00", "48h", "natural", &pauses, 50), Due::At(at("2026-03-06 10:00")));
    let open = [open_pause("2026-03-03 20:00")];
    assert_eq!(
        at_percent("2026-03-03 10:00", "48h", "natural", &open, 50),
        Due::Paused { since: at("2026-03-03 20:00"), left: Millis::hours(14) }
    );
    assert_eq!(
        at_percent("2026-03-03 10:00", "48h", "natural", &open, 20),
        Due::At(at("2026-03-03 19:36")),
        "it was due before the pause"
    );
}
