//! Reading parcels. Callers have authorised the case that a parcel serves.

use crate::model::{Direction, Pickup, Scan, Shipment};
use xr_base::{CaseId, Fault, Instant, RowId};
use xr_case::replay::Mark;
use xr_store::{Tx, params, sql};

/// Parcels of a case, oldest first.
///
/// # Errors
/// A store fault.
pub fn of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Shipment>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, case_id, direction, carrier, waybill, merchant_org, shop_id, buyer_id, announced_at, watched_at,
             last_scan_at, delivered_at, reported_at, outcome FROM shipments WHERE case_id = ?1 ORDER BY id
             /* unscoped: by case, after authorisation */"
        ),
        params![case],
    )?)
}

/// Parcels of an order and of the cases opened on it, oldest first.
///
/// # Errors
/// A store fault.
pub fn of_order(tx: &mut Tx<'_>, order: CaseId) -> Result<Vec<Shipment>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT s.id, s.case_id, s.direction, s.carrier, s.waybill, s.merchant_org, s.shop_id, s.buyer_id,
             s.announced_at, s.watched_at, s.last_scan_at, s.delivered_at, s.reported_at, s.outcome
             FROM shipments s JOIN cases c ON c.id = s.case_id WHERE c.id = ?1 OR c.parent_id = ?1 ORDER BY s.id
             /* unscoped: by order, after authorisation */"
        ),
        params![order],
    )?)
}

/// The newest parcel of a case that goes this way.
///
/// # Errors
/// A store fault.
pub fn newest(tx: &mut Tx<'_>, case: CaseId, direction: Direction) -> Result<Option<Shipment>, Fault> {
    Ok(of_case(tx, case)?.into_iter().rfind(|s| s.direction == direction))
}

/// The parcel with a carrier's number.
///
/// # Errors
/// A store fault.
pub fn by_waybill(tx: &mut Tx<'_>, carrier: &str, waybill: &str) -> Result<Option<Shipment>, Fault> {
    Ok(tx.opt(
        sql!(
            "SELECT id, case_id, direction, carrier, waybill, merchant_org, shop_id, buyer_id, announced_at, watched_at,
             last_scan_at, delivered_at, reported_at, outcome FROM shipments WHERE carrier = ?1 AND waybill = ?2
             /* unscoped: by the carrier's number, for its signed notices */"
        ),
        params![carrier, waybill],
    )?)
}

/// Orders with a parcel of this number whoever carries it, their own or one of their after-sales cases.
///
/// # Errors
/// A store fault.
pub fn orders_with(tx: &mut Tx<'_>, waybill: &str) -> Result<Vec<CaseId>, Fault> {
    let rows: Vec<(CaseId,)> = tx.all(
        sql!(
            "SELECT CASE WHEN c.kind = 'order' THEN c.id ELSE c.parent_id END FROM shipments s
             JOIN cases c ON c.id = s.case_id WHERE s.waybill = ?1 AND (c.kind = 'order' OR c.parent_id IS NOT NULL)
             /* unscoped: by number, callers authorise */"
        ),
        params![waybill],
    )?;
    Ok(rows.into_iter().map(|(order,)| order).collect())
}

/// Parcels whose way has not ended, the newest first.
///
/// # Errors
/// A store fault.
pub fn under_way(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Shipment>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, case_id, direction, carrier, waybill, merchant_org, shop_id, buyer_id, announced_at, watched_at,
             last_scan_at, delivered_at, reported_at, outcome FROM shipments WHERE outcome IS NULL ORDER BY id DESC LIMIT ?1
             /* unscoped: a demo's carriers see every parcel */"
        ),
        params![limit],
    )?)
}

/// What was said about a parcel, in the carrier's order.
///
/// # Errors
/// A store fault.
pub fn scans(tx: &mut Tx<'_>, shipment: RowId) -> Result<Vec<Scan>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT event_id, kind, place, at, received_at FROM scans WHERE shipment_id = ?1 ORDER BY at, id
             /* unscoped: by parcel, after authorisation */"
        ),
        params![shipment],
    )?)
}

/// The carrier's time of the newest scan of any parcel of a case.
///
/// # Errors
/// A store fault.
pub fn last_scan_at(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Instant>, Fault> {
    Ok(of_case(tx, case)?.into_iter().filter_map(|s| s.last_scan_at).max())
}

/// The newest pickup that was asked for a case.
///
/// # Errors
/// A store fault.
pub fn newest_pickup(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Pickup>, Fault> {
    Ok(tx.opt(
        sql!(
            "SELECT id, case_id, carrier, asked_at, booked_at, collected_at FROM pickups WHERE case_id = ?1
             ORDER BY id DESC LIMIT 1 /* unscoped: by case, after authorisation */"
        ),
        params![case],
    )?)
}

/// Announced, first scanned, delivered, delivery reported.
type Moments = (Instant, Option<Instant>, Option<Instant>, Option<Instant>);

/// When the parcels of a case that go this way were announced, first scanned and delivered, under the three names of `words`; the
/// last is news. A delivery that was told before the parcel was announced counts from the announcement.
///
/// # Errors
/// A store fault.
pub fn marks(
    tx: &mut Tx<'_>,
    case: CaseId,
    direction: Direction,
    words: [&'static str; 3],
) -> Result<Vec<Mark>, Fault> {
    let rows: Vec<Moments> = tx.all(
        sql!(
            "SELECT s.announced_at, (SELECT MIN(c.received_at) FROM scans c WHERE c.shipment_id = s.id), s.delivered_at,
             s.reported_at FROM shipments s WHERE s.case_id = ?1 AND s.direction = ?2 ORDER BY s.id
             /* unscoped: by case, after authorisation */"
        ),
        params![case, direction],
    )?;
    let [parcel, first_scan, delivered] = words;
    let mut marks = Vec::new();
    for (announced, scanned, arrived, reported) in rows {
        marks.push(Mark::quiet(parcel, announced, announced));
        marks.extend(scanned.map(|at| Mark::quiet(first_scan, at, at.max(announced))));
        let told = arrived.zip(reported.or(arrived));
        marks.extend(told.map(|(at, known)| Mark { name: delivered, at, known: known.max(announced), is_news: true }));
    }
    Ok(marks)
}
