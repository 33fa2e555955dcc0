//! Calendars, from outside: vectors of published rules, the day table, pauses, zones, and laws that hold for any input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod days;
mod grammar;
mod loading;
mod pauses;
mod properties;
#[path = "../shared/mod.rs"]
mod shared;
mod support;
mod tables;
mod vectors;
mod warnings;
mod zones;
