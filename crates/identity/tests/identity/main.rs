//! Identity over HTTP and through its commands, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

#[path = "../../../kernel/store/tests/store/engines.rs"]
mod engines;

mod api_keys;
mod app;
mod commands;
mod escalation;
mod http;
mod members;
mod org_roles;
mod owners;
mod second_factor;
mod staff;
mod throttle;
