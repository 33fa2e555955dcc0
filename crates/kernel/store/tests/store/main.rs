//! The store from outside: every promise tried on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod audit;
mod backup;
mod blobs;
mod callers;
mod commands;
mod dump;
mod engines;
mod events;
mod ids;
mod keys;
mod nodes;
mod notes;
mod sealed_blobs;
mod sealing;
mod slow;
mod statements;
