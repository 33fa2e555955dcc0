//! Reading TOML tables with places: every mistake becomes a finding, and reading goes on.

use crate::finding::{Finding, Origin, Origins};
use crate::model::Name;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use xr_base::locale::Text;

/// A value with its place.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// A table, the path of the item it describes, and where its name stands.
pub(super) struct Block<'t, 'i> {
    pub(super) table: &'t DeTable<'i>,
    /// Path among the origins.
    pub(super) path: String,
    /// Last part of the path.
    pub(super) name: String,
    /// Byte offset of the name.
    pub(super) offset: usize,
}

/// One file being read.
pub(super) struct Reader<'a> {
    file: &'a str,
    line_starts: Vec<usize>,
    pub(super) findings: Vec<Finding>,
    pub(super) origins: Origins,
    pub(super) kind: Option<Name>,
    pub(super) state: Option<Name>,
}

impl<'a> Reader<'a> {
    /// Starts to read `text`; `None` for the table is impossible: a broken file gives what could be read, and findings.
    pub(super) fn open<'i>(file: &'a str, text: &'i str) -> (Self, Spanned<DeTable<'i>>) {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        let mut reader =
            Self { file, line_starts, findings: vec![], origins: Origins::default(), kind: None, state: None };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            reader.find(error.span().map_or(0, |s| s.start), error.message().trim().replace('\n', ", "));
        }
        let start = reader.origin(0);
        reader.origins.note("", start);
        (reader, table)
    }

    /// The place of a byte offset.
    pub(super) fn origin(&self, offset: usize) -> Origin {
        Origin { file: self.file.to_owned(), line: self.line_starts.partition_point(|start| *start <= offset) }
    }

    /// Notes a mistake.
    pub(super) fn find(&mut self, offset: usize, message: impl Into<String>) {
        self.find_near(offset, message, "", &[]);
    }

    /// Notes a mistake in `word`, which may stand for one of `candidates`.
    pub(super) fn find_near(&mut self, offset: usize, message: impl Into<String>, word: &str, candidates: &[&str]) {
        let mut finding = Finding::new(self.origin(offset), message).suggest(word, candidates.iter().copied());
        finding.kind.clone_from(&self.kind);
        finding.state.clone_from(&self.state);
        self.findings.push(finding);
    }

    /// Refuses keys of `block` that are not among `keys`.
    pub(super) fn only(&mut self, block: &Block<'_, '_>, keys: &[&str]) {
        for (key, _) in block.table {
            let key_name: &str = key.get_ref();
            if !keys.contains(&key_name) {
                self.find_near(key.span().start, format!("unknown key `{key_name}`"), key_name, keys);
            }
        }
    }

    /// The value of `key`, if given; its place is noted.
    pub(super) fn value<'t, 'i>(&mut self, block: &Block<'t, 'i>, key: &str) -> Option<&'t Value<'i>> {
        let value = block.table.get(key)?;
        let at = self.origin(value.span().start);
        self.origins.note(format!("{}.{key}", block.path), at);
        Some(value)
    }

    /// A text, if given.
    pub(super) fn text(&mut self, block: &Block<'_, '_>, key: &str) -> Option<String> {
        let value = self.value(block, key)?;
        self.as_text(value, key)
    }

    /// A text that must be given; a finding and an empty text otherwise.
    pub(super) fn need_text(&mut self, block: &Block<'_, '_>, key: &str) -> String {
        if block.table.get(key).is_none() {
            self.find(block.offset, format!("`{}` lacks the key `{key}`", block.name));
        }
        self.text(block, key).unwrap_or_default()
    }

    /// A truth value; false if not given.
    pub(super) fn flag(&mut self, block: &Block<'_, '_>, key: &str) -> bool {
        let Some(value) = self.value(block, key) else { return false };
        if let DeValue::Boolean(b) = value.get_ref() {
            *b
        } else {
            self.wrong_type(value, key, "true or false");
            false
        }
    }

    /// Both languages; each must be given.
    pub(super) fn label(&mut self, block: &Block<'_, '_>) -> Text {
        Text { zh: self.need_text(block, "zh"), en: self.need_text(block, "en") }
    }

    /// A text or a list of texts; empty if not given.
    pub(super) fn texts(&mut self, block: &Block<'_, '_>, key: &str) -> Vec<String> {
        let Some(value) = self.value(block, key) else { return vec![] };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.as_text(item, key)).collect(),
            _ => self.as_text(value, key).into_iter().collect(),
        }
    }

    /// Refuses names that are not lower-case words (events may have parts joined by dots).
    pub(super) fn check_name(&mut self, block: &Block<'_, '_>, what: &str) {
        let is_word = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        if !block.name.split('.').all(is_word) {
            self.find(
                block.offset,
                format!("{what} `{}` is not named with lower-case letters, digits and `_`", block.name),
            );
        }
    }
}
