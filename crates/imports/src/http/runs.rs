//! Imports: lists, runs and their reports.

use super::files;
use super::views::{self, BadRowView, ImportView};
use crate::desk::commands::Start;
use crate::desk::forget::ForgetFile;
use crate::desk::model::{BadRowStored, ImportRow};
use crate::desk::{queries, report};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use xr_base::{Fault, ImportId, Problem, Scope, SourceId};
use xr_store::Store;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, NoBody, Page, Paging, QueryOf, Who};

/// Bad rows read at once for a download.
const ROWS_READ: i64 = 1_000;

fn not_found() -> Problem {
    xr_web::path::not_found()
}

/// An import in the scope of the caller.
pub(super) async fn in_scope(store: &Store, scope: Scope, id: ImportId) -> Result<ImportRow, Fault> {
    let found = store.read(move |tx| queries::import(tx, scope, id)).await?;
    Ok(found.ok_or_else(not_found)?)
}

/// As [`in_scope`], with its file still there.
pub(super) async fn with_file(store: &Store, scope: Scope, id: ImportId) -> Result<ImportRow, Fault> {
    let row = in_scope(store, scope, id).await?;
    if row.has_file { Ok(row) } else { Err(Problem::new(409, "imports.is_forgotten").into()) }
}

/// An import as the caller sees it.
pub(super) async fn shown(store: &Store, scope: Scope, id: ImportId) -> Result<Json<ImportView>, Failure> {
    let read = store.read(move |tx| {
        let row = queries::import(tx, scope, id)?.ok_or_else(not_found)?;
        views::import(tx, scope, row)
    });
    Ok(Json(read.await?))
}

/// Imports, the newest first.
#[utoipa::path(
    get, path = "/v1/imports", tag = "imports",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Object)),
)]
pub(super) async fn imports(
    State(state): State<AppState>,
    who: Who,
    paging: Paging,
) -> Result<Json<Page<ImportView>>, Failure> {
    let (scope, fetch) = (who.scope(), paging.fetch());
    let before = paging.after::<i64>()?.unwrap_or(i64::MAX);
    let read = state.store().read(move |tx| {
        let rows = queries::imports(tx, scope, before, fetch)?;
        rows.into_iter().map(|row| views::import(tx, scope, row)).collect::<Result<Vec<_>, _>>()
    });
    Ok(Json(Page::cut(read.await?, &paging, |row| row.id.0)))
}

/// One import.
#[utoipa::path(
    get, path = "/v1/imports/{id}", tag = "imports", params(("id" = String, Path)),
    responses((status = 200, body = ImportView), (status = 404, body = ProblemBody)),
)]
pub(super) async fn import(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ImportId>,
) -> Result<Json<ImportView>, Failure> {
    shown(state.store(), who.scope(), id).await
}

/// A run that is wanted.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartBody {
    /// Whose columns these are.
    #[schema(value_type = String)]
    source: SourceId,
    /// Report as if run, and write nothing.
    dry_run: bool,
}

/// Starts a run, a dry one or the real one; it goes on beside the requests, also after a restart of the server.
#[utoipa::path(
    post, path = "/v1/imports/{id}/start", tag = "imports", params(("id" = String, Path)), request_body = StartBody,
    responses(
        (status = 200, body = ImportView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn start(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ImportId>,
    body: JsonBody<StartBody>,
) -> Result<Json<ImportView>, Failure> {
    let store = state.store();
    let row = with_file(store, who.scope(), id).await?;
    let headers = files::headers(store, id, row.format().map_err(Fault::from)?).await?;
    let StartBody { source, dry_run } = body.value;
    let command = Start { actor: who.actor(), import: id, source, is_dry: dry_run, headers };
    store.write_once(command, body.key).await?;
    shown(store, who.scope(), id).await
}

/// Deletes the file and its bad rows now, not in 30 days; what was imported stays. Not while a run goes on.
#[utoipa::path(
    delete, path = "/v1/imports/{id}", tag = "imports", params(("id" = String, Path)),
    responses((status = 200, body = ImportView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)),
)]
pub(super) async fn forget(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ImportId>,
    body: NoBody,
) -> Result<Json<ImportView>, Failure> {
    state.store().write_once(ForgetFile { actor: who.actor(), import: id }, body.key).await?;
    shown(state.store(), who.scope(), id).await
}

/// Which bad rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfCode {
    code: Option<String>,
}

/// Rows of which the last run made no order, by line; all or those of one code.
#[utoipa::path(
    get, path = "/v1/imports/{id}/rows", tag = "imports",
    params(
        ("id" = String, Path), ("code" = Option<String>, Query), ("after" = Option<String>, Query),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Object), (status = 404, body = ProblemBody)),
)]
pub(super) async fn rows(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ImportId>,
    QueryOf(OfCode { code }): QueryOf<OfCode>,
    paging: Paging,
) -> Result<Json<Page<BadRowView>>, Failure> {
    in_scope(state.store(), who.scope(), id).await?;
    let place = (paging.after::<i64>()?.unwrap_or(-1), paging.fetch());
    let code = code.filter(|code| !code.is_empty());
    let found = state.store().read(move |tx| queries::bad_rows(tx, id, code.as_deref(), place)).await?;
    let found = found.iter().map(views::bad_row).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(Page::cut(found, &paging, |row| row.line)))
}

/// The bad rows as a CSV file to correct and upload again: the columns of the file, and two about what is wrong.
#[utoipa::path(
    get, path = "/v1/imports/{id}/report.csv", tag = "imports", params(("id" = String, Path)),
    responses(
        (status = 200, body = String, content_type = "text/csv"), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    ),
)]
pub(super) async fn report(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ImportId>,
) -> Result<Response, Failure> {
    let (store, scope) = (state.store().clone(), who.scope());
    let row = with_file(&store, scope, id).await?;
    let headers = files::headers(&store, id, row.format().map_err(Fault::from)?).await?;
    let locale = who.0.locale.unwrap_or_default();
    let (send, pieces) = tokio::sync::mpsc::channel::<Result<String, std::io::Error>>(4);
    tokio::spawn(async move {
        let mut piece = report::head(&headers);
        let mut after = -1;
        loop {
            if send.send(Ok(std::mem::take(&mut piece))).await.is_err() {
                return;
            }
            // Rows are deleted after the file was let go of: a snapshot that has the file has all of them.
            let read = store.read(move |tx| match queries::import(tx, scope, id)? {
                Some(row) if row.has_file => queries::bad_rows(tx, id, None, (after, ROWS_READ)),
                _ => Err(Problem::new(409, "imports.is_forgotten").into()),
            });
            let read = read.await;
            let next = read.and_then(|rows| {
                after = rows.last().map_or(after, |row| row.line);
                lines(&headers, &rows, locale)
            });
            match next {
                Ok(text) if text.is_empty() => return,
                Ok(text) => piece = text,
                Err(fault) => {
                    // A download that breaks off must not look whole.
                    let _ = send.send(Err(std::io::Error::other(fault.to_string()))).await;
                    return;
                }
            }
        }
    });
    let stream = futures_util::stream::unfold(pieces, |mut pieces| async { Some((pieces.recv().await?, pieces)) });
    let disposition = format!("attachment; filename=\"{id}-errors.csv\"");
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(stream)).into_response())
}

fn lines(headers: &[String], rows: &[BadRowStored], locale: xr_base::Locale) -> Result<String, Fault> {
    let lines = rows.iter().map(|row| report::line(headers, row, locale)).collect::<Result<Vec<_>, _>>()?;
    Ok(lines.concat())
}
