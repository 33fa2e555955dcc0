//! Which outcomes a row of guarded alternatives can have, whatever the facts: the checker must hold for all of them.
//!
//! Every comparison becomes a question about a few *unknowns* (a flag, an enum's word, on which side of a constant a number lies), and all
//! combinations of answers are tried. Unknowns count as independent even where facts tie them together, so an outcome may be called
//! possible that never comes; never the other way round.

use super::Guard;
use super::bounds::literal;
use super::check::Node;
use crate::vocabulary::{FactSpec, FactType};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Most combinations that are tried; rows beyond count as able to have every outcome.
const COMBINATIONS_MAX: usize = 100_000;
/// A text that no literal of a guard can be.
const OTHER: &str = "\u{0}";

/// What a row of alternatives can come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcomes {
    /// By position: whether the alternative can be the first that holds.
    pub(crate) is_possible: Vec<bool>,
    /// Whether no alternative may hold.
    pub(crate) can_refuse: bool,
}

/// An answer to one unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Bool(bool),
    Text(String),
    Int(i64),
    Order(Ordering),
}

/// Unknowns by name, each with its possible answers.
#[derive(Default)]
struct Unknowns(BTreeMap<String, BTreeSet<Answer>>);

type Answers<'u> = BTreeMap<&'u str, &'u Answer>;

/// Outcomes of alternatives that are tried in order; `None` is an alternative without guard.
pub(crate) fn outcomes(row: &[Option<&Guard>], specs: &[FactSpec]) -> Outcomes {
    let mut unknowns = Unknowns::default();
    for guard in row.iter().flatten() {
        Reading { guard, specs }.collect(&guard.root, &mut unknowns);
    }
    let combinations = unknowns.0.values().try_fold(1usize, |n, answers| n.checked_mul(answers.len()));
    if combinations.is_none_or(|n| n > COMBINATIONS_MAX) {
        let first_sure = row.iter().position(Option::is_none);
        let is_possible = (0..row.len()).map(|i| first_sure.is_none_or(|sure| i <= sure)).collect();
        return Outcomes { is_possible, can_refuse: first_sure.is_none() };
    }
    let mut out = Outcomes { is_possible: vec![false; row.len()], can_refuse: false };
    let names: Vec<(&str, Vec<&Answer>)> = unknowns.0.iter().map(|(n, a)| (n.as_str(), a.iter().collect())).collect();
    let mut turn = vec![0usize; names.len()];
    loop {
        let answers: Answers<'_> = names.iter().zip(&turn).map(|((name, all), i)| (*name, all[*i])).collect();
        let holds = |guard: Option<&Guard>| guard.is_none_or(|g| Reading { guard: g, specs }.truth(&g.root, &answers));
        match row.iter().position(|guard| holds(*guard)) {
            Some(first) => out.is_possible[first] = true,
            None => out.can_refuse = true,
        }
        // The next combination, like the wheels of a counter.
        let Some(wheel) = (0..turn.len()).find(|i| turn[*i] + 1 < names[*i].1.len()) else { return out };
        turn[..wheel].fill(0);
        turn[wheel] += 1;
    }
}

/// One guard with what its positions mean.
struct Reading<'a> {
    guard: &'a Guard,
    specs: &'a [FactSpec],
}

impl Reading<'_> {
    /// Name of a node that is the same in every guard of a row.
    fn name(&self, node: &Node) -> String {
        match node {
            Node::Count(i) => format!("counts.{}", self.guard.names.counts.get(*i).map_or("?", String::as_str)),
            Node::Fact(i) => format!("facts.{}", self.specs.get(*i).map_or("?", |s| s.name)),
            Node::Has(i) => format!("has.{}", self.specs.get(*i).map_or("?", |s| s.name)),
            Node::Int(n) => n.to_string(),
            Node::Text(s) => format!("'{s}'"),
            Node::Negate(a) => format!("-({})", self.name(a)),
            Node::Plus(a, b) => format!("({})+({})", self.name(a), self.name(b)),
            Node::Minus(a, b) => format!("({})-({})", self.name(a), self.name(b)),
            other => format!("{other:?}"),
        }
    }

    fn kind_of(&self, node: &Node) -> Sort {
        match node {
            Node::Int(_) | Node::Count(_) | Node::Negate(_) | Node::Plus(..) | Node::Minus(..) => Sort::Int,
            Node::Text(_) => Sort::Text,
            Node::Fact(i) => match self.specs.get(*i).map(|s| s.ty) {
                Some(FactType::Int) => Sort::Int,
                Some(FactType::Text | FactType::Enum(_)) => Sort::Text,
                _ => Sort::Bool,
            },
            _ => Sort::Bool,
        }
    }

    fn collect(&self, node: &Node, into: &mut Unknowns) {
        match node {
            Node::Fact(_) | Node::Has(_) => into.add(self.name(node), [Answer::Bool(false), Answer::Bool(true)]),
            Node::Not(a) => self.collect(a, into),
            Node::And(a, b) | Node::Or(a, b) => {
                self.collect(a, into);
                self.collect(b, into);
            }
            Node::Less(a, b) => self.compare(a, b, into),
            Node::Same(a, b) => self.pair(a, b, into),
            Node::In(a, items) => items.iter().for_each(|item| self.pair(a, item, into)),
            _ => {}
        }
    }

    fn pair(&self, a: &Node, b: &Node, into: &mut Unknowns) {
        match self.kind_of(a) {
            Sort::Int => self.compare(a, b, into),
            Sort::Text => match (a, b) {
                (Node::Text(_), Node::Text(_)) => {}
                (fact, Node::Text(word)) | (Node::Text(word), fact) => self.words(fact, word, into),
                _ => into.add(self.tie(a, b).0, [Answer::Bool(false), Answer::Bool(true)]),
            },
            Sort::Bool => {
                self.collect(a, into);
                self.collect(b, into);
            }
        }
    }

    /// An enum can be each of its words, a text each literal it is compared with and something else.
    fn words(&self, fact: &Node, word: &str, into: &mut Unknowns) {
        let text = |w: &str| Answer::Text(w.to_owned());
        let ty = if let Node::Fact(i) = fact { self.specs.get(*i).map(|s| s.ty) } else { None };
        match ty {
            Some(FactType::Enum(words)) => into.add(self.name(fact), words.iter().map(|w| text(w))),
            _ => into.add(self.name(fact), [text(OTHER), text(word)]),
        }
    }

    /// A number compared with constants lies at, just below or just above one of them; two numbers lie in one of three orders.
    fn compare(&self, a: &Node, b: &Node, into: &mut Unknowns) {
        let (term, constant) = match (literal(a), literal(b)) {
            (Some(_), Some(_)) => return,
            (None, Some(n)) => (a, n),
            (Some(n), None) => (b, n),
            (None, None) => {
                let orders = [Ordering::Less, Ordering::Equal, Ordering::Greater];
                return into.add(self.tie(a, b).0, orders.map(Answer::Order));
            }
        };
        let near = [constant.saturating_sub(1), constant, constant.saturating_add(1)].into_iter();
        let is_count = matches!(term, Node::Count(_));
        into.add(self.name(term), near.filter(|n| !is_count || *n >= 0).map(Answer::Int));
    }

    /// One name for both orders of a pair, and whether they stand the other way round.
    fn tie(&self, a: &Node, b: &Node) -> (String, bool) {
        let (a, b) = (self.name(a), self.name(b));
        if a <= b { (format!("{a} ? {b}"), false) } else { (format!("{b} ? {a}"), true) }
    }

    fn truth(&self, node: &Node, answers: &Answers<'_>) -> bool {
        match node {
            Node::Bool(b) => *b,
            Node::Fact(_) | Node::Has(_) => answers.get(self.name(node).as_str()) == Some(&&Answer::Bool(true)),
            Node::Not(a) => !self.truth(a, answers),
            Node::And(a, b) => self.truth(a, answers) && self.truth(b, answers),
            Node::Or(a, b) => self.truth(a, answers) || self.truth(b, answers),
            Node::Less(a, b) => self.order(a, b, answers) == Ordering::Less,
            Node::Same(a, b) => self.same(a, b, answers),
            Node::In(a, items) => items.iter().any(|item| self.same(a, item, answers)),
            _ => false,
        }
    }

    fn same(&self, a: &Node, b: &Node, answers: &Answers<'_>) -> bool {
        match self.kind_of(a) {
            Sort::Int => self.order(a, b, answers) == Ordering::Equal,
            Sort::Bool => self.truth(a, answers) == self.truth(b, answers),
            Sort::Text => match (a, b) {
                (Node::Text(x), Node::Text(y)) => x == y,
                (fact, Node::Text(word)) | (Node::Text(word), fact) => {
                    matches!(answers.get(self.name(fact).as_str()), Some(Answer::Text(w)) if **w == **word)
                }
                _ => answers.get(self.tie(a, b).0.as_str()) == Some(&&Answer::Bool(true)),
            },
        }
    }

    fn order(&self, a: &Node, b: &Node, answers: &Answers<'_>) -> Ordering {
        let at = |node: &Node| match answers.get(self.name(node).as_str()) {
            Some(Answer::Int(n)) => *n,
            _ => 0,
        };
        match (literal(a), literal(b)) {
            (Some(x), Some(y)) => x.cmp(&y),
            (None, Some(y)) => at(a).cmp(&y),
            (Some(x), None) => x.cmp(&at(b)),
            (None, None) => {
                let (name, is_turned) = self.tie(a, b);
                let order = match answers.get(name.as_str()) {
                    Some(Answer::Order(order)) => *order,
                    _ => Ordering::Equal,
                };
                if is_turned { order.reverse() } else { order }
            }
        }
    }
}

/// Types as far as comparing goes.
enum Sort {
    Bool,
    Int,
    Text,
}

impl Unknowns {
    fn add(&mut self, name: String, answers: impl IntoIterator<Item = Answer>) {
        self.0.entry(name).or_default().extend(answers);
    }
}
