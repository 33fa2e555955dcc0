//! Words that may stand in certain places only.

use super::Finding;
use super::lex::Language;
use super::repo::Repo;
use super::source::{Source, item_end};
use std::ops::Range;

const PANICS: [&str; 7] =
    [".unwrap()", ".unwrap_err()", ".expect(", ".expect_err(", "panic!", "todo!", "unimplemented!"];
const PANIC_LINTS: [&str; 5] =
    ["clippy::unwrap_used", "clippy::expect_used", "clippy::panic", "clippy::todo", "clippy::unimplemented"];
// Written in parts, so that this file passes its own check.
const UNFINISHED: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
const CLOCKS: [&str; 7] = [
    concat!("SystemTime", "::now"),
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "Utc::now",
    "Date.now",
    "new Date()",
];
/// The one place of the server, and the one ticker of the console.
const CLOCK_FILES: [&str; 2] = ["crates/kernel/base/src/time.rs", "web/src/kit/ticker.ts"];
const ENGINE_PLACES: [&str; 2] = ["crates/kernel/store/", "crates/testkit/src/postgres_server"];
const ENGINE_MANIFESTS: [&str; 2] = ["crates/kernel/store/Cargo.toml", "crates/testkit/Cargo.toml"];
const MACHINE_PATHS: [&str; 3] = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/")];

/// Outside tests nothing panics on purpose, unless an `#[expect]` directly above says why.
pub(crate) fn panics(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in repo.sources.iter().filter(|source| source.language == Language::Rust) {
        let excused = excused(source);
        for word in PANICS {
            let receiver_is_self = |at: usize| word == ".expect(" && source.code[..at].ends_with("self");
            for at in source.words(word) {
                let line = source.line_of(at);
                let fine = source.is_test_line(line) || receiver_is_self(at) || excused.iter().any(|r| r.contains(&at));
                if !fine {
                    findings.push(Finding::new("panics", &source.path, line, format!("`{word}` outside tests")));
                }
            }
        }
    }
    findings
}

/// What stands under an `#[expect(clippy::…, reason = …)]` of a lint about panics.
fn excused(source: &Source) -> Vec<Range<usize>> {
    let attributes = source.words("#[expect(").chain(source.words("#![expect("));
    let with_reason = attributes.filter(|at| {
        let attribute = &source.code[*at..source.code[*at..].find(']').map_or(source.code.len(), |end| at + end)];
        attribute.contains("reason") && PANIC_LINTS.iter().any(|lint| attribute.contains(lint))
    });
    with_reason.map(|at| at..item_end(&source.code, at)).collect()
}

/// Nothing is marked as unfinished.
pub(crate) fn unfinished(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &repo.sources {
        for (line, comment) in (1..).zip(source.comments.lines()) {
            let words = comment.split(|c: char| !c.is_alphanumeric() && c != '_');
            for word in words.filter(|word| UNFINISHED.contains(word)) {
                findings.push(Finding::new(
                    "unfinished",
                    &source.path,
                    line,
                    format!("`{word}`: finish it or file it"),
                ));
            }
        }
        let debugging = source.words(concat!("db", "g!")).map(|at| source.line_of(at));
        findings.extend(debugging.map(|line| Finding::new("unfinished", &source.path, line, "a debugging macro")));
    }
    findings
}

/// The wall clock is read in one place; benches measure with it.
pub(crate) fn wall_clock(repo: &Repo) -> Vec<Finding> {
    let may = |path: &str| CLOCK_FILES.contains(&path) || path.starts_with("benches/") || path.contains("/benches/");
    let sources = || repo.sources.iter().filter(|source| !may(&source.path));
    sources()
        .flat_map(|source| CLOCKS.iter().flat_map(|word| named(source, word, "wall-clock", "read time from `Clock`")))
        .collect()
}

/// Only the store names a database engine.
pub(crate) fn engines(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    let outside = |path: &str| !ENGINE_PLACES.iter().any(|place| path.starts_with(place));
    for source in repo.sources.iter().filter(|s| s.language == Language::Rust && outside(&s.path)) {
        findings.extend(named(source, "rusqlite", "engines", "only kernel/store may name it"));
        // `postgres` alone is also a word of our own; the crate's name is followed by a path or imported.
        let crate_name = |finding: &Finding| {
            let line = source.code.lines().nth(finding.line - 1).unwrap_or_default();
            line.replace("::postgres", "").contains("postgres::") || line.contains("use postgres;")
        };
        findings.extend(named(source, "postgres", "engines", "only kernel/store may name it").filter(crate_name));
    }
    let wrong = |path: &str| path.starts_with("crates/") && !ENGINE_MANIFESTS.contains(&path);
    findings.extend(dependencies(
        repo,
        &["rusqlite", "postgres", "tokio-postgres", "libsqlite3-sys"],
        "engines",
        wrong,
    ));
    findings
}

/// Only the web kernel, `http` files, the binary and the test kit name axum.
pub(crate) fn axum(repo: &Repo) -> Vec<Finding> {
    let may = |path: &str| {
        ["crates/kernel/web/", "crates/xiaoer/", "crates/testkit/"].iter().any(|place| path.starts_with(place))
            || path.contains("/http/")
            || path.ends_with("/http.rs")
    };
    let outside = repo.sources.iter().filter(|s| s.language == Language::Rust && !may(&s.path));
    let mut findings: Vec<Finding> = outside
        .flat_map(|source| named(source, "axum::", "axum", "only http files and kernel/web may name it"))
        .collect();
    let kernel = |path: &str| path.starts_with("crates/kernel/") && path != "crates/kernel/web/Cargo.toml";
    findings.extend(dependencies(repo, &["axum"], "axum", kernel));
    findings
}

/// Chinese texts stand in `i18n/`, in data and in tests, never in the code.
pub(crate) fn chinese_literals(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    let apart = |path: &str| path.contains("/i18n/") || path.contains("/data/");
    for source in repo.sources.iter().filter(|source| !apart(&source.path)) {
        let lines = (1..).zip(source.literals.lines()).filter(|(line, _)| !source.is_test_line(*line));
        for (line, _) in lines.filter(|(_, text)| text.chars().any(is_chinese)) {
            findings.push(Finding::new("chinese-literal", &source.path, line, "a Chinese text outside i18n and data"));
        }
    }
    findings
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// No file names a folder that only one machine has.
pub(crate) fn machine_paths(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repo.texts() {
        for (line, content) in (1..).zip(text.lines()) {
            if let Some(found) = MACHINE_PATHS.iter().find(|wanted| names_path(content, wanted)) {
                findings.push(Finding::new("machine-path", path, line, format!("a machine's own path, {found}…")));
            }
        }
    }
    findings
}

/// Whether the path begins here: not part of a longer one, and not a variable's tail.
fn names_path(line: &str, wanted: &str) -> bool {
    line.match_indices(wanted).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || "_-.}*)/".contains(c)))
    })
}

/// One finding for every place in the code where `word` stands.
fn named<'a>(
    source: &'a Source,
    word: &'a str,
    check: &'static str,
    why: &'a str,
) -> impl Iterator<Item = Finding> + 'a {
    let finding = move |at| Finding::new(check, &source.path, source.line_of(at), format!("`{word}`: {why}"));
    source.words(word).map(finding)
}

/// One finding for every manifest that `wrong` selects and that depends on one of `names`.
fn dependencies(repo: &Repo, names: &[&str], check: &'static str, wrong: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repo.texts().filter(|(path, _)| path.ends_with("/Cargo.toml") && wrong(path)) {
        for (line, content) in (1..).zip(text.lines()) {
            let key = content.split(['.', '=', ' ']).next().unwrap_or_default();
            if names.contains(&key) {
                findings.push(Finding::new(check, path, line, format!("depends on `{key}`")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
