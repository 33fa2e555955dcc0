//! A market in which people of two merchants and of the platform did this and that.

use serde_json::{Value, json};
use xr_base::UserId;
use xr_testkit::http::Ask;
use xr_tests::http::{PASSWORD, Web};

/// Asks for a page of the log.
pub(crate) fn page(web: &Web, token: &str, query: &str) -> Value {
    web.done(token, &format!("GET /v1/operations?{query}"), &Value::Null)
}

/// Every entry that a query finds, over as many pages as it takes.
pub(crate) fn all(web: &Web, token: &str, query: &str) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = page(web, token, &format!("limit=7&{query}{after}"));
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 7);
        found.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

pub(crate) fn ids(entries: &[Value]) -> Vec<String> {
    entries.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn kinds(entries: &[Value]) -> Vec<String> {
    entries.iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
}

/// Logs in over the network; gives the token and the person.
pub(crate) fn log_in(web: &Web, login: &str, password: &str) -> (String, String) {
    let body = json!({ "login": login, "password": password }).to_string();
    let reply = web.send(&Ask::new("POST /v1/session").json(&body));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let cookie = reply.header("set-cookie").to_owned();
    let token = cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned();
    let me: Value = serde_json::from_slice(&reply.body).unwrap();
    (token, me["user"].as_str().unwrap().to_owned())
}

/// What people did, and to what.
pub(crate) struct Doings {
    pub(crate) shop: String,
    pub(crate) member: String,
    pub(crate) member_id: String,
    pub(crate) role_id: String,
    pub(crate) order: String,
    pub(crate) number: String,
}

/// The first merchant's main account makes a role and a member, who logs in and writes a remark; the second merchant and the platform
/// do things of their own.
pub(crate) fn doings(web: &Web) -> Doings {
    let shop = web.token("shop");
    let role = json!({ "name": "夜班", "permissions": ["orders.remark", "packs.read"] });
    let role = web.done(&shop, "POST /v1/roles", &role)["role"].as_str().unwrap().to_owned();
    let login = format!("li{}", web.user("shop").0);
    let new = json!({ "login": login, "name": "小李", "role": role, "password": PASSWORD });
    let member_id = web.done(&shop, "POST /v1/members", &new)["id"].as_str().unwrap().to_owned();
    let (member, _) = log_in(web, &login, PASSWORD);
    let (buyer, sku) = (web.token("buyer"), web.sku(5));
    let bought = web.buy(&buyer, &[(sku, 1)]);
    web.pay(&buyer, &bought);
    let number = web.done(&shop, &format!("GET /v1/orders/{}", bought.order), &Value::Null)["order"]["number"].clone();
    let remark = json!({ "remark": "送货前打电话" });
    web.done(&member, &format!("PATCH /v1/orders/{}/remark", bought.order), &remark);
    let shop2 = web.token("shop2");
    web.done(&shop2, "POST /v1/roles", &json!({ "name": "白班", "permissions": ["packs.read"] }));
    web.done(&shop2, "PATCH /v1/me", &json!({ "locale": "en" }));
    web.done(&web.token("op"), "PATCH /v1/me", &json!({ "locale": "en" }));
    let (order, number) = (bought.order, number.as_str().unwrap().to_owned());
    Doings { shop, member, member_id, role_id: role, order, number }
}

pub(crate) fn text(id: UserId) -> String {
    id.to_string()
}
