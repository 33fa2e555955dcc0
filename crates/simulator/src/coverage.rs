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
    /// What was never taken: `machine.state --event--> target` and `machine.state.clock.name`.
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
        coverage
    }

    /// Counts a step of a case.
    pub fn take(&mut self, book: &Compiled, row: &HistoryRow) {
        let kind = &book.book().kind;
        let edge = (kind.clone(), row.from_state.clone(), row.taken_as.clone(), row.to_state.clone());
        if let Some(times) = self.edges.get_mut(&edge) {
            *times += 1;
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
    }

    /// In figures.
    pub fn covered(&self) -> Covered {
        let edges =
            self.edges.iter().filter(|(_, n)| **n == 0).map(|((m, s, e, t), _)| format!("{m}.{s} --{e}--> {t}"));
        let clocks = self.clocks.iter().filter(|(_, n)| **n == 0).map(|((m, s, c), _)| format!("{m}.{s}.clock.{c}"));
        Covered {
            transitions_taken: self.edges.values().filter(|n| **n > 0).count(),
            transitions: self.edges.len(),
            clocks_taken: self.clocks.values().filter(|n| **n > 0).count(),
            clocks: self.clocks.len(),
            missing: edges.chain(clocks).collect(),
        }
    }
}
