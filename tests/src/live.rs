//! A client of the live channel that loses its connection and goes on where it was.

use crate::rush::wait_until;
use futures_util::StreamExt;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use xr_base::{Scope, StoreError};
use xr_store::{Store, Tx, events, sql};

/// Silence after which a client takes it that nothing more comes for now.
const SILENCE: Duration = Duration::from_millis(100);
/// Bytes that the kernel keeps for a client that does not read.
const SLOW_BUFFER_BYTES: u32 = 4_096;

/// A sequence without a seed of the machine: the same cuts in every run.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// How one connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client dropped it, in the middle of whatever came.
    Cut,
    /// The server said goodbye.
    Closed(u16),
    /// It was refused: the HTTP status.
    Refused(u16),
    /// The server died.
    Lost,
    /// There is no server.
    Absent,
}

/// How often clients dropped their connections.
#[derive(Debug, Default)]
pub struct Cuts {
    pub wanted: usize,
    pub done: AtomicUsize,
    /// Connections that the server's death ended.
    pub severed: AtomicUsize,
}

/// What a client holds: events by seq, and where it goes on.
#[derive(Debug, Default)]
pub struct Held {
    pub events: BTreeMap<i64, String>,
    pub last: i64,
}

/// An open channel.
pub type Channel = WebSocketStream<TcpStream>;

impl Held {
    /// Opens the channel from the last seq held; `is_slow` clients have next to no buffer of their own.
    pub async fn open(&self, address: &str, token: &str, is_slow: bool) -> Result<Channel, End> {
        let url = format!("ws://{address}/v1/live?since={}", self.last);
        let mut request: Request<()> = url.into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let socket = TcpSocket::new_v4().unwrap();
        if is_slow {
            socket.set_recv_buffer_size(SLOW_BUFFER_BYTES).unwrap();
        }
        let stream = socket.connect(address.parse().unwrap()).await.map_err(|_| End::Absent)?;
        match client_async(request, stream).await {
            Ok((channel, _)) => Ok(channel),
            Err(Error::Http(reply)) => Err(End::Refused(reply.status().as_u16())),
            Err(_) => Err(End::Lost),
        }
    }

    /// Opens the channel, reads `frames` frames at most and drops it.
    pub async fn read(&mut self, address: &str, token: &str, frames: u64) -> End {
        let mut channel = match self.open(address, token, false).await {
            Ok(channel) => channel,
            Err(end) => return end,
        };
        self.drain(&mut channel, frames).await
    }

    /// Reads until `frames` came, nothing comes, or the channel ends.
    pub async fn drain(&mut self, channel: &mut Channel, frames: u64) -> End {
        for _ in 0..frames {
            match timeout(SILENCE, channel.next()).await {
                Err(_) => break,
                Ok(Some(Ok(Message::Text(text)))) => self.take(&serde_json::from_str(&text).unwrap()),
                Ok(Some(Ok(Message::Close(frame)))) => return frame.map_or(End::Lost, |f| End::Closed(f.code.into())),
                Ok(Some(Ok(_))) => {}
                Ok(None | Some(Err(_))) => return End::Lost,
            }
        }
        End::Cut
    }

    fn take(&mut self, frame: &Value) {
        assert!(frame["reset"].is_null(), "{frame}");
        let Some(seq) = frame["seq"].as_i64() else { return };
        assert_eq!(frame["prev"], self.last, "something was lost before {seq}");
        if frame["event"]["kind"].as_str().is_some_and(|kind| kind.starts_with("order.")) {
            assert!(frame["event"]["case_id"].as_str().is_some_and(|id| id.starts_with("cas_")), "{frame}");
        }
        assert!(self.events.insert(seq, frame["event"]["id"].as_str().unwrap().to_owned()).is_none(), "{seq} twice");
        self.last = seq;
    }

    /// Reads a little, drops the connection and comes back, until `cuts` is used up by all clients together. The server may
    /// die meanwhile, and come back at another address.
    pub fn come_and_go(&mut self, address: &dyn Fn() -> String, token: &str, mut dice: Dice, cuts: &Cuts) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        while cuts.done.load(SeqCst) < cuts.wanted {
            match runtime.block_on(self.read(&address(), token, 1 + dice.below(8))) {
                End::Cut => drop(cuts.done.fetch_add(1, SeqCst)),
                End::Lost => drop(cuts.severed.fetch_add(1, SeqCst)),
                End::Absent => std::thread::sleep(Duration::from_millis(10)),
                end => panic!("{end:?}"),
            }
        }
    }

    /// Reads on until everything of `expected` is held, and compares.
    ///
    /// # Panics
    /// It holds something else up to there.
    pub async fn assert_holds(&mut self, address: &str, token: &str, expected: &BTreeMap<i64, String>) {
        let last = *expected.keys().next_back().unwrap();
        let begin = xr_base::Stopwatch::start();
        while self.last < last {
            assert!(begin.elapsed() < Duration::from_mins(1), "stuck at {} of {last}", self.last);
            self.read(address, token, 10_000).await;
        }
        let held: BTreeMap<i64, String> = self.events.range(..=last).map(|(seq, id)| (*seq, id.clone())).collect();
        assert_eq!(&held, expected);
    }
}

/// What the database says that `scope` may see of everything committed by now: PostgreSQL numbers events a moment later.
pub fn visible(store: &Store, scope: Scope) -> BTreeMap<i64, String> {
    wait_until(&|| store.read_blocking(|tx| Ok(pending(tx)?)).unwrap() == 0);
    let read = store.read_blocking(move |tx| Ok(events::after(tx, scope, 0, 10_000_000)?));
    read.unwrap().into_iter().map(|e| (e.seq, e.id.to_string())).collect()
}

fn pending(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let (count,): (i64,) = tx.one(sql!("SELECT COUNT(*) FROM event_pending /* unscoped: a count */"), &[])?;
    Ok(count)
}
