//! What is wrong or odd about rows: counted by code, the first ones kept with their place.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use xr_base::Locale;
use xr_base::locale::Text;
use xr_web::Texts;

/// Broken rows kept one by one; beyond that they are only counted.
const ERRORS_KEPT: usize = 10_000;
/// Odd rows kept as examples of each code.
const EXAMPLES_KEPT: usize = 5;
/// Longest value shown of a row, in characters.
const VALUE_CHARS_MAX: usize = 60;

/// One finding about one row, or about a file (line 0).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// File as named by the caller.
    pub file: String,
    /// Line in the file, from 1; 0 for the file as a whole.
    pub line: u64,
    /// Column by its header name, where one is to blame.
    pub column: Option<String>,
    /// Stable code, key of the text below `imports.`.
    pub code: &'static str,
    /// What was found there, shortened.
    pub value: String,
    /// What is wrong, in both languages.
    pub text: Text,
}

impl Issue {
    /// A finding; its text is looked up.
    pub(crate) fn new(file: &str, line: u64, column: Option<&str>, code: &'static str, value: &str) -> Self {
        let value: String = value.chars().filter(|c| !c.is_control()).take(VALUE_CHARS_MAX).collect();
        let params = BTreeMap::from([("value".to_owned(), value.clone())]);
        let text = |locale| text(locale, &format!("imports.{code}"), &params);
        let text = Text { zh: text(Locale::ZhCn), en: text(Locale::En) };
        Self { file: file.to_owned(), line, column: column.map(str::to_owned), code, value, text }
    }

    /// `file:line column: text` in one language.
    pub fn show(&self, locale: Locale) -> String {
        let column = self.column.as_ref().map(|c| format!(" {c}")).unwrap_or_default();
        format!("{}:{}{column}: {}", self.file, self.line, self.text.get(locale))
    }
}

/// The text of a key of this slice with its places filled; the key itself where a text is missing.
pub(crate) fn text(locale: Locale, key: &str, params: &BTreeMap<String, String>) -> String {
    static TEXTS: OnceLock<Texts> = OnceLock::new();
    let texts = TEXTS.get_or_init(|| Texts::new(&[crate::TEXTS]).unwrap_or_default());
    texts.get(locale, key, params).unwrap_or_else(|| key.to_owned())
}

/// How often one code was met, with the first places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Oddity {
    /// Rows.
    pub count: u64,
    /// The first few of them.
    pub examples: Vec<Issue>,
}

/// Everything found while reading and planning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Issues {
    /// Rows that could not be read, and files without their columns; the first 10,000.
    pub errors: Vec<Issue>,
    /// How many there are in all.
    pub error_count: u64,
    /// Odd rows by code; they were kept.
    pub warnings: BTreeMap<&'static str, Oddity>,
}

impl Issues {
    pub(crate) fn error(&mut self, issue: Issue) {
        self.error_count += 1;
        if self.errors.len() < ERRORS_KEPT {
            self.errors.push(issue);
        }
    }

    /// Counts an odd row; `place` is asked only while examples are kept.
    pub(crate) fn warn(&mut self, code: &'static str, example: impl FnOnce() -> Issue) {
        let oddity = self.warnings.entry(code).or_default();
        oddity.count += 1;
        if oddity.examples.len() < EXAMPLES_KEPT {
            oddity.examples.push(example());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_text_in_both_languages() {
        let texts = Texts::new(&[crate::TEXTS]).unwrap_or_default();
        assert_eq!(texts.gaps(), Vec::<String>::new());
        for code in crate::desk::report::CODES {
            assert!(texts.has(&format!("imports.row.{code}")), "{code}");
        }
        for code in crate::read::CODES.iter().chain(crate::plan::WARNINGS) {
            assert!(texts.has(&format!("imports.{code}")), "{code}");
        }
    }

    #[test]
    fn examples_are_few_and_counts_are_whole() {
        let mut issues = Issues::default();
        for line in 1..=20 {
            issues.warn("no_customer", || Issue::new("a.csv", line, None, "no_customer", ""));
        }
        let oddity = &issues.warnings["no_customer"];
        assert_eq!((oddity.count, oddity.examples.len()), (20, EXAMPLES_KEPT));
    }

    #[test]
    fn a_finding_names_file_line_column_and_reason() {
        let issue = Issue::new("a.csv", 3, Some("Quantity"), "bad_quantity", "six\u{7}");
        assert_eq!(issue.value, "six");
        assert!(issue.show(Locale::En).starts_with("a.csv:3 Quantity: "), "{}", issue.show(Locale::En));
        assert!(issue.show(Locale::ZhCn).contains("six"));
    }
}
