//! What carriers call, and the list of them.

use crate::carriers::{Carrier, carriers};
use crate::{Error, Notice, ScanTaken, TakeScan};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use xr_payments::http::{NOTICE_BYTES_MAX, NoticeSecrets, headers_of};
use xr_web::body::refuse_nul;
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, Page, RawBody, Routes, TextPath};

/// Notices of carriers, and the carriers themselves.
pub fn routes() -> Routes {
    Routes::new().add(Access::Signed, routes!(take)).add(Access::SignedIn, routes!(list))
}

/// Takes a scan of a carrier. The same id with the same body is answered alike and does nothing more.
#[utoipa::path(
    post, path = "/v1/notices/carriers/{carrier}", tag = "notices", params(("carrier" = String, Path)),
    request_body = Object,
    responses((status = 200, body = Object), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
async fn take(
    State(state): State<AppState>,
    TextPath(carrier): TextPath<String>,
    headers: HeaderMap,
    RawBody(body): RawBody<NOTICE_BYTES_MAX>,
) -> Result<Json<ScanTaken>, Failure> {
    let secrets = state.ext::<NoticeSecrets>()?;
    let secret = secrets.0.get(&carrier).ok_or_else(|| Error::UnknownCarrier(carrier.clone()))?;
    let wall = state.store().clock().wall();
    let notice = Notice::read(&carrier, secret, &headers_of(&headers), &body, wall)?;
    refuse_nul(&body)?;
    Ok(Json(state.store().write(TakeScan { notice }).await?))
}

/// Carriers that parcels may name.
#[utoipa::path(get, path = "/v1/carriers", tag = "logistics", responses((status = 200, body = Object)))]
async fn list() -> Result<Json<Page<Carrier>>, Failure> {
    Ok(Json(Page { items: carriers().to_vec(), next: None }))
}
