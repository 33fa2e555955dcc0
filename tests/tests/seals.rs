//! Recipients are sealed: read, found and exported as before, under a key that can be changed while the market runs.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use xr_store::sealing;
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both};
use xr_tests::rush::wait_until;

const NAME: &str = "欧阳锋";
const PHONE: &str = "13911112222";

fn placed(web: &Web) -> String {
    let mut cart = web.cart(&[(web.sku(9), 1)]);
    cart["recipient"] = json!({ "name": NAME, "phone": PHONE, "region": "浙江省杭州市", "address": "文三路 1 号" });
    web.done(&web.token("buyer"), "POST /v1/orders", &cart)["order"].as_str().unwrap().to_owned()
}

/// The order as its merchant finds and sees it.
fn is_readable(web: &Web, order: &str) -> bool {
    let merchant = web.token("shop");
    let found = |text: &str| {
        let reply = web.done(&merchant, &format!("GET /v1/orders?q={text}"), &Value::Null);
        reply["items"].as_array().unwrap().iter().any(|item| item["id"] == order)
    };
    let shown = web.done(&merchant, &format!("POST /v1/orders/{order}/reveal"), &Value::Null);
    let is_shown = shown["recipient"]["phone"] == PHONE && shown["recipient"]["name"] == NAME;
    is_shown && [NAME, PHONE, "2222"].iter().all(|text| found(text)) && !found("13911112223")
}

#[test]
fn the_key_is_changed_while_orders_are_read_and_placed() {
    on_both(|web| {
        let (op, first) = (web.token("op"), placed(web));
        let keys = || web.done(&op, "GET /v1/keys", &Value::Null);
        let before = keys();
        assert_eq!((&before["newest"], &before["is_rotating"]), (&json!(1), &json!(false)), "{before}");
        let begun = web.done(&op, "POST /v1/keys/rotation", &Value::Null);
        assert_eq!((&begun["newest"], &begun["is_rotating"]), (&json!(2), &json!(true)), "{begun}");
        let again = web.send(&Ask::new("POST /v1/keys/rotation").by(&op).keyed("again"));
        assert_eq!((again.status, again.text().contains("store.rotation_under_way")), (409, true), "{}", again.text());

        let runtime = tokio::runtime::Runtime::new().unwrap();
        let go_on = || runtime.block_on(sealing::go_on(&web.node.store, &|| false)).unwrap();
        go_on();
        let second = placed(web);
        assert!(is_readable(web, &first) && is_readable(web, &second), "one lies under each key");
        wait_until(&|| {
            go_on();
            keys()["is_rotating"] == false
        });
        assert_eq!(go_on(), 0, "nothing is left to do");
        let third = placed(web);
        assert!([&first, &second, &third].iter().all(|order| is_readable(web, order)));
        let told: (i64,) = web
            .node
            .store
            .read_blocking(|tx| {
                Ok(tx.one(
                    xr_store::sql!(
                        "SELECT COUNT(*) FROM events WHERE kind = 'system.keys_rotated' /* unscoped: a test */"
                    ),
                    &[],
                )?)
            })
            .unwrap();
        assert_eq!(told, (1,), "it is on record");
        web.assert_sound();
    });
}
