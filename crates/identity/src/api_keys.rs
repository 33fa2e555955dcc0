//! Keys of the open API: a program acts with one as a member of its own, within the words that the key was given.

use crate::model::{User, Words};
use crate::{Error, queries};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use xr_base::{Fault, Instant, Millis, OrgId, Stopwatch, StoreError, UserId};
use xr_store::{Tx, params, record, sql};

/// What every token of a key begins with: it is told apart from a session's, and found by who looks for secrets in public places.
pub const PREFIX: &str = "xk_";
/// That a key is in use is written down so often.
const USE_NOTED_EVERY: Millis = Millis::minutes(10);

record! {
    /// A key as the console shows it; the token is nowhere kept.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ApiKey {
        /// The member as which it acts.
        pub id: UserId,
        /// Name, 1..=40 characters.
        pub name: String,
        /// Permission words that it was given.
        pub words: Words,
        /// Last four characters of its token.
        pub hint: String,
        /// Calls in a minute.
        pub per_minute: i64,
        /// Name of who made it; none when they are gone.
        pub made_by: Option<String>,
        /// Wall time.
        pub created_at: Instant,
        /// Wall time; from then on it opens nothing.
        pub expires_at: Instant,
        /// Wall time; from then on it opens nothing.
        pub revoked_at: Option<Instant>,
        /// Wall time of a use, at most ten minutes before the last one.
        pub used_at: Option<Instant>,
    }
}

/// Keys of an organisation before `before`, the newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn list(tx: &mut Tx<'_>, org: OrgId, before: i64, limit: i64) -> Result<Vec<ApiKey>, StoreError> {
    tx.all(
        sql!(
            "SELECT k.user_id, u.name, k.permissions, k.hint, k.per_minute, m.name, k.created_at, k.expires_at, k.revoked_at, x.at
             FROM api_keys k JOIN users u ON u.id = k.user_id LEFT JOIN users m ON m.id = k.made_by
             LEFT JOIN api_key_uses x ON x.user_id = k.user_id
             WHERE k.org_id = ?1 AND k.user_id < ?2 ORDER BY k.user_id DESC LIMIT ?3 /* unscoped: the organisation is a parameter */"
        ),
        params![org, before, limit],
    )
}

/// Keys of an organisation that open something now.
pub(crate) fn count_live(tx: &mut Tx<'_>, org: OrgId) -> Result<i64, StoreError> {
    let wall = tx.wall();
    let (count,): (i64,) = tx.one(
        sql!(
            "SELECT COUNT(*) FROM api_keys WHERE org_id = ?1 AND expires_at > ?2 AND revoked_at IS NULL
             /* unscoped: one's own organisation */"
        ),
        params![org, wall],
    )?;
    Ok(count)
}

/// A key that opens something now.
pub(crate) struct Held {
    pub(crate) user: User,
    pub(crate) per_minute: u32,
    /// Whether it is time to write down that it is in use.
    pub(crate) is_use_due: bool,
}

/// The key of this token; none of an organisation that is shut out.
pub(crate) fn held(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Held>, StoreError> {
    let wall = tx.wall();
    let found: Option<(UserId, i64, Option<Instant>)> = tx.opt(
        sql!(
            "SELECT k.user_id, k.per_minute, x.at FROM api_keys k LEFT JOIN api_key_uses x ON x.user_id = k.user_id
             WHERE k.token_hash = ?1 AND k.expires_at > ?2 AND k.revoked_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM log_in_blocks b WHERE b.org_id = k.org_id) /* unscoped: by token */"
        ),
        params![token_hash, wall],
    )?;
    let Some((id, per_minute, used_at)) = found else { return Ok(None) };
    let user = queries::user(tx, id)?.filter(|user| !user.is_disabled);
    let per_minute = u32::try_from(per_minute).unwrap_or(1);
    let is_use_due = used_at.is_none_or(|at| at + USE_NOTED_EVERY <= wall);
    Ok(user.map(|user| Held { user, per_minute, is_use_due }))
}

/// Calls of keys; every server counts its own.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<UserId, Bucket>>);

/// Calls that are left, as they were a while ago.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    since: Stopwatch,
}

impl Limits {
    /// Counts a call.
    ///
    /// # Errors
    /// [`Error::TooManyCalls`] when the minute's calls are used up.
    pub(crate) fn count(&self, key: UserId, per_minute: u32) -> Result<(), Fault> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket =
            buckets.entry(key).or_insert_with(|| Bucket { left: per_minute.into(), since: Stopwatch::start() });
        let left = filled(bucket.left, per_minute.into(), bucket.since.elapsed());
        *bucket = Bucket { left, since: Stopwatch::start() };
        if left < 1.0 {
            return Err(Error::TooManyCalls { per_minute, wait_s: 60_u32.div_ceil(per_minute.max(1)) }.into());
        }
        bucket.left = left - 1.0;
        Ok(())
    }
}

/// Calls come back evenly over the minute, up to a minute's number.
fn filled(left: f64, per_minute: f64, passed: Duration) -> f64 {
    (left + passed.as_secs_f64() * per_minute / 60.0).min(per_minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_come_back_evenly_and_never_beyond_a_minute_s_number() {
        let is_near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        is_near(filled(0.0, 60.0, Duration::from_secs(1)), 1.0);
        is_near(filled(0.5, 600.0, Duration::from_millis(50)), 1.0);
        is_near(filled(59.0, 60.0, Duration::from_hours(9)), 60.0);
    }

    #[test]
    fn a_key_beyond_its_number_waits_and_others_do_not() {
        let limits = Limits::default();
        for _ in 0..2 {
            assert!(limits.count(UserId(1), 2).is_ok());
        }
        assert!(limits.count(UserId(1), 2).is_err());
        assert!(limits.count(UserId(2), 2).is_ok());
    }
}
