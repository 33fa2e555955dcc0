//! Parcels that orders send out.

use crate::model::Direction;
use crate::parcels::{NewParcel, announce};
use crate::{fire, queries};
use serde_json::json;
use xr_base::{Actor, Fault};
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
}
