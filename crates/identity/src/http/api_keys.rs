//! Keys of the open API of the caller's organisation.

use super::identity;
use super::roles::{Permission, labelled};
use crate::api_keys::{self, ApiKey, PREFIX};
use crate::commands::{Asker, KEYS_PERMISSION, MakeKey, NewKey, RevokeKey};
use crate::{Error, Identity, Roles};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use std::sync::Arc;
use xr_base::{Instant, OrgId, Principal, Problem, UserId};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, NoBody, Page, Paging, Who};

/// A key of the open API.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct Shown {
    /// The member as which it acts.
    #[schema(value_type = String)]
    id: UserId,
    name: String,
    permissions: Vec<Permission>,
    /// Last four characters of its token.
    hint: String,
    /// Calls in a minute.
    per_minute: i64,
    /// Name of who made it.
    made_by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Instant>,
    /// A use at most ten minutes before the last one.
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<Instant>,
    /// Whether it opens something now.
    is_live: bool,
}

/// A key that was made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct MadeKey {
    key: Shown,
    /// Goes into `Authorization: Bearer …`; never shown again.
    token: String,
}

fn own_org(who: &Principal) -> Result<OrgId, Problem> {
    who.org.ok_or_else(|| Problem::new(403, "web.forbidden").with("permission", KEYS_PERMISSION))
}

fn shown(roles: &Roles, wall: Instant, key: ApiKey) -> Shown {
    Shown {
        permissions: key.words.0.iter().map(|word| labelled(roles, word)).collect(),
        is_live: key.revoked_at.is_none() && key.expires_at > wall,
        id: key.id,
        name: key.name,
        hint: key.hint,
        per_minute: key.per_minute,
        made_by: key.made_by,
        created_at: key.created_at,
        expires_at: key.expires_at,
        revoked_at: key.revoked_at,
        used_at: key.used_at,
    }
}

async fn found(state: &AppState, org: OrgId, before: i64, limit: i64) -> Result<Vec<Shown>, Failure> {
    let roles = Arc::clone(identity(state)?.roles());
    let read = state.store().read(move |tx| {
        let wall = tx.wall();
        Ok(api_keys::list(tx, org, before, limit)?.into_iter().map(|key| shown(&roles, wall, key)).collect())
    });
    Ok(read.await?)
}

/// Keys of the caller's organisation, the newest first; those that ended too.
#[utoipa::path(
    get, path = "/v1/api-keys", tag = "identity",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<Shown>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    who: Who,
    paging: Paging,
) -> Result<Json<Page<Shown>>, Failure> {
    let before = paging.after::<i64>()?.unwrap_or(i64::MAX);
    let keys = found(&state, own_org(&who)?, before, paging.fetch()).await?;
    Ok(Json(Page::cut(keys, &paging, |key| key.id.0)))
}

/// A new token and what is kept of it: its hash and its last four characters.
fn token(identity: &Identity) -> Result<(String, String, String), Failure> {
    let secret = URL_SAFE_NO_PAD.encode(identity.random::<32>()?);
    let hint = secret.chars().skip(secret.len() - 4).collect();
    let token = format!("{PREFIX}{secret}");
    let hash = Identity::token_hash(&token);
    Ok((token, hash, hint))
}

/// Makes a key. The answer alone holds the token, so a repeated call makes another key.
#[utoipa::path(
    post, path = "/v1/api-keys", tag = "identity", request_body = NewKey,
    responses(
        (status = 200, body = MadeKey), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn make(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<NewKey>,
) -> Result<Json<MadeKey>, Failure> {
    let (identity, org) = (identity(&state)?, own_org(&who)?);
    let (token, token_hash, hint) = token(identity)?;
    let roles = Arc::clone(identity.roles());
    let made = MakeKey { by: Asker::from(&*who), roles, new: body.value, token_hash, hint };
    // Not kept for a repetition: the answer is a secret.
    let id = state.store().write(made).await?;
    let mut keys = found(&state, org, id.0.saturating_add(1), 1).await?;
    let key = keys.pop().filter(|key| key.id == id).ok_or(Error::NoSuchKey)?;
    Ok(Json(MadeKey { key, token }))
}

/// Revokes a key: from now on it opens nothing.
#[utoipa::path(
    delete, path = "/v1/api-keys/{id}", tag = "identity", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)),
)]
pub(super) async fn revoke(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<UserId>,
    body: NoBody,
) -> Result<StatusCode, Failure> {
    let roles = Arc::clone(identity(&state)?.roles());
    state.store().write_once(RevokeKey { by: Asker::from(&*who), roles, key: id }, body.key).await?;
    identity(&state)?.forget();
    Ok(StatusCode::NO_CONTENT)
}
