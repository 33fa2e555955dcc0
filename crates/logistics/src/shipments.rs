//! Parcels that orders send out.

use crate::commands::note_stalled::is_stalled;
use crate::model::{Direction, Shipment};
use crate::parcels::{NewParcel, announce};
use crate::{carriers, fire, queries};
use serde_json::{Value, json};
use xr_base::{Actor, CaseId, Fault};
use xr_case::engine::authorise;
use xr_orders::{OrderRow, ShipInput, ShipmentBook};
use xr_store::{Tx, params, sql};

/// Keeps the parcels of orders; wired into orders by the binary, because orders lie below.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shipments;

impl ShipmentBook for Shipments {
    fn shipped(&self, tx: &mut Tx<'_>, actor: &Actor, order: &OrderRow, input: &ShipInput) -> Result<(), Fault> {
        let grant = authorise(actor, "orders.manage")?;
        let parcel = NewParcel {
            case: order.case_id,
            direction: Direction::Outbound,
            carrier: &input.carrier,
            waybill: &input.waybill,
            merchant_org: Some(order.merchant_org),
            shop_id: Some(order.shop_id),
            buyer_id: Some(order.buyer_id),
        };
        let id = announce(tx, &grant, &parcel)?;
        let at = tx.at();
        let begun = tx.exec(
            sql!("UPDATE shipments SET watched_at = ?2 WHERE id = ?1 AND watched_at IS NULL /* unscoped: by id */"),
            params![id, at],
        )?;
        if begun == 1 {
            tx.job("logistics.track", &json!({ "carrier": input.carrier, "waybill": input.waybill }), at)?;
        }
        // An order whose first parcel had arrived is under way again.
        let parcels: Vec<_> = queries::of_case(tx, order.case_id)?;
        fire::track(tx, order.case_id, &parcels)
    }

    fn parcels(&self, tx: &mut Tx<'_>, order: CaseId) -> Result<Vec<Value>, Fault> {
        let parcels = queries::of_order(tx, order)?;
        parcels.iter().map(|parcel| shown(tx, parcel)).collect()
    }
}

/// A parcel with its carrier's names and its scans, newest last.
fn shown(tx: &mut Tx<'_>, parcel: &Shipment) -> Result<Value, Fault> {
    let scans: Vec<Value> = queries::scans(tx, parcel.id)?
        .iter()
        .map(|s| json!({ "kind": s.kind, "at": s.at, "received_at": s.received_at, "place": s.place }))
        .collect();
    let now = tx.now();
    Ok(json!({
        "id": parcel.id,
        "case": parcel.case_id,
        "direction": parcel.direction,
        "carrier": parcel.carrier,
        "carrier_name": carriers::carrier(&parcel.carrier).ok().map(|c| json!({ "zh": c.zh, "en": c.en })),
        "waybill": parcel.waybill,
        "announced_at": parcel.announced_at,
        "delivered_at": parcel.delivered_at,
        "outcome": parcel.outcome,
        "is_stalled": is_stalled(parcel, now),
        "scans": scans,
    }))
}
