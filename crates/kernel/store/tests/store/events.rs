//! Events: numbered in commit order without gap or loss, on one node and on two.

use crate::engines::places;
use crate::notes::{MIGRATIONS, Note, Then, note};
use std::time::Duration;
use xr_base::{OrgId, Scope};
use xr_store::events::{Event, after, last_seq};
use xr_store::{Location, Store};

/// Reads on from 0 as a consumer does, until `count` events came or some seconds passed.
async fn follow(store: &Store, scope: Scope, count: usize) -> Vec<Event> {
    let mut ticks = store.ticks();
    let mut seen: Vec<Event> = Vec::new();
    let done = async {
        while seen.len() < count {
            ticks.borrow_and_update();
            let from = seen.last().map_or(0, |e| e.seq);
            let found = store.read(move |tx| Ok(after(tx, scope, from, 100)?)).await.unwrap();
            if found.is_empty() {
                // Only a tick ends the wait: a missing one shows as a time-out here.
                ticks.changed().await.unwrap();
            }
            seen.extend(found);
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(10), done).await;
    seen
}

fn word(event: &Event) -> String {
    serde_json::from_str::<serde_json::Value>(&event.body).unwrap()["word"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_committed_is_numbered_from_one_without_gaps_and_nothing_else() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        for n in 0..20 {
            let then = if n % 4 == 3 { Then::Refuse } else { Then::Keep };
            let _ = store.write(note(&n.to_string(), then)).await;
        }
        let seen = follow(&store, Scope::Platform, 15).await;
        let expected: Vec<String> = (0..20).filter(|n| n % 4 != 3).map(|n| n.to_string()).collect();
        assert_eq!(seen.iter().map(word).collect::<Vec<_>>(), expected);
        assert_eq!(seen.iter().map(|e| e.seq).collect::<Vec<_>>(), (1..=15).collect::<Vec<_>>());
        assert_eq!(store.read(|tx| Ok(last_seq(tx)?)).await.unwrap(), 15);
    }
}

#[tokio::test]
async fn each_audience_sees_its_own_events_only() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        for (word, org) in [("a", 7), ("b", 8), ("c", 7)] {
            store.write(Note { org, ..note(word, Then::Keep) }).await.unwrap();
        }
        assert_eq!(follow(&store, Scope::Platform, 3).await.len(), 3);
        let words = async |scope| follow(&store, scope, 1).await.iter().map(word).collect::<Vec<_>>();
        assert_eq!(words(Scope::Merchant(OrgId(7))).await, ["a", "c"]);
        assert_eq!(words(Scope::Merchant(OrgId(8))).await, ["b"]);
        let buyer = store.read(|tx| Ok(after(tx, Scope::Buyer(xr_base::UserId(7)), 0, 9)?)).await.unwrap();
        assert_eq!(buyer.len(), 0);
    }
}

#[tokio::test]
async fn a_consumer_beside_many_writers_misses_nothing() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let consumer = tokio::spawn({
            let store = store.clone();
            async move { follow(&store, Scope::Platform, 200).await }
        });
        let writers: Vec<_> = (0..10)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    for n in 0..20 {
                        store.write(note(&format!("{writer} {n}"), Then::Keep)).await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let seen = consumer.await.unwrap();
        assert_eq!(seen.iter().map(|e| e.seq).collect::<Vec<_>>(), (1..=200).collect::<Vec<_>>());
        let mut words: Vec<String> = seen.iter().map(word).collect();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), 200);
    }
}

#[tokio::test]
async fn two_nodes_number_together_and_consumers_of_either_see_all() {
    for place in places().into_iter().filter(|p| matches!(p.location, Location::Postgres(_))) {
        let open = |name: &str| {
            let config = place.config(MIGRATIONS, name);
            std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap()
        };
        let stores = [open("first"), open("second")];
        let consumers =
            stores.clone().map(|store| tokio::spawn(async move { follow(&store, Scope::Platform, 120).await }));
        let writers = stores.clone().map(|store| {
            tokio::spawn(async move {
                for n in 0..60 {
                    let name = std::ptr::from_ref(&store).addr();
                    store.write(note(&format!("{name} {n}"), Then::Keep)).await.unwrap();
                }
            })
        });
        for writer in writers {
            writer.await.unwrap();
        }
        for consumer in consumers {
            let seqs: Vec<i64> = consumer.await.unwrap().iter().map(|e| e.seq).collect();
            assert_eq!(seqs, (1..=120).collect::<Vec<_>>());
        }
    }
}

#[tokio::test]
async fn when_the_numbering_node_stops_another_takes_over() {
    for place in places().into_iter().filter(|p| matches!(p.location, Location::Postgres(_))) {
        let open = |name: &str| {
            let config = place.config(MIGRATIONS, name);
            std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap()
        };
        let first = open("first");
        first.write(note("a", Then::Keep)).await.unwrap();
        assert_eq!(follow(&first, Scope::Platform, 1).await.len(), 1);
        let second = open("second");
        tokio::task::spawn_blocking(move || first.close()).await.unwrap();
        second.write(note("b", Then::Keep)).await.unwrap();
        let words: Vec<String> = follow(&second, Scope::Platform, 2).await.iter().map(word).collect();
        assert_eq!(words, ["a", "b"]);
    }
}
