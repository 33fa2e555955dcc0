//! Rows of a file as text in a nameless file: read once from whatever the file is, then wherever they are needed.

use super::table::{BadFile, Bytes, Format, RawRow, each};
use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

/// Where a row lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowAt {
    offset: u64,
    bytes: u32,
    /// Line in the text, or row of the sheet.
    pub(crate) line: u32,
}

impl RowAt {
    /// Bytes that it takes.
    pub(crate) fn size(self) -> u64 {
        u64::from(self.bytes)
    }
}

/// A row taken out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) cells: Vec<String>,
    pub(crate) broken: Option<&'static str>,
}

/// Codes that a row may be broken by before anybody asks what it means.
const BROKEN: [&str; 5] = ["not_text", "line_too_long", "bad_quotes", "too_many_cells", "cell_too_long"];
/// Bytes that rows may take here; every cell takes four besides its own.
const SPOOLED_MAX: u64 = 1 << 30;

/// Rows on disk.
pub(crate) struct Spool {
    file: File,
    pub(crate) headers: Vec<String>,
    buffer: Vec<u8>,
}

impl Spool {
    /// Reads the whole file as [`each`] does; `found` is called with the place of every row below the header and gives whether to go on.
    pub(crate) fn fill(
        bytes: &dyn Bytes,
        (format, point): (&Format, char),
        found: &mut dyn FnMut(RowAt, &RawRow<'_>) -> bool,
    ) -> Result<Self, BadFile> {
        let mut file = tempfile::tempfile()?;
        let mut out = BufWriter::with_capacity(256 * 1024, &mut file);
        let (mut offset, mut headers) = (0_u64, None);
        let (mut record, mut failed) = (Vec::new(), None);
        each(bytes, (format, point), &mut |row| {
            if headers.is_none() {
                headers = Some(header(&row));
                return true;
            }
            record.clear();
            // A sheet has no cells where nothing stands.
            let width = match (format, &headers) {
                (Format::Xlsx { .. }, Some(headers)) => headers.len(),
                _ => 0,
            };
            let padding = width.saturating_sub(row.cells.len());
            put(&mut record, &row);
            record.resize(record.len() + padding * 4, 0);
            if offset + record.len() as u64 > SPOOLED_MAX {
                failed = Some(BadFile::TooLarge("cells"));
                return false;
            }
            if let Err(error) = out.write_all(&record) {
                failed = Some(error.into());
                return false;
            }
            let at = RowAt {
                offset,
                bytes: u32::try_from(record.len()).unwrap_or(u32::MAX),
                line: u32::try_from(row.line).unwrap_or(u32::MAX),
            };
            offset += record.len() as u64;
            if padding == 0 {
                return found(at, &row);
            }
            let mut cells = row.cells.to_vec();
            cells.resize(width, String::new());
            found(at, &RawRow { cells: &cells, ..row })
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        out.flush()?;
        drop(out);
        Ok(Self { file, headers: headers.unwrap_or_default(), buffer: Vec::new() })
    }

    /// The row at `at`.
    pub(crate) fn row(&mut self, at: RowAt) -> std::io::Result<Kept> {
        self.file.seek(SeekFrom::Start(at.offset))?;
        self.buffer.resize(at.bytes as usize, 0);
        self.file.read_exact(&mut self.buffer)?;
        take(&self.buffer).ok_or_else(|| std::io::Error::other("a spooled row is broken"))
    }
}

/// Header cells; a trailing run of empty ones is no column.
fn header(row: &RawRow<'_>) -> Vec<String> {
    let mut headers: Vec<String> = row.cells.iter().map(|cell| cell.trim().to_owned()).collect();
    while headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    headers
}

fn put(record: &mut Vec<u8>, row: &RawRow<'_>) {
    let broken = row.broken.and_then(|code| BROKEN.iter().position(|b| *b == code)).map_or(0, |index| index + 1);
    record.push(u8::try_from(broken).unwrap_or(0));
    for cell in row.cells {
        record.extend(u32::try_from(cell.len()).unwrap_or(0).to_be_bytes());
        record.extend(cell.as_bytes());
    }
}

fn take(record: &[u8]) -> Option<Kept> {
    let (broken, mut rest) = record.split_first()?;
    let broken = usize::from(*broken).checked_sub(1).and_then(|index| BROKEN.get(index).copied());
    let mut cells = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (cell, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        cells.push(String::from_utf8(cell.to_vec()).ok()?);
        rest = after;
    }
    Some(Kept { cells, broken })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::table::detect;
    use super::*;

    #[test]
    fn rows_come_back_in_any_order_with_their_lines() {
        let bytes = "no,title,,\nA1,\"红\n茶\",,\n\nA2,\"x\"y,,\nA3,,,\n".as_bytes().to_vec();
        let format = detect(&bytes).unwrap();
        let mut places = Vec::new();
        let mut spool = Spool::fill(&bytes, (&format, '.'), &mut |at, _| {
            places.push(at);
            true
        })
        .unwrap();
        assert_eq!(spool.headers, ["no", "title"]);
        assert_eq!(places.iter().map(|at| at.line).collect::<Vec<_>>(), [2, 5, 6]);
        let cells = |kept: Kept| (kept.cells[0].clone(), kept.cells[1].clone(), kept.broken);
        assert_eq!(cells(spool.row(places[2]).unwrap()), ("A3".to_owned(), String::new(), None));
        assert_eq!(cells(spool.row(places[0]).unwrap()), ("A1".to_owned(), "红\n茶".to_owned(), None));
        assert_eq!(spool.row(places[1]).unwrap().broken, Some("bad_quotes"));
    }

    #[test]
    fn rows_of_a_sheet_are_as_wide_as_its_header() {
        let text = |place: &str, text: &str| format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#);
        let header = format!(r#"<row r="1">{}{}{}</row>"#, text("A1", "no"), text("B1", "title"), text("C1", "remark"));
        let short = format!(r#"<row r="2">{}</row>"#, text("A2", "000123"));
        let bytes = super::super::sheet::tests::book(&(header + &short));
        let (mut places, mut seen) = (Vec::new(), Vec::new());
        let mut spool = Spool::fill(&bytes, (&detect(&bytes).unwrap(), '.'), &mut |at, row| {
            places.push(at);
            seen = row.cells.to_vec();
            true
        })
        .unwrap();
        assert_eq!(seen, ["000123", "", ""], "also while it is read for the first time");
        assert_eq!(spool.row(places[0]).unwrap().cells, seen);
    }
}
