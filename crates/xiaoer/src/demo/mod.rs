//! The demo market: people, goods, providers that answer, and a clock that can be moved. Never in production.

mod clock;
mod data;
mod history;
mod http;
mod life;
mod parcels;
mod providers;
mod scenes;
mod seed;
mod tour;

pub use clock::DemoClock;
pub use http::routes;
pub use providers::play_providers;

use std::sync::Arc;
use std::time::Duration;
use xr_base::{Fault, Millis, Problem, SystemClock};
use xr_store::{Command, Store, Tx, leases};

/// Schema of the demo market.
pub const MIGRATIONS: &[xr_store::Migration] =
    &[xr_store::Migration { number: 1900, name: "demo", sql: include_str!("../../migrations/1900_demo.sql") }];

/// Days of history of a new market, unless fewer are asked for.
pub const DAYS: i64 = 60;
/// The fewest: the week that is written down.
pub const DAYS_MIN: i64 = 7;

/// Sets the clock of a demo market to its beginning, `days` before its visitors' time, before anything is opened.
///
/// # Errors
/// A mistake in the demo data.
pub fn begin(clock: &SystemClock, days: i64) -> Result<(), Fault> {
    clock::freeze(clock, data::start(days)?);
    Ok(())
}

/// The lease is renewed as the history goes on; a server that died over it holds others up for so long.
const FILL_MAX: Millis = Millis::minutes(1);
/// Pause between two looks whether another server has filled the market.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Goes on where the demo market was left, or fills a new one; of servers that start at once, one does. `instance` names
/// this process.
///
/// # Errors
/// A store fault, or a mistake in the demo data.
pub fn resume(store: &Store, clock: &Arc<SystemClock>, instance: &str) -> Result<(), Fault> {
    loop {
        if let Some(row) = store.read_blocking(clock::read)? {
            return clock::resume(store, clock, row);
        }
        if store.write_blocking(TakeFilling { instance: instance.to_owned() })? {
            let (market, cast) = seed::fill(store)?;
            history::live(store, clock, (&market, &cast), &mut || {
                store.write_blocking(TakeFilling { instance: instance.to_owned() }).map(|_| ())
            })?;
            return clock::start(store, clock);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// Takes the lease on filling the market.
struct TakeFilling {
    instance: String,
}

impl Command for TakeFilling {
    type Out = bool;
    const NAME: &'static str = "demo.take_filling";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        // Looked at again under the lease: the one who had it before may have been done.
        let is_mine = leases::take(tx, "demo", &self.instance, FILL_MAX)?;
        Ok(is_mine && clock::read(tx)?.is_none())
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
