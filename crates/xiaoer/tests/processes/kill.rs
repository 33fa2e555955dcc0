//! The program is killed in the middle of its work and started again: what was acknowledged is there once, the rest at most once.

use crate::load::{Load, Shop};
use crate::server::{self, Server};
use std::path::Path;
use xr_testkit::postgres_server::fresh_database;

/// Requests that are under way at the end of a life.
const IN_FLIGHT_MIN: usize = 10;
/// Clients at once.
const CLIENTS: usize = 32;

/// How the program lives and dies, again and again.
pub(crate) struct Lives<'l> {
    /// Where its data lies, as on the command line.
    pub(crate) place: &'l [&'l str],
    /// How often.
    pub(crate) rounds: usize,
    /// Answers that clients hold before the end.
    pub(crate) acknowledged: usize,
    /// Starts it for the load; the number is the round.
    pub(crate) start: &'l dyn Fn(usize) -> Server,
    /// Ends it, in the middle of the load.
    pub(crate) end: &'l dyn Fn(usize, &mut Server, &Load, &Shop),
}

impl Lives<'_> {
    /// So many times: load, end, start again, compare, and look through everything.
    pub(crate) fn live(&self) {
        let mut server = Server::start(self.place);
        let shop = Shop::open(&server.address);
        let mut known = shop.orders(&server.address);
        for round in 0..self.rounds {
            server.kill();
            server::sweep(self.place);
            server = (self.start)(round);
            let load = Load::default();
            let in_flight = std::thread::scope(|scope| {
                for client in 0..CLIENTS {
                    let (load, shop, address) = (&load, &shop, server.address.clone());
                    scope.spawn(move || load.run(shop, &address, client));
                }
                // Another moment in every round, by the commits' own chance and a little more.
                let in_flight = load.wait_for(self.acknowledged + round % 8 * 13, IN_FLIGHT_MIN);
                (self.end)(round, &mut server, &load, &shop);
                in_flight
            });
            server = Server::start(self.place);
            let settled = load.settle(&shop, &server.address);
            known.extend(settled.orders.iter().map(|(order, state)| (order.clone(), state.clone())));
            let found = shop.orders(&server.address);
            let missing: Vec<_> = known.keys().filter(|order| !found.contains_key(*order)).collect();
            let strange: Vec<_> = found.keys().filter(|order| !known.contains_key(*order)).collect();
            assert!(
                missing.is_empty() && strange.is_empty(),
                "round {round}: lost {missing:?}, from nowhere {strange:?}"
            );
            for (order, state) in &settled.orders {
                assert_eq!(&found[order], state, "round {round}: {order}");
            }
            eprintln!("round {round}: {} acknowledged, {in_flight} in flight, {}", settled.acknowledged, settled.fates);
            assert!(settled.acknowledged >= self.acknowledged && in_flight >= IN_FLIGHT_MIN);
        }
        server.kill();
        server::sweep(self.place);
    }
}

/// How often something is done: a few times in every test run, more when the variable says so (`make torture`).
pub(crate) fn times(variable: &str, few: usize) -> usize {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(few)
}

/// So many rounds, on markets that are new before their goods are sold out.
pub(crate) fn markets(rounds: usize) -> impl Iterator<Item = usize> {
    const EACH: usize = 15;
    (0..rounds.div_ceil(EACH)).map(move |n| EACH.min(rounds - n * EACH))
}

/// A folder on a real disk: memory would survive a kill in any case, and hide what syncing costs.
pub(crate) fn on_disk() -> tempfile::TempDir {
    tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap()
}

fn killed(place: &[&str], rounds: usize) {
    let end = |_, server: &mut Server, _: &Load, _: &Shop| server.kill();
    Lives { place, rounds, acknowledged: 500, start: &|_| Server::start(place), end: &end }.live();
}

#[test]
fn kills_on_the_embedded_database_lose_nothing_and_double_nothing() {
    for rounds in markets(times("XR_KILLS", 8)) {
        let folder = on_disk();
        killed(&["--data", folder.path().to_str().unwrap()], rounds);
    }
}

#[test]
fn kills_on_postgresql_lose_nothing_and_double_nothing() {
    for rounds in markets(times("XR_KILLS_POSTGRES", 2)) {
        let Some(database) = fresh_database(None) else { return };
        killed(&["--database", &database.url()], rounds);
    }
}
