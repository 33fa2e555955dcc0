//! Files: uploading them and looking into them.

use super::views::{ImportView, Preview, PreviewRow};
use super::{FILE_BYTES_MAX, runs};
use crate::desk::commands::{AddPart, BeginUpload, EndUpload, SetFormat};
use crate::desk::delete_forgotten;
use crate::desk::forget::DropUpload;
use crate::desk::queries::Uploaded;
use crate::desk::table::{self, BadFile, Format};
use crate::desk::{report, settings};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use xr_base::{Fault, ImportId, OrgId, Problem, StoreError};
use xr_store::Store;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, QueryOf, StreamBody, Who};

/// Bytes kept in one row.
const PART_BYTES: usize = 1 << 20;
/// Rows shown of a file.
const ROWS_SHOWN: usize = 20;

/// Name of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    name: String,
}

/// Takes a file of orders: CSV (UTF-8, GB18030 or UTF-16, plain or gzip) or XLSX, at most 64 MiB. It is read once, so that
/// its rows are counted and what is no table is refused.
#[utoipa::path(
    post, path = "/v1/imports", tag = "imports", params(("name" = String, Query)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportView), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
pub(super) async fn upload(
    State(state): State<AppState>,
    who: Who,
    QueryOf(Named { name }): QueryOf<Named>,
    body: StreamBody<FILE_BYTES_MAX>,
) -> Result<Json<ImportView>, Failure> {
    let (store, scope) = (state.store().clone(), who.scope());
    let (import, org) = store.write(BeginUpload { actor: who.actor(), file_name: name }).await?;
    let taking = store.clone();
    // A task of its own: a caller who hangs up does not leave half a file behind.
    let taken = tokio::spawn(async move {
        let taken = take(&taking, (import, org), body).await;
        if taken.is_err() {
            taking.write(DropUpload { import }).await?;
            delete_forgotten(&taking, &|| false).await?;
        }
        taken
    });
    taken.await.map_err(|error| StoreError::Engine(format!("taking a file: {error}")))??;
    runs::shown(&store, scope, import).await
}

async fn take(
    store: &Store,
    (import, org): (ImportId, OrgId),
    mut body: StreamBody<FILE_BYTES_MAX>,
) -> Result<(), Fault> {
    let (mut part, mut bytes) = (0, Vec::with_capacity(PART_BYTES));
    while let Some(piece) = body.next().await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() >= PART_BYTES {
            let full = std::mem::replace(&mut bytes, Vec::with_capacity(PART_BYTES));
            store.write(AddPart { org, import, part, bytes: full }).await?;
            part += 1;
        }
    }
    if !bytes.is_empty() {
        store.write(AddPart { org, import, part, bytes }).await?;
    }
    let (format, rows) = inspect(store, import, None).await?;
    store.write(EndUpload { import, format, rows }).await
}

/// Reads a file as `wanted`, or as it seems to be written; gives how, and how many rows are below its header.
async fn inspect(store: &Store, import: ImportId, wanted: Option<Format>) -> Result<(Format, u64), Fault> {
    let uploaded = Uploaded { store: store.clone(), import };
    blocking(move || {
        let format = wanted.map_or_else(|| table::detect(&uploaded), Ok)?;
        let mut rows = 0_u64;
        table::each(&uploaded, (&format, '.'), &mut |_| {
            rows += 1;
            true
        })?;
        match rows {
            0 => Err(BadFile::Kind("empty_file")),
            1 => Err(BadFile::Kind("no_rows")),
            rows => Ok((format, rows - 1)),
        }
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, BadFile> + Send + 'static) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| StoreError::Engine(format!("reading a file: {error}")))?;
    done.map_err(|error| {
        let code = match &error {
            BadFile::Kind(code) => code,
            BadFile::TooLarge(_) => "too_large",
            BadFile::Unreachable(_) => return StoreError::Busy.into(),
            BadFile::Broken(_) | BadFile::Stopped => "broken",
        };
        Problem::new(422, &format!("imports.{code}")).field("file").into()
    })
}

/// The first rows of a file, and what its columns probably mean.
#[utoipa::path(
    get, path = "/v1/imports/{id}/preview", tag = "imports", params(("id" = String, Path)),
    responses((status = 200, body = Preview), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)),
)]
pub(super) async fn preview(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ImportId>,
) -> Result<Json<Preview>, Failure> {
    let row = runs::with_file(state.store(), who.scope(), id).await?;
    let (format, row_count) = (row.format().map_err(Fault::from)?, row.row_count);
    let uploaded = Uploaded { store: state.store().clone(), import: id };
    let shown = blocking(move || {
        let sheets = match format {
            Format::Xlsx { .. } => table::sheets(&uploaded)?,
            Format::Csv { .. } => Vec::new(),
        };
        let (headers, rows) = first_rows(&uploaded, &format)?;
        let guess = serde_json::to_value(settings::guess(&headers)).unwrap_or_default();
        Ok(Preview { format, sheets, headers, rows, row_count, guess })
    });
    Ok(Json(shown.await?))
}

/// Rows below the header as they stand, and the header without a trailing run of nothing.
fn raw_rows(uploaded: &Uploaded, format: &Format, count: usize) -> Result<(Vec<String>, Vec<PreviewRow>), BadFile> {
    let mut rows: Vec<PreviewRow> = Vec::with_capacity(ROWS_SHOWN + 1);
    table::each(uploaded, (format, '.'), &mut |row| {
        rows.push(PreviewRow { line: row.line, cells: row.cells.to_vec(), broken: row.broken });
        rows.len() <= count
    })?;
    let mut rows = rows.into_iter();
    let mut headers: Vec<String> =
        rows.next().map(|row| row.cells).unwrap_or_default().iter().map(|h| h.trim().to_owned()).collect();
    while headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    Ok((headers, rows.collect()))
}

fn first_rows(uploaded: &Uploaded, format: &Format) -> Result<(Vec<String>, Vec<PreviewRow>), BadFile> {
    let (headers, rows) = raw_rows(uploaded, format, ROWS_SHOWN)?;
    // The columns of an error report that comes back are nobody's data.
    let own: Vec<usize> = (0..headers.len()).filter(|index| report::is_own(&headers[*index])).collect();
    let without = |cells: Vec<String>| {
        let kept = cells.into_iter().enumerate().filter(|(index, _)| !own.contains(index));
        kept.map(|(_, cell)| cell).collect::<Vec<String>>()
    };
    let rows = rows.into_iter().map(|row| PreviewRow { cells: without(row.cells), ..row }).collect();
    Ok((without(headers), rows))
}

/// Reads a file another way: other encoding or delimiter, or another sheet.
#[utoipa::path(
    post, path = "/v1/imports/{id}/format", tag = "imports", params(("id" = String, Path)), request_body = Format,
    responses(
        (status = 200, body = ImportView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn format(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ImportId>,
    body: JsonBody<Format>,
) -> Result<Json<ImportView>, Failure> {
    let store = state.store();
    let row = runs::with_file(store, who.scope(), id).await?;
    let fits = match (&row.format().map_err(Fault::from)?, &body.value) {
        (Format::Csv { .. }, Format::Csv { delimiter, .. }) => table::is_delimiter(*delimiter),
        (Format::Xlsx { .. }, Format::Xlsx { .. }) => true,
        _ => false,
    };
    if !fits {
        return Err(Problem::new(422, "imports.bad_format").field("format").into());
    }
    let (format, rows) = inspect(store, id, Some(body.value)).await?;
    store.write_once(SetFormat { actor: who.actor(), import: id, format, rows }, body.key).await?;
    runs::shown(store, who.scope(), id).await
}

/// Header of a file.
pub(super) async fn headers(store: &Store, import: ImportId, format: Format) -> Result<Vec<String>, Fault> {
    let uploaded = Uploaded { store: store.clone(), import };
    blocking(move || Ok(raw_rows(&uploaded, &format, 0)?.0)).await
}
