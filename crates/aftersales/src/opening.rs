//! Writing a new case: its row, what stock it may concern, and the case itself as a child of the order.

use crate::model::{AftersalesRow, CaseKind, GoodsAt, Progress};
use crate::words;
use xr_base::{Fault, OrgId, ShopId, UserId};
use xr_case::engine::{self, Case, Grant, NewCase};
use xr_orders::Line;
use xr_store::{Tx, params, sql};

/// Writes `row` and opens its case under `pack`.
///
/// # Errors
/// What the engine refuses (an unknown pack).
pub(crate) fn open(tx: &mut Tx<'_>, grant: &Grant<'_>, pack: &str, row: &AftersalesRow) -> Result<Case, Fault> {
    insert(tx, row)?;
    if row.kind == CaseKind::Exchange {
        want_replacement(tx, grant, row)?;
    }
    let (org, shop, buyer): (OrgId, ShopId, UserId) = (row.merchant_org, row.shop_id, row.buyer_id);
    engine::open(
        tx,
        &NewCase {
            id: row.case_id,
            kind: row.kind.word(),
            pack,
            parent: Some(row.order_id),
            merchant_org: Some(org),
            shop: Some(shop),
            buyer: Some(buyer),
            actor: grant.actor,
        },
    )
}

/// Units whose stock is not kept are always there: they claim nothing.
fn want_replacement(tx: &mut Tx<'_>, grant: &Grant<'_>, row: &AftersalesRow) -> Result<(), Fault> {
    if xr_inventory::queries::stock(tx, row.sku_id)?.is_none() {
        return Ok(());
    }
    xr_inventory::want(tx, grant, row.case_id, (row.merchant_org, row.sku_id), row.quantity)
}

/// A case that follows `source` on the same line: amount, quantity and buyer stay.
pub(crate) fn follower(tx: &Tx<'_>, source: &AftersalesRow) -> AftersalesRow {
    AftersalesRow {
        case_id: tx.id(),
        source_case: Some(source.case_id),
        changed_at: tx.at(),
        goods_at: GoodsAt::Buyer,
        waybill_at: None,
        proposal_minor: None,
        return_address: None,
        assigned_to: None,
        next_case: None,
        sealed_words: None,
        ..source.clone()
    }
}

/// How far the units of `line` are now.
pub(crate) fn progress(tx: &mut Tx<'_>, line: &Line) -> Result<Progress, Fault> {
    if line.shipped == 0 {
        return Ok(Progress::Unshipped);
    }
    let order = engine::get(tx, line.order_id)?;
    let is_received = engine::has_tag(tx, &order, "received")?;
    Ok(if is_received { Progress::Received } else { Progress::UnderWay })
}

fn insert(tx: &mut Tx<'_>, row: &AftersalesRow) -> Result<(), Fault> {
    let (sealed, address) = (words::sealed(tx, row)?, words::open_address(row));
    tx.put(
        sql!(
            "INSERT INTO aftersales (case_id, order_id, line_id, sku_id, merchant_org, shop_id, buyer_id, kind, origin,
             source_case, reason, description, quantity, amount_minor, currency, changed_at, progress, goods_at,
             waybill_at, proposal_minor, return_address, assigned_to, sealed_words)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '', ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
             /* unscoped: inserting after authorisation */"
        ),
        params![
            row.case_id, row.order_id, row.line_id, row.sku_id, row.merchant_org, row.shop_id, row.buyer_id, row.kind,
            row.origin, row.source_case, row.reason, row.quantity, row.amount_minor, row.currency,
            row.changed_at, row.progress, row.goods_at, row.waybill_at, row.proposal_minor, address, row.assigned_to, sealed
        ],
    )?;
    Ok(())
}

/// Writes what acts and effects may change in a row.
pub(crate) fn save(tx: &mut Tx<'_>, row: &AftersalesRow) -> Result<(), Fault> {
    let (sealed, address) = (words::sealed(tx, row)?, words::open_address(row));
    tx.put(
        sql!(
            "UPDATE aftersales SET reason = ?2, sealed_words = ?3, quantity = ?4, amount_minor = ?5, changed_at = ?6,
             goods_at = ?7, waybill_at = ?8, proposal_minor = ?9, return_address = ?10, assigned_to = ?11,
             progress = ?12 WHERE case_id = ?1 /* unscoped: by case, after authorisation */"
        ),
        params![
            row.case_id,
            row.reason,
            sealed,
            row.quantity,
            row.amount_minor,
            row.changed_at,
            row.goods_at,
            row.waybill_at,
            row.proposal_minor,
            address,
            row.assigned_to,
            row.progress
        ],
    )?;
    Ok(())
}
