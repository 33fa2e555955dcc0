//! Which fields are sealed: what rotation, the dump and an upgrade need to know of each.

use super::Place;
use super::keys::in_transaction;
use crate::shared::Shared;
use crate::tx::{Connection, Tx};
use xr_base::{Fault, StoreError};

/// Rows moved out of the clear in one transaction.
const MOVED_MAX: i64 = 1_000;

/// Transactions until the log of the embedded database is emptied: nobody else does it yet.
const LOG_ROUNDS: u32 = 32;

/// Reads sealed rows behind an id.
pub type ReadPage = fn(&mut Tx<'_>, i64, i64) -> Result<Vec<(i64, Vec<u8>)>, StoreError>;
/// Seals rows that lie in the clear.
pub type MoveClear = fn(&mut Tx<'_>, i64) -> Result<u64, Fault>;

/// One sealed column of a slice.
#[derive(Clone, Copy)]
pub struct SealedField {
    /// The table.
    pub table: &'static str,
    /// Its sealed column.
    pub column: &'static str,
    /// `table.column`, as [`super::Place`] has it.
    pub place: &'static str,
    /// Column of the row's id.
    pub id: &'static str,
    /// Columns with keyed hashes of the content: they depend on the key, so the logical dump leaves them out.
    pub lookups: &'static [&'static str],
    /// `(id, sealed)` of the rows after an id, in order, at most so many.
    pub page: ReadPage,
    /// Writes the content of row `id` sealed anew with its look-ups, if it is still sealed as it was read.
    pub reseal: fn(&mut Tx<'_>, Resealed<'_>) -> Result<(), Fault>,
    /// Seals rows that earlier versions kept in the clear, at most so many; gives their number. None where there never were any.
    pub move_clear: Option<MoveClear>,
}

/// Rows of a slice that lie under the keys of files: a rotation leaves them as they are.
#[derive(Clone, Copy)]
pub struct SealedFiles {
    /// The table that earlier versions kept them in, in the clear.
    pub table: &'static str,
    /// Seals some of its rows elsewhere; gives their number. How many suit one transaction, the slice knows best.
    pub move_clear: fn(&mut Tx<'_>) -> Result<u64, Fault>,
}

/// A row that is to be sealed anew.
#[derive(Clone, Copy, Debug)]
pub struct Resealed<'r> {
    /// Its id.
    pub id: i64,
    /// As it was read.
    pub was: &'r [u8],
    /// Its content.
    pub content: &'r [u8],
}

/// Fields that do not open under the keys at hand, one sentence for each column that has some.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn unreadable(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    let mut wrong = Vec::new();
    for field in tx.shared.held.fields() {
        let (mut after, mut count, mut first) = (i64::MIN, 0, None);
        loop {
            let rows = (field.page)(tx, after, MOVED_MAX)?;
            let Some((last, _)) = rows.last() else { break };
            after = *last;
            for (row, sealed) in &rows {
                let place = Place { column: field.place, row: *row };
                if tx.shared.held.with(|ring| ring.open(place, sealed)).is_err() {
                    count += 1;
                    first.get_or_insert(*row);
                }
            }
        }
        wrong.extend(first.map(|row| format!("{count} of {} do not open, the first is row {row}", field.place)));
    }
    Ok(wrong)
}

/// Seals what an earlier version left in the clear, before anybody is served.
pub(crate) fn move_clear(conn: &mut dyn Connection, shared: &Shared) -> Result<(), StoreError> {
    let sealing = &shared.held.sealing;
    for (field, work) in sealing.fields.iter().filter_map(|field| Some((field, field.move_clear?))) {
        move_all(conn, shared, (field.place, &|tx| work(tx, MOVED_MAX)))?;
    }
    for files in &sealing.files {
        move_all(conn, shared, (files.table, &files.move_clear))?;
    }
    Ok(())
}

type Step<'s> = &'s dyn Fn(&mut Tx<'_>) -> Result<u64, Fault>;

fn move_all(conn: &mut dyn Connection, shared: &Shared, (what, step): (&str, Step<'_>)) -> Result<(), StoreError> {
    let mut moved = 0;
    for round in 1_u32.. {
        let done = in_transaction(conn, shared, step).map_err(|fault| match fault {
            Fault::Store(error) => error,
            other => StoreError::Engine(format!("{what}: {other}")),
        })?;
        moved += done;
        if done == 0 {
            break;
        }
        if round % LOG_ROUNDS == 0 {
            conn.empty_log()?;
        }
    }
    if moved > 0 {
        conn.empty_log()?;
        tracing::info!(field = what, moved, "What lay in the clear is sealed");
    }
    Ok(())
}
