//! The case engine: machines, packs, clocks, guards, and the one writer of case state.

pub mod facts;
pub mod finding;
pub mod guard;
mod macros;
pub mod merge;
pub mod model;
pub mod parse;
pub mod vocabulary;

pub use facts::{FactSet, FactValue, Facts};
pub use finding::{Finding, Origin, Origins};
pub use guard::Guard;
pub use vocabulary::{EffectSpec, Vocabulary};
