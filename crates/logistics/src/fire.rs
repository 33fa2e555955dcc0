//! Which event of a case a scan is.

use crate::model::{Direction, ScanKind, Shipment};
use crate::queries;
use serde_json::json;
use xr_base::{Actor, CaseId, Fault};
use xr_case::engine::{self, Act};
use xr_orders::Tracking;
use xr_store::Tx;

/// Tells the parcel's case; gives the event that it took. A case that does not wait for it keeps its state, and its clocks are
/// computed anew: an anchor may have come.
pub(crate) fn fire(
    tx: &mut Tx<'_>,
    parcel: &Shipment,
    kind: ScanKind,
    is_fetched: bool,
    actor: &Actor,
) -> Result<Option<&'static str>, Fault> {
    let wanted = match parcel.direction {
        Direction::Outbound => of_order(tx, parcel, kind)?,
        Direction::Return => of_return(kind, is_fetched),
        Direction::Replacement => of_replacement(kind),
        Direction::SentBack => None,
    };
    let taken = match wanted {
        Some(event) if offer(tx, parcel.case_id, event, actor)? => Some(event),
        _ => None,
    };
    if parcel.direction != Direction::Outbound && engine::find(tx, parcel.case_id)?.is_some_and(|c| !c.is_closed()) {
        engine::refresh(tx, parcel.case_id)?;
    }
    Ok(taken)
}

/// An order hears of its parcels together: one of two parcels at the door is not the order at the door.
fn of_order(tx: &mut Tx<'_>, parcel: &Shipment, kind: ScanKind) -> Result<Option<&'static str>, Fault> {
    let parcels = outbound(tx, parcel.case_id)?;
    track(tx, parcel.case_id, &parcels)?;
    Ok(event_of_order(&parcels, kind))
}

fn outbound(tx: &mut Tx<'_>, order: CaseId) -> Result<Vec<Shipment>, Fault> {
    Ok(queries::of_case(tx, order)?.into_iter().filter(|s| s.direction == Direction::Outbound).collect())
}

/// Writes the order's `tracking` and `delivered_at` from all its parcels.
pub(crate) fn track(tx: &mut Tx<'_>, order: CaseId, parcels: &[Shipment]) -> Result<(), Fault> {
    let is_delivered = !parcels.is_empty() && parcels.iter().all(|p| p.delivered_at.is_some());
    let (tracking, delivered_at) = if is_delivered {
        (Tracking::Delivered, parcels.iter().filter_map(|p| p.delivered_at).max())
    } else if parcels.iter().any(|p| p.last_scan_at.is_some()) {
        (Tracking::Moving, None)
    } else {
        (Tracking::None, None)
    };
    xr_orders::set_tracking(tx, order, tracking, delivered_at)
}

fn event_of_order(parcels: &[Shipment], kind: ScanKind) -> Option<&'static str> {
    let all = |fits: fn(&Shipment) -> bool| parcels.iter().all(fits);
    match kind {
        ScanKind::Delivered => all(|p| p.delivered_at.is_some()).then_some("delivered"),
        ScanKind::Refused | ScanKind::Returned => all(is_back).then_some("refused"),
        ScanKind::Intercepted => all(is_back).then_some("intercepted"),
        ScanKind::Collected | ScanKind::InTransit | ScanKind::OutForDelivery => Some("resumed"),
        ScanKind::Exception | ScanKind::Lost => None,
    }
}

fn is_back(parcel: &Shipment) -> bool {
    matches!(parcel.outcome, Some(ScanKind::Refused | ScanKind::Returned | ScanKind::Intercepted))
}

/// A parcel refused at the merchant's door is on its way back to the buyer; only its return ends it.
fn of_return(kind: ScanKind, is_fetched: bool) -> Option<&'static str> {
    match kind {
        ScanKind::Collected if is_fetched => Some("picked"),
        ScanKind::Delivered => Some("signed"),
        ScanKind::Lost | ScanKind::Returned => Some("lost"),
        _ => None,
    }
}

fn of_replacement(kind: ScanKind) -> Option<&'static str> {
    match kind {
        ScanKind::Delivered => Some("delivered"),
        ScanKind::Lost | ScanKind::Returned => Some("lost"),
        _ => None,
    }
}

/// Fires the event unless the case does not wait for it. The empty input makes the engine ask that before anything is written.
fn offer(tx: &mut Tx<'_>, case: CaseId, event: &str, actor: &Actor) -> Result<bool, Fault> {
    let input = json!({});
    let act = Act { actor, case, event, version: None, input: &input, note: None };
    match engine::act(tx, &act) {
        Ok(_) => Ok(true),
        Err(Fault::Refused(problem)) if is_unheard(&problem.code) => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn is_unheard(code: &str) -> bool {
    matches!(code, "case.not_accepted" | "case.not_your_act" | "case.unknown_event")
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_base::{Instant, RowId};

    fn parcel(outcome: Option<ScanKind>) -> Shipment {
        Shipment {
            id: RowId(1),
            case_id: CaseId(1),
            direction: Direction::Outbound,
            carrier: "SF".into(),
            waybill: "SF100000".into(),
            merchant_org: None,
            shop_id: None,
            buyer_id: None,
            announced_at: Instant(0),
            watched_at: None,
            last_scan_at: outcome.map(|_| Instant(1)),
            delivered_at: (outcome == Some(ScanKind::Delivered)).then_some(Instant(1)),
            reported_at: (outcome == Some(ScanKind::Delivered)).then_some(Instant(1)),
            outcome,
        }
    }

    #[test]
    fn an_order_is_delivered_with_its_last_parcel() {
        let one = [parcel(Some(ScanKind::Delivered)), parcel(None)];
        assert_eq!(event_of_order(&one, ScanKind::Delivered), None);
        let both = [parcel(Some(ScanKind::Delivered)), parcel(Some(ScanKind::Delivered))];
        assert_eq!(event_of_order(&both, ScanKind::Delivered), Some("delivered"));
    }

    #[test]
    fn one_of_two_parcels_refused_does_not_undo_the_whole_order() {
        let one = [parcel(Some(ScanKind::Refused)), parcel(None)];
        assert_eq!(event_of_order(&one, ScanKind::Refused), None);
        let both = [parcel(Some(ScanKind::Refused)), parcel(Some(ScanKind::Returned))];
        assert_eq!(event_of_order(&both, ScanKind::Returned), Some("refused"));
        assert_eq!(event_of_order(&both[..1], ScanKind::Intercepted), Some("intercepted"));
    }

    #[test]
    fn a_lost_parcel_of_an_order_is_for_the_platform_to_declare() {
        assert_eq!(event_of_order(&[parcel(Some(ScanKind::Lost))], ScanKind::Lost), None);
        assert_eq!(event_of_order(&[parcel(None)], ScanKind::InTransit), Some("resumed"));
    }

    #[test]
    fn a_return_is_picked_only_by_the_scan_that_answers_a_booked_pickup() {
        assert_eq!(of_return(ScanKind::Collected, true), Some("picked"));
        assert_eq!(of_return(ScanKind::Collected, false), None);
        assert_eq!(of_return(ScanKind::Refused, false), None);
        assert_eq!(of_return(ScanKind::Returned, false), Some("lost"));
        assert_eq!(of_replacement(ScanKind::Delivered), Some("delivered"));
    }
}
