//! Sources: what merchants call other platforms' exports, with the meaning of their columns.

use super::views::{self, SourceView};
use crate::desk::commands::{MapProduct, NewSource, ProductMapping, PutSource};
use crate::desk::queries;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use xr_base::{Fault, Scope, SourceId};
use xr_store::Store;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, Page, Paging, Who};

/// Sources of an organisation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Sources {
    items: Vec<SourceView>,
}

/// Sources by name, at most 500.
#[utoipa::path(get, path = "/v1/import-sources", tag = "imports", responses((status = 200, body = Sources)))]
pub(super) async fn sources(State(state): State<AppState>, who: Who) -> Result<Json<Sources>, Failure> {
    let scope = who.scope();
    let rows = state.store().read(move |tx| queries::sources(tx, scope)).await?;
    Ok(Json(Sources { items: rows.into_iter().map(views::source).collect::<Result<_, _>>()? }))
}

/// Names a source and says what its columns mean.
#[utoipa::path(
    post, path = "/v1/import-sources", tag = "imports", request_body = NewSource,
    responses((status = 200, body = SourceView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
pub(super) async fn create(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<NewSource>,
) -> Result<Json<SourceView>, Failure> {
    let command = PutSource { actor: who.actor(), id: None, new: body.value };
    let id = state.store().write_once(command, body.key).await?;
    Ok(Json(shown(state.store(), who.scope(), id).await?))
}

/// Changes the name of a source or what its columns mean, for files to come.
#[utoipa::path(
    put, path = "/v1/import-sources/{id}", tag = "imports", params(("id" = String, Path)), request_body = NewSource,
    responses(
        (status = 200, body = SourceView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn change(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<SourceId>,
    body: JsonBody<NewSource>,
) -> Result<Json<SourceView>, Failure> {
    let command = PutSource { actor: who.actor(), id: Some(id), new: body.value };
    state.store().write_once(command, body.key).await?;
    Ok(Json(shown(state.store(), who.scope(), id).await?))
}

/// Which units the product codes of a source mean, by code. A code that is not here is looked for among the shop's own.
#[utoipa::path(
    get, path = "/v1/import-sources/{id}/products", tag = "imports",
    params(
        ("id" = String, Path), ("after" = Option<String>, Query),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Object), (status = 404, body = ProblemBody)),
)]
pub(super) async fn products(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<SourceId>,
    paging: Paging,
) -> Result<Json<Page<queries::Mapped>>, Failure> {
    shown(state.store(), who.scope(), id).await?;
    let (after, fetch) = (paging.after::<String>()?.unwrap_or_default(), paging.fetch());
    let found = state.store().read(move |tx| queries::products(tx, id, &after, fetch)).await?;
    Ok(Json(Page::cut(found, &paging, |row| row.code.clone())))
}

/// Says which unit of the shop a product code of a source means, for files to come; without a unit nothing any more.
#[utoipa::path(
    put, path = "/v1/import-sources/{id}/products", tag = "imports", params(("id" = String, Path)),
    request_body = ProductMapping,
    responses((status = 200, body = SourceView), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
pub(super) async fn map_product(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<SourceId>,
    body: JsonBody<ProductMapping>,
) -> Result<Json<SourceView>, Failure> {
    let command = MapProduct { actor: who.actor(), source: id, new: body.value };
    state.store().write_once(command, body.key).await?;
    Ok(Json(shown(state.store(), who.scope(), id).await?))
}

async fn shown(store: &Store, scope: Scope, id: SourceId) -> Result<SourceView, Fault> {
    let row = store.read(move |tx| queries::source(tx, scope, id)).await?;
    views::source(row.ok_or_else(xr_web::path::not_found)?)
}
