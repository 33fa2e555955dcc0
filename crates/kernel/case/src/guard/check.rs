//! Names and types of a guard; what comes out can be evaluated without looking at a name.

use super::ast::{Expr, ExprNode, Operator};
use super::{GuardError, Scope};
use crate::finding::nearest;
use crate::vocabulary::{FactSpec, FactType};
use std::collections::BTreeSet;

/// A checked expression.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Bool(bool),
    Int(i64),
    Text(Box<str>),
    /// Position in the vocabulary.
    Fact(usize),
    /// Position in [`Names::counts`].
    Count(usize),
    Has(usize),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Same(Box<Node>, Box<Node>),
    Less(Box<Node>, Box<Node>),
    Plus(Box<Node>, Box<Node>),
    Minus(Box<Node>, Box<Node>),
    In(Box<Node>, Vec<Node>),
}

/// What a guard names.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) facts: BTreeSet<usize>,
    pub(super) counts: Vec<String>,
    pub(super) ensured: BTreeSet<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Bool,
    Int,
    Text,
    Enum(&'static [&'static str]),
}

impl Type {
    const fn word(self) -> &'static str {
        match self {
            Self::Bool => "a truth value",
            Self::Int => "an integer",
            Self::Text => "a text",
            Self::Enum(_) => "an enum",
        }
    }
}

/// A node with its type, and which facts are surely present where it is true or false.
struct Typed {
    node: Node,
    ty: Type,
    if_true: BTreeSet<usize>,
    if_false: BTreeSet<usize>,
}

impl Typed {
    fn plain(node: Node, ty: Type) -> Self {
        Self { node, ty, if_true: BTreeSet::new(), if_false: BTreeSet::new() }
    }
}

struct Checker<'a> {
    scope: &'a Scope<'a>,
    names: Names,
    /// Facts that may be absent but are surely present here.
    present: BTreeSet<usize>,
}

/// Checks a whole guard: it must be a truth value.
pub(super) fn check(expr: &Expr, scope: &Scope<'_>) -> Result<(Node, Names), GuardError> {
    let mut checker = Checker { scope, names: Names::default(), present: BTreeSet::new() };
    let typed = checker.of_type(expr, Type::Bool)?;
    checker.names.ensured = typed.if_true;
    Ok((typed.node, checker.names))
}

impl Checker<'_> {
    fn expr(&mut self, expr: &Expr) -> Result<Typed, GuardError> {
        match &expr.node {
            ExprNode::Bool(b) => Ok(Typed::plain(Node::Bool(*b), Type::Bool)),
            ExprNode::Int(n) => Ok(Typed::plain(Node::Int(*n), Type::Int)),
            ExprNode::Text(s) => Ok(Typed::plain(Node::Text(s.as_str().into()), Type::Text)),
            ExprNode::List(_) => Err(GuardError::new(expr.at, "a list may stand only to the right of `in`")),
            ExprNode::Fact(name) => self.fact(name, expr.at),
            ExprNode::Has(name) => self.has(name, expr.at),
            ExprNode::Count(event) => self.count(event, expr.at),
            ExprNode::Not(inner) => {
                let t = self.of_type(inner, Type::Bool)?;
                Ok(Typed {
                    node: Node::Not(Box::new(t.node)),
                    ty: Type::Bool,
                    if_true: t.if_false,
                    if_false: t.if_true,
                })
            }
            ExprNode::Negate(inner) => {
                let t = self.of_type(inner, Type::Int)?;
                Ok(Typed::plain(Node::Negate(Box::new(t.node)), Type::Int))
            }
            ExprNode::Binary(operator, left, right) => self.binary(*operator, left, right, expr.at),
        }
    }

    fn of_type(&mut self, expr: &Expr, ty: Type) -> Result<Typed, GuardError> {
        let typed = self.expr(expr)?;
        if typed.ty == ty {
            return Ok(typed);
        }
        Err(GuardError::new(expr.at, format!("expected {}, found {}", ty.word(), typed.ty.word())))
    }

    fn binary(&mut self, operator: Operator, left: &Expr, right: &Expr, at: usize) -> Result<Typed, GuardError> {
        let boxed =
            |a: Typed, b: Typed, node: fn(Box<Node>, Box<Node>) -> Node| node(Box::new(a.node), Box::new(b.node));
        match operator {
            Operator::And | Operator::Or => self.logic(operator, left, right),
            Operator::Equal | Operator::Unequal => {
                let (a, b) = (self.expr(left)?, self.expr(right)?);
                comparable(&a, &b, at)?;
                let same = boxed(a, b, Node::Same);
                Ok(Typed::plain(if operator == Operator::Equal { same } else { Node::Not(Box::new(same)) }, Type::Bool))
            }
            Operator::In => self.within(left, right),
            Operator::Plus | Operator::Minus => {
                let (a, b) = (self.of_type(left, Type::Int)?, self.of_type(right, Type::Int)?);
                let node = if operator == Operator::Plus { Node::Plus } else { Node::Minus };
                Ok(Typed::plain(boxed(a, b, node), Type::Int))
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                let (a, b) = (self.of_type(left, Type::Int)?, self.of_type(right, Type::Int)?);
                // a <= b is !(b < a): one node for four signs.
                let node = match operator {
                    Operator::Less => boxed(a, b, Node::Less),
                    Operator::Greater => boxed(b, a, Node::Less),
                    Operator::LessOrEqual => Node::Not(Box::new(boxed(b, a, Node::Less))),
                    _ => Node::Not(Box::new(boxed(a, b, Node::Less))),
                };
                Ok(Typed::plain(node, Type::Bool))
            }
        }
    }

    /// `&&` and `||`: the right side may rely on what the left has asked with `has`.
    fn logic(&mut self, operator: Operator, left: &Expr, right: &Expr) -> Result<Typed, GuardError> {
        let a = self.of_type(left, Type::Bool)?;
        let before = self.present.clone();
        self.present.extend(if operator == Operator::And { &a.if_true } else { &a.if_false });
        let b = self.of_type(right, Type::Bool);
        self.present = before;
        let b = b?;
        let (any, both) =
            (|x: &BTreeSet<usize>, y: &BTreeSet<usize>| x | y, |x: &BTreeSet<usize>, y: &BTreeSet<usize>| x & y);
        let (nodes, if_true, if_false) = if operator == Operator::And {
            (Node::And as fn(_, _) -> _, any(&a.if_true, &b.if_true), both(&a.if_false, &b.if_false))
        } else {
            (Node::Or as fn(_, _) -> _, both(&a.if_true, &b.if_true), any(&a.if_false, &b.if_false))
        };
        Ok(Typed { node: nodes(Box::new(a.node), Box::new(b.node)), ty: Type::Bool, if_true, if_false })
    }

    fn within(&mut self, left: &Expr, right: &Expr) -> Result<Typed, GuardError> {
        let ExprNode::List(items) = &right.node else {
            return Err(GuardError::new(right.at, "to the right of `in` stands a list"));
        };
        let needle = self.expr(left)?;
        let mut nodes = Vec::with_capacity(items.len());
        for item in items {
            let typed = self.expr(item)?;
            comparable(&needle, &typed, item.at)?;
            nodes.push(typed.node);
        }
        Ok(Typed::plain(Node::In(Box::new(needle.node), nodes), Type::Bool))
    }

    fn lookup(&mut self, name: &str, at: usize) -> Result<(usize, &'static FactSpec), GuardError> {
        let vocabulary = self.scope.vocabulary;
        if let Some((index, spec)) = vocabulary.fact_index(name).and_then(|i| Some((i, vocabulary.facts.get(i)?))) {
            self.names.facts.insert(index);
            Ok((index, spec))
        } else {
            let mut error = GuardError::new(at, format!("the kind `{}` has no fact `{name}`", vocabulary.kind));
            error.suggestion = nearest(name, vocabulary.fact_names());
            Err(error)
        }
    }

    fn fact(&mut self, name: &str, at: usize) -> Result<Typed, GuardError> {
        let (index, spec) = self.lookup(name, at)?;
        let ty = match spec.ty {
            FactType::Bool => Type::Bool,
            FactType::Int => Type::Int,
            FactType::Text => Type::Text,
            FactType::Enum(words) => Type::Enum(words),
            FactType::Instant => {
                return Err(GuardError::new(
                    at,
                    format!("`facts.{name}` is an instant: guards may only ask `has(facts.{name})`"),
                ));
            }
        };
        if spec.may_be_absent && !self.present.contains(&index) {
            return Err(GuardError::new(at, format!("`facts.{name}` may be absent: ask `has(facts.{name}) &&` first")));
        }
        Ok(Typed::plain(Node::Fact(index), ty))
    }

    fn has(&mut self, name: &str, at: usize) -> Result<Typed, GuardError> {
        let (index, spec) = self.lookup(name, at)?;
        if !spec.may_be_absent {
            return Err(GuardError::new(at, format!("`facts.{name}` is never absent")));
        }
        Ok(Typed {
            node: Node::Has(index),
            ty: Type::Bool,
            if_true: BTreeSet::from([index]),
            if_false: BTreeSet::new(),
        })
    }

    fn count(&mut self, event: &str, at: usize) -> Result<Typed, GuardError> {
        if !self.scope.events.contains(&event) {
            let mut error = GuardError::new(at, format!("no event `{event}` can be counted here"));
            error.suggestion = nearest(event, self.scope.events.iter().copied());
            return Err(error);
        }
        let index = self.names.counts.iter().position(|e| e == event).unwrap_or_else(|| {
            self.names.counts.push(event.to_owned());
            self.names.counts.len() - 1
        });
        Ok(Typed::plain(Node::Count(index), Type::Int))
    }
}

/// Whether two values may be compared for equality; a literal compared with an enum must be one of its words.
fn comparable(a: &Typed, b: &Typed, at: usize) -> Result<(), GuardError> {
    match (a.ty, b.ty, &a.node, &b.node) {
        (x, y, ..) if x == y => Ok(()),
        (Type::Enum(words), Type::Text, _, Node::Text(word)) | (Type::Text, Type::Enum(words), Node::Text(word), _) => {
            if words.contains(&&**word) {
                return Ok(());
            }
            let mut error = GuardError::new(at, format!("'{word}' is none of {}", words.join(", ")));
            error.suggestion = nearest(word, words.iter().copied());
            Err(error)
        }
        (x, y, ..) => Err(GuardError::new(at, format!("{} cannot be compared with {}", x.word(), y.word()))),
    }
}
