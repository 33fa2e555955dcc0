//! Bodies and keys that are wrong change nothing and say what is wrong.

use crate::app::TestApp;

#[tokio::test]
async fn bad_bodies_are_problems_with_a_field_and_nothing_is_written() {
    let app = TestApp::new();
    let cases = [
        ("{", 400, "web.bad_json", None),
        (r#"{"text":1}"#, 422, "web.wrong_type", Some("text")),
        (r#"{"text":"a","copies":"2"}"#, 422, "web.wrong_type", Some("copies")),
        (r#"{"text":"a","extra":1}"#, 422, "web.unknown_field", Some("extra")),
        (r#"{"copies":1}"#, 422, "web.missing_field", Some("text")),
        (r#"["a"]"#, 422, "web.not_an_object", None),
    ];
    for (body, status, code, field) in cases {
        let answer = app.post_note(body, &[]).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{body}");
        assert_eq!(answer.json()["field"].as_str(), field, "{body}");
    }
    assert_eq!(app.events().await, 0);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let app = TestApp::new();
    let large = format!(r#"{{"text":"{}"}}"#, "x".repeat(1 << 20));
    assert_eq!(app.post_note(&large, &[]).await.problem(), (413, "web.body_too_large".to_owned()));
    let announced = app.post_note("{}", &[("content-length", "99999999")]).await;
    assert_eq!(announced.problem(), (413, "web.body_too_large".to_owned()));
}

#[tokio::test]
async fn only_json_is_taken() {
    let app = TestApp::new();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
        let answer = app.post_note(r#"{"text":"a"}"#, &[("content-type", kind)]).await;
        assert_eq!(answer.problem(), (415, "web.not_json".to_owned()), "{kind}");
    }
    let utf8 = app.post_note(r#"{"text":"a"}"#, &[("content-type", "application/json; charset=utf-8")]).await;
    assert_eq!(utf8.status, 200);
}

#[tokio::test]
async fn a_repeat_under_one_key_gives_the_same_answer_and_writes_once() {
    let app = TestApp::new();
    let key = [("idempotency-key", "4f1c")];
    let first = app.post_note(r#"{"text":"a"}"#, &key).await;
    let second = app.post_note(r#"{"text":"a"}"#, &key).await;
    assert_eq!((first.status.as_u16(), &first.body), (200, &second.body));
    assert_eq!(app.events().await, 1);
}

#[tokio::test]
async fn a_key_with_another_body_is_refused() {
    let app = TestApp::new();
    let key = [("idempotency-key", "4f1c")];
    app.post_note(r#"{"text":"a"}"#, &key).await;
    let other = app.post_note(r#"{"text":"b"}"#, &key).await;
    assert_eq!(other.problem(), (422, "case.idempotency_key_reused".to_owned()));
    assert_eq!(app.events().await, 1);
}

#[tokio::test]
async fn a_refusal_is_repeated_under_its_key_too() {
    let app = TestApp::new();
    let key = [("idempotency-key", "r")];
    let first = app.post_note(r#"{"text":"refuse"}"#, &key).await;
    let second = app.post_note(r#"{"text":"refuse"}"#, &key).await;
    assert_eq!(first.problem(), (409, "notes.refused".to_owned()));
    assert_eq!(second.problem(), first.problem());
}

#[tokio::test]
async fn mangled_keys_are_refused() {
    let app = TestApp::new();
    let long = "k".repeat(201);
    for key in ["", " ", "two words", "tab\tbed", "schlüssel", &long] {
        let answer = app.post_note(r#"{"text":"a"}"#, &[("idempotency-key", key)]).await;
        assert_eq!(answer.problem(), (400, "web.bad_idempotency_key".to_owned()), "{key:?}");
    }
    let two = app.post_note(r#"{"text":"a"}"#, &[("idempotency-key", "a"), ("idempotency-key", "b")]).await;
    assert_eq!(two.problem().0, 400);
    assert_eq!(app.events().await, 0);
    assert_eq!(app.post_note(r#"{"text":"a"}"#, &[("idempotency-key", &long[..200])]).await.status, 200);
}
