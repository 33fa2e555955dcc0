//! What a pack changes on a machine.

use super::{Work, keys};
use crate::finding::nearest;
use crate::model::{Alternative, ClockRule, Consequence, Rulebook};
use crate::parse::{ClockPatch, GuardPatch, RawPack, Target};

/// Applies all patches of `pack` for this kind.
pub(super) fn apply(work: &mut Work<'_>, book: &mut Rulebook, pack: &RawPack) {
    let kind = book.kind.clone();
    for patch in pack.clocks.iter().filter(|p| p.target.kind == kind) {
        clock(work, book, pack, patch);
    }
    for patch in pack.guards.iter().filter(|p| p.target.kind == kind) {
        guard(work, book, pack, patch);
    }
}

fn clock(work: &mut Work<'_>, book: &mut Rulebook, pack: &RawPack, patch: &ClockPatch) {
    let target = &patch.target;
    let Some(state) = book.states.get_mut(&target.state) else { return no_state(work, book, pack, target) };
    let names = keys(&state.clocks).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let Some(rule) = state.clocks.get_mut(&target.name) else {
        return stray(work, pack, target, "clock", &names);
    };
    let item = format!("state.{}.clock.{}", target.state, target.name);
    take_over(work, pack, target, &item);
    set(&mut rule.after, patch.after.as_ref());
    set(&mut rule.calendar, patch.calendar.as_ref());
    set(&mut rule.warn_at, patch.warn_at.as_ref());
    set(&mut rule.alt, patch.alt.as_ref());
    set_opt(&mut rule.or_entered, patch.or_entered.as_ref());
    set_opt(&mut rule.rule, patch.rule.as_ref());
    set_opt(&mut rule.grace, patch.grace.as_ref());
    if let Some(names) = &patch.pauses {
        let known: Vec<&str> = keys(&pack.pauses);
        rule.pauses.clear();
        for name in names {
            work.require(&format!("{item}.pauses"), "[pause] of this pack", name, &known);
            rule.pauses.extend(pack.pauses.get(name).cloned());
        }
    }
    if let Some(end) = &patch.end {
        let choice = chosen_end(work, rule, end, &item);
        let is_default = state.on.get(&rule.event).is_some_and(|list| list.iter().any(|a| a.to == *end));
        match choice {
            Some(chosen) => {
                work.replaced.push(rule.fire.clone());
                let fire = std::mem::replace(&mut rule.fire, chosen.fire);
                let event = std::mem::replace(&mut rule.event, chosen.event);
                // A pack above may go back to what this one put aside.
                for alternative in state.on.get(&event).into_iter().flatten() {
                    let aside = Consequence { fire: fire.clone(), event: event.clone() };
                    rule.may_end_in.entry(alternative.to.clone()).or_insert(aside);
                }
            }
            None if is_default => {}
            None => {
                let known = keys(&rule.may_end_in);
                work.find_near(
                    &format!("{item}.end"),
                    format!("the machine does not let this clock end in `{end}`"),
                    end,
                    &known,
                );
            }
        }
    }
}

fn chosen_end(work: &mut Work<'_>, rule: &ClockRule, end: &str, path: &str) -> Option<Consequence> {
    let choice = rule.may_end_in.get(end)?;
    // The place of the consequence is now the pack's line, so that later findings point there.
    let at = work.origins.find(&format!("{path}.end"));
    work.origins.note(format!("{path}.fire"), at.clone());
    work.origins.note(format!("{path}.as"), at);
    Some(choice.clone())
}

fn guard(work: &mut Work<'_>, book: &mut Rulebook, pack: &RawPack, patch: &GuardPatch) {
    let target = &patch.target;
    let Some(state) = book.states.get_mut(&target.state) else { return no_state(work, book, pack, target) };
    let names = keys(&state.on).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let Some(alternatives) = state.on.get_mut(&target.name) else {
        return stray(work, pack, target, "event", &names);
    };
    let [Alternative { when, else_error, rule, .. }] = alternatives.as_mut_slice() else {
        let message =
            format!("`{}` has several alternatives: a pack may change the guard of an event with one", target.name);
        work.find_at(pack.origins.find(&target.path), &format!("state.{}", target.state), message);
        return;
    };
    take_over(work, pack, target, &format!("state.{}.on.{}", target.state, target.name));
    set_opt(when, patch.when.as_ref());
    set_opt(else_error, patch.else_error.as_ref());
    set_opt(rule, patch.rule.as_ref());
}

/// From here on, findings about what the patch sets point into the pack.
fn take_over(work: &mut Work<'_>, pack: &RawPack, target: &Target, path: &str) {
    for (suffix, at) in pack.origins.under(&target.path) {
        // The patch's own line says nothing about keys that it leaves to the machine.
        if !suffix.is_empty() {
            work.origins.note(format!("{path}{suffix}"), at);
        }
    }
}

fn no_state(work: &mut Work<'_>, book: &Rulebook, pack: &RawPack, target: &Target) {
    let at = pack.origins.find(&target.path);
    let finding = work.find_at(at, "", format!("the machine has no state `{}`", target.state));
    finding.suggestion = nearest(&target.state, keys(&book.states));
}

fn stray(work: &mut Work<'_>, pack: &RawPack, target: &Target, what: &str, known: &[String]) {
    let at = pack.origins.find(&target.path);
    let path = format!("state.{}", target.state);
    let finding = work.find_at(
        at,
        &path,
        format!("the state has no {what} `{}`: a pack changes what the machine has", target.name),
    );
    finding.suggestion = nearest(&target.name, known.iter().map(String::as_str));
}

fn set<T: Clone>(slot: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        slot.clone_from(value);
    }
}

fn set_opt<T: Clone>(slot: &mut Option<T>, value: Option<&T>) {
    if value.is_some() {
        *slot = value.cloned();
    }
}
