//! The hash chain: an untouched record passes, and whatever is changed behind the store's back is named.

use crate::engines::{Place, places};
use crate::notes::MIGRATIONS;
use xr_base::{Clock, Fault, Millis};
use xr_store::audit::{Break, COLUMNS, Report, What, seal_next, verify};
use xr_store::{Command, Statement, Store, Tx, dump, sql};

/// So long nothing is sealed that is no full block.
const PATIENCE: Millis = Millis::minutes(5);

/// What somebody with the database's password does.
struct Tamper(Vec<&'static Statement>);

impl Command for Tamper {
    type Out = ();
    const NAME: &'static str = "notes.tamper";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        for statement in &self.0 {
            assert!(tx.exec(statement, &[])? > 0, "{} hits nothing", statement.text);
        }
        Ok(())
    }
}

/// Many events at once.
struct Burst(i64);

impl Command for Burst {
    type Out = ();
    const NAME: &'static str = "notes.burst";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        for n in 0..self.0 {
            let (at, body) = (tx.now(), serde_json::json!({ "n": n, "words": "仓 é" }));
            let audience = xr_store::events::Audience::default();
            let actor = &xr_base::Actor::System;
            tx.event(&xr_store::events::NewEvent {
                kind: "note.burst",
                at,
                case: None,
                object: None,
                audience,
                actor,
                body,
            })?;
        }
        Ok(())
    }
}

async fn filled(place: &Place, bursts: &[i64]) -> Store {
    let store = place.open(MIGRATIONS);
    for burst in bursts {
        store.write(Burst(*burst)).await.unwrap();
    }
    numbered(&store, bursts.iter().sum()).await;
    store
}

/// Waits until the sequencer has come so far.
async fn numbered(store: &Store, seq: i64) {
    let mut ticks = store.ticks();
    let done = async {
        loop {
            ticks.borrow_and_update();
            if store.read(|tx| Ok(xr_store::events::last_seq(tx)?)).await.unwrap() >= seq {
                return;
            }
            ticks.changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), done).await.expect("events are numbered");
}

async fn seal_all(store: &Store, patience: Millis) {
    while seal_next(store, patience).await.unwrap() {}
}

async fn checked(place: &Place, expected: Option<[u8; 32]>) -> Report {
    let location = place.location.clone();
    tokio::task::spawn_blocking(move || verify(&location, expected).unwrap()).await.unwrap()
}

async fn blocks(store: &Store) -> Vec<(i64, i64)> {
    let read = store.read(|tx| {
        Ok(tx.all(sql!("SELECT first_seq, last_seq FROM event_blocks ORDER BY last_seq /* unscoped: a test */"), &[])?)
    });
    read.await.unwrap()
}

#[tokio::test]
async fn full_blocks_are_sealed_at_once_and_the_rest_when_it_has_waited() {
    for place in places() {
        let store = filled(&place, &[1_500, 700]).await;
        seal_all(&store, PATIENCE).await;
        assert_eq!(blocks(&store).await, [(1, 1_000), (1_001, 2_000)]);
        let young = checked(&place, None).await;
        assert_eq!((young.broken, young.events, young.blocks, young.unsealed), (0, 2_200, 2, 200));
        place.clock.jump_to(place.clock.now() + PATIENCE);
        seal_all(&store, PATIENCE).await;
        assert_eq!(blocks(&store).await.last(), Some(&(2_001, 2_200)));
        let old = checked(&place, None).await;
        assert_eq!((old.broken, old.blocks, old.unsealed), (0, 3, 0));
        // The hash speaks of events, not of when somebody sealed them.
        assert_eq!(old.hash, young.hash);
        seal_all(&store, PATIENCE).await;
        assert_eq!(blocks(&store).await.len(), 3, "nothing is left to seal");
    }
}

#[tokio::test]
async fn the_same_events_have_the_same_hash_on_both_engines() {
    let mut hashes = Vec::new();
    for place in places() {
        let store = filled(&place, &[3, 4]).await;
        hashes.push(checked(&place, None).await.hash);
        store.close_later().await;
    }
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{hashes:?}");
}

#[tokio::test]
async fn every_column_of_events_is_covered() {
    for place in places() {
        let store = filled(&place, &[1]).await;
        let location = place.location.clone();
        let write = move || {
            let mut out = Vec::new();
            dump::write(&store, &location, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let dumped = tokio::task::spawn_blocking(write).await.unwrap();
        let line = dumped.lines().find(|line| line.starts_with("events\t")).unwrap();
        let mut found: Vec<&str> = line.split('\t').skip(1).map(|cell| cell.split('=').next().unwrap()).collect();
        let mut covered = COLUMNS.to_vec();
        found.sort_unstable();
        covered.sort_unstable();
        assert_eq!(found, covered);
    }
}

#[tokio::test]
async fn callers_that_seal_at_once_leave_one_chain() {
    for place in places() {
        let store = filled(&place, &[3_300]).await;
        place.clock.jump_to(place.clock.now() + PATIENCE);
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { seal_all(&store, PATIENCE).await })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        assert_eq!(blocks(&store).await, [(1, 1_000), (1_001, 2_000), (2_001, 3_000), (3_001, 3_300)]);
        assert_eq!(checked(&place, None).await.broken, 0);
    }
}

/// A record of three blocks, 1,000, 1,000 and 50 events, and what a check finds after somebody was there.
async fn after(place: &Place, statements: Vec<&'static Statement>) -> Report {
    let store = filled(place, &[2_050]).await;
    place.clock.jump_to(place.clock.now() + PATIENCE);
    seal_all(&store, PATIENCE).await;
    assert_eq!(checked(place, None).await.broken, 0, "untouched");
    store.write(Tamper(statements)).await.unwrap();
    let report = checked(place, None).await;
    store.close_later().await;
    report
}

/// Statements, and the first difference that shows.
type Case = (Vec<&'static Statement>, What, i64, Option<(i64, i64)>);

macro_rules! raw {
    ($($text:literal),+) => { vec![$(sql!(concat!($text, " /* unscoped: a test */"))),+] };
}

async fn assert_caught(cases: impl Fn() -> Vec<Case>) {
    let count = cases().len();
    for index in 0..count {
        for place in places() {
            let (statements, what, seq, block) = cases().swap_remove(index);
            let text = statements[0].text;
            let report = after(&place, statements).await;
            assert!(report.broken >= 1, "{text} was not seen");
            let Break { what: w, seq: s, block: b, .. } = report.breaks[0];
            assert_eq!((w, s, b), (what, seq, block), "{text}");
        }
    }
}

#[tokio::test]
async fn a_change_of_any_column_is_caught_at_its_event() {
    let second = Some((1_001, 2_000));
    assert_caught(move || {
        let changed = |statements| (statements, What::Changed, 1_005, second);
        vec![
            changed(raw!("UPDATE events SET at = at + 1 WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)")),
            changed(raw!("UPDATE events SET kind = 'x' WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)")),
            changed(raw!("UPDATE events SET case_id = 1 WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)")),
            changed(raw!(
                "UPDATE events SET merchant_org = 0 WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)"
            )),
            changed(raw!("UPDATE events SET shop_id = 0 WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)")),
            changed(raw!(
                "UPDATE events SET buyer_id = 0 WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)"
            )),
            changed(raw!("UPDATE events SET actor = '' WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)")),
            changed(raw!(
                "UPDATE events SET party = 'buyer' WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)"
            )),
            changed(raw!(
                "UPDATE events SET body = body || ' ' WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)"
            )),
            // Columns that most events leave empty: what is put there shows as well.
            changed(raw!(
                "UPDATE events SET address = '10.0.0.*' WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)"
            )),
            changed(raw!(
                "UPDATE events SET object_id = 7 WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)"
            )),
            // The id in both tables, so that the order still finds the event.
            changed(raw!(
                "UPDATE events SET id = 5 WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1005)",
                "UPDATE event_seq SET event_id = 5 WHERE seq = 1005"
            )),
        ]
    })
    .await;
}

#[tokio::test]
async fn events_that_are_taken_out_put_in_or_moved_are_caught_at_their_place() {
    let (first, second, third) = (Some((1, 1_000)), Some((1_001, 2_000)), Some((2_001, 2_050)));
    assert_caught(move || {
        vec![
            (raw!("DELETE FROM events WHERE id = (SELECT event_id FROM event_seq WHERE seq = 7)"), What::Missing, 7, first),
            (raw!("DELETE FROM event_seq WHERE seq = 2000"), What::Missing, 2_000, second),
            // Taken out, and the others numbered anew.
            (
                raw!(
                    "DELETE FROM event_seq WHERE seq = 1500",
                    "UPDATE event_seq SET seq = -seq WHERE seq > 1500",
                    "UPDATE event_seq SET seq = -seq - 1 WHERE seq < 0"
                ),
                What::Missing,
                1_500,
                second,
            ),
            (
                raw!(
                    "UPDATE event_seq SET seq = -seq WHERE seq >= 3",
                    "UPDATE event_seq SET seq = 1 - seq WHERE seq < 0",
                    "INSERT INTO events (id, at, kind, actor, party, body) VALUES (5, 5, 'x', 'system', 'system', '{}')",
                    "INSERT INTO event_seq (seq, event_id) VALUES (3, 5)"
                ),
                What::Inserted,
                3,
                first,
            ),
            (
                raw!(
                    "UPDATE event_seq SET seq = -1 WHERE seq = 2010",
                    "UPDATE event_seq SET seq = 2010 WHERE seq = 2020",
                    "UPDATE event_seq SET seq = 2020 WHERE seq = -1"
                ),
                What::Reordered,
                2_010,
                third,
            ),
            // The contents of two rows swapped, their ids and places left.
            (
                raw!(
                    "UPDATE events SET body = (SELECT e.body FROM events e WHERE e.id = (SELECT event_id FROM event_seq
                     WHERE seq = 2)) WHERE id = (SELECT event_id FROM event_seq WHERE seq = 1)"
                ),
                What::Changed,
                1,
                first,
            ),
            (raw!("DELETE FROM event_seq WHERE seq > 2040"), What::Cut, 2_041, third),
            (raw!("DELETE FROM event_seq WHERE seq > 990"), What::Cut, 991, first),
            (raw!("DELETE FROM event_seq"), What::Cut, 1, first),
            // An event without a place, and a place given twice.
            (
                raw!("INSERT INTO events (id, at, kind, actor, party, body) VALUES (5, 5, 'x', 'system', 'system', '{}')"),
                What::Unplaced,
                2_050,
                None,
            ),
            (
                raw!("INSERT INTO event_seq (seq, event_id) SELECT 2051, event_id FROM event_seq WHERE seq = 1"),
                What::Unplaced,
                2_051,
                None,
            ),
        ]
    })
    .await;
}

#[tokio::test]
async fn blocks_that_are_tampered_with_are_caught() {
    let (first, second, third) = (Some((1, 1_000)), Some((1_001, 2_000)), Some((2_001, 2_050)));
    let zero = sql!(
        "UPDATE event_blocks SET hash = '0000000000000000000000000000000000000000000000000000000000000000'
         WHERE last_seq = 2000 /* unscoped: a test */"
    );
    assert_caught(move || {
        vec![
            (vec![zero], What::Block, 1_001, second),
            (
                raw!("UPDATE event_blocks SET hash = (SELECT hash FROM event_blocks WHERE last_seq = 1000) WHERE last_seq = 2050"),
                What::Block,
                2_001,
                third,
            ),
            (raw!("UPDATE event_blocks SET first_seq = 2 WHERE last_seq = 1000"), What::Block, 2, Some((2, 1_000))),
            (raw!("UPDATE event_blocks SET last_seq = 1001 WHERE last_seq = 1000"), What::Block, 1, Some((1, 1_001))),
            (raw!("DELETE FROM event_blocks WHERE last_seq = 1000"), What::Block, 1_001, second),
            (
                raw!("UPDATE event_blocks SET marks = (SELECT marks FROM event_blocks WHERE last_seq = 2000) WHERE last_seq = 1000"),
                What::Changed,
                1,
                first,
            ),
        ]
    })
    .await;
}

#[tokio::test]
async fn only_a_hash_noted_elsewhere_shows_that_the_end_is_gone_with_its_blocks() {
    for place in places() {
        let store = filled(&place, &[2_050]).await;
        let noted = xr_store::audit::noted(&checked(&place, None).await.hash);
        assert!(noted.is_some());
        seal_all(&store, PATIENCE).await;
        store.write(Burst(3)).await.unwrap();
        numbered(&store, 2_053).await;
        let grown = checked(&place, noted).await;
        assert_eq!((grown.broken, grown.expected_at), (0, Some(2_050)));
        let cut = raw!("DELETE FROM event_blocks WHERE last_seq > 1000", "DELETE FROM event_seq WHERE seq > 1500");
        store.write(Tamper(cut)).await.unwrap();
        // As thorough as one can be: no event is left that would be one too many.
        let tidy = raw!("DELETE FROM events WHERE id NOT IN (SELECT event_id FROM event_seq)");
        store.write(Tamper(tidy)).await.unwrap();
        let short = checked(&place, noted).await;
        assert_eq!((short.broken, short.last_seq, short.expected_at), (0, 1_500, None));
    }
}

#[tokio::test]
async fn nothing_is_sealed_over_an_event_that_cannot_be_read() {
    for place in places() {
        let store = filled(&place, &[1_010]).await;
        store.write(Tamper(raw!("DELETE FROM event_seq WHERE seq = 5"))).await.unwrap();
        assert!(!seal_next(&store, PATIENCE).await.unwrap());
        assert_eq!(blocks(&store).await, [(1, 4)]);
        let refused = seal_next(&store, PATIENCE).await.unwrap_err();
        assert!(refused.to_string().contains("event 5 of the record"), "{refused}");
        let report = checked(&place, None).await;
        assert_eq!((report.breaks[0].what, report.breaks[0].seq, report.breaks[0].block), (What::Missing, 5, None));
    }
}

#[tokio::test]
async fn a_column_that_holds_something_foreign_is_a_change_and_no_failure() {
    let place = crate::engines::sqlite();
    // SQLite keeps what it is given, whatever the column's type; PostgreSQL would refuse it.
    let float = raw!("UPDATE events SET at = 1.5 WHERE id = (SELECT event_id FROM event_seq WHERE seq = 9)");
    let report = after(&place, float).await;
    assert_eq!((report.breaks[0].what, report.breaks[0].seq), (What::Changed, 9));
}

trait CloseLater {
    async fn close_later(self);
}

impl CloseLater for Store {
    /// PostgreSQL's connections must not be closed on an async thread.
    async fn close_later(self) {
        tokio::task::spawn_blocking(move || self.close()).await.unwrap();
    }
}
