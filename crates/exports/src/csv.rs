//! Rows as CSV: UTF-8 with the mark by which spreadsheets know it, commas, CRLF, and no text that is taken for a formula.

use crate::cells::{Cell, minor, price};
use xr_base::Instant;
use xr_base::csv::push_text;

/// Puts a row at the end of `out`.
pub(crate) fn row(out: &mut Vec<u8>, cells: &[Cell<'_>]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match cell {
            Cell::Empty => {}
            Cell::Text(words) => push_text(out, words),
            Cell::Int(number) => out.extend(number.to_string().bytes()),
            Cell::Minor(amount) => out.extend(minor(*amount).bytes()),
            Cell::Price(amount) => out.extend(price(*amount).bytes()),
            Cell::Time(local_ms) => out.extend(moment(*local_ms).bytes()),
        }
    }
    out.extend(b"\r\n");
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
