//! Reading recorded families for a replay, some roots at a time, in the order of their ids.

use super::case::Case;
use super::outage::EVERY_CASE;
use super::{Engine, HistoryRow, Ready};
use crate::facts::FactSet;
use crate::replay::Recorded;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use xr_base::calendar::Interval;
use xr_base::{CaseId, Fault, Instant, Party, ShopId, StoreError};
use xr_store::{Tx, params, record, sql};

/// Roots read in one question.
const ROOTS_MAX: i64 = 250;

/// Which families: those with a case that was opened in `[since, until)`, of one shop or of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Opened at this moment or later.
    pub since: Instant,
    /// Opened before.
    pub until: Instant,
    /// Of this shop only.
    pub shop: Option<ShopId>,
}

impl Window {
    /// Whether a case was opened in it.
    pub fn holds(&self, opened_at: Instant) -> bool {
        self.since <= opened_at && opened_at < self.until
    }
}

record! {
    struct Told {
        case_id: CaseId,
        seq: i64,
        at: Instant,
        recorded_at: Instant,
        event: String,
        taken_as: String,
        actor: String,
        party: Party,
        from_state: String,
        to_state: String,
        rule: Option<String>,
    }
}

impl From<Told> for HistoryRow {
    fn from(told: Told) -> Self {
        Self {
            seq: told.seq,
            at: told.at,
            recorded_at: told.recorded_at,
            event: told.event,
            taken_as: told.taken_as,
            actor: told.actor,
            party: told.party,
            from_state: told.from_state,
            to_state: told.to_state,
            rule: told.rule,
            clock_id: None,
            note: None,
        }
    }
}

/// Reads families one after the other; remembers rulebooks and the facts that they ask for.
pub struct Families<'e> {
    engine: &'e Engine,
    window: Window,
    after: CaseId,
    own: HashMap<i64, Arc<Ready>>,
    /// Facts that the rulebooks replayed under ask for, by kind.
    asked: HashMap<String, FactSet>,
}

impl<'e> Families<'e> {
    /// Families of `window`, to be lived under `books` too.
    pub fn new<'b>(engine: &'e Engine, window: Window, books: impl Iterator<Item = &'b Arc<Ready>>) -> Self {
        let mut asked = HashMap::new();
        for ready in books {
            add(&mut asked, ready);
        }
        Self { engine, window, after: CaseId(0), own: HashMap::new(), asked }
    }

    /// Rulebooks of the cases read so far.
    pub const fn own(&self) -> &HashMap<i64, Arc<Ready>> {
        &self.own
    }

    /// The last root read.
    pub const fn after(&self) -> CaseId {
        self.after
    }

    /// The next families, each with its cases by id; none when there are no more.
    ///
    /// # Errors
    /// A store fault; a stored rulebook that cannot be read.
    pub fn next(&mut self, tx: &mut Tx<'_>) -> Result<Option<Vec<Vec<Recorded>>>, Fault> {
        let shop = self.window.shop.map_or(0, |shop| shop.0);
        let (last,): (Option<CaseId>,) = tx.one(
            sql!(
                "SELECT MAX(id) FROM (SELECT id FROM cases WHERE parent_id IS NULL AND id > ?1 AND (CAST(?2 AS BIGINT) = 0 OR shop_id = ?2)
                 ORDER BY id LIMIT ?3) r /* unscoped: a replay sees the whole market, its callers authorise */"
            ),
            params![self.after, shop, ROOTS_MAX],
        )?;
        let Some(last) = last else { return Ok(None) };
        let span = (self.after, last);
        self.after = last;
        let mut families = cases(tx, span, shop)?;
        // Packs are chosen by shops: what belongs to none goes on under its own.
        let is_of_a_shop = |family: &[Case]| family.first().is_some_and(|root| root.shop_id.is_some());
        families.retain(|family| is_of_a_shop(family) && family.iter().any(|case| self.window.holds(case.opened_at)));
        if families.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let mut rows = histories(tx, span, shop)?;
        let mut out = Vec::with_capacity(families.len());
        for family in families {
            let mut recorded = Vec::with_capacity(family.len());
            for case in family {
                let told = rows.remove(&case.id).unwrap_or_default();
                recorded.push(self.recorded(tx, case, told)?);
            }
            out.push(placed(tx, recorded)?);
        }
        Ok(Some(out))
    }

    /// The family of one case, wherever in it the case stands.
    ///
    /// # Errors
    /// `case.not_found`; a store fault.
    pub fn of_case(&mut self, tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<Recorded>, Fault> {
        let mut root = super::case::get(tx, id)?;
        while let Some(parent) = root.parent_id {
            root = super::case::get(tx, parent)?;
        }
        let span = (CaseId(root.id.0 - 1), root.id);
        let families = cases(tx, span, 0)?;
        let mut rows = histories(tx, span, 0)?;
        let mut recorded = Vec::new();
        for case in families.into_iter().flatten() {
            let told = rows.remove(&case.id).unwrap_or_default();
            recorded.push(self.recorded(tx, case, told)?);
        }
        placed(tx, recorded)
    }

    fn recorded(&mut self, tx: &mut Tx<'_>, case: Case, rows: Vec<HistoryRow>) -> Result<Recorded, Fault> {
        if !self.own.contains_key(&case.rulebook) {
            let ready = self.engine.books.by_id(tx, self.engine, case.rulebook)?;
            add(&mut self.asked, &ready);
            self.own.insert(case.rulebook, ready);
        }
        let kind = self.engine.kind(&case.kind).ok_or(super::Error::NotWired)?;
        let need = self.asked.get(&case.kind).copied().unwrap_or_else(|| FactSet::none(kind.vocabulary()));
        let past = kind.past(tx, &case, need)?;
        Ok(Recorded { case, rows, past, places: Vec::new() })
    }
}

/// Looks up the order of what happened to several cases of a family in one millisecond: histories do not tell it.
fn placed(tx: &mut Tx<'_>, mut family: Vec<Recorded>) -> Result<Vec<Recorded>, Fault> {
    let mut moments: HashMap<Instant, CaseId> = HashMap::new();
    let mut meet = false;
    // Openings last: those of one command are in order by their ids.
    let acts = |told: &Recorded, is_first: bool| -> Vec<Instant> {
        let is_act = |row: &&HistoryRow| !matches!(row.actor.as_str(), "clock" | "system");
        let rows = told.rows.iter().filter(|row| (row.seq == 1) == is_first).filter(is_act);
        rows.map(|row| row.at).collect()
    };
    for told in &family {
        for at in acts(told, false) {
            meet |= *moments.entry(at).or_insert(told.case.id) != told.case.id;
        }
    }
    for told in family.iter().filter(|told| !told.past.is_follower) {
        meet |= acts(told, true).iter().any(|at| moments.contains_key(at));
    }
    // All or none: a place and the want of one cannot be compared.
    for told in family.iter_mut().filter(|_| meet) {
        let events: Vec<(i64, String)> = tx.all(
            sql!("SELECT id, body FROM events WHERE case_id = ?1 ORDER BY id /* unscoped: places, by case */"),
            params![told.case.id],
        )?;
        let at = |(id, body): (i64, String)| {
            let body: serde_json::Value = serde_json::from_str(&body).ok()?;
            Some((body.get("version")?.as_i64()?, id))
        };
        let ids: HashMap<i64, i64> = events.into_iter().filter_map(at).collect();
        told.places = told.rows.iter().map(|row| ids.get(&row.seq).copied().unwrap_or(0)).collect();
    }
    Ok(family)
}

/// Every fact that some guard or clock of a rulebook asks for.
fn add(asked: &mut HashMap<String, FactSet>, ready: &Ready) {
    let book = &ready.book;
    let need = asked.entry(book.book().kind.clone()).or_insert_with(|| FactSet::none(book.vocabulary()));
    for state in book.book().states.keys() {
        need.union(book.guard_facts(state));
        need.union(book.entry_facts(state));
    }
}

fn cases(tx: &mut Tx<'_>, (after, last): (CaseId, CaseId), shop: i64) -> Result<Vec<Vec<Case>>, Fault> {
    let mut rows: Vec<Case> = tx.all(
        sql!(
            "WITH RECURSIVE family (id) AS (
             SELECT id FROM cases WHERE parent_id IS NULL AND id > ?1 AND id <= ?2 AND (CAST(?3 AS BIGINT) = 0 OR shop_id = ?3)
             UNION ALL SELECT c.id FROM cases c JOIN family f ON c.parent_id = f.id)
             SELECT c.id, c.kind, c.state, c.version, c.rulebook, c.parent_id, c.merchant_org, c.shop_id, c.buyer_id,
             c.owner_party, c.owner_org, c.opened_at, c.entered_at, c.due_at, c.closed_at
             FROM family f JOIN cases c ON c.id = f.id
             /* unscoped: a replay sees the whole market, its callers authorise */"
        ),
        params![after, last, shop],
    )?;
    // A child is opened after its parent, so its id is higher.
    rows.sort_by_key(|case| case.id);
    let mut place: HashMap<CaseId, usize> = HashMap::new();
    let mut families: Vec<Vec<Case>> = Vec::new();
    for case in rows {
        let at = match case.parent_id {
            None => {
                families.push(Vec::new());
                families.len() - 1
            }
            Some(parent) => *place.get(&parent).ok_or_else(|| StoreError::Corrupt(format!("no case {parent}")))?,
        };
        place.insert(case.id, at);
        families[at].push(case);
    }
    Ok(families)
}

fn histories(
    tx: &mut Tx<'_>,
    (after, last): (CaseId, CaseId),
    shop: i64,
) -> Result<HashMap<CaseId, Vec<HistoryRow>>, Fault> {
    let rows: Vec<Told> = tx.all(
        sql!(
            "WITH RECURSIVE family (id) AS (
             SELECT id FROM cases WHERE parent_id IS NULL AND id > ?1 AND id <= ?2 AND (CAST(?3 AS BIGINT) = 0 OR shop_id = ?3)
             UNION ALL SELECT c.id FROM cases c JOIN family f ON c.parent_id = f.id)
             SELECT h.case_id, h.seq, h.at, h.recorded_at, h.event, h.taken_as, h.actor, h.party, h.from_state, h.to_state,
             h.rule FROM family f JOIN history h ON h.case_id = f.id
             /* unscoped: a replay sees the whole market, its callers authorise */"
        ),
        params![after, last, shop],
    )?;
    let mut out: HashMap<CaseId, Vec<HistoryRow>> = HashMap::new();
    for told in rows {
        out.entry(told.case_id).or_default().push(told.into());
    }
    for rows in out.values_mut() {
        rows.sort_by_key(|row| row.seq);
    }
    Ok(out)
}

/// When nobody served, oldest first.
///
/// # Errors
/// A store fault.
pub fn outages(tx: &mut Tx<'_>) -> Result<Vec<Interval>, Fault> {
    let rows: Vec<(Instant, Option<Instant>)> = tx.all(
        sql!(
            "SELECT from_at, to_at FROM pauses WHERE case_id = ?1 ORDER BY from_at, id /* unscoped: the whole market */"
        ),
        params![EVERY_CASE],
    )?;
    Ok(rows.into_iter().map(|(from, to)| Interval { from, to }).collect())
}

/// How many roots a replay of this shop, or of all, goes through.
///
/// # Errors
/// A store fault.
pub fn roots(tx: &mut Tx<'_>, shop: Option<ShopId>) -> Result<i64, Fault> {
    let shop = shop.map_or(0, |shop| shop.0);
    let (count,): (i64,) = tx.one(
        sql!(
            "SELECT COUNT(*) FROM cases WHERE parent_id IS NULL AND (CAST(?1 AS BIGINT) = 0 OR shop_id = ?1)
             /* unscoped: a count, no content */"
        ),
        params![shop],
    )?;
    Ok(count)
}

/// When something last happened: clocks that end later than that still run.
///
/// # Errors
/// A store fault.
pub fn last_moment(tx: &mut Tx<'_>) -> Result<Option<Instant>, Fault> {
    let (at,): (Option<Instant>,) = tx.one(
        sql!(
            "SELECT MAX(recorded_at) FROM history WHERE case_id IN (
             SELECT case_id FROM events WHERE case_id IS NOT NULL ORDER BY id DESC LIMIT 20)
             /* unscoped: a moment, no content */"
        ),
        &[],
    )?;
    Ok(at)
}
