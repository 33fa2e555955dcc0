//! Names and types in clocks.

use super::{Work, keys};
use crate::model::{Alternative, ClockRule, ClockScope, Name, Rulebook, State};
use crate::vocabulary::{FactSpec, FactType, Vocabulary};

/// Resolves all clocks.
pub(super) fn resolve(work: &mut Work<'_>, book: &Rulebook, vocabulary: &Vocabulary) {
    for (name, state) in &book.states {
        for (clock, rule) in &state.clocks {
            let path = format!("state.{name}.clock.{clock}");
            times(work, &path, rule, vocabulary);
            consequences(work, book, &Place { state, path: &path, rule });
            scope(work, book, (name, clock), &path, rule);
        }
    }
}

/// The fact of a length `at facts.NAME`.
pub(crate) fn fact_of_length(length: &str) -> Option<&str> {
    length.trim().strip_prefix("at ")?.trim().strip_prefix("facts.")
}

/// Anchors and lengths by facts: instants, with `or_entered` if they may be absent (decision D4).
fn times(work: &mut Work<'_>, path: &str, rule: &ClockRule, vocabulary: &Vocabulary) {
    let anchor = rule.anchor.as_deref().map(|fact| ("anchor", fact));
    let length = fact_of_length(&rule.after).map(|fact| ("after", fact));
    let mut waits = false;
    for (key, fact) in anchor.into_iter().chain(length) {
        let Some(spec) = instant(work, &format!("{path}.{key}"), fact, vocabulary) else {
            // Nobody knows about an unknown fact whether it may be absent: one finding is enough.
            waits = true;
            continue;
        };
        waits |= spec.may_be_absent;
        if spec.may_be_absent && rule.or_entered.is_none() {
            work.find(&format!("{path}.{key}"), format!("`facts.{fact}` may be absent: the clock needs `or_entered`"));
        }
    }
    if rule.or_entered.is_some() && !waits {
        work.find(&format!("{path}.or_entered"), "`or_entered` is for a fact that may be absent");
    }
    for (i, alt) in rule.alt.iter().enumerate() {
        if let Some(fact) = fact_of_length(&alt.after) {
            instant(work, &format!("{path}.alt.{i}.after"), fact, vocabulary);
        }
    }
}

fn instant(work: &mut Work<'_>, path: &str, fact: &str, vocabulary: &Vocabulary) -> Option<&'static FactSpec> {
    let spec = vocabulary.facts.iter().find(|f| f.name == fact);
    match spec {
        None => {
            let instants = vocabulary.facts.iter().filter(|f| f.ty == FactType::Instant);
            let candidates: Vec<&str> = instants.map(|f| f.name).collect();
            work.find_near(path, format!("the kind `{}` has no fact `{fact}`", vocabulary.kind), fact, &candidates);
        }
        Some(spec) if spec.ty != FactType::Instant => {
            work.find(path, format!("`facts.{fact}` is of type {} and no instant", spec.ty.word()));
            return None;
        }
        Some(_) => {}
    }
    spec
}

/// A clock and where it stands.
struct Place<'a> {
    state: &'a State,
    path: &'a str,
    rule: &'a ClockRule,
}

fn consequences(work: &mut Work<'_>, book: &Rulebook, place: &Place<'_>) {
    let Place { state, path, rule } = *place;
    accepted(work, book, place, &rule.event);
    if rule.fire == rule.event {
        // Without `as` silence is nobody's act, so a clock must be allowed to do it.
        let by_clock = |alternatives: &Vec<Alternative>| alternatives.iter().any(|a| a.by.iter().any(|w| w == "clock"));
        if state.on.get(&rule.event).is_some_and(|alternatives| !by_clock(alternatives)) {
            let message = format!("`{0}` is an act of others: write `fire = \"…\", as = \"{0}\"`", rule.event);
            work.find(&format!("{path}.fire"), message);
        }
    } else if rule.rule.is_none() {
        work.find(path, format!("silence counts as `{}` only by a rule: `rule` is missing", rule.event));
    }
    let states = keys(&book.states);
    for (to, consequence) in &rule.may_end_in {
        let path = format!("{path}.may_end_in.{to}");
        work.require(&path, "state", to, &states);
        accepted(work, book, &Place { path: &path, ..*place }, &consequence.event);
        let leads_there = state.on.get(&consequence.event).into_iter().flatten().any(|a| a.to == *to);
        if state.on.contains_key(&consequence.event) && !leads_there {
            work.find(&path, format!("`{}` does not lead to `{to}`", consequence.event));
        }
    }
}

/// The event of an expiry must be accepted in the clock's state; a clock of the case may find it in any state.
fn accepted(work: &mut Work<'_>, book: &Rulebook, place: &Place<'_>, event: &Name) {
    let Place { state, path, rule } = *place;
    let is_accepted = match rule.scope {
        ClockScope::State => state.on.contains_key(event),
        ClockScope::Case => book.states.values().any(|s| s.on.contains_key(event)),
    };
    if !is_accepted {
        let candidates = keys(&state.on);
        work.find_near(&format!("{path}.fire"), format!("the state does not accept `{event}`"), event, &candidates);
    }
}

fn scope(work: &mut Work<'_>, book: &Rulebook, (state, clock): (&Name, &Name), path: &str, rule: &ClockRule) {
    match (&rule.until_tag, rule.scope) {
        (Some(_), ClockScope::State) => {
            work.find(&format!("{path}.until_tag"), "`until_tag` is for `scope = \"case\"`");
        }
        (Some(tag), ClockScope::Case) => {
            let tags: Vec<&str> = book.states.values().flat_map(|s| &s.tags).map(String::as_str).collect();
            work.require(&format!("{path}.until_tag"), "tag", tag, &tags);
        }
        (None, _) => {}
    }
    let is_twin = |other: &Name, s: &State| other != state && s.clocks.contains_key(clock);
    if rule.scope == ClockScope::Case && book.states.iter().any(|(other, s)| is_twin(other, s)) {
        work.find(path, format!("a clock of the case needs a name of its own: another state has `{clock}` too"));
    }
}
