//! The ways out of a state, as one line of text each.

use super::actor;
use crate::model::{Alternative, ClockRule, Rulebook, State};
use xr_base::locale::Locale;

/// A way out of a state.
pub(super) struct Row<'b> {
    /// What happens, by whom or when.
    pub(super) text: String,
    /// State entered.
    pub(super) to: &'b str,
    /// Whether a clock does it.
    pub(super) is_clock: bool,
    /// Guard, if any: said on pointing at the row.
    pub(super) guard: Option<&'b str>,
    /// Whether the state's clocks start anew.
    pub(super) restart: bool,
}

/// All ways out, clocks first: what happens if nobody acts is what the picture is for.
pub(super) fn rows<'b>(book: &'b Rulebook, state: &'b State, locale: Locale) -> Vec<Row<'b>> {
    let mut out = Vec::new();
    for rule in state.clocks.values() {
        let text = expiry(book, rule, locale);
        add(&mut out, state.on.get(&rule.event).into_iter().flatten(), true, |_| text.clone());
    }
    for (event, alternatives) in &state.on {
        let of_people = alternatives.iter().filter(|a| a.by.iter().any(|word| word != "clock"));
        let label = label(book, event, locale);
        add(&mut out, of_people, false, |a| {
            let words = a.by.iter().filter(|w| *w != "clock").map(|w| actor(book, w, locale)).collect::<Vec<_>>();
            format!("{label} ({})", words.join(" / "))
        });
    }
    out
}

/// One row for each target: alternatives that lead to one state differ only in what they do.
fn add<'b>(
    out: &mut Vec<Row<'b>>,
    alternatives: impl Iterator<Item = &'b Alternative>,
    is_clock: bool,
    text: impl Fn(&Alternative) -> String,
) {
    let first = out.len();
    for alternative in alternatives {
        let text = text(alternative);
        let is_known =
            |row: &Row<'_>| row.to == alternative.to && row.restart == alternative.restart && row.text == text;
        if let Some(known) = out[first..].iter_mut().find(|row| is_known(row)) {
            known.guard = known.guard.and(alternative.when.as_deref());
            continue;
        }
        let (guard, restart) = (alternative.when.as_deref(), alternative.restart);
        out.push(Row { text, to: &alternative.to, is_clock, guard, restart });
    }
}

/// `超时 48h KS-EX-1`: name, length and citation of a clock.
fn expiry(book: &Rulebook, rule: &ClockRule, locale: Locale) -> String {
    let mut text = format!("{} {}", label(book, &rule.fire, locale), rule.after);
    for alt in &rule.alt {
        text.extend([" / ", alt.after.as_str()]);
    }
    if rule.calendar != "natural" {
        text.extend([" ", rule.calendar.as_str()]);
    }
    if let Some(id) = &rule.rule {
        text.extend([" · ", id.as_str()]);
    }
    text
}

fn label<'b>(book: &'b Rulebook, event: &'b str, locale: Locale) -> &'b str {
    book.events.get(event).map_or(event, |e| e.label.get(locale))
}
