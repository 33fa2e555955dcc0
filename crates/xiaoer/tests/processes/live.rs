//! The live channel of a server that dies: clients go on where they were, and nothing is lost or told twice.

use crate::load::{Shop, log_in, order_of, read};
use crate::server::Server;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use xiaoer::market::{MarketConfig, open};
use xr_base::calendar::DayTables;
use xr_base::{Scope, SystemClock};
use xr_store::Location;
use xr_testkit::http::Ask;
use xr_testkit::postgres_server::fresh_database;
use xr_tests::live::{Cuts, Dice, Held, visible};

/// Connections that clients drop, and how often the server dies meanwhile.
const CUTS: usize = 400;
const KILLS: usize = 4;
/// A merchant, a buyer and somebody of the platform.
const PEOPLE: [&str; 3] = ["yunduo", "lin", "audit"];

/// The server of the moment, and how far the test has come.
struct Scene {
    address: RwLock<String>,
    tokens: Vec<String>,
    cuts: Cuts,
    is_over: AtomicBool,
}

impl Scene {
    fn address(&self) -> String {
        self.address.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Orders and cancellations, whether somebody answers or not.
    fn bustle(&self, shop: &Shop) {
        for n in 0.. {
            if self.is_over.load(SeqCst) {
                return;
            }
            let order = shop.place(n).send(&self.address()).ok().and_then(|placed| order_of(&placed));
            let Some(order) = order else {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            let _ = shop.cancel(n, &order).send(&self.address());
        }
    }

    fn read(&self, who: usize) -> Held {
        let mut held = Held::default();
        held.come_and_go(&|| self.address(), &self.tokens[who], Dice(who as u64), &self.cuts);
        held
    }

    /// Kills the server each time another part of the cuts is done, and starts it again.
    fn kill_and_start(&self, server: &mut Server, place: &[&str]) {
        for kill in 1..=KILLS {
            while self.cuts.done.load(SeqCst) < CUTS * kill / (KILLS + 1) {
                std::thread::sleep(Duration::from_millis(1));
            }
            server.kill();
            *server = Server::start(place);
            self.address.write().unwrap_or_else(PoisonError::into_inner).clone_from(&server.address);
        }
    }
}

/// Whose events somebody may see, as the session says.
fn scope_of(address: &str, token: &str) -> Scope {
    let me = read(&Ask::new("GET /v1/session").by(token).send(address).unwrap());
    let text = |name: &str| me[name].as_str().unwrap_or_else(|| panic!("{me}"));
    match text("party") {
        "merchant" => Scope::Merchant(me["org"]["id"].as_str().unwrap().parse().unwrap()),
        "buyer" => Scope::Buyer(text("user").parse().unwrap()),
        _ => Scope::Platform,
    }
}

/// The SELECT of each person's events, by this process: nobody serves the market now.
fn selected(location: Location, scopes: &[Scope]) -> Vec<BTreeMap<i64, String>> {
    let clock = Arc::new(SystemClock::real());
    let config = MarketConfig {
        location,
        clock,
        secret: [7; 32],
        instance: "the test".to_owned(),
        days: DayTables::shipped().clone(),
        sealing: xiaoer::keys::repeatable(),
        ext: Vec::new(),
    };
    let store = open(config).unwrap();
    let selected = scopes.iter().map(|scope| visible(&store, *scope)).collect();
    store.close();
    selected
}

fn live_and_die(place: &[&str], location: Location) {
    let mut server = Server::start(place);
    let shop = Shop::open(&server.address);
    let scene = Scene {
        address: RwLock::new(server.address.clone()),
        tokens: PEOPLE.iter().map(|login| log_in(&server.address, login)).collect(),
        cuts: Cuts { wanted: CUTS, ..Cuts::default() },
        is_over: AtomicBool::new(false),
    };
    let scopes: Vec<Scope> = scene.tokens.iter().map(|token| scope_of(&server.address, token)).collect();
    let mut held: Vec<Held> = std::thread::scope(|scope| {
        let (scene, shop) = (&scene, &shop);
        scope.spawn(|| scene.bustle(shop));
        let readers: Vec<_> = (0..PEOPLE.len()).map(|who| scope.spawn(move || scene.read(who))).collect();
        scene.kill_and_start(&mut server, place);
        let held = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        scene.is_over.store(true, SeqCst);
        held
    });
    server.kill();
    let selected = selected(location, &scopes);
    server = Server::start(place);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for ((held, token), expected) in held.iter_mut().zip(&scene.tokens).zip(&selected) {
        runtime.block_on(held.assert_holds(&server.address, token, expected));
    }
    server.kill();
    let counts: Vec<usize> = selected.iter().map(BTreeMap::len).collect();
    eprintln!("{counts:?} events, {:?}", scene.cuts);
    assert!(counts.iter().all(|n| *n > 100) && scene.cuts.severed.load(SeqCst) > 0);
}

#[test]
fn clients_of_a_server_that_dies_on_the_embedded_database_hold_exactly_what_they_may_see() {
    let folder = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let location = Location::Folder(PathBuf::from(folder.path()));
    live_and_die(&["--data", folder.path().to_str().unwrap()], location);
}

#[test]
fn clients_of_a_server_that_dies_on_postgresql_hold_exactly_what_they_may_see() {
    let Some(database) = fresh_database(None) else { return };
    live_and_die(&["--database", &database.url()], Location::Postgres(database.url()));
}
