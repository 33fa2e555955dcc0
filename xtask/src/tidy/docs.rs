//! Whether public items say what they are.

use super::Finding;
use super::lex::Language;
use super::repo::Repo;
use super::source::{Source, closing};

const SLICE_PERCENT_MIN: usize = 70;

/// A public item or field.
#[derive(Debug)]
struct Item {
    line: usize,
    name: String,
    is_documented: bool,
}

/// Every public item of a kernel has a doc comment; of a slice, at least 70 of a hundred.
pub(crate) fn documented(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut slices: Vec<(&str, usize, usize)> = Vec::new();
    for source in repo.sources.iter().filter(|s| s.language == Language::Rust && s.path.starts_with("crates/")) {
        let items: Vec<Item> = public_items(source);
        if source.path.starts_with("crates/kernel/") {
            let bare = items.iter().filter(|item| !item.is_documented);
            findings.extend(bare.map(|item| {
                Finding::new("documented", &source.path, item.line, format!("`{}` has no doc comment", item.name))
            }));
            continue;
        }
        let slice = source.path.split('/').nth(1).unwrap_or_default();
        let documented = items.iter().filter(|item| item.is_documented).count();
        match slices.iter_mut().find(|(name, ..)| *name == slice) {
            Some(entry) => (entry.1, entry.2) = (entry.1 + documented, entry.2 + items.len()),
            None => slices.push((slice, documented, items.len())),
        }
    }
    let thin = slices.into_iter().filter(|(_, documented, all)| documented * 100 < all * SLICE_PERCENT_MIN);
    findings.extend(thin.map(|(slice, documented, all)| {
        let message = format!("{documented} of {all} public items have doc comments, at least {SLICE_PERCENT_MIN} %");
        Finding::new("documented", &format!("crates/{slice}"), 1, message)
    }));
    findings
}

fn public_items(source: &Source) -> Vec<Item> {
    let code = without_macros(&source.code);
    let mut items = Vec::new();
    let (mut is_documented, mut attribute_depth) = (false, 0_i32);
    for ((line, code), comment) in (1..).zip(code.lines()).zip(source.comments.lines()) {
        is_documented |= comment.trim_start().starts_with("///") || comment.trim_start().starts_with("/**");
        let mut rest = code.trim();
        while attribute_depth > 0 || rest.starts_with("#[") {
            let (depth, length) = skip_attribute(rest, attribute_depth);
            attribute_depth = depth;
            rest = rest[length..].trim_start();
            if depth > 0 {
                break;
            }
        }
        if rest.is_empty() {
            continue;
        }
        if let Some(name) = public_name(rest).filter(|_| !source.is_test_line(line)) {
            items.push(Item { line, name, is_documented });
        }
        is_documented = false;
    }
    items
}

/// Bracket depth after an attribute's part on this line, and that part's length.
fn skip_attribute(text: &str, mut depth: i32) -> (i32, usize) {
    for (i, byte) in text.bytes().enumerate() {
        depth += i32::from(byte == b'[') - i32::from(byte == b']');
        if depth == 0 && byte == b']' {
            return (0, i + 1);
        }
    }
    (depth, text.len())
}

/// The name after `pub`; none for re-exports, narrower visibility and modules in files of their own.
fn public_name(code: &str) -> Option<String> {
    let rest = code.strip_prefix("pub ")?;
    let outline_module = rest.starts_with("mod ") && rest.ends_with(';');
    if outline_module || rest.starts_with("use ") || rest.starts_with("extern crate ") {
        return None;
    }
    let keywords = [
        "async", "const", "unsafe", "extern", "fn", "struct", "enum", "trait", "type", "mod", "static", "union", "mut",
    ];
    let mut words = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.find(|word| !keywords.contains(word)).map(str::to_owned)
}

/// The code with the bodies of `macro_rules!` blank: what stands there is not yet an item.
fn without_macros(code: &str) -> String {
    let mut bytes = code.as_bytes().to_vec();
    for (at, word) in code.match_indices("macro_rules!") {
        let Some(open) = code[at + word.len()..].find(['{', '(']).map(|i| at + word.len() + i) else { continue };
        let end = closing(code, open).unwrap_or(code.len());
        bytes[open..end].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> Vec<usize> {
        documented(&Repo::of(&[("crates/kernel/base/src/a.rs", text)])).iter().map(|f| f.line).collect()
    }

    #[test]
    fn a_kernel_item_or_field_without_doc_comment_is_refused() {
        assert_eq!(
            bare("/// A.\npub struct A {\n    pub b: u8,\n    /// C.\n    pub c: u8,\n}\npub const fn d() {}"),
            [3, 7]
        );
    }

    #[test]
    fn attributes_between_comment_and_item_do_not_part_them() {
        let text = "/// A.\n#[derive(\n    Debug,\n)]\n#[must_use] pub fn a() {}\n#[a] pub fn b() {}";
        assert_eq!(bare(text), [6]);
    }

    #[test]
    fn narrower_items_reexports_outline_modules_tests_and_macros_need_none() {
        let text = "pub(crate) fn a() {}\npub use b;\npub mod c;\nmacro_rules! d { () => {\npub fn e() {}\n} }\n";
        assert!(bare(&format!("{text}#[cfg(test)]\nmod tests {{\npub fn f() {{}}\n}}")).is_empty());
        assert_eq!(bare("pub mod a {\n}"), [1]);
    }

    #[test]
    fn a_slice_must_document_seven_of_ten() {
        let slice = |documented: usize| {
            let text = "/// A.\npub fn a() {}\n".repeat(documented) + &"pub fn b() {}\n".repeat(10 - documented);
            documented_count(&text)
        };
        assert_eq!((slice(6), slice(7)), (1, 0));
    }

    fn documented_count(text: &str) -> usize {
        documented(&Repo::of(&[("crates/orders/src/a.rs", text)])).len()
    }
}
