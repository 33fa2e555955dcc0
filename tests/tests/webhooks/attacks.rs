//! Webhooks as a way into the server's own network, or to other people's events.

use crate::receiver::{Answer, Receiver};
use crate::{Hook, on_both};
use serde_json::{Value, json};
use xr_testkit::http::Ask;
use xr_tests::http::Web;
use xr_webhooks::Reach;

fn refused(web: &Web, url: &str) -> String {
    let ask = Ask::new("POST /v1/webhooks").by(&web.token("shop")).json(&json!({ "url": url }).to_string());
    let reply = web.send(&ask);
    assert_eq!(reply.status, 422, "{url}: {}", reply.text());
    let problem: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(problem["field"], "url");
    problem["code"].as_str().unwrap().to_owned()
}

#[test]
fn nobody_makes_the_server_speak_to_its_neighbours() {
    on_both(Reach::Public, |web| {
        let receiver = Receiver::start();
        assert_eq!(refused(web, &receiver.url("/")), "webhooks.bad_url_scheme");
        for host in ["127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "0x7f000001", "[::ffff:127.0.0.1]"] {
            let url = format!("https://{host}:{}/", receiver.port());
            assert_eq!(refused(web, &url), "webhooks.bad_url_private", "{host}");
        }
        // A name tells nothing before it is looked up: then, in the moment of sending, the address is judged.
        let token = web.token("shop");
        let url = format!("https://localhost:{}/", receiver.port());
        let made = web.done(&token, "POST /v1/webhooks", &json!({ "url": url, "kinds": ["none"] }));
        let hook = Hook { id: made["webhook"]["id"].as_str().unwrap().to_owned(), token, secret: String::new() };
        let id = hook.ping(web);
        let shown = hook.until(web, &id, |shown| shown["attempts"].as_array().unwrap().len() == 1);
        assert_eq!(shown["attempts"][0]["failure"], "private", "{shown}");
        assert!(receiver.heard().is_empty());
        // Nor by changing an address.
        let body = json!({ "version": 1, "url": "https://192.168.0.1/" });
        let reply = web.send(&Ask::new(&format!("PATCH {}", hook.path(""))).by(&hook.token).json(&body.to_string()));
        assert_eq!(reply.status, 422);
    });
}

#[test]
fn an_answer_that_points_elsewhere_is_not_followed() {
    on_both(Reach::Anywhere, |web| {
        let (receiver, inner) = (Receiver::start(), Receiver::start());
        receiver.answer([Answer::To(inner.url("/secret"))]);
        let hook = Hook::add(web, "shop", &receiver, &["none"]);
        let id = hook.ping(web);
        let shown = hook.until(web, &id, |shown| shown["attempts"].as_array().unwrap().len() == 1);
        assert_eq!(shown["attempts"][0]["status"], 307);
        assert!(inner.heard().is_empty());
    });
}

#[test]
fn bad_kinds_versions_and_bodies_change_nothing() {
    on_both(Reach::Anywhere, |web| {
        let receiver = Receiver::start();
        let hook = Hook::add(web, "shop", &receiver, &["none"]);
        let before = hook.view(web);
        let patch = |body: Value| {
            let ask = Ask::new(&format!("PATCH {}", hook.path(""))).by(&hook.token).json(&body.to_string());
            let reply = web.send(&ask);
            let problem: Value = serde_json::from_slice(&reply.body).unwrap();
            (reply.status, problem["code"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(patch(json!({ "version": 1, "kinds": ["Order"] })), (422, "webhooks.bad_kind".to_owned()));
        assert_eq!(patch(json!({ "version": 9 })), (409, "webhooks.changed".to_owned()));
        assert_eq!(patch(json!({ "version": 1, "secret": "mine" })).0, 422);
        let long = format!("https://x.example/{}", "y".repeat(600));
        assert_eq!(patch(json!({ "version": 1, "url": long })), (422, "webhooks.bad_url".to_owned()));
        assert_eq!(hook.view(web), before);
        assert_eq!(hook.code(web, "GET", "/deliveries/row_0000000000001").0, 404);
    });
}

#[test]
fn a_removed_webhook_is_told_nothing_any_more() {
    on_both(Reach::Anywhere, |web| {
        let receiver = Receiver::start();
        receiver.answer([Answer::Status(500)]);
        let hook = Hook::add(web, "shop", &receiver, &["none"]);
        let id = hook.ping(web);
        hook.until(web, &id, |shown| shown["attempts"].as_array().unwrap().len() == 1);
        let heard = receiver.heard().len();
        web.done(&hook.token, &format!("DELETE {}", hook.path("")), &Value::Null);
        web.node.store.write_blocking(crate::Later).unwrap();
        let (other, buyer) = (Receiver::start(), web.token("buyer"));
        Hook::add(web, "shop", &other, &["order"]);
        web.buy(&buyer, &[(web.sku(4), 1)]);
        other.wait(1);
        assert_eq!(receiver.heard().len(), heard);
        assert_eq!(hook.code(web, "GET", "/deliveries").0, 404);
    });
}
