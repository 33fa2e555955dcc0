//! The one writer: a decision becomes case row, history, clocks, events and effects in one transaction.

use super::case::Case;
use super::clocks;
use super::plan::{self, Plan};
use super::running::Running;
use super::{Grant, acts, pauses};
use crate::facts::Facts;
use crate::step::Decision;
use serde_json::json;
use xr_base::{Actor, Fault, Instant, Party, RowId, StoreError};
use xr_store::events::NewEvent;
use xr_store::{Mutant, Tx, params, sql};

/// `cases.owner_org` of what waits for the platform; small numbers stand for parties without an id of their own.
pub const OWNER_PLATFORM: i64 = 1;
const OWNER_SYSTEM: i64 = 2;
const OWNER_COURIER: i64 = 3;

/// Why a transition happens.
pub(super) struct Cause<'a> {
    pub(super) actor: &'a Actor,
    /// Name in the history; the clock's own for silence.
    pub(super) event: &'a str,
    pub(super) rule: Option<&'a str>,
    pub(super) clock: Option<RowId>,
    pub(super) note: Option<&'a str>,
}

/// Carries out `decision` on the running case and gives the case as it is then.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    mut running: Running<'_>,
    decision: &Decision,
    cause: &Cause<'_>,
) -> Result<Case, Fault> {
    let before = running.case.clone();
    clocks_stop(tx, &running, decision)?;
    enter(tx, &mut running, decision)?;
    record(tx, &running.case, &before, decision, cause)?;
    let grant = Grant { actor: cause.actor, case: Some(before.id), _sealed: () };
    for call in &decision.effects {
        running.engine.effects(&call.name)?.apply(tx, &grant, &running.case, call)?;
    }
    if decision.is_final {
        finish(tx, &running)?;
    } else if starts_clocks(decision) {
        let due = start_clocks(tx, &running)?;
        set_due(tx, &mut running.case, due)?;
    }
    Ok(running.case)
}

fn starts_clocks(decision: &Decision) -> bool {
    !decision.is_self || decision.restart
}

fn clocks_stop(tx: &mut Tx<'_>, running: &Running<'_>, decision: &Decision) -> Result<(), StoreError> {
    if !starts_clocks(decision) {
        return Ok(());
    }
    clocks::stop(tx, &running.ready, &running.case, &decision.to, decision.is_final)
}

/// Compare-and-set on the version: the second of two racing acts is run again and meets the new state.
fn enter(tx: &mut Tx<'_>, running: &mut Running<'_>, decision: &Decision) -> Result<(), Fault> {
    let at = tx.at();
    let case = &mut running.case;
    case.state.clone_from(&decision.to);
    (case.owner_party, case.owner_org) = owner(running.ready.book.book(), case);
    if starts_clocks(decision) {
        case.entered_at = at;
    }
    case.closed_at = decision.is_final.then_some(at);
    let changed = tx.exec(
        sql!(
            "UPDATE cases SET state = ?3, version = version + 1, owner_party = ?4, owner_org = ?5, entered_at = ?6,
             closed_at = ?7 WHERE id = ?1 AND version = ?2 /* unscoped: engine, after authorisation */"
        ),
        params![case.id, case.version, case.state, case.owner_party, case.owner_org, case.entered_at, case.closed_at],
    )?;
    StoreError::compared(changed, "the case")?;
    case.version += 1;
    Ok(())
}

/// Who is waited for in the case's state; nobody where it rests.
pub(super) fn owner(book: &crate::model::Rulebook, case: &Case) -> (Option<Party>, Option<i64>) {
    let word = book.states.get(&case.state).filter(|s| !s.rests).and_then(|s| s.owner.as_ref());
    let Some(role) = word.and_then(|w| book.actors.get(w)) else { return (None, None) };
    let org = match role.party {
        Party::Merchant => case.merchant_org.map(|o| o.0),
        Party::Buyer => case.buyer_id.map(|b| b.0),
        Party::Platform => Some(OWNER_PLATFORM),
        Party::System => Some(OWNER_SYSTEM),
        Party::Courier => Some(OWNER_COURIER),
    };
    (Some(role.party), org)
}

fn record(tx: &mut Tx<'_>, case: &Case, before: &Case, decision: &Decision, cause: &Cause<'_>) -> Result<(), Fault> {
    let (at, now) = (tx.at(), tx.now());
    let row = Row { seq: case.version, at, now, from: &before.state, to: &case.state, taken_as: &decision.taken };
    write_history(tx, case, &row, cause)?;
    count(tx, case, &decision.taken)?;
    if cause.event != decision.taken {
        count(tx, case, cause.event)?;
    }
    tx.event(&NewEvent {
        kind: &format!("{}.{}", case.kind, cause.event),
        at,
        case: Some(case.id),
        object: None,
        audience: clocks::audience(case),
        actor: cause.actor,
        body: json!({
            "from": before.state, "to": case.state, "version": case.version,
            "taken_as": decision.taken, "rule": cause.rule,
        }),
    })?;
    Ok(())
}

pub(super) struct Row<'a> {
    pub(super) seq: i64,
    pub(super) at: Instant,
    pub(super) now: Instant,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) taken_as: &'a str,
}

pub(super) fn write_history(tx: &mut Tx<'_>, case: &Case, row: &Row<'_>, cause: &Cause<'_>) -> Result<(), StoreError> {
    tx.put(
        sql!(
            "INSERT INTO history (case_id, seq, at, recorded_at, event, taken_as, actor, party, from_state, to_state,
             rule, clock_id, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) /* unscoped: engine */"
        ),
        params![
            case.id,
            row.seq,
            row.at,
            row.now,
            cause.event,
            row.taken_as,
            cause.actor.label(),
            cause.actor.party(),
            row.from,
            row.to,
            cause.rule.filter(|_| !tx.lacks(Mutant::Citation)),
            cause.clock,
            cause.note
        ],
    )?;
    Ok(())
}

/// Counts events that some guard of the kind asks about; others are not worth a row.
fn count(tx: &mut Tx<'_>, case: &Case, event: &str) -> Result<(), Fault> {
    let engine = super::Engine::of(tx)?;
    let ready = engine.books.by_id(tx, engine, case.rulebook)?;
    if !ready.counts(event) {
        return Ok(());
    }
    tx.put(
        sql!(
            "INSERT INTO case_counts (case_id, event, n) VALUES (?1, ?2, 1)
             ON CONFLICT (case_id, event) DO UPDATE SET n = case_counts.n + 1 /* unscoped: engine */"
        ),
        params![case.id, event],
    )?;
    Ok(())
}

/// Starts every clock of the state just entered; gives the earliest due.
pub(super) fn start_clocks(tx: &mut Tx<'_>, running: &Running<'_>) -> Result<Option<Instant>, Fault> {
    let case = &running.case;
    let Some(state) = running.ready.book.book().states.get(&case.state) else { return Ok(None) };
    let facts: Facts = running.facts(tx, running.ready.book.entry_facts(&case.state))?;
    let had_outage = running.engine.had_outage.load(std::sync::atomic::Ordering::SeqCst);
    let needs_pauses = had_outage || state.clocks.values().any(|c| !c.pause_while.is_empty());
    let pauses = if needs_pauses { pauses::of_case(tx, case.id)? } else { Vec::new() };
    let input = running.plan_input(&case.state, case.entered_at, &facts, &pauses);
    let running_on = if running.ready.has_case_clocks() { clocks::clocks_of(tx, case.id)? } else { Vec::new() };
    let plans: Vec<(&String, Plan)> = state
        .clocks
        .iter()
        // A clock of the whole case that still runs is not started anew when its state is entered again.
        .filter(|(name, _)| !running_on.iter().any(|c| c.name == **name))
        .map(|(name, rule)| plan::plan(&input, name, rule).map(|plan| (name, plan)))
        .collect::<Result<_, _>>()?;
    let kept = plans.len().saturating_sub(usize::from(tx.lacks(Mutant::ClockStart)));
    for (name, plan) in plans.iter().take(kept) {
        clocks::start(tx, case, name, plan)?;
    }
    let due = plans.iter().filter_map(|(_, plan)| plan.due_at).min();
    if running.ready.has_case_clocks() {
        let (kept,): (Option<Instant>,) =
            tx.one(sql!("SELECT MIN(due_at) FROM clocks WHERE case_id = ?1 /* unscoped: engine */"), params![case.id])?;
        return Ok(kept);
    }
    Ok(due)
}

fn set_due(tx: &mut Tx<'_>, case: &mut Case, due: Option<Instant>) -> Result<(), Fault> {
    if case.due_at != due {
        case.due_at = due;
        tx.put(sql!("UPDATE cases SET due_at = ?2 WHERE id = ?1 /* unscoped: engine */"), params![case.id, due])?;
    }
    Ok(())
}

/// The end of a case: its parent runs on, and hears of it.
fn finish(tx: &mut Tx<'_>, running: &Running<'_>) -> Result<(), Fault> {
    let case = &running.case;
    tx.put(sql!("UPDATE cases SET due_at = NULL WHERE id = ?1 /* unscoped: engine */"), params![case.id])?;
    let Some(parent) = case.parent_id else { return Ok(()) };
    pauses::child_ended(tx, parent, case)?;
    let done = format!("{}.done", case.kind);
    let waiting = Running::load(tx, parent)?;
    // Most parents never wait for this kind of child; the child's own history tells its end.
    if !tx.lacks(Mutant::ParentTold) && waiting.ready.book.book().states.values().any(|s| s.on.contains_key(&done)) {
        acts::enqueue(tx, parent, &done)?;
    }
    Ok(())
}
