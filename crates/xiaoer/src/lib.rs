//! The product, wired: the only crate that sees every capability.

pub mod market;
pub mod wiring;
