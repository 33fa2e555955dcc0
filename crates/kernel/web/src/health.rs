//! For operators: alive, ready, counters.

use crate::failure::Failure;
use crate::state::AppState;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use std::time::Duration;
use xr_base::Problem;
use xr_store::events;

/// A database that needs longer for one row is not ready.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "system", responses((status = 200, body = String)))]
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// The process can serve: the store reads, and no stop was asked for.
#[utoipa::path(get, path = "/readyz", tag = "system", responses((status = 200, body = String), (status = 503)))]
pub(crate) async fn readyz(State(state): State<AppState>) -> Result<&'static str, Failure> {
    let not_ready = || Problem::new(503, "web.not_ready");
    if state.is_stopping() {
        return Err(not_ready().into());
    }
    let read = state.store().read(|tx| Ok(events::last_seq(tx)?));
    match tokio::time::timeout(READY_WITHIN, read).await {
        Ok(Ok(_)) => Ok("ready"),
        Ok(Err(fault)) => {
            tracing::warn!(%fault, "Not ready: the store cannot be read");
            Err(not_ready().into())
        }
        Err(_) => Err(not_ready().into()),
    }
}

/// Counters in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "system", responses((status = 200, body = String)))]
pub(crate) async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let open = crate::live::open(&state);
    let text = state.inner.metrics.text(&state.store().stats(), open);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
