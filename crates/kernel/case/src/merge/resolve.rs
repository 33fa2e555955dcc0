//! Names of states, actors, events, effects and tags.

use super::{Parts, Work, keys};
use crate::model::{Alternative, ClockScope, EffectCall, Rulebook, State};
use crate::vocabulary::Vocabulary;
use std::collections::BTreeSet;

/// Words of `by` that need no `[actor]`.
pub(crate) const BUILT_IN: [&str; 2] = ["clock", "system"];

/// Resolves everything but clocks.
pub(super) fn resolve(work: &mut Work<'_>, book: &Rulebook, parts: &Parts<'_>) {
    if book.kind != parts.vocabulary.kind {
        work.find("machine.kind", format!("no slice declares the kind `{}`", book.kind));
    }
    let states = keys(&book.states);
    work.require("machine.start", "state", &book.start, &states);
    let mut actors = keys(&book.actors);
    actors.extend(BUILT_IN);
    for (name, state) in &book.states {
        let path = format!("state.{name}");
        if let Some(owner) = &state.owner {
            work.require(&format!("{path}.owner"), "actor", owner, &actors);
        }
        for (event, alternatives) in &state.on {
            event_name(work, &format!("{path}.on.{event}"), event, state, parts.vocabulary);
            for (i, alternative) in alternatives.iter().enumerate() {
                let path = format!("{path}.on.{event}.{i}");
                work.require(&format!("{path}.to"), "state", &alternative.to, &states);
                for word in &alternative.by {
                    work.require(&format!("{path}.by"), "actor", word, &actors);
                }
                for call in &alternative.effects {
                    effect(work, &format!("{path}.do"), call, parts);
                }
                if alternative.restart && alternative.to != *name {
                    work.find(&format!("{path}.restart"), "`restart` is for transitions into the same state");
                }
            }
        }
    }
    let carried_out: Vec<&str> = parts.effects.iter().map(|e| e.name).collect();
    for name in book.effects.keys() {
        work.require(&format!("effect.{name}"), "effect", name, &carried_out);
    }
    labels(work, book);
    tags(work, book, parts);
    grants(work, book);
}

/// Events are words of the vocabulary, ends of the awaited child, or names that only clocks fire.
fn event_name(work: &mut Work<'_>, path: &str, event: &str, state: &State, vocabulary: &Vocabulary) {
    let is_clock_only = |a: &Alternative| a.by.iter().all(|word| word == "clock");
    let is_own = state.on.get(event).is_some_and(|list| !list.is_empty() && list.iter().all(is_clock_only));
    let is_child_end = event.strip_suffix(".done").is_some_and(|kind| state.waits_for.as_deref() == Some(kind));
    if !is_own && !is_child_end {
        work.require(path, &format!("event in the vocabulary of `{}`:", vocabulary.kind), event, vocabulary.events);
    }
}

fn effect(work: &mut Work<'_>, path: &str, call: &EffectCall, parts: &Parts<'_>) {
    let Some(spec) = parts.effects.iter().find(|e| e.name == call.name) else {
        let known: Vec<&str> = parts.effects.iter().map(|e| e.name).collect();
        work.find_near(path, format!("no slice carries out the effect `{}`", call.name), &call.name, &known);
        return;
    };
    let known: Vec<&str> = spec.params.iter().map(|(name, _)| *name).collect();
    for (name, value) in &call.params {
        match spec.params.iter().find(|(n, _)| n == name) {
            None => work.find_near(path, format!("the effect `{}` has no parameter `{name}`", call.name), name, &known),
            Some((_, ty)) if !ty.admits(value) => {
                work.find(path, format!("the parameter `{name}` of `{}` must be of type {}", call.name, ty.word()));
            }
            Some(_) => {}
        }
    }
    for name in known.iter().filter(|n| !call.params.contains_key(**n)) {
        work.find(path, format!("the effect `{}` needs the parameter `{name}`", call.name));
    }
}

/// Every event and expiry has a label, and every label belongs to one.
fn labels(work: &mut Work<'_>, book: &Rulebook) {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut missing: Vec<(String, &str)> = Vec::new();
    for (name, state) in &book.states {
        let of_events = state.on.keys().map(|event| (format!("state.{name}.on.{event}"), event.as_str()));
        let of_clocks = state.clocks.iter().flat_map(|(clock, rule)| {
            let fires = std::iter::once(&rule.fire).chain(rule.may_end_in.values().map(|c| &c.fire));
            fires.map(move |fire| (format!("state.{name}.clock.{clock}.fire"), fire.as_str()))
        });
        for (path, event) in of_events.chain(of_clocks) {
            if used.insert(event) && !book.events.contains_key(event) {
                missing.push((path, event));
            }
        }
    }
    let labelled = keys(&book.events);
    for (path, event) in missing {
        work.find_near(
            &path,
            format!("the event `{event}` has no label: `[event.{event}]` is missing"),
            event,
            &labelled,
        );
    }
    let candidates: Vec<&str> = used.iter().copied().collect();
    for label in labelled {
        if used.contains(label) || work.replaced.iter().any(|fire| fire == label) {
            continue;
        }
        work.find_near(&format!("event.{label}"), format!("nothing uses the event `{label}`"), label, &candidates);
    }
}

/// Where something is granted nobody comes by silence, whatever machine or pack says so.
const GRANTED: &str = "granted";

fn grants(work: &mut Work<'_>, book: &Rulebook) {
    let is_granted = |to: &str| book.states.get(to).is_some_and(|state| state.tags.iter().any(|tag| tag == GRANTED));
    for (name, state) in &book.states {
        for (clock, rule) in &state.clocks {
            // A clock of the case may run out in any state that takes its event.
            let others = book.states.iter().filter(|(other, _)| *other == name || rule.scope == ClockScope::Case);
            let mut ways =
                others.flat_map(|(from, s)| s.on.get(&rule.event).into_iter().flatten().map(move |way| (from, way)));
            if let Some((_, way)) = ways.find(|(from, way)| way.to != **from && is_granted(&way.to)) {
                let message = format!("silence would lead to `{}`, which is `{GRANTED}`: only people grant", way.to);
                work.find(&format!("state.{name}.clock.{clock}"), message);
            }
        }
    }
}

fn tags(work: &mut Work<'_>, book: &Rulebook, parts: &Parts<'_>) {
    let carried: BTreeSet<&str> = book.states.values().flat_map(|s| &s.tags).map(String::as_str).collect();
    let candidates: Vec<&str> = carried.iter().copied().collect();
    let of_machine = parts.machine.requires_tags.iter().map(String::as_str);
    for tag in of_machine.chain(parts.vocabulary.tags.iter().copied()) {
        if !carried.contains(tag) {
            work.find_near("machine.requires_tags", format!("no state carries the tag `{tag}`"), tag, &candidates);
        }
    }
}
