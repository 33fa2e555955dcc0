//! A second opinion on the checker, for its tests: every case is played out with concrete facts and counts, and looked at.
//!
//! It shares nothing with the checker but the rulebook: guards are asked with sample facts (every flag, every word, numbers around every
//! constant) instead of being taken apart, counts are counted, and rings are found by stripping what cannot be on one.
#![allow(clippy::unwrap_used)]

use crate::compiled::Compiled;
use crate::facts::{FactValue, Facts};
use crate::finding::{PathStep, Via};
use crate::model::{Alternative, ClockScope};
use crate::vocabulary::FactType;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A case as played.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Play {
    pub(super) state: String,
    /// Live clocks by the state that started them and name.
    live: BTreeSet<(String, String)>,
    has_child: bool,
    /// Counts that some guard asks for.
    counts: BTreeMap<String, i64>,
}

/// A move to another play.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) via: Via,
    pub(super) to: usize,
    is_silent: bool,
    is_reminder: bool,
}

/// State, event with actor, counts.
type Question = (String, String, BTreeMap<String, i64>);

/// Everything that can happen to a case.
pub(super) struct Explorer<'a> {
    book: &'a Compiled,
    child_ends: bool,
    /// Where counting stops: one more than the largest number in a guard that asks for the event's count.
    most: HashMap<String, i64>,
    /// Which alternative is taken, under every sample of facts, by state, event, counts; -1 for none.
    asked: HashMap<Question, BTreeSet<Option<usize>>>,
    pub(super) plays: Vec<Play>,
    pub(super) moves: Vec<Vec<Move>>,
    refusals: BTreeSet<String>,
}

/// What was found, by states.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) unreached: BTreeSet<String>,
    pub(super) ownerless: BTreeSet<String>,
    pub(super) stuck: BTreeSet<String>,
    pub(super) refused: BTreeSet<String>,
    pub(super) is_looping: bool,
}

impl<'a> Explorer<'a> {
    /// Plays every case of the book; children of all kinds end or none does.
    pub(super) fn new(book: &'a Compiled, child_ends: bool) -> Self {
        let rows = book.book().states.values().flat_map(|s| s.on.values()).flatten();
        let mut most = HashMap::new();
        for text in rows.filter_map(|a| a.when.as_deref()) {
            for event in text.split("counts.").skip(1).filter_map(|rest| rest.split([' ', ')']).next()) {
                let limit = numbers(text).into_iter().max().unwrap_or(0) + 1;
                let most = most.entry(event.to_owned()).or_insert(limit);
                *most = limit.max(*most);
            }
        }
        let mut explorer = Self {
            book,
            child_ends,
            most,
            asked: HashMap::new(),
            plays: vec![],
            moves: vec![],
            refusals: BTreeSet::new(),
        };
        explorer.play_all();
        explorer
    }

    fn play_all(&mut self) {
        let nothing = Play { state: String::new(), live: BTreeSet::new(), has_child: false, counts: BTreeMap::new() };
        let start = self.enter(&nothing, &self.book.book().start);
        let mut known = HashMap::from([(start.clone(), 0)]);
        self.plays.push(start);
        while self.moves.len() < self.plays.len() {
            let at = self.plays[self.moves.len()].clone();
            let mut moves = Vec::new();
            for (to, mut step) in self.possible(&at) {
                step.to = *known.entry(to.clone()).or_insert_with(|| {
                    self.plays.push(to);
                    self.plays.len() - 1
                });
                moves.push(step);
            }
            self.moves.push(moves);
        }
    }

    fn enter(&self, before: &Play, state: &str) -> Play {
        let rules = &self.book.book().states[state];
        let mut play =
            Play { state: state.to_owned(), has_child: rules.waits_for.is_some() && self.child_ends, ..before.clone() };
        if rules.is_final {
            play.live.clear();
            play.has_child = false;
            return play;
        }
        play.live.retain(|(owner, name)| {
            let clock = &self.book.book().states[owner].clocks[name];
            clock.scope == ClockScope::Case && clock.until_tag.as_ref().is_none_or(|tag| !rules.tags.contains(tag))
        });
        play.live.extend(rules.clocks.keys().map(|name| (state.to_owned(), name.clone())));
        play
    }

    fn take(&self, at: &Play, alternative: &Alternative, counted: &[&str]) -> Play {
        let mut next = at.clone();
        for event in counted.iter().collect::<BTreeSet<_>>() {
            if let Some(most) = self.most.get(*event) {
                let n = next.counts.entry((*event).to_string()).or_insert(0);
                *n = (*n + 1).min(*most);
            }
        }
        if alternative.to == at.state && !alternative.restart { next } else { self.enter(&next, &alternative.to) }
    }

    fn possible(&mut self, at: &Play) -> Vec<(Play, Move)> {
        let book = self.book.book();
        let state = &book.states[&at.state];
        let mut out = Vec::new();
        for (event, row) in &state.on {
            let child = state.waits_for.as_ref().filter(|kind| *event == format!("{kind}.done"));
            let words: BTreeSet<&String> = row.iter().flat_map(|a| &a.by).filter(|w| *w != "clock").collect();
            for word in words {
                let open: Vec<&Alternative> = row.iter().filter(|a| a.by.contains(word)).collect();
                for taken in self.ask(at, &format!("{event} by {word}"), &open) {
                    let via = child.map_or_else(|| Via::Act(event.clone()), |kind| Via::Child(kind.clone()));
                    let is_silent = child.is_some() && at.has_child;
                    let step = Move { via, to: 0, is_silent, is_reminder: false };
                    let mut next = taken.map_or_else(|| at.clone(), |i| self.take(at, open[i], &[event]));
                    if child.is_some() && next.state == at.state && !taken.is_some_and(|i| open[i].restart) {
                        next.has_child = false;
                    }
                    if taken.is_some() || is_silent {
                        out.push((next, step));
                    }
                }
            }
        }
        for (owner, name) in &at.live {
            let clock = &book.states[owner].clocks[name];
            let row: Vec<&Alternative> = state.on.get(&clock.event).into_iter().flatten().collect();
            let mut spent = at.clone();
            spent.live.remove(&(owner.clone(), name.clone()));
            for taken in self.ask(at, &format!("{} by clock", clock.event), &row) {
                let Some(i) = taken else {
                    self.refusals.insert(at.state.clone());
                    continue;
                };
                let to = self.take(&spent, row[i], &[&clock.event, &clock.fire]);
                let is_reminder = at.has_child && to.state == at.state;
                out.push((to, Move { via: Via::Clock(name.clone()), to: 0, is_silent: true, is_reminder }));
            }
        }
        out
    }

    /// Every outcome of a row under every sample.
    fn ask(&mut self, at: &Play, what: &str, row: &[&Alternative]) -> BTreeSet<Option<usize>> {
        let key = (at.state.clone(), what.to_owned(), at.counts.clone());
        if let Some(known) = self.asked.get(&key) {
            return known.clone();
        }
        let counts = |event: &str| at.counts.get(event).copied().unwrap_or(0);
        let holds = |a: &Alternative, facts: &Facts| self.book.holds(a.when.as_deref(), facts, &counts).unwrap();
        let outcomes: BTreeSet<_> =
            self.samples(row).iter().map(|facts| row.iter().position(|a| holds(a, facts))).collect();
        self.asked.insert(key, outcomes.clone());
        outcomes
    }

    /// Facts in all combinations of telling values.
    fn samples(&self, row: &[&Alternative]) -> Vec<Facts> {
        let vocabulary = self.book.vocabulary();
        let texts: Vec<&str> = row.iter().filter_map(|a| a.when.as_deref()).collect();
        let mut out = vec![Facts::of(vocabulary)];
        for spec in vocabulary.facts {
            if !texts.iter().any(|t| t.contains(&format!("facts.{}", spec.name))) {
                continue;
            }
            let mut values: Vec<FactValue> = match spec.ty {
                FactType::Bool => vec![FactValue::Bool(false), FactValue::Bool(true)],
                FactType::Int => {
                    let near = texts.iter().flat_map(|t| numbers(t)).chain([0]).flat_map(|n| [n - 1, n, n + 1]);
                    near.collect::<BTreeSet<_>>().into_iter().map(FactValue::Int).collect()
                }
                FactType::Enum(words) => words.iter().map(|w| FactValue::Text((*w).into())).collect(),
                FactType::Text => vec![FactValue::Text("".into())],
                FactType::Instant => vec![FactValue::Instant(xr_base::Instant(0))],
            };
            values.extend(spec.may_be_absent.then_some(FactValue::Absent));
            let mut next = Vec::new();
            for facts in &out {
                for value in &values {
                    let mut more = facts.clone();
                    more.insert(spec.name, value.clone()).unwrap();
                    next.push(more);
                }
            }
            out = next;
        }
        out
    }

    /// What is wrong.
    pub(super) fn verdict(&self) -> Verdict {
        let states = &self.book.book().states;
        let seen: BTreeSet<&String> = self.plays.iter().map(|p| &p.state).collect();
        let is_open = |state: &String| !states[state].is_final;
        let at = |is_wrong: &dyn Fn(usize) -> bool| -> BTreeSet<String> {
            (0..self.plays.len()).filter(|i| is_wrong(*i)).map(|i| self.plays[i].state.clone()).collect()
        };
        Verdict {
            unreached: states.keys().filter(|s| !seen.contains(s)).cloned().collect(),
            ownerless: states.iter().filter(|(n, s)| is_open(n) && s.owner.is_none()).map(|(n, _)| n.clone()).collect(),
            stuck: at(&|i| self.is_stuck(i)),
            refused: self.refusals.clone(),
            is_looping: self.is_looping(),
        }
    }

    pub(super) fn is_stuck(&self, i: usize) -> bool {
        let play = &self.plays[i];
        let is_final = self.book.book().states[&play.state].is_final;
        !is_final && play.live.is_empty() && !self.moves[i].iter().any(|m| m.is_silent)
    }

    /// Strips plays without a silent move to an unstripped one, again and again; what is left can go on for ever.
    fn is_looping(&self) -> bool {
        let mut left: BTreeSet<usize> = (0..self.plays.len()).collect();
        loop {
            let goes_on =
                |i: &usize| self.moves[*i].iter().any(|m| m.is_silent && !m.is_reminder && left.contains(&m.to));
            let next: BTreeSet<usize> = left.iter().copied().filter(goes_on).collect();
            if next.len() == left.len() {
                return !left.is_empty();
            }
            left = next;
        }
    }

    /// Plays that the steps of a path lead to, from these.
    pub(super) fn replay(&self, from: BTreeSet<usize>, path: &[PathStep]) -> BTreeSet<usize> {
        path.iter().fold(from, |at, step| {
            let here = at.into_iter().filter(|i| self.plays[*i].state == step.from);
            let moves = here.flat_map(|i| &self.moves[i]).filter(|m| m.via == step.via);
            moves.map(|m| m.to).filter(|to| self.plays[*to].state == step.to).collect()
        })
    }
}

/// Whole numbers in a guard.
fn numbers(text: &str) -> Vec<i64> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    parts.filter_map(|part| part.parse().ok()).collect()
}
