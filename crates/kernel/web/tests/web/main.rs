//! The web kernel from outside: a small slice of its own, driven over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod app;
mod assets;
mod bodies;
mod document;
mod edge;
mod live;
mod matrix;
mod serve;
