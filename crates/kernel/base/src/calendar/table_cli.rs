//! The day table on standard input and output: due dates of a CSV of cases, and the days of a range.

use super::{CalendarError, DayTable};
use jiff::civil::Date;
use std::io;

/// Largest `add_workdays`: about forty years.
const ADD_MAX: u32 = 10_000;
const START: &str = "start";
const ADD: &str = "add_workdays";

/// Why a table stopped. Rows before the faulty one are written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A value or the header is wrong.
    #[error("line {line}, column {column}: {reason}")]
    Input {
        /// From 1, the header included.
        line: u64,
        /// The column's name.
        column: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A line is no CSV: broken quotes or fields too many, or not UTF-8.
    #[error("line {line}: {reason}")]
    Broken {
        /// From 1, the header included.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The days of a case or of the range are not all loaded.
    #[error("{}{source}", line.map_or_else(String::new, |line| format!("line {line}: ")))]
    Calendar {
        /// The case, from 1, the header included; `None` for a range.
        line: Option<u64>,
        /// Which year.
        source: CalendarError,
    },
    /// A range that ends before it begins.
    #[error("the range from {from} ends before it begins, on {to}")]
    Backwards {
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads cases with the columns `start` (YYYY-MM-DD) and `add_workdays` (1 to 10,000), in any order among others, and writes
/// `start,add_workdays,due_date`: the n-th working day strictly after the start.
///
/// # Errors
/// [`TableError`], with line and column for a fault of the input.
pub fn due_dates(input: impl io::Read, output: impl io::Write, table: &DayTable) -> Result<(), TableError> {
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let mut output = csv::Writer::from_writer(output);
    let header = rows.headers().map_err(|e| broken(e, 1))?.clone();
    let find =
        |column| header.iter().position(|h| h == column).ok_or_else(|| input_error(1, column, "the column is missing"));
    let (start_at, add_at) = (find(START)?, find(ADD)?);
    write(&mut output, [START, ADD, "due_date"])?;
    let mut line = 1;
    for row in rows.records() {
        let row = row.map_err(|e| broken(e, line + 1))?;
        line = row.position().map_or(line + 1, csv::Position::line);
        let (start_text, add_text) = (&row[start_at], &row[add_at]);
        let start = date(start_text)
            .ok_or_else(|| input_error(line, START, &format!("{start_text:?} is not a date such as 2026-10-01")))?;
        let add = add_text.parse().ok().filter(|add| (1..=ADD_MAX).contains(add));
        let add =
            add.ok_or_else(|| input_error(line, ADD, &format!("{add_text:?} is not a number from 1 to {ADD_MAX}")))?;
        let due =
            table.working_day_after(start, add).map_err(|source| TableError::Calendar { line: Some(line), source })?;
        write(&mut output, [&start.to_string(), &add.to_string(), &due.to_string()])?;
    }
    Ok(output.flush()?)
}

/// Writes `date,is_workday` (1 or 0) for every day of `from..=to`.
///
/// # Errors
/// [`TableError`]: the range is backwards, or a year of it is not loaded.
pub fn days(from: Date, to: Date, output: impl io::Write, table: &DayTable) -> Result<(), TableError> {
    if to < from {
        return Err(TableError::Backwards { from, to });
    }
    let mut output = csv::Writer::from_writer(output);
    write(&mut output, ["date", "is_workday"])?;
    for date in from.series(jiff::Span::new().days(1)).take_while(|date| *date <= to) {
        let is_workday = table.is_workday(date).map_err(|source| TableError::Calendar { line: None, source })?;
        write(&mut output, [date.to_string().as_str(), if is_workday { "1" } else { "0" }])?;
    }
    Ok(output.flush()?)
}

/// Exactly YYYY-MM-DD; the wider formats of ISO 8601 are more often slips than meant.
fn date(text: &str) -> Option<Date> {
    let is_plain = text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
    is_plain.then(|| text.parse().ok()).flatten()
}

fn write<const N: usize>(output: &mut csv::Writer<impl io::Write>, row: [&str; N]) -> Result<(), TableError> {
    output.write_record(row).map_err(|e| TableError::Io(e.into()))
}

fn input_error(line: u64, column: &'static str, reason: &str) -> TableError {
    TableError::Input { line, column, reason: reason.to_owned() }
}

fn broken(error: csv::Error, next_line: u64) -> TableError {
    let line = error.position().map_or(next_line, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => TableError::Io(error),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            TableError::Broken { line, reason: format!("{len} fields where the header has {expected_len}") }
        }
        csv::ErrorKind::Utf8 { .. } => TableError::Broken { line, reason: "not UTF-8".to_owned() },
        _ => TableError::Broken { line, reason: "not CSV".to_owned() },
    }
}
