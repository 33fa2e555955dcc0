//! The logical dump: the same commands give the same text on both engines.

use crate::engines::{Place, places};
use crate::notes::{MIGRATIONS, Then, note};
use std::time::Duration;
use xr_store::{Store, dump, events};

async fn dumped(place: &Place, words: &[&str]) -> (String, String) {
    let store = place.open(MIGRATIONS);
    let mut kept = 0;
    for word in words {
        kept += i64::from(store.write(note(word, Then::Keep)).await.is_ok());
        let _ = store.write(note(&format!("{word}!"), Then::Refuse)).await;
    }
    wait_for(&store, kept).await;
    let location = place.location.clone();
    let write = move || {
        let mut out = Vec::new();
        let hash = dump::write(&store, &location, &mut out).unwrap();
        (hash, String::from_utf8(out).unwrap())
    };
    tokio::task::spawn_blocking(write).await.unwrap()
}

async fn wait_for(store: &Store, seq: i64) {
    for _ in 0..500 {
        if store.read(|tx| Ok(events::last_seq(tx)?)).await.unwrap() == seq {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("events were not numbered");
}

#[tokio::test]
async fn both_engines_dump_the_same_text_whatever_the_locale_sorts() {
    // Upper and lower case, Chinese, and characters that need escaping sort differently in a server's locale.
    let words = ["b", "A", "a", "B", "仓", "é", "tab\there", "new\nline", "'quote'"];
    let mut first: Option<(String, String)> = None;
    for place in places() {
        let found = dumped(&place, &words).await;
        assert!(found.1.contains("notes\tbuyer_id=NULL\tbytes=00ff\t"), "{}", found.1);
        assert_eq!(found.1.lines().filter(|line| line.starts_with("notes\t")).count(), words.len());
        match &first {
            None => first = Some(found),
            Some(other) => assert_eq!(*other, found),
        }
    }
}

#[tokio::test]
async fn one_more_row_changes_the_hash_and_undumped_tables_do_not_show() {
    for (place, other) in places().iter().zip(&places()) {
        let (hash, text) = dumped(place, &["a"]).await;
        assert_ne!(hash, dumped(other, &["a", "b"]).await.0);
        for table in ["secrets", "idempotency", "leases", "migrations", "node_ids"] {
            assert!(!text.lines().any(|line| line.starts_with(&format!("{table}\t"))), "{table}");
        }
    }
}
