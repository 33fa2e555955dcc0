//! The budgets of size: files, functions, arguments, and tests against source.

use super::Finding;
use super::functions::{Function, functions};
use super::lex::Language;
use super::repo::Repo;
use super::source::Source;

const FILE_LINES_MEDIAN: usize = 150;
const FILE_LINES_95: usize = 400;
const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MEDIAN: usize = 12;
const FUNCTION_LINES_95: usize = 50;
const FUNCTION_LINES_MAX: usize = 70;
const ARGUMENTS_MAX: usize = 5;
const FUNCTIONS_95: usize = 15;
const TEST_PERCENT_MIN: usize = 70;
const STYLE: &str = "docs/STYLE.md";

/// No file is longer than the hard bound, tests included.
pub(crate) fn file_length(repo: &Repo) -> Vec<Finding> {
    let long = repo.sources.iter().filter(|source| source.is_test.len() > FILE_LINES_MAX);
    let finding = |source: &Source| {
        let lines = source.is_test.len();
        Finding::new("file-length", &source.path, 1, format!("{lines} lines, at most {FILE_LINES_MAX}")).measured(lines)
    };
    long.map(finding).collect()
}

/// Most files are short.
pub(crate) fn file_spread(repo: &Repo) -> Vec<Finding> {
    spread("file-spread", "lines a file", file_lines(repo, false), (FILE_LINES_MEDIAN, FILE_LINES_95))
}

/// No function is longer than the hard bound, tests included.
pub(crate) fn function_length(repo: &Repo) -> Vec<Finding> {
    let long = all(repo).filter(|(_, function)| function.lines > FUNCTION_LINES_MAX);
    let finding = |(path, function): (&str, Function)| {
        let message = format!("fn {} has {} lines, at most {FUNCTION_LINES_MAX}", function.name, function.lines);
        Finding::new("function-length", path, function.line, message).measured(function.lines)
    };
    long.map(finding).collect()
}

/// Most functions are short.
pub(crate) fn function_spread(repo: &Repo) -> Vec<Finding> {
    spread(
        "function-spread",
        "lines a function",
        function_lines(repo, false),
        (FUNCTION_LINES_MEDIAN, FUNCTION_LINES_95),
    )
}

/// Five arguments at most; beyond, a struct.
pub(crate) fn arguments(repo: &Repo) -> Vec<Finding> {
    let many = all(repo).filter(|(_, function)| function.arguments > ARGUMENTS_MAX);
    let finding = |(path, function): (&str, Function)| {
        let message = format!("fn {} takes {} arguments, at most {ARGUMENTS_MAX}", function.name, function.arguments);
        Finding::new("arguments", path, function.line, message).measured(function.arguments)
    };
    many.map(finding).collect()
}

/// Most files hold few functions.
pub(crate) fn functions_per_file(repo: &Repo) -> Vec<Finding> {
    let count = |source: &Source| functions(source).iter().filter(|function| !function.is_test).count();
    let counts = repo.sources.iter().filter(|source| !source.is_test_file()).map(count).collect();
    spread("functions-per-file", "functions a file", counts, (FUNCTIONS_95, FUNCTIONS_95))
}

/// Test lines against source lines of the Rust that ships; the house tools are left out.
pub(crate) fn test_ratio(repo: &Repo) -> Vec<Finding> {
    let (tests, sources) = test_lines(repo);
    if tests * 100 >= sources * TEST_PERCENT_MIN {
        return Vec::new();
    }
    let percent = tests * 100 / sources;
    let message = format!("{tests} lines of tests for {sources} of source: {percent} %, at least {TEST_PERCENT_MIN} %");
    vec![Finding::new("test-ratio", STYLE, 1, message)]
}

/// One line with what was measured.
pub(crate) fn summary(repo: &Repo) -> String {
    let shape = |mut numbers: Vec<usize>| {
        numbers.sort_unstable();
        let largest = numbers.last().copied().unwrap_or(0);
        format!(
            "{} (median {}, 95 % {}, largest {largest})",
            numbers.len(),
            at_percent(&numbers, 50),
            at_percent(&numbers, 95)
        )
    };
    let (tests, sources) = test_lines(repo);
    format!(
        "files {}; test files {}; functions {}; test functions {}; {tests} lines of tests, {sources} of source",
        shape(file_lines(repo, false)),
        shape(file_lines(repo, true)),
        shape(function_lines(repo, false)),
        shape(function_lines(repo, true)),
    )
}

fn spread(check: &'static str, what: &str, mut numbers: Vec<usize>, bounds: (usize, usize)) -> Vec<Finding> {
    numbers.sort_unstable();
    let over = [("median", 50, bounds.0), ("95 %", 95, bounds.1)];
    let over = over.into_iter().map(|(name, percent, bound)| (name, at_percent(&numbers, percent), bound));
    over.filter(|(_, value, bound)| value > bound)
        .map(|(name, value, bound)| {
            Finding::new(check, STYLE, 1, format!("{what}: {name} is {value}, at most {bound}")).measured(value)
        })
        .collect()
}

/// The smallest number that at least `percent` of the sorted numbers do not exceed; 0 of none.
fn at_percent(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100);
    rank.checked_sub(1).and_then(|index| sorted.get(index)).copied().unwrap_or(0)
}

fn all(repo: &Repo) -> impl Iterator<Item = (&str, Function)> {
    repo.sources
        .iter()
        .flat_map(|source| functions(source).into_iter().map(|function| (source.path.as_str(), function)))
}

fn function_lines(repo: &Repo, tests: bool) -> Vec<usize> {
    all(repo).filter(|(_, function)| function.is_test == tests).map(|(_, function)| function.lines).collect()
}

/// Lengths of files with their inline tests left out; of test files whole.
fn file_lines(repo: &Repo, tests: bool) -> Vec<usize> {
    let chosen = repo.sources.iter().filter(|source| source.is_test_file() == tests);
    chosen.map(|source| source.is_test.iter().filter(|test| **test == tests).count()).collect()
}

fn test_lines(repo: &Repo) -> (usize, usize) {
    let shipped = |source: &&Source| source.language == Language::Rust && !source.path.starts_with("xtask/");
    let rust = || repo.sources.iter().filter(shipped);
    let tests: usize = rust().map(|source| source.is_test.iter().filter(|test| **test).count()).sum();
    let total: usize = rust().map(|source| source.is_test.len()).sum();
    (tests, total - tests)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        "x\n".repeat(count)
    }

    fn function_of(count: usize) -> String {
        format!("fn a() {{\n{}}}\n", "    b();\n".repeat(count - 2))
    }

    #[test]
    fn a_file_of_601_lines_is_refused() {
        let repo = Repo::of(&[("a.rs", &lines(601)), ("b.ts", &lines(600)), ("c.md", &lines(900))]);
        let findings = file_length(&repo);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].path.as_str(), findings[0].measure), ("a.rs", Some(601)));
    }

    #[test]
    fn many_middling_files_break_the_median_and_inline_tests_do_not_count() {
        let inline = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", lines(100), lines(200));
        let long = lines(151);
        assert_eq!(file_spread(&Repo::of(&[("a.rs", &long), ("b.rs", &long), ("c.rs", "x")])).len(), 1);
        assert!(file_spread(&Repo::of(&[("a.rs", &long), ("b.rs", &inline), ("c.rs", "x")])).is_empty());
    }

    #[test]
    fn one_long_file_among_few_breaks_the_95_percent() {
        let findings = file_spread(&Repo::of(&[("a.rs", &lines(401)), ("b.rs", "x"), ("c.rs", "x")]));
        assert!(findings[0].message.contains("95 % is 401, at most 400"), "{findings:?}");
    }

    #[test]
    fn a_function_of_71_lines_is_refused_also_in_tests() {
        let repo = Repo::of(&[("tests/a.rs", &function_of(71)), ("b.rs", &function_of(70))]);
        let findings = function_length(&repo);
        assert_eq!(findings.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["tests/a.rs"]);
    }

    #[test]
    fn functions_of_13_lines_break_the_median_unless_they_are_tests() {
        assert_eq!(function_spread(&Repo::of(&[("a.rs", &function_of(13))])).len(), 1);
        assert!(function_spread(&Repo::of(&[("tests/a.rs", &function_of(13))])).is_empty());
        assert!(function_spread(&Repo::of(&[("a.rs", &function_of(12))])).is_empty());
    }

    #[test]
    fn a_sixth_argument_is_refused() {
        let repo = Repo::of(&[(
            "a.rs",
            "fn five(&self, a: A, b: B, c: C, d: D) {}\nfn six(a: A, b: B, c: C, d: D, e: E, f: F) {}",
        )]);
        let findings = arguments(&repo);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].line, findings[0].measure), (2, Some(6)));
    }

    #[test]
    fn sixteen_functions_in_a_file_are_too_many() {
        assert_eq!(functions_per_file(&Repo::of(&[("a.rs", &"fn a() {}\n".repeat(16))])).len(), 2);
        assert!(functions_per_file(&Repo::of(&[("a.rs", &"fn a() {}\n".repeat(15))])).is_empty());
    }

    #[test]
    fn tests_shorter_than_seven_tenths_of_the_source_are_too_few() {
        let repo =
            |count| Repo::of(&[("a.rs", &lines(10)), ("tests/a.rs", &lines(count)), ("web/e2e/a.mjs", &lines(90))]);
        assert_eq!(test_ratio(&repo(6)).len(), 1);
        assert!(test_ratio(&repo(7)).is_empty());
    }

    #[test]
    fn percentiles_are_taken_from_below() {
        assert_eq!(at_percent(&[], 50), 0);
        assert_eq!(at_percent(&[1, 2, 3, 4], 50), 2);
        assert_eq!(at_percent(&(1..=100).collect::<Vec<_>>(), 95), 95);
    }

    #[test]
    fn the_summary_tells_tests_and_sources_apart() {
        let text = summary(&Repo::of(&[("a.rs", &function_of(12)), ("tests/a.rs", &function_of(20))]));
        assert!(text.starts_with("files 1 (median 12, 95 % 12, largest 12); test files 1 (median 20"), "{text}");
    }
}
