//! Commands: all or nothing, each for itself, answered after the commit.

use crate::engines::{places, sqlite};
use crate::notes::{MIGRATIONS, Sleep, Then, code, note, words};
use std::time::Duration;
use xr_base::{Clash, Fault, Instant, StoreError};
use xr_store::{Migration, Store};

#[tokio::test]
async fn an_answered_command_is_read_by_everybody_and_survives_the_store() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        store.write(note("a", Then::Keep)).await.unwrap();
        assert_eq!(words(&store).await, ["a"]);
        tokio::task::spawn_blocking(move || store.close()).await.unwrap();
        let again = place.open(MIGRATIONS);
        assert_eq!(words(&again).await, ["a"]);
    }
}

#[tokio::test]
async fn in_one_group_a_refusal_a_panic_and_a_broken_row_undo_only_themselves() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let sleep = store.write(Sleep(Duration::from_millis(100)));
        let all = [
            ("a", Then::Keep),
            ("b", Then::Refuse),
            ("c", Then::Panic),
            ("d", Then::BreakConstraint),
            ("e", Then::Keep),
        ];
        let [first, refused, panicked, broken, last] = all.map(|(word, then)| store.write(note(word, then)));
        let (_, first, refused, panicked, broken, last) = tokio::join!(sleep, first, refused, panicked, broken, last);
        assert!(first.is_ok() && last.is_ok());
        assert_eq!(code(refused), "notes.refused");
        assert!(matches!(panicked, Err(Fault::Store(StoreError::Engine(_)))), "{panicked:?}");
        assert!(matches!(broken, Err(Fault::Store(StoreError::Engine(_)))), "not a duplicate key: {broken:?}");
        let mut words = words(&store).await;
        words.sort();
        assert_eq!(words, ["a", "e"]);
    }
}

#[tokio::test]
async fn queued_commands_share_a_commit_on_the_embedded_engine() {
    let place = sqlite();
    let store = place.open(MIGRATIONS);
    let sleep = store.write(Sleep(Duration::from_millis(100)));
    let notes: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let tasks: Vec<_> = notes
        .iter()
        .map(|word| {
            let (store, note) = (store.clone(), note(word, Then::Keep));
            async move { store.write(note).await }
        })
        .map(tokio::spawn)
        .collect();
    sleep.await.unwrap();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let stats = store.stats();
    assert_eq!(stats.commands["notes.write_note"].done, 50);
    assert!(stats.groups < 10, "{} commits for 51 commands", stats.groups);
}

#[tokio::test]
async fn a_taken_key_is_the_command_s_to_explain() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        store.write(note("a", Then::Keep)).await.unwrap();
        assert_eq!(code(store.write(note("a", Then::Keep)).await), "notes.taken");
        assert_eq!(words(&store).await, ["a"]);
    }
}

#[tokio::test]
async fn a_command_that_goes_on_after_a_failed_statement_is_never_acknowledged() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let result = store.write(note("a", Then::IgnoreDuplicate)).await;
        assert!(matches!(result, Err(Fault::Store(StoreError::Engine(_)))), "{result:?}");
        assert_eq!(words(&store).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_lost_race_is_run_again_a_few_times_and_then_told() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        assert!(store.write(note("a", Then::RetryUntil(4))).await.is_ok());
        let result = store.write(note("b", Then::RetryUntil(99))).await;
        assert!(matches!(result, Err(Fault::Store(StoreError::Retry(..)))), "{result:?}");
        assert_eq!(words(&store).await, ["a"]);
        assert_eq!(store.stats().retries, [(Clash::Overtaken, 3 + 5)].into());
    }
}

#[tokio::test]
async fn business_time_never_goes_back_between_commands() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        place.clock.jump_to(Instant::parse("2026-02-01T00:00:00Z").unwrap());
        let seen = store.read(|tx| Ok(tx.now())).await.unwrap();
        assert_eq!(seen, store.read(|tx| Ok(tx.now())).await.unwrap());
        assert_eq!(seen.to_string(), "2026-02-01T00:00:00Z");
    }
}

#[tokio::test]
async fn a_query_cannot_write_and_a_panicking_one_harms_nobody() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let written = store.read(|tx| xr_store::Command::run(&note("a", Then::Keep), tx)).await;
        assert!(matches!(written, Err(Fault::Store(StoreError::Engine(_)))), "{written:?}");
        for _ in 0..8 {
            let panicked = store.read::<()>(|_| panic!("the test wants it")).await;
            assert!(panicked.is_err());
        }
        assert_eq!(words(&store).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_full_queue_answers_busy_at_once_and_a_closed_store_too() {
    let place = sqlite();
    let store = place.open(MIGRATIONS);
    let sleeper = tokio::spawn({
        let store = store.clone();
        async move { store.write(Sleep(Duration::from_millis(300))).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let tasks: Vec<_> = (0..1_100)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.write(note(&n.to_string(), Then::Keep)).await })
        })
        .collect();
    let mut busy = 0;
    for task in tasks {
        busy += u32::from(matches!(task.await.unwrap(), Err(Fault::Store(StoreError::Busy))));
    }
    sleeper.await.unwrap().unwrap();
    assert_eq!(busy, 1_100 - 1_024);
    assert_eq!(words(&store).await.len(), 1_024);
    store.close();
    assert!(matches!(store.write(note("late", Then::Keep)).await, Err(Fault::Store(StoreError::Busy))));
}

#[tokio::test]
async fn a_migration_that_was_changed_after_it_ran_stops_the_start() {
    for place in places() {
        drop(place.open(MIGRATIONS));
        let changed = [Migration { sql: "CREATE TABLE notes (id {PK})", ..MIGRATIONS[0] }];
        let config = place.config(&changed, "other");
        let opened = std::thread::spawn(move || Store::open(config).map(|_| ())).join().unwrap();
        assert!(opened.unwrap_err().to_string().contains("9000"), "the message names the migration");
    }
}
