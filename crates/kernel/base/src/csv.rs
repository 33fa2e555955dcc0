//! Texts as cells of CSV files that spreadsheets open.

/// What makes a spreadsheet compute a cell, also as full-width characters; it does so whether or not the cell is quoted.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether a spreadsheet would compute this text.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA)
}

/// Puts a cell at the end of `out`. An apostrophe before a formula makes it a text, for spreadsheets as for the import desk, which
/// takes it off again.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn whatever_would_be_computed_is_a_text() {
        let cell = |text: &str| {
            let mut out = Vec::new();
            push_text(&mut out, text);
            String::from_utf8(out).unwrap()
        };
        let bad = ["=1+1", "+86 138", "-1", "@SUM(A1)", "\tx", "\u{ff1d}1", "=\"a\",b"];
        let wanted = ["'=1+1", "'+86 138", "'-1", "'@SUM(A1)", "\"'\tx\"", "'\u{ff1d}1", "\"'=\"\"a\"\",b\""];
        assert_eq!(bad.map(cell), wanted);
        assert_eq!(["a=1", "a,b", ""].map(cell), ["a=1", "\"a,b\"", ""]);
    }
}
