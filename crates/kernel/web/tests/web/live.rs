//! The live channel over a real socket.

use crate::app::{Note, TestApp};
use futures_util::StreamExt;
use serde_json::Value;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use xr_base::OrgId;
use xr_web::WebConfig;
use xr_web::live::LiveTimes;

struct Server {
    app: TestApp,
    address: String,
    served: tokio::task::JoinHandle<()>,
}

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Server {
    async fn start(live: LiveTimes) -> Self {
        let app = TestApp::with(WebConfig { live, ..WebConfig::default() }, None);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (router, state) = (app.router.clone(), app.state.clone());
        let stop = {
            let state = app.state.clone();
            async move {
                while !state.is_stopping() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        };
        let served = tokio::spawn(async move { xr_web::serve::serve(listener, router, state, stop).await.unwrap() });
        Self { app, address, served }
    }

    async fn connect(&self, token: &str, query: &str) -> Client {
        let mut request = format!("ws://{}/v1/live{query}", self.address).into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        Client(connect_async(request).await.unwrap().0)
    }

    async fn note(&self, text: &str, org: i64) {
        let note = Note { text: text.to_owned(), for_org: Some(OrgId(org)) };
        self.app.state.store().write(note).await.unwrap();
    }
}

impl Client {
    async fn message(&mut self) -> Message {
        timeout(Duration::from_secs(10), self.0.next()).await.unwrap().unwrap().unwrap()
    }

    async fn frame(&mut self) -> Value {
        match self.message().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("no frame: {other:?}"),
        }
    }

    /// Previous seq, seq and text of the next event.
    async fn event(&mut self) -> (i64, i64, String) {
        let frame = self.frame().await;
        let text = frame["event"]["body"]["text"].as_str().unwrap_or_else(|| panic!("no event: {frame}"));
        (frame["prev"].as_i64().unwrap(), frame["seq"].as_i64().unwrap(), text.to_owned())
    }

    async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.message().await {
                return frame.unwrap().code.into();
            }
        }
    }
}

fn usual() -> LiveTimes {
    LiveTimes::default()
}

#[tokio::test]
async fn a_merchant_gets_own_events_in_order_and_nobody_else_s() {
    let server = Server::start(usual()).await;
    let mut merchant = server.connect("reader", "").await;
    assert_eq!(merchant.frame().await["since"], 0);
    for (text, org) in [("a", 7), ("theirs", 8), ("b", 7)] {
        server.note(text, org).await;
    }
    assert_eq!(merchant.event().await, (0, 1, "a".to_owned()));
    assert_eq!(merchant.event().await, (1, 3, "b".to_owned()));
}

#[tokio::test]
async fn a_client_resumes_where_it_was_cut_and_each_frame_names_the_one_before() {
    let server = Server::start(usual()).await;
    for n in 1..=450 {
        server.note(&n.to_string(), 7).await;
    }
    let mut platform = server.connect("writer", "?since=40").await;
    assert_eq!(platform.frame().await["since"], 40);
    for seq in 41..=450 {
        assert_eq!(platform.event().await, (seq - 1, seq, seq.to_string()));
    }
}

#[tokio::test]
async fn a_place_that_does_not_exist_means_loading_anew() {
    let server = Server::start(usual()).await;
    server.note("a", 7).await;
    let frame = server.connect("writer", "?since=99").await.frame().await;
    assert_eq!(frame, serde_json::json!({ "reset": true, "since": 1 }));
}

#[tokio::test]
async fn after_the_session_ends_nothing_more_is_sent() {
    let server = Server::start(usual()).await;
    let mut merchant = server.connect("reader", "").await;
    merchant.frame().await;
    server.app.people.revoke("reader");
    server.note("secret", 7).await;
    match merchant.message().await {
        Message::Close(frame) => assert_eq!(u16::from(frame.unwrap().code), 4401),
        other => panic!("sent after the end: {other:?}"),
    }
}

#[tokio::test]
async fn silence_is_filled_with_beats() {
    let server = Server::start(LiveTimes { beat: Duration::from_millis(50), ..usual() }).await;
    let mut buyer = server.connect("buyer", "").await;
    buyer.frame().await;
    assert_eq!(buyer.frame().await, serde_json::json!({ "beat": 0 }));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go() {
    let server = Server::start(LiveTimes { send_within: Duration::from_millis(200), ..usual() }).await;
    let mut sleeper = server.connect("writer", "").await;
    sleeper.frame().await;
    let large = "x".repeat(512 << 10);
    for _ in 0..40 {
        server.note(&large, 7).await;
    }
    // It is let go without its help: while it still does not read, its place becomes free.
    let is_free = async {
        while !server.app.get("/metrics", &[]).await.body.contains("xiaoer_live_open 0") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(20), is_free).await.unwrap();
    drop(sleeper);
}

#[tokio::test]
async fn a_stopping_server_says_so_and_ends() {
    let server = Server::start(usual()).await;
    let mut client = server.connect("writer", "").await;
    client.frame().await;
    server.app.state.stop();
    assert_eq!(client.close_code().await, 1001);
    timeout(Duration::from_secs(8), server.served).await.unwrap().unwrap();
}

#[tokio::test]
async fn without_a_session_or_from_another_site_no_channel_opens() {
    let server = Server::start(usual()).await;
    let url = format!("ws://{}/v1/live", server.address);
    assert!(connect_async(url.as_str()).await.unwrap_err().to_string().contains("401"));
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    request.headers_mut().insert("cookie", "xiaoer_session=writer".parse().unwrap());
    assert!(connect_async(request).await.unwrap_err().to_string().contains("403"));
}
