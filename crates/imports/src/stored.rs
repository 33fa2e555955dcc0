//! Rows of earlier imports, read page by page: a history may be longer than memory or a statement's time.

use crate::matching::{Key, Left, Sale, Shelf};
use crate::plan::Plan;
use crate::rows::Kind;
use crate::source::Source;
use std::collections::HashMap;
use xr_base::{CaseId, Fault, Instant, RowId, SkuId, UserId};
use xr_store::{Tx, params, record, sql};

/// Rows of a page.
const PAGE: i64 = 20_000;

record! {
    /// A sale line with what is left of it, and its key in `import_rows`.
    struct StoredSale {
        invoice: String,
        row_hash: i64,
        occurrence: i64,
        at: Instant,
        order: CaseId,
        line: RowId,
        sku: SkuId,
        buyer: UserId,
        region: String,
        units: i64,
        minor: i64,
    }
}

/// Puts the stored sales that cancellations of `plan` may take back onto the shelf.
pub(crate) fn shelve(tx: &mut Tx<'_>, source: Source, plan: &Plan, shelf: &mut Shelf) -> Result<(), Fault> {
    let texts = &plan.rows.texts;
    let products: HashMap<SkuId, u32> =
        plan.goods.iter().filter_map(|(code, sku)| Some((*sku, texts.find(code)?))).collect();
    let customers: HashMap<UserId, i64> = plan.buyers.iter().map(|(customer, buyer)| (*buyer, *customer)).collect();
    let mut last = (String::new(), i64::MIN, 0);
    loop {
        let page: Vec<StoredSale> = tx.all(
            sql!(
                "SELECT r.invoice, r.row_hash, r.occurrence, r.at, l.order_id, l.id, l.sku_id, o.buyer_id, t.region,
                 l.quantity - l.refunded, l.amount_minor - l.refunded_minor
                 FROM import_rows r JOIN order_lines l ON l.id = r.entry_id JOIN orders o ON o.case_id = l.order_id
                 JOIN sealed_recipients t ON t.order_id = l.order_id
                 WHERE r.source_id = ?1 AND (r.invoice, r.row_hash, r.occurrence) > (?2, ?3, ?4) AND r.kind = 'sale'
                   AND l.unit_price > 0
                 ORDER BY r.invoice, r.row_hash, r.occurrence LIMIT ?5 /* unscoped: the importer's own rows */"
            ),
            params![source.id, last.0, last.1, last.2, PAGE],
        )?;
        let Some(end) = page.last() else { return Ok(()) };
        last = (end.invoice.clone(), end.row_hash, end.occurrence);
        for sale in page {
            let (Some(product), Some(customer)) = (products.get(&sale.sku), customers.get(&sale.buyer)) else {
                continue;
            };
            let country = texts.find(&sale.region).unwrap_or(u32::MAX - 1);
            let stored = Sale::Stored(sale.order, sale.line);
            let left = Left { sale: stored, at: sale.at, units: sale.units, minor: sale.minor };
            shelf.put(Key::new(*customer, *product, country), left);
        }
    }
}

record! {
    /// A row as stored: a sale from its order line, anything else from its adjustment.
    pub(crate) struct StoredRow {
        pub(crate) invoice: String,
        pub(crate) row_hash: i64,
        pub(crate) occurrence: i64,
        pub(crate) at: Instant,
        pub(crate) kind: Kind,
        pub(crate) quantity: i64,
        pub(crate) price: i64,
    }
}

/// Calls `each` with every stored row of the source.
pub(crate) fn each(tx: &mut Tx<'_>, source: Source, mut each: impl FnMut(&StoredRow)) -> Result<(), Fault> {
    let mut last = (String::new(), i64::MIN, 0);
    loop {
        let page: Vec<StoredRow> = tx.all(
            sql!(
                "SELECT r.invoice, r.row_hash, r.occurrence, r.at, r.kind, COALESCE(l.quantity, a.quantity),
                 COALESCE(l.unit_price, a.unit_price)
                 FROM import_rows r LEFT JOIN order_lines l ON l.id = r.entry_id
                 LEFT JOIN import_adjustments a ON a.id = r.entry_id
                 WHERE r.source_id = ?1 AND (r.invoice, r.row_hash, r.occurrence) > (?2, ?3, ?4)
                 ORDER BY r.invoice, r.row_hash, r.occurrence LIMIT ?5 /* unscoped: the importer's own rows */"
            ),
            params![source.id, last.0, last.1, last.2, PAGE],
        )?;
        let Some(end) = page.last() else { return Ok(()) };
        last = (end.invoice.clone(), end.row_hash, end.occurrence);
        page.iter().for_each(&mut each);
    }
}
