//! One record split into its fields, RFC 4180 with a way out of a quote that never ends.

use super::lines::{Line, Lines};

/// A quoted field may go on for so many lines; a quote open for longer is a mistake of its first line.
const QUOTED_LINES_MAX: usize = 10;
/// From so many columns on, a line within a quoted field that is a whole record by itself is one: the quote was left open.
const COLUMNS_TELL: usize = 5;

/// Fields of one record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fields {
    text: String,
    ends: Vec<usize>,
    delimiter: char,
    /// Fields of the first good record, the header.
    width: Option<usize>,
}

impl Default for Fields {
    fn default() -> Self {
        Self::delimited_by(',')
    }
}

impl Fields {
    /// For records whose fields stand between `delimiter`s.
    pub(crate) fn delimited_by(delimiter: char) -> Self {
        Self { text: String::new(), ends: Vec::new(), delimiter, width: None }
    }

    /// Number of fields.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Field `index` from 0; empty beyond the last.
    pub(crate) fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or(0));
        self.ends.get(index).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// Its fields are there.
    Good,
    /// Nothing but blanks.
    Blank,
    /// A code of the report.
    Broken(&'static str),
}

/// Reads the next record into `fields`; gives its first line and what became of it, or none at the end.
///
/// A quote that does not close in a few lines costs its own line only: the following ones are read again on their own.
/// So it is where a later stray quote closes it, and a line between is a whole record by itself: nothing of a table is swallowed unseen.
/// Of a broken record `fields` holds what its first line gives, cut at every delimiter where its quotes cannot be followed.
pub(crate) fn next_record(lines: &mut Lines, fields: &mut Fields) -> std::io::Result<Option<(u64, Record)>> {
    let Some((number, line)) = lines.next()? else { return Ok(None) };
    let mut text = match line {
        Line::Text(text) => text,
        Line::Unreadable(text) => {
            if split(&text, fields) != Split::Done {
                cut(&text, fields);
            }
            return Ok(Some((number, Record::Broken("not_text"))));
        }
        Line::TooLong => return Ok(Some((number, Record::Broken("line_too_long")))),
    };
    if text.trim().is_empty() {
        return Ok(Some((number, Record::Blank)));
    }
    let mut more: Vec<(u64, Line)> = Vec::new();
    loop {
        match split(&text, fields) {
            Split::Done if swallowed(&more, fields) => break,
            Split::Done => {
                fields.width.get_or_insert(fields.ends.len());
                return Ok(Some((number, Record::Good)));
            }
            Split::Broken => break,
            Split::Open => {}
        }
        if more.len() == QUOTED_LINES_MAX {
            break;
        }
        let Some(next) = lines.next()? else { break };
        let is_text = match &next.1 {
            Line::Text(line) => {
                text.push('\n');
                text.push_str(line);
                true
            }
            _ => false,
        };
        more.push(next);
        if !is_text {
            break;
        }
    }
    lines.put_back(more);
    cut(text.split('\n').next().unwrap_or(""), fields);
    Ok(Some((number, Record::Broken("bad_quotes"))))
}

/// Whether a further line of a record has as many fields as the header.
fn swallowed(more: &[(u64, Line)], fields: &Fields) -> bool {
    let Some(width) = fields.width.filter(|width| *width >= COLUMNS_TELL) else { return false };
    let mut own = Fields::delimited_by(fields.delimiter);
    more.iter()
        .any(|(_, line)| matches!(line, Line::Text(text) if split(text, &mut own) == Split::Done && own.len() == width))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Split {
    Done,
    /// The text ends inside quotes.
    Open,
    /// Something stands between a closing quote and the delimiter.
    Broken,
}

fn cut(line: &str, fields: &mut Fields) {
    fields.clear();
    for field in line.split(fields.delimiter) {
        fields.text.push_str(field);
        fields.end();
    }
}

/// A quote inside a field that does not begin with one is an ordinary character: `12" RULER`.
fn split(text: &str, fields: &mut Fields) -> Split {
    fields.clear();
    let mut rest = text;
    let delimiter = fields.delimiter;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let Some(after) = take_quoted(quoted, &mut fields.text) else { return Split::Open };
            rest = after;
            fields.end();
            match rest.strip_prefix(delimiter) {
                Some(next) => rest = next,
                None if rest.trim().is_empty() => return Split::Done,
                None => return Split::Broken,
            }
        } else {
            let (field, next) = rest.split_once(delimiter).map_or((rest, None), |(field, next)| (field, Some(next)));
            fields.text.push_str(field);
            fields.end();
            let Some(next) = next else { return Split::Done };
            rest = next;
        }
    }
}

/// Copies up to the closing quote, two quotes being one; gives what follows, or none if it never closes.
fn take_quoted<'t>(mut rest: &'t str, into: &mut String) -> Option<&'t str> {
    loop {
        let (before, after) = rest.split_once('"')?;
        into.push_str(before);
        let Some(twice) = after.strip_prefix('"') else { return Some(after) };
        into.push('"');
        rest = twice;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::lines::Encoding;
    use super::*;

    fn records(text: &str) -> Vec<(u64, Record, Vec<String>)> {
        let mut lines = Lines::new(Box::new(std::io::Cursor::new(text.to_owned())), Encoding::Utf8);
        let (mut fields, mut found) = (Fields::default(), Vec::new());
        while let Some((number, record)) = next_record(&mut lines, &mut fields).unwrap() {
            let is_good = record == Record::Good;
            let got = (0..fields.len()).filter(|_| is_good).map(|i| fields.get(i).to_owned()).collect();
            found.push((number, record, got));
        }
        found
    }

    fn good(number: u64, fields: &[&str]) -> (u64, Record, Vec<String>) {
        (number, Record::Good, fields.iter().map(|f| (*f).to_owned()).collect())
    }

    #[test]
    fn quotes_hold_commas_quotes_and_line_ends() {
        let text = "a,\"b, c\",\"say \"\"hi\"\"\"\n\"x\ny\",,z\n12\" RULER,1,2\n";
        assert_eq!(
            records(text),
            [good(1, &["a", "b, c", "say \"hi\""]), good(2, &["x\ny", "", "z"]), good(4, &["12\" RULER", "1", "2"])]
        );
    }

    #[test]
    fn a_quote_that_never_closes_costs_its_own_line_only() {
        let broken = (1, Record::Broken("bad_quotes"), Vec::new());
        assert_eq!(records("\"a,b\nc,d\n"), [broken.clone(), good(2, &["c", "d"])]);
        let many = (0..30).map(|n| format!("{n},x")).collect::<Vec<_>>().join("\n") + "\n";
        let found = records(&format!("\"a,b\n{many}\"q\",r\n"));
        assert_eq!((found.len(), found[0].clone(), found[31].clone()), (32, broken, good(32, &["q", "r"])));
    }

    #[test]
    fn a_stray_quote_that_another_one_closes_swallows_no_record() {
        let broken = |line| (line, Record::Broken("bad_quotes"), Vec::new());
        let head = "no,title,count,price,remark\n";
        let found = records(&format!("{head}A1,x,1,2,\nA2,\"screen,1,2,\nA3,y,1,2,\nA4,screen 27\",1,2,\nA5,z,1,2,\n"));
        assert_eq!(found[2], broken(3));
        assert_eq!(
            (found[3].clone(), found[4].clone()),
            (good(4, &["A3", "y", "1", "2", ""]), good(5, &["A4", "screen 27\"", "1", "2", ""]))
        );
        assert_eq!(found.len(), 6);
        // The next record's own quoted field closes it.
        let found = records(&format!("{head}A2,\"screen,1,2,\nA3,\",y\",1,2,\n"));
        assert_eq!(found[1..], [broken(2), good(3, &["A3", ",y", "1", "2", ""])]);
        // What people write over several lines stays together, with commas too.
        let found =
            records(&format!("{head}A1,x,1,2,\"please, in\nthe morning, not before ten\nor call\"\nA2,y,1,2,\n"));
        assert_eq!(found[1].2[4], "please, in\nthe morning, not before ten\nor call");
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn text_after_a_closing_quote_is_a_mistake() {
        assert_eq!(records("\"a\"b,c\nd,e\n")[0].1, Record::Broken("bad_quotes"));
    }

    #[test]
    fn blank_lines_are_no_records() {
        assert_eq!(
            records("\n  \na,\n"),
            [(1, Record::Blank, vec![]), (2, Record::Blank, vec![]), good(3, &["a", ""])]
        );
    }
}
