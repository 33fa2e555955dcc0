//! Guards of a rulebook: where they stand, and what they may count.

use crate::guard::Guard;
use crate::merge::Work;
use crate::model::{Name, Rulebook};
use crate::vocabulary::Vocabulary;
use std::collections::{BTreeSet, HashMap};

/// Names that a history of this book can hold: events and expiries.
pub(super) fn countable(book: &Rulebook) -> Vec<&str> {
    let states = book.states.values();
    let events = states.clone().flat_map(|s| s.on.keys());
    let fires = states.flat_map(|s| s.clocks.values()).map(|c| &c.fire);
    events.chain(fires).map(Name::as_str).collect::<BTreeSet<_>>().into_iter().collect()
}

/// A replacement length that counts to a fact which may be absent needs a guard that rules this out.
pub(super) fn unsure_lengths(
    work: &mut Work<'_>,
    book: &Rulebook,
    guards: &HashMap<String, Guard>,
    vocabulary: &Vocabulary,
) {
    for (name, state) in &book.states {
        for (clock, rule) in &state.clocks {
            for (i, alt) in rule.alt.iter().enumerate() {
                let Some(fact) = crate::merge::fact_of_length(&alt.after) else { continue };
                let index =
                    vocabulary.fact_index(fact).filter(|n| vocabulary.facts.get(*n).is_some_and(|f| f.may_be_absent));
                let Some((index, guard)) = index.zip(guards.get(&alt.when)) else { continue };
                if !guard.ensures(index) {
                    let path = format!("state.{name}.clock.{clock}.alt.{i}.after");
                    work.find(&path, format!("`facts.{fact}` may be absent: the guard must ask `has(facts.{fact})`"));
                }
            }
        }
    }
}

/// Every guard with its path.
pub(super) fn guard_texts(book: &Rulebook) -> Vec<(String, &str)> {
    let mut out = Vec::new();
    for (name, state) in &book.states {
        for (event, alternatives) in &state.on {
            let guarded = alternatives.iter().enumerate().filter_map(|(i, a)| Some((i, a.when.as_deref()?)));
            out.extend(guarded.map(|(i, text)| (format!("state.{name}.on.{event}.{i}.when"), text)));
        }
        for (clock, rule) in &state.clocks {
            let alts = rule.alt.iter().enumerate();
            out.extend(alts.map(|(i, alt)| (format!("state.{name}.clock.{clock}.alt.{i}.when"), alt.when.as_str())));
        }
    }
    out
}
