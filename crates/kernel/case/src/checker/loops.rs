//! Ways on which clocks go round. One that passes a guard on a count which it adds to ends; so does a reminder while a child is awaited.

use super::walk::{Edge, Machine, Walk};
use super::{Fault, FaultKind};
use crate::finding::{PathStep, Via};
use crate::model::ClockRule;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Edges by the node they leave.
type Arcs<'e> = Vec<(usize, &'e Edge)>;

/// Every group of states that clocks may circle in for ever, and every one that they may circle in at one instant.
pub(super) fn faults(machine: &Machine<'_>, walk: &Walk<'_>) -> Vec<Fault> {
    let silent = |keep: &dyn Fn(&Edge) -> bool| -> Arcs<'_> {
        let all = walk.edges.iter().enumerate().flat_map(|(from, edges)| edges.iter().map(move |e| (from, e)));
        all.filter(|(_, e)| e.is_silent && keep(e)).collect()
    };
    let is_instant = |e: &Edge| e.clock.is_some_and(|i| may_be_instant(machine.clocks[i].2));
    let mut out = circles(walk, silent(&|e| !e.is_excused), FaultKind::Loop);
    out.extend(circles(walk, silent(&is_instant), FaultKind::Spin));
    out
}

/// Whether the clock may be due the moment it starts: it counts to or from a moment that may have passed.
fn may_be_instant(rule: &ClockRule) -> bool {
    let lengths = std::iter::once(&rule.after).chain(rule.alt.iter().map(|a| &a.after));
    let is_moment = |text: &String| text.trim().starts_with("at ") || text.trim().starts_with("T+0 ");
    rule.anchor.is_some() || lengths.into_iter().any(is_moment)
}

fn circles(walk: &Walk<'_>, arcs: Arcs<'_>, kind: FaultKind) -> Vec<Fault> {
    let mut seen: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    let mut out = Vec::new();
    let arcs = unbounded(walk.nodes.len(), arcs);
    let groups = groups(walk.nodes.len(), &arcs);
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (from, edge) in &arcs {
        if groups[*from] == groups[edge.to] {
            members.entry(groups[*from]).or_default().push(*from);
        }
    }
    let mut rings: Vec<Vec<usize>> = members.into_values().collect();
    for ring in &mut rings {
        ring.sort_unstable();
    }
    rings.sort();
    for ring in rings {
        // Nodes are numbered by their distance from the start, so the first is the nearest.
        let first = ring[0];
        if !seen.insert(ring.iter().map(|n| walk.nodes[*n].state).collect()) {
            continue;
        }
        let round = round_trip(walk, &arcs, first);
        let mut path = walk.path_to(first);
        let clock = round.iter().find_map(|step| match &step.via {
            Via::Clock(name) => Some(format!("state.{}.clock.{name}", step.from)),
            _ => None,
        });
        let state = walk.nodes[first].state.to_owned();
        path.extend(round);
        out.push(Fault {
            kind,
            place: clock.unwrap_or_else(|| format!("state.{state}")),
            state,
            message: message(kind).to_owned(),
            path,
        });
    }
    out
}

const fn message(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Spin => "clocks may go round here without time passing",
        _ => "clocks alone may go round here for ever: bound it by a count, or let one lead to an end",
    }
}

/// Drops every arc that can be taken only so many times: it is guarded by a count, and every way back to it adds to that count.
fn unbounded(nodes: usize, mut arcs: Arcs<'_>) -> Arcs<'_> {
    loop {
        let groups = groups(nodes, &arcs);
        arcs.retain(|(from, e)| groups[*from] == groups[e.to]);
        let is_bounded = |(from, edge): &(usize, &Edge)| {
            edge.bounded.iter().any(|count| {
                let keeps = |e: &Edge| !e.counted.contains(count);
                !keeps(edge) || !way(nodes, &arcs, edge.to, &keeps)[*from]
            })
        };
        let bounded: Vec<bool> = arcs.iter().map(is_bounded).collect();
        if !bounded.contains(&true) {
            return arcs;
        }
        let mut dropped = bounded.into_iter();
        arcs.retain(|_| dropped.next() != Some(true));
    }
}

/// Nodes that can be reached from `from` by arcs that `keep` allows.
fn way(nodes: usize, arcs: &Arcs<'_>, from: usize, keep: &dyn Fn(&Edge) -> bool) -> Vec<bool> {
    let mut ahead: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (at, edge) in arcs.iter().filter(|(_, e)| keep(e)) {
        ahead[*at].push(edge.to);
    }
    let mut reached = vec![false; nodes];
    let mut queue = vec![from];
    while let Some(at) = queue.pop() {
        if !std::mem::replace(&mut reached[at], true) {
            queue.extend(&ahead[at]);
        }
    }
    reached
}

/// For each node the number of its group: nodes of one group can all reach each other (Kosaraju's two passes).
fn groups(nodes: usize, arcs: &Arcs<'_>) -> Vec<usize> {
    let (mut ahead, mut back) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
    for (from, edge) in arcs {
        ahead[*from].push(edge.to);
        back[edge.to].push(*from);
    }
    let mut order = Vec::with_capacity(nodes);
    let mut seen = vec![false; nodes];
    for root in 0..nodes {
        finish(root, &ahead, &mut seen, &mut order);
    }
    let mut group = vec![usize::MAX; nodes];
    for root in order.into_iter().rev() {
        let mut queue = vec![root];
        while let Some(at) = queue.pop() {
            if group[at] == usize::MAX {
                group[at] = root;
                queue.extend(&back[at]);
            }
        }
    }
    group
}

/// Depth first from `root`, without recursion; nodes join `order` when all behind them are done.
fn finish(root: usize, ahead: &[Vec<usize>], seen: &mut [bool], order: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[root], true) {
        return;
    }
    let mut stack = vec![(root, 0)];
    while let Some((at, next)) = stack.last_mut() {
        let Some(to) = ahead[*at].get(*next).copied() else {
            order.push(*at);
            stack.pop();
            continue;
        };
        *next += 1;
        if !std::mem::replace(&mut seen[to], true) {
            stack.push((to, 0));
        }
    }
}

/// The shortest way from `start` back to itself.
fn round_trip(walk: &Walk<'_>, arcs: &Arcs<'_>, start: usize) -> Vec<PathStep> {
    let mut came_from: BTreeMap<usize, (usize, &Via)> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for (_, edge) in arcs.iter().filter(|(from, _)| *from == at) {
            if came_from.contains_key(&edge.to) {
                continue;
            }
            came_from.insert(edge.to, (at, &edge.via));
            if edge.to == start {
                queue.clear();
                break;
            }
            queue.push_back(edge.to);
        }
        if came_from.contains_key(&start) {
            break;
        }
    }
    let mut path = Vec::new();
    let mut at = start;
    while let Some((from, via)) = came_from.get(&at) {
        path.push(walk.step(*from, via, at));
        at = *from;
        if at == start {
            break;
        }
    }
    path.reverse();
    path
}
