//! Files, and what was searched for, as they lie in the database: sealed (SYS-7).

use crate::model::{ExportRow, Wanted, json, read};
use xr_base::{ExportId, Fault, StoreError};
use xr_store::sealing::{FileKey, Place, SealedFiles, opened};
use xr_store::{SealedField, Tx, params, sealed_field, sql};

/// What was searched for; it may be a name or a phone number.
pub const SEALED_FILTERS: SealedField =
    SealedField { move_clear: Some(move_filters), ..sealed_field!("order_exports", "sealed_filter" by "id") };

/// What earlier versions kept in the clear.
pub const SEALED_FILES: [SealedFiles; 1] = [SealedFiles { table: "order_export_parts", move_clear: move_parts }];

const FILTERS: &str = SEALED_FILTERS.place;
const PARTS: &str = "sealed_export_parts.sealed";
/// Parts of 1 MiB sealed in one transaction of an upgrade.
const PARTS_MOVED: i64 = 8;

/// What an export was asked for, for its new row.
pub(crate) fn filter(tx: &mut Tx<'_>, export: ExportId, wanted: &Wanted) -> Result<Vec<u8>, Fault> {
    tx.seal(Place { column: FILTERS, row: export.0 }, json(wanted)?.as_bytes())
}

/// What an export was asked for; anything, once that is forgotten.
///
/// # Errors
/// 503 `store.locked` without a key; a store fault.
pub(crate) fn wanted(tx: &mut Tx<'_>, row: &ExportRow) -> Result<Wanted, Fault> {
    let Some(sealed) = &row.sealed_filter else { return Ok(Wanted::default()) };
    let content = tx.open_sealed(Place { column: FILTERS, row: row.id.0 }, sealed)?;
    let text = String::from_utf8(content).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(read(&text)?)
}

fn move_filters(tx: &mut Tx<'_>, limit: i64) -> Result<u64, Fault> {
    let rows: Vec<(ExportId, String)> = tx.all(
        sql!(
            "SELECT id, filter FROM order_exports WHERE filter <> '{}' ORDER BY id LIMIT ?1 /* unscoped: an upgrade */"
        ),
        params![limit],
    )?;
    for (id, text) in &rows {
        let sealed = tx.seal(Place { column: FILTERS, row: id.0 }, text.as_bytes())?;
        tx.put(
            sql!(
                "UPDATE order_exports SET sealed_filter = ?3, filter = '{}' WHERE id = ?1 AND filter = ?2
                 /* unscoped: an upgrade */"
            ),
            params![id, text, sealed],
        )?;
    }
    Ok(rows.len() as u64)
}

/// The key of an export; made from the first bytes that are kept of it.
pub(crate) fn key(tx: &mut Tx<'_>, export: ExportId, first: &[u8]) -> Result<FileKey, Fault> {
    match tx.find_file_key(export.0)? {
        Some(key) => Ok(key),
        None => tx.make_file_key(export.0, first),
    }
}

/// Keeps bytes of a file.
pub(crate) fn put_part(
    tx: &mut Tx<'_>,
    key: &FileKey,
    (export, part): (ExportId, i64),
    bytes: &[u8],
) -> Result<(), Fault> {
    let sealed = opened(key.seal(PARTS, part, bytes))?;
    tx.put(
        sql!(
            "INSERT INTO sealed_export_parts (export_id, part, sealed) VALUES (?1, ?2, ?3)
             /* unscoped: the worker serves every organisation */"
        ),
        params![export, part, sealed],
    )?;
    Ok(())
}

/// Bytes of a file from part `from` on, one part, with its number.
pub(crate) fn part(tx: &mut Tx<'_>, export: ExportId, from: i64) -> Result<Option<(i64, Vec<u8>)>, Fault> {
    let found: Option<(i64, Vec<u8>)> = tx.opt(
        sql!(
            "SELECT part, sealed FROM sealed_export_parts WHERE export_id = ?1 AND part >= ?2 ORDER BY part LIMIT 1
             /* unscoped: of an export that was found in scope */"
        ),
        params![export, from],
    )?;
    let Some((part, sealed)) = found else { return Ok(None) };
    let bytes = opened(tx.file_key(export.0)?.open(PARTS, part, &sealed))?;
    Ok(Some((part, bytes)))
}

fn move_parts(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    let rows: Vec<(ExportId, i64, Vec<u8>)> = tx.all(
        sql!(
            "SELECT export_id, part, bytes FROM order_export_parts ORDER BY export_id, part LIMIT ?1
             /* unscoped: an upgrade */"
        ),
        params![PARTS_MOVED],
    )?;
    for (export, number, bytes) in &rows {
        // Another node that starts as well may have been faster.
        let taken = tx.exec(
            sql!("DELETE FROM order_export_parts WHERE export_id = ?1 AND part = ?2 /* unscoped: an upgrade */"),
            params![export, number],
        )?;
        if taken == 1 {
            let key = key(tx, *export, bytes)?;
            put_part(tx, &key, (*export, *number), bytes)?;
        }
    }
    Ok(rows.len() as u64)
}
