//! Who, what and why: texts in both languages, actors, events that only clocks fire, ends that are ends.

use crate::finding::Finding;
use crate::merge::Work;
use crate::model::{Rulebook, State};
use crate::parse::RawPack;
use xr_base::locale::Text;

/// Checks the words of one rulebook.
pub(super) fn check(work: &mut Work<'_>, book: &Rulebook, packs: &[&RawPack]) {
    texts(work, book);
    rules(work, book, packs);
    for (name, state) in &book.states {
        actors(work, name, state);
        clock_events(work, book, name, state);
        ends(work, name, state);
    }
}

fn is_blank(text: &Text) -> bool {
    text.zh.trim().is_empty() || text.en.trim().is_empty()
}

/// Labels of everything that a person sees.
fn texts(work: &mut Work<'_>, book: &Rulebook) {
    let mut labels: Vec<(String, &Text)> = vec![("machine".to_owned(), &book.label)];
    labels.extend(book.actors.iter().map(|(name, role)| (format!("actor.{name}"), &role.label)));
    labels.extend(book.events.iter().map(|(name, event)| (format!("event.{name}"), &event.label)));
    labels.extend(book.effects.iter().map(|(name, label)| (format!("effect.{name}"), label)));
    labels.extend(book.states.iter().map(|(name, state)| (format!("state.{name}"), &state.label)));
    for (path, _) in labels.into_iter().filter(|(_, text)| is_blank(text)) {
        work.find(&path, format!("`{path}` is not named in both languages (`zh`, `en`)"));
    }
}

/// Cited rules say in both languages what they ask, and where it is written.
fn rules(work: &mut Work<'_>, book: &Rulebook, packs: &[&RawPack]) {
    for (id, rule) in book.rules.iter().filter(|(_, r)| is_blank(&r.text) || r.source.trim().is_empty()) {
        let pack = packs.iter().find(|p| p.name == rule.pack);
        let at = pack.map(|p| p.origins.find(&format!("rule.{id}"))).unwrap_or_default();
        work.find_at(at, "", format!("the rule `{id}` is cited and lacks its text in zh or en, or its source"));
    }
}

/// Rules of a floor that lack their text in a language, or their source; each of them may be cited by a finding.
pub(super) fn untold(statutory: &RawPack) -> Vec<Finding> {
    let untold = statutory.rules.iter().filter(|(_, r)| is_blank(&r.text) || r.source.trim().is_empty());
    let at = |id: &str| statutory.origins.find(&format!("rule.{id}"));
    untold
        .map(|(id, _)| Finding::new(at(id), format!("the rule `{id}` lacks its text in zh or en, or its source")))
        .collect()
}

fn actors(work: &mut Work<'_>, name: &str, state: &State) {
    for (event, row) in &state.on {
        if row.is_empty() {
            work.find(&format!("state.{name}.on.{event}"), format!("`{event}` has no alternative"));
        }
        for (i, _) in row.iter().enumerate().filter(|(_, a)| a.by.is_empty()) {
            work.find(&format!("state.{name}.on.{event}.{i}"), format!("nobody may take `{event}`: `by` is empty"));
        }
    }
}

/// An alternative that is open to clocks alone needs a clock that fires the event, now or by a pack's choice.
fn clock_events(work: &mut Work<'_>, book: &Rulebook, name: &str, state: &State) {
    let of_case = book.states.values().flat_map(|s| s.clocks.values());
    let of_case = of_case.filter(|c| c.scope == crate::model::ClockScope::Case);
    let clocks: Vec<_> = state.clocks.values().chain(of_case).collect();
    for (event, row) in &state.on {
        let is_fired = clocks.iter().any(|c| c.event == *event || c.may_end_in.values().any(|e| e.event == *event));
        if is_fired {
            continue;
        }
        for (i, _) in row.iter().enumerate().filter(|(_, a)| !a.by.is_empty() && a.by.iter().all(|w| w == "clock")) {
            let message = format!("only a clock may take `{event}`, and no clock of the state fires it");
            work.find(&format!("state.{name}.on.{event}.{i}"), message);
        }
    }
}

fn ends(work: &mut Work<'_>, name: &str, state: &State) {
    let is_bare = state.owner.is_none() && state.waits_for.is_none() && state.clocks.is_empty() && state.on.is_empty();
    if state.is_final && !is_bare {
        work.find(&format!("state.{name}"), "a final state has neither owner, clocks nor events");
    }
}
