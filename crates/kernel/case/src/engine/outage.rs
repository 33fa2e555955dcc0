//! Outages: when nobody served, people's clocks stood (decision D8, rule SYS-DOWN); system clocks ran on.

use super::pauses::OUTAGE;
use super::{Engine, clocks};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;
use xr_base::{CaseId, Fault, Instant, Millis, RowId};
use xr_store::{Command, Tx, params, sql};

/// Shorter interruptions move no deadline.
pub const OUTAGE_MIN: Millis = Millis::minutes(15);
/// An outage belongs to no case of its own.
pub(super) const EVERY_CASE: CaseId = CaseId(0);
/// Cases whose clocks are computed anew in one transaction.
const REFRESHED_MAX: i64 = 500;

/// Says that the market is being served; run once a minute.
#[derive(Clone, Copy, Debug)]
pub struct Beat;

impl Command for Beat {
    type Out = ();
    const NAME: &'static str = "case.beat";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let now = tx.now();
        tx.put(
            sql!(
                "INSERT INTO heartbeat (id, at) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET at = ?1
                 /* unscoped: the whole market */"
            ),
            params![now],
        )?;
        Ok(())
    }
}

/// If the market was not served for 15 minutes or more, notes that as a pause of every person's clock. Run at the start, before
/// any deadline fires; then [`RefreshCases`] until it gives none.
#[derive(Clone, Copy, Debug)]
pub struct NoteOutage;

impl Command for NoteOutage {
    type Out = bool;
    const NAME: &'static str = "case.note_outage";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let last: Option<(Instant,)> =
            tx.opt(sql!("SELECT at FROM heartbeat WHERE id = 1 /* unscoped: the whole market */"), &[])?;
        let now = tx.now();
        let outage = last.filter(|(at,)| now - *at >= OUTAGE_MIN);
        let Some((from,)) = outage else {
            Beat.run(tx)?;
            return know(tx).map(|()| false);
        };
        // Of nodes that start at once one notes it: two pauses would give people the time twice.
        let is_first = tx.exec(
            sql!("UPDATE heartbeat SET at = ?1 WHERE id = 1 AND at = ?2 /* unscoped: the whole market */"),
            params![now, from],
        )?;
        if is_first == 0 {
            return know(tx).map(|()| false);
        }
        let id: RowId = tx.id();
        tx.put(
            sql!(
                "INSERT INTO pauses (id, case_id, cause, cause_case, from_at, to_at) VALUES (?1, ?2, ?3, NULL, ?4, ?5)
                 /* unscoped: the whole market */"
            ),
            params![id, EVERY_CASE, OUTAGE, from, now],
        )?;
        know(tx).map(|()| true)
    }
}

/// Whether there ever was an outage, so that clocks look for it; another node may have noted it since this one opened.
fn know(tx: &mut Tx<'_>) -> Result<(), Fault> {
    let was_noted = was_noted(tx)?;
    Engine::of(tx)?.had_outage.store(was_noted, Ordering::SeqCst);
    Ok(())
}

/// Computes the clocks of open cases anew, 500 at a time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RefreshCases {
    /// Cases up to this one are done.
    pub after: CaseId,
}

impl Command for RefreshCases {
    type Out = Option<CaseId>;
    const NAME: &'static str = "case.refresh_cases";

    /// Gives the last case done, none when there was none left.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<CaseId>, Fault> {
        let cases: Vec<(CaseId,)> = tx.all(
            sql!(
                "SELECT DISTINCT case_id FROM clocks WHERE case_id > ?1 ORDER BY case_id LIMIT ?2
                 /* unscoped: the whole market */"
            ),
            params![self.after, REFRESHED_MAX],
        )?;
        clocks::refresh_each(tx, &cases)
    }
}

/// Whether any outage was ever noted; most markets need not look for one at every clock.
pub(super) fn was_noted(tx: &mut Tx<'_>) -> Result<bool, Fault> {
    let found: Option<(i64,)> = tx.opt(
        sql!("SELECT id FROM pauses WHERE case_id = ?1 LIMIT 1 /* unscoped: the whole market */"),
        params![EVERY_CASE],
    )?;
    Ok(found.is_some())
}
