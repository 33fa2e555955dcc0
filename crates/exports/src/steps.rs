//! Steps of an export, each one transaction. Every step names the fence under which its export was taken and the order after which it
//! goes on: whoever was overtaken meanwhile changes nothing.

use crate::commands::note;
use crate::file::{Draft, Parts};
use crate::model::{State, json};
use crate::{queries, sealed};
use serde_json::json;
use xr_base::{Actor, ExportId, Fault, Millis, Scope, StoreError};
use xr_store::{Command, Tx, params, sql};

/// A worker that says nothing for so long has died.
const HELD: Millis = Millis::seconds(10);
/// Files are kept for so long.
const KEPT_FOR: Millis = Millis::days(7);
/// Exports looked at in one transaction, and parts deleted: others wait for it.
const EXPIRED_MAX: i64 = 20;
const DROPPED_MAX: i64 = 16;

/// An export under the fence of the worker that took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Taken {
    pub(crate) id: ExportId,
    pub(crate) fence: i64,
}

/// Takes the export that waits longest and that no living worker has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim;

impl Command for Claim {
    type Out = Option<Taken>;
    const NAME: &'static str = "exports.claim";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Taken>, Fault> {
        let wall = tx.wall();
        let found: Option<(ExportId, i64)> = tx.opt(
            sql!(
                "SELECT id, fence FROM order_exports WHERE state IN ('waiting', 'running') AND held_until < ?1 ORDER BY id
                 LIMIT 1 /* unscoped: the worker serves every organisation */"
            ),
            params![wall],
        )?;
        let Some((id, fence)) = found else { return Ok(None) };
        let taken = tx.exec(
            sql!(
                "UPDATE order_exports SET state = 'running', fence = fence + 1, held_until = ?3, has_parts = 1
                 WHERE id = ?1 AND fence = ?2 AND state IN ('waiting', 'running')
                 /* unscoped: the worker serves every organisation */"
            ),
            params![id, fence, wall + HELD],
        )?;
        Ok((taken == 1).then_some(Taken { id, fence: fence + 1 }))
    }
}

/// Gives an export back untouched: the product stops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leave(pub(crate) Taken);

impl Command for Leave {
    type Out = ();
    const NAME: &'static str = "exports.leave";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.put(
            sql!(
                "UPDATE order_exports SET held_until = 0 WHERE id = ?1 AND fence = ?2 AND state = 'running'
                 /* unscoped: the worker serves every organisation */"
            ),
            params![self.0.id, self.0.fence],
        )?;
        Ok(())
    }
}

/// What a page brought.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    pub(crate) cursor: i64,
    pub(crate) orders_done: i64,
    pub(crate) orders_all: Option<i64>,
    pub(crate) rows: i64,
    pub(crate) draft: Draft,
}

/// Keeps the parts of one page together with how far the export is; the last one ends it.
#[derive(Clone, Debug)]
pub(crate) struct KeepPage {
    pub(crate) taken: Taken,
    /// Where the page began.
    pub(crate) from: i64,
    pub(crate) progress: Progress,
    pub(crate) parts: Parts,
    pub(crate) is_last: bool,
}

impl Command for KeepPage {
    /// Whether it was kept; otherwise the export is somebody else's now, or taken back.
    type Out = bool;
    const NAME: &'static str = "exports.keep_page";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let (held, Progress { cursor, orders_done, orders_all, rows, draft }) = (tx.wall() + HELD, &self.progress);
        let size = i64::try_from(draft.size()).unwrap_or(i64::MAX);
        let moved = tx.exec(
            sql!(
                "UPDATE order_exports SET cursor_id = ?4, orders_done = ?5, orders_all = ?6, row_count = ?7, size_bytes = ?8,
                 draft = ?9, held_until = ?10 WHERE id = ?1 AND fence = ?2 AND cursor_id = ?3 AND state = 'running'
                 /* unscoped: the worker serves every organisation */"
            ),
            params![
                self.taken.id,
                self.taken.fence,
                self.from,
                cursor,
                orders_done,
                orders_all,
                rows,
                size,
                json(draft)?,
                held
            ],
        )?;
        if moved == 0 {
            return Ok(false);
        }
        if let Some((_, first)) = self.parts.first() {
            let key = sealed::key(tx, self.taken.id, first)?;
            for (part, bytes) in &self.parts {
                sealed::put_part(tx, &key, (self.taken.id, *part), bytes)?;
            }
        }
        if self.is_last {
            end(tx, self.taken, State::Done, "")?;
        }
        Ok(true)
    }
}

/// The export cannot be written to its end.
#[derive(Clone, Debug)]
pub(crate) struct Fail {
    pub(crate) taken: Taken,
    pub(crate) failure: &'static str,
}

impl Command for Fail {
    type Out = ();
    const NAME: &'static str = "exports.fail";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        end(tx, self.taken, State::Failed, self.failure)
    }
}

fn end(tx: &mut Tx<'_>, taken: Taken, state: State, failure: &str) -> Result<(), Fault> {
    let now = tx.now();
    let ended = tx.exec(
        sql!(
            "UPDATE order_exports SET state = ?3, failure = ?4, ended_at = ?5, expires_at = ?6, held_until = 0, draft = ''
             WHERE id = ?1 AND fence = ?2 AND state = 'running' /* unscoped: the worker serves every organisation */"
        ),
        params![taken.id, taken.fence, state, failure, now, (state == State::Done).then_some(now + KEPT_FOR)],
    )?;
    if ended == 0 {
        return Ok(());
    }
    let row = queries::export(tx, Scope::Platform, taken.id)?;
    let row = row.ok_or_else(|| StoreError::Corrupt(format!("export {} is gone", taken.id)))?;
    let body = json!({ "export": row.id, "state": state, "orders": row.orders_done, "rows": row.row_count });
    note(tx, "export.ended", (&Actor::System, row.merchant_org), row.id, body)
}

/// Lets go of files that were kept for seven days, and of what they were searched for; gives how many.
#[derive(Clone, Copy, Debug)]
pub struct ExpireFiles;

impl Command for ExpireFiles {
    type Out = u64;
    const NAME: &'static str = "exports.expire_files";

    fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Fault> {
        let now = tx.now();
        let old: Vec<(ExportId,)> = tx.all(
            sql!(
                "SELECT id FROM order_exports WHERE has_parts = 1 AND state = 'done' AND expires_at <= ?1 ORDER BY id LIMIT ?2
                 /* unscoped: house-keeping of every organisation */"
            ),
            params![now, EXPIRED_MAX],
        )?;
        for (id,) in &old {
            tx.put(
                sql!(
                    "UPDATE order_exports SET state = 'expired', sealed_filter = NULL WHERE id = ?1 AND state = 'done'
                     /* unscoped: house-keeping of every organisation */"
                ),
                params![id],
            )?;
        }
        Ok(old.len() as u64)
    }
}

/// Deletes some parts of a file that nobody may have any more; gives whether there was something to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DropParts;

impl Command for DropParts {
    type Out = bool;
    const NAME: &'static str = "exports.drop_parts";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let Some(id) = dropped(tx)? else { return Ok(false) };
        let gone = tx.exec(
            sql!(
                "DELETE FROM sealed_export_parts WHERE export_id = ?1 AND part IN
                 (SELECT part FROM sealed_export_parts WHERE export_id = ?1 ORDER BY part LIMIT ?2)
                 /* unscoped: house-keeping of every organisation */"
            ),
            params![id, DROPPED_MAX],
        )?;
        if gone == 0 {
            tx.drop_file_key(id.0)?;
            tx.put(
                sql!("UPDATE order_exports SET has_parts = 0 WHERE id = ?1 /* unscoped: house-keeping of every organisation */"),
                params![id],
            )?;
        }
        Ok(true)
    }
}

/// An export whose file is to be deleted.
pub(crate) fn dropped(tx: &mut Tx<'_>) -> Result<Option<ExportId>, Fault> {
    let found: Option<(ExportId,)> = tx.opt(
        sql!(
            "SELECT id FROM order_exports WHERE has_parts = 1 AND state IN ('failed', 'cancelled', 'deleted', 'expired')
             ORDER BY id LIMIT 1 /* unscoped: house-keeping of every organisation */"
        ),
        &[],
    )?;
    Ok(found.map(|(id,)| id))
}
