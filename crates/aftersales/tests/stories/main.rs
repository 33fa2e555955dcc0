//! Stories of after-sales over the whole spine: engine, inventory, payments, orders, logistics, on SQLite with a clock that
//! moves when told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]
#![allow(clippy::wildcard_imports, clippy::needless_pass_by_value, reason = "readable stories")]

mod adjudication;
mod apply;
mod disputes;
mod evidence;
mod exchange;
mod lengths;
mod market;
mod money;
mod packs;
mod parcels;
mod people;
