//! Who hears what, how often, and what becomes of what does not arrive.

use crate::receiver::{Answer, Heard, Receiver};
use crate::{Hook, Later, bytes_of, on_both};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xr_base::Clock as _;
use xr_tests::http::Web;
use xr_web::signed::{SignedHeaders, verify};
use xr_webhooks::Reach;

/// Tries of a message before it is given up.
const TRIES: usize = 10;

fn is_signed(web: &Web, heard: &Heard, secret: &str) -> bool {
    let header = |name: &str| heard.headers[name].clone();
    let headers = SignedHeaders {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    verify(&bytes_of(secret), &headers, heard.body.as_bytes(), web.node.clock.wall()).is_ok()
}

#[test]
fn what_happens_is_told_to_whom_it_concerns_and_to_nobody_else() {
    on_both(Reach::Anywhere, |web| {
        let (receiver, other, platform) = (Receiver::start(), Receiver::start(), Receiver::start());
        let hook = Hook::add(web, "shop", &receiver, &["order"]);
        Hook::add(web, "shop2", &other, &[]);
        Hook::add(web, "op", &platform, &["order.opened"]);
        let buyer = web.token("buyer");
        let bought = web.buy(&buyer, &[(web.sku(1), 1)]);
        web.pay(&buyer, &bought);
        let heard = receiver.wait(2);
        let kinds: BTreeSet<String> = heard.iter().map(|one| one.json()["type"].as_str().unwrap().to_owned()).collect();
        assert!(kinds.contains("cn.xiaoer.order.opened.v1"), "{kinds:?}");
        assert!(kinds.iter().all(|kind| kind.starts_with("cn.xiaoer.order.")), "{kinds:?}");
        for one in &heard {
            assert!(is_signed(web, one, &hook.secret), "{one:?}");
            assert!(!is_signed(web, one, &Hook::add(web, "shop", &receiver, &["none"]).secret));
            assert_eq!(one.line, "POST /in?k=v HTTP/1.1");
            assert!(one.headers["content-type"].starts_with("application/cloudevents+json"));
            let message = one.json();
            assert_eq!((&message["specversion"], &message["id"]), (&json!("1.0"), &json!(one.id())));
            assert_eq!(message["subject"], bought.order.as_str());
            assert!(!one.body.contains("李雷") && !one.body.contains("138"), "{}", one.body);
        }
        let ids: BTreeSet<&str> = heard.iter().map(Heard::id).collect();
        assert_eq!(ids.len(), heard.len(), "each once");
        assert_eq!(platform.wait(1)[0].json()["subject"], bought.order.as_str());
        // The other merchant has heard of its own webhook, and of nothing of this order.
        assert!(other.heard().iter().all(|one| !one.body.contains(&bought.order)));
    });
}

#[test]
fn a_message_is_tried_again_under_its_id_until_it_is_taken() {
    on_both(Reach::Anywhere, |web| {
        let receiver = Receiver::start();
        receiver.answer([Answer::Status(500), Answer::HangUp]);
        let hook = Hook::add(web, "shop", &receiver, &["none"]);
        let id = hook.ping(web);
        for tries in 1..=2 {
            hook.until(web, &id, |shown| shown["attempts"].as_array().unwrap().len() == tries);
            assert_eq!(web.node.store.write_blocking(Later).unwrap(), 1);
        }
        let shown = hook.until(web, &id, |shown| shown["delivery"]["state"] == "done");
        let ends: Vec<(&Value, &Value)> =
            shown["attempts"].as_array().unwrap().iter().map(|a| (&a["status"], &a["failure"])).collect();
        let expected = [(json!(500), json!("status")), (Value::Null, json!("answer")), (json!(204), Value::Null)];
        assert!(ends.iter().zip(&expected).all(|(a, b)| *a == (&b.0, &b.1)) && ends.len() == 3, "{shown}");
        let heard = receiver.wait(3);
        assert!(heard.iter().all(|one| one.id() == heard[0].id() && one.body == heard[0].body), "{heard:?}");
        assert_eq!(shown["message"], heard[0].json());
        assert!(hook.view(web)["last_done_at"].is_string());
    });
}

/// Every try of a message fails, to its end.
fn give_up(web: &Web, hook: &Hook, receiver: &Receiver) -> String {
    receiver.answer(vec![Answer::Status(503); TRIES]);
    let id = hook.ping(web);
    for tries in 1..TRIES {
        hook.until(web, &id, |shown| shown["attempts"].as_array().unwrap().len() == tries);
        web.node.store.write_blocking(Later).unwrap();
    }
    hook.until(web, &id, |shown| shown["delivery"]["state"] == "dead");
    id
}

#[test]
fn what_was_given_up_stays_on_record_and_is_sent_again_when_asked_for() {
    on_both(Reach::Anywhere, |web| {
        let receiver = Receiver::start();
        let hook = Hook::add(web, "shop", &receiver, &["none"]);
        let id = give_up(web, &hook, &receiver);
        let stopped = hook.view(web);
        assert_eq!((&stopped["is_enabled"], &stopped["disabled_why"]), (&json!(false), &json!("failing")));
        assert_eq!(stopped["dead"], 1);
        assert_eq!(hook.change(web, &json!({ "is_enabled": true }))["disabled_why"], Value::Null);
        let since = json!({ "dead_since": "2020-01-01T00:00:00Z" });
        let again = format!("POST {}", hook.path("/replays"));
        assert_eq!(web.done(&hook.token, &again, &since)["count"], 1);
        hook.until(web, &id, |shown| shown["delivery"]["state"] == "done");
        // Also one that arrived, for a receiver that lost it.
        assert_eq!(web.done(&hook.token, &again, &json!({ "delivery": id }))["count"], 1);
        let heard = receiver.wait(TRIES + 2);
        assert!(heard.iter().all(|one| one.id() == id), "the same message");
        // One success among others keeps an endpoint on.
        let second = give_up(web, &hook, &receiver);
        hook.ping(web);
        assert_eq!(hook.delivery(web, &second)["delivery"]["state"], "dead");
    });
}

#[test]
fn a_receiver_that_is_gone_is_told_no_more() {
    on_both(Reach::Anywhere, |web| {
        let receiver = Receiver::start();
        receiver.answer([Answer::Status(410)]);
        let hook = Hook::add(web, "shop", &receiver, &["none"]);
        let id = hook.ping(web);
        hook.until(web, &id, |shown| shown["delivery"]["state"] == "dead");
        let stopped = hook.view(web);
        assert_eq!((&stopped["is_enabled"], &stopped["disabled_why"]), (&json!(false), &json!("gone")));
    });
}

#[test]
fn what_happens_while_messages_are_off_is_told_when_they_are_on_again() {
    on_both(Reach::Anywhere, |web| {
        let receiver = Receiver::start();
        let hook = Hook::add(web, "shop", &receiver, &["order.opened"]);
        hook.change(web, &json!({ "is_enabled": false }));
        let buyer = web.token("buyer");
        let orders: BTreeSet<String> = (0..3).map(|_| web.buy(&buyer, &[(web.sku(2), 1)]).order).collect();
        assert!(receiver.heard().is_empty());
        hook.change(web, &json!({ "is_enabled": true }));
        let heard = receiver.wait(3);
        let told: BTreeSet<String> =
            heard.iter().map(|one| one.json()["subject"].as_str().unwrap().to_owned()).collect();
        assert_eq!(told, orders);
    });
}

#[test]
fn two_workers_on_one_database_send_each_message_once() {
    on_both(Reach::Anywhere, |web| {
        web.node.send_webhooks(Reach::Anywhere);
        let receiver = Receiver::start();
        Hook::add(web, "shop", &receiver, &["order.opened"]);
        let buyer = web.token("buyer");
        let orders: Vec<String> = (0..20).map(|_| web.buy(&buyer, &[(web.sku(3), 1)]).order).collect();
        receiver.wait(orders.len());
        // A message that comes after all of them shows that none is on its way twice.
        web.buy(&buyer, &[(web.sku(3), 1)]);
        let heard = receiver.wait(orders.len() + 1);
        let ids: BTreeSet<&str> = heard.iter().map(Heard::id).collect();
        assert_eq!(ids.len(), heard.len());
    });
}

#[test]
fn for_a_day_messages_are_signed_with_the_secret_before_as_well() {
    on_both(Reach::Anywhere, |web| {
        let receiver = Receiver::start();
        let hook = Hook::add(web, "shop", &receiver, &["none"]);
        let rotated = web.done(&hook.token, &format!("POST {}", hook.path("/secrets")), &Value::Null);
        assert_eq!(hook.code(web, "POST", "/secrets"), (409, "webhooks.too_many_secrets".to_owned()));
        hook.ping(web);
        let heard = receiver.wait(1);
        let new = rotated["secret"].as_str().unwrap();
        assert_ne!(new, hook.secret);
        assert!(is_signed(web, &heard[0], &hook.secret) && is_signed(web, &heard[0], new));
        let secrets = hook.view(web)["secrets"].as_array().unwrap().clone();
        assert_eq!((secrets.len(), &secrets[0]["expires_at"]), (2, &Value::Null));
        assert!(secrets[1]["expires_at"].is_string() && !hook.view(web).to_string().contains("whsec_"));
    });
}
