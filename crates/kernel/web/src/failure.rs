//! From faults to responses: RFC 9457 problems, written in the caller's language by the outermost layer.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use xr_base::{Fault, Locale, Problem, StoreError};

use crate::texts::{Texts, tag};

/// Seconds after which a busy store is worth another try; problems may say more in `retry_after_s`.
const RETRY_AFTER_S: &str = "1";

/// What a handler gives instead of an answer; everything with a problem turns into it by `?`.
#[derive(Debug)]
pub struct Failure(pub Fault);

impl<E: Into<Fault>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// Travels with the response to the layer that knows the language; the cause goes to the log only.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) problem: Problem,
    pub(crate) cause: Option<String>,
}

impl Told {
    /// The permission whose lack was the reason.
    pub(crate) fn missing_permission(&self) -> Option<String> {
        let is_denial = self.problem.code == "web.forbidden";
        is_denial.then(|| self.problem.params.get("permission").cloned().unwrap_or_default())
    }

    fn of(fault: Fault) -> Self {
        let internal = |cause: String| Self { problem: Problem::new(500, "web.internal"), cause: Some(cause) };
        match fault {
            Fault::Refused(problem) => Self { problem: *problem, cause: None },
            // A transaction that lost five races is the same to a caller as a full queue: nothing was done, try again.
            Fault::Store(StoreError::Busy | StoreError::Retry(..)) => {
                Self { problem: Problem::new(503, "store.busy"), cause: None }
            }
            other => internal(other.to_string()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let told = Told::of(self.0);
        let status = StatusCode::from_u16(told.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(told);
        response
    }
}

/// The response for `told`, in `locale`; `reference` names the request in the log.
pub(crate) fn render(mut told: Told, texts: &Texts, locale: Locale, reference: &str) -> Response {
    if let Some(cause) = &told.cause {
        tracing::error!(reference, cause, "A request failed");
        told.problem = told.problem.with("reference", reference);
    }
    let problem = &told.problem;
    let detail = texts.get(locale, &problem.code, &problem.params).unwrap_or_else(|| {
        tracing::warn!(code = problem.code, locale = tag(locale), "A problem has no text");
        problem.code.clone()
    });
    let title = texts.get(locale, &format!("web.title_{}", problem.status), &problem.params);
    let body = json!({
        "type": format!("/problems/{}", problem.code),
        "title": title.unwrap_or_else(|| problem.status.to_string()),
        "status": problem.status,
        "code": problem.code,
        "detail": detail,
        "field": problem.field,
        "params": problem.params,
        "instance": format!("urn:request:{reference}"),
    });
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [(CONTENT_TYPE, "application/problem+json"), (CONTENT_LANGUAGE, tag(locale))];
    let mut response = (status, headers, body.to_string()).into_response();
    let wait = problem.params.get("retry_after_s").map(String::as_str);
    if let Some(value) = wait.or((problem.status == 503).then_some(RETRY_AFTER_S)).and_then(|s| s.parse().ok()) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// How a problem looks in the API document.
#[derive(Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// `/problems/<code>`.
    #[schema(rename = "type")]
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code, e.g. `inventory.out_of_stock`.
    pub code: String,
    /// What is wrong, in the caller's language.
    pub detail: String,
    /// Field of the request it is about, `lines/0/quantity`.
    pub field: Option<String>,
    /// Values named in the text.
    pub params: std::collections::BTreeMap<String, String>,
    /// Name of this request in the log.
    pub instance: String,
}
