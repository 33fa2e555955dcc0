//! Looking at a database from outside: no lock, no migration, no thread of a store.
//!
//! A process that serves a folder holds its lock; reading beside it is safe all the same, because the engine keeps snapshots
//! apart. Nothing here writes, or tidies up what a killed process left behind.

use crate::engine::postgres::Postgres;
use crate::engine::sqlite_copy;
use crate::store::Location;
use crate::tx::Connection;
use std::path::Path;
use xr_base::StoreError;

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

/// Whether a folder holds a market.
pub fn has_database(folder: &Path) -> bool {
    folder.join(DATABASE).is_file()
}
