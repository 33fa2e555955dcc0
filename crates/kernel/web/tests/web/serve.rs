//! Clients that do not go on.

use crate::app::TestApp;
use axum::Router;
use axum::routing::get;
use std::future::pending;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use xr_web::WebConfig;

/// More than the system keeps for a client.
const BIG: usize = 64 << 20;

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_cut_off() {
    let config = WebConfig { taken_within: Duration::from_secs(1), ..WebConfig::default() };
    let (state, listener) = (TestApp::with(config, None).state, TcpListener::bind("127.0.0.1:0").await.unwrap());
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/", get(|| async { vec![7; BIG] }));
    tokio::spawn(xr_web::serve::serve(listener, app, state, pending()));

    let ask = || async {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        client.read_u8().await.unwrap();
        client
    };
    // Whoever goes on reading gets all of it.
    let mut quick = ask().await;
    let mut answer = vec![0; BIG];
    quick.read_exact(&mut answer).await.unwrap();

    let mut lazy = ask().await;
    // Nothing tells a client that it was cut off but time and the end of what it reads.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut taken = Vec::new();
    let ended = lazy.read_to_end(&mut taken).await;
    assert!(taken.len() < BIG, "{} bytes, {ended:?}", taken.len());
}
