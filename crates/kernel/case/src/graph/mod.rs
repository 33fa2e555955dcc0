//! A machine as a picture: Mermaid text for pages that draw it, and an SVG of our own that needs nothing.

mod mermaid;
mod rows;
mod svg;
#[cfg(test)]
mod tests;

pub use mermaid::to_mermaid;
pub use svg::to_svg;

use crate::model::{Rulebook, State};
use std::sync::LazyLock;
use xr_base::Party;
use xr_base::locale::Locale;

/// Fill and border of a state by who is waited for.
const fn colours(party: Option<Party>) -> (&'static str, &'static str) {
    match party {
        Some(Party::Buyer) => ("#dbeafe", "#2563eb"),
        Some(Party::Merchant) => ("#ffedd5", "#ea580c"),
        Some(Party::Platform) => ("#ede9fe", "#7c3aed"),
        Some(Party::Courier) => ("#dcfce7", "#16a34a"),
        Some(Party::System) => ("#e2e8f0", "#475569"),
        None => ("#f8fafc", "#94a3b8"),
    }
}

/// Party of a state's owner; none in final states.
fn party(book: &Rulebook, state: &State) -> Option<Party> {
    let owner = state.owner.as_deref()?;
    Some(book.actors.get(owner).map_or(Party::System, |role| role.party))
}

/// Label of a word of `by` or `owner`; `system` and `clock` are built in and have theirs among the texts of this crate.
fn actor<'b>(book: &'b Rulebook, word: &'b str, locale: Locale) -> &'b str {
    match book.actors.get(word) {
        Some(role) => role.label.get(locale),
        None => texts(locale).get(&format!("case.word.{word}")).and_then(toml::Value::as_str).unwrap_or(word),
    }
}

fn texts(locale: Locale) -> &'static toml::Table {
    static ZH: LazyLock<toml::Table> = LazyLock::new(|| read(include_str!("../../i18n/zh-CN.toml")));
    static EN: LazyLock<toml::Table> = LazyLock::new(|| read(include_str!("../../i18n/en.toml")));
    match locale {
        Locale::ZhCn => &ZH,
        Locale::En => &EN,
    }
}

/// Without its texts the picture shows the bare words; a test reads both files.
fn read(text: &str) -> toml::Table {
    toml::from_str(text).unwrap_or_default()
}
