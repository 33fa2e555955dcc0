//! Blobs of earlier versions, which lay in the clear.

use super::{Place, Prepared, fail, is_name, replacing};
use crate::sealing::in_transaction;
use crate::shared::Shared;
use crate::tx::{Connection, Tx};
use crate::{params, sql};
use std::fs;
use std::io::ErrorKind::NotFound;
use xr_base::{Fault, RowId, StoreError};

/// Blobs sealed in one transaction: all of them are in memory.
const MOVED_MAX: i64 = 8;

/// Seals what an earlier version left in the clear, before anybody is served. Where that breaks off, the next opening goes on; a clear file
/// whose row is sealed already is an orphan then.
pub(crate) fn move_clear(conn: &mut dyn Connection, shared: &Shared, place: &Place) -> Result<(), StoreError> {
    let (mut after, mut moved) = (String::new(), 0);
    loop {
        let step = in_transaction(conn, shared, |tx| step(tx, shared, place, &after));
        let (names, sealed) = step.map_err(|fault| match fault {
            Fault::Store(error) => error,
            other => StoreError::Engine(format!("blobs: {other}")),
        })?;
        let Some(last) = names.last() else { break };
        after.clone_from(last);
        moved += sealed.len();
        for name in &sealed {
            delete(place, name).map_err(fail)?;
        }
    }
    if moved > 0 {
        conn.empty_log()?;
        tracing::info!(moved, "Blobs that lay in the clear are sealed");
    }
    Ok(())
}

/// Names that were looked at, and those whose row speaks of a sealed file now.
fn step(tx: &mut Tx<'_>, shared: &Shared, place: &Place, after: &str) -> Result<(Vec<String>, Vec<String>), Fault> {
    let names: Vec<(String,)> = tx.all(
        sql!(
            "SELECT sha256 FROM blobs WHERE file_id IS NULL AND sha256 > ?1 ORDER BY sha256 LIMIT ?2 /* unscoped: an upgrade */"
        ),
        params![after, MOVED_MAX],
    )?;
    let names: Vec<String> = names.into_iter().map(|(name,)| name).collect();
    let mut sealed = Vec::new();
    for name in names.iter().filter(|name| is_name(name)) {
        // What was lost before stays lost; backups name it.
        let Some(clear) = place.stored_bytes(tx, name)? else { continue };
        if seal(tx, name, &place.prepare(shared, &clear)?)? {
            sealed.push(name.clone());
        }
    }
    Ok((names, sealed))
}

/// Gives whether it was this node that did it.
fn seal(tx: &mut Tx<'_>, name: &str, prepared: &Prepared) -> Result<bool, Fault> {
    let file = tx.id::<RowId>();
    let changed = tx.exec(
        sql!("UPDATE blobs SET stored = ?2, file_id = ?3 WHERE sha256 = ?1 AND file_id IS NULL /* unscoped: an upgrade */"),
        params![name, prepared.sha256, file],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    tx.put(sql!("DELETE FROM blob_chunks WHERE sha256 = ?1 /* unscoped: an upgrade */"), params![name])?;
    prepared.keep_content(tx, file)?;
    Ok(true)
}

/// A backup may be the same file under another name: its bytes are let alone.
fn delete(place: &Place, name: &str) -> std::io::Result<()> {
    let Place::Folder(folder) = place else { return Ok(()) };
    let _nobody_replaces_it = replacing();
    match fs::remove_file(folder.join(&name[..2]).join(name)) {
        Err(error) if error.kind() == NotFound => Ok(()),
        other => other,
    }
}
