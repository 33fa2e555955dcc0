//! Routes of after-sales: thin, no decisions. Acts on a case go through `/v1/cases/{id}/acts`.

use crate::commands::add_evidence::{AddEvidence, Filing};
use crate::commands::apply::{Application, Apply};
use crate::commands::record_contact::{NewContact, RecordContact};
use crate::commands::set_return_address::{ReturnAddress, SetReturnAddress};
use crate::commands::upload_picture::UploadPicture;
use crate::{Error, pictures, queries};
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use xr_base::{CaseId, Problem};
use xr_casework::CaseView;
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, IdPath, JsonBody, RawBody, Routes, TextPath, Who};

/// Pack of a shop that chose none.
const PACK_DEFAULT: &str = "xiaoer-default";

/// Applications, contacts, evidence, pictures.
pub fn routes() -> Routes {
    Routes::new()
        .add(Access::May("aftersales.apply"), routes!(apply))
        .add(Access::May("aftersales.decide"), routes!(contact))
        .add(Access::MayAny(&["aftersales.apply", "aftersales.decide"]), routes!(evidence))
        .add(Access::MayAny(&["aftersales.apply", "aftersales.decide"]), routes!(upload))
        .add(Access::SignedIn, routes!(picture))
        .add(Access::May("aftersales.decide"), routes!(return_address))
}

/// Applies for after-sales service for one line of an order.
#[utoipa::path(
    post, path = "/v1/aftersales", tag = "aftersales", request_body = Application,
    responses(
        (status = 200, body = CaseView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
async fn apply(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<Application>,
) -> Result<Json<CaseView>, Failure> {
    let order = body.value.order;
    let pack = state.store().read(move |tx| {
        // An order that is not there has no pack; the command itself refuses it in the right words.
        let Some(row) = xr_orders::queries::order(tx, order)? else { return Ok(None) };
        Ok(xr_identity::queries::shop(tx, row.shop_id)?.and_then(|s| s.pack))
    });
    let pack = pack.await?.unwrap_or_else(|| PACK_DEFAULT.to_owned());
    let command = Apply { actor: who.actor(), pack, application: body.value };
    let case = state.store().write_once(command, body.key).await?;
    Ok(Json(xr_casework::http::page(&state, &who, case).await?))
}

/// Records that the merchant spoke with the buyer.
#[utoipa::path(
    post, path = "/v1/cases/{id}/contacts", tag = "aftersales", params(("id" = String, Path)), request_body = NewContact,
    responses(
        (status = 200, body = CaseView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
async fn contact(
    State(state): State<AppState>,
    who: Who,
    IdPath(case): IdPath<CaseId>,
    body: JsonBody<NewContact>,
) -> Result<Json<CaseView>, Failure> {
    let command = RecordContact { actor: who.actor(), case, contact: body.value };
    state.store().write_once(command, body.key).await?;
    Ok(Json(xr_casework::http::page(&state, &who, case).await?))
}

/// Files evidence: pictures that were uploaded before, or words.
#[utoipa::path(
    post, path = "/v1/cases/{id}/evidence", tag = "aftersales", params(("id" = String, Path)), request_body = Filing,
    responses(
        (status = 200, body = CaseView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
async fn evidence(
    State(state): State<AppState>,
    who: Who,
    IdPath(case): IdPath<CaseId>,
    body: JsonBody<Filing>,
) -> Result<Json<CaseView>, Failure> {
    let command = AddEvidence { actor: who.actor(), case, filing: body.value };
    state.store().write_once(command, body.key).await?;
    Ok(Json(xr_casework::http::page(&state, &who, case).await?))
}

/// A picture that was kept.
#[derive(Serialize, utoipa::ToSchema)]
struct UploadView {
    /// Name for later use: SHA-256, 64 hex digits.
    sha256: String,
    /// Pixels.
    width: u32,
    /// Pixels.
    height: u32,
}

/// Keeps a picture (JPEG, PNG or WebP, at most 10 MiB): decoded and written anew, so that nothing else comes in with it.
#[utoipa::path(
    post, path = "/v1/uploads", tag = "aftersales", request_body(content = Vec<u8>, content_type = "image/*"),
    responses((status = 200, body = UploadView), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
async fn upload(
    State(state): State<AppState>,
    who: Who,
    RawBody(body): RawBody<{ pictures::BYTES_MAX }>,
) -> Result<Json<UploadView>, Failure> {
    let (actor, blobs) = (who.actor(), state.store().blobs().clone());
    let cleaned = pictures::in_turn(Error::BadPicture("bytes"), move || {
        let picture = pictures::clean(&body)?;
        let size = (picture.width, picture.height);
        Ok((UploadPicture::new(actor, &picture, &blobs)?, size))
    });
    let (command, (width, height)) = cleaned.await?;
    let kept = state.store().write(command).await?;
    Ok(Json(UploadView { sha256: kept.sha256, width, height }))
}

/// A picture that the caller uploaded, or that is evidence in a case they may see.
#[utoipa::path(
    get, path = "/v1/uploads/{sha256}", tag = "aftersales", params(("sha256" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "image/*"), (status = 404, body = ProblemBody)),
)]
async fn picture(
    State(state): State<AppState>,
    who: Who,
    TextPath(sha256): TextPath<String>,
) -> Result<Response, Failure> {
    let (scope, user, blobs) = (who.scope(), who.user, state.store().blobs().clone());
    let found = state.store().read(move |tx| {
        let Some(media_type) = queries::visible_picture(tx, scope, user, &sha256)? else { return Ok(None) };
        Ok(blobs.load(tx, &sha256)?.map(|bytes| (media_type, bytes)))
    });
    let (media_type, bytes) = found.await?.ok_or_else(|| Problem::new(404, "aftersales.no_such_picture"))?;
    Ok(([(CONTENT_TYPE, media_type)], bytes).into_response())
}

/// Sets where a shop wants returns to be sent; tells how many open cases had waited for that.
#[utoipa::path(
    post, path = "/v1/return-addresses", tag = "aftersales", request_body = ReturnAddress,
    responses(
        (status = 200, body = u64, content_type = "application/json"), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
async fn return_address(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<ReturnAddress>,
) -> Result<Json<u64>, Failure> {
    let shop = body.value.shop;
    let found = state.store().read(move |tx| Ok(xr_identity::queries::shop(tx, shop)?)).await?;
    let own = found.filter(|s| who.org == Some(s.merchant_org));
    let own = own.ok_or_else(|| Problem::new(404, "orders.no_such_shop").field("shop").with("shop", shop))?;
    let command = SetReturnAddress { actor: who.actor(), merchant_org: own.merchant_org, new: body.value };
    Ok(Json(state.store().write_once(command, body.key).await?))
}
