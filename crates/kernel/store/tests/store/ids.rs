//! Ids grow, survive a restart, and two processes never give the same.

use crate::engines::{places, sqlite};
use crate::notes::{MIGRATIONS, Then, note};
use xr_store::Store;

#[tokio::test]
async fn ids_grow_across_a_restart_even_if_the_clock_stands_still() {
    for place in places() {
        let mut last = None;
        for word in ["a", "b", "c"] {
            let store = place.open(MIGRATIONS);
            let written = store.write(note(word, Then::Keep)).await.unwrap();
            assert!(last < Some(written.id), "{word}");
            last = Some(written.id);
            tokio::task::spawn_blocking(move || store.close()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_folder_has_one_process_at_a_time() {
    let place = sqlite();
    let store = place.open(MIGRATIONS);
    let second = Store::open(place.config(MIGRATIONS, "second"));
    assert!(second.err().unwrap().to_string().contains("in use"));
    store.close();
    drop(store);
    assert!(Store::open(place.config(MIGRATIONS, "third")).is_ok());
}

#[tokio::test]
async fn two_stores_on_one_server_never_give_the_same_id() {
    for place in places().into_iter().filter(|p| matches!(p.location, xr_store::Location::Postgres(_))) {
        let open = |name: &str| {
            let config = place.config(MIGRATIONS, name);
            std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap()
        };
        let (first, second) = (open("first"), open("second"));
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..50 {
            for (store, name) in [(&first, "first"), (&second, "second")] {
                seen.insert(store.write(note(&format!("{name} {n}"), Then::Keep)).await.unwrap().id);
            }
        }
        assert_eq!(seen.len(), 100);
    }
}
