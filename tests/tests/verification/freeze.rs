//! A freeze shuts everybody out at once; two persons end it.

use crate::{CODE, Shop, applied, reading};
use serde_json::{Value, json};
use xr_base::{Fault, Millis, OrgId, RowId, UserId};
use xr_identity::Identity;
use xr_store::{Command, Tx, params, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both};

fn platform(web: &Web) -> OrgId {
    let user = web.user("op");
    let org = move |tx: &mut Tx<'_>| Ok(xr_identity::queries::user(tx, user)?.and_then(|user| user.org));
    web.node.store.read_blocking(org).unwrap().unwrap()
}

/// Somebody who was approved and is frozen now.
fn frozen(web: &Web, op: &str) -> Shop {
    let shop = applied(web, CODE);
    assert_eq!(shop.act(web, &shop.token, "submit", &Value::Null).0, 200);
    assert_eq!(shop.act(web, op, "approve", &reading(CODE)).0, 200);
    assert_eq!(shop.act(web, op, "freeze", &json!({ "reason": "账号疑似被盗" })).0, 200);
    shop
}

/// Two persons of security, and whom the first one froze.
fn two_and_frozen(web: &Web) -> (String, String, Shop) {
    let op = web.token("op");
    let shop = frozen(web, &op);
    (op, web.colleague("security", platform(web)), shop)
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

fn may_log_in(web: &Web, shop: &Shop) -> (u16, String) {
    let body = json!({ "login": shop.who.made.login, "password": xr_tests::http::PASSWORD }).to_string();
    let reply = web.send(&Ask::new("POST /v1/session").json(&body));
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    (reply.status, answer["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_freeze_ends_every_session_and_no_one_person_ends_the_freeze() {
    on_both(|web| {
        let (op, other, shop) = two_and_frozen(web);
        let is_in = || web.send(&Ask::new("GET /v1/verification").by(&shop.token)).status;
        xr_tests::rush::wait_until(&|| is_in() == 401);
        assert_eq!(may_log_in(web, &shop), (403, "identity.log_in_blocked".to_owned()));

        assert_eq!(code(&shop.act(web, &op, "unfreeze", &Value::Null)), (409, "verification.needs_second"));
        assert_eq!(shop.act(web, &op, "request_unfreeze", &Value::Null).0, 200);
        assert_eq!(code(&shop.act(web, &op, "unfreeze", &Value::Null)), (409, "identity.needs_another"), "not alone");
        let reviewer = web.colleague("auditor", platform(web));
        assert_eq!(shop.act(web, &reviewer, "unfreeze", &Value::Null).0, 403, "nor by who may not");
        web.node.advance(Millis::hours(24));
        assert_eq!(
            code(&shop.act(web, &other, "unfreeze", &Value::Null)),
            (409, "verification.needs_second"),
            "too late"
        );
        assert_eq!(may_log_in(web, &shop).0, 403);

        assert_eq!(shop.act(web, &other, "request_unfreeze", &Value::Null).0, 200);
        let (status, view) = shop.act(web, &op, "unfreeze", &Value::Null);
        assert_eq!((status, view["state"].as_str()), (200, Some("approved")), "{view}");
        assert_eq!(may_log_in(web, &shop).0, 200);
        assert_eq!(is_in(), 401, "an old session stays over");
    });
}

#[test]
fn a_freeze_that_became_a_suspension_still_shuts_out_until_two_persons_end_it() {
    on_both(|web| {
        let (op, other, shop) = two_and_frozen(web);
        web.node.advance(Millis::hours(72));
        let state = || web.done(&op, &format!("GET /v1/cases/{}", shop.case), &Value::Null)["state"].clone();
        xr_tests::rush::wait_until(&|| state() == "suspended");
        assert_eq!(may_log_in(web, &shop).0, 403);
        assert_eq!(code(&shop.act(web, &op, "unblock", &Value::Null)), (409, "verification.needs_second"));
        assert_eq!(shop.act(web, &op, "request_unblock", &Value::Null).0, 200);
        let (status, view) = shop.act(web, &other, "unblock", &Value::Null);
        assert_eq!((status, view["state"].as_str()), (200, Some("suspended")), "{view}");
        assert_eq!(may_log_in(web, &shop).0, 200, "to hand in its papers");
        assert_eq!(code(&shop.act(web, &op, "request_unblock", &Value::Null)), (409, "verification.not_blocked"));
    });
}

/// A session whose log-in was under way while the freeze came.
struct SlipIn(UserId, String);

impl Command for SlipIn {
    type Out = ();
    const NAME: &'static str = "test.slip_in";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (id, wall): (RowId, _) = (tx.id(), tx.wall());
        tx.put(
            sql!(
                "INSERT INTO sessions (id, token_hash, user_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 /* unscoped: a test */"
            ),
            params![id, self.1, self.0, wall, wall + Millis::days(7)],
        )?;
        Ok(())
    }
}

#[test]
fn a_session_that_slips_in_behind_a_freeze_opens_nothing() {
    on_both(|web| {
        let op = web.token("op");
        let shop = frozen(web, &op);
        let slip = SlipIn(shop.who.made.user, Identity::token_hash("slipped-in"));
        web.node.store.write_blocking(slip).unwrap();
        assert_eq!(web.send(&Ask::new("GET /v1/session").by("slipped-in")).status, 401);
    });
}
