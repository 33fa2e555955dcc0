//! Texts of problems in both languages, from every slice's `i18n/{zh-CN,en}.toml` (decision D22).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use xr_base::Locale;

/// One slice's two files; made by [`catalog!`](crate::catalog).
#[derive(Clone, Copy, Debug)]
pub struct Catalog {
    /// Name of the slice, for messages about the files.
    pub slice: &'static str,
    /// Content of `i18n/zh-CN.toml`.
    pub zh: &'static str,
    /// Content of `i18n/en.toml`.
    pub en: &'static str,
}

/// The catalog of the calling crate: `pub const TEXTS: Catalog = catalog!("orders");`.
#[macro_export]
macro_rules! catalog {
    ($slice:literal) => {
        $crate::texts::Catalog {
            slice: $slice,
            zh: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/i18n/zh-CN.toml")),
            en: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/i18n/en.toml")),
        }
    };
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadCatalog {
    /// Not TOML.
    #[error("{slice} {locale}: {error}")]
    Toml {
        /// Slice.
        slice: &'static str,
        /// Language tag.
        locale: &'static str,
        /// What the parser said.
        error: toml::de::Error,
    },
    /// Something that is neither a text nor a table of texts.
    #[error("{slice} {locale}: {key} is not a text")]
    NotText {
        /// Slice.
        slice: &'static str,
        /// Language tag.
        locale: &'static str,
        /// Key.
        key: String,
    },
    /// Two slices give the same key.
    #[error("{slice} {locale}: {key} is given twice")]
    Twice {
        /// Slice.
        slice: &'static str,
        /// Language tag.
        locale: &'static str,
        /// Key.
        key: String,
    },
}

/// Every text of the binary.
#[derive(Debug, Default)]
pub struct Texts {
    by_locale: [HashMap<String, String>; 2],
}

const TAGS: [&str; 2] = ["zh-CN", "en"];

const fn place(locale: Locale) -> usize {
    match locale {
        Locale::ZhCn => 0,
        Locale::En => 1,
    }
}

/// The language tag used in headers.
pub const fn tag(locale: Locale) -> &'static str {
    TAGS[place(locale)]
}

impl Texts {
    /// Reads the catalogs of all slices.
    ///
    /// # Errors
    /// [`BadCatalog`] for a file that is not TOML of texts, or a key that two slices give.
    pub fn new(catalogs: &[Catalog]) -> Result<Self, BadCatalog> {
        let mut texts = Self::default();
        for catalog in catalogs {
            for (index, content) in [catalog.zh, catalog.en].into_iter().enumerate() {
                let (slice, locale) = (catalog.slice, TAGS[index]);
                let table = content.parse().map_err(|error| BadCatalog::Toml { slice, locale, error })?;
                for (key, text) in flat(&table, "") {
                    let Some(text) = text else { return Err(BadCatalog::NotText { slice, locale, key }) };
                    if texts.by_locale[index].insert(key.clone(), text).is_some() {
                        return Err(BadCatalog::Twice { slice, locale, key });
                    }
                }
            }
        }
        Ok(texts)
    }

    /// The text of `key` with its `{name}` places filled; none if the catalogs lack it.
    pub fn get(&self, locale: Locale, key: &str, params: &BTreeMap<String, String>) -> Option<String> {
        self.by_locale[place(locale)].get(key).map(|text| fill(text, params))
    }

    /// Whether there is a text under `key` in both languages.
    pub fn has(&self, key: &str) -> bool {
        self.by_locale.iter().all(|texts| texts.contains_key(key))
    }

    /// What is missing: keys with a text in one language only, or with other `{name}` places in the two. Sorted.
    pub fn gaps(&self) -> Vec<String> {
        let [zh, en] = &self.by_locale;
        let keys: BTreeSet<&String> = zh.keys().chain(en.keys()).collect();
        let gap = |key: &&String| match (zh.get(*key), en.get(*key)) {
            (Some(a), Some(b)) if names(a) == names(b) => None,
            (Some(_), Some(_)) => Some(format!("{key}: the two texts name different values")),
            (None, _) => Some(format!("{key}: no zh-CN text")),
            (_, None) => Some(format!("{key}: no en text")),
        };
        keys.iter().filter_map(gap).collect()
    }
}

fn flat(table: &toml::Table, prefix: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => found.extend(flat(inner, &key)),
            toml::Value::String(text) => found.push((key, Some(text.clone()))),
            _ => found.push((key, None)),
        }
    }
    found
}

fn fill(text: &str, params: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        match params.get(name) {
            Some(value) => filled.push_str(value),
            // A visible gap is easier to report than a sentence that silently lost its number.
            None => filled.extend(["{", name, "}"]),
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

fn names(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ORDERS: Catalog = Catalog {
        slice: "orders",
        zh: "\"orders.left\" = \"仅剩{left}件\"\n[orders]\ngone = \"没了\"",
        en: "\"orders.left\" = \"{left} left, {what}\"\n",
    };

    fn params(name: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn flat_and_nested_keys_are_the_same() {
        let texts = Texts::new(&[ORDERS]).unwrap();
        assert_eq!(texts.get(Locale::ZhCn, "orders.gone", &BTreeMap::new()).unwrap(), "没了");
    }

    #[test]
    fn values_are_filled_and_a_missing_one_stays_visible() {
        let texts = Texts::new(&[ORDERS]).unwrap();
        assert_eq!(texts.get(Locale::En, "orders.left", &params("left", "3")).unwrap(), "3 left, {what}");
    }

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        let texts = Texts::new(&[ORDERS]).unwrap();
        assert_eq!(texts.get(Locale::ZhCn, "orders.left", &params("left", "{left}")).unwrap(), "仅剩{left}件");
    }

    #[test]
    fn a_text_in_one_language_or_with_other_values_is_a_gap() {
        let gaps = Texts::new(&[ORDERS]).unwrap().gaps();
        assert_eq!(gaps, ["orders.gone: no en text", "orders.left: the two texts name different values"]);
    }

    #[test]
    fn two_slices_cannot_give_one_key() {
        assert!(matches!(Texts::new(&[ORDERS, ORDERS]), Err(BadCatalog::Twice { .. })));
    }

    #[test]
    fn a_number_is_not_a_text() {
        let bad = Catalog { slice: "bad", zh: "a = 1", en: "" };
        assert_eq!(Texts::new(&[bad]).unwrap_err().to_string(), "bad zh-CN: a is not a text");
    }

    #[test]
    fn the_kernel_texts_are_complete_in_both_languages() {
        assert_eq!(Texts::new(&[crate::TEXTS]).unwrap().gaps(), Vec::<String>::new());
    }
}
