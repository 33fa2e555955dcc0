//! The parts of a workbook as XML. Texts stand in their cells, so nothing grows with the file; a cell of text is never computed, and one
//! that looks like a formula carries the mark of a text that was typed with an apostrophe, so it stays one when it is edited.

use crate::cells::{Cell, minor, price};
use std::fmt::Write as _;
use xr_base::csv::is_formula;

/// Rows of a sheet, its header among them; no spreadsheet takes more.
pub(crate) const SHEET_ROWS_MAX: u32 = 1_048_576;
/// Days between 1899-12-30 and 1970-01-01, and milliseconds of one.
const SERIAL_EPOCH: f64 = 25_569.0;
const DAY_MS: f64 = 86_400_000.0;

/// Indexes into the formats of [`STYLES`].
const TIME: u8 = 1;
const MONEY: u8 = 2;
const GUARDED: u8 = 3;
const HEADER: u8 = 4;

pub(crate) const STYLES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>"#,
    r#"<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>"#,
    r#"<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>"#,
    r#"<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"#,
    r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
    r#"<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>"#,
    r#"<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>"#,
    r#"</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#,
);

pub(crate) const RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
);

/// What a sheet begins with, up to its rows; the header stays in sight.
pub(crate) const SHEET_HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">"#,
    r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>"#,
    r#"<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="25" width="18" customWidth="1"/></cols><sheetData>"#,
);

pub(crate) const SHEET_TAIL: &str = "</sheetData></worksheet>";

/// Name of a sheet's entry, from 1.
pub(crate) fn sheet_name(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

/// What kinds of parts there are.
pub(crate) fn content_types(sheets: usize) -> String {
    let mut out = concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
        r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
        r#"<Default Extension="xml" ContentType="application/xml"/>"#,
        r#"<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#,
        r#"<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#,
    )
    .to_owned();
    for number in 1..=sheets {
        // Writing into a string cannot fail, here and below.
        let _ = write!(
            out,
            r#"<Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#,
            sheet_name(number)
        );
    }
    out + "</Types>"
}

/// The workbook with the names of its sheets.
pub(crate) fn workbook(sheets: usize, name: &str) -> String {
    let mut out = concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" "#,
        r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>"#,
    )
    .to_owned();
    for number in 1..=sheets {
        let shown = if number == 1 { name.to_owned() } else { format!("{name} {number}") };
        let _ = write!(out, r#"<sheet name="{shown}" sheetId="{number}" r:id="rId{number}"/>"#);
    }
    out + "</sheets></workbook>"
}

/// Where the sheets and the styles lie.
pub(crate) fn workbook_relations(sheets: usize) -> String {
    const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut out = concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    )
    .to_owned();
    for number in 1..=sheets {
        let _ = write!(
            out,
            r#"<Relationship Id="rId{number}" Type="{TYPES}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
    }
    let _ = write!(out, r#"<Relationship Id="rId{}" Type="{TYPES}/styles" Target="styles.xml"/>"#, sheets + 1);
    out + "</Relationships>"
}

/// The first row of a sheet.
pub(crate) fn header(out: &mut String, headers: &[String]) {
    out.push_str(r#"<row r="1">"#);
    for (index, words) in headers.iter().enumerate() {
        string(out, (index, 1), (HEADER, words));
    }
    out.push_str("</row>");
}

/// A row; `number` counts the header.
pub(crate) fn row(out: &mut String, number: u32, cells: &[Cell<'_>]) {
    let _ = write!(out, r#"<row r="{number}">"#);
    for (index, cell) in cells.iter().enumerate() {
        let place = (index, number);
        match cell {
            Cell::Empty => {}
            Cell::Text(words) => string(out, place, (if is_formula(words) { GUARDED } else { 0 }, words)),
            Cell::Int(value) => value_at(out, place, 0, &value.to_string()),
            Cell::Minor(amount) => value_at(out, place, MONEY, &minor(*amount)),
            Cell::Price(amount) => value_at(out, place, 0, &price(*amount)),
            Cell::Time(local_ms) => value_at(out, place, TIME, &serial(*local_ms)),
        }
    }
    out.push_str("</row>");
}

/// Days of a spreadsheet, to the second.
#[expect(clippy::cast_precision_loss, reason = "seconds of some thousand years are exact")]
fn serial(local_ms: i64) -> String {
    let seconds = local_ms.div_euclid(1_000);
    format!("{:.10}", (seconds * 1_000) as f64 / DAY_MS + SERIAL_EPOCH)
}

fn open(out: &mut String, (column, row): (usize, u32), style: u8) {
    // Twenty-five columns: one letter is enough.
    let letter = char::from(b'A' + u8::try_from(column).unwrap_or(0));
    let _ = write!(out, r#"<c r="{letter}{row}""#);
    if style > 0 {
        let _ = write!(out, r#" s="{style}""#);
    }
}

fn value_at(out: &mut String, place: (usize, u32), style: u8, value: &str) {
    open(out, place, style);
    out.push_str("><v>");
    out.push_str(value);
    out.push_str("</v></c>");
}

fn string(out: &mut String, place: (usize, u32), (style, words): (u8, &str)) {
    open(out, place, style);
    out.push_str(r#" t="inlineStr"><is><t xml:space="preserve">"#);
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A reader makes a line feed of it otherwise.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            // No XML can hold these.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out.push_str("</t></is></c>");
}
