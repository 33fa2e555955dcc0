//! Day tables from text: what an operator may load, and what is refused.

use super::support::{at, calendar, date, length};
use xr_base::calendar::{CalendarError, DayKind, DayTable, DayTables, LoadError, due};

fn year(number: i16, holidays: &str, makeup: &str) -> String {
    format!("region = \"cn\"\n[[year]]\nyear = {number}\nholidays = [{holidays}]\nmakeup = [{makeup}]\n")
}

#[test]
fn an_operator_adds_next_year() {
    let mut tables = DayTables::shipped().clone();
    let before = tables.version("cn").unwrap().to_owned();
    let ask = |tables: &DayTables| due(at("2026-12-30 09:00"), &length("2wd"), &calendar("natural"), &[], tables);
    assert!(matches!(ask(&tables), Err(CalendarError::YearNotLoaded { year: 2027, .. })));
    tables.add(&DayTable::from_toml(&year(2027, "\"01-01..01-03\"", "")).unwrap());
    assert_eq!(ask(&tables).unwrap().at(), Some(at("2027-01-05 00:00")));
    assert_ne!(tables.version("cn").unwrap(), before);
    assert_eq!(tables.region("cn").unwrap().kind(date("2005-12-31")), Ok(DayKind::MakeupWorkday), "the old years stay");
    assert_eq!(tables.iter().count(), 1);
}

#[test]
fn a_year_given_again_replaces_the_old_one() {
    let mut tables = DayTables::shipped().clone();
    tables.add(&DayTable::from_toml(&year(2026, "\"03-04\"", "")).unwrap());
    let cn = tables.region("cn").unwrap();
    assert_eq!(cn.kind(date("2026-03-04")), Ok(DayKind::Holiday));
    assert_eq!(cn.kind(date("2026-10-01")), Ok(DayKind::Workday));
    assert_eq!(cn.years().count(), 23);
}

#[test]
fn years_between_loaded_ones_stay_unknown() {
    let mut tables = DayTables::shipped().clone();
    tables.add(&DayTable::from_toml(&year(2028, "", "")).unwrap());
    let cn = tables.region("cn").unwrap();
    assert_eq!(cn.years().last(), Some(2028));
    assert_eq!(
        cn.is_workday(date("2027-06-01")),
        Err(CalendarError::YearNotLoaded { region: "cn".to_owned(), year: 2027 })
    );
    assert_eq!(cn.is_workday(date("2028-02-29")), Ok(true));
}

#[test]
fn the_version_follows_the_content_and_not_the_order_of_loading() {
    let table = |text: &str| DayTable::from_toml(text).unwrap();
    let (a, b) = (table(&year(2027, "\"01-01\"", "")), table(&year(2028, "\"01-03\"", "")));
    assert_eq!(a.merged(&b).version(), b.merged(&a).version());
    assert_ne!(a.version(), table(&year(2027, "\"01-04\"", "")).version());
}

#[test]
fn doubtful_toml_is_refused_with_its_entry() {
    let refused = |text: &str| DayTable::from_toml(text).unwrap_err().to_string();
    assert_eq!(refused(&year(2027, "\"02-29\"", "")), "2027: \"02-29\" is no day such as 10-01");
    assert_eq!(refused(&year(2027, "\"2-9\"", "")), "2027: \"2-9\" is no day such as 10-01");
    assert_eq!(refused(&year(2027, "\"10-07..10-01\"", "")), "2027: \"10-07..10-01\" ends before it begins");
    assert_eq!(refused(&year(2027, "\"10-02..10-01\"", "")), "2027: \"10-02..10-01\" ends before it begins");
    assert_eq!(
        refused(&year(2027, "\"10-01..10-03\", \"10-03\"", "")),
        "2027: \"10-03\" holds a day that is listed already"
    );
    assert_eq!(refused(&year(2027, "", "\"10-01\"")), "2027: \"10-01\" makes up on a day that is worked anyway");
    assert_eq!(refused(&year(2027, "\"10-02\"", "\"10-02\"")), "2027: \"10-02\" holds a day that is listed already");
    assert_eq!(refused(&year(1027, "", "")), "1027: \"1027\" is out of range");
    let twice = year(2027, "", "") + &year(2027, "", "").replace("region = \"cn\"\n", "");
    assert_eq!(refused(&twice), "2027: \"2027\" stands twice");
    assert!(refused(&year(2027, "", "").replace("makeup", "makeups")).contains("line 5"));
    assert!(refused(&year(2027, "", "").replace("\"cn\"", "\"C N\"")).contains("no name of a region"));
}

fn csv_year() -> String {
    let days = date("2027-01-01").series(jiff::Span::new().days(1)).take_while(|day| day.year() == 2027);
    let line = |day: jiff::civil::Date| {
        let kind = if day == date("2027-01-01") {
            "holiday"
        } else if day.weekday().to_monday_zero_offset() > 4 {
            "weekend"
        } else {
            "workday"
        };
        format!("{kind},,{day}\n")
    };
    "\u{feff}kind,festival,date\n".to_owned() + &days.map(line).collect::<String>()
}

#[test]
fn a_whole_year_is_read_from_csv() {
    let table = DayTable::from_csv("cn", &csv_year()).unwrap();
    assert_eq!(table, DayTable::from_toml(&year(2027, "\"01-01\"", "")).unwrap());
}

#[test]
fn doubtful_csv_is_refused_with_line_and_column() {
    let refused = |text: &str| match DayTable::from_csv("cn", text) {
        Err(LoadError::Line { line, column, .. }) => (line, column),
        other => panic!("{other:?}"),
    };
    let year = csv_year();
    assert_eq!(refused(&year.replace("kind,", "sort,")), (1, "kind"));
    assert_eq!(refused(&year.replace("2027-01-02", "2027-13-02")), (3, "date"));
    assert_eq!(refused(&year.replace("workday,,2027-01-04", "wokday,,2027-01-04")), (5, "kind"));
    assert_eq!(refused(&year.replace("workday,,2027-01-04\n", "")), (5, "date"));
    assert_eq!(refused(year.trim_end().rsplit_once('\n').unwrap().0), (365, "date"), "31 December is missing");
    assert_eq!(refused(&year.replace("workday,,2027-01-04", "workday,2027-01-04")), (5, "date"), "a field is missing");
}
