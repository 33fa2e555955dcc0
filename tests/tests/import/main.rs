//! Importing online-retail, on both engines.
#![allow(clippy::unwrap_used)]

mod broken;
mod history;
mod repeats;
mod support;
mod totals;
