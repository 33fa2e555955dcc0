//! Texts exist in both languages, with the same parameters.

use super::Finding;
use super::repo::Repo;
use std::collections::{BTreeMap, BTreeSet};

const CONSOLE: &str = "web/src/i18n/";
const PLURALS: [&str; 5] = ["_zero", "_one", "_two", "_few", "_many"];

/// Keys with the parameters of their text; `None` where the value is no text.
type Texts = BTreeMap<String, Option<BTreeSet<String>>>;

/// Server texts (`crates/*/i18n/{zh-CN,en}.toml`) and console texts (`web/src/i18n/<lang>/*.json`) agree.
pub(crate) fn translations(repo: &Repo) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in repo.texts() {
        let Some(twin) = twin(path) else { continue };
        let Some(other) = repo.text(&twin) else {
            findings.push(Finding::new("translations", path, 1, format!("{twin} is missing")));
            continue;
        };
        match (read(path, text), read(&twin, other)) {
            (Err(error), _) => findings.push(Finding::new("translations", path, 1, error)),
            (Ok(mine), Ok(others)) => findings.extend(compare(path, text, &mine, &others)),
            (Ok(_), Err(_)) => {} // reported when the twin's turn comes
        }
    }
    findings
}

/// The file with the same texts in the other language.
fn twin(path: &str) -> Option<String> {
    let server = path.starts_with("crates/") && path.contains("/i18n/");
    let console = path.starts_with(CONSOLE) && extension(path) == Some("json");
    let (from, to) = match path {
        _ if server && path.ends_with("/zh-CN.toml") => ("/zh-CN.toml", "/en.toml"),
        _ if server && path.ends_with("/en.toml") => ("/en.toml", "/zh-CN.toml"),
        _ if console && path.contains("/i18n/zh-CN/") => ("/i18n/zh-CN/", "/i18n/en/"),
        _ if console && path.contains("/i18n/en/") => ("/i18n/en/", "/i18n/zh-CN/"),
        _ => return None,
    };
    Some(path.replace(from, to))
}

fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

fn read(path: &str, text: &str) -> Result<Texts, String> {
    let mut texts = Texts::new();
    let value: serde_json::Value = if extension(path) == Some("toml") {
        toml::from_str(text).map_err(|e: toml::de::Error| e.message().to_owned())?
    } else {
        serde_json::from_str(text).map_err(|e| e.to_string())?
    };
    flatten(String::new(), &value, &mut texts);
    let plural = |key: &String| {
        let stem = PLURALS.iter().find_map(|suffix| key.strip_suffix(suffix));
        stem.is_some_and(|stem| texts.contains_key(&format!("{stem}_other")))
    };
    // Languages differ in how many plural forms they have; `_other` exists in all of them.
    let forms: Vec<String> = texts.keys().filter(|key| plural(key)).cloned().collect();
    texts.retain(|key, _| !forms.contains(key));
    Ok(texts)
}

fn flatten(name: String, value: &serde_json::Value, texts: &mut Texts) {
    match value {
        serde_json::Value::Object(entries) => {
            for (key, value) in entries {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(name, value, texts);
            }
        }
        serde_json::Value::String(text) => {
            texts.insert(name, (!text.trim().is_empty()).then(|| parameters(text)));
        }
        _ => {
            texts.insert(name, None);
        }
    }
}

/// Names between braces; also i18next's `{name, format}`.
fn parameters(text: &str) -> BTreeSet<String> {
    let parts = text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(inner, _)| inner));
    parts.map(|inner| inner.split(',').next().unwrap_or_default().trim().to_owned()).collect()
}

fn compare(path: &str, text: &str, mine: &Texts, others: &Texts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, parameters) in mine {
        let last = key.rsplit('.').next().unwrap_or(key);
        let line = text.lines().position(|line| line.contains(last)).map_or(1, |index| index + 1);
        let message = match (parameters, others.get(key)) {
            (None, _) => format!("`{key}` has no text"),
            (_, None) => format!("`{key}` is missing in the other language"),
            (Some(mine), Some(Some(theirs))) if mine != theirs => {
                format!("`{key}` has the parameters {mine:?} here and {theirs:?} in the other language")
            }
            _ => continue,
        };
        findings.push(Finding::new("translations", path, line, message));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(zh: &str, en: &str) -> Vec<(String, usize, String)> {
        let repo = Repo::of(&[("crates/orders/i18n/zh-CN.toml", zh), ("crates/orders/i18n/en.toml", en)]);
        translations(&repo).into_iter().map(|f| (f.path, f.line, f.message)).collect()
    }

    #[test]
    fn equal_keys_and_parameters_pass() {
        assert!(server("[a]\nb = \"剩 {left} 件\"", "a.b = \"{left} left\"").is_empty());
    }

    #[test]
    fn a_key_of_one_language_alone_is_refused_where_it_stands() {
        let found = server("a = \"甲\"", "a = \"A\"\nb = \"B\"");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1), ("crates/orders/i18n/en.toml", 2));
    }

    #[test]
    fn differing_parameters_are_refused_on_both_sides() {
        assert_eq!(server("a = \"{count}\"", "a = \"{number}\"").len(), 2);
    }

    #[test]
    fn empty_texts_broken_files_and_missing_twins_are_refused() {
        assert_eq!(server("a = \"\"", "a = \"A\"").len(), 1);
        assert_eq!(server("a = ", "a = \"A\"").len(), 1);
        let alone = Repo::of(&[("crates/kernel/case/i18n/en.toml", "a = \"A\"")]);
        assert!(translations(&alone)[0].message.contains("zh-CN.toml is missing"));
    }

    #[test]
    fn console_texts_are_compared_without_plural_forms() {
        let console = |zh: &str, en: &str| {
            let repo = Repo::of(&[("web/src/i18n/zh-CN/orders.json", zh), ("web/src/i18n/en/orders.json", en)]);
            translations(&repo).len()
        };
        let en = "{\"n_one\": \"one order\", \"n_other\": \"{count, number} orders\"}";
        assert_eq!(console("{\"n_other\": \"{count} 单\"}", en), 0);
        assert_eq!(console("{\"m_other\": \"{count} 单\"}", en), 2);
    }
}
