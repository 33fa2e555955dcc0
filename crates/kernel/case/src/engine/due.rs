//! Silence: firing what is due, through the same door as everyone else.

use super::clocks::{self, ClockRow};
use super::day_tables::is_stale;
use super::running::Running;
use super::transition::{self, Cause};
use super::{acts, case};
use crate::step;
use serde::{Deserialize, Serialize};
use xr_base::{Actor, CaseId, Fault, Instant};
use xr_store::{Command, DueHandler, Tx, params, sql};

/// A case whose clocks chain longer than this at one instant has a loop that the checker would have refused.
const FIRED_PER_CASE_MAX: usize = 1_000;

/// Fires everything that is due on one case: warnings and consequences, in order of due, each at its own due.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FireDue {
    /// The case.
    pub case: CaseId,
}

impl Command for FireDue {
    type Out = usize;
    const NAME: &'static str = "case.fire_due";

    fn run(&self, tx: &mut Tx<'_>) -> Result<usize, Fault> {
        fire_due(tx, self.case)
    }
}

/// As [`FireDue`]; gives the number of consequences. The history gets each clock's due as its time, not the waking time.
///
/// # Errors
/// [`Fault::ClockDue`] when a consequence reaches another case that has an earlier due; a store fault.
pub fn fire_due(tx: &mut Tx<'_>, id: CaseId) -> Result<usize, Fault> {
    let mut fired = 0;
    for _ in 0..FIRED_PER_CASE_MAX {
        if case::find(tx, id)?.is_none_or(|c| c.is_closed()) {
            return Ok(fired);
        }
        let running = Running::load(tx, id)?;
        let now = tx.now();
        let rows = clocks::clocks_of(tx, id)?;
        let due = rows.iter().find(|c| c.fire_at.is_some_and(|at| at <= now));
        if due.is_some_and(|row| is_stale(&running.tables, &row.cal_version)) {
            // Days were corrected since, and this clock's turn has not come yet: what holds now decides.
            clocks::refresh(tx, id)?;
            continue;
        }
        if let Some(row) = due {
            let fire_at = row.fire_at.unwrap_or(now);
            tx.set_at(Some(fire_at));
            let result = fire(tx, running, row);
            tx.set_at(None);
            result?;
            fired += 1;
        } else if let Some(row) = rows.iter().find(|c| c.wake_at.is_some_and(|at| at <= now)) {
            clocks::warn(tx, &running, row)?;
        } else {
            return Ok(fired);
        }
    }
    Err(super::Error::TooDeep.into())
}

fn fire(tx: &mut Tx<'_>, running: Running<'_>, row: &ClockRow) -> Result<(), Fault> {
    let Some(rule) = running.ready.clock(&row.state, &row.name) else {
        return Err(super::Error::NotWired.into());
    };
    let (event, name) = (rule.event.clone(), rule.fire.clone());
    let decision = acts::decide(tx, &running, |at| step::choose_silence(&running.ready.book, at, &row.name), &event)?;
    // A self-transition keeps clocks; the one that fired must not fire again.
    tx.put(sql!("DELETE FROM clocks WHERE id = ?1 /* unscoped: engine */"), params![row.id])?;
    let rule = row.rule.clone().or_else(|| decision.rule.clone());
    let cause = Cause { actor: &Actor::Clock, event: &name, rule: rule.as_deref(), clock: Some(row.id), note: None };
    let is_self = decision.is_self && !decision.restart;
    let id = running.case.id;
    transition::carry_out(tx, running, &decision, &cause)?;
    if is_self {
        clocks::set_due(tx, id)?;
    }
    acts::deliver_all(tx)
}

/// Cases with a clock to look at by now, earliest first, at most `limit`.
///
/// # Errors
/// A store fault.
pub fn due_cases(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<CaseId>, Fault> {
    let now = tx.now();
    let rows: Vec<(CaseId,)> = tx.all(
        sql!(
            "SELECT case_id FROM clocks WHERE wake_at <= ?1 ORDER BY wake_at, id LIMIT ?2
             /* unscoped: the scheduler serves every organisation */"
        ),
        params![now, limit],
    )?;
    let mut cases: Vec<CaseId> = Vec::with_capacity(rows.len());
    for (case,) in rows {
        if !cases.contains(&case) {
            cases.push(case);
        }
    }
    Ok(cases)
}

/// The next moment at which any clock wants to be looked at.
///
/// # Errors
/// A store fault.
pub fn next_wake(tx: &mut Tx<'_>) -> Result<Option<Instant>, Fault> {
    let row: Option<(Instant,)> = tx.opt(
        sql!(
            "SELECT wake_at FROM clocks WHERE wake_at IS NOT NULL ORDER BY wake_at, id LIMIT 1
             /* unscoped: the scheduler serves every organisation */"
        ),
        &[],
    )?;
    Ok(row.map(|(at,)| at))
}

/// At most `limit` clocks that are due and have not fired yet: how many, and the earliest of their moments.
///
/// # Errors
/// The store's.
pub fn overdue(tx: &mut Tx<'_>, limit: i64) -> Result<(i64, Option<Instant>), Fault> {
    let now = tx.now();
    Ok(tx.one(
        sql!(
            "SELECT COUNT(*), MIN(wake_at) FROM (SELECT wake_at FROM clocks WHERE wake_at <= ?1 ORDER BY wake_at, id LIMIT ?2) w
             /* unscoped: the scheduler serves every organisation */"
        ),
        params![now, limit],
    )?)
}

/// What the store needs to fire a case's due clocks before a late act (decision D5); goes into its config.
pub fn due_handler() -> DueHandler {
    DueHandler(Box::new(|tx, case| fire_due(tx, case).map(|_| ())))
}
