//! Guards: a small, typed subset of CEL over declared facts (docs/MACHINES.md, "Guards").
//!
//! Text → [`ast`] → checked against the vocabulary → positions of facts instead of names → truth value. A guard that compiles can
//! only fail by an overflow, or by a fact that was not loaded.

pub mod ast;
pub(crate) mod bounds;
mod check;
mod eval;
mod lex;
#[cfg(test)]
mod outcome_tests;
pub(crate) mod outcomes;
mod parse;
#[cfg(test)]
mod tests;

use crate::facts::{FactError, Facts};
use crate::vocabulary::Vocabulary;

pub use parse::parse;

/// Longest guard, in characters.
pub const CHARS_MAX: usize = 500;
/// Deepest nesting of parentheses, lists, `!` and `-`.
pub const NESTING_MAX: usize = 20;

/// What a guard may name.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Facts.
    pub vocabulary: &'a Vocabulary,
    /// Events that can be counted.
    pub events: &'a [&'a str],
}

/// Why a guard does not compile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {at})")]
pub struct GuardError {
    /// Position in the text, in characters from 1.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// The word that was probably meant.
    pub suggestion: Option<String>,
}

impl GuardError {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), suggestion: None }
    }
}

/// Why a guard gave no answer; the event is refused and an alarm raised (decision D9).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A sum beyond 64 bits.
    #[error("a sum in the guard is beyond 64 bits")]
    Overflow,
    /// A fact that was not loaded.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// A fact of another type than declared; the loader of facts is at fault.
    #[error("the fact at position {0} is not of its declared type")]
    Mistyped(usize),
}

/// A guard ready to be asked.
#[derive(Clone, Debug)]
pub struct Guard {
    text: String,
    root: check::Node,
    names: check::Names,
}

impl Guard {
    /// Reads and checks a guard.
    ///
    /// # Errors
    /// The first mistake of syntax, name or type, with its position; also a text over [`CHARS_MAX`] or nesting over [`NESTING_MAX`].
    pub fn compile(text: &str, scope: &Scope<'_>) -> Result<Self, GuardError> {
        let expr = parse(text)?;
        let (root, names) = check::check(&expr, scope)?;
        Ok(Self { text: text.to_owned(), root, names })
    }

    /// Whether it holds. `&&` and `||` look at their right side only if the left does not decide.
    ///
    /// # Errors
    /// [`EvalError`]: overflow, or a fact that was not loaded.
    pub fn holds(&self, facts: &Facts, counts: &dyn Fn(&str) -> i64) -> Result<bool, EvalError> {
        eval::truth(&self.root, &eval::Input { facts, counts, counted: &self.names.counts })
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Positions of the facts it reads.
    pub fn facts(&self) -> impl Iterator<Item = usize> + '_ {
        self.names.facts.iter().copied()
    }

    /// Events whose count it reads.
    pub fn counts(&self) -> &[String] {
        &self.names.counts
    }

    /// Whether the fact at this position is surely present wherever the guard holds.
    pub fn ensures(&self, fact: usize) -> bool {
        self.names.ensured.contains(&fact)
    }
}
