//! What a slice declares in Rust about a kind of case: its events, facts, tags, and the effects it can carry out.
//!
//! Machines and packs may use only these words. The macros [`kind!`](crate::kind) and [`effects!`](crate::effects) write them.

use crate::facts::FactValue;
use crate::model::{EffectCall, ParamValue};
use std::marker::PhantomData;

#[doc(hidden)]
pub use xr_base::Instant;

/// The words of one kind of case.
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// The kind, e.g. `exchange`.
    pub kind: &'static str,
    /// Events that code of the slice fires or people act.
    pub events: &'static [&'static str],
    /// Facts that guards and clocks may read; at most [`FACTS_MAX`].
    pub facts: &'static [FactSpec],
    /// Tags that Rust and SQL ask for: at least one state of the machine carries each.
    pub tags: &'static [&'static str],
}

/// Most facts one kind may declare: a set of them fits in one word.
pub const FACTS_MAX: usize = 64;

impl Vocabulary {
    /// Position of a fact in [`Vocabulary::facts`].
    pub fn fact_index(&self, name: &str) -> Option<usize> {
        self.facts.iter().position(|f| f.name == name)
    }

    /// Names of all facts.
    pub fn fact_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.facts.iter().map(|f| f.name)
    }
}

/// A declared fact.
#[derive(Debug, PartialEq, Eq)]
pub struct FactSpec {
    /// Name as in `facts.NAME`.
    pub name: &'static str,
    /// Type.
    pub ty: FactType,
    /// Whether it may be unknown for a case; guards then ask `has(facts.NAME)` first.
    pub may_be_absent: bool,
    /// What it says, for authors of packs.
    pub doc: &'static str,
}

/// Type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactType {
    /// Truth value.
    Bool,
    /// Whole number.
    Int,
    /// One of these words.
    Enum(&'static [&'static str]),
    /// Any text.
    Text,
    /// A moment; clocks may count from it, guards may only ask whether it is there.
    Instant,
}

impl FactType {
    /// Whether `value` is one of this type. Absent is none.
    pub fn admits(self, value: &FactValue) -> bool {
        match (self, value) {
            (Self::Bool, FactValue::Bool(_))
            | (Self::Int, FactValue::Int(_))
            | (Self::Text, FactValue::Text(_))
            | (Self::Instant, FactValue::Instant(_)) => true,
            (Self::Enum(words), FactValue::Text(word)) => words.contains(&&**word),
            _ => false,
        }
    }

    /// Name for messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Enum(_) => "enum",
            Self::Text => "text",
            Self::Instant => "instant",
        }
    }
}

/// Rust type of an enum fact, whose words the machine's author sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice;

/// A fact as a typed key: position in the vocabulary and Rust type (`bool`, `i64`, [`Choice`], `String`, `Instant`).
#[derive(Debug)]
pub struct Fact<T> {
    index: usize,
    rust: PhantomData<fn() -> T>,
}

// By hand: a derive would ask `T: Copy`, which `String` is not.
impl<T> Clone for Fact<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Fact<T> {}

impl<T> Fact<T> {
    /// Made by `kind!` only: `index` is the position among the kind's facts.
    #[doc(hidden)]
    pub const fn at(index: usize) -> Self {
        Self { index, rust: PhantomData }
    }

    /// Position in [`Vocabulary::facts`].
    pub const fn index(self) -> usize {
        self.index
    }
}

/// A declared effect.
#[derive(Debug, PartialEq, Eq)]
pub struct EffectSpec {
    /// Global name, e.g. `payments.refund`.
    pub name: &'static str,
    /// Its parameters; all must be given.
    pub params: &'static [(&'static str, ParamType)],
    /// What it does, for authors of machines.
    pub doc: &'static str,
}

/// Type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamType {
    /// Truth value.
    Bool,
    /// Whole number.
    Int,
    /// Text.
    Text,
}

impl ParamType {
    /// Whether `value` is one of this type.
    pub const fn admits(self, value: &ParamValue) -> bool {
        matches!(
            (self, value),
            (Self::Bool, ParamValue::Bool(_)) | (Self::Int, ParamValue::Int(_)) | (Self::Text, ParamValue::Text(_))
        )
    }

    /// Name for messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Text => "text",
        }
    }
}

/// An effect call that does not fit its declaration; cannot happen for a call out of a compiled rulebook.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EffectError {
    /// No effect of this enum has the name.
    #[error("no effect `{0}` here")]
    Unknown(String),
    /// A parameter is missing or of another type.
    #[error("effect `{effect}` needs the parameter `{param}`")]
    Param {
        /// The effect.
        effect: String,
        /// The parameter.
        param: &'static str,
    },
}

/// A Rust type that a parameter can be read into.
pub trait FromParam: Sized {
    /// The value, if it is of this type.
    fn from_param(value: &ParamValue) -> Option<Self>;
}

impl FromParam for bool {
    fn from_param(value: &ParamValue) -> Option<Self> {
        if let ParamValue::Bool(b) = value { Some(*b) } else { None }
    }
}

impl FromParam for i64 {
    fn from_param(value: &ParamValue) -> Option<Self> {
        if let ParamValue::Int(n) = value { Some(*n) } else { None }
    }
}

impl FromParam for String {
    fn from_param(value: &ParamValue) -> Option<Self> {
        if let ParamValue::Text(s) = value { Some(s.clone()) } else { None }
    }
}

/// Reads one parameter of `call`.
///
/// # Errors
/// [`EffectError::Param`] if it is missing or of another type.
pub fn read_param<T: FromParam>(call: &EffectCall, param: &'static str) -> Result<T, EffectError> {
    let value = call.params.get(param).and_then(T::from_param);
    value.ok_or_else(|| EffectError::Param { effect: call.name.clone(), param })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Loan, ShopEffect};

    #[test]
    fn the_words_of_a_kind_are_what_its_macro_says() {
        let vocabulary = &Loan::VOCABULARY;
        assert_eq!((vocabulary.kind, vocabulary.tags), ("loan", &["open"][..]));
        assert_eq!(vocabulary.events, ["approve", "reject", "modify", "withdraw", "return"]);
        let facts: Vec<_> = vocabulary.facts.iter().map(|f| (f.name, f.ty.word(), f.may_be_absent)).collect();
        assert_eq!(facts[2..4], [("tracking", "enum", false), ("delivered_at", "instant", true)]);
        assert_eq!(vocabulary.fact_index("term_ends"), Some(Loan::term_ends.index()));
    }

    #[test]
    fn every_event_reads_back_from_its_word() {
        assert!(Loan::ALL.iter().all(|event| Loan::parse(event.as_str()) == Some(*event)));
        assert_eq!(Loan::parse("silent_approve"), None);
    }

    #[test]
    fn effects_declare_their_parameters_with_types() {
        let tell = &ShopEffect::SPECS[0];
        let params = [("template", ParamType::Text), ("urgent", ParamType::Bool), ("copies", ParamType::Int)];
        assert_eq!((tell.name, tell.params), ("shop.tell", &params[..]));
        assert!(ParamType::Int.admits(&ParamValue::Int(1)) && !ParamType::Int.admits(&ParamValue::Bool(true)));
        assert!(ShopEffect::SPECS[1].params.is_empty());
    }
}
