//! Log-in, log-out, own sessions, own settings.

use super::identity;
use super::views::{Me, me};
use crate::commands::{Asker, ChooseLocale, LogOut, RevokeSessions};
use crate::model::OpenSession;
use crate::{Credentials, Device, Identity, queries};
use axum::Json;
use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use xr_base::{Locale, RowId};
use xr_web::access::cookie_name;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Authenticator, Caller, Failure, IdPath, JsonBody, NoBody, WebConfig, Who};

/// Logs in: sets the session cookie and shows who it is.
#[utoipa::path(
    post, path = "/v1/session", tag = "identity", request_body = Credentials,
    responses(
        (status = 200, body = Me), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody),
    ),
)]
pub(super) async fn log_in(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: JsonBody<Credentials>,
) -> Result<Response, Failure> {
    let identity = identity(&state)?;
    let device = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(Device::of).unwrap_or_default();
    let (token, _) = identity.log_in(body.value, caller.address, device).await?;
    let session = identity.session(&token).await?.ok_or(crate::Error::BadCredentials)?;
    let shown = me(&state, session.principal).await?;
    let seconds = crate::commands::SESSION_LENGTH.0 / 1_000;
    Ok(([(SET_COOKIE, cookie(state.config(), &token, seconds))], Json(shown)).into_response())
}

fn cookie(config: &WebConfig, token: &str, max_age_s: i64) -> String {
    let secure = if config.is_https() { "; Secure" } else { "" };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}", cookie_name(config))
}

/// Logs out: ends the session and takes the cookie back.
#[utoipa::path(delete, path = "/v1/session", tag = "identity", responses((status = 204)))]
pub(super) async fn log_out(State(state): State<AppState>, who: Who) -> Result<Response, Failure> {
    state.store().write(LogOut { token_hash: who.0.id.clone(), address: who.address.clone() }).await?;
    identity(&state)?.forget();
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie(state.config(), "", 0))]).into_response())
}

/// Who is logged in and what they may do.
#[utoipa::path(get, path = "/v1/session", tag = "identity", responses((status = 200, body = Me)))]
pub(super) async fn show(State(state): State<AppState>, who: Who) -> Result<Json<Me>, Failure> {
    Ok(Json(me(&state, who.0.principal).await?))
}

/// The caller's open sessions, newest first.
#[utoipa::path(get, path = "/v1/sessions", tag = "identity", responses((status = 200, body = Vec<OpenSession>)))]
pub(super) async fn list(State(state): State<AppState>, who: Who) -> Result<Json<Vec<OpenSession>>, Failure> {
    let (user, current) = (who.user, who.0.id.clone());
    Ok(Json(state.store().read(move |tx| Ok(queries::sessions(tx, user, &current)?)).await?))
}

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", tag = "identity", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)),
)]
pub(super) async fn revoke(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
    body: NoBody,
) -> Result<StatusCode, Failure> {
    let revoke = RevokeSessions { by: Asker::from(&*who), session: Some(id), keep: String::new() };
    state.store().write_once(revoke, body.key).await?;
    identity(&state)?.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of the caller but the one that asks.
#[utoipa::path(delete, path = "/v1/sessions", tag = "identity", responses((status = 204)))]
pub(super) async fn revoke_others(
    State(state): State<AppState>,
    who: Who,
    body: NoBody,
) -> Result<StatusCode, Failure> {
    let revoke = RevokeSessions { by: Asker::from(&*who), session: None, keep: who.0.id.clone() };
    state.store().write_once(revoke, body.key).await?;
    identity(&state)?.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// What a person may change about themselves.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MyChanges {
    /// `zh-CN` or `en`; null leaves the language to the browser.
    #[schema(value_type = Option<String>)]
    locale: Option<Locale>,
}

/// Changes the caller's own settings.
#[utoipa::path(
    patch, path = "/v1/me", tag = "identity", request_body = MyChanges,
    responses((status = 200, body = Me), (status = 422, body = ProblemBody)),
)]
pub(super) async fn change_me(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<MyChanges>,
) -> Result<Json<Me>, Failure> {
    let choose = ChooseLocale { by: Asker::from(&*who), locale: body.value.locale };
    state.store().write_once(choose, body.key).await?;
    identity(&state)?.forget();
    Ok(Json(me(&state, who.0.principal).await?))
}

/// Current and new password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The one in force.
    current: String,
    /// The new one, at least 10 characters.
    password: String,
}

/// Changes the caller's password; every other session of theirs ends.
#[utoipa::path(
    post, path = "/v1/me/password", tag = "identity", request_body = NewPassword,
    responses((status = 204), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)),
)]
pub(super) async fn change_password(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<NewPassword>,
) -> Result<StatusCode, Failure> {
    let passwords = (body.value.current, body.value.password);
    let identity: &Identity = identity(&state)?;
    identity.change_password(Asker::from(&*who), who.0.id.clone(), passwords, state.config().is_demo).await?;
    Ok(StatusCode::NO_CONTENT)
}
