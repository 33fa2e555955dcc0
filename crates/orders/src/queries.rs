//! Reading orders.

use crate::Error;
use crate::model::{Line, OrderRow};
use crate::search;
use crate::texts::{REMARKS, WORDINGS};
use serde::Serialize;
use xr_base::{CaseId, Fault, Instant, RowId, Scope, ShopId, StoreError};
use xr_casework::{Place, merged, places};
use xr_store::{Tx, params, record, sql};

/// The order with this case, for callers that authorise.
///
/// # Errors
/// A store fault.
pub fn order(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<OrderRow>, Fault> {
    Ok(tx.opt(
        sql!(
            "SELECT case_id, number, merchant_org, shop_id, buyer_id, currency, goods_minor, freight_minor, total_minor,
             source, outside_no, review_exempt, tracking, placed_at, shipped_at, delivered_at
             FROM orders WHERE case_id = ?1 /* unscoped: by id, callers authorise */"
        ),
        params![id],
    )?)
}

/// The order with this case, which must be there.
///
/// # Errors
/// [`Error::NoSuchOrder`].
pub fn get(tx: &mut Tx<'_>, id: CaseId) -> Result<OrderRow, Fault> {
    Ok(order(tx, id)?.ok_or(Error::NoSuchOrder(id))?)
}

/// Lines of an order in their order.
///
/// # Errors
/// A store fault.
pub fn lines(tx: &mut Tx<'_>, order: CaseId) -> Result<Vec<Line>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, order_id, line_no, sku_id, title, spec, quantity, unit_price, amount_minor, freight_minor,
             shipped, stopped, refunded, refunded_minor FROM order_lines WHERE order_id = ?1 ORDER BY line_no
             /* unscoped: by order, callers authorise */"
        ),
        params![order],
    )?)
}

/// One line of an order.
///
/// # Errors
/// A store fault.
pub fn line(tx: &mut Tx<'_>, order: CaseId, line: RowId) -> Result<Option<Line>, Fault> {
    Ok(lines(tx, order)?.into_iter().find(|l| l.id == line))
}

/// What the buyer wrote on an order; empty where they wrote nothing.
///
/// # Errors
/// 503 `store.locked` without a key; a store fault.
pub fn buyer_remark(tx: &mut Tx<'_>, order: CaseId) -> Result<String, Fault> {
    let found: Option<(Option<Vec<u8>>,)> = tx.opt(
        sql!("SELECT sealed_remark FROM orders WHERE case_id = ?1 /* unscoped: by id, callers authorise */"),
        params![order],
    )?;
    REMARKS.open(tx, order.0, found.and_then(|(sealed,)| sealed).as_deref())
}

record! {
    struct StoredRemark {
        id: RowId,
        place: i64,
        sealed: Option<Vec<u8>>,
        written_by: xr_base::UserId,
        written_at: Instant,
    }
}

/// What a merchant's people noted on an order last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Id of this wording.
    pub id: RowId,
    /// How many wordings there were up to this one.
    pub place: i64,
    /// The words; empty when it was taken away.
    pub words: String,
    /// Who wrote it.
    pub written_by: xr_base::UserId,
    /// When.
    pub written_at: Instant,
}

/// The merchant's own remark on an order, for callers that authorise.
///
/// # Errors
/// A store fault.
pub fn remark(tx: &mut Tx<'_>, order: CaseId) -> Result<Option<Remark>, Fault> {
    let found: Option<StoredRemark> = tx.opt(
        sql!(
            "SELECT id, place, sealed_words, written_by, written_at FROM order_remarks WHERE order_id = ?1 AND whose = 'merchant'
             ORDER BY place DESC LIMIT 1 /* unscoped: by order, callers authorise */"
        ),
        params![order],
    )?;
    let Some(StoredRemark { id, place, sealed, written_by, written_at }) = found else { return Ok(None) };
    let words = WORDINGS.open(tx, id.0, sealed.as_deref())?;
    Ok(Some(Remark { id, place, words, written_by, written_at }))
}

/// One wording of it, as the event record names it.
///
/// # Errors
/// A store fault.
pub fn remark_text(tx: &mut Tx<'_>, order: CaseId, remark: RowId) -> Result<Option<String>, Fault> {
    let found: Option<(Option<Vec<u8>>,)> = tx.opt(
        sql!("SELECT sealed_words FROM order_remarks WHERE id = ?1 AND order_id = ?2 /* unscoped: by order, callers authorise */"),
        params![remark, order],
    )?;
    found.map(|(sealed,)| WORDINGS.open(tx, remark.0, sealed.as_deref())).transpose()
}

/// The newest order that `scope` may see with this number, its own or that of its source.
///
/// # Errors
/// A store fault.
pub fn by_number(tx: &mut Tx<'_>, scope: Scope, number: &str) -> Result<Option<CaseId>, Fault> {
    search::by_number(tx, scope, number)
}

record! {
    /// A row of the order list.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct Listed {
        /// Case.
        pub id: CaseId,
        /// Number.
        pub number: String,
        /// Shop.
        pub shop_id: ShopId,
        /// State.
        pub state: String,
        /// Earliest due.
        pub due_at: Option<Instant>,
        /// What the buyer pays, minor units.
        pub total_minor: i64,
        /// Currency.
        pub currency: xr_base::Currency,
        /// When it was placed.
        pub placed_at: Instant,
        /// Source.
        pub source: String,
        /// Number there.
        pub outside_no: Option<String>,
        /// Buyer.
        pub buyer_id: xr_base::UserId,
    }
}

/// What a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this shop.
    pub shop: Option<ShopId>,
    /// Only this state.
    pub state: Option<String>,
    /// Only what this finds, whatever shop and state: a number (of the order, at its source, of a parcel), the last four digits or the
    /// whole of a phone number, a recipient's name or a product's code.
    pub q: Option<String>,
    /// Whether the asker may see whom parcels go to: nobody else learns from a search whether a name or a phone number is there.
    pub may_reveal: bool,
    /// Only ids below (newest first).
    pub before: Option<CaseId>,
}

/// Some of the orders that a list shows.
#[derive(Debug)]
pub struct Part {
    /// The newest first.
    pub orders: Vec<Listed>,
    /// Set where a search stopped before it had a page: nothing is known of orders below this id.
    pub go_on: Option<CaseId>,
}

/// Orders that `scope` may see, newest first, at most `limit`; next page by [`Filter::before`].
///
/// # Errors
/// A store fault.
pub fn list(tx: &mut Tx<'_>, scope: Scope, filter: &Filter, limit: i64) -> Result<Vec<Listed>, Fault> {
    let (mut filter, mut orders) = (filter.clone(), Vec::new());
    loop {
        let missing = limit - i64::try_from(orders.len()).unwrap_or(limit);
        let part = part(tx, scope, &filter, missing)?;
        orders.extend(part.orders);
        if part.go_on.is_none() {
            return Ok(orders);
        }
        filter.before = part.go_on;
    }
}

/// The same as [`list`], but looks at no more than some thousand orders and says where to go on.
///
/// # Errors
/// A store fault.
pub fn part(tx: &mut Tx<'_>, scope: Scope, filter: &Filter, limit: i64) -> Result<Part, Fault> {
    match &filter.q {
        Some(text) => search::find(tx, scope, text, filter, limit),
        None => Ok(Part { orders: plain(tx, scope, filter, limit)?, go_on: None }),
    }
}

fn plain(tx: &mut Tx<'_>, scope: Scope, filter: &Filter, limit: i64) -> Result<Vec<Listed>, Fault> {
    let at = Place { shop: filter.shop, state: filter.state.clone() };
    // Every family of cases has an order: all of them together need no index.
    let is_everything = scope == Scope::Platform && at == Place { shop: None, state: None };
    let all = if is_everything { vec![at] } else { places(tx, scope, "order", at)? };
    let page = |place: Place, above| list_at(tx, scope, &place, (above, filter.before, limit));
    Ok(merged(all, limit, |order| order.id, page)?)
}

fn list_at(
    tx: &mut Tx<'_>,
    scope: Scope,
    place: &Place,
    (above, before, limit): (CaseId, Option<CaseId>, i64),
) -> Result<Vec<Listed>, StoreError> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let statement = match (place.shop, &place.state) {
        (None, None) if matches!(scope, Scope::Merchant(_)) => sql!(
            "SELECT c.id, o.number, c.shop_id, c.state, c.due_at, o.total_minor, o.currency, o.placed_at, o.source,
             o.outside_no, c.buyer_id FROM cases c {BY:key,cases_by_merchant,cases_by_buyer}
             JOIN orders o ON o.case_id = c.id WHERE {ORG:c.} AND
             {DOWN:c.merchant_org & c.kind | c.id | ?1 & 'order' | ?3 | ?2} LIMIT ?4"
        ),
        (None, None) => sql!(
            "SELECT c.id, o.number, c.shop_id, c.state, c.due_at, o.total_minor, o.currency, o.placed_at, o.source,
             o.outside_no, c.buyer_id FROM cases c {BY:key,cases_by_merchant,cases_by_buyer}
             JOIN orders o ON o.case_id = c.id
             WHERE {ORG:c.} AND c.kind = 'order' AND c.id < ?2 AND c.id > ?3
             ORDER BY c.id DESC LIMIT ?4"
        ),
        (None, Some(_)) => sql!(
            "SELECT c.id, o.number, c.shop_id, c.state, c.due_at, o.total_minor, o.currency, o.placed_at, o.source,
             o.outside_no, c.buyer_id FROM cases c {BY:cases_by_state,cases_by_merchant,cases_by_buyer}
             JOIN orders o ON o.case_id = c.id
             WHERE {ORG:c.} AND {DOWN:c.kind & c.state | c.id | 'order' & ?5 | ?3 | ?2} LIMIT ?4"
        ),
        (Some(_), None) => sql!(
            "SELECT c.id, o.number, c.shop_id, c.state, c.due_at, o.total_minor, o.currency, o.placed_at, o.source,
             o.outside_no, c.buyer_id FROM cases c {BY:key,cases_by_merchant,cases_by_buyer}
             JOIN orders o ON o.case_id = c.id
             WHERE {ORG:c.} AND c.shop_id = ?5 AND c.kind = 'order' AND c.id < ?2 AND c.id > ?3
             ORDER BY c.id DESC LIMIT ?4"
        ),
        (Some(_), Some(_)) => sql!(
            "SELECT c.id, o.number, c.shop_id, c.state, c.due_at, o.total_minor, o.currency, o.placed_at, o.source,
             o.outside_no, c.buyer_id FROM cases c {BY:cases_by_shop,cases_by_shop,cases_by_buyer}
             JOIN orders o ON o.case_id = c.id
             WHERE {ORG:c.} AND
             {DOWN:c.shop_id & c.kind & c.state | c.id | ?5 & 'order' & ?6 | ?3 | ?2} LIMIT ?4"
        ),
    };
    match (place.shop, &place.state) {
        (None, None) => tx.all_scoped(statement, scope, params![before, above, limit]),
        (None, Some(state)) => tx.all_scoped(statement, scope, params![before, above, limit, state]),
        (Some(shop), None) => tx.all_scoped(statement, scope, params![before, above, limit, shop]),
        (Some(shop), Some(state)) => tx.all_scoped(statement, scope, params![before, above, limit, shop, state]),
    }
}

/// How many orders a list shows in all; none for a search, whose finds are looked up page by page.
///
/// # Errors
/// A store fault.
pub fn count(tx: &mut Tx<'_>, scope: Scope, filter: &Filter) -> Result<Option<i64>, Fault> {
    if filter.q.is_some() {
        return Ok(None);
    }
    let (shop, state) = (filter.shop.map_or(0, |id| id.0), filter.state.as_deref().unwrap_or(""));
    let found: Option<(i64,)> = tx.opt_scoped(
        sql!(
            "SELECT COUNT(*) FROM cases c WHERE {ORG:c.} AND c.kind = 'order' AND (c.shop_id = ?2 OR ?2 = 0)
             AND (?3 = '' OR c.state = ?3)"
        ),
        scope,
        params![shop, state],
    )?;
    Ok(found.map(|(count,)| count))
}
