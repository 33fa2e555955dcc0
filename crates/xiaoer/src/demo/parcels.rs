//! The demo's carriers: they have no log-in, so whoever moves the clock may also say what happened to a parcel.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use xr_base::locale::Text;
use xr_base::{Fault, Instant};
use xr_case::engine;
use xr_casework::CaseSummary;
use xr_logistics::{Direction, Notice, ScanKind, ScanTaken, Shipment, TakeScan, carriers, queries};
use xr_store::Tx;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, JsonBody, Page};

/// Newest parcels shown.
const SHOWN: i64 = 100;

/// A parcel under way, and what its carrier may say of it next.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ParcelView {
    /// Which way it goes: `outbound`, `return`, `replacement`, `sent_back`.
    #[schema(value_type = String)]
    direction: Direction,
    /// Code of the carrier.
    carrier: String,
    /// Its name.
    #[schema(value_type = Object)]
    carrier_name: Text,
    /// Its number of the parcel.
    waybill: String,
    /// When somebody told us of it.
    #[schema(value_type = String, format = DateTime)]
    announced_at: Instant,
    /// The last scan.
    #[schema(value_type = Option<String>)]
    last_scan: Option<ScanKind>,
    /// When that was.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_scan_at: Option<Instant>,
    /// Scans that make sense now, the usual one first.
    #[schema(value_type = Vec<String>)]
    offered: Vec<ScanKind>,
    /// Order or after-sales case that it serves.
    case: CaseSummary,
}

/// What a carrier usually reports after `last`, then what may happen instead.
fn offered(last: Option<ScanKind>) -> Vec<ScanKind> {
    let usual = match last {
        None => ScanKind::Collected,
        Some(ScanKind::Collected | ScanKind::Exception) => ScanKind::InTransit,
        Some(ScanKind::InTransit) => ScanKind::OutForDelivery,
        Some(_) => ScanKind::Delivered,
    };
    let others = [ScanKind::Delivered, ScanKind::Exception, ScanKind::Lost];
    std::iter::once(usual).chain(others.into_iter().filter(|kind| *kind != usual && Some(*kind) != last)).collect()
}

fn shown(tx: &mut Tx<'_>, parcel: Shipment) -> Result<ParcelView, Fault> {
    let carrier = carriers::carrier(&parcel.carrier)?;
    let last = queries::scans(tx, parcel.id)?.pop();
    let case = engine::get(tx, parcel.case_id)?;
    Ok(ParcelView {
        direction: parcel.direction,
        carrier_name: Text { zh: carrier.zh.clone(), en: carrier.en.clone() },
        announced_at: parcel.announced_at,
        last_scan: last.as_ref().map(|scan| scan.kind),
        last_scan_at: last.as_ref().map(|scan| scan.at),
        offered: offered(last.map(|scan| scan.kind)),
        case: xr_casework::summary(tx, &case)?,
        carrier: parcel.carrier,
        waybill: parcel.waybill,
    })
}

/// The newest hundred parcels whose way has not ended.
#[utoipa::path(get, path = "/v1/demo/parcels", tag = "demo", responses((status = 200, body = Page<ParcelView>)))]
pub(super) async fn list(State(state): State<AppState>) -> Result<Json<Page<ParcelView>>, Failure> {
    let found = state.store().read(|tx| {
        let parcels = queries::under_way(tx, SHOWN)?;
        parcels.into_iter().map(|parcel| shown(tx, parcel)).collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page { items: found.await?, next: None }))
}

/// What a carrier says.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoScan {
    /// Code of the carrier.
    carrier: String,
    /// Its number of the parcel.
    waybill: String,
    /// What happened, now: `collected`, `in_transit`, `out_for_delivery`, `delivered`, `exception`, `lost` …
    #[schema(value_type = String)]
    kind: ScanKind,
}

/// Reports a scan of now, as the carrier's signed notice would.
#[utoipa::path(
    post, path = "/v1/demo/scans", tag = "demo", request_body = DemoScan,
    responses((status = 200, body = Object), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
pub(super) async fn scan(State(state): State<AppState>, body: JsonBody<DemoScan>) -> Result<Json<ScanTaken>, Failure> {
    let DemoScan { carrier, waybill, kind } = body.value;
    let (carrier, waybill) = (carriers::carrier(&carrier)?.code.clone(), carriers::waybill(&waybill)?);
    let at = state.store().clock().now();
    let event_id = format!("demo-{waybill}-{}-{}", kind.word(), at.0);
    let body_hash = event_id.clone();
    let notice = Notice { carrier, event_id, waybill, kind, at, place: String::new(), reference: None, body_hash };
    Ok(Json(state.store().write(TakeScan { notice }).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ScanKind::{Collected, Delivered, Exception, InTransit, Lost, OutForDelivery};

    #[test]
    fn a_parcel_is_offered_its_usual_next_scan_first_and_none_twice() {
        assert_eq!(offered(None), [Collected, Delivered, Exception, Lost]);
        assert_eq!(offered(Some(Collected)), [InTransit, Delivered, Exception, Lost]);
        assert_eq!(offered(Some(InTransit)), [OutForDelivery, Delivered, Exception, Lost]);
        assert_eq!(offered(Some(OutForDelivery)), [Delivered, Exception, Lost]);
        assert_eq!(offered(Some(Exception)), [InTransit, Delivered, Lost]);
    }
}
