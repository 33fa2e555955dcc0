//! The shipped day table against the data it was taken from.

use super::shared::shared;
use super::support::date;
use xr_base::calendar::{CalendarError, DayKind, DayTable, DayTables};

fn cn() -> &'static DayTable {
    DayTables::shipped().region("cn").expect("cn is shipped")
}

/// `start`, `n`, `due` of each line.
fn check_cases(csv: &str) -> usize {
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(rows.headers().unwrap(), vec!["start", "add_workdays", "due_date"]);
    let cases = rows.records().map(Result::unwrap).map(|row| {
        let found = cn().working_day_after(date(&row[0]), row[1].parse().unwrap()).unwrap();
        assert_eq!(found, date(&row[2]), "{} + {}", &row[0], &row[1]);
    });
    cases.count()
}

#[test]
fn every_day_of_every_shipped_year_is_known() {
    assert_eq!(cn().years().collect::<Vec<_>>(), (2004..=2026).collect::<Vec<_>>());
    let days = date("2004-01-01").series(jiff::Span::new().days(1)).take_while(|day| day.year() <= 2026);
    assert_eq!(days.inspect(|&day| assert!(cn().kind(day).is_ok(), "{day}")).count(), 8_401);
    let missing = |year| Err(CalendarError::YearNotLoaded { region: "cn".to_owned(), year });
    assert_eq!(cn().is_workday(date("2003-12-31")), missing(2003));
    assert_eq!(cn().is_workday(date("2027-01-01")), missing(2027));
}

#[test]
fn the_years_2004_to_2024_equal_the_shared_table() {
    let Some(path) = shared("calendar-cn/workdays-2004-2024.csv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let table = DayTable::from_csv("cn", &text).unwrap();
    let days = date("2004-01-01").series(jiff::Span::new().days(1)).take_while(|day| day.year() <= 2024);
    assert_eq!(days.inspect(|&day| assert_eq!(cn().kind(day), table.kind(day), "{day}")).count(), 7_671);
}

#[test]
fn all_shared_due_date_cases_hold() {
    let Some(path) = shared("calendar-cn/add-workdays.csv") else { return };
    assert_eq!(check_cases(&std::fs::read_to_string(path).unwrap()), 1_500);
}

#[test]
fn the_committed_extract_of_due_date_cases_holds() {
    assert!(check_cases(include_str!("add-workdays-extract.csv")) >= 40);
}

#[test]
fn breaks_and_make_up_days_of_2025_and_2026_follow_the_notices() {
    // Working days of each month, counted by hand from the two notices.
    let months = |year: i16| -> Vec<usize> {
        let worked = |month: i8| {
            let first = jiff::civil::date(year, month, 1);
            let days = first.series(jiff::Span::new().days(1)).take_while(move |day| day.month() == month);
            days.filter(|&day| cn().is_workday(day).unwrap()).count()
        };
        (1..=12).map(worked).collect()
    };
    assert_eq!(months(2025), [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]);
    assert_eq!(months(2026), [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]);
}

#[test]
fn a_weekend_day_inside_a_break_is_a_holiday_and_one_beside_it_is_not() {
    for (day, kind) in [
        ("2026-10-03", DayKind::Holiday),
        ("2026-10-10", DayKind::MakeupWorkday),
        ("2026-10-11", DayKind::Weekend),
        ("2026-10-08", DayKind::Workday),
        ("2025-05-31", DayKind::Holiday),
        ("2024-06-09", DayKind::Weekend),
        ("2005-12-31", DayKind::MakeupWorkday),
    ] {
        assert_eq!(cn().kind(date(day)), Ok(kind), "{day}");
    }
}

#[test]
fn the_version_names_region_years_and_content() {
    assert!(DayTables::shipped().version("cn").unwrap().starts_with("cn 2004-2026 "));
    assert_eq!(DayTables::shipped().version("mars"), None);
}
