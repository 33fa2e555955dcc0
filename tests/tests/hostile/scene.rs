//! An order that was paid, with an after-sales case and its picture: something of everything that has an id.

use serde_json::{Value, json};
use xr_base::SkuId;
use xr_testkit::http::Ask;
use xr_tests::http::{Web, fresh};

pub(crate) struct Scene {
    pub(crate) sku: SkuId,
    pub(crate) order: String,
    pub(crate) payment: String,
    pub(crate) line: String,
    pub(crate) case: String,
    pub(crate) picture: String,
}

/// A small PNG whose colour nobody used before.
pub(crate) fn png() -> Vec<u8> {
    use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
    static SHADE: AtomicU8 = AtomicU8::new(1);
    xr_tests::picture(4, SHADE.fetch_add(1, SeqCst))
}

impl Scene {
    /// Bought and paid by `buyer` at the first merchant's shop; the buyer applies for a refund with a picture.
    pub(crate) fn new(web: &Web) -> Self {
        let (sku, token) = (web.sku(5), web.token("buyer"));
        let bought = web.buy(&token, &[(sku, 1)]);
        web.pay(&token, &bought);
        let line = Self::line_of(web, &token, &bought.order);
        let picture = Self::upload(web, &token);
        let case = web.apply(&token, (&bought.order, &line), &[&picture]);
        Self { sku, order: bought.order, payment: bought.payment, line, case, picture }
    }

    pub(crate) fn line_of(web: &Web, token: &str, order: &str) -> String {
        let order = web.done(token, &format!("GET /v1/orders/{order}"), &Value::Null);
        order["lines"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn upload(web: &Web, token: &str) -> String {
        let reply = web.send(&Ask::new("POST /v1/uploads").by(token).with("Content-Type", "image/png").bytes(&png()));
        assert_eq!(reply.status, 200, "{}", reply.text());
        let kept: Value = serde_json::from_slice(&reply.body).unwrap();
        kept["sha256"].as_str().unwrap().to_owned()
    }

    pub(crate) fn application(what: (&str, &str), photos: &[&str]) -> Value {
        Web::application(what, photos)
    }
}

/// A file for the import desk.
pub(crate) const FILE: &[u8] = "订单编号,a\nA1,1\nA2,2\n".as_bytes();

/// A file and a source of the first merchant.
pub(crate) struct DeskScene {
    pub(crate) import: String,
    pub(crate) source: String,
}

impl DeskScene {
    pub(crate) fn new(web: &Web) -> Self {
        let token = web.token("shop");
        let import = web.upload(&token, "orders.csv", FILE)["id"].as_str().unwrap().to_owned();
        let source = web.done(&token, "POST /v1/import-sources", &Self::source(web));
        Self { import, source: source["id"].as_str().unwrap().to_owned() }
    }

    /// A new source whose columns [`FILE`] has.
    pub(crate) fn source(web: &Web) -> Value {
        let (number, constant) = (json!({ "column": "订单编号" }), json!({ "constant": "1" }));
        let columns = json!({
            "order_no": number, "sku": constant, "quantity": constant, "unit_price": constant,
            "placed_at": { "constant": "2026-01-02" },
        });
        json!({ "name": fresh("source "), "shop": web.sellers[0].shop, "settings": { "columns": columns } })
    }

    /// A body with which the route would do something.
    pub(crate) fn body(&self, web: &Web, route: &str) -> Option<Value> {
        Some(match route {
            "POST /v1/imports/{id}/format" => json!({ "kind": "csv", "encoding": "utf-8", "delimiter": ";" }),
            "POST /v1/imports/{id}/start" => json!({ "source": self.source, "dry_run": true }),
            "PUT /v1/import-sources/{id}/products" => json!({ "code": "K1", "sku": web.sku(1) }),
            "PUT /v1/import-sources/{id}" => Self::source(web),
            _ => return None,
        })
    }
}

/// A finished export of the first merchant; those of earlier scenes are deleted, since only so many are kept.
pub(crate) fn export(web: &Web) -> String {
    let token = web.token("shop");
    let all = web.done(&token, "GET /v1/exports?limit=200", &Value::Null);
    for known in all["items"].as_array().unwrap().iter().filter(|e| e["state"] == "done") {
        web.done(&token, &format!("DELETE /v1/exports/{}", known["id"].as_str().unwrap()), &Value::Null);
    }
    let asked = web.done(&token, "POST /v1/exports", &json!({ "format": "csv" }));
    while xr_exports::run_next(&web.node.store, &|| false).unwrap() {}
    asked["id"].as_str().unwrap().to_owned()
}

/// A view to save under a name of its own.
pub(crate) fn new_view() -> Value {
    json!({ "list": "orders", "name": fresh("view "), "filters": { "state": "closed" } })
}

/// A view of the first merchant's person, shared with the organisation; those of earlier scenes are deleted, since only so many are kept.
pub(crate) fn view(web: &Web) -> String {
    let token = web.token("shop");
    let all = web.done(&token, "GET /v1/views?list=orders", &Value::Null);
    for known in all["items"].as_array().unwrap() {
        let line = format!("DELETE /v1/views/{}?version={}", known["id"].as_str().unwrap(), known["version"]);
        web.done(&token, &line, &Value::Null);
    }
    let mut new = new_view();
    new["is_shared"] = json!(true);
    web.done(&token, "POST /v1/views", &new)["id"].as_str().unwrap().to_owned()
}

/// A batch of the first merchant that was refused on its only case; those of earlier scenes are over.
pub(crate) fn batch(web: &Web) -> String {
    let missing = xr_base::CaseId(1).to_string();
    let body = json!({ "kind": "order", "event": "approve", "cases": [{ "id": missing }] });
    let asked = web.done(&web.token("shop"), "POST /v1/batches", &body);
    work_on_batches(web);
    asked["id"].as_str().unwrap().to_owned()
}

/// Brings every batch to its end: only so many may be under way.
pub(crate) fn work_on_batches(web: &Web) {
    let roles = std::sync::Arc::new(xr_identity::Roles::shipped().unwrap());
    let worker = xr_batches::Worker::new(web.node.store.clone(), roles);
    while worker.run_next(&|| false).unwrap() {}
}

/// A key to make of what people of every organisation may do.
pub(crate) fn new_api_key() -> Value {
    json!({ "name": "a program", "permissions": ["cases.batch"], "days": 1 })
}

/// A key of the first merchant.
pub(crate) fn api_key(web: &Web) -> String {
    let made = web.done(&web.token("shop"), "POST /v1/api-keys", &new_api_key());
    made["key"]["id"].as_str().unwrap().to_owned()
}

/// A webhook of the first merchant and a delivery of it; those of earlier scenes are removed, since there may only be so many.
pub(crate) fn webhook(web: &Web) -> (String, String) {
    let token = web.token("shop");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let known = web.done(&token, "GET /v1/webhooks", &Value::Null);
    for hook in known["items"].as_array().unwrap() {
        web.done(&token, &format!("DELETE /v1/webhooks/{}", text(&hook["id"])), &Value::Null);
    }
    let made = web.done(&token, "POST /v1/webhooks", &new_webhook());
    let id = text(&made["webhook"]["id"]);
    let sent = web.done(&token, &format!("POST /v1/webhooks/{id}/ping"), &Value::Null);
    (id, text(&sent["delivery"]["id"]))
}

/// A webhook to add.
pub(crate) fn new_webhook() -> Value {
    json!({ "url": "https://hooks.example/in", "kinds": ["order"] })
}

/// What is sent to routes about a webhook.
pub(crate) fn body_of_webhook(route: &str, delivery: &str) -> Value {
    match route {
        "PATCH /v1/webhooks/{id}" => json!({ "version": 1, "kinds": ["order.paid"] }),
        "POST /v1/webhooks/{id}/replays" => json!({ "delivery": delivery }),
        _ => Value::Null,
    }
}

/// The role that a member of a scene has.
const STAFF: &str = "merchant_service";

/// Somebody who is to be a member of the caller's organisation.
pub(crate) fn new_member() -> Value {
    json!({ "login": fresh("staff"), "name": "小林", "role": STAFF, "password": xr_tests::http::PASSWORD })
}

/// A role to make of what the first merchant's person may do.
pub(crate) fn new_role() -> Value {
    json!({ "name": fresh("role "), "permissions": ["aftersales.decide"] })
}

/// A member of the first merchant's organisation.
pub(crate) fn member(web: &Web) -> String {
    web.done(&web.token("shop"), "POST /v1/members", &new_member())["id"].as_str().unwrap().to_owned()
}

/// A role of the first merchant's organisation; those of earlier scenes are deleted, since only so many are kept.
pub(crate) fn role(web: &Web) -> String {
    let token = web.token("shop");
    let all = web.done(&token, "GET /v1/roles", &Value::Null);
    for known in all["items"].as_array().unwrap().iter().filter(|role| role["is_built_in"] == false) {
        let line = format!("DELETE /v1/roles/{}?version={}", known["role"].as_str().unwrap(), known["version"]);
        web.done(&token, &line, &Value::Null);
    }
    web.done(&token, "POST /v1/roles", &new_role())["role"].as_str().unwrap().to_owned()
}

/// A paper of an organisation that registered itself. Not over HTTP: there an address may not register so often.
pub(crate) fn paper(web: &Web) -> String {
    let (store, new) = (&web.node.store, xr_tests::http::registered(web));
    let cleaned = xr_verification::papers::clean(&png()).unwrap();
    let actor = new.actor;
    let add = xr_verification::AddPaper::new(actor, "other".to_owned(), &cleaned, store.blobs()).unwrap();
    let case = store.write_blocking(add).unwrap();
    let papers = store.read_blocking(move |tx| xr_verification::queries::papers(tx, case)).unwrap();
    papers[0].id.to_string()
}
