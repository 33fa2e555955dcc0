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

/// Ends every other connection to the database, as a server does that restarts; returns when they are gone.
fn cut_all(location: &Location) {
    let Location::Postgres(url) = location else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let pids: Vec<i32> = client.query(others, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
        // Told first, then waited for one by one: a store may open others at once.
        for wait_ms in [0_i64, 10_000] {
            for pid in &pids {
                client.query_one("SELECT pg_terminate_backend($1, $2)", &[pid, &wait_ms]).await.unwrap();
            }
        }
    });
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
