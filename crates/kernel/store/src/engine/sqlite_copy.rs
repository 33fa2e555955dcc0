//! The embedded database as a file: looked at from another process, copied, checked.

use super::sqlite::{Sqlite, fail};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fmt::Write as _;
use std::path::Path;
use xr_base::StoreError;

/// Findings of the engine's own check that are told.
const FINDINGS_MAX: usize = 20;

/// Opens for reading beside a process that may be serving it.
pub(crate) fn outside(path: &Path) -> Result<Sqlite, StoreError> {
    Sqlite::keeping_plans(reading(path)?, None)
}

/// Opens a file that nobody writes: no lock is taken and nothing is put beside it.
pub(crate) fn still(path: &Path) -> Result<Sqlite, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(immutable_uri(path)?, flags).map_err(fail)?;
    Sqlite::keeping_plans(conn, None)
}

/// Copies one snapshot of `from`, which may be served meanwhile, into the new file `to`. Its writer does not wait, but its log
/// grows until the copy is done.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let source = reading(from)?;
    let mut target = Connection::open(to).map_err(fail)?;
    // A copy that was cut short is thrown away whole; the caller syncs the one that is done.
    target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;").map_err(fail)?;
    let backup = Backup::new(&source, &mut target).map_err(fail)?;
    // All pages in one step: it holds one snapshot, where several steps would begin anew after every foreign commit.
    match backup.step(-1).map_err(fail)? {
        StepResult::Done => {}
        other => return Err(StoreError::Engine(format!("the database could not be copied: {other:?}"))),
    }
    drop(backup);
    target.close().map_err(|(_, error)| fail(error))
}

/// What the engine's own check of a file that nobody writes finds wrong.
pub(crate) fn integrity(path: &Path) -> Result<Vec<String>, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(immutable_uri(path)?, flags).map_err(fail)?;
    let mut statement = conn.prepare(&format!("PRAGMA integrity_check({FINDINGS_MAX})")).map_err(fail)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(fail)?;
    let found: Result<Vec<String>, _> = rows.collect();
    Ok(found.map_err(fail)?.into_iter().filter(|line| line != "ok").collect())
}

/// Changes a database that nobody else has open; afterwards the one file holds everything.
pub(crate) fn change(path: &Path, text: &str) -> Result<(), StoreError> {
    let conn = Connection::open(path).map_err(fail)?;
    conn.execute_batch(&format!("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN; {text} COMMIT;"))
        .map_err(fail)?;
    conn.close().map_err(|(_, error)| fail(error))
}

fn reading(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fail)?;
    conn.execute_batch("PRAGMA busy_timeout = 5000;").map_err(fail)?;
    // Whoever serves the folder next puts its log away, not a reader that happens to be the last to leave.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(fail)?;
    Ok(conn)
}

/// `file:` with everything but letters, digits and `/._-` escaped.
fn immutable_uri(path: &Path) -> Result<String, StoreError> {
    let path = std::path::absolute(path).map_err(|e| StoreError::Engine(e.to_string()))?;
    let mut uri = "file://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'_' | b'-' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    Ok(format!("{uri}?immutable=1"))
}
