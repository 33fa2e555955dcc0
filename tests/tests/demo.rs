//! The demo market: everything that a visitor is promised to find in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xiaoer::demo;
use xiaoer::market::{MarketConfig, open};
use xr_base::calendar::DayTables;
use xr_base::{Actor, Clock as _, Fault, Instant, Millis, SystemClock};
use xr_case::engine::{self, Engine};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Location, Store, Tx, record, sql};
use xr_tests::memory_folder;

/// States that no market of sixty days has.
const OUT_OF_REACH: [(&str, &str); 2] = [
    // A settled payment rests for 180 days before it is archived (XD-29).
    ("payment", "archived"),
    // What was approved is to be confirmed after 180 days (VD-5).
    ("verification", "reverify"),
];

/// A market of so many days, as the first start of `xiaoer demo` makes it.
fn filled(days: i64) -> (tempfile::TempDir, Store, Arc<SystemClock>) {
    let folder = memory_folder();
    let (store, clock) = started(&folder, days);
    (folder, store, clock)
}

fn started(folder: &tempfile::TempDir, days: i64) -> (Store, Arc<SystemClock>) {
    let clock = Arc::new(SystemClock::real());
    let location = Location::Folder(folder.path().to_owned());
    demo::begin(&location, &clock, days).unwrap();
    let store = open(MarketConfig {
        location: location.clone(),
        clock: clock.clone(),
        secret: [7; 32],
        instance: "demo".to_owned(),
        days: DayTables::shipped().clone(),
        sealing: xiaoer::keys::repeatable(),
        ext: Vec::new(),
    })
    .unwrap();
    demo::resume(&location, &store, &clock, "demo").unwrap();
    (store, clock)
}

/// What an import writes: it happened long ago.
struct LongAgo;

impl Command for LongAgo {
    type Out = ();
    const NAME: &'static str = "test.long_ago";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let at = Instant::parse("2025-11-30T12:00:00+08:00").unwrap();
        let body = serde_json::json!({});
        let (case, object, audience) = (None, None, Audience::default());
        tx.event(&NewEvent { kind: "test.long_ago", at, case, object, audience, actor: &Actor::System, body })?;
        Ok(())
    }
}

#[test]
fn business_time_does_not_go_back_when_a_market_with_imported_history_starts_again() {
    let (folder, store, clock) = filled(demo::DAYS_MIN);
    clock.set(clock.wall(), clock.now() + Millis::hours(5), 0);
    let before = clock.now();
    store.write_blocking(LongAgo).unwrap();
    store.close();
    drop(store);
    let (store, clock) = started(&folder, demo::DAYS_MIN);
    assert!((0..60_000).contains(&(clock.now() - before).0), "{before}, then {}", clock.now());
    store.close();
}

record! {
    struct Row {
        kind: String,
        state: String,
        count: i64,
    }
}

type Counts = BTreeMap<(String, String), i64>;

fn counts(tx: &mut Tx<'_>) -> Result<Counts, Fault> {
    let rows: Vec<Row> =
        tx.all(sql!("SELECT kind, state, COUNT(*) FROM cases GROUP BY kind, state /* unscoped: a test */"), &[])?;
    Ok(rows.into_iter().map(|row| ((row.kind, row.state), row.count)).collect())
}

/// Every state of the machines as they are shipped.
fn states(tx: &mut Tx<'_>) -> Result<BTreeSet<(String, String)>, Fault> {
    let books = Engine::from_tx(tx)?.books().all_current();
    let of = |ready: &Arc<engine::Ready>| {
        let book = ready.book.book();
        book.states.keys().map(|state| (book.kind.clone(), state.clone())).collect::<Vec<_>>()
    };
    Ok(books.iter().flat_map(of).collect())
}

record! {
    struct Waiting {
        due: Instant,
        is_first: bool,
    }
}

/// What reviewers have before them.
fn waiting(tx: &mut Tx<'_>) -> Result<Vec<Waiting>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT c.due_at AS due, v.is_first FROM cases c JOIN verifications v ON v.case_id = c.id
             WHERE c.state = 'submitted' ORDER BY c.due_at /* unscoped: a test */"
        ),
        &[],
    )?)
}

fn broken(tx: &mut Tx<'_>) -> Result<Vec<String>, Fault> {
    let mut found = engine::broken(tx)?;
    found.extend(xr_payments::ledger::broken(tx)?);
    found.extend(xr_inventory::queries::broken(tx)?.into_iter().map(|sku| sku.to_string()));
    Ok(found)
}

#[test]
fn every_state_of_every_machine_has_a_case_and_two_markets_are_alike() {
    let [(_kept, store, clock), (_same, again, _)] = std::thread::scope(|scope| {
        let filling = [(); 2].map(|()| scope.spawn(|| filled(demo::DAYS)));
        filling.map(|market| market.join().unwrap())
    });
    let found = store.read_blocking(counts).unwrap();
    let wanted = store.read_blocking(states).unwrap();
    let out_of_reach: BTreeSet<_> = OUT_OF_REACH.map(|(kind, state)| (kind.to_owned(), state.to_owned())).into();
    let missing: BTreeSet<_> = wanted.into_iter().filter(|state| !found.contains_key(state)).collect();
    assert_eq!(missing, out_of_reach, "{found:?}");
    assert_eq!(found, again.read_blocking(counts).unwrap());
    assert_eq!(store.read_blocking(broken).unwrap(), Vec::<String>::new());
    let end = Instant::parse("2026-01-12T09:00:00+08:00").unwrap();
    assert!((0..60_000).contains(&(clock.now() - end).0), "it ends on Monday morning");
    assert!(found.values().sum::<i64>() > 1_500, "{found:?}");
    let desk = store.read_blocking(waiting).unwrap();
    assert!(desk.len() > 2 && desk.iter().any(|one| one.is_first), "somebody's review was missed before");
    assert!(
        (Millis(0)..Millis::hours(24)).contains(&(desk[0].due - end)),
        "somebody's ends on the visitor's first day"
    );
    store.close();
    again.close();
}

#[test]
fn a_market_of_a_week_is_made_of_what_is_written_alone() {
    let (_kept, store, _) = filled(demo::DAYS_MIN);
    let found = store.read_blocking(counts).unwrap();
    let imported = found[&("order".to_owned(), "finished".to_owned())];
    let orders: i64 = found.iter().filter(|((kind, _), _)| kind == "order").map(|(_, count)| count).sum();
    assert!(orders - imported <= 72, "{found:?}");
    assert_eq!(store.read_blocking(broken).unwrap(), Vec::<String>::new());
    store.close();
}
