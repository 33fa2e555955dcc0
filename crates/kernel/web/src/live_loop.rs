//! One live channel: reads from the database, sends, waits. Nothing is kept in memory, so a slow client costs nothing.

use crate::access::Token;
use crate::state::AppState;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, interval, sleep, timeout};
use xr_base::Scope;
use xr_store::events::{self, Event};

/// Events read at a time.
const BATCH: i64 = 200;
/// Changes are gathered for so long: a busy market commits a thousand times a second, people see frames.
const GATHER: Duration = Duration::from_millis(20);
/// A client gets so long to hear why it is closed.
const GOODBYE: Duration = Duration::from_secs(1);

/// Why a channel ends.
#[derive(Debug)]
enum End {
    /// The client went away.
    Gone,
    /// Closed by us.
    Closed(u16, &'static str),
}

const REVOKED: End = End::Closed(4401, "session over");
const TOO_SLOW: End = End::Closed(4408, "too slow");
const STOPPING: End = End::Closed(1001, "stopping");
const FAILED: End = End::Closed(1011, "try again");

/// What a channel has sent, and what it reads next.
pub(crate) struct Feed {
    state: AppState,
    token: Token,
    since: Option<i64>,
    /// Everything up to here was looked at.
    position: i64,
    /// The last seq sent.
    prev: i64,
}

pub(crate) async fn run(mut socket: WebSocket, mut feed: Feed) {
    let Err(end) = drive(&mut socket, &mut feed).await;
    if let End::Closed(code, reason) = end {
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = timeout(GOODBYE, socket.send(Message::Close(Some(frame)))).await;
        // Reading on until the client's own close keeps the frame from being lost to a reset.
        let _ = timeout(GOODBYE, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
    }
}

/// Never ends well: `Ok` has no value.
async fn drive(socket: &mut WebSocket, feed: &mut Feed) -> Result<std::convert::Infallible, End> {
    let times = feed.state.config().live;
    let mut ticks = feed.state.store().ticks();
    let mut stopping = feed.state.inner.stopping.subscribe();
    let first = feed.start().await?;
    send(socket, &first, times.send_within).await?;
    let mut beat = interval(times.beat);
    beat.reset();
    loop {
        // Marked before reading: what is committed meanwhile wakes the channel again.
        ticks.borrow_and_update();
        loop {
            let frames = feed.next().await?;
            if frames.is_empty() {
                break;
            }
            for frame in &frames {
                send(socket, frame, times.send_within).await?;
            }
            beat.reset();
        }
        if wait(socket, &mut ticks, &mut stopping, &mut beat).await? {
            send(socket, &json!({ "beat": feed.position }), times.send_within).await?;
        }
    }
}

/// Until something may have changed (false) or a beat is due (true).
async fn wait(
    socket: &mut WebSocket,
    ticks: &mut watch::Receiver<u64>,
    stopping: &mut watch::Receiver<bool>,
    beat: &mut Interval,
) -> Result<bool, End> {
    loop {
        tokio::select! {
            changed = ticks.changed() => {
                changed.map_err(|_| STOPPING)?;
                sleep(GATHER).await;
                return Ok(false);
            }
            _ = beat.tick() => return Ok(true),
            () = async { let _ = stopping.wait_for(|is_stopping| *is_stopping).await; } => return Err(STOPPING),
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
                // A client has nothing to say; pings are answered below us.
                Some(Ok(_)) => {}
            },
        }
    }
}

async fn send(socket: &mut WebSocket, frame: &Value, within: Duration) -> Result<(), End> {
    match timeout(within, socket.send(Message::Text(frame.to_string().into()))).await {
        Err(_) => Err(TOO_SLOW),
        Ok(Err(_)) => Err(End::Gone),
        Ok(Ok(())) => Ok(()),
    }
}

impl Feed {
    pub(crate) fn new(state: AppState, token: Token, since: Option<i64>) -> Self {
        Self { state, token, since, position: 0, prev: 0 }
    }

    /// The first frame.
    async fn start(&mut self) -> Result<Value, End> {
        let last = self.state.store().read(|tx| Ok(events::last_seq(tx)?)).await.map_err(|_| FAILED)?;
        let is_known = self.since.is_none_or(|since| (0..=last).contains(&since));
        self.position = self.since.filter(|_| is_known).unwrap_or(last);
        self.prev = self.position;
        Ok(if is_known { json!({ "since": self.prev }) } else { json!({ "reset": true, "since": self.prev }) })
    }

    /// What the caller may see right now.
    async fn scope(&self) -> Result<Scope, End> {
        let session = self.state.auth().session(&self.token.0).await.map_err(|_| FAILED)?.ok_or(REVOKED)?;
        Ok(session.principal.scope())
    }

    /// The next frames, for what the caller may see by now.
    async fn next(&mut self) -> Result<Vec<Value>, End> {
        let position = self.position;
        let (last, found) = loop {
            let scope = self.scope().await?;
            let read = self.state.store().read(move |tx| {
                let last = events::last_seq(tx)?;
                Ok((last, events::after(tx, scope, position, BATCH)?))
            });
            let (last, found) = read.await.map_err(|_| FAILED)?;
            // Asked again after reading: what was committed after a revocation must not slip through beside it.
            if found.is_empty() || self.scope().await? == scope {
                break (last, found);
            }
        };
        let is_whole = i64::try_from(found.len()).unwrap_or(BATCH) < BATCH;
        let frames = found.iter().map(|event| self.frame(event)).collect();
        // Others' events need not be looked at again.
        self.position = if is_whole { last.max(position) } else { self.prev };
        Ok(frames)
    }

    fn frame(&mut self, event: &Event) -> Value {
        let prev = std::mem::replace(&mut self.prev, event.seq);
        // The body is JSON already; parsing it here keeps it an object in the frame.
        let body: Value = serde_json::from_str(&event.body).unwrap_or(Value::Null);
        json!({
            "prev": prev,
            "seq": event.seq,
            "event": {
                "id": event.id, "at": event.at, "kind": event.kind, "case_id": event.case_id, "shop_id": event.shop_id,
                "actor": event.actor, "party": event.party, "body": body,
            },
        })
    }
}
