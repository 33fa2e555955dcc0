//! Where cases of a kind can be: states with the clocks that are live there, and every step between them.

use crate::compiled::Compiled;
use crate::finding::{PathStep, Via};
use crate::guard::bounds::bounded_counts;
use crate::guard::outcomes::{Outcomes, outcomes};
use crate::model::{Alternative, ClockRule, ClockScope, Name, State};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Most nodes of one machine: beyond, its clocks combine in too many ways to be judged.
pub(super) const NODES_MAX: usize = 20_000;

/// A rulebook prepared for walking.
pub(super) struct Machine<'a> {
    pub(super) book: &'a Compiled,
    /// All clocks with the state that starts them.
    pub(super) clocks: Vec<(&'a Name, &'a Name, &'a ClockRule)>,
    /// Kinds of children that end by clocks alone.
    ends: &'a BTreeSet<Name>,
    rows: HashMap<&'a str, HashMap<&'a str, Outcomes>>,
}

/// Where a case can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node<'a> {
    pub(super) state: &'a str,
    /// Positions in [`Machine::clocks`].
    pub(super) live: BTreeSet<usize>,
    /// Whether the child that the state waits for is still under way, and surely ends.
    pub(super) waits: bool,
}

/// A step.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) via: Via,
    pub(super) to: usize,
    /// The clock that ran out.
    pub(super) clock: Option<usize>,
    /// Whether it happens although nobody acts.
    pub(super) is_silent: bool,
    /// Whether the end of a child bounds it: a reminder while waiting.
    pub(super) is_excused: bool,
    /// Counts that must be below a constant here.
    pub(super) bounded: BTreeSet<String>,
    /// Counts that the step adds to.
    pub(super) counted: BTreeSet<Name>,
}

impl<'a> Machine<'a> {
    pub(super) fn new(book: &'a Compiled, ends: &'a BTreeSet<Name>) -> Self {
        let states = &book.book().states;
        let clocks =
            states.iter().flat_map(|(state, s)| s.clocks.iter().map(move |(name, rule)| (state, name, rule))).collect();
        let mut machine = Self { book, clocks, ends, rows: HashMap::new() };
        for (name, state) in states {
            for (event, row) in &state.on {
                let outcomes = machine.outcomes(row.iter());
                machine.rows.entry(name).or_default().insert(event, outcomes);
            }
        }
        machine
    }

    fn outcomes<'r>(&self, row: impl Iterator<Item = &'r Alternative>) -> Outcomes {
        let guards: Vec<_> = row.map(|a| a.when.as_deref().and_then(|text| self.book.guard(text))).collect();
        outcomes(&guards, self.book.vocabulary().facts)
    }

    /// What an event can come to when nobody is turned away for who they are (clocks, ends of children); none if it is not accepted.
    pub(super) fn row(&self, state: &str, event: &str) -> Option<&Outcomes> {
        self.rows.get(state)?.get(event)
    }

    pub(super) fn state(&self, name: &str) -> Option<&'a State> {
        self.book.book().states.get(name)
    }

    fn start(&self) -> Node<'a> {
        self.entered(&self.book.book().start, &BTreeSet::new())
    }

    /// A state just entered, with the clocks of the case that were live before.
    fn entered(&self, state: &'a str, before: &BTreeSet<usize>) -> Node<'a> {
        let Some(rules) = self.state(state).filter(|s| !s.is_final) else {
            return Node { state, live: BTreeSet::new(), waits: false };
        };
        let survives = |rule: &ClockRule| {
            rule.scope == ClockScope::Case && !rule.until_tag.as_ref().is_some_and(|tag| rules.tags.contains(tag))
        };
        let is_live = |i: &usize| {
            let (owner, _, rule) = self.clocks[*i];
            owner == state || (before.contains(i) && survives(rule))
        };
        let waits = rules.waits_for.as_ref().is_some_and(|child| self.ends.contains(child));
        Node { state, live: (0..self.clocks.len()).filter(is_live).collect(), waits }
    }

    /// The node behind an alternative; the clock or child that brought it about is used up.
    fn behind(&self, node: &Node<'a>, alternative: &'a Alternative, spent: &Via, clock: Option<usize>) -> Node<'a> {
        let mut live = node.live.clone();
        if let Some(i) = clock {
            live.remove(&i);
        }
        if alternative.to != node.state || alternative.restart {
            return self.entered(&alternative.to, &live);
        }
        Node { state: node.state, live, waits: node.waits && !matches!(spent, Via::Child(_)) }
    }

    /// Every step out of a node, with the node behind.
    fn steps(&self, node: &Node<'a>) -> Vec<(Node<'a>, Edge)> {
        let mut out = Vec::new();
        let Some(state) = self.state(node.state) else { return out };
        for (event, row) in &state.on {
            let child = state.waits_for.as_deref().filter(|kind| event.strip_suffix(".done") == Some(kind));
            match child {
                Some(kind) => self.child_steps(node, (kind, event, row), &mut out),
                None => self.act_steps(node, (event, row), &mut out),
            }
        }
        for clock in &node.live {
            let (_, name, rule) = self.clocks[*clock];
            let Some(row) = state.on.get(&rule.event) else { continue };
            let via = Via::Clock(name.clone());
            let Some(outcomes) = self.row(node.state, &rule.event) else { continue };
            for (i, alternative) in row.iter().enumerate().filter(|(i, _)| outcomes.is_possible[*i]) {
                let to = self.behind(node, alternative, &via, Some(*clock));
                let counted = BTreeSet::from([rule.event.clone(), rule.fire.clone()]);
                let is_excused = node.waits && to.state == node.state;
                let bounded = self.bounded(&row[..=i]);
                let edge = Edge {
                    via: via.clone(),
                    to: 0,
                    clock: Some(*clock),
                    is_silent: true,
                    is_excused,
                    bounded,
                    counted,
                };
                out.push((to, edge));
            }
        }
        out
    }

    /// An alternative is reached where its guard holds and those before it do not.
    fn bounded(&self, row: &[Alternative]) -> BTreeSet<String> {
        let guards = row.iter().map(|a| a.when.as_deref().and_then(|text| self.book.guard(text)));
        let last = row.len().saturating_sub(1);
        guards.enumerate().filter_map(|(i, g)| Some(bounded_counts(g?, i == last))).flatten().collect()
    }

    /// Acts of people, providers and effects. An alternative is open to whom none of those before it, open to them too, already serves.
    fn act_steps(&self, node: &Node<'a>, (event, row): (&'a Name, &'a [Alternative]), out: &mut Vec<(Node<'a>, Edge)>) {
        let via = Via::Act(event.clone());
        for (i, alternative) in row.iter().enumerate() {
            let mut words = alternative.by.iter().filter(|w| *w != "clock");
            let is_possible = words.any(|word| {
                let open = row[..=i].iter().filter(|a| a.by.contains(word));
                self.outcomes(open).is_possible.last() == Some(&true)
            });
            if is_possible {
                let edge = Edge {
                    via: via.clone(),
                    to: 0,
                    clock: None,
                    is_silent: false,
                    is_excused: false,
                    bounded: BTreeSet::new(),
                    counted: BTreeSet::from([event.clone()]),
                };
                out.push((self.behind(node, alternative, &via, None), edge));
            }
        }
    }

    /// The end of the awaited child. It may also come where the child is not known to end, so it is a step, but then no silent one.
    fn child_steps(
        &self,
        node: &Node<'a>,
        (kind, event, row): (&str, &'a Name, &'a [Alternative]),
        out: &mut Vec<(Node<'a>, Edge)>,
    ) {
        let via = Via::Child(kind.to_owned());
        let Some(outcomes) = self.row(node.state, event) else { return };
        let is_silent = node.waits;
        let edge = |i: usize| Edge {
            via: via.clone(),
            to: 0,
            clock: None,
            is_silent,
            is_excused: false,
            bounded: self.bounded(&row[..=i]),
            counted: BTreeSet::from([event.clone()]),
        };
        for (i, alternative) in row.iter().enumerate().filter(|(i, _)| outcomes.is_possible[*i]) {
            out.push((self.behind(node, alternative, &via, None), edge(i)));
        }
        // A refused end is dropped and never comes again.
        if outcomes.can_refuse && node.waits {
            let dropped = Edge { bounded: BTreeSet::new(), counted: BTreeSet::new(), ..edge(0) };
            out.push((Node { waits: false, ..node.clone() }, dropped));
        }
    }
}

/// All nodes that a new case can come to, nearest first.
pub(super) struct Walk<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) edges: Vec<Vec<Edge>>,
    came_from: Vec<Option<(usize, Via)>>,
}

impl<'a> Walk<'a> {
    /// Breadth first, so the way back from any node is a shortest one. `None` beyond [`NODES_MAX`].
    pub(super) fn of(machine: &Machine<'a>) -> Option<Self> {
        let start = machine.start();
        let mut walk = Self { nodes: vec![start.clone()], edges: vec![], came_from: vec![None] };
        let mut known: HashMap<Node<'a>, usize> = HashMap::from([(start, 0)]);
        let mut queue = VecDeque::from([0]);
        while let Some(at) = queue.pop_front() {
            let mut edges = Vec::new();
            for (to, mut edge) in machine.steps(&walk.nodes[at].clone()) {
                edge.to = *known.entry(to).or_insert_with_key(|node| {
                    walk.nodes.push(node.clone());
                    walk.came_from.push(Some((at, edge.via.clone())));
                    queue.push_back(walk.nodes.len() - 1);
                    walk.nodes.len() - 1
                });
                edges.push(edge);
            }
            // The queue is in the order of the nodes, so this is the list of node `at`.
            walk.edges.push(edges);
            if walk.nodes.len() > NODES_MAX {
                return None;
            }
        }
        Some(walk)
    }

    /// A shortest way from a new case to the node.
    pub(super) fn path_to(&self, node: usize) -> Vec<PathStep> {
        let mut path = Vec::new();
        let mut at = node;
        while let Some((from, via)) = &self.came_from[at] {
            path.push(self.step(*from, via, at));
            at = *from;
        }
        path.reverse();
        path
    }

    /// A step between two nodes, as findings show it.
    pub(super) fn step(&self, from: usize, via: &Via, to: usize) -> PathStep {
        PathStep { from: self.nodes[from].state.to_owned(), via: via.clone(), to: self.nodes[to].state.to_owned() }
    }
}
