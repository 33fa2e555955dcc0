//! Which counts of events a guard bounds: a loop that passes such a guard and adds to its count ends.

use super::Guard;
use super::check::Node;
use std::collections::BTreeSet;

/// Events of which the guard allows only so many: wherever it has the truth value `when`, their count is below a constant.
pub(crate) fn bounded_counts(guard: &Guard, when: bool) -> BTreeSet<String> {
    let events = &guard.names.counts;
    bounds(&guard.root, when).into_iter().filter_map(|i| events.get(i).cloned()).collect()
}

fn bounds(node: &Node, when: bool) -> BTreeSet<usize> {
    match (node, when) {
        (Node::Not(inner), _) => bounds(inner, !when),
        (Node::And(a, b), true) | (Node::Or(a, b), false) => &bounds(a, when) | &bounds(b, when),
        (Node::And(a, b), false) | (Node::Or(a, b), true) => &bounds(a, when) & &bounds(b, when),
        (Node::Less(a, b), true) => count_below(a, b),
        (Node::Less(a, b), false) => count_below(b, a),
        (Node::Same(a, b), true) => &count_below(a, b) | &count_below(b, a),
        (Node::In(a, items), true) => {
            let all = items.iter().map(|item| count_below(a, item));
            all.reduce(|x, y| &x & &y).unwrap_or_default()
        }
        // `false` itself is never true, so it bounds everything; nobody writes it.
        _ => BTreeSet::new(),
    }
}

fn count_below(count: &Node, constant: &Node) -> BTreeSet<usize> {
    match (count, literal(constant)) {
        (Node::Count(index), Some(_)) => BTreeSet::from([*index]),
        _ => BTreeSet::new(),
    }
}

/// The value of a node that is a constant.
pub(super) fn literal(node: &Node) -> Option<i64> {
    match node {
        Node::Int(n) => Some(*n),
        Node::Negate(inner) => literal(inner)?.checked_neg(),
        Node::Plus(a, b) => literal(a)?.checked_add(literal(b)?),
        Node::Minus(a, b) => literal(a)?.checked_sub(literal(b)?),
        _ => None,
    }
}
