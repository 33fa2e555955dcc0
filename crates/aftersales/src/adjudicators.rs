//! Who rules when both sides have evidence.

use xr_base::{Fault, UserId};
use xr_case::engine::OWNER_PLATFORM;
use xr_store::{Tx, params, sql};

/// Knows the people of the platform who may rule; wired in the binary over the capability that keeps people.
pub trait Adjudicators: Send + Sync + 'static {
    /// People who may be given a case now, in any order.
    ///
    /// # Errors
    /// A store fault.
    fn candidates(&self, tx: &mut Tx<'_>) -> Result<Vec<UserId>, Fault>;
}

/// Of `people` the one for whom the fewest cases wait, the first by id among equals; none of none. Counted over what waits for the
/// platform: what somebody ruled before does not matter, however much it is.
pub(crate) fn least_loaded(tx: &mut Tx<'_>, people: &[UserId]) -> Result<Option<UserId>, Fault> {
    // CROSS JOIN: SQLite keeps the order that is written.
    let waiting: Vec<(UserId, i64)> = tx.all(
        sql!(
            "SELECT a.assigned_to, COUNT(*) FROM cases c CROSS JOIN aftersales a
             WHERE c.owner_org = ?1 AND c.closed_at IS NULL AND a.case_id = c.id AND a.assigned_to IS NOT NULL
             GROUP BY a.assigned_to /* unscoped: the platform's own people */"
        ),
        params![OWNER_PLATFORM],
    )?;
    let load = |person: UserId| waiting.iter().find(|(id, _)| *id == person).map_or(0, |(_, count)| *count);
    Ok(people.iter().copied().min_by_key(|person| (load(*person), *person)))
}
