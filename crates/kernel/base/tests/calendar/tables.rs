//! The two tables of the command line.

use super::shared::shared;
use super::support::date;
use xr_base::calendar::DayTables;
use xr_base::calendar::table_cli::{days, due_dates};

fn due_table(input: &str) -> Result<String, String> {
    let mut output = Vec::new();
    let cn = DayTables::shipped().region("cn").unwrap();
    due_dates(input.as_bytes(), &mut output, cn).map_err(|e| e.to_string())?;
    Ok(String::from_utf8(output).unwrap())
}

fn day_table(from: &str, to: &str) -> Result<String, String> {
    let mut output = Vec::new();
    days(date(from), date(to), &mut output, DayTables::shipped().region("cn").unwrap()).map_err(|e| e.to_string())?;
    Ok(String::from_utf8(output).unwrap())
}

#[test]
fn due_dates_are_written_case_by_case() {
    let output = due_table("start,add_workdays\n2026-09-29,3\n2026-09-29,4\n").unwrap();
    assert_eq!(output, "start,add_workdays,due_date\n2026-09-29,3,2026-10-09\n2026-09-29,4,2026-10-10\n");
}

#[test]
fn a_byte_order_mark_other_columns_and_another_order_are_fine() {
    let output = due_table("\u{feff}note, add_workdays ,start\r\n\"a, b\", 3 ,2026-09-29\r\n").unwrap();
    assert_eq!(output, "start,add_workdays,due_date\n2026-09-29,3,2026-10-09\n");
}

#[test]
fn a_table_without_cases_is_a_header() {
    assert_eq!(due_table("start,add_workdays\n").unwrap(), "start,add_workdays,due_date\n");
}

#[test]
fn faults_name_line_and_column() {
    let refused = |text: &str| due_table(text).unwrap_err();
    assert_eq!(refused("start,days\n"), "line 1, column add_workdays: the column is missing");
    assert_eq!(refused(""), "line 1, column start: the column is missing");
    let case = |row: &str| refused(&format!("start,add_workdays\n2026-03-03,1\n{row}\n"));
    assert_eq!(case("2026-02-30,1"), "line 3, column start: \"2026-02-30\" is not a date such as 2026-10-01");
    assert_eq!(case("20260303,1"), "line 3, column start: \"20260303\" is not a date such as 2026-10-01");
    assert_eq!(case("2026-03-03,0"), "line 3, column add_workdays: \"0\" is not a number from 1 to 10000");
    assert_eq!(case("2026-03-03,-1"), "line 3, column add_workdays: \"-1\" is not a number from 1 to 10000");
    assert_eq!(case("2026-03-03,many"), "line 3, column add_workdays: \"many\" is not a number from 1 to 10000");
    assert_eq!(case("2026-03-03"), "line 3: 1 fields where the header has 2");
    assert_eq!(case("2026-12-31,1"), "line 3: calendar cn has no day table for 2027");
}

#[test]
fn bytes_that_are_not_utf_8_are_a_fault_of_their_line() {
    let cn = DayTables::shipped().region("cn").unwrap();
    let error = due_dates(&b"start,add_workdays\n2026-03-03,1\n\xc4\xe3,1\n"[..], Vec::new(), cn).unwrap_err();
    assert_eq!(error.to_string(), "line 3: not UTF-8");
}

#[test]
fn days_are_written_to_the_last_inclusive() {
    assert_eq!(
        day_table("2026-10-08", "2026-10-11").unwrap(),
        "date,is_workday\n2026-10-08,1\n2026-10-09,1\n2026-10-10,1\n2026-10-11,0\n"
    );
    assert_eq!(day_table("2026-10-01", "2026-10-01").unwrap(), "date,is_workday\n2026-10-01,0\n");
}

#[test]
fn a_range_outside_the_table_or_backwards_is_refused() {
    assert_eq!(day_table("2026-12-31", "2027-01-01").unwrap_err(), "calendar cn has no day table for 2027");
    assert_eq!(
        day_table("2026-10-02", "2026-10-01").unwrap_err(),
        "the range from 2026-10-02 ends before it begins, on 2026-10-01"
    );
}

#[test]
fn the_shared_cases_come_out_as_they_went_in() {
    let Some(path) = shared("calendar-cn/add-workdays.csv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(due_table(&text).unwrap().lines().collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
}
