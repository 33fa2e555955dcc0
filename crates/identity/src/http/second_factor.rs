//! The caller's second factor, and that of a member who lost theirs.

use super::{identity, members};
use crate::commands::{Asker, ResetSecondFactor};
use crate::second_factor;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xr_base::{Instant, UserId};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, NoBody, Who};

/// Whether log-in asks for a second factor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SecondFactor {
    /// Since when it does, wall time; null when it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Instant>,
    /// Recovery codes that have not been used.
    recovery_codes_left: i64,
}

/// The caller's second factor.
#[utoipa::path(get, path = "/v1/me/second-factor", tag = "identity", responses((status = 200, body = SecondFactor)))]
pub(super) async fn show(State(state): State<AppState>, who: Who) -> Result<Json<SecondFactor>, Failure> {
    let user = who.user;
    let (since, recovery_codes_left) = state.store().read(move |tx| Ok(second_factor::state(tx, user)?)).await?;
    Ok(Json(SecondFactor { since, recovery_codes_left }))
}

/// The password again.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CurrentPassword {
    /// The one in force.
    current: String,
}

/// What an authenticator app needs; never shown again.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SecretShown {
    /// 32 letters and digits, to be typed in.
    secret: String,
    /// For a QR code: `otpauth://totp/...`.
    uri: String,
}

/// Begins: a fresh secret for the caller's app. Log-in asks for codes once one was confirmed.
#[utoipa::path(
    post, path = "/v1/me/second-factor", tag = "identity", request_body = CurrentPassword,
    responses(
        (status = 200, body = SecretShown), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody),
    ),
)]
pub(super) async fn begin(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<CurrentPassword>,
) -> Result<Json<SecretShown>, Failure> {
    let (secret, login) = identity(&state)?.begin_second_factor(Asker::from(&*who), body.value.current).await?;
    Ok(Json(SecretShown { secret: secret.base32(), uri: secret.uri(&login) }))
}

/// A code of the app.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeOfApp {
    /// Six digits.
    code: String,
}

/// Recovery codes; never shown again. Each logs in once in the place of a code of the app.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

/// Confirms by a code of the app: from now on log-in asks for one, and every other session of the caller ends.
#[utoipa::path(
    post, path = "/v1/me/second-factor/confirmation", tag = "identity", request_body = CodeOfApp,
    responses(
        (status = 200, body = RecoveryCodes), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody),
    ),
)]
pub(super) async fn confirm(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<CodeOfApp>,
) -> Result<Json<RecoveryCodes>, Failure> {
    let (by, session) = (Asker::from(&*who), who.0.id.clone());
    let recovery_codes = identity(&state)?.confirm_second_factor(by, session, body.value.code).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Both factors again.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BothFactors {
    /// The password in force.
    current: String,
    /// Six digits of the app, or a recovery code.
    code: String,
}

/// Makes new recovery codes; those before are void.
#[utoipa::path(
    post, path = "/v1/me/second-factor/recovery-codes", tag = "identity", request_body = BothFactors,
    responses(
        (status = 200, body = RecoveryCodes), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody),
    ),
)]
pub(super) async fn renew(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<BothFactors>,
) -> Result<Json<RecoveryCodes>, Failure> {
    let BothFactors { current, code } = body.value;
    let recovery_codes = identity(&state)?.renew_recovery_codes(Asker::from(&*who), (current, code)).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Turns the caller's second factor off.
#[utoipa::path(
    post, path = "/v1/me/second-factor/removal", tag = "identity", request_body = BothFactors,
    responses(
        (status = 204), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody),
    ),
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<BothFactors>,
) -> Result<StatusCode, Failure> {
    let BothFactors { current, code } = body.value;
    identity(&state)?.remove_second_factor(Asker::from(&*who), (current, code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes away the second factor of a member who lost it; all of their sessions end.
#[utoipa::path(
    post, path = "/v1/members/{id}/second-factor/removal", tag = "identity", params(("id" = String, Path)),
    responses(
        (status = 200, body = members::Member), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody),
    ),
)]
pub(super) async fn reset(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<UserId>,
    body: NoBody,
) -> Result<Json<members::Member>, Failure> {
    let roles = Arc::clone(identity(&state)?.roles());
    let command = ResetSecondFactor { by: Asker::from(&*who), roles, member: id };
    state.store().write_once(command, body.key).await?;
    identity(&state)?.forget();
    members::read(&state, &who, id).await
}
