//! Opening a case.

use super::case::{self, Case};
use super::running::Running;
use super::transition::{self, Cause, Row};
use super::{Engine, Error, Ready, clocks, pauses};
use serde_json::json;
use xr_base::{Actor, CaseId, Fault, Instant, OrgId, ShopId, UserId};
use xr_store::events::NewEvent;
use xr_store::{Tx, params, sql};

/// Event name of the first history row.
const OPENED: &str = "opened";
/// Event name of the only history row of a case that ended before this product knew of it.
const IMPORTED: &str = "imported";

/// What a new case is about. Its capability has written its own rows under `id` before.
#[derive(Clone, Debug)]
pub struct NewCase<'a> {
    /// Drawn by the capability with `tx.id()`.
    pub id: CaseId,
    /// Kind of case.
    pub kind: &'a str,
    /// Pack whose rulebook it keeps for life.
    pub pack: &'a str,
    /// Case that this one serves.
    pub parent: Option<CaseId>,
    /// Merchant it concerns.
    pub merchant_org: Option<OrgId>,
    /// Shop it concerns.
    pub shop: Option<ShopId>,
    /// Buyer it concerns.
    pub buyer: Option<UserId>,
    /// Who opens it.
    pub actor: &'a Actor,
}

/// Opens a case in its machine's start state, with its clocks, first history row and event.
///
/// # Errors
/// `case.no_rulebook` for an unknown kind or pack; a store fault.
pub fn open(tx: &mut Tx<'_>, new: &NewCase<'_>) -> Result<Case, Fault> {
    let engine = Engine::of(tx)?;
    let ready = engine.books.current(new.kind, new.pack)?;
    let mut case = begin(new, &ready, &ready.book.book().start, tx.at());
    (case.owner_party, case.owner_org) = transition::owner(ready.book.book(), &case);
    let mut running = Running::of(tx, case)?;
    let due = transition::start_clocks(tx, &running)?;
    running.case.due_at = due;
    insert(tx, &running.case)?;
    first_row(tx, &running.case, new.actor, OPENED)?;
    if let Some(parent) = new.parent {
        pause_parent(tx, &running, parent)?;
    }
    Ok(running.case)
}

/// Writes a case of an imported history: it ended at `at`, in the first final state of its machine that carries `tag`. No clock
/// starts, no effect runs and no parent waits; its history has one row, `imported`.
///
/// # Errors
/// `case.no_rulebook` for an unknown kind or pack, or a machine without such a state; a store fault.
pub fn open_closed(tx: &mut Tx<'_>, new: &NewCase<'_>, tag: &str, at: Instant) -> Result<Case, Fault> {
    let engine = Engine::of(tx)?;
    let ready = engine.books.current(new.kind, new.pack)?;
    let states = &ready.book.book().states;
    let end = states.iter().find(|(_, state)| state.is_final && state.tags.iter().any(|t| t == tag));
    let missing =
        || Error::NoRulebook { kind: format!("{} with a final state {tag}", new.kind), pack: new.pack.to_owned() };
    let (state, _) = end.ok_or_else(missing)?;
    let mut case = begin(new, &ready, state, at);
    (case.owner_party, case.owner_org) = transition::owner(ready.book.book(), &case);
    case.closed_at = Some(at);
    insert(tx, &case)?;
    first_row(tx, &case, new.actor, IMPORTED)?;
    Ok(case)
}

fn begin(new: &NewCase<'_>, ready: &Ready, state: &str, at: Instant) -> Case {
    Case {
        id: new.id,
        kind: new.kind.to_owned(),
        state: state.to_owned(),
        version: 1,
        rulebook: ready.id,
        parent_id: new.parent,
        merchant_org: new.merchant_org,
        shop_id: new.shop,
        buyer_id: new.buyer,
        owner_party: None,
        owner_org: None,
        opened_at: at,
        entered_at: at,
        due_at: None,
        closed_at: None,
    }
}

fn insert(tx: &mut Tx<'_>, case: &Case) -> Result<(), Fault> {
    tx.put(
        sql!(
            "INSERT INTO cases (id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id,
             owner_party, owner_org, opened_at, entered_at, due_at, closed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) /* unscoped: engine */"
        ),
        params![
            case.id,
            case.kind,
            case.state,
            case.version,
            case.rulebook,
            case.parent_id,
            case.merchant_org,
            case.shop_id,
            case.buyer_id,
            case.owner_party,
            case.owner_org,
            case.opened_at,
            case.entered_at,
            case.due_at,
            case.closed_at
        ],
    )?;
    Ok(())
}

fn first_row(tx: &mut Tx<'_>, case: &Case, actor: &Actor, event: &str) -> Result<(), Fault> {
    let cause = Cause { actor, event, rule: None, clock: None, note: None };
    let row = Row { seq: 1, at: case.opened_at, now: tx.now(), from: "", to: &case.state, taken_as: event };
    transition::write_history(tx, case, &row, &cause)?;
    tx.event(&NewEvent {
        kind: &format!("{}.{event}", case.kind),
        at: case.opened_at,
        case: Some(case.id),
        object: None,
        audience: clocks::audience(case),
        actor,
        body: json!({ "to": case.state, "version": 1, "parent": case.parent_id }),
    })?;
    Ok(())
}

/// Clocks of the parent that name this child's group stand until the child ends.
fn pause_parent(tx: &mut Tx<'_>, running: &Running<'_>, parent: CaseId) -> Result<(), Fault> {
    let parent_case = case::get(tx, parent)?;
    let ready = running.engine.books.by_id(tx, running.engine, parent_case.rulebook)?;
    let group = running.kind.group();
    if pauses::concerns(&ready, group) {
        pauses::child_opened(tx, parent, running.case.id, group)?;
    }
    Ok(())
}
