//! The tree of a guard as written, before names and types are looked at. `Display` writes it back with the fewest parentheses.

use std::fmt;

/// An expression and where it begins (in characters from 1).
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub node: ExprNode,
    /// Position of its first character, or of its operator.
    pub at: usize,
}

/// Positions say nothing about meaning: two trees are equal if they read alike.
impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

/// Kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprNode {
    /// `true`, `false`.
    Bool(bool),
    /// `42`, `-1`.
    Int(i64),
    /// `'none'`.
    Text(String),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `facts.NAME`.
    Fact(String),
    /// `counts.EVENT`.
    Count(String),
    /// `has(facts.NAME)`.
    Has(String),
    /// `!a`.
    Not(Box<Expr>),
    /// `-a`.
    Negate(Box<Expr>),
    /// `a op b`.
    Binary(Operator, Box<Expr>, Box<Expr>),
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `+`
    Plus,
    /// `-`
    Minus,
}

impl Operator {
    /// As written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::Plus => "+",
            Self::Minus => "-",
        }
    }

    /// How tightly it binds, 1 (loosest) to 4, as in CEL.
    pub const fn binding(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Plus | Self::Minus => 4,
            _ => 3,
        }
    }
}

const UNARY: u8 = 5;

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_at(self, 0, f)
    }
}

/// Writes `expr` where only operators that bind at least as tightly as `least` may stand bare.
fn write_at(expr: &Expr, least: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match &expr.node {
        ExprNode::Bool(b) => write!(f, "{b}"),
        ExprNode::Int(n) => write!(f, "{n}"),
        ExprNode::Text(s) => write_text(s, f),
        ExprNode::Fact(name) => write!(f, "facts.{name}"),
        ExprNode::Count(name) => write!(f, "counts.{name}"),
        ExprNode::Has(name) => write!(f, "has(facts.{name})"),
        ExprNode::Not(inner) => {
            f.write_str("!")?;
            write_at(inner, UNARY, f)
        }
        ExprNode::Negate(inner) => {
            f.write_str("-")?;
            write_at(inner, UNARY, f)
        }
        ExprNode::List(items) => {
            f.write_str("[")?;
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    f.write_str(", ")?;
                }
                write_at(item, 0, f)?;
            }
            f.write_str("]")
        }
        ExprNode::Binary(operator, left, right) => {
            let binding = operator.binding();
            if binding < least {
                f.write_str("(")?;
            }
            write_at(left, binding, f)?;
            write!(f, " {} ", operator.symbol())?;
            // One more on the right: all operators group to the left.
            write_at(right, binding + 1, f)?;
            if binding < least {
                f.write_str(")")?;
            }
            Ok(())
        }
    }
}

fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("'")?;
    for c in text.chars() {
        if c == '\'' || c == '\\' {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("'")
}
