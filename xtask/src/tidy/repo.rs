//! The files of the repository, and the checks that need nothing but them: titles, lock files, large files.

use super::Finding;
use super::source::Source;
use crate::process;
use std::path::Path;

const TITLE_LENGTH_MAX: usize = 72;
const FILE_BYTES_MAX: u64 = 1024 * 1024;
const CARGO_REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM_REGISTRY: &str = "https://registry.npmjs.org/";

/// A file that is committed or about to be.
#[derive(Debug)]
pub(crate) struct File {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// Its size.
    pub(crate) bytes: u64,
    /// Its text; none for binary and for large files.
    pub(crate) text: Option<String>,
}

/// What the checks look at.
#[derive(Debug, Default)]
pub(crate) struct Repo {
    /// All files, by path.
    pub(crate) files: Vec<File>,
    /// Those of them that are program text.
    pub(crate) sources: Vec<Source>,
    /// Short hash and title of every commit.
    pub(crate) commits: Vec<(String, String)>,
}

impl Repo {
    /// Reads tracked files and those not ignored.
    ///
    /// # Errors
    /// Git fails, or a file cannot be read.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let listed = process::output(
            root,
            &["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        )?;
        let mut files = Vec::new();
        for path in listed.split_terminator('\0').filter(|path| root.join(path).is_file()) {
            files.push(read_file(root, path)?);
        }
        let log = process::output(root, &["git", "log", "--format=%h%x09%s"])?;
        let commits = log.lines().filter_map(|line| line.split_once('\t'));
        Ok(Self::with(files, commits.map(|(hash, title)| (hash.to_owned(), title.to_owned())).collect()))
    }

    fn with(mut files: Vec<File>, commits: Vec<(String, String)>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let read = |file: &File| Source::read(&file.path, file.text.as_deref()?);
        let mut sources: Vec<Source> = files.iter().filter_map(read).collect();
        let test_modules: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
        for source in &mut sources {
            let below = |module: &String| {
                source.path == format!("{module}.rs") || source.path.starts_with(&format!("{module}/"))
            };
            if test_modules.iter().any(below) {
                source.become_test();
            }
        }
        Self { files, sources, commits }
    }

    /// Text files with their paths.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.texts().find(|(at, _)| *at == path).map(|(_, text)| text)
    }

    /// A repository of the given files.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            bytes: text.len() as u64,
            text: Some((*text).to_owned()),
        };
        Self::with(files.iter().map(file).collect(), Vec::new())
    }
}

fn read_file(root: &Path, path: &str) -> Result<File, String> {
    let full = root.join(path);
    let bytes = full.metadata().map_err(|e| format!("{path}: {e}"))?.len();
    let text = match bytes {
        0..=FILE_BYTES_MAX => String::from_utf8(std::fs::read(&full).map_err(|e| format!("{path}: {e}"))?).ok(),
        _ => None,
    };
    Ok(File { path: path.to_owned(), bytes, text })
}

/// Commit titles are short.
pub(crate) fn commit_titles(repo: &Repo) -> Vec<Finding> {
    let long = repo.commits.iter().filter(|(_, title)| title.chars().count() > TITLE_LENGTH_MAX);
    let finding = |(hash, title): &(String, String)| {
        let length = title.chars().count();
        Finding::new(
            "commit-title",
            hash,
            1,
            format!("title of {length} characters, at most {TITLE_LENGTH_MAX}: {title}"),
        )
    };
    long.map(finding).collect()
}

/// Lock files name the public registries only: another address would not be there for a newcomer.
pub(crate) fn lock_files(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repo.texts() {
        let (key, wanted) = match path.rsplit('/').next() {
            Some("Cargo.lock") => ("source = ", CARGO_REGISTRY),
            Some("package-lock.json") => ("\"resolved\": ", NPM_REGISTRY),
            _ => continue,
        };
        for (line, entry) in (1..).zip(text.lines()) {
            let Some(address) = entry.trim().strip_prefix(key) else { continue };
            let address = address.trim_end_matches(',').trim_matches('"');
            let fits = if key.starts_with('s') { address == wanted } else { address.starts_with(wanted) };
            if !fits {
                findings.push(Finding::new("lock-file", path, line, format!("downloads from {address}, not {wanted}")));
            }
        }
    }
    findings
}

/// Large files stay out: a clone keeps them for ever.
pub(crate) fn large_files(repo: &Repo) -> Vec<Finding> {
    let large = repo.files.iter().filter(|file| file.bytes > FILE_BYTES_MAX);
    let finding = |file: &File| {
        let kib = usize::try_from(file.bytes / 1024).unwrap_or(usize::MAX);
        Finding::new("large-file", &file.path, 1, format!("{kib} KiB, at most {}", FILE_BYTES_MAX / 1024)).measured(kib)
    };
    large.map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_is_refused_and_a_title_of_72_characters_is_not() {
        let commits = vec![("aaa".to_owned(), "x".repeat(73)), ("bbb".to_owned(), "订".repeat(72))];
        let findings = commit_titles(&Repo { commits, ..Repo::default() });
        assert_eq!(findings.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["aaa"]);
    }

    #[test]
    fn a_lock_file_that_downloads_from_elsewhere_is_refused() {
        let cargo = format!("source = \"{CARGO_REGISTRY}\"\nsource = \"git+https://example.org/a\"\n");
        let npm = format!("{{\n  \"resolved\": \"{NPM_REGISTRY}a.tgz\",\n  \"resolved\": \"http://mirror/a.tgz\",\n}}");
        let findings =
            lock_files(&Repo::of(&[("Cargo.lock", &cargo), ("web/package-lock.json", &npm), ("a.toml", &cargo)]));
        let at: Vec<_> = findings.iter().map(|f| (f.path.as_str(), f.line)).collect();
        assert_eq!(at, [("Cargo.lock", 2), ("web/package-lock.json", 3)]);
    }

    #[test]
    fn a_file_over_a_mebibyte_is_refused_with_its_size() {
        let mut repo = Repo::of(&[("a.bin", ""), ("b.bin", "")]);
        repo.files[0].bytes = FILE_BYTES_MAX;
        repo.files[1].bytes = FILE_BYTES_MAX + 2048;
        let findings = large_files(&repo);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].path.as_str(), findings[0].measure), ("b.bin", Some(1026)));
    }

    #[test]
    fn files_of_a_test_module_are_tests() {
        let repo = Repo::of(&[
            ("crates/x/src/lib.rs", "#[cfg(test)]\nmod cases;\nmod other;"),
            ("crates/x/src/cases/a.rs", "fn a() {}"),
            ("crates/x/src/other.rs", "fn a() {}"),
        ]);
        let tests: Vec<bool> = repo.sources.iter().map(Source::is_test_file).collect();
        assert_eq!(tests, [true, false, false]);
    }
}
