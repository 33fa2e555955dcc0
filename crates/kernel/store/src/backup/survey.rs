//! Reading off a copied database what a manifest says.

use super::files::fingerprint;
use super::manifest::{BlobsNote, Contents, FileNote, Schema};
use crate::audit;
use crate::engine::sqlite::Sqlite;
use crate::engine::sqlite_copy;
use crate::migrate::{hash_of, tables};
use crate::outside::DATABASE;
use crate::store::Engine;
use crate::tx::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use xr_base::StoreError;

/// Where the hash chain lies.
pub(super) const BLOCKS: &str = "event_blocks";

/// Number and hash of every migration that ran.
pub(super) type Ran = BTreeSet<(i64, String)>;

/// The database of a backup, which nobody writes.
pub(super) fn open(folder: &Path) -> Result<Sqlite, StoreError> {
    sqlite_copy::still(&folder.join(DATABASE))
}

/// Everything but the blobs, whose note the caller has made.
pub(super) fn contents(folder: &Path, conn: &mut dyn Connection, blobs: BlobsNote) -> Result<Contents, StoreError> {
    // Closing a handle of a database's file would drop its locks; `conn` holds none, because nobody writes this file.
    let print = fingerprint(&folder.join(DATABASE));
    let (sha256, size_bytes) = print.map_err(|error| StoreError::Engine(error.to_string()))?;
    let mut rows = BTreeMap::new();
    for table in tables(conn, Engine::Sqlite)? {
        let mut count = 0;
        conn.query_text(&format!("SELECT COUNT(*) FROM {table}"), &mut |row| {
            count = row.get(0)?;
            Ok(())
        })?;
        rows.insert(table, count);
    }
    let (schema, events) = (schema(&ran(conn)?), audit::head(conn, rows.contains_key(BLOCKS))?);
    Ok(Contents { schema, database: FileNote { size_bytes, sha256 }, events, rows, blobs })
}

pub(super) fn ran(conn: &mut dyn Connection) -> Result<Ran, StoreError> {
    let mut ran = Ran::new();
    conn.query_text("SELECT number, hash FROM migrations", &mut |row| {
        ran.insert((row.get(0)?, row.get(1)?));
        Ok(())
    })?;
    Ok(ran)
}

fn schema(ran: &Ran) -> Schema {
    let mut text = String::new();
    for (number, hash) in ran {
        let _ = writeln!(text, "{number} {hash}");
    }
    Schema { migrations: ran.len(), sha256: hash_of(&text) }
}
