//! Callers that may block: their work may run on their own threads, beside the queue.

use crate::engines::places;
use crate::notes::{MIGRATIONS, Then, note, words};
use std::sync::Mutex;
use xr_base::{Fault, StoreError};
use xr_store::{Store, Tx};

/// Writes under its own names until the store is closed; gives what was acknowledged.
fn write_on(store: &Store, name: &str) -> Vec<String> {
    let mut kept = Vec::new();
    for n in 0.. {
        let word = format!("{name}-{n}");
        match store.write_blocking(note(&word, Then::Keep)) {
            Ok(_) => kept.push(word),
            Err(Fault::Store(StoreError::Busy)) => break,
            Err(fault) => panic!("{fault}"),
        }
        let many = store.read_blocking(all);
        assert!(!matches!(many, Ok(0)), "{name} does not see what it wrote");
    }
    kept
}

fn all(tx: &mut Tx<'_>) -> Result<i64, Fault> {
    let (many,) = tx.one(xr_store::sql!("SELECT COUNT(*) FROM notes /* unscoped: a test */"), &[])?;
    Ok(many)
}

#[test]
fn a_close_under_callers_and_queue_loses_nothing_and_leaves_nothing_open() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let kept = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for n in 0..4 {
                let (store, kept) = (store.clone(), &kept);
                scope.spawn(move || {
                    let mine = write_on(&store, &format!("caller{n}"));
                    kept.lock().unwrap().extend(mine);
                });
            }
            let queued = tokio::runtime::Builder::new_current_thread().build().unwrap();
            for n in 0..100 {
                let word = format!("queued-{n}");
                if queued.block_on(store.write(note(&word, Then::Keep))).is_ok() {
                    kept.lock().unwrap().push(word);
                }
            }
            // On a busy machine callers come to their turn late.
            while store.read_blocking(all).unwrap() <= 104 {
                std::thread::yield_now();
            }
            store.close();
        });
        let mut kept = kept.into_inner().unwrap();
        assert!(kept.iter().filter(|word| word.starts_with("caller")).count() > 4);
        drop(store);
        let again = place.open(MIGRATIONS);
        let mut held = tokio::runtime::Runtime::new().unwrap().block_on(words(&again));
        kept.sort();
        held.sort();
        assert_eq!(held, kept);
        again.close();
    }
}

#[test]
fn a_panic_on_the_caller_s_thread_undoes_its_work_and_harms_nobody() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        for round in 0..10 {
            assert!(store.write_blocking(note("never", Then::Panic)).is_err());
            let read: Result<i64, Fault> = store.read_blocking(|_| panic!("a query that panics"));
            assert!(read.is_err());
            store.write_blocking(note(&round.to_string(), Then::Keep)).unwrap();
            assert_eq!(store.read_blocking(all).unwrap(), round + 1);
        }
        store.close();
    }
}
