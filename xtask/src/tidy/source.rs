//! One source file with its code, literals and comments apart, and its lines that are tests.

use super::lex::{Class, Language, classes};

/// A Rust or TypeScript file, read once for all checks.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// What it is written in.
    pub(crate) language: Language,
    /// ASCII of the file's shape: literals and comments blank, other characters `?`; offsets are characters.
    pub(crate) code: String,
    /// The file without comments.
    pub(crate) literals: String,
    /// The comments alone.
    pub(crate) comments: String,
    /// For every line, whether it belongs to tests.
    pub(crate) is_test: Vec<bool>,
}

impl Source {
    /// Reads a file's text; none for other kinds of files and for generated ones.
    pub(crate) fn read(path: &str, text: &str) -> Option<Self> {
        let language = match path.rsplit_once('.')?.1 {
            "rs" => Language::Rust,
            "ts" | "tsx" | "mjs" => Language::Script,
            _ => return None,
        };
        if path.ends_with(".d.ts") || path.contains("/generated/") {
            return None;
        }
        let chars: Vec<char> = text.chars().collect();
        let classes = classes(&chars, language);
        let part = |wanted: fn(Class) -> bool| -> String {
            chars.iter().zip(&classes).map(|(c, class)| if *c == '\n' || wanted(*class) { *c } else { ' ' }).collect()
        };
        let code: String = part(|c| c == Class::Code).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
        let (literals, comments) = (part(|c| c != Class::Comment), part(|c| c == Class::Comment));
        let is_test = vec![is_test_path(path); text.lines().count()];
        let mut source = Self { path: path.to_owned(), language, code, literals, comments, is_test };
        source.mark_test_items();
        Some(source)
    }

    /// Whether the whole file is tests.
    pub(crate) fn is_test_file(&self) -> bool {
        self.is_test.iter().all(|test| *test)
    }

    /// Declares the whole file to be tests.
    pub(crate) fn become_test(&mut self) {
        self.is_test.fill(true);
    }

    /// Line, from 1, of an offset in `code`.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }

    /// Whether the line, from 1, is part of tests.
    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.is_test.get(line - 1).copied().unwrap_or(false)
    }

    /// Offsets where `word` stands in the code, not inside a longer word.
    pub(crate) fn words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        let bytes = self.code.as_bytes();
        let part_of_word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let (opens, closes) = (part_of_word(word.as_bytes().first()), part_of_word(word.as_bytes().last()));
        self.code.match_indices(word).map(|(at, _)| at).filter(move |at| {
            let before = at.checked_sub(1).and_then(|i| bytes.get(i));
            !(opens && part_of_word(before) || closes && part_of_word(bytes.get(at + word.len())))
        })
    }

    /// Files of test modules that this file declares by `#[cfg(test)] mod name;`, as path starts.
    pub(crate) fn test_modules(&self) -> Vec<String> {
        let folder = self.module_folder();
        let mut found = Vec::new();
        for at in self.words("#[cfg(test)]") {
            let item = &self.code[at..item_end(&self.code, at)];
            if let Some(name) = item.strip_suffix(';').and_then(|i| i.rsplit_once("mod ")).map(|(_, name)| name.trim())
            {
                found.push(format!("{folder}/{name}"));
            }
        }
        found
    }

    fn module_folder(&self) -> String {
        let (folder, file) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        match file {
            "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
            _ => format!("{folder}/{}", file.trim_end_matches(".rs")),
        }
    }

    fn mark_test_items(&mut self) {
        let starts: Vec<usize> = self.words("#[cfg(test)]").collect();
        for start in starts {
            let (first, last) = (self.line_of(start), self.line_of(item_end(&self.code, start)));
            for line in first..=last.min(self.is_test.len()) {
                self.is_test[line - 1] = true;
            }
        }
    }
}

/// Whether everything under this path is test code.
fn is_test_path(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let folders = ["tests/", "benches/", "e2e/"];
    path.starts_with("crates/testkit/")
        || folders.iter().any(|f| path.starts_with(f) || path.contains(&format!("/{f}")))
        || file == "tests.rs"
        || file.contains(".test.")
}

/// End (exclusive) of the item or statement at `from`, its attributes included: the `;` or the closing brace.
pub(crate) fn item_end(code: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        at += code[at..].len() - code[at..].trim_start().len();
        if !code[at..].starts_with("#[") {
            break;
        }
        at = closing(code, at + 1).map_or(code.len(), |end| end + 1);
    }
    let is_let = code[at..].starts_with("let ");
    let mut depth = 0_i32;
    for (i, byte) in code.bytes().enumerate().skip(at) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && (byte == b';' || byte == b'}' && !is_let) || depth < 0 {
            return i + 1;
        }
    }
    code.len()
}

/// Offset of the bracket that closes the one at `open`.
pub(crate) fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (i, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(i);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source::read(path, text).expect("a source file")
    }

    #[test]
    fn only_sources_are_read_and_generated_ones_are_not() {
        assert!(Source::read("a/b.toml", "").is_none());
        assert!(Source::read("web/src/api/schema.d.ts", "").is_none());
        assert!(Source::read("web/src/generated/a.ts", "").is_none());
        assert!(Source::read("web/src/a.tsx", "").is_some());
    }

    #[test]
    fn a_test_module_marks_its_lines_alone() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    // }\n}\nfn b() {}\n";
        assert_eq!(source("crates/x/src/a.rs", text).is_test, [false, true, true, true, true, false]);
    }

    #[test]
    fn test_folders_and_test_files_are_tests() {
        for path in ["crates/x/tests/a.rs", "crates/x/src/tests/a.rs", "tests/a.rs", "crates/x/src/tests.rs"] {
            assert!(source(path, "fn a() {}").is_test_file(), "{path}");
        }
        assert!(source("web/src/a.test.ts", "x").is_test_file() && source("web/e2e/run.mjs", "x").is_test_file());
        assert!(!source("crates/contests/src/a.rs", "fn a() {}").is_test_file());
    }

    #[test]
    fn a_module_declared_for_tests_names_its_file() {
        let declared = source("crates/x/src/a.rs", "mod b;\n#[cfg(test)]\nmod cases;\n").test_modules();
        assert_eq!(declared, ["crates/x/src/a/cases"]);
        let declared = source("crates/x/src/lib.rs", "#[cfg(test)]\n#[path = \"q.rs\"]\nmod cases;").test_modules();
        assert_eq!(declared, ["crates/x/src/cases"]);
        assert!(source("crates/x/src/lib.rs", "#[cfg(test)]\nmod tests { mod a {} }").test_modules().is_empty());
    }

    #[test]
    fn words_are_whole_words() {
        let source = source("a.rs", "axum axum_x maxum axum::y \"axum\" // axum");
        assert_eq!(source.words("axum").collect::<Vec<_>>(), [0, 18]);
    }

    #[test]
    fn a_statement_ends_at_its_semicolon_and_an_item_at_its_brace() {
        let code = "let a = S { b }.c(); d";
        assert_eq!(item_end(code, 0), code.len() - 2);
        assert_eq!(item_end("#[a(b)] fn c() { d; } e", 0), "#[a(b)] fn c() { d; }".len());
    }
}
