//! Routes of exports: thin, no decisions.

mod file;
mod views;

use crate::commands::{AskExport, PERMISSION, RemoveExport, not_found};
use crate::model::{FileFormat, Wanted};
use crate::queries;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use views::{ExportView, view};
use xr_base::{ExportId, Fault, ShopId};
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, IdPath, JsonBody, NoBody, Page, Paging, Routes, Who};

const MAY: Access = Access::May(PERMISSION);

/// Exports of order lists and their files.
pub fn routes() -> Routes {
    Routes::new()
        .add(MAY, routes!(list))
        .add(MAY, routes!(ask))
        .add(MAY, routes!(show, remove))
        .add(MAY, routes!(file::download))
}

/// Which orders, as what.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ExportBody {
    /// Only this shop.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    shop: Option<ShopId>,
    /// Only this state.
    #[serde(default)]
    state: Option<String>,
    /// What the list is searched for.
    #[serde(default)]
    q: Option<String>,
    /// What the file is.
    format: FileFormat,
    /// Whether names, phones and addresses stand there in full; needs `orders.manage` or `platform.orders`.
    #[serde(default)]
    plain: bool,
}

fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Asks for a file of the orders that the caller's list shows under these filters; it is written in the background.
#[utoipa::path(
    post, path = "/v1/exports", tag = "exports", request_body = ExportBody,
    responses(
        (status = 202, body = ExportView), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
async fn ask(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<ExportBody>,
) -> Result<(StatusCode, Json<ExportView>), Failure> {
    let ExportBody { shop, state: order_state, q, format, plain } = body.value;
    let command = AskExport {
        actor: who.actor(),
        wanted: Wanted { shop, state: given(order_state), q: given(q), may_reveal: false },
        format,
        is_plain: plain,
        locale: who.0.locale.unwrap_or_default(),
    };
    let id = state.store().write_once(command, body.key).await?;
    Ok((StatusCode::ACCEPTED, shown(&state, &who, id).await?))
}

async fn shown(state: &AppState, who: &Who, id: ExportId) -> Result<Json<ExportView>, Failure> {
    let (scope, user) = (who.scope(), who.user);
    let read = state.store().read(move |tx| {
        let row = queries::export(tx, scope, id)?.ok_or_else(not_found)?;
        view(tx, &row, user)
    });
    Ok(Json(read.await?))
}

/// Exports of the caller's organisation, the newest first.
#[utoipa::path(
    get, path = "/v1/exports", tag = "exports",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<ExportView>)),
)]
async fn list(State(state): State<AppState>, who: Who, paging: Paging) -> Result<Json<Page<ExportView>>, Failure> {
    let (scope, user, fetch) = (who.scope(), who.user, paging.fetch());
    let before = paging.after::<i64>()?.unwrap_or(i64::MAX);
    let read = state.store().read(move |tx| {
        let rows = queries::exports(tx, scope, before, fetch)?;
        rows.iter().map(|row| view(tx, row, user)).collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page::cut(read.await?, &paging, |row| row.id.0)))
}

/// One export and how far it is.
#[utoipa::path(
    get, path = "/v1/exports/{id}", tag = "exports", params(("id" = String, Path)),
    responses((status = 200, body = ExportView), (status = 404, body = ProblemBody)),
)]
async fn show(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ExportId>,
) -> Result<Json<ExportView>, Failure> {
    shown(&state, &who, id).await
}

/// Takes an export back: one that is open ends, the file of one that is done is deleted. Only its asker may.
#[utoipa::path(
    delete, path = "/v1/exports/{id}", tag = "exports", params(("id" = String, Path)),
    responses((status = 200, body = ExportView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)),
)]
async fn remove(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ExportId>,
    body: NoBody,
) -> Result<Json<ExportView>, Failure> {
    state.store().write_once(RemoveExport { actor: who.actor(), export: id }, body.key).await?;
    shown(&state, &who, id).await
}
