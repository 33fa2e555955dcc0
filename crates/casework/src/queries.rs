//! Lists of cases.

use crate::places::{Place, merged, places, shops_of};
use xr_base::{CaseId, Fault, Instant, Principal, Scope, ShopId, StoreError};
use xr_case::engine::{Case, OWNER_PLATFORM};
use xr_store::{Tx, params, sql};

/// Cases that wait for this person's party by time left, after the key `(due, id)`.
///
/// # Errors
/// A store fault.
pub(crate) fn waiting_for(tx: &mut Tx<'_>, who: &Principal, after: (i64, i64), limit: i64) -> Result<Vec<Case>, Fault> {
    let owner = match who.scope() {
        Scope::Platform => OWNER_PLATFORM,
        Scope::Merchant(org) => org.0,
        Scope::Buyer(user) => user.0,
    };
    Ok(tx.all(
        sql!(
            "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
             owner_org, opened_at, entered_at, due_at, closed_at FROM cases
             WHERE owner_org = ?1 AND owner_party = ?2 AND closed_at IS NULL AND due_at >= ?3
             AND (due_at > ?3 OR id > ?4) ORDER BY due_at, id LIMIT ?5 /* unscoped: the owner is the scope */"
        ),
        params![owner, who.party, after.0, after.1, limit],
    )?)
}

/// Cases opened for `parent`, oldest first.
///
/// # Errors
/// A store fault.
pub(crate) fn children(tx: &mut Tx<'_>, parent: CaseId) -> Result<Vec<Case>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
             owner_org, opened_at, entered_at, due_at, closed_at FROM cases WHERE parent_id = ?1 ORDER BY id
             /* unscoped: by parent after authorisation */"
        ),
        params![parent],
    )?)
}

/// Which cases of a kind are counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// Kind.
    pub kind: &'a str,
    /// Only this shop.
    pub shop: Option<ShopId>,
    /// Only this state.
    pub state: Option<&'a str>,
}

/// How many cases that `scope` may see, `max` at most: what it costs does not grow with the market.
///
/// # Errors
/// A store fault.
pub fn count_up_to(tx: &mut Tx<'_>, scope: Scope, counted: Counted<'_>, max: i64) -> Result<i64, Fault> {
    let shops = match (scope, counted.shop, counted.state) {
        (Scope::Merchant(_), None, Some(_)) => shops_of(tx, scope)?.into_iter().map(Some).collect(),
        (_, shop, _) => vec![shop],
    };
    let mut found = 0;
    for shop in shops {
        found += count_at(tx, scope, Counted { shop, ..counted }, max - found)?;
        if found >= max {
            break;
        }
    }
    Ok(found)
}

fn count_at(tx: &mut Tx<'_>, scope: Scope, counted: Counted<'_>, max: i64) -> Result<i64, StoreError> {
    let statement = match (counted.shop, counted.state) {
        (None, None) => sql!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM cases {BY:cases_by_state,cases_by_merchant,cases_by_buyer}
             WHERE {ORG} AND kind = ?2 LIMIT ?3) AS found"
        ),
        (None, Some(_)) => sql!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM cases {BY:cases_by_state,cases_by_merchant,cases_by_buyer}
             WHERE {ORG} AND kind = ?2 AND state = ?4 LIMIT ?3) AS found"
        ),
        (Some(_), None) => sql!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM cases {BY:cases_by_shop,cases_by_shop,cases_by_buyer}
             WHERE {ORG} AND kind = ?2 AND shop_id = ?4 LIMIT ?3) AS found"
        ),
        (Some(_), Some(_)) => sql!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM cases {BY:cases_by_shop,cases_by_shop,cases_by_buyer}
             WHERE {ORG} AND kind = ?2 AND shop_id = ?4 AND state = ?5 LIMIT ?3) AS found"
        ),
    };
    let kind = counted.kind;
    let found: Option<(i64,)> = match (counted.shop, counted.state) {
        (None, None) => tx.opt_scoped(statement, scope, params![kind, max]),
        (None, Some(state)) => tx.opt_scoped(statement, scope, params![kind, max, state]),
        (Some(shop), None) => tx.opt_scoped(statement, scope, params![kind, max, shop]),
        (Some(shop), Some(state)) => tx.opt_scoped(statement, scope, params![kind, max, shop, state]),
    }?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Kinds that the list of after-sales cases shows.
pub const AFTER_SALES: [&str; 3] = ["refund_only", "return_refund", "exchange"];

/// What a list of after-sales cases shows.
#[derive(Clone, Debug, Default)]
pub struct AfterSales {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this state.
    pub state: Option<String>,
    /// Ids below it.
    pub before: i64,
}

/// After-sales cases that `scope` may see, newest first, at most `limit`; next page by [`AfterSales::before`].
///
/// # Errors
/// A store fault.
pub fn after_sales(tx: &mut Tx<'_>, scope: Scope, filter: &AfterSales, limit: i64) -> Result<Vec<Case>, Fault> {
    let kinds = filter.kind.as_deref().map_or(AFTER_SALES.to_vec(), |kind| vec![kind]);
    let mut all: Vec<(&str, Place)> = Vec::new();
    for kind in kinds {
        let at = Place { shop: None, state: filter.state.clone() };
        all.extend(places(tx, scope, kind, at)?.into_iter().map(|place| (kind, place)));
    }
    let page = |place, above| of_kind(tx, scope, place, (above, filter.before, limit));
    Ok(merged(all, limit, |case| case.id, page)?)
}

/// The newest of one kind in a state, a shop, both or neither.
fn of_kind(
    tx: &mut Tx<'_>,
    scope: Scope,
    (kind, place): (&str, Place),
    (above, before, limit): (CaseId, i64, i64),
) -> Result<Vec<Case>, StoreError> {
    match (place.state, place.shop) {
        (Some(state), Some(shop)) => tx.all_scoped(
            sql!(
                "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
                 owner_org, opened_at, entered_at, due_at, closed_at
                 FROM cases {BY:cases_by_shop,cases_by_shop,cases_by_buyer}
                 WHERE {ORG} AND kind = ?2 AND state = ?6 AND shop_id = ?7 AND id < ?3 AND id > ?4
                 ORDER BY id DESC LIMIT ?5"
            ),
            scope,
            params![kind, before, above, limit, state, shop],
        ),
        (Some(state), None) => tx.all_scoped(
            sql!(
                "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
                 owner_org, opened_at, entered_at, due_at, closed_at
                 FROM cases {BY:cases_by_state,cases_by_merchant,cases_by_buyer}
                 WHERE {ORG} AND kind = ?2 AND state = ?6 AND id < ?3 AND id > ?4 ORDER BY id DESC LIMIT ?5"
            ),
            scope,
            params![kind, before, above, limit, state],
        ),
        (None, _) => tx.all_scoped(
            sql!(
                "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
                 owner_org, opened_at, entered_at, due_at, closed_at
                 FROM cases {BY:key,cases_by_merchant,cases_by_buyer}
                 WHERE {ORG} AND kind = ?2 AND id < ?3 AND id > ?4 ORDER BY id DESC LIMIT ?5"
            ),
            scope,
            params![kind, before, above, limit],
        ),
    }
}

/// The moment after every due, as a key.
pub(crate) fn key_of(due: Option<Instant>, id: CaseId) -> (i64, i64) {
    (due.map_or(i64::MAX, |at| at.0), id.0)
}
