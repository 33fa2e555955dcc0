//! The import desk, on both engines.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bounds;
mod cuts;
mod files;
mod orders;
mod repeats;
mod retail;
mod scope;
mod support;
