//! Case pages and acts.

use crate::acts::{ActOnCase, NOTE_CHARS_MAX};
use crate::queries;
use crate::view::{CaseSummary, CaseView, Look, summary, view};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use xr_base::{Actor, CaseId, Fault, Principal, Problem};
use xr_case::engine;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, Page, Paging, QueryOf, Who};

/// A case with its clock, history, citations and what the caller may do.
#[utoipa::path(
    get, path = "/v1/cases/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody)),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<CaseId>,
) -> Result<Json<CaseView>, Failure> {
    Ok(Json(page(&state, &who, id).await?))
}

/// Reads the page of a case as the caller may see it.
///
/// # Errors
/// `case.not_found` for a case that the caller may not see; a store fault.
pub async fn page(state: &AppState, who: &Who, id: CaseId) -> Result<CaseView, Fault> {
    let (principal, locale, shared) = (who.0.principal.clone(), who.0.locale.unwrap_or_default(), state.clone());
    let read = state.store().read(move |tx| {
        let case = engine::seen_by(tx, principal.scope(), id)?;
        view(tx, &case, &Look { principal: &principal, locale, texts: shared.texts() })
    });
    read.await
}

/// What somebody does.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActBody {
    /// Event, one of the case's `acts`.
    event: String,
    /// Version of the case that the caller has seen; an act on an older one is refused.
    version: Option<i64>,
    /// Fields of the event's form.
    #[serde(default)]
    #[schema(value_type = Object)]
    input: Value,
    /// Words for the history, at most 500 characters.
    note: Option<String>,
}

/// Does something to a case; silence that is due comes first.
#[utoipa::path(
    post, path = "/v1/cases/{id}/acts", tag = "cases", params(("id" = String, Path)), request_body = ActBody,
    responses(
        (status = 200, body = CaseView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn act(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<CaseId>,
    body: JsonBody<ActBody>,
) -> Result<Json<CaseView>, Failure> {
    let ActBody { event, version, input, note } = body.value;
    if note.as_ref().is_some_and(|n| n.chars().count() > NOTE_CHARS_MAX) {
        return Err(Problem::new(422, "casework.note_too_long").field("note").into());
    }
    let actor = Actor::Person(who.0.principal.clone());
    let command = ActOnCase { actor, case: id, event, version, input, note };
    state.store().write_once(command, body.key).await?;
    Ok(Json(page(&state, &who, id).await?))
}

/// Which after-sales cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AfterSalesQuery {
    kind: Option<String>,
    state: Option<String>,
}

/// After-sales cases that the caller may see, newest first.
#[utoipa::path(
    get, path = "/v1/aftersales", tag = "cases",
    params(
        ("kind" = Option<String>, Query), ("state" = Option<String>, Query), ("after" = Option<String>, Query),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Page<CaseSummary>)),
)]
pub(super) async fn after_sales(
    State(state): State<AppState>,
    who: Who,
    QueryOf(query): QueryOf<AfterSalesQuery>,
    paging: Paging,
) -> Result<Json<Page<CaseSummary>>, Failure> {
    let before = paging.after::<i64>()?.unwrap_or(i64::MAX);
    let filter = queries::AfterSales { kind: query.kind, state: query.state, before };
    let (principal, fetch): (Principal, i64) = (who.0.principal.clone(), paging.fetch());
    let found = state.store().read(move |tx| {
        let cases = queries::after_sales(tx, principal.scope(), &filter, fetch)?;
        cases.iter().map(|case| summary(tx, case)).collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page::cut(found.await?, &paging, |c| c.head.id.0)))
}
