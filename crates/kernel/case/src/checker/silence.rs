//! What silence does: states nobody comes to, states nobody waits in, states that silence does not end, clocks that can be refused.

use super::walk::{Machine, Walk};
use super::{Fault, FaultKind};
use crate::finding::Via;
use std::collections::BTreeSet;

/// All faults of single states, in the order of the file.
pub(super) fn faults(machine: &Machine<'_>, walk: &Walk<'_>) -> Vec<Fault> {
    let mut out = unreached(machine, walk);
    out.extend(ownerless(machine, walk));
    out.extend(stuck(machine, walk));
    out.extend(refused(machine, walk));
    let order = |f: &Fault| machine.book.book().states.get_index_of(&f.state);
    out.sort_by_key(|f| (order(f), f.kind));
    out
}

/// States that no case ever comes to.
pub(super) fn unreached(machine: &Machine<'_>, walk: &Walk<'_>) -> Vec<Fault> {
    let reached: BTreeSet<&str> = walk.nodes.iter().map(|n| n.state).collect();
    let states = machine.book.book().states.keys();
    let fault = |state: &String| Fault {
        kind: FaultKind::Unreached,
        state: state.clone(),
        place: format!("state.{state}"),
        message: "no case ever comes here: nothing that can be taken leads here from the start".to_owned(),
        path: Vec::new(),
    };
    states.filter(|s| !reached.contains(s.as_str())).map(fault).collect()
}

/// Open states in which everybody can say that it is not their turn.
fn ownerless(machine: &Machine<'_>, walk: &Walk<'_>) -> Vec<Fault> {
    let mut out = Vec::new();
    for (name, state) in &machine.book.book().states {
        if state.is_final || state.owner.is_some() {
            continue;
        }
        let node = walk.nodes.iter().position(|n| n.state == name);
        out.push(Fault {
            kind: FaultKind::Ownerless,
            state: name.clone(),
            place: format!("state.{name}"),
            message: "the state has no owner: nobody is waited for".to_owned(),
            path: node.map(|n| walk.path_to(n)).unwrap_or_default(),
        });
    }
    out
}

/// Open states that a case can be in without a live clock; one fault a state, with the shortest way there.
pub(super) fn stuck(machine: &Machine<'_>, walk: &Walk<'_>) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for (i, node) in walk.nodes.iter().enumerate() {
        let Some(state) = machine.state(node.state) else { continue };
        let is_moving = !node.live.is_empty() || walk.edges[i].iter().any(|e| e.is_silent);
        if state.is_final || is_moving || !seen.insert(node.state) {
            continue;
        }
        let path = walk.path_to(i);
        let spent = path.last().filter(|step| step.from == step.to).map(|step| &step.via);
        let (place, message) = match spent {
            Some(Via::Clock(clock)) => (
                format!("state.{}.clock.{clock}", node.state),
                format!(
                    "the clock `{clock}` fires, the state stays and no clock is left: write `restart = true` or add a clock"
                ),
            ),
            Some(Via::Child(kind)) => (
                format!("state.{}.on.{kind}.done", node.state),
                format!("the end of `{kind}` may be refused or keep the state, and then no clock is left"),
            ),
            _ => (format!("state.{}", node.state), no_clock(machine, node.state)),
        };
        out.push(Fault { kind: FaultKind::Stuck, state: node.state.to_owned(), place, message, path });
    }
    out
}

fn no_clock(machine: &Machine<'_>, state: &str) -> String {
    match machine.state(state).and_then(|s| s.waits_for.as_ref()) {
        Some(child) => format!("the state has no clock, and silence does not end `{child}`: it may wait for ever"),
        None => "the state has no clock: silence leaves a case here for ever".to_owned(),
    }
}

/// Clocks that may run out where their event is unknown or a guard may refuse it; the case then stands still.
pub(super) fn refused(machine: &Machine<'_>, walk: &Walk<'_>) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for (i, node) in walk.nodes.iter().enumerate() {
        for clock in &node.live {
            let (owner, name, rule) = machine.clocks[*clock];
            let (place, message) = match machine.row(node.state, &rule.event) {
                Some(outcomes) if outcomes.can_refuse => {
                    let last = outcomes.is_possible.len().saturating_sub(1);
                    (
                        format!("state.{}.on.{}.{last}.when", node.state, rule.event),
                        format!(
                            "a guard may refuse `{}` when the clock `{name}` runs out: the last alternative needs to be unguarded",
                            rule.event
                        ),
                    )
                }
                Some(_) => continue,
                None => (
                    format!("state.{owner}.clock.{name}"),
                    format!("the clock `{name}` may run out here, and `{}` is not accepted here", rule.event),
                ),
            };
            if seen.insert((node.state, *clock)) {
                let (state, path) = (node.state.to_owned(), walk.path_to(i));
                out.push(Fault { kind: FaultKind::Refused, state, place, message, path });
            }
        }
    }
    out
}
