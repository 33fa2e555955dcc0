//! Laws that hold for any anchor, length and pauses.

use proptest::prelude::*;
use xr_base::calendar::{Calendar, DayTables, Due, Interval, Length, Term, due};
use xr_base::time::{Instant, Millis};

/// 2010-01-01 to about 2025, in whole seconds: dues stay inside the loaded years.
fn moment() -> impl Strategy<Value = Instant> {
    (1_262_304_000_i64..1_735_000_000).prop_map(|s| Instant(s * 1_000))
}

/// The same in whole minutes.
fn minute() -> impl Strategy<Value = Instant> {
    (21_038_400_i64..26_600_000).prop_map(|m| Instant(m * 60_000))
}

fn calendar() -> impl Strategy<Value = Calendar> {
    let counting = prop_oneof![
        Just("natural".to_owned()),
        Just("day0".to_owned()),
        Just("working-days".to_owned()),
        (0_u16..23, 1_u16..=24, any::<bool>()).prop_map(|(open, hours, working)| {
            let close = (open + hours).min(24);
            format!(
                "window {open:02}:30-{close:02}:{}{}",
                if close == 24 { "00" } else { "45" },
                if working { " working-days" } else { "" }
            )
        }),
    ];
    let zone =
        prop_oneof![Just(""), Just(" zone Europe/Berlin"), Just(" zone Asia/Kathmandu"), Just(" zone Africa/Cairo")];
    (counting, zone).prop_map(|(counting, zone)| Calendar::parse(&(counting + zone)).unwrap())
}

/// Lengths whose dues are monotone; see the module's exceptions.
fn length() -> impl Strategy<Value = Length> {
    prop_oneof![
        (1_u32..20_000).prop_map(Length::Minutes),
        (1_u32..200).prop_map(Length::Hours),
        (1_u32..20).prop_map(Length::Days)
    ]
}

fn any_length() -> impl Strategy<Value = Length> {
    prop_oneof![
        length(),
        (1_u32..40).prop_map(Length::WorkingDays),
        (1_u32..5).prop_map(Length::Months),
        (0_u32..9, 0_u16..1_440).prop_map(|(days, minute)| Length::DayAt { days, minute }),
        moment().prop_map(Length::At),
        "[a-z][a-z0-9_]{0,9}".prop_map(Length::AtFact),
    ]
}

/// Up to four pauses around the anchor, as (offset, duration) in minutes.
fn offsets() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-5_000_i64..20_000, 0_i64..6_000), 0..4)
}

fn pauses(anchor: Instant, offsets: &[(i64, i64)]) -> Vec<Interval> {
    let interval = |&(from, long): &(i64, i64)| {
        let from = anchor + Millis::minutes(from);
        Interval { from, to: Some(from + Millis::minutes(long)) }
    };
    offsets.iter().map(interval).collect()
}

fn at(anchor: Instant, length: &Length, calendar: &Calendar, pauses: &[Interval]) -> Instant {
    due(anchor, length, calendar, pauses, DayTables::shipped()).unwrap().at().unwrap()
}

/// Not `day0`, which starts anew at each midnight, and not the working days of a zone with summer time: there a day of 23 or 25 h
/// counts as one, rounded to a millisecond.
fn exact_calendar() -> impl Strategy<Value = Calendar> {
    calendar().prop_filter("its clock counts elapsed milliseconds", |calendar| {
        let text = calendar.to_string();
        !text.starts_with("day0") && !text.starts_with("working-days zone")
    })
}

proptest! {
    #[test]
    fn a_later_anchor_never_gives_an_earlier_due(
        first in moment(), later in 0_i64..10_000_000, length in length(), calendar in calendar(), offsets in offsets(),
    ) {
        let pauses = pauses(first, &offsets);
        let second = first + Millis(later * 1_000);
        prop_assert!(at(first, &length, &calendar, &pauses) <= at(second, &length, &calendar, &pauses));
    }

    #[test]
    fn a_later_anchor_never_gives_an_earlier_working_day(
        first in moment(), later in 0_i64..1_000_000, days in 1_u32..30, offsets in offsets(),
    ) {
        let (pauses, length, calendar) = (pauses(first, &offsets), Length::WorkingDays(days), Calendar::default());
        prop_assert!(at(first, &length, &calendar, &pauses) <= at(first + Millis(later * 1_000), &length, &calendar, &pauses));
    }

    #[test]
    fn a_longer_length_never_gives_an_earlier_due(
        anchor in moment(), minutes in 1_u32..20_000, more in 1_u32..5_000, calendar in calendar(), offsets in offsets(),
    ) {
        let pauses = pauses(anchor, &offsets);
        let (short, long) = (at(anchor, &Length::Minutes(minutes), &calendar, &pauses), at(anchor, &Length::Minutes(minutes + more), &calendar, &pauses));
        prop_assert!(short < long);
    }

    #[test]
    fn two_lengths_one_after_the_other_are_their_sum(
        anchor in moment(), a in 1_u32..9_000, b in 1_u32..9_000, calendar in exact_calendar(), offsets in offsets(),
    ) {
        let pauses = pauses(anchor, &offsets);
        let between = at(anchor, &Length::Minutes(a), &calendar, &pauses);
        prop_assert_eq!(at(between, &Length::Minutes(b), &calendar, &pauses), at(anchor, &Length::Minutes(a + b), &calendar, &pauses));
    }

    #[test]
    fn what_has_run_and_what_is_left_are_the_whole(
        anchor in moment(), length in length(), calendar in calendar(), offsets in offsets(), later in 0_i64..1_000_000,
    ) {
        let pauses = pauses(anchor, &offsets);
        let term = Term { anchor, length: &length, calendar: &calendar, pauses: &pauses, tables: DayTables::shipped() };
        let end = term.due().unwrap().at().unwrap();
        let whole = length.natural().unwrap();
        prop_assert_eq!(term.left(anchor).unwrap(), whole);
        prop_assert_eq!(term.left(end).unwrap(), Millis(0));
        prop_assert!(term.left(end - Millis(1)).unwrap() > Millis(0), "the due is the earliest moment");
        let now = anchor + Millis(later * 1_000);
        prop_assert!(term.left(now).unwrap() <= whole && term.left(now).unwrap() >= Millis(0));
    }

    #[test]
    fn running_on_with_what_is_left_ends_at_the_same_due(
        anchor in minute(), minutes in 1_u32..9_000, calendar in exact_calendar(), offsets in offsets(), part in 0_i64..1_000,
    ) {
        let (length, pauses) = (Length::Minutes(minutes), pauses(anchor, &offsets));
        let term = Term { anchor, length: &length, calendar: &calendar, pauses: &pauses, tables: DayTables::shipped() };
        let end = term.due().unwrap().at().unwrap();
        let now = anchor + Millis((end - anchor).0 / 60_000 * part / 1_000 * 60_000);
        let left = term.left(now).unwrap().0;
        prop_assume!(left > 0 && left % 60_000 == 0);
        prop_assert_eq!(at(now, &Length::Minutes(u32::try_from(left / 60_000).unwrap()), &calendar, &pauses), end);
    }

    #[test]
    fn a_pause_shifts_a_natural_due_by_exactly_its_length(
        anchor in moment(), minutes in 2_u32..20_000, begins in 0_u32..20_000, long in 1_i64..20_000,
    ) {
        let begins = begins % minutes;
        let (length, calendar) = (Length::Minutes(minutes), Calendar::default());
        let pauses = pauses(anchor, &[(begins.into(), long)]);
        prop_assert_eq!(at(anchor, &length, &calendar, &pauses) - at(anchor, &length, &calendar, &[]), Millis::minutes(long));
    }

    #[test]
    fn a_pause_takes_out_exactly_the_running_time_that_it_covers(
        anchor in minute(), minutes in 1_u32..9_000, calendar in exact_calendar(), offsets in offsets(),
    ) {
        let (length, long, mut pauses) = (Length::Minutes(minutes), Length::Minutes(60_000), pauses(anchor, &offsets));
        let ruler = Term { anchor, length: &long, calendar: &calendar, pauses: &[], tables: DayTables::shipped() };
        let run = |from, to| ruler.left(from).unwrap().0 - ruler.left(to).unwrap().0;
        let end = at(anchor, &length, &calendar, &pauses);
        pauses.sort_by_key(|pause| pause.from);
        let (mut covered, mut seen) = (0, anchor);
        for pause in pauses {
            let (from, to) = (pause.from.max(seen), pause.to.unwrap().min(end));
            if from < to {
                covered += run(from, to);
                seen = to;
            }
        }
        prop_assert_eq!(run(anchor, end), length.natural().unwrap().0 + covered);
    }

    #[test]
    fn working_days_without_pauses_end_where_the_day_table_says(anchor in moment(), days in 1_u32..60) {
        let shanghai = Calendar::default();
        let end = at(anchor, &Length::WorkingDays(days), &shanghai, &[]);
        let start = anchor.zoned(shanghai.zone()).date();
        let last = DayTables::shipped().region("cn").unwrap().working_day_after(start, days).unwrap();
        prop_assert_eq!(end.zoned(shanghai.zone()).datetime(), last.tomorrow().unwrap().at(0, 0, 0, 0));
    }

    #[test]
    fn opening_the_last_pause_tells_what_closing_it_gives_back(
        anchor in minute(), minutes in 1_u32..9_000, begins in 0_i64..9_000, long in 1_i64..9_000, calendar in exact_calendar(),
    ) {
        let length = Length::Minutes(minutes);
        let closed = pauses(anchor, &[(begins, long)]);
        let open = [Interval { to: None, ..closed[0] }];
        let due_of = |pauses: &[Interval]| due(anchor, &length, &calendar, pauses, DayTables::shipped()).unwrap();
        match due_of(&open) {
            Due::At(end) => prop_assert_eq!(due_of(&closed), Due::At(end)),
            Due::Paused { left, .. } => {
                let resumed = closed[0].to.unwrap();
                let rest = Length::Minutes(u32::try_from(left.0 / 60_000).unwrap());
                prop_assert_eq!(left.0 % 60_000, 0);
                prop_assert_eq!(due_of(&closed).at().unwrap(), at(resumed, &rest, &calendar, &[]));
            }
        }
    }

    #[test]
    fn warnings_come_in_order_and_before_the_due(
        anchor in moment(), length in any_length(), calendar in calendar(), offsets in offsets(), rolls in any::<bool>(),
    ) {
        let calendar = if rolls { Calendar::parse(&format!("{calendar} roll")).unwrap() } else { calendar };
        let length = length.resolved(anchor + Millis::days(3));
        if calendar.suits(&length).is_err() {
            return Ok(());
        }
        let pauses = pauses(anchor, &offsets);
        let term = Term { anchor, length: &length, calendar: &calendar, pauses: &pauses, tables: DayTables::shipped() };
        let stages: Vec<_> = [0, 50, 80, 95, 100].into_iter().map(|p| term.at_percent(p).unwrap().at().unwrap()).collect();
        prop_assert!(stages.is_sorted(), "{stages:?}");
        prop_assert_eq!(stages[4], term.due().unwrap().at().unwrap());
        prop_assert!(stages[0] >= anchor);
    }

    #[test]
    fn what_is_printed_reads_back(length in any_length(), calendar in calendar(), rolls in any::<bool>()) {
        prop_assert_eq!(Length::parse(&length.to_string()), Ok(length));
        let calendar = if rolls { Calendar::parse(&format!("{calendar} region hk roll")).unwrap() } else { calendar };
        prop_assert_eq!(Calendar::parse(&calendar.to_string()), Ok(calendar));
    }

    #[test]
    fn any_text_is_read_or_refused_and_never_breaks(text in "\\PC{0,40}") {
        if let Ok(length) = Length::parse(&text) {
            prop_assert_eq!(Length::parse(&length.to_string()), Ok(length));
        }
        if let Ok(calendar) = Calendar::parse(&text) {
            prop_assert_eq!(Calendar::parse(&calendar.to_string()), Ok(calendar));
        }
    }
}
