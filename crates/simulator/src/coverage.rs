//! Which transitions and clocks of the shipped machines a run has taken.

use serde::Serialize;
use std::collections::BTreeMap;
use xr_case::Compiled;
use xr_case::engine::HistoryRow;

/// Machine, state, event, target.
type Edge = (String, String, String, String);
/// Machine, state, clock.
type Clock = (String, String, String);

/// How often each transition and each clock was taken, under whichever pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    edges: BTreeMap<Edge, u64>,
    clocks: BTreeMap<Clock, u64>,
    /// Steps from a state (machine, state) to the nearest one that has a way never gone; 0 at such a state.
    distances: BTreeMap<(String, String), u64>,
}

/// Coverage in figures, with what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// Transitions taken at least once.
    pub transitions_taken: usize,
    /// Transitions that the machines have.
    pub transitions: usize,
    /// Clocks that ran out at least once.
    pub clocks_taken: usize,
    /// Clocks that the machines have.
    pub clocks: usize,
    /// How often each was taken, by `machine.state --event--> target` and `machine.state.clock.name`.
    pub times: BTreeMap<String, u64>,
    /// Those never taken.
    pub missing: Vec<String>,
}

fn key(parts: [&str; 3]) -> Clock {
    parts.map(str::to_owned).into()
}

impl Coverage {
    /// Nothing taken yet of these books; the same machine under several packs counts once.
    pub fn of<'b>(books: impl IntoIterator<Item = &'b Compiled>) -> Self {
        let mut coverage = Self::default();
        for book in books.into_iter().map(Compiled::book) {
            for (name, state) in &book.states {
                for (event, alternatives) in &state.on {
                    for to in alternatives.iter().map(|a| &a.to) {
                        let edge = (book.kind.clone(), name.clone(), event.clone(), to.clone());
                        coverage.edges.entry(edge).or_default();
                    }
                }
                for clock in state.clocks.keys() {
                    coverage.clocks.entry(key([&book.kind, name, clock])).or_default();
                }
            }
        }
        coverage.measure();
        coverage
    }

    /// Distances anew, after a way was gone for the first time.
    fn measure(&mut self) {
        let new = self.edges.iter().filter(|(_, times)| **times == 0);
        self.distances = new.map(|((machine, state, ..), _)| ((machine.clone(), state.clone()), 0)).collect();
        for steps in 1..=self.edges.len() as u64 {
            let known = &self.distances;
            let is_known = |m: &String, s: &String| known.contains_key(&(m.clone(), s.clone()));
            let nearer = self.edges.keys().filter(|(m, s, _, to)| is_known(m, to) && !is_known(m, s));
            let found: Vec<_> = nearer.map(|(m, s, ..)| ((m.clone(), s.clone()), steps)).collect();
            if found.is_empty() {
                return;
            }
            self.distances.extend(found);
        }
    }

    /// How many transitions of a machine were never taken.
    pub fn unseen(&self, machine: &str) -> usize {
        self.edges.iter().filter(|((m, ..), times)| m == machine && **times == 0).count()
    }

    /// Whether `event` may bring a case nearer to something never done, and how often it was done: `None` if it does not.
    pub fn leads_on(&self, machine: &str, state: &str, event: &str) -> Option<u64> {
        let distance = |state: &str| self.distances.get(&(machine.to_owned(), state.to_owned())).copied();
        let here = distance(state).unwrap_or(u64::MAX);
        let ways = self.edges.iter().filter(|((m, s, e, _), _)| m == machine && s == state && e == event);
        let mut is_nearer = false;
        let mut done = 0;
        for ((_, _, _, to), times) in ways {
            is_nearer |= distance(to).is_some_and(|there| there < here);
            done += times;
        }
        is_nearer.then_some(done)
    }

    /// Counts a step of a case.
    pub fn take(&mut self, book: &Compiled, row: &HistoryRow) {
        let kind = &book.book().kind;
        let edge = (kind.clone(), row.from_state.clone(), row.taken_as.clone(), row.to_state.clone());
        let is_first = self.edges.get_mut(&edge).is_some_and(|times| {
            *times += 1;
            *times == 1
        });
        if is_first {
            self.measure();
        }
        let clocks = book.state(&row.from_state).into_iter().flat_map(|s| &s.clocks);
        for (name, _) in clocks.filter(|(_, rule)| row.clock_id.is_some() && rule.fire == row.event) {
            if let Some(times) = self.clocks.get_mut(&key([kind, &row.from_state, name])) {
                *times += 1;
            }
        }
    }

    /// Whether some way that `event` may go from `state` was never gone.
    pub fn is_new(&self, machine: &str, state: &str, event: &str) -> bool {
        let of = |(m, s, e, _): &Edge| m == machine && s == state && e == event;
        self.edges.iter().any(|(edge, times)| *times == 0 && of(edge))
    }

    /// Whether `event` never led from `state` to `to`, though it may.
    pub fn is_unseen(&self, machine: &str, state: &str, event: &str, to: &str) -> bool {
        self.edges.get(&(machine.to_owned(), state.to_owned(), event.to_owned(), to.to_owned())) == Some(&0)
    }

    /// Whether some clock of `state` never ran out, or some way of its consequence was never gone.
    pub fn is_silence_new(&self, book: &Compiled, state: &str) -> bool {
        let kind = &book.book().kind;
        book.state(state).into_iter().flat_map(|s| &s.clocks).any(|(name, rule)| {
            self.clocks.get(&key([kind, state, name])) == Some(&0) || self.is_new(kind, state, &rule.event)
        })
    }

    /// Adds what another run has taken.
    pub fn merge(&mut self, other: &Self) {
        for (edge, times) in &other.edges {
            *self.edges.entry(edge.clone()).or_default() += times;
        }
        for (clock, times) in &other.clocks {
            *self.clocks.entry(clock.clone()).or_default() += times;
        }
        self.measure();
    }

    /// In figures.
    pub fn covered(&self) -> Covered {
        let edges = self.edges.iter().map(|((m, s, e, t), n)| (format!("{m}.{s} --{e}--> {t}"), *n));
        let clocks = self.clocks.iter().map(|((m, s, c), n)| (format!("{m}.{s}.clock.{c}"), *n));
        let times: BTreeMap<String, u64> = edges.chain(clocks).collect();
        Covered {
            transitions_taken: self.edges.values().filter(|n| **n > 0).count(),
            transitions: self.edges.len(),
            clocks_taken: self.clocks.values().filter(|n| **n > 0).count(),
            clocks: self.clocks.len(),
            missing: times.iter().filter(|(_, n)| **n == 0).map(|(what, _)| what.clone()).collect(),
            times,
        }
    }
}
