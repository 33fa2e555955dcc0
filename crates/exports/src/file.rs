//! A file that grows in parts. Everything needed to go on is in [`Draft`], which is kept with the parts; what has been written is never
//! looked at again, so memory does not grow with the file.

use crate::cells::Cell;
use crate::model::FileFormat;
use crate::zip::{self, Entry};
use crate::{csv, xlsx};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use std::io::Write as _;

/// Bytes of one row of `sealed_export_parts`.
const PART_BYTES: usize = 1 << 20;
/// Largest file, and largest sheet before packing: below the 4 GiB that a plain ZIP archive can count.
const FILE_BYTES_MAX: u64 = 2 << 30;
const SHEET_BYTES_MAX: u64 = 2 << 30;
/// Fast: a page is packed in a few milliseconds, to about a tenth.
const LEVEL: Compression = Compression::new(3);

/// The file would be too large; the asker is told to take less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// A sheet, open or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sheet {
    /// Part kept free for its header.
    header_part: i64,
    offset: u64,
    /// Its header row among them.
    rows: u32,
    crc: u32,
    raw: u64,
    packed: u64,
    is_closed: bool,
}

/// How far a file is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    next_part: i64,
    size: u64,
    sheets: Vec<Sheet>,
}

/// Numbered bytes of the file.
pub(crate) type Parts = Vec<(i64, Vec<u8>)>;

/// A file while a page is written to it.
pub(crate) struct File<'f> {
    format: FileFormat,
    headers: &'f [String],
    draft: Draft,
    text: String,
    bytes: Vec<u8>,
    parts: Parts,
    rows_max: u32,
}

impl<'f> File<'f> {
    /// Goes on where `draft` ends.
    pub(crate) fn resume(format: FileFormat, headers: &'f [String], draft: Draft) -> Self {
        let rows_max = xlsx::SHEET_ROWS_MAX;
        Self { format, headers, draft, text: String::new(), bytes: Vec::new(), parts: Vec::new(), rows_max }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        match self.format {
            FileFormat::Csv => {
                self.begin_csv();
                csv::row(&mut self.bytes, cells);
            }
            FileFormat::Xlsx => {
                let pending = self.text.len() as u64;
                let is_full = |sheet: &Sheet| sheet.rows >= self.rows_max || sheet.raw + pending >= SHEET_BYTES_MAX;
                if self.draft.sheets.last().is_none_or(is_full) {
                    self.close_sheet();
                    self.open_sheet();
                }
                let Some(sheet) = self.draft.sheets.last_mut() else { return };
                sheet.rows += 1;
                xlsx::row(&mut self.text, sheet.rows, cells);
            }
        }
    }

    fn begin_csv(&mut self) {
        if self.draft.next_part == 0 && self.bytes.is_empty() {
            self.bytes.extend("\u{feff}".bytes());
            let headers: Vec<Cell<'_>> = self.headers.iter().map(|header| Cell::Text(header)).collect();
            csv::row(&mut self.bytes, &headers);
        }
    }

    fn open_sheet(&mut self) {
        let name = xlsx::sheet_name(self.draft.sheets.len() + 1);
        let (header_part, offset) = (self.draft.next_part, self.draft.size);
        self.draft.next_part += 1;
        self.draft.size += zip::local_bytes(&name);
        self.draft.sheets.push(Sheet { header_part, offset, rows: 1, crc: 0, raw: 0, packed: 0, is_closed: false });
        self.text.push_str(xlsx::SHEET_HEAD);
        xlsx::header(&mut self.text, self.headers);
    }

    fn close_sheet(&mut self) {
        if self.draft.sheets.last().is_none_or(|sheet| sheet.is_closed) {
            return;
        }
        self.text.push_str(xlsx::SHEET_TAIL);
        self.pack(true);
        let number = self.draft.sheets.len();
        let Some(sheet) = self.draft.sheets.last_mut() else { return };
        sheet.is_closed = true;
        let header = entry(number, sheet).local();
        self.parts.push((sheet.header_part, header));
    }

    /// Packs the text of the open sheet. Each piece ends on a whole byte and knows nothing of those before it, so a sheet that is packed
    /// piece by piece by several workers is one stream all the same.
    fn pack(&mut self, is_last: bool) {
        let text = std::mem::take(&mut self.text);
        let Some(sheet) = self.draft.sheets.last_mut() else { return };
        let mut crc = crc32fast::Hasher::new_with_initial_len(sheet.crc, sheet.raw);
        crc.update(text.as_bytes());
        sheet.crc = crc.finalize();
        sheet.raw += text.len() as u64;
        let packed = deflated(text.as_bytes(), is_last);
        sheet.packed += packed.len() as u64;
        self.keep(&packed);
    }

    fn keep(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(PART_BYTES) {
            self.parts.push((self.draft.next_part, chunk.to_vec()));
            self.draft.next_part += 1;
        }
        self.draft.size += bytes.len() as u64;
    }

    /// Everything added so far as parts, and how to go on after them.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub(crate) fn cut(mut self) -> Result<(Parts, Draft), TooLarge> {
        if !self.text.is_empty() {
            self.pack(false);
        }
        let bytes = std::mem::take(&mut self.bytes);
        self.keep(&bytes);
        if self.draft.size > FILE_BYTES_MAX { Err(TooLarge) } else { Ok((self.parts, self.draft)) }
    }

    /// The last parts; a list without orders has its header all the same.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub(crate) fn finish(mut self, sheet_name: &str) -> Result<(Parts, Draft), TooLarge> {
        match self.format {
            FileFormat::Csv => self.begin_csv(),
            FileFormat::Xlsx => {
                if self.draft.sheets.is_empty() {
                    self.open_sheet();
                }
                self.close_sheet();
                self.bind(sheet_name);
            }
        }
        self.cut()
    }

    /// What makes a workbook of the sheets.
    fn bind(&mut self, sheet_name: &str) {
        let sheets = self.draft.sheets.len();
        let mut entries: Vec<Entry> =
            (1..).zip(&self.draft.sheets).map(|(number, sheet)| entry(number, sheet)).collect();
        let small = [
            ("[Content_Types].xml", xlsx::content_types(sheets)),
            ("_rels/.rels", xlsx::RELATIONS.to_owned()),
            ("xl/workbook.xml", xlsx::workbook(sheets, sheet_name)),
            ("xl/_rels/workbook.xml.rels", xlsx::workbook_relations(sheets)),
            ("xl/styles.xml", xlsx::STYLES.to_owned()),
        ];
        let mut bytes = Vec::new();
        for (name, text) in small {
            let packed = deflated(text.as_bytes(), true);
            let entry = Entry {
                name: name.to_owned(),
                crc: crc32fast::hash(text.as_bytes()),
                raw: counted(text.len() as u64),
                packed: counted(packed.len() as u64),
                offset: counted(self.draft.size + bytes.len() as u64),
            };
            bytes.extend(entry.local());
            bytes.extend(packed);
            entries.push(entry);
        }
        let offset = counted(self.draft.size + bytes.len() as u64);
        bytes.extend(zip::directory(&entries, offset));
        self.keep(&bytes);
    }
}

/// Bounded by [`FILE_BYTES_MAX`] and [`SHEET_BYTES_MAX`].
fn counted(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn entry(number: usize, sheet: &Sheet) -> Entry {
    let Sheet { crc, raw, packed, offset, .. } = *sheet;
    let name = xlsx::sheet_name(number);
    Entry { name, crc, raw: counted(raw), packed: counted(packed), offset: counted(offset) }
}

fn deflated(bytes: &[u8], is_last: bool) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 8 + 256), LEVEL);
    // Writing into memory cannot fail.
    let _ = encoder.write_all(bytes);
    if is_last {
        return encoder.finish().unwrap_or_default();
    }
    let _ = encoder.flush();
    std::mem::take(encoder.get_mut())
}

impl Draft {
    /// Bytes of the file so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use calamine::{Data, Reader as _, Xlsx};
    use std::collections::BTreeMap;
    use std::io::{Cursor, Read as _};

    const NASTY: &str = "=1+1 <b> & \"x\" \u{1}\r\n ";

    fn headers() -> Vec<String> {
        ["number", "title", "money", "at"].map(str::to_owned).to_vec()
    }

    /// A file of `rows` rows, cut after every `page` of them.
    fn written(format: FileFormat, rows: i64, page: i64, rows_max: u32) -> Vec<u8> {
        let headers = headers();
        let (mut draft, mut kept) = (Draft::default(), BTreeMap::new());
        for from in (0..rows).step_by(usize::try_from(page).unwrap()) {
            // What a worker keeps between two pages is this text alone.
            let known = serde_json::from_str(&serde_json::to_string(&draft).unwrap()).unwrap();
            let mut file = File { rows_max, ..File::resume(format, &headers, known) };
            for n in from..(from + page).min(rows) {
                let number = format!("{n:05}");
                file.row(&[Cell::Text(&number), Cell::Text(NASTY), Cell::Minor(1_990), Cell::Time(1_767_348_000_000)]);
            }
            let (parts, next) = file.cut().unwrap();
            draft = next;
            for (part, bytes) in parts {
                assert!(kept.insert(part, bytes).is_none(), "part {part} twice");
            }
        }
        let (parts, end) = File { rows_max, ..File::resume(format, &headers, draft) }.finish("Orders").unwrap();
        for (part, bytes) in parts {
            assert!(kept.insert(part, bytes).is_none(), "part {part} twice");
        }
        assert_eq!(kept.keys().copied().collect::<Vec<_>>(), (0..end.next_part).collect::<Vec<_>>());
        let bytes = kept.into_values().collect::<Vec<_>>().concat();
        assert_eq!(end.size(), bytes.len() as u64);
        bytes
    }

    fn sheets(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<Data>>)> {
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        let rows = |name: &String| book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect();
        let read: Vec<Vec<Vec<Data>>> = names.iter().map(rows).collect();
        names.into_iter().zip(read).collect()
    }

    #[test]
    fn another_program_reads_a_workbook_that_was_written_in_pages() {
        for page in [1, 7, 1_000] {
            let found = sheets(written(FileFormat::Xlsx, 40, page, xlsx::SHEET_ROWS_MAX));
            let [(name, rows)] = found.as_slice() else { unreachable!("{found:?}") };
            assert_eq!((name.as_str(), rows.len()), ("Orders", 41));
            assert_eq!(rows[0][0], Data::String("number".to_owned()));
            let shown = NASTY.replace('\u{1}', "\u{fffd}");
            assert_eq!(rows[40][..2], [Data::String("00039".to_owned()), Data::String(shown)]);
            assert_eq!(rows[40][2], Data::Float(19.9));
            assert!(rows[40][3].to_string().starts_with("46024.41666"), "{:?}", rows[40][3]);
        }
    }

    #[test]
    fn a_full_sheet_is_followed_by_another_one_and_no_row_is_lost() {
        let found = sheets(written(FileFormat::Xlsx, 25, 4, 11));
        let shape: Vec<(&str, usize)> = found.iter().map(|(name, rows)| (name.as_str(), rows.len())).collect();
        assert_eq!(shape, [("Orders", 11), ("Orders 2", 11), ("Orders 3", 6)]);
        let numbers = found.iter().flat_map(|(_, rows)| rows[1..].iter().map(|row| row[0].to_string()));
        assert_eq!(numbers.collect::<Vec<_>>(), (0..25).map(|n| format!("{n:05}")).collect::<Vec<_>>());
    }

    #[test]
    fn every_entry_is_as_long_as_the_archive_says_and_has_its_sum() {
        let bytes = written(FileFormat::Xlsx, 3_000, 500, xlsx::SHEET_ROWS_MAX);
        let mut archive = ::zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        for index in 0..archive.len() {
            // Reading to the end compares the sum.
            archive.by_index(index).unwrap().read_to_string(&mut text).unwrap();
        }
        assert_eq!((archive.len(), text.matches("<row ").count()), (6, 3_001));
        assert!(text.contains(r#"s="3" t="inlineStr""#), "what looks like a formula is marked as a text");
    }

    #[test]
    fn a_list_without_orders_is_a_file_with_its_header() {
        assert_eq!(sheets(written(FileFormat::Xlsx, 0, 1, 9))[0].1.len(), 1);
        let csv = String::from_utf8(written(FileFormat::Csv, 0, 1, 9)).unwrap();
        assert_eq!(csv, "\u{feff}number,title,money,at\r\n");
    }

    #[test]
    fn pages_do_not_show_in_a_text() {
        let whole = written(FileFormat::Csv, 30, 1_000, 9);
        assert_eq!(written(FileFormat::Csv, 30, 1, 9), whole);
        assert_eq!(String::from_utf8(whole).unwrap().matches("\u{feff}").count(), 1);
    }
}
