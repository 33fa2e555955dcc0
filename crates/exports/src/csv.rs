//! Rows as CSV: UTF-8 with the mark by which spreadsheets know it, commas, CRLF, and no text that is taken for a formula.

use crate::cells::{Cell, minor, price};
use xr_base::Instant;

/// What makes a spreadsheet compute a cell, also as full-width characters; it does so whether or not the cell is quoted.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether a spreadsheet would compute this text.
pub(crate) fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA)
}

/// Puts a row at the end of `out`.
pub(crate) fn row(out: &mut Vec<u8>, cells: &[Cell<'_>]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match cell {
            Cell::Empty => {}
            Cell::Text(words) => text(out, words),
            Cell::Int(number) => out.extend(number.to_string().bytes()),
            Cell::Minor(amount) => out.extend(minor(*amount).bytes()),
            Cell::Price(amount) => out.extend(price(*amount).bytes()),
            Cell::Time(local_ms) => out.extend(moment(*local_ms).bytes()),
        }
    }
    out.extend(b"\r\n");
}

/// An apostrophe before a formula makes it a text, for spreadsheets as for the import desk, which takes it off again.
fn text(out: &mut Vec<u8>, text: &str) {
    let has_guard = is_formula(text);
    let needs_quotes = text.contains([',', '"', '\n', '\r', ';', '\t']) || text.starts_with(' ') || text.ends_with(' ');
    if needs_quotes {
        out.push(b'"');
    }
    if has_guard {
        out.push(b'\'');
    }
    if needs_quotes {
        out.extend(text.replace('"', "\"\"").bytes());
        out.push(b'"');
    } else {
        out.extend(text.bytes());
    }
}

fn moment(local_ms: i64) -> String {
    let at = Instant(local_ms).zoned(&jiff::tz::TimeZone::UTC).datetime();
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn line(cells: &[Cell<'_>]) -> String {
        let mut out = Vec::new();
        row(&mut out, cells);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn whatever_would_be_computed_is_a_text_and_numbers_stay_numbers() {
        let bad = ["=1+1", "+86 138", "-1", "@SUM(A1)", "\tx", "\u{ff1d}1", "=\"a\",b"];
        let told = bad.map(|text| line(&[Cell::Text(text)]));
        let wanted = ["'=1+1", "'+86 138", "'-1", "'@SUM(A1)", "\"'\tx\"", "'\u{ff1d}1", "\"'=\"\"a\"\",b\""];
        assert_eq!(told, wanted.map(|text| format!("{text}\r\n")));
        assert_eq!(line(&[Cell::Minor(-1), Cell::Int(-2), Cell::Empty, Cell::Text("a=1")]), "-0.01,-2,,a=1\r\n");
    }

    #[test]
    fn times_are_written_as_the_import_desk_reads_them() {
        assert_eq!(line(&[Cell::Time(1_767_348_000_999)]), "2026-01-02 10:00:00\r\n");
    }
}
