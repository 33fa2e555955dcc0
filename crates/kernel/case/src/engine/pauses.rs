//! Intervals in which clocks stand: an open child case, an outage, a pack's named windows (decision D8).

use super::books::Ready;
use super::case::Case;
use super::clocks;
use super::plan::PlanInput;
use crate::model::ClockRule;
use xr_base::calendar::Interval;
use xr_base::{CaseId, Fault, Instant, Party, RowId, StoreError};
use xr_store::{Mutant, Tx, params, record, sql};

/// Cause of pauses after an outage (rule SYS-DOWN).
pub(crate) const OUTAGE: &str = "outage";

record! {
    /// One pause of a case.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) struct Pause {
        /// `outage`, or the group of the child case.
        pub(crate) cause: String,
        /// Start.
        pub(crate) from_at: Instant,
        /// End; none while it lasts.
        pub(crate) to_at: Option<Instant>,
    }
}

pub(super) fn of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Pause>, StoreError> {
    tx.all(
        sql!(
            "SELECT cause, from_at, to_at FROM pauses WHERE case_id = ?1 OR case_id = ?2 ORDER BY from_at, id
             /* unscoped: by id after authorisation */"
        ),
        params![case, super::outage::EVERY_CASE],
    )
}

/// The intervals that stop a clock of this rule.
pub(crate) fn of_clock(input: &PlanInput<'_>, rule: &ClockRule) -> Result<Vec<Interval>, StoreError> {
    let is_peoples = is_peoples(input.ready, input.state);
    let mut stops: Vec<Interval> = input
        .pauses
        .iter()
        .filter(|p| rule.pause_while.contains(&p.cause) || (is_peoples && p.cause == OUTAGE))
        .map(|p| Interval { from: p.from_at, to: p.to_at })
        .collect();
    for (from, to) in &rule.pauses {
        let moment = |text: &str| Instant::parse(text).map_err(|e| StoreError::Corrupt(format!("pause {text}: {e}")));
        stops.push(Interval { from: moment(from)?, to: Some(moment(to)?) });
    }
    stops.sort_by_key(|s| s.from);
    Ok(stops)
}

/// Whether the owner of a state is a person, whom an outage hinders.
fn is_peoples(ready: &Ready, state: &str) -> bool {
    let book = ready.book.book();
    let owner = book.states.get(state).and_then(|s| s.owner.as_ref()).and_then(|o| book.actors.get(o));
    owner.is_some_and(|role| matches!(role.party, Party::Buyer | Party::Merchant | Party::Platform))
}

/// A child of `group` was opened: clocks of the parent that name the group stand from now on.
pub(super) fn child_opened(tx: &mut Tx<'_>, parent: CaseId, child: CaseId, group: &str) -> Result<(), Fault> {
    if tx.lacks(Mutant::Pause) {
        return Ok(());
    }
    let (id, at) = (tx.id::<RowId>(), tx.at());
    tx.put(
        sql!(
            "INSERT INTO pauses (id, case_id, cause, cause_case, from_at, to_at) VALUES (?1, ?2, ?3, ?4, ?5, NULL)
             /* unscoped: engine */"
        ),
        params![id, parent, group, child, at],
    )?;
    clocks::refresh(tx, parent)
}

/// A child ended: the parent's clocks run on with what was left.
pub(super) fn child_ended(tx: &mut Tx<'_>, parent: CaseId, child: &Case) -> Result<(), Fault> {
    let at = tx.at();
    let ended = tx.exec(
        sql!(
            "UPDATE pauses SET to_at = ?3 WHERE case_id = ?1 AND cause_case = ?2 AND to_at IS NULL /* unscoped: engine */"
        ),
        params![parent, child.id, at],
    )?;
    if ended > 0 { clocks::refresh(tx, parent) } else { Ok(()) }
}

/// Whether any clock of the parent's rulebook names this group; most children pause nothing.
pub(crate) fn concerns(ready: &Ready, group: &str) -> bool {
    let clocks = ready.book.book().states.values().flat_map(|s| s.clocks.values());
    clocks.into_iter().any(|c| c.pause_while.iter().any(|g| g == group))
}
