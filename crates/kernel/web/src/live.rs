//! The live channel: `GET /v1/live?since=<seq>` sends the events that the caller may see, in commit order (decision D13).
//!
//! Frames are JSON texts: first `{"since":N}` (or `{"reset":true,"since":N}` when the asked place does not exist: load anew),
//! then `{"prev":P,"seq":S,"event":{…}}` where `P` is the seq sent before on this subscription (the start for the first one), and
//! `{"beat":N}` when nothing happened. A client whose last seq is not `P` has lost something and connects again with its own.
//! Closed with 4401 when the session is over, 4408 when the client reads too slowly, 1001 when the server stops.

use crate::access::Token;
use crate::failure::Failure;
use crate::live_loop::{Feed, run};
use crate::paging::QueryOf;
use crate::state::AppState;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use xr_base::{Problem, StoreError};

/// Largest message taken from a client; it has nothing to say.
const MESSAGE_BYTES_MAX: usize = 4_096;

/// Times of the live channel.
#[derive(Clone, Copy, Debug)]
pub struct LiveTimes {
    /// Silence after which a beat is sent.
    pub beat: Duration,
    /// A frame that was not taken after so long ends the channel.
    pub send_within: Duration,
}

impl Default for LiveTimes {
    fn default() -> Self {
        Self { beat: Duration::from_secs(20), send_within: Duration::from_secs(10) }
    }
}

/// Where to start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    since: Option<i64>,
}

/// Events as they happen, over a WebSocket.
#[utoipa::path(
    get, path = "/v1/live", tag = "system",
    params(("since" = Option<i64>, Query, description = "Last seq held; without it only new events are sent")),
    responses((status = 101, description = "WebSocket"), (status = 426, body = crate::failure::ProblemBody)),
)]
pub(crate) async fn live(
    State(state): State<AppState>,
    Extension(token): Extension<Token>,
    QueryOf(query): QueryOf<Since>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let upgrade = upgrade.map_err(|_| Problem::new(426, "web.not_websocket"))?;
    let place = Arc::clone(&state.inner.live).try_acquire_owned().map_err(|_| StoreError::Busy)?;
    let feed = Feed::new(state, token, query.since);
    Ok(upgrade.max_message_size(MESSAGE_BYTES_MAX).on_upgrade(move |socket| async move {
        run(socket, feed).await;
        drop(place);
    }))
}

/// Open live channels of this process.
pub fn open(state: &AppState) -> usize {
    crate::state::LIVE_MAX.saturating_sub(state.inner.live.available_permits())
}
