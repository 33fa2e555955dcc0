//! The case engine: machines, packs, clocks, guards, and the one writer of case state.
//!
//! The way of a promise: TOML → [`parse`] → [`merge`] → [`compiled`] → [`step`]. All of that is pure.

// Tests read the capabilities' own words, which name this crate from outside.
#[cfg(test)]
extern crate self as xr_case;

pub mod checker;
pub mod cli;
pub mod compiled;
pub mod differences;
pub mod engine;
pub mod facts;
pub mod finding;
#[cfg(test)]
mod fixture;
pub mod graph;
pub mod guard;
pub mod library;
mod macros;
pub mod merge;
pub mod model;
pub mod pack_tests;
pub mod parse;
pub mod replay;
pub mod step;
#[cfg(test)]
mod step_tests;
pub mod vocabulary;

xr_store::migrations! { 1100 "case", 1110 "calendar_edits", 1120 "clocks_apart", 1130 "lists" }

pub use checker::check;
pub use compiled::Compiled;
pub use facts::{FactSet, FactValue, Facts};
pub use finding::{Finding, Origin, Origins, PathStep, Via};
pub use guard::Guard;
pub use library::{Library, Source};
pub use step::{By, Decision, Refusal, Situation, allowed, choose, choose_silence};
pub use vocabulary::{EffectSpec, Vocabulary};
