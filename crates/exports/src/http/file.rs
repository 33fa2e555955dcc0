//! The download: only for its asker, with every time on record.

use crate::commands::{NoteDownload, may_have_plain, not_found};
use crate::model::{ExportRow, State as ExportState};
use crate::{queries, sealed};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use xr_base::{ExportId, Principal, Problem};
use xr_store::Store;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, Who};

/// Whether `person` may have the file now.
fn check(person: &Principal, row: &ExportRow) -> Result<(), Problem> {
    if row.asked_by != person.user {
        return Err(Problem::new(403, "exports.not_yours"));
    }
    if row.is_plain {
        may_have_plain(person)?;
    }
    match row.state {
        ExportState::Done => Ok(()),
        state if state.is_open() => Err(Problem::new(409, "exports.not_ready")),
        _ => Err(Problem::new(409, "exports.is_gone")),
    }
}

/// The file of an export, once it is done and until it is deleted.
#[utoipa::path(
    get, path = "/v1/exports/{id}/file", tag = "exports", params(("id" = String, Path)),
    responses(
        (status = 200, content(
            (Vec<u8> = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    ),
)]
pub(super) async fn download(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<ExportId>,
) -> Result<Response, Failure> {
    let (store, scope) = (state.store(), who.scope());
    let row = store.read(move |tx| queries::export(tx, scope, id)).await?.ok_or_else(not_found)?;
    check(&who, &row)?;
    store.write(NoteDownload { actor: who.actor(), export: id }).await?;
    let headers = [
        (CONTENT_TYPE, row.format.media_type().to_owned()),
        (CONTENT_LENGTH, row.size_bytes.to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"orders-{id}.{}\"", row.format.word())),
    ];
    Ok((headers, Body::from_stream(parts(store.clone(), id))).into_response())
}

/// The parts one by one as the reader takes them. One that is deleted meanwhile makes the body shorter than announced, so nobody
/// takes it for whole.
fn parts(store: Store, id: ExportId) -> impl futures_util::Stream<Item = Result<Vec<u8>, std::io::Error>> {
    futures_util::stream::try_unfold((store, 0_i64), move |(store, from)| async move {
        let read = store.read(move |tx| sealed::part(tx, id, from)).await;
        let found = read.map_err(|fault| std::io::Error::other(fault.to_string()))?;
        Ok(found.map(|(part, bytes)| (bytes, (store, part + 1))))
    })
}
