//! Checks of the hash chain.

use crate::checks::{AskCheck, CheckRow, newest};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use xr_base::{Fault, Instant, RowId};
use xr_identity::queries;
use xr_store::Tx;
use xr_web::{AppState, Failure, NoBody, Who};

/// A check of the whole record and what it found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ChainCheck)]
pub(super) struct CheckView {
    #[schema(value_type = String)]
    id: RowId,
    asked_by: String,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Instant,
    /// None while it goes on.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    /// Events looked at, and events there were when it was asked for.
    done: i64,
    total: i64,
    blocks: i64,
    /// Events at the end that no block seals yet.
    unsealed: i64,
    /// The chain after the last event, once all of it is whole.
    hash: Option<String>,
    /// Places that differ.
    broken: usize,
    /// The first of them.
    first: Option<BreakView>,
}

/// Where the record is not what it was.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct BreakView {
    /// `changed`, `missing`, `inserted`, `reordered`, `cut`, `block` or `unplaced`.
    #[schema(value_type = String)]
    what: xr_store::audit::What,
    /// Its place in the order.
    seq: i64,
    /// The event that stands there.
    #[schema(value_type = Option<String>)]
    event: Option<xr_base::EventId>,
}

/// The newest checks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Checks {
    items: Vec<CheckView>,
}

fn view(tx: &mut Tx<'_>, row: &CheckRow) -> Result<CheckView, Fault> {
    let check = row.check()?;
    let (report, (done, total)) = (check.report(), check.progress());
    let first = report.breaks.first().map(|found| BreakView { what: found.what, seq: found.seq, event: found.event });
    Ok(CheckView {
        id: row.id,
        asked_by: queries::user(tx, row.asked_by)?.map(|user| user.name).unwrap_or_default(),
        asked_at: row.asked_at,
        ended_at: row.ended_at,
        done,
        total,
        blocks: report.blocks,
        unsealed: report.unsealed,
        hash: (row.ended_at.is_some() && report.broken == 0).then_some(report.hash),
        broken: report.broken,
        first,
    })
}

async fn shown(state: &AppState) -> Result<Json<Checks>, Failure> {
    let read = state.store().read(|tx| {
        let rows = newest(tx)?;
        Ok(Checks { items: rows.iter().map(|row| view(tx, row)).collect::<Result<_, Fault>>()? })
    });
    Ok(Json(read.await?))
}

/// The newest checks of the hash chain, how far they are and what they found.
#[utoipa::path(get, path = "/v1/operations/checks", tag = "operations", responses((status = 200, body = Checks)))]
pub(super) async fn list(State(state): State<AppState>, _: Who) -> Result<Json<Checks>, Failure> {
    shown(&state).await
}

/// Asks for a check of the whole record; one at a time, by whoever asked first.
#[utoipa::path(post, path = "/v1/operations/checks", tag = "operations", responses((status = 202, body = Checks)))]
pub(super) async fn ask(
    State(state): State<AppState>,
    who: Who,
    body: NoBody,
) -> Result<(StatusCode, Json<Checks>), Failure> {
    state.store().write_once(AskCheck { actor: who.actor() }, body.key).await?;
    Ok((StatusCode::ACCEPTED, shown(&state).await?))
}
