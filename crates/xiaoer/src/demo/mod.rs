//! The demo market: people, goods, providers that answer, and a clock that can be moved. Never in production.

mod clock;
mod http;
mod life;
mod parcels;
mod providers;
mod seed;

pub use clock::DemoClock;
pub use http::routes;
pub use providers::play_providers;

use std::sync::Arc;
use xr_base::{Fault, Problem, SystemClock};
use xr_store::Store;

/// Schema of the demo market.
pub const MIGRATIONS: &[xr_store::Migration] =
    &[xr_store::Migration { number: 1900, name: "demo", sql: include_str!("../../migrations/1900_demo.sql") }];

/// Sets the clock of a demo market to its beginning, before anything is opened.
///
/// # Errors
/// A mistake in the demo data.
pub fn begin(clock: &SystemClock) -> Result<(), Fault> {
    clock::freeze(clock, seed::start()?);
    Ok(())
}

/// Goes on where the demo market was left, or fills a new one.
///
/// # Errors
/// A store fault, or a mistake in the demo data.
pub fn resume(store: &Store, clock: &Arc<SystemClock>) -> Result<(), Fault> {
    if let Some(row) = store.read_blocking(clock::read)? {
        clock::resume(store, clock, row)
    } else {
        seed::fill(store, clock)?;
        clock::start(store, clock)
    }
}

/// Production serves no database that was made by a demo market: its passwords are public.
///
/// # Errors
/// `demo.is_demo_data`.
pub fn refuse_demo_data(store: &Store) -> Result<(), Fault> {
    match store.read_blocking(clock::read)? {
        None => Ok(()),
        Some(_) => Err(Problem::new(409, "demo.is_demo_data").into()),
    }
}
