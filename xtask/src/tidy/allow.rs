//! The allow-list: what may break a check, up to which measure, and why.

use super::Finding;
use serde::Deserialize;
use std::path::Path;

/// Where the list stands.
pub(crate) const FILE: &str = "xtask/tidy.toml";
const REASON_LENGTH_MIN: usize = 15;

/// One entry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allowed {
    check: String,
    /// `*` stands for any characters, also none.
    path: String,
    /// Highest measure that is excused; absent = any.
    limit: Option<usize>,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    allow: Vec<Allowed>,
}

/// Reads the list of the repository.
///
/// # Errors
/// The file is missing or is not such a list.
pub(crate) fn read(root: &Path) -> Result<Vec<Allowed>, String> {
    let text = std::fs::read_to_string(root.join(FILE)).map_err(|e| format!("{FILE}: {e}"))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Vec<Allowed>, String> {
    toml::from_str::<List>(text).map(|list| list.allow).map_err(|e| format!("{FILE}: {e}"))
}

/// The findings that nothing excuses, plus one for every entry that is idle or gives no reason; and how many are excused.
pub(crate) fn filter(findings: Vec<Finding>, list: &[Allowed]) -> (Vec<Finding>, usize) {
    let entry_for = |finding: &Finding| list.iter().position(|entry| entry.excuses(finding));
    let mut is_used = vec![false; list.len()];
    let total = findings.len();
    let mut left = Vec::new();
    for finding in findings {
        match entry_for(&finding) {
            Some(entry) => is_used[entry] = true,
            None => left.push(finding),
        }
    }
    let excused = total - left.len();
    for (entry, used) in list.iter().zip(is_used) {
        let name = format!("the entry for {} of {}", entry.check, entry.path);
        if !used {
            left.push(Finding::new("allow-list", FILE, 1, format!("{name} excuses nothing any more: remove it")));
        } else if entry.reason.trim().len() < REASON_LENGTH_MIN {
            left.push(Finding::new("allow-list", FILE, 1, format!("{name} needs a reason")));
        }
    }
    (left, excused)
}

impl Allowed {
    fn excuses(&self, finding: &Finding) -> bool {
        let within = self.limit.is_none_or(|limit| finding.measure.is_some_and(|measure| measure <= limit));
        self.check == finding.check && within && matches(&self.path, &finding.path)
    }
}

/// Whether `path` fits `pattern`.
fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, rest)) => path.strip_prefix(start).is_some_and(|tail| {
            tail.char_indices().map(|(i, _)| i).chain([tail.len()]).any(|i| matches(rest, &tail[i..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASON: &str = "a reason that is long enough";

    fn entry(path: &str, limit: &str, reason: &str) -> Vec<Allowed> {
        let text = format!("[[allow]]\ncheck = \"file-length\"\npath = \"{path}\"\n{limit}\nreason = \"{reason}\"");
        parse(&text).expect("a list")
    }

    fn long(path: &str, lines: usize) -> Finding {
        Finding::new("file-length", path, 1, "long").measured(lines)
    }

    #[test]
    fn an_entry_excuses_its_path_up_to_its_limit() {
        let list = entry("a/*.rs", "limit = 650", REASON);
        let (left, excused) = filter(vec![long("a/b.rs", 650), long("a/b.rs", 651), long("b.rs", 601)], &list);
        assert_eq!((left.len(), excused), (2, 1));
    }

    #[test]
    fn an_entry_excuses_no_other_check() {
        let (left, _) = filter(vec![Finding::new("panics", "a.rs", 1, "x")], &entry("a.rs", "", REASON));
        assert_eq!(left.iter().map(|f| f.check).collect::<Vec<_>>(), ["panics", "allow-list"]);
    }

    #[test]
    fn idle_entries_and_missing_reasons_are_findings() {
        let (left, _) = filter(Vec::new(), &entry("a.rs", "", REASON));
        assert!(left[0].message.contains("excuses nothing"), "{left:?}");
        let (left, _) = filter(vec![long("a.rs", 700)], &entry("a.rs", "", "because"));
        assert!(left[0].message.contains("needs a reason"), "{left:?}");
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        assert!(parse("[[allow]]\ncheck = \"a\"\npath = \"b\"\nreasons = \"c\"").is_err());
    }

    #[test]
    fn stars_stand_for_any_characters() {
        assert!(matches("a/*/c.rs", "a/b/b/c.rs") && matches("*", "") && matches("a*", "a"));
        assert!(!matches("a/*/c.rs", "a/c.rs") && !matches("a", "ab") && !matches("*.rs", "a.rsx"));
    }
}
