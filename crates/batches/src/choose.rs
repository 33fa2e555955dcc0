//! Which cases the filters of a list, or another batch, choose; page by page.

use crate::commands::CHOSEN_MAX;
use crate::model::{BatchRow, Kept, List, Outcome, Source, State, Wanted};
use crate::queries;
use crate::steps::{HELD, Taken, end};
use xr_base::{Actor, BatchId, CaseId, Fault, Instant, Principal, Scope, StoreError};
use xr_casework::{AfterSales, Counted};
use xr_orders::queries::Filter;
use xr_store::{Command, Tx, params, sql};

/// Cases listed at a time and written in one transaction: others wait for it.
const PAGE: i64 = 500;

/// Cases of one page, each with the state that the list showed.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) cases: Vec<(CaseId, Option<String>)>,
    /// Key of the last one listed.
    pub(crate) cursor: i64,
    pub(crate) is_last: bool,
}

/// Writes a row that waits; a case without a version is one that is not there for its asker.
pub(crate) fn put_row(
    tx: &mut Tx<'_>,
    (batch, place): (BatchId, i64),
    (case, version): (CaseId, Option<i64>),
) -> Result<(), StoreError> {
    tx.put(
        sql!(
            "INSERT INTO case_batch_rows (batch_id, place, case_id, version, outcome, state, problem)
             VALUES (?1, ?2, ?3, ?4, 'waiting', '', '') /* unscoped: of a batch that the caller holds */"
        ),
        params![batch, place, case, version],
    )
}

/// The next page of a list below `cursor`: ids and states as the list shows them.
fn listed(
    tx: &mut Tx<'_>,
    (scope, may_reveal): (Scope, bool),
    wanted: &Wanted,
    cursor: i64,
) -> Result<Vec<(CaseId, String)>, Fault> {
    match wanted.list {
        List::Orders => {
            let before = Some(CaseId(cursor));
            let (state, q) = (wanted.state.clone(), wanted.q.clone());
            let filter = Filter { shop: wanted.shop, state, q, may_reveal, before };
            let orders = xr_orders::queries::list(tx, scope, &filter, PAGE)?;
            Ok(orders.into_iter().map(|order| (order.id, order.state)).collect())
        }
        List::Aftersales => {
            let filter = AfterSales { kind: wanted.kind.clone(), state: wanted.state.clone(), before: cursor };
            let cases = xr_casework::after_sales(tx, scope, &filter, PAGE)?;
            Ok(cases.into_iter().map(|case| (case.id, case.state)).collect())
        }
    }
}

/// Reads the next page of what `row` wants, on one snapshot.
pub(crate) fn page(tx: &mut Tx<'_>, row: &BatchRow, kept: &Kept) -> Result<Page, Fault> {
    let found: Vec<(CaseId, Option<String>, i64)> = match (&kept.all, kept.again) {
        (Some(wanted), _) => {
            let cases = listed(tx, (row.scope(), kept.may_reveal), wanted, row.cursor_id)?;
            cases.into_iter().map(|(id, state)| (id, Some(state), id.0)).collect()
        }
        (None, Some(earlier)) => {
            let rows = queries::rows(tx, earlier, (Some(Outcome::Refused), row.cursor_id), PAGE)?;
            rows.into_iter().map(|row| (row.case, None, row.place)).collect()
        }
        (None, None) => Vec::new(),
    };
    let is_last = found.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
    let cursor = found.last().map_or(row.cursor_id, |(_, _, key)| *key);
    Ok(Page { cases: found.into_iter().map(|(id, state, _)| (id, state)).collect(), cursor, is_last })
}

/// How many cases a list shows, as far as they may be acted on at once: one more says that there are too many.
pub(crate) fn count(tx: &mut Tx<'_>, person: &Principal, wanted: &Wanted) -> Result<i64, Fault> {
    let asker = (person.scope(), xr_orders::http::may_reveal(person));
    if wanted.q.is_none() {
        return count_plain(tx, asker.0, wanted);
    }
    // What a search finds is looked up page by page, as the list does.
    let (mut found, mut cursor) = (0, i64::MAX);
    while found <= CHOSEN_MAX {
        let cases = listed(tx, asker, wanted, cursor)?;
        let Some((last, _)) = cases.last() else { break };
        cursor = last.0;
        found += i64::try_from(cases.len()).unwrap_or(0);
        if found % PAGE != 0 {
            break;
        }
    }
    Ok(found)
}

fn count_plain(tx: &mut Tx<'_>, scope: Scope, wanted: &Wanted) -> Result<i64, Fault> {
    let kinds = match (wanted.list, wanted.kind.as_deref()) {
        (List::Orders, _) => vec!["order"],
        (List::Aftersales, Some(kind)) => vec![kind],
        (List::Aftersales, None) => xr_casework::AFTER_SALES.to_vec(),
    };
    let mut found = 0;
    for kind in kinds {
        let counted = Counted { kind, shop: wanted.shop, state: wanted.state.as_deref() };
        found += xr_casework::count_up_to(tx, scope, counted, CHOSEN_MAX + 1 - found)?;
    }
    Ok(found)
}

/// Keeps one page of cases as rows; the last one lets the acting begin.
#[derive(Clone, Debug)]
pub(crate) struct KeepRows {
    pub(crate) taken: Taken,
    /// Where the page began.
    pub(crate) from: i64,
    pub(crate) page: Page,
    pub(crate) scope: Scope,
    pub(crate) seen: i64,
    pub(crate) seen_at: Option<Instant>,
}

impl Command for KeepRows {
    /// Whether it was kept; otherwise the batch is somebody else's now, or over.
    type Out = bool;
    const NAME: &'static str = "batches.keep_rows";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let (held, listed) = (tx.wall() + HELD, i64::try_from(self.page.cases.len()).unwrap_or(0));
        let moved = tx.exec(
            sql!(
                "UPDATE case_batches SET cursor_id = ?4, listed = listed + ?5, held_until = ?6
                 WHERE id = ?1 AND fence = ?2 AND cursor_id = ?3 AND state = 'choosing'
                 /* unscoped: the worker serves every organisation */"
            ),
            params![self.taken.id, self.taken.fence, self.from, self.page.cursor, listed, held],
        )?;
        if moved == 0 {
            return Ok(false);
        }
        let (before,): (i64,) = tx.one(
            sql!(
                "SELECT rows_all FROM case_batches WHERE id = ?1 /* unscoped: the worker serves every organisation */"
            ),
            params![self.taken.id],
        )?;
        let mut place = before;
        for (case, state) in &self.page.cases {
            if let Some(version) = self.version(tx, *case, state.as_deref())? {
                place += 1;
                put_row(tx, (self.taken.id, place), (*case, Some(version)))?;
            }
        }
        let state = if self.page.is_last { State::Running } else { State::Choosing };
        tx.put(
            sql!(
                "UPDATE case_batches SET rows_all = ?2, state = ?3 WHERE id = ?1
                 /* unscoped: the worker serves every organisation */"
            ),
            params![self.taken.id, place, state],
        )?;
        if place > self.seen {
            end(tx, self.taken.id, (&Actor::System, Some(self.taken.fence)), (State::Failed, "more_than_seen"))?;
        }
        Ok(true)
    }
}

impl KeepRows {
    /// Version of a case that is still as it was when the person looked.
    fn version(&self, tx: &mut Tx<'_>, case: CaseId, state: Option<&str>) -> Result<Option<i64>, Fault> {
        let found: Option<(i64, String, Instant)> = tx.opt_scoped(
            sql!("SELECT version, state, entered_at FROM cases WHERE {ORG} AND id = ?2"),
            self.scope,
            params![case],
        )?;
        let is_same = |(_, now, entered): &(i64, String, Instant)| {
            state.is_none_or(|listed| listed == now) && self.seen_at.is_none_or(|at| *entered <= at)
        };
        Ok(found.filter(is_same).map(|(version, ..)| version))
    }
}

/// Whether rows of such a batch are chosen by the worker.
pub(crate) const fn is_chosen_later(source: Source) -> bool {
    !matches!(source, Source::Picked)
}
