//! Batches of the real program: killed in the middle of one, which whoever serves next does to its end, each case once.

use crate::imports::Desk;
use crate::server::{self, Server};
use serde_json::{Value, json};
use xr_base::CaseId;
use xr_testkit::http::Ask;

/// Rows of the batch; those that are no orders are refused, and only give it some length.
const ROWS: i64 = 1_000;
/// Of them orders that wait for their review.
const ORDERS: usize = 12;
const NOTE: &str = "killed in the middle";

/// These orders, evenly among cases that are not there.
fn cases(orders: &[String]) -> Vec<Value> {
    let (count, mut cases) = (i64::try_from(orders.len()).unwrap(), Vec::new());
    for row in 0..ROWS {
        let before = row * count / ROWS;
        let is_order = (row + 1) * count / ROWS > before;
        let missing = CaseId(row + 1).to_string();
        let id = if is_order { &orders[usize::try_from(before).unwrap()] } else { &missing };
        cases.push(json!({ "id": id }));
    }
    cases
}

/// Orders of the demo's first buyer that its merchant is to review: they have a remark.
fn bought(address: &str, merchant: &Desk<'_>) -> Vec<String> {
    let buyer = Desk::of(address, "lin");
    let shop = merchant.done("GET /v1/session", &Value::Null)["shops"][0]["id"].clone();
    let skus = buyer.done(&format!("GET /v1/shops/{}/skus", shop.as_str().unwrap()), &Value::Null);
    let sku = &skus["items"].as_array().unwrap().iter().max_by_key(|sku| sku["available"].as_i64()).unwrap()["id"];
    let recipient = json!({ "name": "Lin", "phone": "13800000000", "region": "Hangzhou", "address": "Wensan Road 1" });
    let cart = json!({
        "shop": shop, "lines": [{ "sku": sku, "quantity": 1 }], "recipient": recipient, "remark": "soon, please",
    });
    let orders = (0..ORDERS).map(|_| {
        let placed = buyer.done("POST /v1/orders", &cart);
        let pay = format!("POST /v1/cases/{}/acts", placed["payment"].as_str().unwrap());
        buyer.done(&pay, &json!({ "event": "submit" }));
        placed["order"].as_str().unwrap().to_owned()
    });
    let orders = orders.collect();
    merchant.wait("/v1/orders?state=pending_review&limit=200", |now| now["items"].as_array().unwrap().len() == ORDERS);
    orders
}

fn live_and_die(place: &[&str]) {
    let mut server = Server::start(place);
    let desk = Desk::open(&server.address);
    let orders = bought(&server.address, &desk);
    let body = json!({
        "kind": "order", "event": "approve", "note": NOTE, "cases": cases(&orders),
    });
    let asked = Ask::new("POST /v1/batches").json(&body.to_string()).with("Cookie", desk.cookie());
    let reply = asked.send(&server.address).unwrap();
    assert_eq!(reply.status, 202, "{}", reply.text());
    let asked: Value = serde_json::from_slice(&reply.body).unwrap();
    let path = format!("/v1/batches/{}", asked["id"].as_str().unwrap());
    let seen = desk.wait(&path, |now| now["counts"]["done"].as_i64().unwrap() > 1);
    server.kill();
    assert_eq!(seen["state"], "running", "it was killed in the middle: {seen}");

    server = Server::start(place);
    let desk = Desk::open(&server.address);
    let done = desk.wait(&path, |now| now["state"] != "running");
    let count = i64::try_from(orders.len()).unwrap();
    let counts = json!({ "all": ROWS, "waiting": 0, "done": count, "refused": ROWS - count, "cancelled": 0 });
    assert_eq!((&done["state"], &done["counts"]), (&json!("done"), &counts), "{done}");
    for order in &orders {
        let page = desk.done(&format!("GET /v1/cases/{order}"), &Value::Null);
        let edits = page["steps"].as_array().unwrap().iter().filter(|step| step["note"] == NOTE).count();
        assert_eq!(edits, 1, "{order}");
    }
    server.kill();
    server::doctor(place);
}

#[test]
fn a_batch_that_was_under_way_when_the_program_died_does_each_case_once() {
    server::in_a_folder(live_and_die);
}

#[test]
fn so_it_is_on_postgresql() {
    server::on_postgresql(live_and_die);
}
