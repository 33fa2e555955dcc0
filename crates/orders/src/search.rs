//! Finding orders by anything that people read out: a number, a waybill, the end of a phone number, a name, a product's code (ORD-6).
//!
//! Each way is one look into an index and gives the newest first; together they are cut to a page. Names and phones are not a merchant's
//! own: very many orders of others may have the same one, so a request looks into these indexes so often only.

use crate::queries::{Filter, Listed, Part};
use crate::recipients::{self, END_DIGITS as PHONE_END};
use crate::ship::ShipmentBookRef;
use std::collections::BTreeSet;
use xr_base::{CaseId, Fault, Scope, StoreError};
use xr_store::statement::Statement;
use xr_store::{Tx, params, sql};

/// From so many digits on, a number may be a whole phone number.
const PHONE_MIN: usize = 7;
/// Looks into the indexes of names or phones until a search says where it stopped: some milliseconds.
const LOOKS_MAX: i64 = 2_000;

/// Orders that `scope` may see and that `text` finds, newest first, below the filter's `before`, at most `limit`.
///
/// Everybody who sees an order reads the last four digits of the phone number; the rest of it, and the name, find only for
/// those who may reveal them.
///
/// # Errors
/// A store fault.
pub(crate) fn find(tx: &mut Tx<'_>, scope: Scope, text: &str, filter: &Filter, limit: i64) -> Result<Part, Fault> {
    let may_reveal = filter.may_reveal;
    let look = Look { scope, text, before: filter.before.map_or(i64::MAX, |id| id.0), limit };
    let mut found = Found::default();
    found.ids.extend(look.numbers(tx)?);
    found.ids.extend(look.waybills(tx)?);
    if !matches!(scope, Scope::Buyer(_)) {
        if may_reveal || text.len() == PHONE_END {
            look.phones(tx, &mut found)?;
        }
        if may_reveal {
            look.names(tx, &mut found)?;
        }
        found.ids.extend(look.codes(tx)?);
    }
    let mut orders = Vec::new();
    for id in found.ids.split_off(&found.down_to).into_iter().rev() {
        if i64::try_from(orders.len()).unwrap_or(i64::MAX) >= limit {
            return Ok(Part { orders, go_on: None });
        }
        orders.extend(by_id(tx, scope, id)?);
    }
    Ok(Part { orders, go_on: Some(CaseId(found.down_to)).filter(|id| id.0 > 0) })
}

/// What was found, and down to which id every way has looked; 0 when all have ended.
#[derive(Default)]
struct Found {
    ids: BTreeSet<i64>,
    down_to: i64,
}

/// The orders of a merchant among all that have a key in common. The index over (key, order) and the merchant's own are asked in turn for
/// the next order at or below what the other one gave, so nothing that lies between is read. A row says what a look gave and what the
/// one before did: an order is found where both are the same. The last look that was allowed is a row too.
macro_rules! meeting {
    ($by:literal, $key:literal) => {
        concat!(
            "WITH RECURSIVE looks(at, was, missing, n) AS (
             SELECT CAST(?3 AS BIGINT), CAST(?3 AS BIGINT), CAST(?4 AS BIGINT) + 1, CAST(0 AS BIGINT)
             UNION ALL SELECT CASE WHEN l.n % 2 = 0 THEN (SELECT r.order_id FROM sealed_recipients r {BY:",
            $by,
            "} WHERE {DOWN:",
            $key,
            "| r.order_id | ?2 | 0 | l.at + CASE WHEN l.at = l.was THEN 0 ELSE 1 END} LIMIT 1)
             ELSE (SELECT c.id FROM cases c {BY:key,cases_by_merchant,cases_by_buyer} WHERE {ORG:c.} AND
             {DOWN:c.merchant_org & c.kind | c.id | ?1 & 'order' | 0 | l.at + CASE WHEN l.at = l.was THEN 0 ELSE 1 END} LIMIT 1) END,
             l.at, l.missing - CASE WHEN l.at = l.was THEN 1 ELSE 0 END, l.n + 1
             FROM looks l WHERE l.at IS NOT NULL AND l.missing > 0 AND l.n < ?5)
             SELECT at, was, n, (SELECT r.phone_key FROM sealed_recipients r WHERE r.order_id = at) FROM looks
             WHERE n > 0 AND (at = was OR n = ?5)"
        )
    };
}

/// What a look gave, what the one before did, its number, and the keyed hash of the order's phone number.
type Met = (Option<i64>, i64, i64, Option<i64>);

struct Look<'l> {
    scope: Scope,
    text: &'l str,
    before: i64,
    limit: i64,
}

/// The newest order with exactly this number.
pub(crate) fn by_number(tx: &mut Tx<'_>, scope: Scope, number: &str) -> Result<Option<CaseId>, Fault> {
    let look = Look { scope, text: number, before: i64::MAX, limit: 1 };
    Ok(look.numbers(tx)?.into_iter().max().map(CaseId))
}

impl Look<'_> {
    fn ids(&self, tx: &mut Tx<'_>, statement: &'static Statement, text: &str) -> Result<Vec<i64>, Fault> {
        let rows: Vec<(i64,)> = tx.all_scoped(statement, self.scope, params![text, self.before, self.limit])?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The newest orders that have `key` in common, at most `limit`, and the hashes of their phone numbers; `found` learns where the looking stopped.
    /// Of all orders by the first statement, of a merchant's by the second.
    fn common(
        &self,
        tx: &mut Tx<'_>,
        (key, limit): (i64, i64),
        [of_all, of_own]: [&'static Statement; 2],
        found: &mut Found,
    ) -> Result<Vec<(i64, Option<i64>)>, StoreError> {
        if self.scope == Scope::Platform {
            let rows: Vec<(i64, Option<i64>)> = tx.all(of_all, params![key, self.before, limit.min(LOOKS_MAX)])?;
            let last_look = usize::try_from(LOOKS_MAX - 1).ok().and_then(|last| rows.get(last));
            found.down_to = found.down_to.max(last_look.map_or(0, |(id, _)| *id));
            return Ok(rows);
        }
        let rows: Vec<Met> = tx.all_scoped(of_own, self.scope, params![key, self.before, limit, LOOKS_MAX])?;
        let mut met = Vec::new();
        for (at, was, look, phone) in rows {
            let Some(at) = at else { continue };
            if look == LOOKS_MAX {
                found.down_to = found.down_to.max(if at == was { at } else { at + 1 });
            }
            met.extend((at == was).then_some((at, phone)));
        }
        Ok(met)
    }

    /// The order's own number, and its number at its source.
    fn numbers(&self, tx: &mut Tx<'_>) -> Result<Vec<i64>, Fault> {
        let own = sql!(
            "SELECT c.id FROM orders o JOIN cases c ON c.id = o.case_id
             WHERE {ORG:c.} AND o.number = ?2 AND c.id < ?3 ORDER BY c.id DESC LIMIT ?4"
        );
        let outside = sql!(
            "SELECT c.id FROM orders o JOIN cases c ON c.id = o.case_id
             WHERE {ORG:c.} AND o.outside_no = ?2 AND c.id < ?3 ORDER BY c.id DESC LIMIT ?4"
        );
        let mut ids = self.ids(tx, own, self.text)?;
        ids.extend(self.ids(tx, outside, self.text)?);
        Ok(ids)
    }

    /// Four digits are the end of a phone number, more are one.
    fn phones(&self, tx: &mut Tx<'_>, found: &mut Found) -> Result<(), Fault> {
        let is_number = self.text.bytes().all(|b| b.is_ascii_digit());
        let length = self.text.len();
        if !is_number || (length != PHONE_END && length < PHONE_MIN) {
            return Ok(());
        }
        let is_end = length == PHONE_END;
        let of_all = sql!(
            "SELECT r.order_id, r.phone_key FROM sealed_recipients r {BY:sealed_recipients_by_phone_end}
             WHERE {DOWN:r.phone_end_key | r.order_id | ?1 | 0 | ?2} LIMIT ?3
             /* unscoped: for the platform, which sees every order */"
        );
        let of_own = sql!(meeting!(
            "sealed_recipients_by_phone_end,sealed_recipients_by_phone_end,sealed_recipients_by_phone_end",
            "r.phone_end_key"
        ));
        // Other numbers have the same end.
        let limit = if is_end { self.limit } else { LOOKS_MAX };
        for (end, whole) in recipients::phone_keys(tx, self.text)? {
            let orders = self.common(tx, (end, limit), [of_all, of_own], found)?;
            found.ids.extend(orders.into_iter().filter(|(_, phone)| is_end || *phone == Some(whole)).map(|(id, _)| id));
        }
        Ok(())
    }

    /// Whom the parcel goes to, by the whole name.
    fn names(&self, tx: &mut Tx<'_>, found: &mut Found) -> Result<(), Fault> {
        let of_all = sql!(
            "SELECT r.order_id, r.phone_key FROM sealed_recipients r {BY:sealed_recipients_by_name}
             WHERE {DOWN:r.name_key | r.order_id | ?1 | 0 | ?2} LIMIT ?3
             /* unscoped: for the platform, which sees every order */"
        );
        let of_own = sql!(meeting!(
            "sealed_recipients_by_name,sealed_recipients_by_name,sealed_recipients_by_name",
            "r.name_key"
        ));
        for name in recipients::name_keys(tx, self.text)? {
            let orders = self.common(tx, (name, self.limit), [of_all, of_own], found)?;
            found.ids.extend(orders.into_iter().map(|(id, _)| id));
        }
        Ok(())
    }

    /// A line of the order is of the unit with this code.
    fn codes(&self, tx: &mut Tx<'_>) -> Result<Vec<i64>, Fault> {
        let mut ids = Vec::new();
        for sku in xr_catalog::queries::with_code(tx, self.scope, self.text)? {
            let rows: Vec<(i64, i64)> = tx.all_scoped(
                sql!(
                    "SELECT DISTINCT l.order_id, l.sku_id FROM order_lines l JOIN cases c ON c.id = l.order_id
                     WHERE {ORG:c.} AND {DOWN:l.sku_id | l.order_id | ?2 | 0 | ?3} LIMIT ?4"
                ),
                self.scope,
                params![sku, self.before, self.limit],
            )?;
            ids.extend(rows.into_iter().map(|(id, _)| id));
        }
        Ok(ids)
    }

    /// A parcel of the order or of its after-sales cases.
    fn waybills(&self, tx: &mut Tx<'_>) -> Result<Vec<i64>, Fault> {
        let Some(ShipmentBookRef(book)) = tx.ext::<ShipmentBookRef>() else { return Ok(vec![]) };
        let ids = book.orders_with(tx, self.text)?;
        Ok(ids.into_iter().map(|id| id.0).filter(|id| *id < self.before).collect())
    }
}

fn by_id(tx: &mut Tx<'_>, scope: Scope, id: i64) -> Result<Option<Listed>, Fault> {
    Ok(tx.opt_scoped(
        sql!(
            "SELECT c.id, o.number, c.shop_id, c.state, c.due_at, o.total_minor, o.currency, o.placed_at, o.source,
             o.outside_no, c.buyer_id FROM orders o JOIN cases c ON c.id = o.case_id WHERE {ORG:c.} AND c.id = ?2"
        ),
        scope,
        params![id],
    )?)
}
