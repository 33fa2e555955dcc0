//! What people do: ask for an act on many cases, call off what still waits, try refused ones again.

use crate::form;
use crate::model::{BatchRow, Kept, List, Source, State, Wanted, json};
use crate::queries;
use serde_json::{Value, json};
use std::collections::HashSet;
use xr_base::{Actor, BatchId, CaseId, Fault, Instant, OrgId, Principal, Problem, Scope};
use xr_casework::{AFTER_SALES, NOTE_CHARS_MAX};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx, params, sql};

/// Permission of everything here; the act itself asks for its own as well.
pub(crate) const PERMISSION: &str = "cases.batch";
/// Cases named one by one.
pub(crate) const PICKED_MAX: usize = 1_000;
/// Cases that a list's filters may choose.
pub(crate) const CHOSEN_MAX: i64 = 50_000;
/// Longest search and name of a state, in characters.
const TEXT_CHARS_MAX: usize = 100;
/// Batches of an organisation that are not over. Two asked at the same instant may go one beyond.
const OPEN_MAX: i64 = 3;

pub(crate) fn not_found() -> Problem {
    Problem::new(404, "web.not_found")
}

/// The person, and their merchant's organisation; none for people of the platform.
pub(crate) fn asker(actor: &Actor) -> Result<(&Principal, Option<OrgId>), Problem> {
    xr_identity::authorise(actor, PERMISSION)?;
    let forbidden = || Problem::new(403, "web.forbidden").with("permission", PERMISSION);
    let Actor::Person(person) = actor else { return Err(forbidden()) };
    match person.scope() {
        Scope::Platform => Ok((person, None)),
        Scope::Merchant(org) => Ok((person, Some(org))),
        Scope::Buyer(_) => Err(forbidden()),
    }
}

/// Somebody's own batch; others have none.
pub(crate) fn own(tx: &mut Tx<'_>, person: &Principal, id: BatchId) -> Result<BatchRow, Fault> {
    let is_own = |row: &BatchRow| row.asked_by == person.user && row.scope() == person.scope();
    Ok(queries::batch(tx, id)?.filter(is_own).ok_or_else(not_found)?)
}

/// Puts on record what becomes of a batch. Never what was searched for or given to the act: it may be personal data.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    kind: &'static str,
    (actor, org): (&Actor, Option<OrgId>),
    batch: BatchId,
    body: Value,
) -> Result<(), Fault> {
    let audience = Audience { merchant_org: org, shop: None, buyer: None };
    let at = tx.now();
    let object = Some(batch.0);
    tx.event(&NewEvent { kind, at, case: None, object, audience, actor, body })?;
    Ok(())
}

/// A case that somebody picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picked {
    /// The case.
    pub id: CaseId,
    /// Version that the person has seen; that of now if none is given.
    pub version: Option<i64>,
}

/// Which cases.
#[derive(Clone, Debug)]
pub enum Which {
    /// These, at most 1,000; each once.
    Picked(Vec<Picked>),
    /// All that a list shows.
    All {
        /// Filters of the list.
        wanted: Wanted,
        /// How many the person saw: never more are acted on, and at most 50,000.
        seen: i64,
        /// When that was, business time; what came into its state later is left out. Now if none is given.
        seen_at: Option<Instant>,
    },
}

/// Asks for an act on many cases.
#[derive(Clone, Debug)]
pub struct AskBatch {
    /// Who.
    pub actor: Actor,
    /// Kind of all these cases.
    pub kind: String,
    /// Event.
    pub event: String,
    /// Fields of the event's form, the same for every case; `Null` for none.
    pub input: Value,
    /// Words for the history of each case.
    pub note: Option<String>,
    /// Which cases.
    pub which: Which,
}

/// What is wrong with filters that a list does not know.
pub(crate) fn check_wanted(wanted: &Wanted, kind: Option<&str>) -> Result<(), Problem> {
    let unknown = match wanted.list {
        List::Orders => [("kind", wanted.kind.is_some()), ("", false)],
        List::Aftersales => [("shop", wanted.shop.is_some()), ("q", wanted.q.is_some())],
    };
    if let Some((name, _)) = unknown.into_iter().find(|(_, is_given)| *is_given) {
        let field = format!("all/{name}");
        return Err(Problem::new(422, "web.unknown_field").with("field", &field).field(&field));
    }
    for (field, text) in [("all/q", &wanted.q), ("all/state", &wanted.state)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
            return Err(Problem::new(422, "batches.search_too_long").field(field).with("max", TEXT_CHARS_MAX));
        }
    }
    let holds = |kind: &str| match wanted.list {
        List::Orders => kind == "order",
        List::Aftersales => AFTER_SALES.contains(&kind) && wanted.kind.as_deref().is_none_or(|only| only == kind),
    };
    if kind.is_none_or(holds) { Ok(()) } else { Err(Problem::new(422, "batches.other_list").field("kind")) }
}

/// Why a number of cases is not acted on at once.
fn check_count(count: i64, max: i64, field: &str) -> Result<(), Problem> {
    match count {
        ..=0 => Err(Problem::new(422, "batches.no_cases").field(field)),
        n if n > max => Err(Problem::new(422, "batches.too_many").field(field).with("max", max)),
        _ => Ok(()),
    }
}

impl AskBatch {
    fn check(&self, tx: &mut Tx<'_>, person: &Principal) -> Result<(), Fault> {
        match &self.which {
            Which::Picked(cases) => {
                check_count(
                    i64::try_from(cases.len()).unwrap_or(i64::MAX),
                    i64::try_from(PICKED_MAX).unwrap_or(i64::MAX),
                    "cases",
                )?;
            }
            Which::All { wanted, seen, .. } => {
                check_wanted(wanted, Some(&self.kind))?;
                check_count(*seen, CHOSEN_MAX, "count")?;
            }
        }
        if self.note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX) {
            return Err(Problem::new(422, "casework.note_too_long").field("note").into());
        }
        form::check(tx, (&self.kind, &self.event), &self.input, person)
    }

    fn plan(&self, now: Instant, person: &Principal) -> (Source, Kept) {
        match &self.which {
            Which::Picked(_) => (Source::Picked, Kept::default()),
            Which::All { wanted, seen, seen_at } => {
                let source = if wanted.list == List::Orders { Source::Orders } else { Source::Aftersales };
                let wanted =
                    Wanted { kind: (source == Source::Aftersales).then(|| self.kind.clone()), ..wanted.clone() };
                let seen_at = Some(seen_at.map_or(now, |at| at.min(now)));
                let is_searched = wanted.q.is_some();
                let may_reveal = xr_orders::http::may_reveal(person);
                (source, Kept { all: Some(wanted), seen: *seen, seen_at, is_searched, may_reveal, again: None })
            }
        }
    }
}

impl Command for AskBatch {
    type Out = BatchId;
    const NAME: &'static str = "batches.ask";

    fn run(&self, tx: &mut Tx<'_>) -> Result<BatchId, Fault> {
        let (person, org) = asker(&self.actor)?;
        self.check(tx, person)?;
        let (source, kept) = self.plan(tx.now(), person);
        let input = json(&self.input)?;
        let act = (self.kind.as_str(), self.event.as_str(), input.as_str(), self.note.as_deref());
        let id = begin(tx, (&self.actor, org), act, (source, &kept))?;
        if let Which::Picked(cases) = &self.which {
            pick(tx, person.scope(), id, cases)?;
        }
        Ok(id)
    }
}

/// Writes a batch without rows.
fn begin(
    tx: &mut Tx<'_>,
    (actor, org): (&Actor, Option<OrgId>),
    (kind, event, input, words): (&str, &str, &str, Option<&str>),
    (source, kept): (Source, &Kept),
) -> Result<BatchId, Fault> {
    if queries::open(tx, org)? >= OPEN_MAX {
        return Err(Problem::new(409, "batches.too_many_open").with("max", OPEN_MAX).into());
    }
    let (id, now) = (tx.id::<BatchId>(), tx.now());
    // Orders and after-sales cases come newest first, rows of another batch in their order.
    let cursor = if source == Source::Again { 0 } else { i64::MAX };
    tx.put(
        sql!(
            "INSERT INTO case_batches (id, merchant_org, asked_by, asked_at, kind, event, input, note, source, wanted, state,
             held_until, fence, served_at, cursor_id, listed, rows_all, rows_done, rows_refused, failure)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'waiting', 0, 0, 0, ?11, 0, 0, 0, 0, '')
             /* unscoped: inserting after authorisation */"
        ),
        params![id, org, actor.user(), now, kind, event, input, words, source, json(kept)?, cursor],
    )?;
    let list = kept.all.as_ref();
    let body = json!({
        "batch": id, "kind": kind, "event": event, "source": source.word(), "seen": kept.seen, "again": kept.again,
        "state": list.and_then(|all| all.state.clone()), "shop": list.and_then(|all| all.shop),
        "is_searched": kept.is_searched,
    });
    note(tx, "batch.asked", (actor, org), id, body)?;
    Ok(id)
}

/// Writes the rows of picked cases. A foreign case and a missing one become the same row, which is refused later.
fn pick(tx: &mut Tx<'_>, scope: Scope, batch: BatchId, cases: &[Picked]) -> Result<(), Fault> {
    let mut known = HashSet::new();
    let mut place = 0_i64;
    for case in cases.iter().filter(|case| known.insert(case.id)) {
        place += 1;
        let now: Option<(i64,)> =
            tx.opt_scoped(sql!("SELECT version FROM cases WHERE {ORG} AND id = ?2"), scope, params![case.id])?;
        let version = now.map(|(version,)| case.version.unwrap_or(version));
        crate::choose::put_row(tx, (batch, place), (case.id, version))?;
    }
    tx.put(
        sql!("UPDATE case_batches SET rows_all = ?2, listed = ?2 WHERE id = ?1 /* unscoped: of this same command */"),
        params![batch, place],
    )?;
    Ok(())
}

/// Calls off what still waits; what is done stays done.
#[derive(Clone, Debug)]
pub(crate) struct CancelBatch {
    pub(crate) actor: Actor,
    pub(crate) batch: BatchId,
}

impl Command for CancelBatch {
    type Out = ();
    const NAME: &'static str = "batches.cancel";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (person, _) = asker(&self.actor)?;
        let row = own(tx, person, self.batch)?;
        // Nothing waits any more; wanting that again is no mistake.
        if !row.state.is_open() {
            return Ok(());
        }
        crate::steps::end(tx, row.id, (&self.actor, None), (State::Cancelled, ""))?;
        Ok(())
    }
}

/// Asks for the same act on the cases that a batch was refused on, as they are now.
#[derive(Clone, Debug)]
pub(crate) struct TryAgain {
    pub(crate) actor: Actor,
    pub(crate) batch: BatchId,
}

impl Command for TryAgain {
    type Out = BatchId;
    const NAME: &'static str = "batches.try_again";

    fn run(&self, tx: &mut Tx<'_>) -> Result<BatchId, Fault> {
        let (person, org) = asker(&self.actor)?;
        let row = own(tx, person, self.batch)?;
        if row.state.is_open() {
            return Err(Problem::new(409, "batches.not_over").into());
        }
        if row.rows_refused == 0 {
            return Err(Problem::new(409, "batches.nothing_refused").into());
        }
        let kept = Kept { seen: row.rows_refused, again: Some(row.id), ..Kept::default() };
        let act = (row.kind.as_str(), row.event.as_str(), row.input.as_str(), row.note.as_deref());
        begin(tx, (&self.actor, org), act, (Source::Again, &kept))
    }
}
