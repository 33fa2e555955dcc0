//! The business clock, for countdowns in browsers (decision D11).

use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

/// Business time and its speed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct TimeNow {
    /// Business time, RFC 3339 in UTC.
    #[schema(value_type = String, format = DateTime)]
    server_now: xr_base::Instant,
    /// Business milliseconds per wall millisecond; 1 outside demos.
    rate: i64,
}

/// Business time and its speed, for countdowns.
#[utoipa::path(get, path = "/v1/time", tag = "system", responses((status = 200, body = TimeNow)))]
pub(crate) async fn time(State(state): State<AppState>) -> Json<TimeNow> {
    Json(TimeNow { server_now: state.store().clock().now(), rate: (state.inner.parts.rate)() })
}
