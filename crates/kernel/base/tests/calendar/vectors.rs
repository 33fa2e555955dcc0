//! The vectors of the published rules, and the meaning of each calendar.

use super::support::{at, calendar, check, check_paused, due_at, length, pause, try_due};
use xr_base::calendar::{CalendarError, DayTable, DayTables, due};

#[test]
fn natural_hours_run_through() {
    check("2026-02-14 13:05", "48h", "natural", "2026-02-16 13:05");
}

#[test]
fn day0_counts_whole_days_from_the_next_midnight() {
    check("2026-03-03 15:30", "7d", "day0", "2026-03-11 00:00");
    check("2026-03-03 15:30", "30d", "day0", "2026-04-03 00:00");
    check("2026-03-03 15:30", "168h", "day0", "2026-03-11 00:00");
    check("2026-03-03 15:30", "720h", "day0", "2026-04-03 00:00");
}

#[test]
fn day0_waits_a_day_if_the_anchor_is_midnight_itself() {
    check("2026-03-03 00:00", "1d", "day0", "2026-03-05 00:00");
}

#[test]
fn a_window_counts_only_its_own_hours() {
    check("2026-03-03 10:00", "4h", "window 09:00-18:00", "2026-03-03 14:00");
    check("2026-03-03 14:01", "4h", "window 09:00-18:00", "2026-03-04 09:01");
    check("2026-03-03 20:00", "4h", "window 09:00-18:00", "2026-03-04 13:00");
}

#[test]
fn a_window_that_fills_exactly_is_due_when_it_closes() {
    check("2026-03-03 14:00", "4h", "window 09:00-18:00", "2026-03-03 18:00");
    check("2026-03-03 06:00", "18h", "window 09:00-18:00", "2026-03-04 18:00");
}

#[test]
fn a_window_of_working_days_skips_holidays_and_keeps_make_up_days() {
    // Tuesday 17:00, the last working day before 1 October 2026 is Wednesday the 30th.
    check("2026-09-29 17:00", "1h", "window 09:00-18:00 working-days", "2026-09-29 18:00");
    check("2026-09-30 17:30", "100m", "window 09:00-18:00 working-days", "2026-10-08 10:10");
    check("2026-10-09 17:30", "100m", "window 09:00-18:00 working-days", "2026-10-10 10:10");
}

const INVENTED: &str = r#"
region = "invented"
[[year]]
year = 2026
holidays = ["10-01..10-07"]
makeup = ["10-10"]
"#;

#[test]
fn three_working_days_over_an_invented_holiday_list() {
    let mut tables = DayTables::empty();
    tables.add(&DayTable::from_toml(INVENTED).unwrap());
    let found = due(at("2026-09-29 16:00"), &length("3wd"), &calendar("working-days region invented"), &[], &tables);
    assert_eq!(found.unwrap().at(), Some(at("2026-10-10 00:00")), "the end of 9 October");
    let fourth = due(at("2026-09-29 16:00"), &length("4wd"), &calendar("natural region invented"), &[], &tables);
    assert_eq!(fourth.unwrap().at(), Some(at("2026-10-11 00:00")), "the make-up Saturday counts");
}

#[test]
fn working_days_are_implied_by_the_length() {
    for calendar in ["natural", "day0", "working-days"] {
        check("2026-09-29 16:00", "3wd", calendar, "2026-10-10 00:00");
    }
}

#[test]
fn a_pause_stops_the_clock_and_gives_back_what_was_left() {
    let holiday = [pause("2019-02-04", "2019-02-11")];
    check_paused("2019-02-02 12:00", "7d", "natural", &holiday, "2019-02-16 12:00");
    check_paused("2019-02-03 18:00", "48h", "natural", &holiday, "2019-02-12 18:00");
}

#[test]
fn roll_moves_a_last_day_off_a_statutory_holiday_but_not_off_a_weekend() {
    // The last day is 2 October 2026, inside 1-7 October: the 8th instead.
    check("2026-09-25 09:00", "7d", "day0", "2026-10-03 00:00");
    check("2026-09-25 09:00", "7d", "day0 roll", "2026-10-09 00:00");
    // The last day is 30 September, a working day; the due 00:00 belongs to it.
    check("2026-09-23 09:00", "7d", "day0 roll", "2026-10-01 00:00");
    // The last day is Sunday 15 March 2026, an ordinary weekend.
    check("2026-03-08 09:00", "7d", "day0 roll", "2026-03-16 00:00");
}

#[test]
fn roll_keeps_the_time_of_day() {
    check("2026-09-30 10:30", "48h", "natural roll", "2026-10-08 10:30");
    check("2026-09-30 17:00", "2h", "window 09:00-18:00 roll", "2026-10-08 10:00");
}

#[test]
fn roll_lands_on_the_day_after_even_if_that_is_a_weekend() {
    // Friday 1 January 2016 joined a plain weekend: the Saturday is the last day then.
    check("2015-12-31 09:00", "1d", "day0 roll", "2016-01-03 00:00");
    check("2007-12-28 09:00", "1d", "day0 roll", "2007-12-30 00:00");
    // 30 December 2007 to 1 January 2008 crosses the year.
    check("2007-12-29 09:00", "1d", "day0 roll", "2008-01-03 00:00");
}

#[test]
fn months_keep_the_time_of_day_and_end_on_the_last_day_of_a_shorter_month() {
    check("2026-01-15 08:00", "6mo", "natural", "2026-07-15 08:00");
    check("2026-01-31 08:00", "1mo", "natural", "2026-02-28 08:00");
    check("2024-01-31 08:00", "1mo", "natural", "2024-02-29 08:00");
    check("2026-01-15 08:00", "1mo", "day0", "2026-02-16 00:00");
}

#[test]
fn a_civil_time_counts_days_from_the_anchors_day() {
    check("2026-03-03 23:59", "T+1 10:30", "natural", "2026-03-04 10:30");
    check("2026-03-03 00:00", "T+1 10:30", "natural", "2026-03-04 10:30");
    check("2026-09-30 12:00", "T+1 10:30", "working-days", "2026-10-08 10:30");
    check("2026-03-03 09:00", "T+0 18:00", "natural", "2026-03-03 18:00");
}

#[test]
fn a_due_is_never_before_its_anchor() {
    check("2026-03-03 20:00", "T+0 18:00", "natural", "2026-03-03 20:00");
    check("2026-03-03 20:00", "at 2026-03-01T00:00:00Z", "natural", "2026-03-03 20:00");
}

#[test]
fn a_fact_is_a_moment_once_it_is_filled_in() {
    let named = length("at facts.valid_until");
    let wanted = at("2026-05-01 12:00");
    let ask = |length| due(at("2026-03-03 20:00"), length, &calendar("natural"), &[], DayTables::shipped());
    assert_eq!(ask(&named), Err(CalendarError::FactNeeded("valid_until".to_owned())));
    assert_eq!(ask(&named.resolved(wanted)).unwrap().at(), Some(wanted));
}

#[test]
fn hours_under_working_days_run_on_working_days_only() {
    // Friday 18:00 + 12 h: six on Friday, six on Monday.
    check("2026-03-06 18:00", "12h", "working-days", "2026-03-09 06:00");
    check("2026-03-07 18:00", "12h", "working-days", "2026-03-09 12:00");
}

#[test]
fn an_unloaded_year_is_an_error_exactly_when_a_day_of_it_decides() {
    let missing = |year| Err(CalendarError::YearNotLoaded { region: "cn".to_owned(), year });
    check("2026-12-29 16:00", "2wd", "natural", "2027-01-01 00:00");
    assert_eq!(try_due("2026-12-29 16:00", "3wd", "natural", &[]), missing(2027));
    assert_eq!(try_due("2003-12-30 16:00", "1wd", "natural", &[]), missing(2003));
    check("2003-12-31 16:00", "1wd", "natural", "2004-01-03 00:00");
    check("2026-12-31 16:00", "48h", "natural", "2027-01-02 16:00");
    check("2026-12-31 16:00", "20h", "window 09:00-18:00", "2027-01-02 18:00");
    assert_eq!(try_due("2026-12-31 16:00", "7d", "day0 roll", &[]), missing(2027));
    assert_eq!(try_due("2026-12-31 17:00", "2h", "window 09:00-18:00 working-days", &[]), missing(2027));
}

#[test]
fn an_unknown_region_has_no_year_loaded() {
    let error = try_due("2026-03-03 09:00", "1wd", "natural region mars", &[]).unwrap_err();
    assert_eq!(error.to_string(), "calendar mars has no day table for 2026");
}

#[test]
fn a_pause_in_an_unloaded_year_does_not_ask_for_it() {
    let next_year = [pause("2027-03-01", "2027-03-02")];
    check_paused("2026-03-03 09:00", "1wd", "natural", &next_year, "2026-03-05 00:00");
}

#[test]
fn lengths_without_a_meaning_in_a_calendar_are_refused() {
    for (length, calendar) in [
        ("3wd", "window 09:00-18:00"),
        ("2mo", "window 09:00-18:00"),
        ("2mo", "working-days"),
        ("T+1 10:30", "day0"),
        ("T+1 10:30", "window 09:00-18:00"),
        ("at 2026-03-01T00:00:00Z", "day0"),
    ] {
        assert!(
            matches!(try_due("2026-03-03 09:00", length, calendar, &[]), Err(CalendarError::Unsuited { .. })),
            "{length} in {calendar}"
        );
    }
}

#[test]
fn a_clock_that_hardly_ever_runs_is_out_of_range_instead_of_endless() {
    assert_eq!(try_due("2026-03-03 09:00", "3660d", "window 09:00-09:01", &[]), Err(CalendarError::OutOfRange));
}

#[test]
fn a_deadline_far_away_is_still_exact() {
    assert_eq!(
        due_at("2016-03-03 09:00", "3660d", "natural", &[]),
        due_at("2016-03-03 09:00", "87840h", "window 00:00-24:00", &[])
    );
}
