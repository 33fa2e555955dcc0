//! The demo market: people, goods, providers that answer, and a clock that can be moved. Never in production.

mod applicants;
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
use xr_store::{Command, Location, Store, Tx, filling, leases, sql};

/// Schema of the demo market.
pub const MIGRATIONS: &[xr_store::Migration] =
    &[xr_store::Migration { number: 1900, name: "demo", sql: include_str!("../../migrations/1900_demo.sql") }];

/// Days of history of a new market, unless fewer are asked for.
pub const DAYS: i64 = 60;
/// The fewest: the week that is written down.
pub const DAYS_MIN: i64 = 7;

/// Before anything is opened: sets the clock of a demo market to its beginning, `days` before its visitors' time, and
/// clears away what a killed process left of filling it.
///
/// # Errors
/// A mistake in the demo data, or a folder in use.
pub fn begin(location: &Location, clock: &SystemClock, days: i64) -> Result<(), Fault> {
    if let Location::Folder(folder) = location {
        filling::begin(folder)?;
    }
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
/// A store fault, or a mistake in the demo data; `demo.not_demo_data` when others live in this database.
pub fn resume(location: &Location, store: &Store, clock: &Arc<SystemClock>, instance: &str) -> Result<(), Fault> {
    loop {
        if let Some(row) = store.read_blocking(clock::read)? {
            return clock::resume(store, clock, row);
        }
        if store.write_blocking(TakeFilling { instance: instance.to_owned() })? {
            if store.read_blocking(is_inhabited)? {
                return Err(Problem::new(409, "demo.not_demo_data").into());
            }
            store.deferring_syncs(|| fill(store, clock, instance))??;
            clock::start(store, clock)?;
            return match location {
                Location::Folder(folder) => Ok(filling::finish(folder)?),
                Location::Postgres(_) => Ok(()),
            };
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

fn is_inhabited(tx: &mut Tx<'_>) -> Result<bool, Fault> {
    let found: Option<(i64,)> = tx.opt(sql!("SELECT id FROM orgs LIMIT 1 /* unscoped: the whole market */"), &[])?;
    Ok(found.is_some())
}

fn fill(store: &Store, clock: &Arc<SystemClock>, instance: &str) -> Result<(), Fault> {
    let (market, cast) = seed::fill(store)?;
    history::live(store, clock, (&market, &cast), &mut || {
        store.write_blocking(TakeFilling { instance: instance.to_owned() }).map(|_| ())
    })
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
pub fn refuse_demo_data(location: &Location, store: &Store) -> Result<(), Fault> {
    let is_begun = matches!(location, Location::Folder(folder) if filling::is_unfinished(folder));
    if is_begun || store.read_blocking(clock::read)?.is_some() {
        return Err(Problem::new(409, "demo.is_demo_data").into());
    }
    Ok(())
}
