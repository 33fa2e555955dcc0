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

record! {
    /// The jobs of one kind that wait.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Waiting {
        /// What they do.
        pub kind: String,
        /// How many.
        pub count: i64,
        /// When the first is to run; one that is being worked on, when it is given up.
        pub next_at: Instant,
        /// The most tries of one of them.
        pub attempts_max: i64,
    }
}

/// What waits, by kind, of the ten thousand jobs that come first.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn waiting(tx: &mut Tx<'_>) -> Result<Vec<Waiting>, StoreError> {
    tx.all(
        sql!(
            "SELECT kind, COUNT(*), MIN(run_at), MAX(attempts)
             FROM (SELECT kind, run_at, attempts FROM jobs ORDER BY run_at, id LIMIT 10000) first
             GROUP BY kind ORDER BY kind /* unscoped: counts of the whole market */"
        ),
        &[],
    )
}
