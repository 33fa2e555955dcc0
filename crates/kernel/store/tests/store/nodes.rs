//! Several processes on one PostgreSQL database.

use crate::engines::{Place, places};
use crate::notes::MIGRATIONS;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use xr_base::{Clash, Clock, Fault, Millis};
use xr_store::{Command, Location, Migration, Store, Tx, leases, params, sql};

fn postgres() -> Option<Place> {
    places().into_iter().nth(1)
}

fn opened(place: &Place, migrations: &[Migration], instance: &str) -> Store {
    let config = place.config(migrations, instance);
    std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap()
}

#[test]
fn nodes_that_start_at_once_on_an_empty_database_share_its_migrations() {
    let slow = Migration { number: 9001, name: "slow", sql: "SELECT pg_sleep(0.3); CREATE TABLE late (id {PK})" };
    for _ in 0..3 {
        let Some(place) = postgres() else { return };
        let (migrations, start) = ([MIGRATIONS[0], slow], Barrier::new(6));
        let open = |n: usize| {
            start.wait();
            Store::open(place.config(&migrations, &format!("node {n}")))
        };
        let stores: Vec<Store> = std::thread::scope(|scope| {
            let starting: Vec<_> = (0..6).map(|n| scope.spawn(move || open(n))).collect();
            starting.into_iter().map(|node| node.join().unwrap().unwrap()).collect()
        });
        stores.iter().for_each(Store::close);
    }
}

/// Changes two notes, the first before the other command has its first: each then waits for what the other holds.
struct Cross {
    first: &'static str,
    second: &'static str,
    both: Arc<Barrier>,
    runs: AtomicU32,
}

impl Cross {
    fn touch(tx: &mut Tx<'_>, word: &str) -> Result<(), Fault> {
        tx.exec(
            sql!("UPDATE notes SET buyer_id = COALESCE(buyer_id, 0) + 1 WHERE word = ?1 /* unscoped: a test */"),
            params![word],
        )?;
        Ok(())
    }
}

impl Command for Cross {
    type Out = ();
    const NAME: &'static str = "notes.cross";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        Self::touch(tx, self.first)?;
        if self.runs.fetch_add(1, SeqCst) == 0 {
            self.both.wait();
        }
        Self::touch(tx, self.second)
    }
}

struct Write(&'static str);

impl Command for Write {
    type Out = ();
    const NAME: &'static str = "notes.write";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.exec(
            sql!("INSERT INTO notes (id, word) VALUES (?1, ?2) /* unscoped: a test */"),
            params![tx.id::<xr_base::RowId>(), self.0],
        )?;
        Ok(())
    }
}

#[test]
fn a_deadlock_of_two_nodes_is_run_again_counted_and_seen_by_nobody() {
    let Some(place) = postgres() else { return };
    let nodes = ["one", "two"].map(|instance| opened(&place, MIGRATIONS, instance));
    for word in ["a", "b"] {
        nodes[0].write_blocking(Write(word)).unwrap();
    }
    let both = Arc::new(Barrier::new(2));
    std::thread::scope(|scope| {
        for (node, (first, second)) in nodes.iter().zip([("a", "b"), ("b", "a")]) {
            let cross = Cross { first, second, both: Arc::clone(&both), runs: AtomicU32::new(0) };
            scope.spawn(move || node.write_blocking(cross).unwrap());
        }
    });
    let counts: Vec<(i64,)> = nodes[0]
        .read_blocking(|tx| Ok(tx.all(sql!("SELECT buyer_id FROM notes ORDER BY word /* unscoped: a test */"), &[])?))
        .unwrap();
    assert_eq!(counts, [(2,), (2,)]);
    let retries: u64 = nodes.iter().filter_map(|n| n.stats().retries.get(&Clash::Deadlock).copied()).sum();
    // One, unless the loser was quick enough to lose again.
    assert!(retries >= 1, "{:?}", nodes.each_ref().map(Store::stats));
}

struct Take(&'static str);

impl Command for Take {
    type Out = bool;
    const NAME: &'static str = "notes.take";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        Ok(leases::take(tx, "a test", self.0, Millis::minutes(1))?)
    }
}

#[test]
fn a_lease_has_one_holder_until_it_runs_out() {
    for place in places() {
        let store = opened(&place, MIGRATIONS, "test");
        let take = |holder| store.write_blocking(Take(holder)).unwrap();
        let begin = place.clock.wall();
        assert_eq!((take("a"), take("b"), take("a")), (true, false, true));
        place.clock.jump_to(begin + Millis::minutes(1));
        assert!(!take("b"));
        place.clock.jump_to(begin + Millis::minutes(1) + Millis(1));
        assert_eq!((take("b"), take("a")), (true, false));
    }
}

struct Renew(&'static str);

impl Command for Renew {
    type Out = bool;
    const NAME: &'static str = "notes.renew";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        Ok(leases::renew(tx, "a test", self.0, Millis::minutes(1))?)
    }
}

#[test]
fn whoever_lost_a_lease_renews_it_no_more_even_when_it_is_free() {
    for place in places() {
        let store = opened(&place, MIGRATIONS, "test");
        let take = |holder| store.write_blocking(Take(holder)).unwrap();
        let renew = |holder| store.write_blocking(Renew(holder)).unwrap();
        let later = || place.clock.jump_to(place.clock.wall() + Millis::minutes(2));
        assert!(!renew("a"), "nobody has it yet");
        assert!(take("a"));
        later();
        assert!(renew("a"), "it had ended, but nobody took it");
        assert!(!take("b"), "renewed for another minute");
        later();
        assert!(take("b"));
        later();
        assert_eq!((renew("a"), renew("b")), (false, true));
    }
}

/// Runs a text beside the stores.
fn beside(location: &Location, texts: &[&str]) -> Vec<Vec<String>> {
    let Location::Postgres(url) = location else { return vec![] };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let mut answers = Vec::new();
        for text in texts {
            let rows = client.simple_query(text).await.unwrap();
            let first = |row: &tokio_postgres::SimpleQueryMessage| match row {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            };
            answers.push(rows.iter().filter_map(first).collect());
        }
        answers
    })
}

/// Ends every other connection to the database, as a server does that restarts; returns when they are gone.
fn cut_all(location: &Location) {
    let others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let pids = beside(location, &[others]).remove(0);
    // Told first, then waited for one by one: a store may open others at once.
    for wait_ms in [0, 10_000] {
        let ends: Vec<_> = pids.iter().map(|pid| format!("SELECT pg_terminate_backend({pid}, {wait_ms})")).collect();
        beside(location, &ends.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

fn words(store: &Store) -> i64 {
    let count = |tx: &mut Tx<'_>| Ok(tx.one(sql!("SELECT COUNT(*) FROM notes /* unscoped: a test */"), &[])?);
    let (count,): (i64,) = store.read_blocking(count).unwrap();
    count
}

#[test]
fn connections_cut_while_nobody_asks_are_opened_anew_and_nobody_notices() {
    let Some(place) = postgres() else { return };
    let store = opened(&place, &[MIGRATIONS[0]], "one");
    for round in 1..=3 {
        cut_all(&place.location);
        std::thread::scope(|scope| {
            let write = |n: i64| Write(format!("{round} {n}").leak());
            let asking: Vec<_> = (0..20)
                .map(|n| {
                    scope.spawn({
                        let (store, note) = (&store, write(n));
                        move || store.write_blocking(note)
                    })
                })
                .collect();
            for answer in asking {
                answer.join().unwrap().unwrap();
            }
        });
        assert_eq!(words(&store), 20 * round);
    }
    store.close();
}

/// Is cut between its two halves the first time.
struct CutInside {
    location: Location,
    runs: AtomicU32,
}

impl Command for CutInside {
    type Out = ();
    const NAME: &'static str = "notes.cut_inside";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        Write("first").run(tx)?;
        if self.runs.fetch_add(1, SeqCst) == 0 {
            std::thread::scope(|scope| scope.spawn(|| cut_all(&self.location)).join().unwrap());
        }
        Write("second").run(tx)
    }
}

#[test]
fn a_command_that_is_cut_before_its_commit_is_run_again_and_happens_once() {
    let Some(place) = postgres() else { return };
    let store = opened(&place, &[MIGRATIONS[0]], "one");
    store.write_blocking(CutInside { location: place.location.clone(), runs: AtomicU32::new(0) }).unwrap();
    assert_eq!(words(&store), 2);
    assert_eq!(store.stats().retries, [(Clash::Cut, 1)].into());
    store.close();
}

/// Node numbers in the ids of all notes but those of `before`.
fn nodes_of_notes(store: &Store, before: i64) -> Vec<i64> {
    let ids: Vec<(i64,)> = store
        .read_blocking(|tx| Ok(tx.all(sql!("SELECT id FROM notes ORDER BY id /* unscoped: a test */"), &[])?))
        .unwrap();
    ids.iter().map(|(id,)| *id).filter(|id| *id > before).map(|id| id >> 14 & 0xff).collect()
}

/// A process was stopped for so long that another one took its number; then it goes on. Gives the store after `rounds` of that.
fn robbed(place: &Place, ext: Vec<Box<dyn std::any::Any + Send + Sync>>, rounds: i64) -> (Store, Vec<i64>) {
    let mut config = place.config(&[MIGRATIONS[0]], "one");
    config.ext = ext;
    let store = std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap();
    let until = place.clock.wall() + Millis(5_000);
    for round in 0..rounds {
        store.write_blocking(Write(format!("before {round}").leak())).unwrap();
        let rob = format!(
            "UPDATE leases SET holder = 'thief', until_ms = {} WHERE name LIKE 'node:%' AND holder = 'one'",
            until.0
        );
        beside(&place.location, &[&rob]);
        if round == 1 {
            // A process that was stopped for long comes back to connections that the server has closed.
            cut_all(&place.location);
        }
        store.write_blocking(Write(format!("after {round}").leak())).unwrap();
    }
    let numbers = nodes_of_notes(&store, 0);
    (store, numbers)
}

#[test]
fn a_process_whose_number_was_taken_commits_nothing_under_it_and_goes_on_with_another() {
    let Some(place) = postgres() else { return };
    let (store, numbers) = robbed(&place, vec![], 3);
    // Each theft is followed by a number that nobody has.
    assert_eq!(numbers, [0, 1, 1, 2, 2, 3]);
    let seen = beside(&place.location, &["SELECT holder FROM leases WHERE name = 'node:3'"]);
    assert_eq!(seen, [["one"]]);
    store.close();
}

#[cfg(feature = "mutants")]
#[test]
fn without_the_fence_it_would_commit_under_the_number_of_another() {
    let Some(place) = postgres() else { return };
    let (store, numbers) = robbed(&place, vec![Box::new(xr_store::Mutant::Fence)], 3);
    assert_ne!(numbers, [0, 1, 1, 2, 2, 3]);
    store.close();
}
