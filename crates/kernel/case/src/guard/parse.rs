//! From the text of a guard to its tree.

use super::ast::{Expr, ExprNode, Operator};
use super::lex::{Token, tokens};
use super::{GuardError, NESTING_MAX};

/// Reads a guard.
///
/// # Errors
/// The first mistake of syntax, or a limit of length or nesting.
pub fn parse(text: &str) -> Result<Expr, GuardError> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let expr = parser.binary(1)?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.unexpected("the end")),
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(token, _)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(0, |(_, at)| *at)
    }

    fn take(&mut self) -> (Token, usize) {
        let taken = self.tokens.get(self.next).cloned().unwrap_or((Token::End, 0));
        // The end stays where it is, so that peeking never runs out of tokens.
        if taken.0 != Token::End {
            self.next += 1;
        }
        taken
    }

    fn expect(&mut self, token: &Token, what: &str) -> Result<(), GuardError> {
        if self.peek() != token {
            return Err(self.unexpected(what));
        }
        self.take();
        Ok(())
    }

    fn unexpected(&self, wanted: &str) -> GuardError {
        GuardError::new(self.at(), format!("expected {wanted}, found {}", describe(self.peek())))
    }

    /// One level deeper for `inner`; the limit also bounds the recursion of everything that walks the tree.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, GuardError>) -> Result<T, GuardError> {
        if self.depth == NESTING_MAX {
            return Err(GuardError::new(self.at(), format!("a guard nests at most {NESTING_MAX} deep")));
        }
        self.depth += 1;
        let out = inner(self);
        self.depth -= 1;
        out
    }

    /// Operators that bind at least as tightly as `least`, grouped to the left.
    fn binary(&mut self, least: u8) -> Result<Expr, GuardError> {
        let mut left = self.unary()?;
        loop {
            let operator = match self.peek() {
                Token::Operator(o) if o.binding() >= least => *o,
                _ => return Ok(left),
            };
            let (_, at) = self.take();
            let right = self.binary(operator.binding() + 1)?;
            left = Expr { node: ExprNode::Binary(operator, Box::new(left), Box::new(right)), at };
        }
    }

    fn unary(&mut self) -> Result<Expr, GuardError> {
        let at = self.at();
        match self.peek() {
            Token::Not => {
                self.take();
                let inner = self.nested(Self::unary)?;
                Ok(Expr { node: ExprNode::Not(Box::new(inner)), at })
            }
            Token::Operator(Operator::Minus) => {
                self.take();
                self.negative(at)
            }
            _ => self.primary(),
        }
    }

    /// What follows a leading `-`: literals become negative literals, so that the smallest integer can be written.
    fn negative(&mut self, at: usize) -> Result<Expr, GuardError> {
        let node = match self.peek() {
            Token::Int(n) => ExprNode::Int(-n),
            Token::IntMinMagnitude => ExprNode::Int(i64::MIN),
            _ => {
                let inner = self.nested(Self::unary)?;
                return Ok(Expr { node: ExprNode::Negate(Box::new(inner)), at });
            }
        };
        self.take();
        Ok(Expr { node, at })
    }

    fn primary(&mut self) -> Result<Expr, GuardError> {
        let at = self.at();
        let node = match self.peek().clone() {
            Token::Int(n) => ExprNode::Int(n),
            Token::Text(s) => ExprNode::Text(s),
            Token::Word(word) => return self.word(&word),
            Token::Open => {
                self.take();
                let inner = self.nested(|p| p.binary(1))?;
                self.expect(&Token::Close, "`)`")?;
                return Ok(inner);
            }
            Token::OpenList => {
                self.take();
                let items = self.nested(Self::list)?;
                return Ok(Expr { node: ExprNode::List(items), at });
            }
            Token::IntMinMagnitude => {
                return Err(GuardError::new(at, "this integer is beyond 64 bits"));
            }
            _ => return Err(self.unexpected("a value")),
        };
        self.take();
        Ok(Expr { node, at })
    }

    fn list(&mut self) -> Result<Vec<Expr>, GuardError> {
        let mut items = Vec::new();
        while *self.peek() != Token::CloseList {
            items.push(self.binary(1)?);
            if *self.peek() == Token::CloseList {
                break;
            }
            self.expect(&Token::Comma, "`,` or `]`")?;
        }
        self.take();
        Ok(items)
    }

    fn word(&mut self, word: &str) -> Result<Expr, GuardError> {
        let (_, at) = self.take();
        let node = match word {
            "true" => ExprNode::Bool(true),
            "false" => ExprNode::Bool(false),
            "facts" => ExprNode::Fact(self.name()?),
            "counts" => {
                let mut name = self.name()?;
                while *self.peek() == Token::Dot {
                    name = format!("{name}.{}", self.name()?);
                }
                ExprNode::Count(name)
            }
            "has" => {
                self.expect(&Token::Open, "`(`")?;
                if self.take().0 != Token::Word("facts".to_owned()) {
                    return Err(GuardError::new(at, "`has` asks for `facts.NAME`"));
                }
                let name = self.name()?;
                self.expect(&Token::Close, "`)`")?;
                ExprNode::Has(name)
            }
            _ => {
                let mut error = GuardError::new(at, format!("`{word}` is no part of a guard"));
                error.suggestion = crate::finding::nearest(word, ["facts", "counts", "has", "true", "false"]);
                return Err(error);
            }
        };
        Ok(Expr { node, at })
    }

    /// `.NAME`
    fn name(&mut self) -> Result<String, GuardError> {
        self.expect(&Token::Dot, "`.`")?;
        match self.peek().clone() {
            Token::Word(name) => {
                self.take();
                Ok(name)
            }
            _ => Err(self.unexpected("a name")),
        }
    }
}

fn describe(token: &Token) -> String {
    match token {
        Token::Int(n) => format!("`{n}`"),
        Token::IntMinMagnitude => "an integer".to_owned(),
        Token::Text(s) => format!("the text '{s}'"),
        Token::Word(w) => format!("`{w}`"),
        Token::Operator(o) => format!("`{}`", o.symbol()),
        Token::Not => "`!`".to_owned(),
        Token::Open => "`(`".to_owned(),
        Token::Close => "`)`".to_owned(),
        Token::OpenList => "`[`".to_owned(),
        Token::CloseList => "`]`".to_owned(),
        Token::Comma => "`,`".to_owned(),
        Token::Dot => "`.`".to_owned(),
        Token::End => "the end".to_owned(),
    }
}
