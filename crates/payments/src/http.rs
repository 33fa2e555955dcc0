//! What payment providers call: signed notices, no log-in.

use crate::Error;
use crate::commands::take_notice::{Notice, TakeNotice, Taken};
use crate::notices::{NoticeHeaders, verify};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use xr_base::Problem;
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, Routes};

/// Largest notice, in bytes.
const NOTICE_BYTES_MAX: usize = 64 * 1024;

/// Secrets that providers and carriers sign with, by name.
#[derive(Clone, Debug, Default)]
pub struct NoticeSecrets(pub BTreeMap<String, Vec<u8>>);

/// Notices of payment providers.
pub fn routes() -> Routes {
    Routes::new().add(Access::Signed, routes!(take))
}

/// The three headers of a notice; empty where missing, which no signature fits.
pub fn headers_of(headers: &HeaderMap) -> NoticeHeaders {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    NoticeHeaders { id: text("webhook-id"), timestamp: text("webhook-timestamp"), signature: text("webhook-signature") }
}

/// The three headers of a notice, and its body after the signature was checked.
///
/// # Errors
/// 401 `payments.bad_signature` for an unknown sender or a signature that does not fit; 413 for a large body.
pub fn verified(
    state: &AppState,
    sender: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(NoticeHeaders, String), Failure> {
    if body.len() > NOTICE_BYTES_MAX {
        return Err(Problem::new(413, "web.body_too_large").with("max", NOTICE_BYTES_MAX).into());
    }
    let headers = headers_of(headers);
    let secrets = state.ext::<NoticeSecrets>()?;
    let secret = secrets.0.get(sender).ok_or(Error::BadSignature)?;
    verify(secret, &headers, body, state.store().clock().wall())?;
    let hash = Sha256::digest(body).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok((headers, hash))
}

/// Takes a notice of a payment provider. The same id with the same body is answered alike and does nothing more.
#[utoipa::path(
    post, path = "/v1/notices/payments/{provider}", tag = "notices", params(("provider" = String, Path)),
    request_body = Object,
    responses((status = 200, body = Object), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
async fn take(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Taken>, Failure> {
    let (headers, body_hash) = verified(&state, &provider, &headers, &body)?;
    let bad = |e: serde_json::Error| Problem::new(422, "payments.bad_notice").field("body").with("reason", e);
    let notice: Notice = serde_json::from_slice(&body).map_err(bad)?;
    let command = TakeNotice { provider, notice_id: headers.id, body_hash, notice };
    Ok(Json(state.store().write(command).await?))
}
