//! The product, wired: the only crate that sees every capability.

mod assets;
pub mod cli;
pub mod config;
pub mod demo;
pub mod keys;
pub mod market;
pub mod runtime;
pub mod serve;
pub mod status;
pub mod wiring;

/// Texts of the demo market's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("xiaoer");
