//! Who rules when both sides have evidence.

use xr_base::{Fault, UserId};
use xr_store::{Tx, params, sql};

/// Knows the people of the platform who may rule; wired in the binary over the capability that keeps people.
pub trait Adjudicators: Send + Sync + 'static {
    /// People who may be given a case now, in any order.
    ///
    /// # Errors
    /// A store fault.
    fn candidates(&self, tx: &mut Tx<'_>) -> Result<Vec<UserId>, Fault>;
}

/// Of `people` the one with the fewest open cases, the first by id among equals; none of none.
pub(crate) fn least_loaded(tx: &mut Tx<'_>, people: &[UserId]) -> Result<Option<UserId>, Fault> {
    let mut best: Option<(i64, UserId)> = None;
    for person in people {
        let (load,): (i64,) = tx.one(
            sql!(
                "SELECT COUNT(*) FROM aftersales a JOIN cases c ON c.id = a.case_id
                 WHERE a.assigned_to = ?1 AND c.closed_at IS NULL /* unscoped: the platform's own people */"
            ),
            params![person],
        )?;
        best = Some(best.map_or((load, *person), |known| known.min((load, *person))));
    }
    Ok(best.map(|(_, person)| person))
}
