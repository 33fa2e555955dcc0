//! What is different between two rulebooks of one kind, in sentences of both languages. Computed from what cases run on, not from
//! the text of packs.

mod clocks;
#[cfg(test)]
mod tests;
mod words;

use crate::model::{Alternative, Name, Rule, Rulebook, State};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::BTreeSet;
use xr_base::locale::Text;

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A deadline: length, calendar, anchor, consequence, citation.
    Clock,
    /// What may be done, by whom, when, and where it leads.
    Act,
    /// Words that people read.
    Label,
    /// A rule's text or source.
    Rule,
    /// A state that only one of them has, or another owner.
    State,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Kind of case.
    pub kind: Name,
    /// State; none for what belongs to the whole kind.
    pub state: Option<Name>,
    /// What it is about.
    pub topic: Topic,
    /// Clock, event or rule.
    pub name: Name,
    /// Where: kind and state.
    pub place: Text,
    /// The sentence.
    pub text: Text,
    /// Rules of the second book that it cites.
    pub rules: BTreeSet<Name>,
}

/// Differences of two packs, all kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// The first pack.
    pub from: Name,
    /// The second.
    pub to: Name,
    /// In the order of machines and states.
    pub differences: Vec<Difference>,
    /// Rules cited above, with their texts.
    pub rules: IndexMap<Name, Rule>,
}

impl Differences {
    /// Compares rulebooks kind by kind; a kind that only one pack has is left out.
    pub fn of<'b>((from, to): (&str, &str), old: impl Iterator<Item = &'b Rulebook>, new: &[&'b Rulebook]) -> Self {
        let mut out = Self { from: from.to_owned(), to: to.to_owned(), ..Self::default() };
        for a in old {
            let Some(b) = new.iter().find(|b| b.kind == a.kind) else { continue };
            for difference in differences(a, b) {
                for id in &difference.rules {
                    if let Some(rule) = b.rules.get(id) {
                        out.rules.insert(id.clone(), rule.clone());
                    }
                }
                out.differences.push(difference);
            }
        }
        out
    }
}

/// What is different in `b`, seen from `a`; both of one kind.
pub fn differences(a: &Rulebook, b: &Rulebook) -> Vec<Difference> {
    let mut out = Vec::new();
    for (name, old) in &a.states {
        let at = Place { book: b, state: Some((name, &old.label)) };
        match b.states.get(name) {
            Some(new) => state(&mut out, &at, (a, old), new),
            None => out.push(at.tell(Topic::State, name, words::say("state_gone", &[]), None)),
        }
    }
    for (name, new) in b.states.iter().filter(|(name, _)| !a.states.contains_key(*name)) {
        let at = Place { book: b, state: Some((name, &new.label)) };
        out.push(at.tell(Topic::State, name, words::say("state_new", &[]), None));
    }
    let whole = Place { book: b, state: None };
    for (name, new) in &b.events {
        if let Some(old) = a.events.get(name).filter(|old| *old != new) {
            let text = words::changed(&old.label, &new.label);
            out.push(whole.tell(Topic::Label, name, text, None));
        }
    }
    for (id, new) in &b.rules {
        if let Some(old) = a.rules.get(id).filter(|old| *old != new) {
            let text = words::changed(&old.text, &new.text);
            out.push(whole.tell(Topic::Rule, id, text, Some(id)));
        }
    }
    out
}

/// Where something is different.
struct Place<'b> {
    book: &'b Rulebook,
    state: Option<(&'b Name, &'b Text)>,
}

impl Place<'_> {
    fn tell(&self, topic: Topic, name: &str, text: Text, rule: Option<&Name>) -> Difference {
        let kind = &self.book.label;
        let place = self
            .state
            .map_or_else(|| kind.clone(), |(_, label)| words::say("place", &[("kind", kind), ("state", label)]));
        Difference {
            kind: self.book.kind.clone(),
            state: self.state.map(|(name, _)| name.clone()),
            topic,
            name: name.to_owned(),
            place,
            text,
            rules: rule.into_iter().cloned().collect(),
        }
    }
}

fn state(out: &mut Vec<Difference>, at: &Place<'_>, (a, old): (&Rulebook, &State), new: &State) {
    if old.label != new.label {
        out.push(at.tell(Topic::Label, "state", words::changed(&old.label, &new.label), None));
    }
    if (&old.owner, old.rests) != (&new.owner, new.rests) {
        let owner =
            |book: &Rulebook, state: &State| words::actor(book, state.owner.as_deref().filter(|_| !state.rests));
        let text = words::say("waits", &[("text", &words::changed(&owner(a, old), &owner(at.book, new)))]);
        out.push(at.tell(Topic::State, "owner", text, None));
    }
    clocks::compare(out, at, (a, old), new);
    for (event, ways) in &new.on {
        let before = old.on.get(event).map_or(&[] as &[Alternative], Vec::as_slice);
        if before != ways.as_slice() {
            act(out, at, event, (a, before), ways);
        }
    }
    for event in old.on.keys().filter(|event| !new.on.contains_key(*event)) {
        let text = words::say("act_gone", &[("event", &words::event_label(a, event))]);
        out.push(at.tell(Topic::Act, event, text, None));
    }
}

fn act(
    out: &mut Vec<Difference>,
    at: &Place<'_>,
    event: &str,
    (a, before): (&Rulebook, &[Alternative]),
    ways: &[Alternative],
) {
    let (old, new) = (words::ways(a, before), words::ways(at.book, ways));
    let label = words::event_label(at.book, event);
    let text = if before.is_empty() {
        words::say("act_new", &[("event", &label), ("text", &new)])
    } else {
        let text = if old == new { words::say("act_same", &[]) } else { words::changed(&old, &new) };
        words::say("act", &[("event", &label), ("text", &text)])
    };
    let rule = ways.iter().find_map(|w| w.rule.as_ref());
    let text = words::with_rule(text, rule);
    out.push(at.tell(Topic::Act, event, text, rule));
}
