//! One act on many cases over the wired market: what becomes of each, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod jobs;
mod rights;
mod rows;
mod support;
