//! Steps of a batch, each one transaction. Every step names the fence under which its batch was taken: whoever was overtaken
//! meanwhile changes nothing.

use crate::choose::is_chosen_later;
use crate::commands::{PERMISSION, note};
use crate::model::{BatchRow, Source, State, Wanted, json, read};
use crate::queries;
use serde_json::json;
use std::sync::Arc;
use xr_base::{Actor, BatchId, CaseId, Fault, Millis, Principal, Problem, StoreError};
use xr_case::engine;
use xr_casework::ActOnCase;
use xr_identity::Roles;
use xr_store::{Command, Tx, params, sql};

/// A worker that says nothing for so long has died.
pub(crate) const HELD: Millis = Millis::seconds(10);
/// Batches and their rows are kept for so long after they ended.
const KEPT_FOR: Millis = Millis::days(30);
/// Rows deleted in one transaction: others wait for it.
const DROPPED_MAX: i64 = 500;

/// A batch under the fence of the worker that took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Taken {
    pub(crate) id: BatchId,
    pub(crate) fence: i64,
}

/// Takes the batch that was served longest ago and that no living worker has: so a small one does not wait for a large one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim;

impl Command for Claim {
    type Out = Option<Taken>;
    const NAME: &'static str = "batches.claim";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Taken>, Fault> {
        let wall = tx.wall();
        let found: Option<(BatchId, i64, State, Source)> = tx.opt(
            sql!(
                "SELECT id, fence, state, source FROM case_batches WHERE state IN ('waiting', 'choosing', 'running')
                 AND held_until < ?1 ORDER BY served_at, id LIMIT 1 /* unscoped: the worker serves every organisation */"
            ),
            params![wall],
        )?;
        let Some((id, fence, state, source)) = found else { return Ok(None) };
        let next = match state {
            State::Waiting if is_chosen_later(source) => State::Choosing,
            State::Waiting => State::Running,
            begun => begun,
        };
        let taken = tx.exec(
            sql!(
                "UPDATE case_batches SET state = ?4, fence = fence + 1, held_until = ?3, served_at = ?5
                 WHERE id = ?1 AND fence = ?2 AND state IN ('waiting', 'choosing', 'running')
                 /* unscoped: the worker serves every organisation */"
            ),
            params![id, fence, wall + HELD, next, wall],
        )?;
        Ok((taken == 1).then_some(Taken { id, fence: fence + 1 }))
    }
}

/// Gives a batch back: its turn is over, or the product stops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leave(pub(crate) Taken);

impl Command for Leave {
    type Out = ();
    const NAME: &'static str = "batches.leave";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.put(
            sql!(
                "UPDATE case_batches SET held_until = 0 WHERE id = ?1 AND fence = ?2
                 /* unscoped: the worker serves every organisation */"
            ),
            params![self.0.id, self.0.fence],
        )?;
        Ok(())
    }
}

/// What is done to every case of a batch.
#[derive(Clone, Debug)]
pub(crate) struct TheAct {
    pub(crate) batch: Arc<BatchRow>,
    pub(crate) roles: Arc<Roles>,
    pub(crate) input: serde_json::Value,
}

impl TheAct {
    pub(crate) fn of(batch: BatchRow, roles: Arc<Roles>) -> Result<Self, StoreError> {
        let input = read(&batch.input)?;
        Ok(Self { batch: Arc::new(batch), roles, input })
    }

    /// The asker with the rights of this moment.
    fn asker(&self, tx: &mut Tx<'_>) -> Result<Principal, Fault> {
        let user = xr_identity::queries::user(tx, self.batch.asked_by)?;
        let person = user.and_then(|user| self.roles.principal(&user));
        let may = |person: &Principal| person.may(PERMISSION) && person.scope() == self.batch.scope();
        Ok(person.filter(may).ok_or_else(|| Problem::new(403, "batches.rights_gone"))?)
    }
}

/// Counts an outcome and keeps the batch; gives whether it is still this worker's. The row of the batch stays locked until the commit.
fn count(tx: &mut Tx<'_>, taken: Taken, (done, refused): (i64, i64)) -> Result<bool, Fault> {
    let held = tx.wall() + HELD;
    let counted = tx.exec(
        sql!(
            "UPDATE case_batches SET rows_done = rows_done + ?3, rows_refused = rows_refused + ?4, held_until = ?5
             WHERE id = ?1 AND fence = ?2 AND state = 'running' /* unscoped: the worker serves every organisation */"
        ),
        params![taken.id, taken.fence, done, refused, held],
    )?;
    Ok(counted == 1)
}

/// Acts on the case of one row as a single act does, and writes the outcome with it.
#[derive(Clone, Debug)]
pub(crate) struct ActOnRow {
    pub(crate) taken: Taken,
    pub(crate) act: TheAct,
    pub(crate) place: i64,
    pub(crate) case: CaseId,
    pub(crate) version: Option<i64>,
}

impl Command for ActOnRow {
    /// Whether it was done; otherwise the batch is somebody else's now, or called off. A refusal undoes all of it.
    type Out = bool;
    const NAME: &'static str = "batches.act_on_row";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        if !count(tx, self.taken, (1, 0))? {
            return Ok(false);
        }
        let actor = Actor::Person(self.act.asker(tx)?);
        let batch = &self.act.batch;
        let seen = engine::seen_by(tx, batch.scope(), self.case)?;
        if seen.kind != batch.kind {
            return Err(Problem::new(422, "batches.other_kind").into());
        }
        let act = ActOnCase {
            actor,
            case: self.case,
            event: batch.event.clone(),
            version: self.version,
            input: self.act.input.clone(),
            note: batch.note.clone(),
        };
        act.run(tx)?;
        let now = tx.now();
        let state = engine::find(tx, self.case)?.map_or(seen.state, |case| case.state);
        let written = tx.exec(
            sql!(
                "UPDATE case_batch_rows SET outcome = 'done', state = ?3, at = ?4
                 WHERE batch_id = ?1 AND place = ?2 AND outcome = 'waiting' /* unscoped: the worker serves every organisation */"
            ),
            params![self.taken.id, self.place, state, now],
        )?;
        StoreError::compared(written, "the row")?;
        Ok(true)
    }
}

/// Writes why a row was refused.
#[derive(Clone, Debug)]
pub(crate) struct RefuseRow {
    pub(crate) taken: Taken,
    pub(crate) place: i64,
    pub(crate) problem: Problem,
}

impl Command for RefuseRow {
    type Out = bool;
    const NAME: &'static str = "batches.refuse_row";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        if !count(tx, self.taken, (0, 1))? {
            return Ok(false);
        }
        let now = tx.now();
        let written = tx.exec(
            sql!(
                "UPDATE case_batch_rows SET outcome = 'refused', problem = ?3, at = ?4
                 WHERE batch_id = ?1 AND place = ?2 AND outcome = 'waiting' /* unscoped: the worker serves every organisation */"
            ),
            params![self.taken.id, self.place, json(&self.problem)?, now],
        )?;
        StoreError::compared(written, "the row")?;
        Ok(true)
    }
}

/// The batch is over: every row has its outcome, or it cannot be worked on.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) taken: Taken,
    pub(crate) state: State,
    pub(crate) failure: &'static str,
}

impl Command for End {
    type Out = ();
    const NAME: &'static str = "batches.end";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        end(tx, self.taken.id, (&Actor::System, Some(self.taken.fence)), (self.state, self.failure))
    }
}

/// Ends an open batch, under a fence or under whichever; what was searched for is emptied.
pub(crate) fn end(
    tx: &mut Tx<'_>,
    id: BatchId,
    (actor, fence): (&Actor, Option<i64>),
    (state, failure): (State, &str),
) -> Result<(), Fault> {
    let row = queries::batch(tx, id)?.ok_or_else(|| StoreError::Corrupt(format!("batch {id} is gone")))?;
    let mut kept = row.kept()?;
    kept.all = kept.all.map(|all| Wanted { q: None, ..all });
    let now = tx.now();
    let ended = tx.exec(
        sql!(
            "UPDATE case_batches SET state = ?3, failure = ?4, wanted = ?5, ended_at = ?6, expires_at = ?7, held_until = 0
             WHERE id = ?1 AND (?2 = 0 OR fence = ?2) AND state IN ('waiting', 'choosing', 'running')
             /* unscoped: the worker serves every organisation, people were compared */"
        ),
        params![id, fence.unwrap_or(0), state, failure, json(&kept)?, now, now + KEPT_FOR],
    )?;
    if ended == 0 {
        return Ok(());
    }
    let (done, refused): (i64, i64) = tx.one(
        sql!("SELECT rows_done, rows_refused FROM case_batches WHERE id = ?1 /* unscoped: as above */"),
        params![id],
    )?;
    let body = json!({ "batch": id, "state": state, "rows": row.rows_all, "done": done, "refused": refused });
    note(tx, "batch.ended", (actor, row.merchant_org), row.id, body)
}

/// Deletes some rows of a batch that was kept long enough, at last itself; gives whether there was something to do.
#[derive(Clone, Copy, Debug)]
pub struct DropExpired;

impl Command for DropExpired {
    type Out = bool;
    const NAME: &'static str = "batches.drop_expired";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let Some(id) = expired(tx)? else { return Ok(false) };
        let gone = tx.exec(
            sql!(
                "DELETE FROM case_batch_rows WHERE batch_id = ?1 AND place IN
                 (SELECT place FROM case_batch_rows WHERE batch_id = ?1 ORDER BY place LIMIT ?2)
                 /* unscoped: house-keeping of every organisation */"
            ),
            params![id, DROPPED_MAX],
        )?;
        if gone == 0 {
            tx.put(
                sql!("DELETE FROM case_batches WHERE id = ?1 /* unscoped: house-keeping of every organisation */"),
                params![id],
            )?;
        }
        Ok(true)
    }
}

/// A batch that was kept long enough.
pub(crate) fn expired(tx: &mut Tx<'_>) -> Result<Option<BatchId>, Fault> {
    let now = tx.now();
    let found: Option<(BatchId,)> = tx.opt(
        sql!(
            "SELECT id FROM case_batches WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 1
             /* unscoped: house-keeping of every organisation */"
        ),
        params![now],
    )?;
    Ok(found.map(|(id,)| id))
}
