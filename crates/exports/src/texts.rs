//! Texts outside a request: headers of columns, and why an export failed.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use xr_base::Locale;
use xr_base::locale::Text;
use xr_web::Texts;

/// The text of `exports.<name>`.
pub(crate) fn text(locale: Locale, name: &str) -> String {
    static TEXTS: OnceLock<Texts> = OnceLock::new();
    let texts = TEXTS.get_or_init(|| Texts::new(&[crate::TEXTS]).unwrap_or_default());
    let key = format!("exports.{name}");
    texts.get(locale, &key, &BTreeMap::new()).unwrap_or(key)
}

/// The same in both languages.
pub(crate) fn both(name: &str) -> Text {
    Text { zh: text(Locale::ZhCn, name), en: text(Locale::En, name) }
}
