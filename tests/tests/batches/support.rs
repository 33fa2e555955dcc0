//! Orders that wait for the merchant's review, and batches about them.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use xr_base::{CaseId, Fault};
use xr_batches::Worker;
use xr_store::{params, sql};
use xr_tests::http::{Bought, Web};
use xr_tests::rush::at_once;

/// Paid orders of the first merchant, which its people are to review; oldest first.
pub(crate) fn to_review(web: &Web, count: usize) -> Vec<String> {
    let (sku, token) = (web.sku(i64::try_from(count).unwrap()), web.token("buyer"));
    let one = || {
        // An order with a remark is looked at by the merchant's people.
        let mut cart = web.cart(&[(sku, 1)]);
        cart["remark"] = json!("请快些");
        let placed = web.done(&token, "POST /v1/orders", &cart);
        let text = |name: &str| placed[name].as_str().unwrap().to_owned();
        let total = placed["total"]["minor"].as_i64().unwrap();
        let bought = Bought { order: text("order"), payment: text("payment"), total };
        web.pay(&token, &bought);
        bought.order
    };
    let mut orders = at_once(8, vec![one; count]);
    orders.sort_unstable();
    orders
}

pub(crate) fn worker(web: &Web) -> Worker {
    Worker::new(web.node.store.clone(), Arc::new(xr_identity::Roles::shipped().unwrap()))
}

/// Works on whatever is wanted.
pub(crate) fn work(web: &Web) {
    let worker = worker(web);
    while worker.run_next(&|| false).unwrap() {}
}

/// Approves these orders; nobody works on it yet.
pub(crate) fn picked(cases: &[String]) -> Value {
    let cases: Vec<Value> = cases.iter().map(|id| json!({ "id": id })).collect();
    json!({ "kind": "order", "event": "approve", "cases": cases })
}

/// All orders that wait for review, `count` of them as somebody saw.
pub(crate) fn all(count: usize) -> Value {
    json!({
        "kind": "order", "event": "approve", "count": count, "all": { "list": "orders", "state": "pending_review" },
    })
}

/// Asks for a batch; gives its path.
pub(crate) fn ask(web: &Web, token: &str, body: &Value) -> String {
    format!("/v1/batches/{}", web.done(token, "POST /v1/batches", body)["id"].as_str().unwrap())
}

pub(crate) fn shown(web: &Web, token: &str, path: &str) -> Value {
    web.done(token, &format!("GET {path}"), &Value::Null)
}

/// State, and rows all, waiting, done, refused, cancelled.
pub(crate) fn figures(view: &Value) -> (String, [i64; 5]) {
    let of = |name: &str| view["counts"][name].as_i64().unwrap();
    (view["state"].as_str().unwrap().to_owned(), ["all", "waiting", "done", "refused", "cancelled"].map(of))
}

/// Every row, or those of one outcome, over as many pages as it takes.
pub(crate) fn rows(web: &Web, token: &str, path: &str, outcome: &str) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let page = web.done(token, &format!("GET {path}/rows?limit=200&outcome={outcome}{after}"), &Value::Null);
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return rows,
        }
    }
}

/// How many rows were refused with which code.
pub(crate) fn codes(rows: &[Value]) -> BTreeMap<String, usize> {
    let mut codes = BTreeMap::new();
    for row in rows.iter().filter(|row| !row["problem"].is_null()) {
        *codes.entry(row["problem"]["code"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    codes
}

/// How often each of these orders was approved, as a set: `[1]` is once each.
pub(crate) fn approvals(web: &Web, orders: &[String]) -> Vec<i64> {
    let ids: Vec<CaseId> = orders.iter().map(|id| id.parse().unwrap()).collect();
    let count = sql!("SELECT COUNT(*) FROM history WHERE case_id = ?1 AND event = 'approve' /* unscoped: a test */");
    let read = web.node.store.read_blocking(move |tx| {
        let mut found =
            ids.iter().map(|id| Ok(tx.one::<(i64,)>(count, params![id])?.0)).collect::<Result<Vec<i64>, Fault>>()?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    });
    read.unwrap()
}

/// Rows and batches that are stored.
pub(crate) fn stored(web: &Web) -> (i64, i64) {
    let read = web.node.store.read_blocking(|tx| {
        let (batches,): (i64,) = tx.one(sql!("SELECT COUNT(*) FROM case_batches /* unscoped: a test */"), &[])?;
        let (rows,): (i64,) = tx.one(sql!("SELECT COUNT(*) FROM case_batch_rows /* unscoped: a test */"), &[])?;
        Ok((batches, rows))
    });
    read.unwrap()
}

/// Kinds and bodies of the events about batches, oldest first.
pub(crate) fn events(web: &Web) -> Vec<(String, Value)> {
    let found: Vec<(String, String)> = web
        .node
        .store
        .read_blocking(|tx| {
            Ok(tx.all(
                sql!("SELECT kind, body FROM events WHERE kind LIKE 'batch.%' ORDER BY id /* unscoped: a test */"),
                &[],
            )?)
        })
        .unwrap();
    found.into_iter().map(|(kind, body)| (kind, serde_json::from_str(&body).unwrap())).collect()
}

/// The buyer takes the order back.
pub(crate) fn taken_back(web: &Web, order: &str) {
    web.done(&web.token("buyer"), &format!("POST /v1/cases/{order}/acts"), &json!({ "event": "cancel" }));
}
