//! The merchant's own remark on an order.

use crate::commands::change_remark::ChangeRemark;
use crate::queries;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use xr_base::{CaseId, Fault, Instant, Party, Principal, RowId};
use xr_case::engine;
use xr_store::Tx;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, Who};

/// What a merchant's people noted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RemarkView {
    /// For `seen` of the next change.
    #[schema(value_type = String)]
    id: RowId,
    /// Empty when it was taken away.
    text: String,
    /// Who wrote it; for other organisations' people nobody.
    by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
}

/// The remark as `reader` may see it: buyers never do.
pub(super) fn shown(tx: &mut Tx<'_>, order: CaseId, reader: &Principal) -> Result<Option<RemarkView>, Fault> {
    if reader.party == Party::Buyer {
        return Ok(None);
    }
    let Some(remark) = queries::remark(tx, order)? else { return Ok(None) };
    let by = xr_identity::queries::user(tx, remark.written_by)?;
    let by = by.filter(|user| reader.party == Party::Platform || user.org == reader.org).map(|user| user.name);
    Ok(Some(RemarkView { id: remark.id, text: remark.words, by, at: remark.written_at }))
}

/// Another wording.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RemarkBody {
    /// At most 500 characters; empty takes it away.
    remark: String,
    /// Id of the remark that was seen; none where there was none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    seen: Option<RowId>,
}

/// The remark after a change.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Remarked {
    merchant_remark: Option<RemarkView>,
}

/// Changes the merchant's own remark on an order, which the buyer does not see; what stood there before stays on record.
#[utoipa::path(
    patch, path = "/v1/orders/{id}/remark", tag = "orders", params(("id" = String, Path)), request_body = RemarkBody,
    responses(
        (status = 200, body = Remarked), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn change(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<CaseId>,
    body: JsonBody<RemarkBody>,
) -> Result<Json<Remarked>, Failure> {
    let RemarkBody { remark, seen } = body.value;
    let change = ChangeRemark { actor: who.actor(), order: id, seen, words: remark };
    state.store().write_once(change, body.key).await?;
    let reader = who.0.principal.clone();
    let read = state.store().read(move |tx| {
        let case = engine::seen_by(tx, reader.scope(), id)?;
        Ok(Remarked { merchant_remark: shown(tx, case.id, &reader)? })
    });
    Ok(Json(read.await?))
}
