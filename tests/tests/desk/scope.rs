//! Whose files these are, how long they are kept, and what two workers do.

use crate::support::{delete_forgotten, file, line, number};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use xr_base::Millis;
use xr_testkit::http::Ask;
use xr_tests::http::on_both;

#[test]
fn the_platform_sees_that_there_are_imports_and_not_what_is_in_them() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let done = web.import(&token, &source, &file(&[line("A1", 1, "K1", 1), line("A2", 1, "K1", 0)]));
        let id = done["id"].as_str().unwrap();
        let status = |login: &str, path: &str| web.send(&Ask::new(path).by(&web.token(login))).status;
        for path in ["", "/preview", "/rows", "/report.csv"] {
            let path = format!("GET /v1/imports/{id}{path}");
            let expected = if path.ends_with(id) { [200, 200, 404] } else { [200, 403, 404] };
            assert_eq!(["shop", "agent", "shop2"].map(|login| status(login, &path)), expected, "{path}");
        }
        let items = |login: &str| {
            let listed = web.done(&web.token(login), "GET /v1/imports", &Value::Null);
            listed["items"].as_array().unwrap().len()
        };
        assert_eq!(["shop", "agent", "shop2"].map(items), [1, 1, 0]);
    });
}

#[test]
fn files_and_bad_rows_are_deleted_after_thirty_days_and_what_was_done_stays() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let done = web.import(&token, &source, &file(&[line("A1", 1, "K1", 1), line("A2", 1, "K1", 0)]));
        let forget = || web.node.store.write_blocking(xr_imports::ForgetFiles).unwrap();
        web.node.advance(Millis::days(30));
        assert_eq!(forget(), 0);
        web.node.advance(Millis::seconds(1));
        assert_eq!((forget(), forget()), (1, 0));
        delete_forgotten(&web.node.store);
        let id = done["id"].as_str().unwrap();
        let token = web.token("shop");
        let now = web.done(&token, &format!("GET /v1/imports/{id}"), &Value::Null);
        assert_eq!((&now["has_file"], number(&now, "rows_bad")), (&json!(false), 1));
        assert_eq!(web.bad_rows(&token, &done).len(), 0);
        let told = xr_tests::http::problem(web, &Ask::new(&format!("GET /v1/imports/{id}/report.csv")).by(&token));
        assert_eq!((told.0, told.1.as_str()), (409, "imports.is_forgotten"));
    });
}

#[test]
fn a_run_that_is_left_goes_on_where_it_was() {
    on_both(|web| {
        let token = web.token("shop");
        let source = web.source(&token, "淘宝");
        let lines: Vec<String> = (0..1_500).map(|n| line(&format!("A{n:05}"), 1, "K1", 1)).collect();
        let import = web.upload(&token, "orders.csv", &file(&lines));
        let id = import["id"].as_str().unwrap();
        web.done(&token, &format!("POST /v1/imports/{id}/start"), &json!({ "source": source, "dry_run": false }));
        let store = &web.node.store;
        // A worker that is told to stop at once leaves it; while it holds the desk nobody else works there.
        assert!(!xr_imports::run_next(store, "first", &|| true).unwrap());
        assert!(!xr_imports::run_next(store, "second", &|| false).unwrap());
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let first = scope.spawn(|| xr_imports::run_next(store, "first", &|| stop.load(SeqCst)).unwrap());
            loop {
                let now = web.done(&token, &format!("GET /v1/imports/{id}"), &Value::Null);
                if now["done"].as_i64().unwrap() > 0 {
                    stop.store(true, SeqCst);
                    break;
                }
            }
            first.join().unwrap()
        });
        xr_imports::run_next(store, "first", &|| false).unwrap();
        let done = web.done(&token, &format!("GET /v1/imports/{id}"), &Value::Null);
        assert_eq!((&done["state"], number(&done, "orders_new")), (&json!("done"), 1_500));
        let (orders,): (i64,) = store
            .read_blocking(|tx| Ok(tx.one(xr_store::sql!("SELECT COUNT(*) FROM orders /* unscoped: a test */"), &[])?))
            .unwrap();
        assert_eq!(orders, 1_500);
    });
}
