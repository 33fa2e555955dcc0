//! The truth of a checked guard. Nothing is allocated.

use super::EvalError;
use super::check::Node;
use crate::facts::{FactValue, Facts};

/// What a guard is asked about.
pub(super) struct Input<'a> {
    pub(super) facts: &'a Facts,
    pub(super) counts: &'a dyn Fn(&str) -> i64,
    pub(super) counted: &'a [String],
}

#[derive(PartialEq)]
enum Value<'a> {
    Bool(bool),
    Int(i64),
    Text(&'a str),
}

/// The truth value of `node`.
pub(super) fn truth(node: &Node, input: &Input<'_>) -> Result<bool, EvalError> {
    Ok(match node {
        Node::Bool(b) => *b,
        Node::Has(index) => *input.facts.at(*index)? != FactValue::Absent,
        Node::Not(inner) => !truth(inner, input)?,
        Node::And(a, b) => truth(a, input)? && truth(b, input)?,
        Node::Or(a, b) => truth(a, input)? || truth(b, input)?,
        Node::Same(a, b) => value(a, input)? == value(b, input)?,
        Node::Less(a, b) => int(a, input)? < int(b, input)?,
        Node::In(needle, items) => {
            let needle = value(needle, input)?;
            for item in items {
                if value(item, input)? == needle {
                    return Ok(true);
                }
            }
            false
        }
        Node::Fact(index) => match input.facts.at(*index)? {
            FactValue::Bool(b) => *b,
            _ => return Err(EvalError::Mistyped(*index)),
        },
        // The checker gave these other types; they cannot stand where a truth value is asked.
        Node::Int(_) | Node::Text(_) | Node::Count(_) | Node::Negate(_) | Node::Plus(..) | Node::Minus(..) => {
            return Err(EvalError::Mistyped(0));
        }
    })
}

fn int(node: &Node, input: &Input<'_>) -> Result<i64, EvalError> {
    match node {
        Node::Int(n) => Ok(*n),
        Node::Count(index) => Ok(input.counted.get(*index).map_or(0, |event| (input.counts)(event))),
        Node::Negate(inner) => int(inner, input)?.checked_neg().ok_or(EvalError::Overflow),
        Node::Plus(a, b) => int(a, input)?.checked_add(int(b, input)?).ok_or(EvalError::Overflow),
        Node::Minus(a, b) => int(a, input)?.checked_sub(int(b, input)?).ok_or(EvalError::Overflow),
        Node::Fact(index) => match input.facts.at(*index)? {
            FactValue::Int(n) => Ok(*n),
            _ => Err(EvalError::Mistyped(*index)),
        },
        _ => Err(EvalError::Mistyped(0)),
    }
}

fn value<'a>(node: &'a Node, input: &Input<'a>) -> Result<Value<'a>, EvalError> {
    match node {
        Node::Text(s) => Ok(Value::Text(s)),
        Node::Fact(index) => match input.facts.at(*index)? {
            FactValue::Bool(b) => Ok(Value::Bool(*b)),
            FactValue::Int(n) => Ok(Value::Int(*n)),
            FactValue::Text(s) => Ok(Value::Text(s)),
            FactValue::Instant(_) | FactValue::Absent => Err(EvalError::Mistyped(*index)),
        },
        Node::Int(_) | Node::Count(_) | Node::Negate(_) | Node::Plus(..) | Node::Minus(..) => {
            Ok(Value::Int(int(node, input)?))
        }
        _ => Ok(Value::Bool(truth(node, input)?)),
    }
}
