//! Two processes on one place: together on PostgreSQL, one only on a folder.

use crate::kill::{Lives, times};
use crate::load::{Load, Shop, log_in, read};
use crate::server::{Server, doctor, refusal, two_at_once};
use std::collections::BTreeMap;
use std::time::Duration;
use xr_base::{Instant, Millis};
use xr_testkit::http::Ask;
use xr_testkit::postgres_server::{FreshDatabase, OwnServer, fresh_database};
use xr_tests::http::Web;
use xr_tests::rush::{Servers, persist};

const NOTHING: [&str; 0] = [];

/// Two demo servers that began at the same moment on an empty database.
struct Pair {
    servers: [Server; 2],
    operator: String,
    /// Sees the database, and has people and goods of its own.
    web: Web,
    database: FreshDatabase,
}

impl Pair {
    fn start() -> Option<Self> {
        let database = fresh_database(None)?;
        let servers = two_at_once(&["--database", &database.url()], "demo");
        let operator = log_in(&servers[0].address, "op");
        let clock = read(&Ask::new("GET /v1/demo/clock").by(&operator).send(&servers[0].address).unwrap());
        let web = Web::beside(database.url(), Instant::parse(clock["now"].as_str().unwrap()).unwrap());
        Some(Self { servers, operator, web, database })
    }

    fn addresses(&self) -> Vec<String> {
        self.servers.iter().map(|server| server.address.clone()).collect()
    }

    fn rush(&self) -> Servers<'_> {
        let advance = |by: Millis| {
            for address in self.addresses() {
                let body = serde_json::json!({ "advance_ms": by.0 }).to_string();
                let reply = persist(&address, &Ask::new("POST /v1/demo/clock").by(&self.operator).json(&body));
                assert_eq!(reply.status, 200, "{}", reply.text());
            }
            self.web.node.advance(by);
        };
        Servers { web: &self.web, addresses: self.addresses(), advance: Box::new(advance), has_provider: true }
    }

    /// A counter of both servers, summed by one of its labels.
    fn counted(&self, name: &str, label: &str) -> BTreeMap<String, u64> {
        let mut sums = BTreeMap::new();
        for address in self.addresses() {
            let text = Ask::new("GET /metrics").send(&address).unwrap().text();
            for line in text.lines().filter(|line| line.starts_with(&format!("{name}{{"))) {
                let (labels, n) = line.rsplit_once(' ').unwrap();
                let value = labels.split_once(&format!("{label}=\"")).unwrap().1.split('"').next().unwrap();
                *sums.entry(value.to_owned()).or_default() += n.parse::<u64>().unwrap();
            }
        }
        sums
    }

    /// How often a transaction ran again, by cause.
    fn retries(&self) -> BTreeMap<String, u64> {
        self.counted("xiaoer_store_retries_total", "cause")
    }

    /// Nobody was told of a failure of the server, by its own count, and the data is sound.
    fn end(mut self) {
        let told = self.counted("xiaoer_http_requests_total", "status");
        let failures: Vec<_> = told.keys().filter(|status| status.starts_with('5') && *status != "503").collect();
        assert!(failures.is_empty() && told["200"] > 0, "{told:?}");
        eprintln!("answers {told:?}, run again {:?}", self.retries());
        self.servers.iter_mut().for_each(Server::kill);
        doctor(&["--database", &self.database.url()]);
    }
}

#[test]
fn servers_that_start_at_once_on_an_empty_database_serve_one_market() {
    let Some(database) = fresh_database(None) else { return };
    let servers = two_at_once(&["--database", &database.url()], "serve");
    for server in &servers {
        assert_eq!(Ask::new("GET /v1/time").send(&server.address).unwrap().status, 200);
    }
    let Some(pair) = Pair::start() else { return };
    let seen = pair.servers.each_ref().map(|server| Shop::open(&server.address).orders(&server.address));
    assert!(seen[0].len() > 50 && seen[0].keys().eq(seen[1].keys()), "filled by one of them: {seen:?}");
    pair.end();
}

#[test]
fn a_second_process_on_a_folder_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let place = ["--data", folder.path().to_str().unwrap()];
    let mut first = Server::run(&place, "serve");
    let (code, words) = refusal(&place);
    assert!(code == Some(2) && words.contains("in use by another xiaoer process"), "{code:?} {words}");
    assert_eq!(Ask::new("GET /v1/time").send(&first.address).unwrap().status, 200);
    first.kill();
    let mut next = Server::run(&place, "serve");
    next.kill();
}

#[test]
fn buyers_at_two_processes_get_each_unit_once() {
    let Some(pair) = Pair::start() else { return };
    assert_eq!(pair.rush().buyers(50, 10).1, NOTHING);
    assert_eq!(pair.rush().buyers(2_000, 100).1, NOTHING);
    pair.end();
}

#[test]
fn crossing_carts_and_refunds_at_two_processes_lose_nothing_and_their_retries_are_counted() {
    let Some(pair) = Pair::start() else { return };
    let before: u64 = pair.retries().values().sum();
    assert_eq!(pair.rush().crossing_carts(), NOTHING);
    let between: u64 = pair.retries().values().sum();
    assert!(between > before, "every cart was called off at both servers at once: somebody must have lost");
    let (bought, wrong) = pair.rush().refunds();
    assert_eq!(wrong, NOTHING);
    assert_eq!(pair.rush().settle_refunds(&bought), NOTHING);
    pair.end();
}

/// The server below crashes in the middle of the load; the program above it goes on by itself.
#[test]
fn a_database_that_crashes_under_load_loses_nothing_and_is_found_again() {
    let Some(database) = OwnServer::start() else { return };
    let url = database.url();
    let place = ["--database", url.as_str()];
    let end = |round: usize, server: &mut Server, load: &Load, _: &Shop| {
        for crash in 1..=2 {
            database.crash();
            let before = load.acknowledged();
            let now = load.wait_for(before + 100, 1);
            assert!(
                load.acknowledged() >= before + 100,
                "round {round}, crash {crash}: {now} in flight and no answers"
            );
        }
        server.kill();
    };
    let rounds = times("XR_CRASHES_POSTGRES", 1);
    Lives { place: &place, rounds, acknowledged: 150, start: &|_| Server::start(&place), end: &end }.live();
}

#[test]
fn a_program_that_starts_while_its_database_recovers_waits_for_it() {
    let Some(database) = OwnServer::start() else { return };
    let url = database.url();
    let place = ["--database", url.as_str()];
    let mut connected = Server::start(&place);
    for _ in 0..3 {
        database.crash();
        let next = Server::start(&place);
        connected.kill();
        connected = next;
    }
    connected.kill();
}

/// Longer than a node's lease.
const PAUSE: Duration = Duration::from_secs(6);

/// A node stops in the middle of its work, for so long that another one is given its number; then it goes on, and one of them dies.
#[test]
fn a_node_that_was_stopped_for_long_and_one_that_dies_do_no_harm() {
    let Some(database) = fresh_database(None) else { return };
    let url = database.url();
    let place = ["--database", url.as_str()];
    let end = |round: usize, paused: &mut Server, load: &Load, shop: &Shop| {
        paused.pause(true);
        std::thread::sleep(PAUSE);
        let mut other = Server::start(&place);
        std::thread::scope(|scope| {
            for client in 0..8 {
                let address = other.address.clone();
                scope.spawn(move || load.run(shop, &address, 100 + client));
            }
            // What it was in the middle of held nobody up for ever, and both together lose nothing.
            for is_paused in [true, false] {
                let before = load.acknowledged();
                load.wait_for(before + 100, 1);
                assert!(load.acknowledged() >= before + 100, "round {round}: no answers; paused: {is_paused}");
                paused.pause(false);
            }
            let dying = if round.is_multiple_of(2) { &mut *paused } else { &mut other };
            dying.kill();
            let before = load.acknowledged();
            load.wait_for(before + 50, 1);
            paused.kill();
            other.kill();
        });
    };
    let rounds = times("XR_PAUSES_POSTGRES", 1);
    Lives { place: &place, rounds, acknowledged: 150, start: &|_| Server::start(&place), end: &end }.live();
}
