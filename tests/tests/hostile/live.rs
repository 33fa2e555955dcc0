//! The live channel: whatever is cut, a client ends up with exactly what it may see, and with nothing after its log-out.

use futures_util::StreamExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use xr_base::{Scope, SkuId};
use xr_store::events;
use xr_tests::http::{Web, on_both};

/// Cuts in one run.
const CUTS: usize = 300;

/// What a client holds: events by seq, and where it goes on.
#[derive(Default)]
struct Held {
    events: BTreeMap<i64, String>,
    last: i64,
    cuts: usize,
}

/// A sequence without a seed of the machine: the same cuts in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

impl Held {
    /// Reads `frames` frames at most, then drops the connection in the middle of whatever comes; gives the close code.
    async fn read(&mut self, web: &Web, token: &str, frames: u64) -> Option<u16> {
        let url = format!("ws://{}/v1/live?since={}", web.node.address, self.last);
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let Ok((mut socket, _)) = connect_async(request).await else { return Some(401) };
        for _ in 0..frames {
            match timeout(Duration::from_millis(100), socket.next()).await {
                Err(_) | Ok(None) => break,
                Ok(Some(Ok(Message::Text(text)))) => self.take(&serde_json::from_str(&text).unwrap()),
                Ok(Some(Ok(Message::Close(frame)))) => return frame.map(|f| f.code.into()),
                Ok(Some(_)) => {}
            }
        }
        self.cuts += 1;
        None
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
}

/// What the database says that this person may see.
fn visible(web: &Web, scope: Scope) -> BTreeMap<i64, String> {
    let read = web.node.store.read_blocking(move |tx| Ok(events::after(tx, scope, 0, 1_000_000)?));
    read.unwrap().into_iter().map(|e| (e.seq, e.id.to_string())).collect()
}

/// Orders are placed and cancelled until told to stop.
fn bustle(web: &Web, tokens: &[String], sku: SkuId, is_over: &std::sync::atomic::AtomicBool) {
    for token in tokens.iter().cycle() {
        if is_over.load(std::sync::atomic::Ordering::SeqCst) {
            return;
        }
        let bought = web.buy(token, &[(sku, 1)]);
        web.done(token, &format!("POST /v1/cases/{}/acts", bought.order), &json!({ "event": "cancel" }));
    }
}

#[test]
fn after_hundreds_of_cuts_a_client_holds_exactly_what_it_may_see() {
    on_both(|web| {
        let (sku, busy) = (web.sku(1_000), [web.token("buyer"), web.token("buyer2")]);
        let people = [
            (web.token("shop"), Scope::Merchant(web.sellers[0].org)),
            (web.token("buyer2"), Scope::Buyer(web.user("buyer2"))),
            (web.token("audit"), Scope::Platform),
        ];
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut held: Vec<Held> = people.iter().map(|_| Held::default()).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| bustle(web, &busy, sku, &is_over));
            let mut dice = Dice(7);
            for cut in 0..CUTS {
                let who = cut % people.len();
                runtime.block_on(held[who].read(web, &people[who].0, 1 + dice.below(12)));
            }
            is_over.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        crate::foreign::settled(web);
        assert_eq!(held.iter().map(|h| h.cuts).sum::<usize>(), CUTS);
        for ((token, scope), held) in people.iter().zip(&mut held) {
            let expected = visible(web, *scope);
            while held.last < *expected.keys().next_back().unwrap() {
                runtime.block_on(held.read(web, token, 10_000));
            }
            assert_eq!(held.events, expected);
        }
        let counts: Vec<usize> = held.iter().map(|h| h.events.len()).collect();
        assert!(counts[2] > counts[0] && counts[2] > counts[1], "everybody sees a part only: {counts:?}");
    });
}

#[test]
fn after_the_log_out_not_one_event_more_is_sent() {
    on_both(|web| {
        let (sku, busy, token) = (web.sku(1_000), web.token("buyer"), web.token("shop"));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut held = Held::default();
        runtime.block_on(held.read(web, &token, 10_000));
        let seen = held.last;
        let (code, held) = std::thread::scope(|scope| {
            let reading = scope.spawn(|| {
                loop {
                    if let Some(code) = runtime.block_on(held.read(web, &token, 10_000)) {
                        return (code, held);
                    }
                }
            });
            web.buy(&busy, &[(sku, 1)]);
            std::thread::sleep(Duration::from_millis(300));
            web.done(&token, "DELETE /v1/session", &Value::Null);
            for _ in 0..5 {
                web.buy(&busy, &[(sku, 1)]);
            }
            reading.join().unwrap()
        });
        assert!(matches!(code, 4401 | 401), "{code}");
        assert!(held.last > seen);
        let told = visible(web, Scope::Platform).len();
        let after = visible(web, Scope::Merchant(web.sellers[0].org)).range(held.last + 1..).count();
        assert!(after >= 5, "{after} of {told}: what came after the log-out stayed here");
    });
}
