//! Other zones: summer time, skipped midnights, skipped days.

use super::support::{at_in, calendar, length};
use xr_base::calendar::{DayTable, DayTables, Interval, Term, due};
use xr_base::time::Millis;

#[track_caller]
fn check(zone: &str, anchor: &str, len: &str, cal: &str, expected: &str) {
    let calendar = calendar(&format!("{cal} zone {zone}"));
    let found = due(at_in(anchor, zone), &length(len), &calendar, &[], DayTables::shipped()).unwrap().at().unwrap();
    assert_eq!(found, at_in(expected, zone), "{}", found.zoned(calendar.zone()));
}

const BERLIN: &str = "Europe/Berlin";

#[test]
fn hours_are_elapsed_time_over_the_change_of_summer_time() {
    check(BERLIN, "2026-03-28 12:00", "24h", "natural", "2026-03-29 13:00");
    check(BERLIN, "2026-10-24 12:00", "24h", "natural", "2026-10-25 11:00");
}

#[test]
fn whole_days_stay_on_midnight_over_the_change_of_summer_time() {
    check(BERLIN, "2026-03-27 15:30", "7d", "day0", "2026-04-04 00:00");
    check(BERLIN, "2026-10-23 15:30", "7d", "day0", "2026-10-31 00:00");
    check(BERLIN, "2026-10-23 15:30", "168h", "day0", "2026-10-30 23:00");
}

#[test]
fn months_and_civil_times_keep_the_time_of_day_over_the_change() {
    check(BERLIN, "2026-03-15 09:00", "1mo", "natural", "2026-04-15 09:00");
    check(BERLIN, "2026-10-24 23:00", "T+1 10:30", "natural", "2026-10-25 10:30");
}

#[test]
fn a_civil_time_that_the_zone_skips_is_an_hour_later() {
    check(BERLIN, "2026-03-28 09:00", "T+1 02:30", "natural", "2026-03-29 03:30");
}

#[test]
fn a_window_keeps_its_civil_hours_and_counts_what_really_passes() {
    check(BERLIN, "2026-03-28 17:00", "2h", "window 09:00-18:00", "2026-03-29 10:00");
    // On 29 March 01:00-04:00 holds two hours, on 25 October four.
    check(BERLIN, "2026-03-29 00:00", "3h", "window 01:00-04:00", "2026-03-30 02:00");
    check(BERLIN, "2026-10-25 00:00", "4h", "window 01:00-04:00", "2026-10-25 04:00");
    // The hour 02-03 does not exist on 29 March.
    check(BERLIN, "2026-03-29 00:00", "1h", "window 02:00-03:00", "2026-03-30 03:00");
}

#[test]
fn a_day_without_midnight_begins_when_it_begins() {
    // Cairo puts its clocks forward at 00:00 on Friday 24 April 2026: that day begins at 01:00.
    let zone = "Africa/Cairo";
    check(zone, "2026-04-23 12:00", "1d", "day0", "2026-04-25 00:00");
    check(zone, "2026-04-22 12:00", "1d", "day0", "2026-04-24 01:00");
}

#[test]
fn a_day_that_a_zone_skipped_is_no_day() {
    // Samoa had no 30 December 2011.
    check("Pacific/Apia", "2011-12-28 12:00", "2d", "day0", "2012-01-01 00:00");
}

#[test]
fn the_same_moment_is_another_day_elsewhere() {
    check("Asia/Urumqi", "2026-03-03 23:30", "1d", "day0", "2026-03-05 00:00");
    let moment = at_in("2026-03-03 23:30", "Asia/Urumqi");
    let shanghai = due(moment, &length("1d"), &calendar("day0"), &[], DayTables::shipped()).unwrap().at();
    assert_eq!(shanghai, Some(at_in("2026-03-06 00:00", "Asia/Shanghai")));
}

#[test]
fn other_weekends_and_pauses_over_a_short_day_are_exact() {
    let table = r#"
        region = "eg"
        weekend = ["friday", "saturday"]
        [[year]]
        year = 2026
        holidays = []
        makeup = ["04-24"]
    "#;
    let mut tables = DayTables::empty();
    tables.add(&DayTable::from_toml(table).unwrap());
    let zone = "Africa/Cairo";
    let calendar = calendar(&format!("working-days zone {zone} region eg"));
    let at = |text| at_in(text, zone);
    let ask =
        |pauses: &[Interval]| due(at("2026-04-22 12:00"), &length("2wd"), &calendar, pauses, &tables).unwrap().at();
    // Thursday, the make-up Friday of 23 h; Saturday is free.
    assert_eq!(ask(&[]), Some(at("2026-04-25 00:00")));
    // The whole short day paused: it is made up by Sunday, wholly.
    let short_day = Interval { from: at("2026-04-24 01:00"), to: Some(at("2026-04-25 00:00")) };
    assert_eq!(ask(&[short_day]), Some(at("2026-04-27 00:00")));
}

#[test]
fn a_due_on_a_short_working_day_is_the_earliest_moment_with_the_length_run() {
    // Friday 24 April 2026 is a working day of 23 h when Cairo counts by the table of mainland China.
    let (minute, hour) = (length("1m"), length("1h"));
    let calendar = calendar("working-days zone Africa/Cairo");
    for offset in 1..24 {
        let anchor = at_in("2026-04-24 01:00", "Africa/Cairo") + Millis(offset);
        let term = |length| Term { anchor, length, calendar: &calendar, pauses: &[], tables: DayTables::shipped() };
        let end = term(&minute).due().unwrap().at().unwrap();
        let run = |now| term(&hour).left(anchor).unwrap().0 - term(&hour).left(now).unwrap().0;
        assert!(run(end) >= 60_000 && run(end - Millis(1)) < 60_000, "from {offset} ms after the day's begin");
    }
}
