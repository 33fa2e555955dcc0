//! Asking for exports, writing them, reading them with other programs.

use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Value, json};
use std::io::Cursor;
use xr_store::sql;
use xr_testkit::http::Ask;
use xr_tests::http::Web;
use xr_tests::http::desk::HEADER;

/// Asks for an export; nobody writes it yet.
pub(crate) fn ask(web: &Web, token: &str, body: &Value) -> String {
    web.done(token, "POST /v1/exports", body)["id"].as_str().unwrap().to_owned()
}

/// Writes whatever is wanted.
pub(crate) fn work(web: &Web) {
    while xr_exports::run_next(&web.node.store, &|| false).unwrap() {}
}

pub(crate) fn shown(web: &Web, token: &str, id: &str) -> Value {
    web.done(token, &format!("GET /v1/exports/{id}"), &Value::Null)
}

pub(crate) fn file(web: &Web, token: &str, id: &str) -> Vec<u8> {
    let reply = web.send(&Ask::new(&format!("GET /v1/exports/{id}/file")).by(token));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.body
}

/// Asks, writes and downloads.
pub(crate) fn exported(web: &Web, token: &str, body: &Value) -> Vec<u8> {
    let id = ask(web, token, body);
    work(web);
    assert_eq!(shown(web, token, &id)["state"], "done");
    file(web, token, &id)
}

/// Rows of a workbook's first sheet, its header first.
pub(crate) fn sheet(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&name).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// Values of a column by its header.
pub(crate) fn column(rows: &[Vec<String>], header: &str) -> Vec<String> {
    let at = rows[0].iter().position(|name| name == header).unwrap_or_else(|| panic!("{header}: {:?}", rows[0]));
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

/// Orders of the first merchant as a history, `count` of them with one line each.
pub(crate) fn many_orders(web: &Web, token: &str, count: usize) {
    let line = |n: usize| {
        format!("A{n:05},1,K{},商品,1,19.90,2026-01-02 10:00:00,,买家,收货人,13800000000,浙江省,,,文三路,", n % 7)
    };
    let lines: Vec<String> = (0..count).map(line).collect();
    let source = web.source(token, "淘宝");
    web.import(token, &source, format!("{HEADER}\n{}\n", lines.join("\n")).as_bytes());
}

/// Bytes of files that are in the database.
pub(crate) fn parts(web: &Web) -> i64 {
    let count = sql!("SELECT COUNT(*) FROM sealed_export_parts /* unscoped: a test */");
    web.node.store.read_blocking(|tx| Ok(tx.one::<(i64,)>(count, &[])?.0)).unwrap()
}

/// Kinds and bodies of the events about exports, oldest first.
pub(crate) fn events(web: &Web) -> Vec<(String, Value)> {
    let found: Vec<(String, String)> = web
        .node
        .store
        .read_blocking(|tx| {
            Ok(tx.all(
                sql!("SELECT kind, body FROM events WHERE kind LIKE 'export.%' ORDER BY id /* unscoped: a test */"),
                &[],
            )?)
        })
        .unwrap();
    found.into_iter().map(|(kind, body)| (kind, serde_json::from_str(&body).unwrap())).collect()
}

/// A buyer's order of the first merchant with these changes to the usual cart.
pub(crate) fn placed(web: &Web, sku: xr_base::SkuId, quantity: i64, changes: &[(&str, &str)]) -> Value {
    let mut cart = web.cart(&[(sku, quantity)]);
    for (pointer, text) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        cart.pointer_mut(parent).unwrap()[name] = json!(text);
    }
    web.done(&web.token("buyer"), "POST /v1/orders", &cart)
}
