//! The power fails: the real program is killed in the middle of its work and started again.

use crate::load::{Load, Shop};
use crate::server::{self, Server};
use std::path::Path;
use xr_testkit::postgres_server::fresh_database;

/// Answers that clients hold before the kill, and requests that are under way at it.
const ACKNOWLEDGED_MIN: usize = 500;
const IN_FLIGHT_MIN: usize = 10;
/// Clients at once.
const CLIENTS: usize = 32;

/// So many times: load, kill, start again, compare. What was acknowledged is there once, anything else at most once.
fn live_and_die(rounds: usize, place: &[&str]) {
    let mut server = Server::start(place);
    let shop = Shop::open(&server.address);
    let mut known = shop.orders(&server.address);
    for round in 0..rounds {
        let load = Load::default();
        let in_flight = std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (load, shop, address) = (&load, &shop, server.address.clone());
                scope.spawn(move || load.run(shop, &address, client));
            }
            // Another moment in every round, by the commits' own chance and a little more.
            let in_flight = load.wait_for(ACKNOWLEDGED_MIN + round * 13, IN_FLIGHT_MIN);
            server.kill();
            in_flight
        });
        server = Server::start(place);
        let settled = load.settle(&shop, &server.address);
        known.extend(settled.orders.iter().map(|(order, state)| (order.clone(), state.clone())));
        let found = shop.orders(&server.address);
        let missing: Vec<_> = known.keys().filter(|order| !found.contains_key(*order)).collect();
        let strange: Vec<_> = found.keys().filter(|order| !known.contains_key(*order)).collect();
        assert!(missing.is_empty() && strange.is_empty(), "round {round}: lost {missing:?}, without a key {strange:?}");
        for (order, state) in &settled.orders {
            assert_eq!(&found[order], state, "round {round}: {order}");
        }
        eprintln!("round {round}: {} acknowledged, {in_flight} in flight, {}", settled.acknowledged, settled.fates);
        assert!(settled.acknowledged >= ACKNOWLEDGED_MIN && in_flight >= IN_FLIGHT_MIN);
    }
    server.kill();
    server::doctor(place);
}

#[test]
fn eight_kills_on_the_embedded_database_lose_nothing_and_double_nothing() {
    // A real disk: memory would survive a kill in any case, and hide what syncing costs.
    let folder = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    live_and_die(8, &["--data", folder.path().to_str().unwrap()]);
}

#[test]
fn two_kills_on_postgresql_lose_nothing_and_double_nothing() {
    let Some(database) = fresh_database(None) else { return };
    live_and_die(2, &["--database", &database.url()]);
}
