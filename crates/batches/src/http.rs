//! Routes of batches: thin, no decisions.

mod preview;
mod views;

use crate::commands::{AskBatch, CancelBatch, PERMISSION, Picked, TryAgain, Which, own};
use crate::model::{Outcome, Wanted};
use crate::queries;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use views::{BatchView, RowView, row_view, view};
use xr_base::{BatchId, CaseId, Fault, Instant, Problem};
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, IdPath, JsonBody, NoBody, Page, Paging, QueryOf, Routes, Who};

const MAY: Access = Access::May(PERMISSION);

/// One act on many cases, and what became of each.
pub fn routes() -> Routes {
    Routes::new()
        .add(MAY, routes!(preview::preview))
        .add(MAY, routes!(list))
        .add(MAY, routes!(ask))
        .add(MAY, routes!(show))
        .add(MAY, routes!(rows))
        .add(MAY, routes!(cancel))
        .add(MAY, routes!(again))
}

/// A case that was picked.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PickedBody {
    /// The case.
    #[schema(value_type = String)]
    id: CaseId,
    /// Version that the caller has seen; an act on an older one is refused. That of now if none is given.
    #[serde(default)]
    version: Option<i64>,
}

/// What is to be done, and to which cases: either `cases` or `all` with `count`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct BatchBody {
    /// Kind of all these cases.
    kind: String,
    /// Event, one of the acts of that kind.
    event: String,
    /// Fields of the event's form, the same for every case.
    #[serde(default)]
    #[schema(value_type = Object)]
    input: Value,
    /// Words for the history of each case, at most 500 characters.
    #[serde(default)]
    note: Option<String>,
    /// These cases, at most 1,000.
    #[serde(default)]
    cases: Option<Vec<PickedBody>>,
    /// All that a list shows.
    #[serde(default)]
    all: Option<Wanted>,
    /// With `all`: how many the caller saw, at most 50,000; never more are acted on.
    #[serde(default)]
    count: Option<i64>,
    /// With `all`: when the caller saw them, as a preview said; what came into its state later is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    seen_at: Option<Instant>,
}

fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Empty filters are none, as in the lists.
fn tidy(wanted: Wanted) -> Wanted {
    let Wanted { list, shop, state, q, kind } = wanted;
    Wanted { list, shop, state: given(state), q: given(q), kind: given(kind) }
}

fn missing(field: &str) -> Problem {
    Problem::new(422, "web.missing_field").with("field", field).field(field)
}

impl BatchBody {
    fn which(cases: Option<Vec<PickedBody>>, all: Option<(Wanted, i64, Option<Instant>)>) -> Result<Which, Problem> {
        match (cases, all) {
            (Some(cases), None) => {
                let picked = |case: PickedBody| Picked { id: case.id, version: case.version };
                Ok(Which::Picked(cases.into_iter().map(picked).collect()))
            }
            (None, Some((wanted, seen, seen_at))) => Ok(Which::All { wanted: tidy(wanted), seen, seen_at }),
            (Some(_), Some(_)) => Err(Problem::new(422, "batches.one_choice").field("cases")),
            (None, None) => Err(missing("cases")),
        }
    }

    fn command(self, who: &Who) -> Result<AskBatch, Problem> {
        let all = match (self.all, self.count) {
            (Some(_), None) => return Err(missing("count")),
            (Some(wanted), Some(count)) => Some((wanted, count, self.seen_at)),
            (None, _) => None,
        };
        let which = Self::which(self.cases, all)?;
        let (kind, event, input, note) = (self.kind, self.event, self.input, given(self.note));
        Ok(AskBatch { actor: who.actor(), kind, event, input, note, which })
    }
}

/// Asks for one act on many cases; it is done in the background, each case by itself, with the rights that the caller has then.
#[utoipa::path(
    post, path = "/v1/batches", tag = "batches", request_body = BatchBody,
    responses(
        (status = 202, body = BatchView), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
async fn ask(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<BatchBody>,
) -> Result<(StatusCode, Json<BatchView>), Failure> {
    let id = state.store().write_once(body.value.command(&who)?, body.key).await?;
    Ok((StatusCode::ACCEPTED, shown(&state, &who, id).await?))
}

async fn shown(state: &AppState, who: &Who, id: BatchId) -> Result<Json<BatchView>, Failure> {
    let (person, shared) = (who.0.principal.clone(), state.clone());
    let read = state.store().read(move |tx| {
        let row = own(tx, &person, id)?;
        view(tx, &row, shared.texts())
    });
    Ok(Json(read.await?))
}

/// The caller's batches, the newest first.
#[utoipa::path(
    get, path = "/v1/batches", tag = "batches",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<BatchView>)),
)]
async fn list(State(state): State<AppState>, who: Who, paging: Paging) -> Result<Json<Page<BatchView>>, Failure> {
    let (user, fetch, shared) = (who.user, paging.fetch(), state.clone());
    let before = paging.after::<i64>()?.unwrap_or(i64::MAX);
    let read = state.store().read(move |tx| {
        let rows = queries::batches(tx, user, before, fetch)?;
        rows.iter().map(|row| view(tx, row, shared.texts())).collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page::cut(read.await?, &paging, |row| row.id.0)))
}

/// One batch and how far it is.
#[utoipa::path(
    get, path = "/v1/batches/{id}", tag = "batches", params(("id" = String, Path)),
    responses((status = 200, body = BatchView), (status = 404, body = ProblemBody)),
)]
async fn show(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<BatchId>,
) -> Result<Json<BatchView>, Failure> {
    shown(&state, &who, id).await
}

/// Which rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowsQuery {
    outcome: Option<String>,
}

/// Rows of a batch in its order, those of one outcome or all.
#[utoipa::path(
    get, path = "/v1/batches/{id}/rows", tag = "batches",
    params(
        ("id" = String, Path), ("outcome" = Option<Outcome>, Query), ("after" = Option<String>, Query),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Page<RowView>), (status = 404, body = ProblemBody)),
)]
async fn rows(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<BatchId>,
    QueryOf(query): QueryOf<RowsQuery>,
    paging: Paging,
) -> Result<Json<Page<RowView>>, Failure> {
    let unknown = || Problem::new(400, "web.bad_value").with("field", "outcome").field("outcome");
    let outcome = given(query.outcome).map(|word| Outcome::from_word(&word).ok_or_else(unknown)).transpose()?;
    let (person, shared, fetch) = (who.0.principal.clone(), state.clone(), paging.fetch());
    let after = paging.after::<i64>()?.unwrap_or(0);
    let read = state.store().read(move |tx| {
        let batch = own(tx, &person, id)?;
        // What waits in a batch that is over was called off.
        let stored = match (outcome, batch.state.is_open()) {
            (Some(Outcome::Cancelled), false) => Some(Outcome::Waiting),
            (Some(Outcome::Waiting), false) | (Some(Outcome::Cancelled), true) => return Ok(Vec::new()),
            (known, _) => known,
        };
        let rows = queries::rows(tx, id, (stored, after), fetch)?;
        let look = (&batch, person.scope(), shared.texts());
        rows.into_iter().map(|row| row_view(tx, row, look)).collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page::cut(read.await?, &paging, |row| row.place)))
}

/// Calls off what still waits; what is done stays done.
#[utoipa::path(
    post, path = "/v1/batches/{id}/cancel", tag = "batches", params(("id" = String, Path)),
    responses((status = 200, body = BatchView), (status = 404, body = ProblemBody)),
)]
async fn cancel(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<BatchId>,
    body: NoBody,
) -> Result<Json<BatchView>, Failure> {
    state.store().write_once(CancelBatch { actor: who.actor(), batch: id }, body.key).await?;
    shown(&state, &who, id).await
}

/// Asks for the same act on the cases that were refused, as they are now: a batch of its own.
#[utoipa::path(
    post, path = "/v1/batches/{id}/again", tag = "batches", params(("id" = String, Path)),
    responses((status = 202, body = BatchView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)),
)]
async fn again(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<BatchId>,
    body: NoBody,
) -> Result<(StatusCode, Json<BatchView>), Failure> {
    let id = state.store().write_once(TryAgain { actor: who.actor(), batch: id }, body.key).await?;
    Ok((StatusCode::ACCEPTED, shown(&state, &who, id).await?))
}
