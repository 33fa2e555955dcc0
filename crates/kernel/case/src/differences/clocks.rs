//! Deadlines.

use super::words::{self, same, say};
use super::{Difference, Place, Topic};
use crate::model::{AltLength, ClockRule, Rulebook, State};
use xr_base::locale::Text;

/// Every clock of a state that is another in the second book.
pub(super) fn compare(out: &mut Vec<Difference>, at: &Place<'_>, (a, old): (&Rulebook, &State), new: &State) {
    for (name, after) in &new.clocks {
        let text = match old.clocks.get(name) {
            Some(before) if before == after => continue,
            Some(before) => changed(at.book, (a, before), after),
            None => ended(at.book, &say("clock_new", &[("text", &length(after))]), after),
        };
        out.push(at.tell(Topic::Clock, name, text, after.rule.as_ref()));
    }
    for (name, before) in old.clocks.iter().filter(|(name, _)| !new.clocks.contains_key(*name)) {
        out.push(at.tell(Topic::Clock, name, say("clock_gone", &[("text", &length(before))]), None));
    }
}

/// What happens at the end, and by which rule.
fn ended(book: &Rulebook, text: &Text, clock: &ClockRule) -> Text {
    let event = words::event_label(book, &clock.fire);
    words::with_rule(say("ended", &[("text", text), ("event", &event)]), clock.rule.as_ref())
}

/// The length with those that facts replace it by.
fn length(clock: &ClockRule) -> Text {
    let own = words::length(&clock.after);
    let alt =
        |alt: &AltLength| say("alt", &[("guard", &words::guard(&alt.when)), ("length", &words::length(&alt.after))]);
    let all: Vec<Text> = clock.alt.iter().map(alt).collect();
    if all.is_empty() {
        return own;
    }
    say("with_alt", &[("length", &own), ("alt", &words::joined(&all, "comma"))])
}

fn changed(book: &Rulebook, (a, old): (&Rulebook, &ClockRule), new: &ClockRule) -> Text {
    let mut parts = Vec::new();
    let mut part = |key: &str, old: &Text, new: &Text| {
        if old != new {
            let text = words::changed(old, new);
            parts.push(if key.is_empty() { text } else { say(key, &[("text", &text)]) });
        }
    };
    part("", &length(old), &length(new));
    part("calendar", &words::calendar(&old.calendar), &words::calendar(&new.calendar));
    part("anchor", &anchor(old), &anchor(new));
    part("grace", &optional(old.grace.as_deref()), &optional(new.grace.as_deref()));
    part("stops", &stops(old), &stops(new));
    part("warns", &percents(old), &percents(new));
    part("end", &words::event_label(a, &old.fire), &words::event_label(book, &new.fire));
    part("paused", &names(&old.pause_while), &names(&new.pause_while));
    if parts.is_empty() && old.rule != new.rule {
        let rule = |clock: &ClockRule| clock.rule.as_deref().map_or_else(none, same);
        let rules = words::changed(&rule(old), &rule(new));
        let event = words::event_label(book, &new.fire);
        return say("cited_only", &[("text", &length(new)), ("event", &event), ("rules", &rules)]);
    }
    let text = if parts.is_empty() { say("other", &[]) } else { words::joined(&parts, "comma") };
    ended(book, &text, new)
}

fn none() -> Text {
    say("none", &[])
}

fn optional(length: Option<&str>) -> Text {
    length.map_or_else(none, words::length)
}

fn anchor(clock: &ClockRule) -> Text {
    let text = clock.anchor.as_deref().map_or_else(|| say("entered", &[]), same);
    match clock.or_entered.as_deref().map(words::length) {
        Some(longer) => say("or_entered", &[("text", &text), ("length", &longer)]),
        None => text,
    }
}

fn listed(parts: &[Text]) -> Text {
    if parts.is_empty() { none() } else { words::joined(parts, "listed") }
}

fn stops(clock: &ClockRule) -> Text {
    let spans: Vec<Text> = clock.pauses.iter().map(|(from, to)| same(&format!("{from}–{to}"))).collect();
    listed(&spans)
}

fn percents(clock: &ClockRule) -> Text {
    let all: Vec<Text> = clock.warn_at.iter().map(|p| same(&format!("{p}%"))).collect();
    listed(&all)
}

fn names(groups: &[String]) -> Text {
    let all: Vec<Text> = groups.iter().map(|group| same(group)).collect();
    listed(&all)
}
