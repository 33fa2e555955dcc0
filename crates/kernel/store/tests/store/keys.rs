//! Idempotency keys: one key, one effect, one answer.

use crate::engines::places;
use crate::notes::{MIGRATIONS, Then, code, note, words};
use xr_store::IdempotencyKey;

#[allow(clippy::unnecessary_wraps, reason = "as the store takes it")]
fn key(principal: &str, body: &str) -> Option<IdempotencyKey> {
    Some(IdempotencyKey { principal: principal.to_owned(), key: "k".to_owned(), body_hash: body.to_owned() })
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_does_nothing() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let first = store.write_once(note("a", Then::Keep), key("ann", "1")).await.unwrap();
        let again = store.write_once(note("a", Then::Keep), key("ann", "1")).await.unwrap();
        assert_eq!((first, words(&store).await), (again, vec!["a".to_owned()]));
    }
}

#[tokio::test]
async fn another_body_under_the_key_is_refused_and_the_first_answer_stays() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let first = store.write_once(note("a", Then::Keep), key("ann", "1")).await.unwrap();
        for _ in 0..2 {
            let other = store.write_once(note("b", Then::Keep), key("ann", "2")).await;
            assert_eq!(code(other), "case.idempotency_key_reused");
        }
        assert_eq!(store.write_once(note("a", Then::Keep), key("ann", "1")).await.unwrap(), first);
    }
}

#[tokio::test]
async fn keys_of_two_people_never_meet() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        store.write_once(note("a", Then::Keep), key("ann", "1")).await.unwrap();
        store.write_once(note("b", Then::Keep), key("bob", "2")).await.unwrap();
        assert_eq!(words(&store).await, ["a", "b"]);
    }
}

#[tokio::test]
async fn a_refusal_is_kept_although_its_work_is_undone() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        assert_eq!(code(store.write_once(note("a", Then::Refuse), key("ann", "1")).await), "notes.refused");
        // The same request would succeed now, but its answer was given.
        assert_eq!(code(store.write_once(note("a", Then::Keep), key("ann", "1")).await), "notes.refused");
        assert_eq!(words(&store).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_failure_is_not_kept_and_may_succeed_when_repeated() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        assert!(store.write_once(note("a", Then::Panic), key("ann", "1")).await.is_err());
        assert!(store.write_once(note("a", Then::Keep), key("ann", "1")).await.is_ok());
    }
}

#[tokio::test]
async fn one_key_sent_many_times_at_once_has_one_effect() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let tasks: Vec<_> = (0..24)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.write_once(note("a", Then::Keep), key("ann", "1")).await })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        // Whoever lost on the unique word is told so under its own attempt, never under the winner's.
        let first = answers.iter().find_map(|a| a.as_ref().ok()).unwrap();
        assert!(answers.iter().all(|answer| answer.as_ref().ok() == Some(first)), "{answers:?}");
        assert_eq!(words(&store).await, ["a"]);
    }
}
