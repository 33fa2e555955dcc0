//! Nobody of an organisation logs in: set at once for a danger, lifted by two persons, whatever becomes of its verification meanwhile (ACC-6).

use crate::Error;
use crate::commands::{of_org, tell};
use serde_json::json;
use xr_base::{Actor, Fault, Instant, Millis, OrgId, Problem, StoreError, UserId};
use xr_store::{Mutant, Tx, params, record, sql};

/// Who asked for the lifting is followed by another within so long, else somebody asks anew.
pub const BACKED_FOR: Millis = Millis::hours(24);

record! {
    /// What keeps an organisation out.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct LogInBlock {
        /// From when on.
        pub since: Instant,
        /// Who asked last that it be lifted.
        pub backed_by: Option<UserId>,
        /// When.
        pub backed_at: Option<Instant>,
    }
}

impl LogInBlock {
    /// Whose wish that it be lifted counts at `now`.
    pub fn backer(&self, now: Instant) -> Option<UserId> {
        let (by, at) = self.backed_by.zip(self.backed_at)?;
        (now < at + BACKED_FOR).then_some(by)
    }
}

/// The block of an organisation, for callers that have authorised.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn of(tx: &mut Tx<'_>, org: OrgId) -> Result<Option<LogInBlock>, StoreError> {
    tx.opt(
        sql!(
            "SELECT since, backed_by, backed_at FROM log_in_blocks WHERE org_id = ?1
             /* unscoped: by id after authorisation */"
        ),
        params![org],
    )
}

/// Shuts an organisation out and ends every session of its people. Whoever wanted an earlier block lifted has to say so again.
///
/// # Errors
/// A store fault.
pub fn set(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<(), Fault> {
    let now = tx.at();
    tx.put(
        sql!(
            "INSERT INTO log_in_blocks (org_id, since) VALUES (?1, ?2)
             ON CONFLICT (org_id) DO UPDATE SET backed_by = NULL, backed_at = NULL /* unscoped: after authorisation */"
        ),
        params![org, now],
    )?;
    let ended = tx.exec(
        sql!(
            "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE org_id = ?1)
             /* unscoped: after authorisation */"
        ),
        params![org],
    )?;
    Ok(tell(tx, ("identity.log_in_blocked", org.0), actor, of_org(Some(org)), json!({ "org": org, "ended": ended }))?)
}

/// Somebody wants it lifted; it takes another one to do it.
///
/// # Errors
/// [`Error::NotBlocked`]; a store fault.
pub fn back(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<(), Fault> {
    let (by, now) = (person(actor)?, tx.at());
    let changed = tx.exec(
        sql!(
            "UPDATE log_in_blocks SET backed_by = ?2, backed_at = ?3 WHERE org_id = ?1
             /* unscoped: after authorisation */"
        ),
        params![org, by, now],
    )?;
    if changed == 0 {
        return Err(Error::NotBlocked.into());
    }
    Ok(tell(tx, ("identity.log_in_block_backed", org.0), actor, of_org(Some(org)), json!({ "org": org }))?)
}

/// Whether `actor` may lift it now: somebody else wanted it within [`BACKED_FOR`]. Gives who.
///
/// # Errors
/// [`Error::NotBlocked`], [`Error::NeedsAnother`]; a store fault.
pub fn second(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<UserId, Fault> {
    let by = person(actor)?;
    let block = of(tx, org)?.ok_or(Error::NotBlocked)?;
    let backer = block.backer(tx.at()).filter(|backer| *backer != by || tx.lacks(Mutant::OnePerson));
    Ok(backer.ok_or(Error::NeedsAnother)?)
}

/// Lifts it: the people of the organisation may log in again.
///
/// # Errors
/// As of [`second`].
pub fn lift(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Result<(), Fault> {
    let backed_by = second(tx, actor, org)?;
    let lifted = tx.exec(
        sql!("DELETE FROM log_in_blocks WHERE org_id = ?1 AND backed_by = ?2 /* unscoped: after authorisation */"),
        params![org, backed_by],
    )?;
    StoreError::compared(lifted, "the block")?;
    let body = json!({ "org": org, "backed_by": backed_by });
    Ok(tell(tx, ("identity.log_in_block_lifted", org.0), actor, of_org(Some(org)), body)?)
}

/// Neither clocks nor programs count as one of two persons.
fn person(actor: &Actor) -> Result<UserId, Problem> {
    match actor {
        Actor::Person(person) => Ok(person.user),
        _ => Err(Problem::new(403, "web.forbidden").with("permission", "verification.freeze")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_counts_for_a_day_and_no_longer() {
        let at = Instant(1_000);
        let block = LogInBlock { since: Instant(0), backed_by: Some(UserId(7)), backed_at: Some(at) };
        assert_eq!(block.backer(at), Some(UserId(7)));
        assert_eq!(block.backer(at + BACKED_FOR + Millis(-1)), Some(UserId(7)));
        assert_eq!(block.backer(at + BACKED_FOR), None);
        assert_eq!(LogInBlock { backed_by: None, backed_at: None, ..block }.backer(at), None);
    }
}
