//! Looking at a database from outside: no lock, no migration, no thread of a store.
//!
//! A process that serves a folder holds its lock; reading beside it is safe all the same, because the engine keeps snapshots
//! apart. Nothing here writes, or tidies up what a killed process left behind.

use crate::engine::postgres::Postgres;
use crate::engine::sqlite_copy;
use crate::sealing::{Keeper, Sealing};
use crate::shared::shared_outside;
use crate::store::Location;
use crate::tx::{Connection, Tx};
use std::any::Any;
use std::path::Path;
use std::sync::Arc;
use xr_base::{Clock, Fault, StoreError};

/// Name of the embedded database in its folder.
pub(crate) const DATABASE: &str = "xiaoer.db";

/// A connection for snapshots.
pub(crate) fn connect(location: &Location) -> Result<Box<dyn Connection + Send>, StoreError> {
    Ok(match location {
        Location::Folder(folder) => Box::new(sqlite_copy::outside(&folder.join(DATABASE))?),
        Location::Postgres(url) => Box::new(Postgres::connect(url, true)?),
    })
}

/// Lets the statements of the open transaction run longer than those of requests may.
pub(crate) fn without_hurry(conn: &mut dyn Connection, location: &Location) -> Result<(), StoreError> {
    match location {
        Location::Folder(_) => Ok(()),
        Location::Postgres(_) => conn.batch("SET LOCAL statement_timeout = 0"),
    }
}

/// What a query may ask for by type, and what opens sealed fields.
pub type Given = (Vec<Box<dyn Any + Send + Sync>>, Vec<Arc<dyn Keeper>>);

/// Runs `query` on one snapshot of the database at `location`, also beside a process that serves it. Nothing may be
/// written.
///
/// # Errors
/// What the query gives; [`StoreError`] of the engine.
pub fn look<T>(
    location: &Location,
    clock: Arc<dyn Clock>,
    (ext, keepers): Given,
    query: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut conn = connect(location)?;
    let shared = shared_outside(clock, ext, Sealing { keepers, ..Sealing::none() });
    conn.begin()?;
    without_hurry(conn.as_mut(), location)?;
    let now = shared.command_now();
    let mut tx = Tx::new(conn.as_mut(), &shared, now);
    let answer = tx.refresh_keys().and_then(|()| query(&mut tx));
    conn.rollback()?;
    answer
}

/// Whether a folder holds a market.
pub fn has_database(folder: &Path) -> bool {
    folder.join(DATABASE).is_file()
}
