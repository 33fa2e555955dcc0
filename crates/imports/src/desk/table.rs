//! Tables in files: CSV of several encodings, plain or packed, and XLSX; read row by row.

use super::sheet;
use crate::read::fields::{Fields, Record, next_record};
use crate::read::lines::{self, Encoding, Lines};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read};
use xr_base::{Fault, StoreError};

/// Largest text in bytes, once unpacked.
const TEXT_BYTES_MAX: u64 = 512 << 20;
/// Most rows of a file.
pub(crate) const ROWS_MAX: u64 = 2_000_000;
/// Columns of a row; what lies beyond is no order.
pub(crate) const COLUMNS_MAX: usize = 512;
/// Longest cell in characters, as in spreadsheets.
const CELL_CHARS_MAX: usize = 32_767;
/// Characters kept of each cell of a row beyond these bounds, for the report.
const CUT_CHARS: usize = 1_000;
/// Records looked at to tell the delimiter.
const DELIMITER_LOOK: usize = 20;
/// Delimiters that are known, the likeliest first.
const DELIMITERS: [char; 3] = [',', ';', '\t'];
const ZIP: &[u8] = b"PK\x03\x04";
/// What older Excel files and other office documents begin with.
const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub(crate) enum Format {
    /// Text with delimiters.
    Csv {
        /// `utf-8`, `gb18030`, `utf-16le` or `utf-16be`.
        encoding: Charset,
        /// `,` `;` or a tab.
        #[schema(value_type = String)]
        delimiter: char,
    },
    /// A workbook.
    Xlsx {
        /// Name of the sheet that is read.
        sheet: String,
    },
}

/// What text a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) enum Charset {
    /// UTF-8, with or without its mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// GB18030, of which GBK is a part.
    #[serde(rename = "gb18030")]
    Gb18030,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

impl From<Charset> for Encoding {
    fn from(charset: Charset) -> Self {
        match charset {
            Charset::Utf8 => Self::Utf8,
            Charset::Gb18030 => Self::Gb18030,
            Charset::Utf16Le => Self::Utf16Le,
            Charset::Utf16Be => Self::Utf16Be,
        }
    }
}

impl From<Encoding> for Charset {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Utf8 => Self::Utf8,
            Encoding::Gb18030 => Self::Gb18030,
            Encoding::Utf16Le => Self::Utf16Le,
            Encoding::Utf16Be => Self::Utf16Be,
        }
    }
}

/// Why a file is no table, or no longer one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadFile {
    /// Bytes of no format that is read here; a code of the texts.
    #[error("{0}")]
    Kind(&'static str),
    /// It cannot be unpacked, or breaks off.
    #[error("{0}")]
    Broken(String),
    /// Beyond a limit.
    #[error("more than {0}")]
    TooLarge(&'static str),
    /// The store does not give its bytes now.
    #[error("out of reach: {0}")]
    Unreachable(String),
    /// Whoever takes the rows wants no more.
    #[error("stopped")]
    Stopped,
}

impl From<std::io::Error> for BadFile {
    fn from(error: std::io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>()) {
            Some(Fault::Store(StoreError::Busy | StoreError::Retry(..))) => Self::Unreachable(error.to_string()),
            _ => Self::Broken(error.to_string()),
        }
    }
}

/// One row on its way; `cells` of a broken one are a guess, for the report.
#[derive(Debug)]
pub(crate) struct RawRow<'r> {
    /// Line in the text, or row of the sheet, from 1.
    pub(crate) line: u64,
    pub(crate) cells: &'r [String],
    /// Code of what is wrong with it.
    pub(crate) broken: Option<&'static str>,
}

/// Bytes that can be read again and again.
pub(crate) trait Bytes {
    /// From the start.
    fn reader(&self) -> Box<dyn Read>;
}

/// Tells what a file is.
///
/// # Errors
/// [`BadFile`] for what is no table, is damaged, or unpacks to too much.
pub(crate) fn detect(bytes: &dyn Bytes) -> Result<Format, BadFile> {
    let mut start = BufReader::new(bytes.reader());
    let first = start.fill_buf()?;
    if first.is_empty() {
        return Err(BadFile::Kind("empty_file"));
    }
    if first.starts_with(OLE) {
        return Err(BadFile::Kind("old_excel"));
    }
    if first.starts_with(ZIP) {
        let sheets = sheet::names(bytes)?;
        let sheet = sheets.into_iter().next().ok_or(BadFile::Kind("empty_file"))?;
        return Ok(Format::Xlsx { sheet });
    }
    let encoding = lines::detect(text(bytes)?.as_mut())?;
    let delimiter = delimiter(bytes, encoding)?;
    Ok(Format::Csv { encoding: encoding.into(), delimiter })
}

/// Names of a workbook's sheets, in order.
///
/// # Errors
/// [`BadFile`] of the file.
pub(crate) fn sheets(bytes: &dyn Bytes) -> Result<Vec<String>, BadFile> {
    sheet::names(bytes)
}

/// Whether files may be delimited by it.
pub(crate) fn is_delimiter(delimiter: char) -> bool {
    DELIMITERS.contains(&delimiter)
}

/// The delimiter whose count of fields is the same in most of the first records, and largest.
fn delimiter(bytes: &dyn Bytes, encoding: Encoding) -> Result<char, BadFile> {
    let mut best = (0, DELIMITERS[0]);
    for delimiter in DELIMITERS {
        let mut lines = Lines::new(text(bytes)?, encoding);
        let mut fields = Fields::delimited_by(delimiter);
        let mut counts = Vec::with_capacity(DELIMITER_LOOK);
        while counts.len() < DELIMITER_LOOK {
            match next_record(&mut lines, &mut fields)? {
                None => break,
                Some((_, Record::Good)) => counts.push(fields.len()),
                Some(_) => {}
            }
        }
        let width = counts.first().copied().unwrap_or(0);
        let same = counts.iter().filter(|count| **count == width).count();
        let score = if width > 1 { same * 1_000 + width } else { 0 };
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    Ok(best.1)
}

/// The text of a file, unpacked, up to the limit.
fn text(bytes: &dyn Bytes) -> Result<Box<dyn BufRead>, BadFile> {
    let plain = BufReader::with_capacity(64 * 1024, bytes.reader());
    let unpacked = lines::unpack(Box::new(plain))?;
    Ok(Box::new(BufReader::with_capacity(64 * 1024, Bounded { inner: unpacked, left: TEXT_BYTES_MAX })))
}

/// Fails instead of giving more than `left` bytes.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let got = self.inner.read(into)?;
        self.left = self.left.checked_sub(got as u64).ok_or_else(|| std::io::Error::other("it unpacks to too much"))?;
        Ok(got)
    }
}

/// Calls `take` with every row that is not blank, the header first; `take` gives whether it wants more. Numbers of a sheet have
/// `point` before their decimals.
///
/// # Errors
/// [`BadFile`] of the file.
pub(crate) fn each(
    bytes: &dyn Bytes,
    (format, point): (&Format, char),
    take: &mut dyn FnMut(RawRow<'_>) -> bool,
) -> Result<(), BadFile> {
    let (mut count, mut left) = (0_u64, TEXT_BYTES_MAX);
    let mut counted = |row: RawRow<'_>| {
        count += 1;
        if count > ROWS_MAX + 1 {
            return Err(BadFile::TooLarge("rows"));
        }
        // A sheet may name the same text in any number of cells.
        let bytes: u64 = row.cells.iter().map(|cell| cell.len() as u64).sum();
        left = left.checked_sub(bytes).ok_or(BadFile::TooLarge("text"))?;
        let wants_more = match beyond(row.cells) {
            None => take(row),
            Some(code) => take(RawRow { line: row.line, cells: &cut(row.cells), broken: row.broken.or(Some(code)) }),
        };
        if wants_more { Ok(()) } else { Err(BadFile::Stopped) }
    };
    let read = match format {
        Format::Csv { encoding, delimiter } => each_of_text(bytes, ((*encoding).into(), *delimiter), &mut counted),
        Format::Xlsx { sheet } => sheet::each(bytes, sheet, point, &mut counted),
    };
    match read {
        Err(BadFile::Stopped) => Ok(()),
        other => other,
    }
}

/// Code of the bound that a row is beyond.
fn beyond(cells: &[String]) -> Option<&'static str> {
    if cells.len() > COLUMNS_MAX {
        return Some("too_many_cells");
    }
    let is_long = |cell: &String| cell.len() > CELL_CHARS_MAX && cell.chars().count() > CELL_CHARS_MAX;
    cells.iter().any(is_long).then_some("cell_too_long")
}

/// The beginning of a row and of its cells.
fn cut(cells: &[String]) -> Vec<String> {
    cells.iter().take(COLUMNS_MAX).map(|cell| cell.chars().take(CUT_CHARS).collect()).collect()
}

/// Takes rows until it fails.
pub(crate) type TakeRow<'t> = dyn FnMut(RawRow<'_>) -> Result<(), BadFile> + 't;

fn each_of_text(
    bytes: &dyn Bytes,
    (encoding, delimiter): (Encoding, char),
    take: &mut TakeRow<'_>,
) -> Result<(), BadFile> {
    let mut lines = Lines::new(text(bytes)?, encoding);
    let mut fields = Fields::delimited_by(delimiter);
    let mut cells: Vec<String> = Vec::new();
    while let Some((line, record)) = next_record(&mut lines, &mut fields)? {
        let broken = match record {
            Record::Blank => continue,
            Record::Good => None,
            Record::Broken(code) => Some(code),
        };
        let width = if broken == Some("line_too_long") { 0 } else { fields.len() };
        cells.resize_with(width, String::new);
        for (index, cell) in cells.iter_mut().enumerate() {
            cell.clear();
            cell.push_str(fields.get(index));
        }
        take(RawRow { line, cells: &cells, broken })?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write as _;

    impl Bytes for Vec<u8> {
        fn reader(&self) -> Box<dyn Read> {
            Box::new(std::io::Cursor::new(self.clone()))
        }
    }

    type Found = (u64, Vec<String>, Option<&'static str>);

    pub(crate) fn rows(bytes: &Vec<u8>, format: &Format) -> Vec<Found> {
        let mut found = Vec::new();
        each(bytes, (format, '.'), &mut |row| {
            found.push((row.line, row.cells.to_vec(), row.broken));
            true
        })
        .unwrap();
        found
    }

    fn read(bytes: &[u8]) -> (Format, Vec<Found>) {
        let bytes = bytes.to_vec();
        let format = detect(&bytes).unwrap();
        let found = rows(&bytes, &format);
        (format, found)
    }

    fn csv(encoding: Charset, delimiter: char) -> Format {
        Format::Csv { encoding, delimiter }
    }

    fn row(line: u64, cells: &[&str]) -> Found {
        (line, cells.iter().map(|c| (*c).to_owned()).collect(), None)
    }

    #[test]
    fn delimiters_are_told_from_the_text_also_where_others_stand_in_cells() {
        for (delimiter, text) in [
            (',', "a,b,c\n1,\"x;y;z\",3\n4,5,6\n"),
            (';', "a;b;c\n1;2,50;3\n4;5,10;6\n"),
            ('\t', "a\tb\tc\n1\tx, y; z\t3\n"),
        ] {
            let (format, found) = read(text.as_bytes());
            assert_eq!(format, csv(Charset::Utf8, delimiter), "{text}");
            assert!(found.iter().all(|(_, cells, broken)| cells.len() == 3 && broken.is_none()), "{found:?}");
        }
        assert_eq!(read(b"only\n1\n").0, csv(Charset::Utf8, ','));
    }

    #[test]
    fn quoted_cells_hold_line_ends_and_a_bom_is_left_out() {
        let (_, found) = read("\u{feff}a,b\r\n\"x\ny\",2\r\n\r\n3,\"say \"\"hi\"\"\"\r\n".as_bytes());
        assert_eq!(found, [row(1, &["a", "b"]), row(2, &["x\ny", "2"]), row(5, &["3", "say \"hi\""])]);
    }

    #[test]
    fn a_packed_file_is_read_and_one_that_breaks_off_is_refused() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all("编号;数\n1;2\n".repeat(500).as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(read(&packed).1.len(), 1_000);
        let cut = packed[..packed.len() / 2].to_vec();
        assert!(matches!(detect(&cut), Err(BadFile::Broken(_))), "{:?}", detect(&cut));
    }

    #[test]
    fn a_broken_row_is_named_with_what_can_be_read_of_it() {
        let (_, found) = read(b"no,title\nA1,caf\xe9 \xff\nA2,\"x\"y\nA3,ok\n");
        assert_eq!(found[1], (2, vec!["A1".to_owned(), "caf\u{fffd} \u{fffd}".to_owned()], Some("not_text")));
        assert_eq!((found[2].2, found[2].1[0].as_str()), (Some("bad_quotes"), "A2"));
        assert_eq!(found[3], row(4, &["A3", "ok"]));
    }

    #[test]
    fn rows_beyond_the_bounds_are_cut_and_say_so() {
        let (wide, long) = ("x;".repeat(COLUMNS_MAX), "é".repeat(9) + &"x".repeat(CELL_CHARS_MAX - 9));
        let lines = format!("A1;{wide}\nA2;\"{long}\n\";2\nA3;{long};2\n");
        let text = format!("no;title;c\n{lines}").into_bytes();
        let found = rows(&text, &csv(Charset::Utf8, ';'));
        assert_eq!((found[1].1.len(), found[1].1[0].as_str(), found[1].2), (COLUMNS_MAX, "A1", Some("too_many_cells")));
        let kept = found[2].1[1].chars().count();
        assert_eq!((found[2].1[0].as_str(), kept, found[2].2), ("A2", CUT_CHARS, Some("cell_too_long")));
        assert_eq!((found[3].1[1].chars().count(), found[3].2), (CELL_CHARS_MAX, None));
    }

    #[test]
    fn what_is_no_table_is_refused_by_name() {
        assert!(matches!(detect(&Vec::new()), Err(BadFile::Kind("empty_file"))));
        assert!(matches!(detect(&OLE.to_vec()), Err(BadFile::Kind("old_excel"))));
        assert!(matches!(detect(&b"PK\x03\x04rubbish".to_vec()), Err(BadFile::Kind("not_xlsx"))));
    }
}
