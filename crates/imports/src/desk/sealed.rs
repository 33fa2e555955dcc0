//! Files and bad rows as they lie in the database: sealed under the key of their import (SYS-7).

use super::cells::RowProblem;
use super::model::{BadRowStored, json};
use xr_base::{Fault, ImportId, StoreError};
use xr_store::sealing::{FileKey, SealedFiles, opened};
use xr_store::{Tx, params, sql};

/// What earlier versions kept in the clear.
pub const SEALED_FILES: [SealedFiles; 2] = [
    SealedFiles { table: "import_parts", move_clear: move_parts },
    SealedFiles { table: "import_bad_rows", move_clear: move_bad_rows },
];

const PARTS: &str = "sealed_import_parts.sealed";
const BAD_ROWS: &str = "sealed_bad_rows.sealed";
/// Parts of 1 MiB, and bad rows, sealed in one transaction of an upgrade.
const PARTS_MOVED: i64 = 8;
const ROWS_MOVED: i64 = 1_000;

/// The key of an import; made from the first bytes that are kept of it.
fn key(tx: &mut Tx<'_>, import: ImportId, first: &[u8]) -> Result<FileKey, Fault> {
    match tx.find_file_key(import.0)? {
        Some(key) => Ok(key),
        None => tx.make_file_key(import.0, first),
    }
}

/// Keeps bytes of a file.
pub(super) fn put_part(tx: &mut Tx<'_>, import: ImportId, part: i64, bytes: &[u8]) -> Result<(), Fault> {
    let sealed = opened(key(tx, import, bytes)?.seal(PARTS, part, bytes))?;
    tx.put(
        sql!(
            "INSERT INTO sealed_import_parts (import_id, part, sealed) VALUES (?1, ?2, ?3)
             /* unscoped: the id was drawn for this upload */"
        ),
        params![import, part, sealed],
    )?;
    Ok(())
}

/// Bytes of a file.
pub(super) fn part(tx: &mut Tx<'_>, import: ImportId, part: i64) -> Result<Option<Vec<u8>>, Fault> {
    let found: Option<(Vec<u8>,)> = tx.opt(
        sql!(
            "SELECT sealed FROM sealed_import_parts WHERE import_id = ?1 AND part = ?2
             /* unscoped: of an import that was found in scope */"
        ),
        params![import, part],
    )?;
    let Some((sealed,)) = found else { return Ok(None) };
    opened(tx.file_key(import.0)?.open(PARTS, part, &sealed)).map(Some)
}

/// Keeps a row of the report, under its line and the code of its first problem.
pub(super) fn put_bad_row(
    tx: &mut Tx<'_>,
    key: &FileKey,
    at: (ImportId, i64, &str),
    (problems, cells): (&[RowProblem], &[String]),
) -> Result<(), Fault> {
    insert_bad_row(tx, key, at, &(json(&problems)?, json(&cells)?))
}

/// Problems and cells as JSON.
type Content = (String, String);

fn insert_bad_row(
    tx: &mut Tx<'_>,
    key: &FileKey,
    (import, line, code): (ImportId, i64, &str),
    content: &Content,
) -> Result<(), Fault> {
    let sealed = opened(key.seal(BAD_ROWS, line, json(content)?.as_bytes()))?;
    tx.put(
        sql!(
            "INSERT INTO sealed_bad_rows (import_id, line, code, sealed) VALUES (?1, ?2, ?3, ?4)
             /* unscoped: the desk's own rows */"
        ),
        params![import, line, code, sealed],
    )?;
    Ok(())
}

/// Rows of the report whose line and sealed content were read.
pub(super) fn bad_rows(
    tx: &mut Tx<'_>,
    import: ImportId,
    rows: Vec<(i64, Vec<u8>)>,
) -> Result<Vec<BadRowStored>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = tx.file_key(import.0)?;
    let open = |(line, sealed): (i64, Vec<u8>)| {
        let content = opened(key.open(BAD_ROWS, line, &sealed))?;
        let (problems, cells): Content =
            serde_json::from_slice(&content).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(BadRowStored { line, problems, cells })
    };
    rows.into_iter().map(open).collect()
}

/// Forgets the key, and what an upgrade could not seal because no key was at hand.
pub(super) fn forget(tx: &mut Tx<'_>, import: ImportId) -> Result<(), StoreError> {
    tx.put(sql!("DELETE FROM import_parts WHERE import_id = ?1 /* unscoped: the desk's own rows */"), params![import])?;
    tx.put(
        sql!("DELETE FROM import_bad_rows WHERE import_id = ?1 /* unscoped: the desk's own rows */"),
        params![import],
    )?;
    tx.drop_file_key(import.0)
}

fn move_parts(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    let rows: Vec<(ImportId, i64, Vec<u8>)> = tx.all(
        sql!("SELECT import_id, part, bytes FROM import_parts ORDER BY import_id, part LIMIT ?1 /* unscoped: an upgrade */"),
        params![PARTS_MOVED],
    )?;
    for (import, part, bytes) in &rows {
        // Another node that starts as well may have been faster.
        let taken = tx.exec(
            sql!("DELETE FROM import_parts WHERE import_id = ?1 AND part = ?2 /* unscoped: an upgrade */"),
            params![import, part],
        )?;
        if taken == 1 {
            put_part(tx, *import, *part, bytes)?;
        }
    }
    Ok(rows.len() as u64)
}

fn move_bad_rows(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    let rows: Vec<(ImportId, i64, String, String, String)> = tx.all(
        sql!(
            "SELECT import_id, line, code, problems, cells FROM import_bad_rows ORDER BY import_id, line LIMIT ?1
             /* unscoped: an upgrade */"
        ),
        params![ROWS_MOVED],
    )?;
    let count = rows.len() as u64;
    let mut held: Option<(ImportId, FileKey)> = None;
    for (import, line, code, problems, cells) in rows {
        let taken = tx.exec(
            sql!("DELETE FROM import_bad_rows WHERE import_id = ?1 AND line = ?2 /* unscoped: an upgrade */"),
            params![import, line],
        )?;
        if taken == 0 {
            continue;
        }
        let (_, key) = match held.take().filter(|(of, _)| *of == import) {
            Some(known) => held.insert(known),
            None => held.insert((import, key(tx, import, cells.as_bytes())?)),
        };
        insert_bad_row(tx, key, (import, line, &code), &(problems, cells))?;
    }
    Ok(count)
}
