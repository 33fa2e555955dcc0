//! Routes of webhooks: thin, no decisions.

use crate::commands::{
    self, AddEndpoint, Again, ChangeEndpoint, EndpointChanges, NewEndpoint, Ping, RemoveEndpoint, RotateSecret,
    SendAgain,
};
use crate::model::{Attempt, Delivery, Endpoint, State as Standing};
use crate::secrets::{self, BYTES};
use crate::target::Reach;
use crate::{Error, PERMISSION, queries};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use xr_base::{Fault, Instant, RowId};
use xr_store::Tx;
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{
    Access, AppState, Failure, IdPath, IdPath2, JsonBody, NoBody, Page, Paging, QueryOf, Routes, WebConfig, Who,
};

const MAY: Access = Access::May(PERMISSION);

/// Endpoints and what was sent to them.
pub fn routes() -> Routes {
    Routes::new()
        .add(MAY, routes!(list, add))
        .add(MAY, routes!(change, remove))
        .add(MAY, routes!(rotate))
        .add(MAY, routes!(ping))
        .add(MAY, routes!(again))
        .add(MAY, routes!(deliveries))
        .add(MAY, routes!(delivery))
}

/// Where messages say they come from.
pub fn source_of(config: &WebConfig) -> String {
    config.public_url.clone().unwrap_or_else(|| "urn:xiaoer".to_owned())
}

/// When a secret is used.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SecretView {
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// Of the one before the newest: it signs beside that one until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Instant>,
}

/// A webhook; all times are wall times.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Webhook {
    #[schema(value_type = String)]
    id: RowId,
    url: String,
    /// Kinds of events, or groups of them; empty for all.
    kinds: Vec<String>,
    is_enabled: bool,
    /// Why the product itself stopped: `gone` (410) or `failing`.
    disabled_why: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// The last message that arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_done_at: Option<Instant>,
    /// What messages are signed with, the newest first.
    secrets: Vec<SecretView>,
    /// Messages that are to be sent, counted up to 1,000.
    waiting: i64,
    /// Messages that were given up, counted up to 1,000.
    dead: i64,
    version: i64,
}

/// A webhook with a secret that is shown this once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct WithSecret {
    webhook: Webhook,
    /// `whsec_…`, as libraries of Standard Webhooks take it.
    secret: String,
}

fn view(tx: &mut Tx<'_>, endpoint: Endpoint) -> Result<Webhook, Fault> {
    let rows = secrets::list(tx, endpoint.id)?;
    Ok(Webhook {
        secrets: rows.into_iter().map(|s| SecretView { created_at: s.created_at, expires_at: s.expires_at }).collect(),
        waiting: queries::count(tx, endpoint.id, Standing::Waiting)?,
        dead: queries::count(tx, endpoint.id, Standing::Dead)?,
        id: endpoint.id,
        url: endpoint.url,
        kinds: endpoint.kinds.0,
        is_enabled: endpoint.is_enabled,
        disabled_why: endpoint.disabled_why,
        created_at: endpoint.created_at,
        last_done_at: endpoint.last_done_at,
        version: endpoint.version,
    })
}

async fn shown(state: &AppState, who: &Who, id: RowId) -> Result<Webhook, Failure> {
    let actor = who.actor();
    let read = state.store().read(move |tx| {
        let endpoint = commands::seen(tx, &actor, id)?;
        view(tx, endpoint)
    });
    Ok(read.await?)
}

fn new_secret(state: &AppState) -> Result<[u8; BYTES], Fault> {
    xr_web::entropy::bytes::<BYTES>(state.entropy())
}

/// Webhooks of the caller's organisation, oldest first.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", responses((status = 200, body = Page<Webhook>)))]
async fn list(State(state): State<AppState>, who: Who) -> Result<Json<Page<Webhook>>, Failure> {
    let org = who.org.ok_or(Error::NoSuchEndpoint)?;
    let read = state.store().read(move |tx| {
        let found = queries::endpoints(tx, org)?;
        found.into_iter().map(|endpoint| view(tx, endpoint)).collect::<Result<Vec<_>, Fault>>()
    });
    Ok(Json(Page { items: read.await?, next: None }))
}

/// Adds a webhook. The answer alone holds the secret, so a repeated call adds another one.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks", request_body = NewEndpoint,
    responses((status = 200, body = WithSecret), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
async fn add(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<NewEndpoint>,
) -> Result<Json<WithSecret>, Failure> {
    let (secret, reach) = (new_secret(&state)?, *state.ext::<Reach>()?);
    let command = AddEndpoint { actor: who.actor(), new: body.value, reach, secret };
    let id = state.store().write(command).await?;
    Ok(Json(WithSecret { webhook: shown(&state, &who, id).await?, secret: secrets::shown(&secret) }))
}

/// Changes a webhook: address, kinds, whether messages go out.
#[utoipa::path(
    patch, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)), request_body = EndpointChanges,
    responses(
        (status = 200, body = Webhook), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
async fn change(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    body: JsonBody<EndpointChanges>,
) -> Result<Json<Webhook>, Failure> {
    let reach = *state.ext::<Reach>()?;
    let command = ChangeEndpoint { actor: who.actor(), endpoint: id, changes: body.value, reach };
    state.store().write_once(command, body.key).await?;
    Ok(Json(shown(&state, &who, id).await?))
}

/// Removes a webhook and what was sent to it.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)),
)]
async fn remove(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    body: NoBody,
) -> Result<StatusCode, Failure> {
    state.store().write_once(RemoveEndpoint { actor: who.actor(), endpoint: id }, body.key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a webhook a new secret; for a day messages are signed with the one before too.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/secrets", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WithSecret), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)),
)]
async fn rotate(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    _: NoBody,
) -> Result<Json<WithSecret>, Failure> {
    let secret = new_secret(&state)?;
    state.store().write(RotateSecret { actor: who.actor(), endpoint: id, secret }).await?;
    Ok(Json(WithSecret { webhook: shown(&state, &who, id).await?, secret: secrets::shown(&secret) }))
}

async fn delivery_of(state: &AppState, who: &Who, ids: (RowId, RowId)) -> Result<DeliveryView, Failure> {
    let (actor, source) = (who.actor(), source_of(state.config()));
    let read = state.store().read(move |tx| {
        let (delivery, message) = commands::shown(tx, &actor, ids, &source)?;
        let attempts = queries::attempts(tx, delivery.id)?;
        Ok(DeliveryView { delivery, message, attempts })
    });
    Ok(read.await?)
}

/// Sends a message that only tries the webhook.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/ping", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 202, body = DeliveryView), (status = 404, body = ProblemBody)),
)]
async fn ping(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    body: NoBody,
) -> Result<(StatusCode, Json<DeliveryView>), Failure> {
    let delivery = state.store().write_once(Ping { actor: who.actor(), endpoint: id }, body.key).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery_of(&state, &who, (id, delivery)).await?)))
}

/// How many deliveries are sent again.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SentAgain {
    count: i64,
}

/// Sends deliveries again, under the ids that they had: one, or those that were given up since a time.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/replays", tag = "webhooks", params(("id" = String, Path)), request_body = Again,
    responses((status = 202, body = SentAgain), (status = 404, body = ProblemBody)),
)]
async fn again(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    body: JsonBody<Again>,
) -> Result<(StatusCode, Json<SentAgain>), Failure> {
    let command = SendAgain { actor: who.actor(), endpoint: id, what: body.value };
    let count = state.store().write_once(command, body.key).await?;
    Ok((StatusCode::ACCEPTED, Json(SentAgain { count })))
}

/// Which deliveries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    state: Option<Standing>,
}

/// What was sent to a webhook in thirty days, the newest first.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks",
    params(
        ("id" = String, Path), ("state" = Option<Standing>, Query), ("after" = Option<String>, Query),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Page<Delivery>), (status = 404, body = ProblemBody)),
)]
async fn deliveries(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    QueryOf(wanted): QueryOf<Wanted>,
    paging: Paging,
) -> Result<Json<Page<Delivery>>, Failure> {
    let (actor, span) = (who.actor(), (paging.after::<i64>()?.unwrap_or(i64::MAX), paging.fetch()));
    let read = state.store().read(move |tx| {
        let endpoint = commands::seen(tx, &actor, id)?;
        Ok(queries::deliveries(tx, endpoint.id, wanted.state, span)?)
    });
    Ok(Json(Page::cut(read.await?, &paging, |delivery| delivery.id.0)))
}

/// A delivery, what it says, and how often it was tried.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DeliveryView {
    delivery: Delivery,
    /// The `CloudEvents` 1.0 envelope.
    #[schema(value_type = Object)]
    message: Value,
    /// Oldest first.
    attempts: Vec<Attempt>,
}

/// One delivery with its message and its tries.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries/{delivery}", tag = "webhooks",
    params(("id" = String, Path), ("delivery" = String, Path)),
    responses((status = 200, body = DeliveryView), (status = 404, body = ProblemBody)),
)]
async fn delivery(
    State(state): State<AppState>,
    who: Who,
    IdPath2(id, delivery): IdPath2<RowId, RowId>,
) -> Result<Json<DeliveryView>, Failure> {
    Ok(Json(delivery_of(&state, &who, (id, delivery)).await?))
}
