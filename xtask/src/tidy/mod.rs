//! `cargo xtask tidy`: the repository against docs/STYLE.md.

mod allow;
mod docs;
mod edges;
mod functions;
mod lex;
mod repo;
mod sizes;
mod source;
mod texts;
mod words;

use repo::Repo;
use std::path::Path;

/// Something that a check refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Name of the check.
    check: &'static str,
    /// Path from the root.
    path: String,
    /// Line, from 1.
    line: usize,
    /// What is wrong, and the bound.
    message: String,
    /// What was measured, for checks that a limit may excuse.
    measure: Option<usize>,
}

impl Finding {
    fn new(check: &'static str, path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { check, path: path.to_owned(), line, message: message.into(), measure: None }
    }

    fn measured(mut self, measure: usize) -> Self {
        self.measure = Some(measure);
        self
    }
}

type Check = fn(&Repo) -> Vec<Finding>;

/// Every check with the name that its findings and `tidy.toml` use.
const CHECKS: [(&str, Check); 20] = [
    ("file-length", sizes::file_length),
    ("file-spread", sizes::file_spread),
    ("function-length", sizes::function_length),
    ("function-spread", sizes::function_spread),
    ("arguments", sizes::arguments),
    ("functions-per-file", sizes::functions_per_file),
    ("test-ratio", sizes::test_ratio),
    ("documented", docs::documented),
    ("panics", words::panics),
    ("unfinished", words::unfinished),
    ("wall-clock", words::wall_clock),
    ("engines", words::engines),
    ("axum", words::axum),
    ("chinese-literal", words::chinese_literals),
    ("machine-path", words::machine_paths),
    ("levels", edges::levels),
    ("translations", texts::translations),
    ("commit-title", repo::commit_titles),
    ("lock-file", repo::lock_files),
    ("large-file", repo::large_files),
];

/// Runs all checks and prints one line per finding, then the measures and `N passed, N failed`.
///
/// # Errors
/// A check found something, or the repository cannot be read.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let repo = Repo::read(root)?;
    let allowed = allow::read(root)?;
    let found = CHECKS.iter().flat_map(|(_, check)| check(&repo)).collect();
    let (left, excused) = allow::filter(found, &allowed);
    for finding in &left {
        println!("{}:{}: {} [{}]", finding.path, finding.line, finding.message, finding.check);
    }
    println!("{}", sizes::summary(&repo));
    println!("{excused} findings excused by {}", allow::FILE);
    let mut failed: Vec<&str> = left.iter().map(|finding| finding.check).collect();
    failed.sort_unstable();
    failed.dedup();
    // The allow-list itself is the last check.
    println!("{} passed, {} failed", CHECKS.len() + 1 - failed.len(), failed.len());
    if failed.is_empty() { Ok(()) } else { Err(format!("tidy refuses: {}", failed.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_carry_a_name_of_the_list_of_checks() {
        let long = "fn a() {\n".to_owned() + &"    b();\n".repeat(700) + "}\n";
        let repo = Repo::of(&[("crates/x/src/a.rs", long.as_str())]);
        for (name, check) in CHECKS {
            assert!(check(&repo).iter().all(|finding| finding.check == name), "{name}");
        }
        assert_eq!(sizes::file_length(&repo).len(), 1);
    }
}
