//! Sheets of XLSX workbooks as rows of text, with bounds on what they unpack to.

use super::table::{BadFile, Bytes, COLUMNS_MAX, RawRow, TakeRow};
use calamine::{Data, DataRef, Reader as _, Xlsx};
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};

/// Bytes that all parts of a workbook may unpack to; its texts stay in memory while it is read.
const UNPACKED_MAX: u64 = 256 << 20;
/// Parts of a workbook.
const PARTS_MAX: usize = 10_000;
/// Cells of a sheet that may be read.
const CELLS_MAX: u64 = 20_000_000;
/// Above this a number has lost digits in the spreadsheet already.
const EXACT_MAX: f64 = 1e15;

type Book = Xlsx<BufReader<File>>;

/// Names of the sheets, in order.
pub(crate) fn names(bytes: &dyn Bytes) -> Result<Vec<String>, BadFile> {
    Ok(open(bytes)?.sheet_names())
}

fn open(bytes: &dyn Bytes) -> Result<Book, BadFile> {
    let mut file = tempfile::tempfile()?;
    std::io::copy(&mut bytes.reader(), &mut file)?;
    check_size(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Xlsx::new(BufReader::new(file)).map_err(|_| BadFile::Kind("not_xlsx"))
}

/// Unpacks everything once without keeping it: the sizes that an archive announces may be lies.
fn check_size(file: &mut File) -> Result<(), BadFile> {
    file.seek(SeekFrom::Start(0))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(&*file)).map_err(|_| BadFile::Kind("not_xlsx"))?;
    if archive.len() > PARTS_MAX {
        return Err(BadFile::TooLarge("parts"));
    }
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| BadFile::Kind("not_xlsx"))?;
        let has_texts =
            part.name().map_err(|_| BadFile::Kind("not_xlsx"))?.to_ascii_lowercase().contains("sharedstrings");
        let mut part = part.take(left + 1);
        let got = if has_texts {
            let mut looked = Announced::default();
            std::io::copy(&mut part, &mut looked)?;
            looked.check()?
        } else {
            std::io::copy(&mut part, &mut std::io::sink())?
        };
        left = left.checked_sub(got).ok_or(BadFile::TooLarge("unpacked"))?;
    }
    Ok(())
}

/// Looks for the number of shared texts that a workbook announces: memory for so many is reserved before one is read.
///
/// Every byte is looked at, since comments of any length may come first.
#[derive(Default)]
struct Announced {
    bytes: u64,
    /// Bytes of the attribute's name met so far.
    met: usize,
    /// Digits of its value, once the name is whole.
    number: Option<u64>,
    is_too_large: bool,
    is_no_text: bool,
}

/// The attribute that is believed.
const ANNOUNCED: &[u8] = b"uniqueCount";

impl Announced {
    fn take(&mut self, byte: u8) {
        // No XML in bytes has these: it is UTF-16, or another encoding in which the name would be missed.
        self.is_no_text |= matches!(byte, 0 | 0x1b);
        if let Some(number) = self.number {
            match byte {
                b'0'..=b'9' => {
                    let number = number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                    self.number = Some(number);
                    self.is_too_large |= number > CELLS_MAX;
                    return;
                }
                b'=' | b'"' | b'\'' => return,
                blank if blank.is_ascii_whitespace() => return,
                _ => self.number = None,
            }
        }
        // An attribute's name follows a blank or a quote, so none begins within another beginning of it.
        self.met = match (ANNOUNCED.get(self.met), ANNOUNCED[0]) {
            (Some(wanted), _) if *wanted == byte => self.met + 1,
            (_, first) if first == byte => 1,
            _ => 0,
        };
        if self.met == ANNOUNCED.len() {
            (self.met, self.number) = (0, Some(0));
        }
    }

    /// Gives the bytes that were looked at.
    fn check(&self) -> Result<u64, BadFile> {
        match (self.is_no_text, self.is_too_large) {
            (true, _) => Err(BadFile::Kind("not_xlsx")),
            (_, true) => Err(BadFile::TooLarge("texts")),
            _ => Ok(self.bytes),
        }
    }
}

impl std::io::Write for Announced {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes += bytes.len() as u64;
        for byte in bytes {
            self.take(*byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Calls `take` with every row of the sheet that is not blank; `point` stands before decimals of its numbers, which have no
/// writing of their own.
pub(crate) fn each(bytes: &dyn Bytes, sheet: &str, point: char, take: &mut TakeRow<'_>) -> Result<(), BadFile> {
    let mut book = open(bytes)?;
    let broken = |error: calamine::XlsxError| BadFile::Broken(error.to_string());
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|_| BadFile::Kind("no_sheet"))?;
    let mut row = Row::default();
    let mut count = 0_u64;
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        count += 1;
        if count > CELLS_MAX {
            return Err(BadFile::TooLarge("cells"));
        }
        let (line, column) = cell.get_position();
        if line != row.line {
            row.give(take)?;
            row.line = line;
        }
        if (column as usize) < COLUMNS_MAX {
            row.put(column as usize, text(cell.get_value(), point));
        }
    }
    row.give(take)
}

/// The row that is being read.
#[derive(Default)]
struct Row {
    line: u32,
    cells: Vec<String>,
}

impl Row {
    fn put(&mut self, column: usize, text: String) {
        if text.is_empty() {
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize_with(column + 1, String::new);
        }
        self.cells[column] = text;
    }

    fn give(&mut self, take: &mut TakeRow<'_>) -> Result<(), BadFile> {
        if self.cells.iter().any(|cell| !cell.trim().is_empty()) {
            take(RawRow { line: u64::from(self.line) + 1, cells: &self.cells, broken: None })?;
        }
        self.cells.clear();
        Ok(())
    }
}

/// A cell as somebody would type it. Texts stay as they are, so their leading zeros do.
fn text(value: &DataRef<'_>, point: char) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number, point),
        DataRef::Bool(is_true) => if *is_true { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        DataRef::DateTime(length) => decimal(length.as_f64(), point),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => Data::Empty.to_string(),
    }
}

/// Fifteen digits, as the spreadsheet shows them; beyond them in the notation that tells of the loss.
fn decimal(number: f64, point: char) -> String {
    if number.abs() >= EXACT_MAX {
        return format!("{number:E}");
    }
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    let shown = shown.to_string();
    if point == '.' { shown } else { shown.replace('.', point.encode_utf8(&mut [0; 4])) }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::table::tests::rows;
    use super::super::table::{Format, detect};
    use super::*;
    use std::io::{Cursor, Write as _};

    const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
    const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r0" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="订单" sheetId="1" r:id="r1"/><sheet name="说明" sheetId="2" r:id="r2"/></sheets></workbook>"#;
    const BOOK_RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="r3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
    const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#;

    /// A workbook whose first sheet has these rows of XML, its second one row.
    pub(in crate::desk) fn book(rows: &str) -> Vec<u8> {
        book_with(rows, &[])
    }

    /// With more parts.
    pub(in crate::desk) fn book_with(rows: &str, more: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let sheet = |rows: &str| {
            format!(
                r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            )
        };
        let second = sheet(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>second</t></is></c></row>"#);
        let parts = [
            ("[Content_Types].xml", TYPES.to_owned()),
            ("_rels/.rels", RELS.to_owned()),
            ("xl/workbook.xml", BOOK.to_owned()),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS.to_owned()),
            ("xl/styles.xml", STYLES.to_owned()),
            ("xl/worksheets/sheet1.xml", sheet(rows)),
            ("xl/worksheets/sheet2.xml", second),
        ];
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let parts = parts.map(|(name, text)| (name, text.into_bytes()));
        for (name, text) in parts.iter().chain(more) {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(text).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn texts_numbers_and_dates_survive_as_they_were_meant() {
        let bytes = book(
            r#"<row r="1"><c r="A1" t="inlineStr"><is><t>单号</t></is></c><c r="B1" t="inlineStr"><is><t>数</t></is></c></row>
            <row r="3"><c r="A3" t="inlineStr"><is><t>000123</t></is></c><c r="B3"><v>2</v></c><c r="C3"><v>19.9</v></c><c r="D3" s="1"><v>45292.5</v></c></row>
            <row r="4"><c r="A4"><v>12345678901234567890</v></c><c r="C4"><v>0.30000000000000004</v></c></row>"#,
        );
        let format = detect(&bytes).unwrap();
        assert_eq!(format, Format::Xlsx { sheet: "订单".to_owned() });
        let found = rows(&bytes, &format);
        let cells: Vec<Vec<&str>> =
            found.iter().map(|(_, cells, _)| cells.iter().map(String::as_str).collect()).collect();
        assert_eq!(cells[0], ["单号", "数"]);
        assert_eq!(cells[1], ["000123", "2", "19.9", "2024-01-01 12:00:00"]);
        assert_eq!(cells[2], ["1.2345678901234567E19", "", "0.3"], "what lost its digits says so");
        assert_eq!(found.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [1, 3, 4]);
        assert_eq!(names(&bytes).unwrap(), ["订单", "说明"]);
        assert_eq!(rows(&bytes, &Format::Xlsx { sheet: "说明".to_owned() })[0].1, ["second"]);
    }

    #[test]
    fn numbers_of_a_sheet_take_the_writing_of_its_source() {
        let bytes = book(
            r#"<row r="1"><c r="A1"><v>1.5</v></c><c r="B1"><v>1234.56</v></c><c r="C1"><v>12345678901234567890</v></c></row>"#,
        );
        let mut found = Vec::new();
        let format = Format::Xlsx { sheet: "订单".to_owned() };
        super::super::table::each(&bytes, (&format, ','), &mut |row| {
            found = row.cells.to_vec();
            true
        })
        .unwrap();
        assert_eq!(found, ["1,5", "1234,56", "1.2345678901234567E19"]);
        assert_eq!(super::super::values::money(&found[1], 2, true), Ok(12_345_600));
    }

    const SHARED: &str = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#;

    #[test]
    fn a_workbook_that_announces_too_many_texts_is_refused() {
        let texts = |before: &str, count: &str| {
            let xml = format!(
                r#"<?xml version="1.0"?>{before}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" {count}><si><t>uniqueuniqueCount</t></si></sst>"#
            );
            names(&book_with(SHARED, &[("xl/SharedStrings.xml", xml.into_bytes())]))
        };
        for good in ["", r#"count="1" uniqueCount="1""#, "uniqueCount = '020000000'"] {
            assert!(texts("", good).is_ok(), "{good}");
        }
        // The last one lies across whatever buffers there are.
        let long = format!("<!--{}-->", "uniqueC ".repeat(20_000));
        for (before, bad) in [
            ("", r#"uniqueCount="1000000000000""#),
            ("", "uniqueCount\n=\t'20000001'"),
            ("<!-- uniqueCount=\"1\" -->", r#"a=">" uniqueCount="99999999999999999999999""#),
            (&long, r#"uniqueCount="1000000000000""#),
        ] {
            assert!(matches!(texts(before, bad), Err(BadFile::TooLarge("texts"))), "{bad}");
        }
        let wide: Vec<u8> =
            r#"<sst uniqueCount="1000000000000"></sst>"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide = book_with(SHARED, &[("xl/sharedStrings.xml", wide)]);
        assert!(matches!(names(&wide), Err(BadFile::Kind("not_xlsx"))));
    }

    #[test]
    fn a_text_that_stands_in_every_cell_is_counted_every_time() {
        let row = |line: usize| format!(r#"<row r="{line}"><c r="A{line}" t="s"><v>0</v></c></row>"#);
        let shared = format!(
            r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{}</t></si></sst>"#,
            "x".repeat(32_000)
        );
        let rows: String = (1..=17_000).map(row).collect();
        let bytes = book_with(&rows, &[("xl/sharedStrings.xml", shared.into_bytes())]);
        let format = Format::Xlsx { sheet: "订单".to_owned() };
        let read = super::super::table::each(&bytes, (&format, '.'), &mut |_| true);
        assert!(matches!(read, Err(BadFile::TooLarge("text"))), "{read:?}");
    }

    #[test]
    fn a_small_archive_that_unpacks_to_too_much_is_refused() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let zeros = vec![b' '; 1 << 20];
        for part in 0..4 {
            archive.start_file(format!("xl/{part}.xml"), zip::write::SimpleFileOptions::default()).unwrap();
            for _ in 0..65 {
                archive.write_all(&zeros).unwrap();
            }
        }
        let bytes = archive.finish().unwrap().into_inner();
        assert!(bytes.len() < 2 << 20, "{}", bytes.len());
        assert!(matches!(names(&bytes), Err(BadFile::TooLarge("unpacked"))));
    }
}
