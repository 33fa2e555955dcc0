//! Work to do outside a transaction: rows, claimed by conditional update.

use crate::{Tx, params, record, sql};
use xr_base::{Instant, Millis, RowId, StoreError};

record! {
    /// One piece of work.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Job {
        /// Id.
        pub id: RowId,
        /// What to do, e.g. `gateway.capture`.
        pub kind: String,
        /// JSON for the worker.
        pub payload: String,
        /// How often it was claimed before.
        pub attempts: i64,
    }
}

impl Tx<'_> {
    /// Queues work for `run_at` (business time); it exists if and only if this transaction commits.
    ///
    /// # Errors
    /// [`StoreError`] of the engine.
    pub fn job(&mut self, kind: &str, payload: &serde_json::Value, run_at: Instant) -> Result<RowId, StoreError> {
        let id: RowId = self.id();
        self.put(
            sql!(
                "INSERT INTO jobs (id, kind, payload, run_at, attempts, claim) VALUES (?1, ?2, ?3, ?4, 0, 0)
                 /* unscoped: queueing */"
            ),
            params![id, kind, payload.to_string(), run_at],
        )?;
        Ok(id)
    }
}

/// Claims at most `limit` jobs of `kind` due by now; each is hidden from other workers for `lease`.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn claim(tx: &mut Tx<'_>, kind: &str, limit: i64, lease: Millis) -> Result<Vec<Job>, StoreError> {
    let now = tx.now();
    let due: Vec<Job> = tx.all(
        sql!(
            "SELECT id, kind, payload, attempts FROM jobs WHERE run_at <= ?1 AND kind = ?2 ORDER BY run_at, id LIMIT ?3
             /* unscoped: workers serve every organisation */"
        ),
        params![now, kind, limit],
    )?;
    let mut claimed = Vec::with_capacity(due.len());
    for job in due {
        let taken = tx.exec(
            sql!(
                "UPDATE jobs SET run_at = ?1, attempts = attempts + 1, claim = claim + 1 WHERE id = ?2 AND attempts = ?3
                 /* unscoped: workers serve every organisation */"
            ),
            params![now + lease, job.id, job.attempts],
        )?;
        if taken == 1 {
            claimed.push(job);
        }
    }
    Ok(claimed)
}

/// Forgets a job that was done.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn done(tx: &mut Tx<'_>, id: RowId) -> Result<(), StoreError> {
    tx.put(sql!("DELETE FROM jobs WHERE id = ?1 /* unscoped: workers serve every organisation */"), params![id])?;
    Ok(())
}

/// Jobs of one kind are counted so far: the page of the state must not cost more the worse the state is.
pub const COUNTED_MAX: i64 = 10_000;

/// The jobs of one kind that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What they do.
    pub kind: String,
    /// How many, at most [`COUNTED_MAX`].
    pub count: i64,
    /// Whether there are more than that.
    pub is_more: bool,
    /// When the first is to run; one that is being worked on, when it is given up.
    pub next_at: Instant,
    /// The most tries of one of those counted.
    pub attempts_max: i64,
}

/// What waits, by kind: every kind, each counted to [`COUNTED_MAX`].
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn waiting(tx: &mut Tx<'_>) -> Result<Vec<Waiting>, StoreError> {
    let mut found: Vec<Waiting> = Vec::new();
    // From kind to kind by the index: there are a handful, of however many jobs.
    loop {
        let last = found.last().map_or("", |waiting| waiting.kind.as_str());
        let next: Option<(String,)> = tx.opt(
            sql!(
                "SELECT kind FROM jobs WHERE kind > ?1 ORDER BY kind LIMIT 1 /* unscoped: counts of the whole market */"
            ),
            params![last],
        )?;
        let Some((kind,)) = next else { return Ok(found) };
        let (count, next_at, attempts_max): (i64, Instant, i64) = tx.one(
            sql!(
                "SELECT COUNT(*), MIN(run_at), MAX(attempts) FROM
                 (SELECT run_at, attempts FROM jobs WHERE kind = ?1 ORDER BY run_at, id LIMIT ?2) first
                 /* unscoped: counts of the whole market */"
            ),
            params![kind, COUNTED_MAX + 1],
        )?;
        let (is_more, count) = (count > COUNTED_MAX, count.min(COUNTED_MAX));
        found.push(Waiting { kind, count, is_more, next_at, attempts_max });
    }
}
