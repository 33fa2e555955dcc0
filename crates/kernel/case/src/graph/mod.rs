//! A machine as a picture: Mermaid text for pages that draw it, and an SVG of our own that needs nothing.

mod mermaid;
mod rows;
mod svg;
#[cfg(test)]
mod tests;

pub use mermaid::to_mermaid;
pub use svg::to_svg;

use crate::model::{Rulebook, State};
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

/// Label of a word of `by` or `owner`.
fn actor<'b>(book: &'b Rulebook, word: &'b str, locale: Locale) -> &'b str {
    match (book.actors.get(word), locale) {
        (Some(role), _) => role.label.get(locale),
        (None, Locale::ZhCn) if word == "system" => "系统",
        (None, Locale::ZhCn) if word == "clock" => "时限",
        (None, _) => word,
    }
}
