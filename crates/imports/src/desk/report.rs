//! The report of bad rows as a file to correct and send in again: the columns as they came, and two about what is wrong.

use super::cells::RowProblem;
use super::model::{BadRowStored, read};
use crate::issue::text;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use xr_base::locale::Text;
use xr_base::{Locale, StoreError};

/// Codes of problems of rows.
#[cfg(test)]
pub(crate) const CODES: &[&str] = &[
    "not_text",
    "line_too_long",
    "bad_quotes",
    "too_many_cells",
    "cell_too_long",
    "field_count",
    "missing",
    "mangled",
    "unprintable",
    "too_long",
    "bad_quantity",
    "not_a_sale",
    "bad_money",
    "negative",
    "too_many_decimals",
    "bad_currency",
    "bad_time",
    "too_much",
    "order_incomplete",
    "too_many_lines",
    "double_line",
    "differs_currency",
    "differs_buyer",
    "differs_recipient",
    "conflict",
    "foreign_currency",
    "number_taken",
    "in_future",
    "unchanged",
];

/// Headers of the two columns; they are dropped when the file comes in again.
const PLACE: &str = "xiaoer_place";
const MESSAGE: &str = "xiaoer_message";

/// What is wrong with a row as a whole: written out as a table it may look sound, though nobody has looked at it.
const MISSHAPEN: [&str; 6] =
    ["line_too_long", "bad_quotes", "too_many_cells", "cell_too_long", "field_count", "unchanged"];

/// What the place of a misshapen row ends with: a fingerprint of its cells, by which the row is known when it comes in again as it was.
fn mark<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let cells: Vec<String> = cells.map(|cell| cell.replace("\r\n", "\n")).collect();
    let used = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    let mut hash = Sha256::new();
    for cell in &cells[..used] {
        hash.update(cell.as_bytes());
        hash.update([0x1f]);
    }
    hash.finalize().iter().take(4).fold(" #".to_owned(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a row is one of an earlier report that was misshapen there and is as it was.
pub(crate) fn is_unchanged(headers: &[String], cells: &[String]) -> bool {
    let Some(told) = headers.iter().position(|header| header == PLACE).and_then(|at| cells.get(at)) else {
        return false;
    };
    let own = headers.iter().zip(cells).filter(|(header, _)| !is_own(header)).map(|(_, cell)| cell.as_str());
    told.contains(" #") && told.ends_with(&mark(own))
}

/// Whether a header belongs to the report and not to the source.
pub(crate) fn is_own(header: &str) -> bool {
    header == PLACE || header == MESSAGE
}

/// What is wrong, in both languages.
pub(crate) fn words(problem: &RowProblem) -> Text {
    let params = BTreeMap::from([("value".to_owned(), problem.value.clone())]);
    let key = format!("imports.row.{}", problem.code);
    Text { zh: text(Locale::ZhCn, &key, &params), en: text(Locale::En, &key, &params) }
}

/// The first line, with the mark by which spreadsheets know UTF-8.
pub(crate) fn head(headers: &[String]) -> String {
    let mut line = "\u{feff}".to_owned();
    let own = [PLACE.to_owned(), MESSAGE.to_owned()];
    push_line(&mut line, source_headers(headers).chain(&own).map(String::as_str));
    line
}

fn source_headers(headers: &[String]) -> impl Iterator<Item = &String> {
    headers.iter().filter(|header| !is_own(header))
}

/// One bad row. Cells of the source stay as they are, so that they survive the way back; our own words cannot be formulas.
pub(crate) fn line(headers: &[String], row: &BadRowStored, locale: Locale) -> Result<String, StoreError> {
    let problems: Vec<RowProblem> = read(&row.problems)?;
    let cells: Vec<String> = read(&row.cells)?;
    let place: Vec<String> = problems
        .iter()
        .map(|p| p.column.as_ref().map_or_else(|| p.code.clone(), |column| format!("{column}: {}", p.code)))
        .collect();
    let message: Vec<String> = problems.iter().map(|p| words(p).get(locale).to_owned()).collect();
    let message = guarded(&message.join("; "));
    // Of a row with too few or too many cells all are shown; those beyond the header come after our own columns.
    let own =
        headers.iter().zip(0..).filter(|(header, _)| is_own(header)).map(|(_, index)| index).collect::<Vec<usize>>();
    let within = (0..headers.len()).filter(|index| !own.contains(index));
    let shown = within.map(|index| cells.get(index).map_or("", String::as_str));
    let is_misshapen = problems.iter().any(|problem| MISSHAPEN.contains(&problem.code.as_str()));
    let mark = if is_misshapen { mark(shown.clone()) } else { String::new() };
    let place = guarded(&format!("{}: {}{mark}", row.line, place.join("; ")));
    let beyond = cells.iter().skip(headers.len()).map(String::as_str);
    let mut out = String::new();
    push_line(&mut out, shown.chain([place.as_str(), message.as_str()]).chain(beyond));
    Ok(out)
}

/// A text that no spreadsheet takes for a formula.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn push_line<'c>(out: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        let needs_quotes =
            cell.contains([',', '"', '\n', '\r', ';', '\t']) || cell.starts_with(' ') || cell.ends_with(' ');
        if needs_quotes {
            // Writing into a string cannot fail.
            let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::table::tests::rows;
    use super::super::table::{Charset, Format, detect};
    use super::*;

    fn stored(line: i64, problem: &RowProblem, cells: &[&str]) -> BadRowStored {
        BadRowStored {
            line,
            problems: serde_json::to_string(&[problem]).unwrap(),
            cells: serde_json::to_string(cells).unwrap(),
        }
    }

    #[test]
    fn cells_survive_the_way_out_and_back_and_messages_are_no_formulas() {
        let headers = ["no".to_owned(), "title".to_owned(), PLACE.to_owned(), MESSAGE.to_owned()];
        let nasty = ["=HYPERLINK(\"http://x\",\"y\")", "+1;-1\r\n@x, 'q'", "old place", "old message"];
        let problem = RowProblem { column: Some("=no".to_owned()), code: "mangled".to_owned(), value: "=1".to_owned() };
        let file = head(&headers) + &line(&headers, &stored(7, &problem, &nasty), Locale::ZhCn).unwrap();
        let bytes = file.into_bytes();
        let format = detect(&bytes).unwrap();
        assert_eq!(format, Format::Csv { encoding: Charset::Utf8, delimiter: ',' });
        let found = rows(&bytes, &format);
        assert_eq!(found[0].1, ["no", "title", PLACE, MESSAGE]);
        // A line end within a cell is one however it was written.
        assert_eq!(found[1].1[0], nasty[0]);
        assert_eq!(found[1].1[1].replace("\r\n", "\n"), nasty[1].replace("\r\n", "\n"));
        assert_eq!(found[1].1.len(), 4, "what the last report said is replaced");
        assert!(found[1].1[2].starts_with("7: =no: mangled"), "{:?}", found[1].1);
        let message = &found[1].1[3];
        assert!(!message.starts_with(['=', '+', '-', '@']) && message.contains("=1"), "{message}");
    }

    #[test]
    fn a_misshapen_row_is_known_until_somebody_corrects_it() {
        let headers = ["no".to_owned(), "title".to_owned(), "count".to_owned()];
        let again = |code: &str, cells: &[&str]| {
            let problem = RowProblem::whole(code, "");
            let file = head(&headers) + &line(&headers, &stored(7, &problem, cells), Locale::En).unwrap();
            let bytes = file.into_bytes();
            let found = rows(&bytes, &detect(&bytes).unwrap());
            (found[0].1.clone(), found[1].1.clone())
        };
        for (code, cells) in [
            ("field_count", &["A1"][..]),
            ("bad_quotes", &["A1", "\"screen", "2"]),
            ("cell_too_long", &["A1", "two\r\nlines", "2"]),
        ] {
            let (head, mut cells) = again(code, cells);
            assert!(is_unchanged(&head, &cells), "{code}");
            cells[2] = "3".to_owned();
            assert!(!is_unchanged(&head, &cells), "{code}, corrected");
        }
        // Its order was incomplete, or its line in another encoding: it is sound, and may come as it is.
        for code in ["order_incomplete", "not_text"] {
            let (head, cells) = again(code, &["A1", "x", "2"]);
            assert!(!is_unchanged(&head, &cells), "{code}");
        }
        assert!(!is_unchanged(&headers, &["A1".to_owned()]));
    }

    #[test]
    fn a_message_that_begins_like_a_formula_is_disarmed() {
        assert_eq!(["=1", "+1", "-1", "@a", "\tx", "x=1"].map(guarded), ["'=1", "'+1", "'-1", "'@a", "'\tx", "x=1"]);
    }
}
