//! Reading files of online-retail: every good row, and a finding for every other one.

pub(crate) mod fields;
pub(crate) mod lines;
mod values;

use crate::issue::{Issue, Issues};
use crate::rows::{Content, Place, Rows};
use crate::{ImportError, Progress, Stage};
use fields::{Fields, Record, next_record};
use jiff::tz::TimeZone;
use lines::{Encoding, Lines};
use std::path::{Path, PathBuf};

/// Columns that a file must have, in any order.
const COLUMNS: [&str; 8] =
    ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"];
/// A step of the progress bar, in rows.
const PROGRESS_EVERY: usize = 5_000;

/// Codes of findings while reading.
#[cfg(test)]
pub(crate) const CODES: &[&str] = &[
    "not_text",
    "line_too_long",
    "bad_quotes",
    "empty_file",
    "missing_column",
    "double_column",
    "unknown_column",
    "field_count",
    "bad_invoice",
    "bad_code",
    "bad_description",
    "bad_quantity",
    "bad_date",
    "bad_price",
    "bad_customer",
    "bad_country",
    "unpacking",
];

/// What one reading gives.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) rows: Rows,
    pub(crate) issues: Issues,
    pub(crate) files: Vec<String>,
}

/// Reads every file.
///
/// # Errors
/// [`ImportError::File`] for a file that cannot be opened; what is wrong inside a file is a finding.
pub(crate) fn files(paths: &[PathBuf], progress: &mut dyn FnMut(Progress)) -> Result<Reading, ImportError> {
    let zone = TimeZone::get(crate::ZONE).map_err(|e| ImportError::Zone(e.to_string()))?;
    let mut reading = Reading::default();
    for path in paths {
        // Opened before anything is read, so that a wrong name stops the import before it began.
        lines::open(path).map_err(|e| ImportError::File(path.display().to_string(), e.to_string()))?;
    }
    for path in paths {
        let name = path.display().to_string();
        reading.files.push(name.clone());
        if let Err(error) = file(path, &zone, &mut reading, progress) {
            // A packed file that breaks off: what was read before is good.
            reading.issues.error(Issue::new(&name, 0, None, "unpacking", &error.to_string()));
        }
    }
    Ok(reading)
}

fn file(
    path: &Path,
    zone: &TimeZone,
    reading: &mut Reading,
    progress: &mut dyn FnMut(Progress),
) -> std::io::Result<()> {
    let encoding = detect(path)?;
    let mut lines = Lines::new(lines::open(path)?, encoding);
    let mut fields = Fields::default();
    let file = u32::try_from(reading.files.len() - 1).unwrap_or(u32::MAX);
    let name = reading.files.last().cloned().unwrap_or_default();
    let Some(header) = header(&mut lines, &mut fields, &name, &mut reading.issues)? else { return Ok(()) };
    while let Some((line, record)) = next_record(&mut lines, &mut fields)? {
        match record {
            Record::Blank => continue,
            Record::Broken(code) => reading.issues.error(Issue::new(&name, line, None, code, "")),
            Record::Good if fields.len() != header.width => {
                let value = fields.len().to_string();
                reading.issues.error(Issue::new(&name, line, None, "field_count", &value));
            }
            Record::Good => match header.content(&fields, zone) {
                Ok(content) => {
                    let place = Place { file, line: u32::try_from(line).unwrap_or(u32::MAX) };
                    reading.rows.push(&content, place);
                }
                Err((column, code)) => {
                    let value = fields.get(header.places[column]);
                    reading.issues.error(Issue::new(&name, line, Some(COLUMNS[column]), code, value));
                }
            },
        }
        let done = reading.rows.rows.len();
        if done.is_multiple_of(PROGRESS_EVERY) {
            progress(Progress { stage: Stage::Reading, done: done as u64, total: 0 });
        }
    }
    Ok(())
}

fn detect(path: &Path) -> std::io::Result<Encoding> {
    // A packed file that breaks off tells its encoding as far as it goes.
    lines::detect(lines::open(path)?.as_mut()).or(Ok(Encoding::Utf8))
}

/// Where the columns of a file are.
struct Header {
    places: [usize; COLUMNS.len()],
    width: usize,
}

/// Reads the first record; none, with findings, if columns are missing or given twice.
fn header(lines: &mut Lines, fields: &mut Fields, name: &str, issues: &mut Issues) -> std::io::Result<Option<Header>> {
    let first = loop {
        match next_record(lines, fields)? {
            Some((_, Record::Blank)) => {}
            other => break other,
        }
    };
    let line = match first {
        None => {
            issues.error(Issue::new(name, 0, None, "empty_file", ""));
            return Ok(None);
        }
        Some((line, Record::Broken(code))) => {
            issues.error(Issue::new(name, line, None, code, ""));
            return Ok(None);
        }
        Some((line, _)) => line,
    };
    let names: Vec<&str> = (0..fields.len()).map(|index| fields.get(index).trim()).collect();
    let mut header = Header { places: [0; COLUMNS.len()], width: fields.len() };
    let mut is_good = true;
    for (column, place) in COLUMNS.iter().zip(&mut header.places) {
        let found: Vec<usize> = (0..names.len()).filter(|index| names[*index].eq_ignore_ascii_case(column)).collect();
        let code = match found[..] {
            [only] => {
                *place = only;
                continue;
            }
            [] => "missing_column",
            _ => "double_column",
        };
        is_good = false;
        issues.error(Issue::new(name, line, Some(column), code, column));
    }
    for other in names.iter().filter(|name| !COLUMNS.iter().any(|column| column.eq_ignore_ascii_case(name))) {
        issues.warn("unknown_column", || Issue::new(name, line, Some(other), "unknown_column", other));
    }
    Ok(is_good.then_some(header))
}

impl Header {
    /// The row's values, or the column and code of the first that does not fit.
    fn content<'f>(&self, fields: &'f Fields, zone: &TimeZone) -> Result<Content<'f>, (usize, &'static str)> {
        let field = |column: usize| fields.get(self.places[column]);
        Ok(Content {
            invoice: values::invoice(field(0)).ok_or((0, "bad_invoice"))?,
            code: values::code(field(1)).ok_or((1, "bad_code"))?,
            title: values::description(field(2)).ok_or((2, "bad_description"))?,
            quantity: values::quantity(field(3)).ok_or((3, "bad_quantity"))?,
            at: values::moment(field(4), zone).ok_or((4, "bad_date"))?,
            price: values::price(field(5)).ok_or((5, "bad_price"))?,
            customer: values::customer(field(6)).ok_or((6, "bad_customer"))?,
            country: values::country(field(7)).ok_or((7, "bad_country"))?,
        })
    }
}
