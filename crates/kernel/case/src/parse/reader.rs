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

    /// The items of a list of tables; a single table counts as a list of one. Paths end in the position.
    pub(super) fn blocks<'t, 'i>(&mut self, path: &str, key: &str, value: &'t Value<'i>) -> Vec<Block<'t, 'i>> {
        let items: Vec<&'t Value<'i>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut out = Vec::with_capacity(items.len());
        for (position, item) in items.into_iter().enumerate() {
            if let Some(mut block) = self.as_block(&format!("{path}.{position}"), key, item) {
                key.clone_into(&mut block.name);
                out.push(block);
            }
        }
        out
    }

    /// The tables under `key`, by name: `[state.x]`, `[state.y]` under `state`.
    pub(super) fn sections<'t, 'i>(&mut self, block: &Block<'t, 'i>, key: &str) -> Vec<Block<'t, 'i>> {
        let path = if block.path.is_empty() { key.to_owned() } else { format!("{}.{key}", block.path) };
        let Some(value) = block.table.get(key) else { return vec![] };
        self.as_block(&path, key, value).map_or_else(Vec::new, |parent| self.children(&parent))
    }

    /// All values of a block, which must be tables.
    pub(super) fn children<'t, 'i>(&mut self, parent: &Block<'t, 'i>) -> Vec<Block<'t, 'i>> {
        let mut out = Vec::new();
        for (name, value) in parent.table {
            let offset = name.span().start;
            let path = format!("{}.{}", parent.path, name.get_ref());
            if let Some(mut child) = self.as_block(&path, name.get_ref(), value) {
                child.offset = offset;
                let at = self.origin(offset);
                self.origins.note(path, at);
                out.push(child);
            }
        }
        out
    }

    /// `value` as a table at `path`.
    pub(super) fn as_block<'t, 'i>(&mut self, path: &str, name: &str, value: &'t Value<'i>) -> Option<Block<'t, 'i>> {
        let offset = value.span().start;
        if let DeValue::Table(table) = value.get_ref() {
            let at = self.origin(offset);
            self.origins.note(path, at);
            Some(Block { table, path: path.to_owned(), name: name.to_owned(), offset })
        } else {
            self.wrong_type(value, name, "a table");
            None
        }
    }

    /// `value` as a text.
    pub(super) fn as_text(&mut self, value: &Value<'_>, key: &str) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            Some(text.clone().into_owned())
        } else {
            self.wrong_type(value, key, "a text");
            None
        }
    }

    /// `value` as a whole number.
    pub(super) fn as_int(&mut self, value: &Value<'_>, key: &str) -> Option<i64> {
        if let DeValue::Integer(n) = value.get_ref()
            && let Ok(n) = i64::from_str_radix(n.as_str(), n.radix())
        {
            return Some(n);
        }
        self.wrong_type(value, key, "an integer");
        None
    }

    /// Notes that `key` should be something else.
    pub(super) fn wrong_type(&mut self, value: &Value<'_>, key: &str, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a fraction",
            DeValue::Boolean(_) => "a truth value",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.find(value.span().start, format!("`{key}` must be {wanted}, found {found}"));
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
