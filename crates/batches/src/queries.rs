//! Reading batches.

use crate::model::{BatchRow, Outcome, RowOfBatch};
use xr_base::{BatchId, Fault, OrgId, UserId};
use xr_store::{Tx, params, sql};

/// A batch, whoever asks; callers compare whose it is.
pub(crate) fn batch(tx: &mut Tx<'_>, id: BatchId) -> Result<Option<BatchRow>, Fault> {
    Ok(tx.opt(
        sql!(
            "SELECT id, merchant_org, asked_by, asked_at, kind, event, input, note, source, wanted, state, fence, cursor_id, listed,
             rows_all, rows_done, rows_refused, failure, ended_at, expires_at FROM case_batches WHERE id = ?1
             /* unscoped: callers compare whose it is */"
        ),
        params![id],
    )?)
}

/// Somebody's batches, the newest first, below `before`.
pub(crate) fn batches(tx: &mut Tx<'_>, asker: UserId, before: i64, limit: i64) -> Result<Vec<BatchRow>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, merchant_org, asked_by, asked_at, kind, event, input, note, source, wanted, state, fence, cursor_id, listed,
             rows_all, rows_done, rows_refused, failure, ended_at, expires_at FROM case_batches
             WHERE asked_by = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3 /* unscoped: the asker's own */"
        ),
        params![asker, before, limit],
    )?)
}

/// Batches of an organisation that are not over.
pub(crate) fn open(tx: &mut Tx<'_>, org: Option<OrgId>) -> Result<i64, Fault> {
    let (count,): (i64,) = tx.one(
        sql!(
            "SELECT COUNT(*) FROM case_batches WHERE state IN ('waiting', 'choosing', 'running')
             AND COALESCE(merchant_org, 0) = ?1 /* unscoped: the organisation is a parameter */"
        ),
        params![org.map_or(0, |org| org.0)],
    )?;
    Ok(count)
}

/// Rows of a batch after the place `after`, in their order, of one stored outcome or of all.
pub(crate) fn rows(
    tx: &mut Tx<'_>,
    batch: BatchId,
    (outcome, after): (Option<Outcome>, i64),
    limit: i64,
) -> Result<Vec<RowOfBatch>, Fault> {
    Ok(match outcome {
        None => tx.all(
            sql!(
                "SELECT place, case_id, version, outcome, state, problem, at FROM case_batch_rows
                 WHERE batch_id = ?1 AND place > ?2 ORDER BY place LIMIT ?3 /* unscoped: callers compare whose batch it is */"
            ),
            params![batch, after, limit],
        ),
        Some(outcome) => tx.all(
            sql!(
                "SELECT place, case_id, version, outcome, state, problem, at FROM case_batch_rows
                 WHERE batch_id = ?1 AND outcome = ?4 AND place > ?2 ORDER BY place LIMIT ?3
                 /* unscoped: callers compare whose batch it is */"
            ),
            params![batch, after, limit, outcome],
        ),
    }?)
}
