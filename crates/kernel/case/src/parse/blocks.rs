//! Tables inside tables, and values as what they should be.

use super::reader::{Block, Reader, Value};
use toml::de::DeValue;

impl Reader<'_> {
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
}
