//! Connections to PostgreSQL that are cut at the worst moment: the commit happened, and nobody was told.

use crate::support::{count, file, line, number};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use xiaoer::market::{MarketConfig, open};
use xr_base::calendar::DayTables;
use xr_store::{Location, sql};
use xr_tests::http::{Setup, Web};

/// The words with which a transaction ends, as they travel.
const COMMIT: &[u8] = b"COMMIT\0";

/// Stands between a store and its server. While `is_armed`, it waits for the answer to every commit and cuts the connection
/// instead of giving it.
#[derive(Default)]
struct Cutter {
    is_armed: AtomicBool,
    cuts: AtomicU32,
}

impl Cutter {
    /// Address before the server at `server`.
    fn before(self: &Arc<Self>, server: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cutter, server) = (Arc::clone(self), server.to_owned());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&server) else { continue };
                cutter.join(client, server);
            }
        });
        address
    }

    fn join(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        // Else every trip waits 40 ms for an acknowledgement.
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let is_doomed = Arc::new(AtomicBool::new(false));
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let (cutter, doomed) = (Arc::clone(self), Arc::clone(&is_doomed));
        std::thread::spawn(move || {
            pass(&mut from, &mut to, &mut |is_commit| {
                doomed.fetch_or(is_commit && cutter.is_armed.load(SeqCst), SeqCst);
                true
            });
        });
        let (mut from, mut to, cutter) = (server, client, Arc::clone(self));
        std::thread::spawn(move || {
            // The answer says the same word, and comes when it has happened.
            pass(&mut from, &mut to, &mut |is_commit| {
                let is_cut = is_commit && is_doomed.load(SeqCst);
                cutter.cuts.fetch_add(u32::from(is_cut), SeqCst);
                !is_cut
            });
        });
    }
}

/// Passes bytes on until one side ends, or `goes` says no, which is told whether a commit is among them; then closes both.
fn pass(from: &mut TcpStream, to: &mut TcpStream, goes: &mut dyn FnMut(bool) -> bool) {
    let (mut bytes, mut seen) = (vec![0; 1 << 16], Vec::new());
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        seen.extend_from_slice(&bytes[..length]);
        let is_commit = seen.windows(COMMIT.len()).any(|part| part == COMMIT);
        // A word may come in two pieces, and must not be seen twice.
        let keep = if is_commit { 0 } else { COMMIT.len() - 1 };
        seen.drain(..seen.len().saturating_sub(keep));
        if !goes(is_commit) || to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

#[test]
fn an_import_whose_commit_was_cut_off_goes_on_and_nothing_comes_twice() {
    let Some(web) = Web::postgres_with(Setup::default()) else { return };
    let token = web.token("shop");
    let source = web.source(&token, "淘宝");
    let lines: Vec<String> = (0..1_500).map(|n| line(&format!("A{n:05}"), 1, "K1", i64::from(n % 10 != 0))).collect();
    let import = web.upload(&token, "orders.csv", &file(&lines));
    let id = import["id"].as_str().unwrap();
    web.done(&token, &format!("POST /v1/imports/{id}/start"), &json!({ "source": source, "dry_run": false }));

    let Location::Postgres(url) = &web.location else { panic!("{:?}", web.location) };
    let (head, rest) = url.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let cutter = Arc::new(Cutter::default());
    let location = Location::Postgres(format!("{head}@{}/{name}", cutter.before(server)));
    let store = open(MarketConfig {
        location,
        clock: web.node.clock.clone(),
        secret: [7; 32],
        instance: "behind a cutter".to_owned(),
        days: DayTables::shipped().clone(),
        sealing: xiaoer::keys::repeatable(),
        ext: Vec::new(),
    })
    .unwrap();
    // Each run is cut off at its next step but the last, which finds nothing left to cut.
    let steps = AtomicU32::new(0);
    let mut left = 0;
    for cut_at in 1.. {
        steps.store(0, SeqCst);
        let stop = || {
            cutter.is_armed.store(steps.fetch_add(1, SeqCst) + 1 == cut_at, SeqCst);
            false
        };
        let ran = xr_imports::run_next(&store, "a test", &stop).is_ok_and(|ran| ran);
        cutter.is_armed.store(false, SeqCst);
        left += u32::from(!ran);
        if ran {
            break;
        }
    }
    assert!(left >= 3 && cutter.cuts.load(SeqCst) >= left, "{left} {}", cutter.cuts.load(SeqCst));
    let done = web.done(&token, &format!("GET /v1/imports/{id}"), &Value::Null);
    assert_eq!((&done["state"], number(&done, "orders_new"), number(&done, "rows_bad")), (&json!("done"), 1_350, 150));
    let orders = sql!("SELECT COUNT(*) FROM orders /* unscoped: a test */");
    let bad = sql!("SELECT COUNT(*) FROM sealed_bad_rows /* unscoped: a test */");
    assert_eq!((count(&web.node.store, orders), count(&web.node.store, bad)), (1_350, 150));
    store.close();
}
