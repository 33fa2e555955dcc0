//! Deleting: files and bad rows go some rows a transaction, so that nobody waits long for the one writer of SQLite.
//!
//! First an import is marked (`has_file = 0`, a row of `import_forgotten`), then its rows go step by step. Wherever that breaks
//! off, the next step goes on.

use super::commands::{merchant, not_found};
use super::model::State;
use super::queries;
use super::steps::hold;
use xr_base::{Actor, Fault, ImportId, Millis, Problem, Scope, StoreError};
use xr_store::{Command, Store, Tx, params, sql};

/// Uploads that broke off are forgotten after so long.
const UPLOAD_WITHIN: Millis = Millis::days(1);
/// Files and bad rows are kept for so long.
const KEPT_FOR: Millis = Millis::days(30);
/// Imports marked in one transaction.
const FORGOTTEN_MAX: i64 = 20;
/// Bad rows, and parts of 1 MiB, deleted in one transaction.
const STEP_ROWS: i64 = 2_000;
const STEP_PARTS: i64 = 8;

fn mark(tx: &mut Tx<'_>, import: ImportId) -> Result<(), StoreError> {
    tx.put(
        sql!("INSERT INTO import_forgotten (import_id) VALUES (?1) ON CONFLICT DO NOTHING /* unscoped: the desk's own rows */"),
        params![import],
    )
}

/// Lets go of the file of an import that is still in `state`; gives whether it was. Somebody may start the run in this moment:
/// then the file is wanted.
fn forget(tx: &mut Tx<'_>, import: ImportId, state: State) -> Result<bool, StoreError> {
    let forgotten = tx.exec(
        sql!(
            "UPDATE imports SET has_file = 0 WHERE id = ?1 AND state = ?2 AND has_file = 1
             /* unscoped: found in scope, drawn for this upload, or house-keeping */"
        ),
        params![import, state],
    )?;
    if forgotten == 1 {
        mark(tx, import)?;
    }
    Ok(forgotten == 1)
}

/// Some bad rows of an import; gives how many went.
fn delete_bad_rows(tx: &mut Tx<'_>, import: ImportId) -> Result<u64, StoreError> {
    tx.exec(
        sql!(
            "DELETE FROM sealed_bad_rows WHERE import_id = ?1 AND line <= (SELECT MAX(b.line) FROM
             (SELECT line FROM sealed_bad_rows WHERE import_id = ?1 ORDER BY line LIMIT ?2) b) /* unscoped: the desk's own rows */"
        ),
        params![import, STEP_ROWS],
    )
}

fn delete_parts(tx: &mut Tx<'_>, import: ImportId) -> Result<u64, StoreError> {
    tx.exec(
        sql!(
            "DELETE FROM sealed_import_parts WHERE import_id = ?1 AND part <= (SELECT MAX(b.part) FROM
             (SELECT part FROM sealed_import_parts WHERE import_id = ?1 ORDER BY part LIMIT ?2) b) /* unscoped: the desk's own rows */"
        ),
        params![import, STEP_PARTS],
    )
}

/// Deletes some rows of the report that an earlier run left; gives whether there were any.
pub(crate) struct ClearReport {
    pub(crate) holder: String,
    pub(crate) import: ImportId,
}

impl Command for ClearReport {
    type Out = bool;
    const NAME: &'static str = "imports.clear_report";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        hold(tx, &self.holder)?;
        Ok(delete_bad_rows(tx, self.import)? > 0)
    }
}

/// Forgets a file that was no table, or whose upload broke off.
pub(crate) struct DropUpload {
    pub(crate) import: ImportId,
}

impl Command for DropUpload {
    type Out = ();
    const NAME: &'static str = "imports.drop_upload";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        forget(tx, self.import, State::Uploading)?;
        Ok(())
    }
}

/// Deletes the file of an import and its bad rows before their time; the orders it made stay.
pub(crate) struct ForgetFile {
    pub(crate) actor: Actor,
    pub(crate) import: ImportId,
}

impl Command for ForgetFile {
    type Out = ();
    const NAME: &'static str = "imports.forget_file";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (_, org) = merchant(&self.actor)?;
        let row = queries::import(tx, Scope::Merchant(org), self.import)?.ok_or_else(not_found)?;
        // Wanting again what is done already is no mistake.
        if !row.has_file {
            return Ok(());
        }
        let is_at_rest = row.state.is_open() || row.state == State::Done;
        if is_at_rest && forget(tx, row.id, row.state)? {
            return Ok(());
        }
        Err(Problem::new(409, "imports.is_busy").into())
    }
}

/// Marks files that were kept for 30 days, with their bad rows, and uploads that broke off; gives how many. [`DeleteForgotten`]
/// deletes them.
#[derive(Clone, Copy, Debug)]
pub struct ForgetFiles;

impl Command for ForgetFiles {
    type Out = u64;
    const NAME: &'static str = "imports.forget_files";

    fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Fault> {
        let now = tx.now();
        let old: Vec<(ImportId, State)> = tx.all(
            sql!(
                "SELECT id, state FROM imports WHERE has_file = 1 AND ((state IN ('uploaded', 'checked', 'done', 'failed')
                 AND created_at < ?1) OR (state = 'uploading' AND created_at < ?2)) ORDER BY id LIMIT ?3
                 /* unscoped: house-keeping of every organisation */"
            ),
            params![now - KEPT_FOR, now - UPLOAD_WITHIN, FORGOTTEN_MAX],
        )?;
        let mut forgotten = 0;
        for (id, state) in &old {
            forgotten += u64::from(forget(tx, *id, *state)?);
        }
        Ok(forgotten)
    }
}

/// One step of deleting what was marked; gives whether anything may be left.
#[derive(Clone, Copy, Debug)]
pub struct DeleteForgotten;

impl Command for DeleteForgotten {
    type Out = bool;
    const NAME: &'static str = "imports.delete_forgotten";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let next: Option<(ImportId,)> = tx.opt(
            sql!("SELECT import_id FROM import_forgotten ORDER BY import_id LIMIT 1 /* unscoped: house-keeping of every organisation */"),
            &[],
        )?;
        let Some((import,)) = next else { return Ok(false) };
        if delete_parts(tx, import)? > 0 || delete_bad_rows(tx, import)? > 0 {
            return Ok(true);
        }
        super::sealed::forget(tx, import)?;
        tx.put(
            sql!("DELETE FROM imports WHERE id = ?1 AND state = 'uploading' AND has_file = 0 /* unscoped: house-keeping of every organisation */"),
            params![import],
        )?;
        tx.put(
            sql!(
                "DELETE FROM import_forgotten WHERE import_id = ?1 /* unscoped: house-keeping of every organisation */"
            ),
            params![import],
        )?;
        Ok(true)
    }
}

/// Deletes what was marked, step by step, until nothing is left or `stop` says so.
///
/// # Errors
/// A store fault.
pub async fn delete_forgotten(store: &Store, stop: &(dyn Fn() -> bool + Sync)) -> Result<(), Fault> {
    while !stop() && store.write(DeleteForgotten).await? {}
    Ok(())
}
