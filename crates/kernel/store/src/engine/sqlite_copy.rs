//! The embedded database as a file: looked at from another process.

use super::sqlite::{Sqlite, fail};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use xr_base::StoreError;

/// Opens for reading beside a process that may be serving it.
pub(crate) fn outside(path: &Path) -> Result<Sqlite, StoreError> {
    Sqlite::keeping_plans(reading(path)?)
}

fn reading(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fail)?;
    conn.execute_batch("PRAGMA busy_timeout = 5000;").map_err(fail)?;
    // Whoever serves the folder next puts its log away, not a reader that happens to be the last to leave.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(fail)?;
    Ok(conn)
}
