//! Bad input: a problem with code and field in both languages, and nothing changes.

mod table;

use crate::foreign::settled;
use crate::scene::{Scene, png};
use serde_json::{Value, json};
use table::{Bad, everything};
use xr_base::Fault;
use xr_store::{Command, Tx, params, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{Web, fresh, on_both, problem, try_problem};

#[test]
fn whatever_is_wrong_is_named_in_both_languages_and_changes_nothing() {
    on_both(|web| {
        let table = everything(web, &Scene::new(web));
        let before = settled(web);
        let mut wrong = Vec::new();
        for Bad { what, ask, status, code, field } in &table {
            let expected = (*status, (*code).to_owned(), field.map(str::to_owned));
            let found = try_problem(web, ask);
            match found {
                Ok(found) if found == expected => {}
                found => wrong.push(format!("{what}: {found:?} instead of {expected:?}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(settled(web), before);
    });
}

#[test]
fn a_repeated_key_gets_the_same_answer_and_nothing_happens_twice() {
    on_both(|web| {
        let (sku, token) = (web.sku(9), web.token("buyer"));
        let cart = web.cart(&[(sku, 2)]);
        let ask = Ask::new("POST /v1/orders").by(&token).keyed(&fresh("again-"));
        let first = web.send(&ask.clone().json(&cart.to_string()));
        assert_eq!(first.status, 200);
        let before = settled(web);
        for _ in 0..3 {
            let again = web.send(&ask.clone().json(&cart.to_string()));
            assert_eq!((again.status, again.text()), (200, first.text()));
        }
        // Another body, or another place, under the same key is a mistake of the caller.
        let reused = (422, "case.idempotency_key_reused".to_owned(), Some("Idempotency-Key".to_owned()));
        let other = web.cart(&[(sku, 3)]).to_string();
        assert_eq!(problem(web, &ask.clone().json(&other)), reused);
        let elsewhere = Ask { path: "/v1/orders?x=1".to_owned(), ..ask.clone() };
        assert_eq!(problem(web, &elsewhere.json(&cart.to_string())), reused);
        assert_eq!((settled(web), web.stock(sku)), (before, (9, 2)));
        // The key is the caller's own: somebody else may use the same text.
        let theirs = Ask::new("POST /v1/orders").by(&web.token("buyer2")).keyed(&ask.headers[1].1);
        assert_eq!(web.send(&theirs.json(&cart.to_string())).status, 200);
        assert_eq!(web.stock(sku), (9, 4));
    });
}

#[test]
fn a_refusal_is_repeated_under_its_key_even_when_it_would_succeed_by_now() {
    let web = Web::sqlite();
    let (sku, token) = (web.sku(1), web.token("buyer"));
    let ask = Ask::new("POST /v1/orders").by(&token).keyed(&fresh("refused-")).json(&web.cart(&[(sku, 1)]).to_string());
    let other = web.token("buyer2");
    let bought = web.buy(&other, &[(sku, 1)]);
    assert_eq!(web.send(&ask).status, 409);
    web.done(&other, &format!("POST /v1/cases/{}/acts", bought.order), &json!({ "event": "cancel" }));
    assert_eq!(web.stock(sku), (1, 0));
    assert_eq!(web.send(&ask).status, 409);
}

#[derive(Clone)]
struct Expire(xr_base::UserId);

impl Command for Expire {
    type Out = ();
    const NAME: &'static str = "test.expire";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.exec(sql!("UPDATE sessions SET expires_at = 1 WHERE user_id = ?1 /* unscoped: a test */"), params![self.0])?;
        Ok(())
    }
}

#[test]
fn a_session_that_is_over_opens_nothing() {
    on_both(|web| {
        let left = web.token("buyer");
        web.done(&left, "DELETE /v1/session", &Value::Null);
        let revoked = web.token("buyer");
        let keeper = web.token("buyer");
        let sessions = web.done(&keeper, "GET /v1/sessions", &Value::Null);
        for session in sessions.as_array().unwrap().iter().filter(|s| s["is_current"] == false) {
            let path = format!("DELETE /v1/sessions/{}", session["id"].as_str().unwrap());
            web.done(&keeper, &path, &Value::Null);
        }
        let expired = web.token("buyer2");
        web.node.store.write_blocking(Expire(web.user("buyer2"))).unwrap();
        let sku = web.sku(3);
        let cart = web.cart(&[(sku, 1)]).to_string();
        let before = settled(web);
        for (why, token) in [("left", &left), ("revoked", &revoked), ("expired", &expired), ("made up", &fresh("no-"))]
        {
            let ask = Ask::new("POST /v1/orders").by(token).keyed(&fresh("over-")).json(&cart);
            assert_eq!(problem(web, &ask), (401, "web.unauthenticated".to_owned(), None), "{why}");
        }
        assert_eq!(settled(web), before);
    });
}

#[test]
fn a_picture_of_three_mebibytes_is_taken_and_one_of_eleven_is_refused_in_words() {
    let web = Web::sqlite();
    let token = web.token("buyer");
    let upload = |bytes: &[u8]| Ask::new("POST /v1/uploads").by(&token).with("Content-Type", "image/png").bytes(bytes);
    // Bytes behind the picture are read and not kept.
    let padded = |size: usize| [png(), vec![0; size]].concat();
    let reply = web.send(&upload(&padded(3 << 20)));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let kept: Value = serde_json::from_slice(&reply.body).unwrap();
    let seen = web.send(&Ask::new(&format!("GET /v1/uploads/{}", kept["sha256"].as_str().unwrap())).by(&token));
    assert_eq!((seen.status, seen.header("cache-control")), (200, "no-store"), "evidence stays in no browser's cache");
    let (status, code, _) = problem(&web, &upload(&padded(11 << 20)));
    assert_eq!((status, code.as_str()), (413, "web.body_too_large"));
}
