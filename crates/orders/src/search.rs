//! Finding orders by anything that people read out: a number, a waybill, the end of a phone number, a name, a product's code (ORD-6).
//!
//! Each way is one look into an index and gives the newest first; together they are cut to a page.

use crate::queries::{Filter, Listed};
use crate::ship::ShipmentBookRef;
use std::collections::BTreeSet;
use xr_base::{CaseId, Fault, Scope};
use xr_store::statement::Statement;
use xr_store::{Tx, params, sql};

/// Digits of a phone number that people say.
const PHONE_END: usize = 4;
/// From so many digits on, a number may be a whole phone number.
const PHONE_MIN: usize = 7;

/// Orders that `scope` may see and that `text` finds, newest first, below the filter's `before`, at most `limit`.
///
/// Everybody who sees an order reads the last four digits of the phone number; the rest of it, and the name, find only for
/// those who may reveal them.
///
/// # Errors
/// A store fault.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    scope: Scope,
    text: &str,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Listed>, Fault> {
    let may_reveal = filter.may_reveal;
    let look = Look { scope, text, before: filter.before.map_or(i64::MAX, |id| id.0), limit };
    let mut found: BTreeSet<i64> = BTreeSet::new();
    found.extend(look.numbers(tx)?);
    found.extend(look.waybills(tx)?);
    if !matches!(scope, Scope::Buyer(_)) {
        // A buyer's few orders lie far apart among all with a common name: walking there would cost more than it finds.
        if may_reveal || text.len() == PHONE_END {
            found.extend(look.phones(tx)?);
        }
        if may_reveal {
            found.extend(look.names(tx)?);
        }
        found.extend(look.codes(tx)?);
    }
    let mut listed = Vec::new();
    for id in found.into_iter().rev() {
        if i64::try_from(listed.len()).unwrap_or(i64::MAX) >= limit {
            break;
        }
        listed.extend(by_id(tx, scope, id)?);
    }
    Ok(listed)
}

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
    fn phones(&self, tx: &mut Tx<'_>) -> Result<Vec<i64>, Fault> {
        let is_number = self.text.bytes().all(|b| b.is_ascii_digit());
        let length = self.text.len();
        if !is_number || (length != PHONE_END && length < PHONE_MIN) {
            return Ok(vec![]);
        }
        let end = &self.text[length - PHONE_END..];
        let whole = if length == PHONE_END { "" } else { self.text };
        let statement = sql!(
            "SELECT c.id FROM recipients r JOIN cases c ON c.id = r.order_id
             WHERE {ORG:c.} AND substr(r.phone, length(r.phone) - 3) = ?2 AND r.order_id < ?3
             AND (?5 = '' OR r.phone = ?5) ORDER BY r.order_id DESC LIMIT ?4"
        );
        let rows: Vec<(i64,)> = tx.all_scoped(statement, self.scope, params![end, self.before, self.limit, whole])?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Whom the parcel goes to, by the whole name.
    fn names(&self, tx: &mut Tx<'_>) -> Result<Vec<i64>, Fault> {
        let statement = sql!(
            "SELECT c.id FROM recipients r JOIN cases c ON c.id = r.order_id
             WHERE {ORG:c.} AND r.name = ?2 AND r.order_id < ?3 ORDER BY r.order_id DESC LIMIT ?4"
        );
        self.ids(tx, statement, self.text)
    }

    /// A line of the order is of the unit with this code.
    fn codes(&self, tx: &mut Tx<'_>) -> Result<Vec<i64>, Fault> {
        let mut ids = Vec::new();
        for sku in xr_catalog::queries::with_code(tx, self.scope, self.text)? {
            let rows: Vec<(i64,)> = tx.all_scoped(
                sql!(
                    "SELECT DISTINCT l.order_id FROM order_lines l JOIN cases c ON c.id = l.order_id
                     WHERE {ORG:c.} AND l.sku_id = ?2 AND l.order_id < ?3 ORDER BY l.order_id DESC LIMIT ?4"
                ),
                self.scope,
                params![sku, self.before, self.limit],
            )?;
            ids.extend(rows.into_iter().map(|(id,)| id));
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
