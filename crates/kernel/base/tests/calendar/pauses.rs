//! Pauses in each calendar: what was left is given back exactly.

use super::support::{at, calendar, check_paused, due_at, length, open_pause, pause, try_due};
use xr_base::calendar::{DayTables, Due, Term};
use xr_base::time::Millis;

#[test]
fn a_window_clock_loses_only_what_the_pause_takes_of_the_window() {
    let night = [pause("2026-03-03 18:00", "2026-03-04 09:00")];
    check_paused("2026-03-03 16:00", "4h", "window 09:00-18:00", &night, "2026-03-04 11:00");
    let lunch = [pause("2026-03-03 17:00", "2026-03-04 10:00")];
    check_paused("2026-03-03 16:00", "4h", "window 09:00-18:00", &lunch, "2026-03-04 13:00");
}

#[test]
fn a_working_day_clock_loses_only_working_time() {
    // Friday 6 March 2026 + 2 wd: the end of Tuesday. A paused weekend changes nothing.
    check_paused("2026-03-06 15:00", "2wd", "natural", &[pause("2026-03-07", "2026-03-09")], "2026-03-11 00:00");
    check_paused(
        "2026-03-06 15:00",
        "2wd",
        "natural",
        &[pause("2026-03-09 10:00", "2026-03-09 12:00")],
        "2026-03-11 02:00",
    );
    check_paused("2026-03-06 15:00", "2wd", "natural", &[pause("2026-03-09", "2026-03-10")], "2026-03-12 00:00");
    // On the anchor's own day nothing runs yet.
    check_paused(
        "2026-03-06 15:00",
        "2wd",
        "natural",
        &[pause("2026-03-06 16:00", "2026-03-06 20:00")],
        "2026-03-11 00:00",
    );
}

#[test]
fn an_open_pause_tells_what_is_left_in_the_calendars_own_time() {
    let paused = |anchor, length, calendar, from| try_due(anchor, length, calendar, &[open_pause(from)]).unwrap();
    let left = |since: &str, left| Due::Paused { since: at(since), left };
    assert_eq!(
        paused("2026-03-03 10:00", "48h", "natural", "2026-03-04 10:00"),
        left("2026-03-04 10:00", Millis::hours(24))
    );
    assert_eq!(
        paused("2026-03-03 16:00", "4h", "window 09:00-18:00", "2026-03-03 20:00"),
        left("2026-03-03 20:00", Millis::hours(2))
    );
    assert_eq!(
        paused("2026-03-06 15:00", "2wd", "natural", "2026-03-09 18:00"),
        left("2026-03-09 18:00", Millis::hours(30))
    );
    assert_eq!(
        paused("2026-03-03 10:00", "48h", "natural", "2026-03-01 00:00"),
        left("2026-03-03 10:00", Millis::hours(48)),
        "paused from birth"
    );
}

#[test]
fn an_open_pause_behind_the_due_does_not_matter() {
    assert_eq!(due_at("2026-03-03 10:00", "48h", "natural", &[open_pause("2026-03-05 10:00")]), at("2026-03-05 10:00"));
}

#[test]
fn closing_the_pause_resumes_with_exactly_what_was_left() {
    let pauses = [pause("2026-03-09 18:00", "2026-03-12 06:30")];
    // Monday 18 h done, 30 h left: Thursday 17.5 h, Friday 12.5 h.
    check_paused("2026-03-06 15:00", "2wd", "natural", &pauses, "2026-03-13 12:30");
}

#[test]
fn pauses_may_come_in_any_order_overlap_and_be_empty() {
    let tidy = [pause("2026-03-04 00:00", "2026-03-06 00:00"), pause("2026-03-07 00:00", "2026-03-08 00:00")];
    let messy = [
        pause("2026-03-07 00:00", "2026-03-08 00:00"),
        pause("2026-03-05 00:00", "2026-03-06 00:00"),
        pause("2026-03-04 00:00", "2026-03-05 12:00"),
        pause("2026-03-04 06:00", "2026-03-04 07:00"),
        pause("2026-03-09 00:00", "2026-03-09 00:00"),
        pause("2026-03-10 00:00", "2026-03-02 00:00"),
    ];
    for calendar in ["natural", "day0", "window 09:00-18:00", "working-days"] {
        let due = due_at("2026-03-03 15:00", "120h", calendar, &tidy);
        assert_eq!(due_at("2026-03-03 15:00", "120h", calendar, &messy), due, "{calendar}");
    }
}

#[test]
fn a_pause_before_the_anchor_does_not_matter() {
    check_paused("2026-03-03 15:00", "48h", "natural", &[pause("2026-02-01", "2026-03-01")], "2026-03-05 15:00");
}

#[test]
fn civil_moments_move_on_by_the_pause_and_fixed_ones_do_not() {
    let outage = [pause("2026-03-03 20:00", "2026-03-03 22:00")];
    check_paused("2026-03-03 15:00", "T+1 10:30", "natural", &outage, "2026-03-04 12:30");
    check_paused("2026-03-03 15:00", "1mo", "natural", &outage, "2026-04-03 17:00");
    check_paused("2026-03-03 15:00", "at 2026-03-04T00:00:00+08:00", "natural", &outage, "2026-03-04 00:00");
    check_paused(
        "2026-03-03 15:00",
        "at 2026-03-04T00:00:00+08:00",
        "natural",
        &[open_pause("2026-03-03 16:00")],
        "2026-03-04 00:00",
    );
}

#[test]
fn a_rolled_due_inside_a_pause_waits_for_its_end() {
    // Last day 2 October, moved to the end of the 8th; that moment lies inside a pause.
    let pauses = [pause("2026-10-08 12:00", "2026-10-11 08:00")];
    check_paused("2026-09-25 09:00", "7d", "day0 roll", &pauses, "2026-10-11 08:00");
    let open = try_due("2026-09-25 09:00", "7d", "day0 roll", &[open_pause("2026-10-08 12:00")]).unwrap();
    assert_eq!(open, Due::Paused { since: at("2026-10-08 12:00"), left: Millis(0) });
}

#[test]
fn a_rolled_due_at_the_first_moment_of_a_pause_is_due_then() {
    check_paused("2026-09-25 09:00", "7d", "day0 roll", &[pause("2026-10-09", "2026-10-12")], "2026-10-09 00:00");
}

#[test]
fn a_fixed_moment_rolls_but_no_pause_holds_it() {
    let pauses = [pause("2026-10-08 06:00", "2026-10-12 00:00")];
    check_paused("2026-09-25 09:00", "at 2026-10-02T10:00:00+08:00", "natural roll", &pauses, "2026-10-08 10:00");
}

#[test]
fn time_left_stands_still_in_a_pause_and_outside_the_window() {
    let (length, calendar) = (length("4h"), calendar("window 09:00-18:00"));
    let pauses = [pause("2026-03-04 09:30", "2026-03-04 12:00")];
    let term = Term {
        anchor: at("2026-03-03 16:00"),
        length: &length,
        calendar: &calendar,
        pauses: &pauses,
        tables: DayTables::shipped(),
    };
    let minutes = |now| term.left(at(now)).unwrap().0 / 60_000;
    assert_eq!(minutes("2026-03-03 08:00"), 240, "before the anchor");
    assert_eq!(minutes("2026-03-03 17:00"), 180);
    assert_eq!(minutes("2026-03-03 23:00"), 120, "at night");
    assert_eq!(minutes("2026-03-04 09:30"), 90);
    assert_eq!(minutes("2026-03-04 11:00"), 90, "paused");
    assert_eq!(minutes("2026-03-04 13:29"), 1);
    assert_eq!(minutes("2026-03-04 13:30"), 0);
    assert_eq!(minutes("2026-03-09 13:30"), 0, "long after");
}

#[test]
fn time_left_of_a_clock_that_stands_is_what_its_due_says() {
    let (length, calendar) = (length("2wd"), calendar("natural"));
    let pauses = [open_pause("2026-03-09 18:00")];
    let term = Term {
        anchor: at("2026-03-06 15:00"),
        length: &length,
        calendar: &calendar,
        pauses: &pauses,
        tables: DayTables::shipped(),
    };
    assert_eq!(term.left(at("2026-03-09 12:00")), Ok(Millis::hours(36)));
    assert_eq!(term.left(at("2026-03-20 12:00")), Ok(Millis::hours(30)));
}
