//! Orders of an imported history: written as they ended, past every clock, stock claim and payment.

use crate::texts::REMARKS;
use crate::vocabulary::Order;
use crate::{Error, Recipient, recipients};
use xr_base::{CaseId, Currency, Fault, Instant, OrgId, RowId, ShopId, SkuId, UnitPrice, UserId};
use xr_case::engine::{self, Grant, NewCase};
use xr_store::{Tx, params, sql};

/// Tag of the final state that a recorded order is in.
const ENDED: &str = "ended_good";

/// An order that ended elsewhere.
#[derive(Clone, Debug)]
pub struct RecordedOrder<'a> {
    /// Drawn by the importer with `tx.id()`.
    pub id: CaseId,
    /// Number for people; unique in the whole market, so the importer builds it from source and outside number.
    pub number: &'a str,
    /// Merchant.
    pub merchant_org: OrgId,
    /// Shop.
    pub shop: ShopId,
    /// Pack whose rulebook it carries.
    pub pack: &'a str,
    /// Buyer.
    pub buyer: UserId,
    /// Currency of every amount.
    pub currency: Currency,
    /// `import:<source>`.
    pub source: &'a str,
    /// Number at that source; unique in the shop.
    pub outside_no: &'a str,
    /// Where it went; what the source does not tell is empty.
    pub recipient: &'a Recipient,
    /// What the buyer wrote, or empty.
    pub remark: &'a str,
    /// When it was placed, shipped and ended: the only moment that a history tells.
    pub at: Instant,
}

/// A line of it; all units left the house.
#[derive(Clone, Debug)]
pub struct RecordedLine<'a> {
    /// Drawn by the importer with `tx.id()`.
    pub id: RowId,
    /// Unit.
    pub sku: SkuId,
    /// Name in the source.
    pub title: &'a str,
    /// Units, positive.
    pub quantity: i64,
    /// Price of one, in 1/10,000 of the major unit.
    pub unit_price: UnitPrice,
    /// Units × price, rounded once to minor units.
    pub amount_minor: i64,
}

/// Writes an order without lines, with its closed case.
///
/// # Errors
/// [`xr_base::StoreError::Duplicate`] for a number or outside number that is taken; a store fault.
pub fn record_order(tx: &mut Tx<'_>, grant: &Grant<'_>, order: &RecordedOrder<'_>) -> Result<(), Fault> {
    let remark = REMARKS.seal(tx, order.id.0, order.remark)?;
    tx.put(
        sql!(
            "INSERT INTO orders (case_id, number, merchant_org, shop_id, buyer_id, currency, goods_minor, freight_minor,
             total_minor, source, outside_no, remark, sealed_remark, review_exempt, tracking, placed_at, shipped_at, delivered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0, ?7, ?8, '', ?10, 1, 'none', ?9, ?9, NULL)
             /* unscoped: inserting after authorisation */"
        ),
        params![
            order.id,
            order.number,
            order.merchant_org,
            order.shop,
            order.buyer,
            order.currency,
            order.source,
            order.outside_no,
            order.at,
            remark
        ],
    )?;
    recipients::insert(tx, order.id, order.recipient)?;
    let case = NewCase {
        id: order.id,
        kind: Order::VOCABULARY.kind,
        pack: order.pack,
        parent: None,
        merchant_org: Some(order.merchant_org),
        shop: Some(order.shop),
        buyer: Some(order.buyer),
        actor: grant.actor,
    };
    engine::open_closed(tx, &case, ENDED, order.at)?;
    Ok(())
}

/// The order that a shop knows under this outside number.
///
/// # Errors
/// A store fault.
pub fn recorded(tx: &mut Tx<'_>, shop: ShopId, outside_no: &str) -> Result<Option<CaseId>, Fault> {
    let found: Option<(CaseId,)> = tx.opt(
        sql!(
            "SELECT case_id FROM orders WHERE shop_id = ?1 AND outside_no = ?2 /* unscoped: importers name their shop */"
        ),
        params![shop, outside_no],
    )?;
    Ok(found.map(|(id,)| id))
}

/// Adds lines after those that the order has, and their money to its totals.
///
/// # Errors
/// A store fault.
pub fn record_lines(
    tx: &mut Tx<'_>,
    _grant: &Grant<'_>,
    order: CaseId,
    lines: &[RecordedLine<'_>],
) -> Result<(), Fault> {
    let (last,): (i64,) = tx.one(
        sql!(
            "SELECT COALESCE(MAX(line_no), 0) FROM order_lines WHERE order_id = ?1 /* unscoped: after authorisation */"
        ),
        params![order],
    )?;
    for (line_no, line) in (last + 1..).zip(lines) {
        tx.put(
            sql!(
                "INSERT INTO order_lines (id, order_id, line_no, sku_id, title, spec, quantity, unit_price, amount_minor,
                 freight_minor, shipped, stopped, refunded, refunded_minor)
                 VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, ?8, 0, ?6, 0, 0, 0) /* unscoped: inserting */"
            ),
            params![
                line.id,
                order,
                line_no,
                line.sku,
                line.title,
                line.quantity,
                line.unit_price,
                line.amount_minor
            ],
        )?;
    }
    let goods: i64 = lines.iter().map(|l| l.amount_minor).sum();
    tx.put(
        sql!(
            "UPDATE orders SET goods_minor = goods_minor + ?2, total_minor = total_minor + ?2 WHERE case_id = ?1
             /* unscoped: after authorisation */"
        ),
        params![order, goods],
    )?;
    Ok(())
}

/// Counts units and money of a line as given back in the history; the order stays as it ended.
///
/// # Errors
/// [`Error::TooManyUnits`] beyond what the line has left, in units or money.
pub fn record_return(
    tx: &mut Tx<'_>,
    _grant: &Grant<'_>,
    line: RowId,
    quantity: i64,
    amount_minor: i64,
) -> Result<(), Fault> {
    let counted = tx.exec(
        sql!(
            "UPDATE order_lines SET refunded = refunded + ?2, refunded_minor = refunded_minor + ?3
             WHERE id = ?1 AND refunded + ?2 <= quantity AND refunded_minor + ?3 <= amount_minor
             /* unscoped: after authorisation */"
        ),
        params![line, quantity, amount_minor],
    )?;
    if counted == 0 { Err(Error::TooManyUnits(line).into()) } else { Ok(()) }
}
