//! Saved views of lists.

use crate::saved::{self, AddView, ChangeView, Changes, DeleteView, Filters, List, NewView, ViewRow};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use xr_base::{Fault, RowId, StoreError, UserId};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, NoBody, Page, QueryOf, Seen, Who};

/// A view of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SavedView {
    #[schema(value_type = String)]
    id: RowId,
    list: List,
    name: String,
    /// Query parameters of the list.
    #[schema(value_type = Object)]
    filters: Filters,
    is_shared: bool,
    version: i64,
    /// Whether it is the caller's, who alone may change it.
    is_own: bool,
    owner: String,
}

fn shown(row: ViewRow, user: UserId) -> Result<SavedView, Fault> {
    let filters = serde_json::from_str(&row.filters).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let ViewRow { id, list, name, is_shared, version, .. } = row;
    let (is_own, owner) = (row.user_id == user, row.owner_name.unwrap_or_default());
    Ok(SavedView { id, list, name, filters, is_shared, version, is_own, owner })
}

async fn read(state: &AppState, who: &Who, id: RowId) -> Result<Json<SavedView>, Failure> {
    let principal = who.0.principal.clone();
    let found = state.store().read(move |tx| shown(saved::view(tx, &principal, id)?, principal.user));
    Ok(Json(found.await?))
}

/// Which list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfList {
    list: List,
}

/// The caller's views of a list in their order, then those that others of their organisation share.
#[utoipa::path(
    get, path = "/v1/views", tag = "cases", params(("list" = List, Query)),
    responses((status = 200, body = Page<SavedView>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    who: Who,
    QueryOf(OfList { list }): QueryOf<OfList>,
) -> Result<Json<Page<SavedView>>, Failure> {
    let principal = who.0.principal.clone();
    let found = state.store().read(move |tx| {
        let rows = saved::views(tx, &principal, list)?;
        rows.into_iter().map(|row| shown(row, principal.user)).collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page { items: found.await?, next: None }))
}

/// Saves the filters of a list under a name.
#[utoipa::path(
    post, path = "/v1/views", tag = "cases", request_body = NewView,
    responses((status = 200, body = SavedView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
pub(super) async fn add(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<NewView>,
) -> Result<Json<SavedView>, Failure> {
    let command = AddView { who: who.0.principal.clone(), new: body.value };
    let id = state.store().write_once(command, body.key).await?;
    read(&state, &who, id).await
}

/// Changes a view: its name, its filters, its place, or who sees it.
#[utoipa::path(
    patch, path = "/v1/views/{id}", tag = "cases", params(("id" = String, Path)), request_body = Changes,
    responses(
        (status = 200, body = SavedView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn change(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    body: JsonBody<Changes>,
) -> Result<Json<SavedView>, Failure> {
    let command = ChangeView { who: who.0.principal.clone(), view: id, changes: body.value };
    state.store().write_once(command, body.key).await?;
    read(&state, &who, id).await
}

/// Forgets a view.
#[utoipa::path(
    delete, path = "/v1/views/{id}", tag = "cases", params(("id" = String, Path), ("version" = i64, Query)),
    responses(
        (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody),
    ),
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    QueryOf(Seen { version }): QueryOf<Seen>,
    body: NoBody,
) -> Result<StatusCode, Failure> {
    let command = DeleteView { who: who.0.principal.clone(), view: id, version };
    state.store().write_once(command, body.key).await?;
    Ok(StatusCode::NO_CONTENT)
}
