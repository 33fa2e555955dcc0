//! Writing parcels: announced by people, watched once their case waits for them.

use crate::model::Direction;
use crate::{Error, carriers, queries};
use serde_json::json;
use xr_base::{CaseId, Fault, OrgId, RowId, ShopId, UserId};
use xr_case::engine::Grant;
use xr_store::{Tx, params, sql};

/// A parcel to be announced.
#[derive(Clone, Copy, Debug)]
pub struct NewParcel<'a> {
    /// Order or after-sales case that it serves.
    pub case: CaseId,
    /// Which way it goes.
    pub direction: Direction,
    /// Code of the carrier.
    pub carrier: &'a str,
    /// The carrier's number as somebody typed it.
    pub waybill: &'a str,
    /// Merchant it concerns.
    pub merchant_org: Option<OrgId>,
    /// Shop it concerns.
    pub shop_id: Option<ShopId>,
    /// Buyer it concerns.
    pub buyer_id: Option<UserId>,
}

/// Writes a parcel down before anything was scanned; the same number for the same case and way again changes nothing.
///
/// # Errors
/// [`Error::UnknownCarrier`], [`Error::BadWaybill`], [`Error::WaybillTaken`] for a number that another parcel has.
pub fn announce(tx: &mut Tx<'_>, _grant: &Grant<'_>, new: &NewParcel<'_>) -> Result<RowId, Fault> {
    carriers::carrier(new.carrier)?;
    let waybill = carriers::waybill(new.waybill)?;
    if let Some(known) = queries::by_waybill(tx, new.carrier, &waybill)? {
        let is_same = known.case_id == new.case && known.direction == new.direction;
        return if is_same { Ok(known.id) } else { Err(Error::WaybillTaken(waybill).into()) };
    }
    let (id, at) = (tx.id::<RowId>(), tx.at());
    tx.put(
        sql!(
            "INSERT INTO shipments (id, case_id, direction, carrier, waybill, merchant_org, shop_id, buyer_id,
             announced_at, watched_at, last_scan_at, delivered_at, reported_at, outcome)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL, NULL, NULL, NULL)
             /* unscoped: after authorisation */"
        ),
        params![id, new.case, new.direction, new.carrier, waybill, new.merchant_org, new.shop_id, new.buyer_id, at],
    )?;
    Ok(id)
}

/// From now on the carrier is to tell us of the case's parcel; asked once for each parcel.
pub(crate) fn watch(tx: &mut Tx<'_>, case: CaseId, direction: Direction) -> Result<(), Fault> {
    let Some(parcel) = queries::newest(tx, case, direction)? else { return Ok(()) };
    let at = tx.at();
    let begun = tx.exec(
        sql!(
            "UPDATE shipments SET watched_at = ?2 WHERE id = ?1 AND watched_at IS NULL
             /* unscoped: by parcel, after authorisation */"
        ),
        params![parcel.id, at],
    )?;
    if begun == 1 {
        tx.job("logistics.track", &json!({ "carrier": parcel.carrier, "waybill": parcel.waybill }), at)?;
    }
    Ok(())
}

/// Somebody asks a carrier to fetch the goods of a case; the effect `logistics.book_return_pickup` passes it on.
///
/// # Errors
/// [`Error::UnknownCarrier`].
pub fn ask_pickup(tx: &mut Tx<'_>, _grant: &Grant<'_>, case: CaseId, carrier: &str) -> Result<RowId, Fault> {
    carriers::carrier(carrier)?;
    let (id, at) = (tx.id::<RowId>(), tx.at());
    tx.put(
        sql!(
            "INSERT INTO pickups (id, case_id, carrier, asked_at, booked_at, collected_at)
             VALUES (?1, ?2, ?3, ?4, NULL, NULL) /* unscoped: after authorisation */"
        ),
        params![id, case, carrier, at],
    )?;
    Ok(id)
}

/// Passes the newest pickup that was asked for to its carrier, once.
pub(crate) fn book_pickup(tx: &mut Tx<'_>, case: CaseId) -> Result<(), Fault> {
    let Some(pickup) = queries::newest_pickup(tx, case)?.filter(|p| p.booked_at.is_none()) else { return Ok(()) };
    let at = tx.at();
    tx.put(
        sql!("UPDATE pickups SET booked_at = ?2 WHERE id = ?1 /* unscoped: by id, after authorisation */"),
        params![pickup.id, at],
    )?;
    let order = json!({ "pickup": pickup.id, "case": case, "carrier": pickup.carrier });
    tx.job("logistics.book_pickup", &order, at)?;
    Ok(())
}
