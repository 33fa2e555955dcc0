//! Parcels that orders send out.

use crate::commands::note_stalled::is_stalled;
use crate::model::Direction;
use crate::parcels::{NewParcel, announce};
use crate::{carriers, fire, queries};
use serde_json::{Value, json};
use xr_base::{Actor, CaseId, Fault};
use xr_case::engine::authorise;
use xr_case::replay::Mark;
use xr_orders::{OrderRow, ShipInput, ShipmentBook};
use xr_store::{Tx, params, sql};

/// Keeps the parcels of orders; wired into orders by the binary, because orders lie below.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shipments;

impl ShipmentBook for Shipments {
    fn marks(&self, tx: &mut Tx<'_>, order: CaseId) -> Result<Vec<Mark>, Fault> {
        let words = [xr_orders::PARCEL, xr_orders::FIRST_SCAN, xr_orders::DELIVERED];
        queries::marks(tx, order, Direction::Outbound, words)
    }

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

    fn orders_with(&self, tx: &mut Tx<'_>, waybill: &str) -> Result<Vec<CaseId>, Fault> {
        queries::orders_with(tx, waybill)
    }

    fn parcels(&self, tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Value>, Fault> {
        let now = tx.now();
        let mut shown = Vec::new();
        for parcel in queries::of_order(tx, case)? {
            let scans = queries::scans(tx, parcel.id)?;
            let carrier = carriers::carrier(&parcel.carrier)?;
            shown.push(json!({
                "id": parcel.id, "case_id": parcel.case_id, "direction": parcel.direction, "carrier": parcel.carrier,
                "carrier_name": { "zh": carrier.zh, "en": carrier.en }, "waybill": parcel.waybill,
                "announced_at": parcel.announced_at, "delivered_at": parcel.delivered_at, "outcome": parcel.outcome,
                "is_stalled": is_stalled(&parcel, now), "scans": scans,
            }));
        }
        Ok(shown)
    }
}
