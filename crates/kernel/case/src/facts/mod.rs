//! Values of facts of one case, as loaded for one decision.

mod set;
#[cfg(test)]
mod tests;
mod values;

pub use set::FactSet;
pub use values::Facts;

use std::sync::Arc;
use xr_base::Instant;

/// Value of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// Truth value.
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// Text, or the word of an enum fact.
    Text(Arc<str>),
    /// A moment.
    Instant(Instant),
    /// Looked up, and unknown for this case.
    Absent,
}

/// A fact that was given a value it cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The kind declares no such fact.
    #[error("the kind `{kind}` has no fact `{name}`")]
    Unknown {
        /// The kind.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// The value is of another type, or no word of the enum.
    #[error("the fact `{name}` of type {ty} cannot be {value:?}")]
    Type {
        /// The fact.
        name: &'static str,
        /// Its type.
        ty: &'static str,
        /// The value.
        value: FactValue,
    },
    /// The fact was not loaded: [`FactSet`] did not ask for it, or the kind forgot it.
    #[error("the fact `{0}` was not loaded")]
    NotLoaded(&'static str),
}

/// A Rust type that is the value of a fact.
pub trait IntoFact {
    /// As a value.
    fn into_fact(self) -> FactValue;
}

impl IntoFact for bool {
    fn into_fact(self) -> FactValue {
        FactValue::Bool(self)
    }
}
impl IntoFact for i64 {
    fn into_fact(self) -> FactValue {
        FactValue::Int(self)
    }
}
impl IntoFact for String {
    fn into_fact(self) -> FactValue {
        FactValue::Text(self.into())
    }
}
impl IntoFact for Instant {
    fn into_fact(self) -> FactValue {
        FactValue::Instant(self)
    }
}
