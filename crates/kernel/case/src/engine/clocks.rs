//! Clocks of a case: planned from rule, anchor, calendar and pauses; kept as one row each (decisions D4, D7, D8).

use super::books::Ready;
use super::case::Case;
use super::pauses;
use super::plan::{Plan, PlanInput, plan, reckon, survives};
use super::running::Running;
use crate::model::ClockRule;
use serde::Serialize;
use xr_base::calendar::DayTables;
use xr_base::{Actor, CaseId, Fault, Instant, Millis, RowId, StoreError};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Mutant, Tx, params, record, sql};

record! {
    /// A live clock.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct ClockRow {
        /// Id.
        pub id: RowId,
        /// Case it belongs to.
        pub case_id: CaseId,
        /// Name in its state.
        pub name: String,
        /// State that started it.
        pub state: String,
        /// Rule cited.
        pub rule: Option<String>,
        /// When its state was entered.
        pub entered_at: Instant,
        /// Moment it counts from.
        pub anchor_at: Instant,
        /// Length as written in the rulebook.
        pub length: String,
        /// Calendar as written in the rulebook.
        pub cal: String,
        /// Version of the day table that was used.
        pub cal_version: String,
        /// When it ends; none while paused or blocked.
        pub due_at: Option<Instant>,
        /// When its consequence happens: the due plus the grace.
        pub fire_at: Option<Instant>,
        /// Next moment to look at it: a warning or the end.
        pub wake_at: Option<Instant>,
        /// Warnings given so far.
        pub stage: i64,
        /// Why it has no due: `paused`, `calendar:cn/2027`.
        pub blocked: Option<String>,
    }
}

/// Live clocks of a case, earliest first, those without a due last.
///
/// # Errors
/// A store fault.
pub fn clocks_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<ClockRow>, StoreError> {
    let mut rows: Vec<ClockRow> = tx.all(
        sql!(
            "SELECT id, case_id, name, state, rule, entered_at, anchor_at, length, cal, cal_version, due_at, fire_at,
             wake_at, stage, blocked FROM clocks WHERE case_id = ?1 /* unscoped: by id after authorisation */"
        ),
        params![case],
    )?;
    rows.sort_by_key(|c| (c.fire_at.is_none(), c.fire_at, c.id));
    Ok(rows)
}

/// Starts a clock.
pub(super) fn start(tx: &mut Tx<'_>, case: &Case, name: &str, plan: &Plan) -> Result<(), StoreError> {
    let id: RowId = tx.id();
    let entered_at = tx.at();
    let wake_at = plan.wake_at(0);
    let late = Millis::hours(i64::from(tx.lacks(Mutant::Due)));
    let due_at = plan.due_at.map(|due| due + late);
    tx.put(
        sql!(
            "INSERT INTO clocks (id, case_id, name, state, rule, entered_at, anchor_at, length, cal, cal_version,
             due_at, fire_at, wake_at, stage, blocked)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, ?14) /* unscoped: engine */"
        ),
        params![
            id,
            case.id,
            name,
            case.state,
            plan.rule,
            entered_at,
            plan.anchor_at,
            plan.length,
            plan.cal,
            plan.cal_version,
            due_at,
            plan.fire_at,
            wake_at,
            plan.blocked
        ],
    )?;
    if let Some(reason) = plan.blocked.as_deref().filter(|b| b.starts_with("calendar:")) {
        tracing::error!(case.id = %case.id, clock.name = name, reason, "A clock waits for a day table");
    }
    Ok(())
}

/// Ends the clocks that do not survive the step from `case.state` into `to`; `all` at the end of the case.
pub(super) fn stop(tx: &mut Tx<'_>, ready: &Ready, case: &Case, to: &str, all: bool) -> Result<(), StoreError> {
    let has_case_clocks = ready.has_case_clocks();
    if tx.lacks(Mutant::ClockStop) {
        return Ok(());
    }
    if all || !has_case_clocks {
        tx.put(sql!("DELETE FROM clocks WHERE case_id = ?1 /* unscoped: engine */"), params![case.id])?;
        return Ok(());
    }
    let tags = ready.book.book().states.get(to).map(|s| s.tags.as_slice()).unwrap_or_default();
    for row in clocks_of(tx, case.id)? {
        let survives = survives(ready, (&row.state, &row.name), tags);
        if !survives {
            tx.put(sql!("DELETE FROM clocks WHERE id = ?1 /* unscoped: engine */"), params![row.id])?;
        }
    }
    Ok(())
}

/// Computes every live clock of `case` anew after a fact, a pause or a day table changed, and writes what moved.
///
/// A moved due is an event `<kind>.deadline_changed` (state-machines 5.1, rule 5).
///
/// # Errors
/// A store fault.
pub fn refresh(tx: &mut Tx<'_>, case: CaseId) -> Result<(), Fault> {
    // On PostgreSQL two of these, or one and a step, could each miss what the other writes: the case's row puts them in order.
    tx.put(sql!("UPDATE cases SET due_at = due_at WHERE id = ?1 /* unscoped: engine */"), params![case])?;
    let running = Running::load(tx, case)?;
    for row in clocks_of(tx, case)? {
        let Some(rule) = running.ready.clock(&row.state, &row.name) else { continue };
        let fresh = replan(tx, &running, &row, rule)?;
        if fresh.due_at != row.due_at || fresh.blocked != row.blocked {
            store_moved(tx, &running.case, &row, &fresh)?;
        } else if fresh.cal_version != row.cal_version {
            tx.put(
                sql!("UPDATE clocks SET cal_version = ?2 WHERE id = ?1 /* unscoped: engine */"),
                params![row.id, fresh.cal_version],
            )?;
        }
    }
    set_due(tx, case)
}

/// Computes the clocks of these cases anew; gives the last case, none without any.
pub(super) fn refresh_each(tx: &mut Tx<'_>, cases: &[(CaseId,)]) -> Result<Option<CaseId>, Fault> {
    for (case,) in cases {
        refresh(tx, *case)?;
    }
    Ok(cases.last().map(|(case,)| *case))
}

fn replan(tx: &mut Tx<'_>, running: &Running<'_>, row: &ClockRow, rule: &ClockRule) -> Result<Plan, Fault> {
    reckoned(tx, running, row, |input| plan(input, &row.name, rule))
}

/// What a live clock would be under other day tables.
pub(super) fn replan_under(
    tx: &mut Tx<'_>,
    running: &Running<'_>,
    row: &ClockRow,
    (rule, tables): (&ClockRule, &DayTables),
) -> Result<Plan, Fault> {
    reckoned(tx, running, row, |input| plan(&PlanInput { tables, ..*input }, &row.name, rule))
}

/// What `compute` makes of a live clock under the facts and pauses of now.
fn reckoned(
    tx: &mut Tx<'_>,
    running: &Running<'_>,
    row: &ClockRow,
    compute: impl FnOnce(&PlanInput<'_>) -> Result<Plan, StoreError>,
) -> Result<Plan, Fault> {
    let facts = running.facts(tx, running.ready.book.entry_facts(&row.state))?;
    let pauses = pauses::of_case(tx, running.case.id)?;
    let input = running.plan_input(&row.state, row.entered_at, &facts, &pauses);
    Ok(compute(&input)?)
}

fn store_moved(tx: &mut Tx<'_>, case: &Case, row: &ClockRow, fresh: &Plan) -> Result<(), Fault> {
    let stage = fresh.stage_at(tx.at()).max(row.stage);
    let wake_at = fresh.wake_at(stage);
    tx.put(
        sql!(
            "UPDATE clocks SET anchor_at = ?2, length = ?3, cal = ?4, cal_version = ?5, due_at = ?6, fire_at = ?7,
             wake_at = ?8, stage = ?9, blocked = ?10, rule = ?11 WHERE id = ?1 /* unscoped: engine */"
        ),
        params![
            row.id,
            fresh.anchor_at,
            fresh.length,
            fresh.cal,
            fresh.cal_version,
            fresh.due_at,
            fresh.fire_at,
            wake_at,
            stage,
            fresh.blocked,
            fresh.rule
        ],
    )?;
    let at = tx.at();
    tx.event(&NewEvent {
        kind: &format!("{}.deadline_changed", case.kind),
        at,
        case: Some(case.id),
        object: None,
        audience: audience(case),
        actor: &Actor::System,
        body: serde_json::json!({ "clock": row.name, "from": row.due_at, "to": fresh.due_at, "blocked": fresh.blocked }),
    })?;
    Ok(())
}

/// Writes the earliest due of the live clocks into the case, for lists in order of time left.
pub(super) fn set_due(tx: &mut Tx<'_>, case: CaseId) -> Result<(), Fault> {
    tx.put(
        sql!(
            "UPDATE cases SET due_at = (SELECT MIN(due_at) FROM clocks WHERE case_id = ?1) WHERE id = ?1
             /* unscoped: engine */"
        ),
        params![case],
    )?;
    Ok(())
}

/// Gives the warning that is due and sets the clock to the next moment.
pub(super) fn warn(tx: &mut Tx<'_>, running: &Running<'_>, row: &ClockRow) -> Result<(), Fault> {
    let Some(rule) = running.ready.clock(&row.state, &row.name) else { return Ok(()) };
    // A fact by which another length would hold now moves nothing here: what was promised stands until a refresh.
    let told = (row.anchor_at, row.length.as_str(), row.cal.as_str(), row.rule.as_deref());
    let fresh = reckoned(tx, running, row, |input| reckon(input, &row.name, rule, told))?;
    let now = tx.now();
    let stage = fresh.stage_at(now).max(row.stage + 1);
    // Never after the promised moment, and never at one that is past: that would warn for ever.
    let wake_at = fresh.wake_at(stage).filter(|at| *at > now && Some(*at) < row.fire_at).or(row.fire_at);
    tx.put(
        sql!("UPDATE clocks SET stage = ?2, wake_at = ?3 WHERE id = ?1 AND stage = ?4 /* unscoped: engine */"),
        params![row.id, stage, wake_at, row.stage],
    )?;
    let percent = usize::try_from(stage - 1).ok().and_then(|i| rule.warn_at.get(i)).copied().unwrap_or(0);
    let at = tx.now();
    tx.event(&NewEvent {
        kind: &format!("{}.deadline_near", running.case.kind),
        at,
        case: Some(running.case.id),
        object: None,
        audience: audience(&running.case),
        actor: &Actor::Clock,
        body: serde_json::json!({ "clock": row.name, "percent": percent, "due_at": row.due_at }),
    })?;
    Ok(())
}

/// Who may see events of a case.
pub(super) fn audience(case: &Case) -> Audience {
    Audience { merchant_org: case.merchant_org, shop: case.shop_id, buyer: case.buyer_id }
}

/// Cases that are open without a clock, and clocks of ended or missing cases: always empty (invariant 3).
///
/// # Errors
/// A store fault.
pub fn broken(tx: &mut Tx<'_>) -> Result<Vec<String>, Fault> {
    let bare: Vec<(CaseId, String, String)> = tx.all(
        sql!(
            "SELECT c.id, c.kind, c.state FROM cases c WHERE c.closed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = c.id) /* unscoped: an invariant over everything */"
        ),
        &[],
    )?;
    let stray: Vec<(CaseId, String)> = tx.all(
        sql!(
            "SELECT k.case_id, k.name FROM clocks k LEFT JOIN cases c ON c.id = k.case_id
             WHERE c.id IS NULL OR c.closed_at IS NOT NULL /* unscoped: an invariant over everything */"
        ),
        &[],
    )?;
    let mut found: Vec<String> =
        bare.into_iter().map(|(id, kind, state)| format!("{kind} {id} in {state} has no clock")).collect();
    found.extend(stray.into_iter().map(|(id, name)| format!("clock {name} of {id} outlived its case")));
    Ok(found)
}
