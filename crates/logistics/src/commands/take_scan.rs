//! A carrier's notice becomes a scan, and the scan an event of the case that the parcel serves.

use crate::model::{Direction, ScanKind, Shipment};
use crate::notice::Notice;
use crate::parcels::{NewParcel, announce};
use crate::{Error, fire, queries};
use serde::{Deserialize, Serialize};
use serde_json::json;
use xr_base::{Actor, Fault, Millis, Party, RowId, StoreError};
use xr_case::engine;
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx, params, sql};

/// Carriers' clocks may run ahead of ours by so much.
const AHEAD_MAX: Millis = Millis::minutes(10);

/// Takes a verified notice. Late, repeated and out-of-order scans are kept; they change what they still can.
#[derive(Clone, Debug)]
pub struct TakeScan {
    /// The notice, its signature checked.
    pub notice: Notice,
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanTaken {
    /// The parcel.
    pub shipment: RowId,
    /// The carrier had sent it before.
    pub is_repeat: bool,
    /// The event that the case took, if it waited for one.
    pub event: Option<String>,
}

impl Command for TakeScan {
    type Out = ScanTaken;
    const NAME: &'static str = "logistics.take_scan";

    fn run(&self, tx: &mut Tx<'_>) -> Result<ScanTaken, Fault> {
        let notice = &self.notice;
        if notice.at > tx.now() + AHEAD_MAX {
            return Err(Error::ScanInFuture.into());
        }
        if let Some(shipment) = heard_before(tx, notice)? {
            return Ok(ScanTaken { shipment, is_repeat: true, event: None });
        }
        let actor = Actor::Provider { party: Party::Courier, name: notice.carrier.clone() };
        let (parcel, is_fetched) = match queries::by_waybill(tx, &notice.carrier, &notice.waybill)? {
            Some(parcel) => (parcel, false),
            None => (fetched(tx, notice, &actor)?, true),
        };
        keep(tx, notice, parcel.id)?;
        let parcel = advance(tx, notice, &parcel)?;
        tell(tx, notice, &parcel, &actor)?;
        let event = fire::fire(tx, &parcel, notice.kind, is_fetched, &actor)?;
        Ok(ScanTaken { shipment: parcel.id, is_repeat: false, event: event.map(str::to_owned) })
    }
}

/// The parcel of an earlier notice with the same id.
fn heard_before(tx: &mut Tx<'_>, notice: &Notice) -> Result<Option<RowId>, Fault> {
    let known: Option<(RowId, String)> = tx.opt(
        sql!(
            "SELECT shipment_id, body_hash FROM scans WHERE carrier = ?1 AND event_id = ?2
             /* unscoped: carriers' signed notices */"
        ),
        params![notice.carrier, notice.event_id],
    )?;
    match known {
        Some((_, hash)) if hash != notice.body_hash => Err(Error::NoticeReused(notice.event_id.clone()).into()),
        Some((shipment, _)) => Ok(Some(shipment)),
        None => Ok(None),
    }
}

/// A number nobody announced is known only if the carrier fetched it for a case that had booked a pickup.
fn fetched(tx: &mut Tx<'_>, notice: &Notice, actor: &Actor) -> Result<Shipment, Fault> {
    let unknown = || Fault::from(Error::NoSuchParcel(notice.waybill.clone()));
    let case_id = notice.reference.filter(|_| notice.kind == ScanKind::Collected).ok_or_else(unknown)?;
    let pickup = queries::newest_pickup(tx, case_id)?.filter(|p| p.booked_at.is_some() && p.collected_at.is_none());
    let pickup = pickup.filter(|p| p.carrier == notice.carrier).ok_or_else(unknown)?;
    let case = engine::get(tx, case_id)?;
    let grant = engine::authorise(actor, "logistics.carry")?;
    let parcel = NewParcel {
        case: case_id,
        direction: Direction::Return,
        carrier: &notice.carrier,
        waybill: &notice.waybill,
        merchant_org: case.merchant_org,
        shop_id: case.shop_id,
        buyer_id: case.buyer_id,
    };
    announce(tx, &grant, &parcel)?;
    tx.put(
        sql!("UPDATE pickups SET collected_at = ?2 WHERE id = ?1 /* unscoped: carriers' signed notices */"),
        params![pickup.id, notice.at],
    )?;
    queries::by_waybill(tx, &notice.carrier, &notice.waybill)?.ok_or_else(unknown)
}

fn keep(tx: &mut Tx<'_>, notice: &Notice, shipment: RowId) -> Result<(), Fault> {
    let (id, now) = (tx.id::<RowId>(), tx.now());
    tx.put(
        sql!(
            "INSERT INTO scans (id, shipment_id, carrier, event_id, body_hash, kind, place, at, received_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) /* unscoped: carriers' signed notices */"
        ),
        params![
            id,
            shipment,
            notice.carrier,
            notice.event_id,
            notice.body_hash,
            notice.kind,
            notice.place,
            notice.at,
            now
        ],
    )?;
    Ok(())
}

/// What the parcel is known to have done. The first delivery scan stays; others can only end what is still open.
fn advance(tx: &mut Tx<'_>, notice: &Notice, was: &Shipment) -> Result<Shipment, Fault> {
    let mut parcel = was.clone();
    parcel.last_scan_at = parcel.last_scan_at.max(Some(notice.at));
    if notice.kind == ScanKind::Delivered && parcel.delivered_at.is_none() {
        (parcel.delivered_at, parcel.reported_at) = (Some(notice.at), Some(tx.now()));
    }
    if notice.kind.is_end() && parcel.outcome.is_none_or(|known| known != ScanKind::Delivered) {
        parcel.outcome = Some(notice.kind);
    }
    // Compare-and-set: of two scans at once the second must not forget what the first told.
    let told = tx.exec(
        sql!(
            "UPDATE shipments SET last_scan_at = ?2, delivered_at = ?3, reported_at = ?4, outcome = ?5
             WHERE id = ?1 AND COALESCE(last_scan_at, 0) = ?6 AND COALESCE(delivered_at, 0) = ?7
             AND COALESCE(outcome, '') = ?8 /* unscoped: carriers' signed notices */"
        ),
        params![
            parcel.id,
            parcel.last_scan_at,
            parcel.delivered_at,
            parcel.reported_at,
            parcel.outcome,
            was.last_scan_at.map_or(0, |at| at.0),
            was.delivered_at.map_or(0, |at| at.0),
            was.outcome.map_or("", ScanKind::word)
        ],
    )?;
    StoreError::compared(told, "the parcel")?;
    Ok(parcel)
}

/// Places stay out of the event: together with the case they tell where somebody lives.
fn tell(tx: &mut Tx<'_>, notice: &Notice, parcel: &Shipment, actor: &Actor) -> Result<(), Fault> {
    let at = tx.at();
    tx.event(&NewEvent {
        kind: "parcel.scanned",
        at,
        case: Some(parcel.case_id),
        object: None,
        audience: Audience { merchant_org: parcel.merchant_org, shop: parcel.shop_id, buyer: parcel.buyer_id },
        actor,
        body: json!({
            "shipment": parcel.id, "direction": parcel.direction, "kind": notice.kind, "scanned_at": notice.at,
        }),
    })?;
    Ok(())
}
