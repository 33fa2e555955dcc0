//! Exports as work in the background: left, overtaken, taken back, bounded, forgotten.

use crate::support::{ask, column, events, exported, file, many_orders, parts, placed, sheet, shown, work};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::mpsc;
use xr_base::{Fault, Millis};
use xr_store::{Command, Tx, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{on_both, problem};

/// Pages of these are three.
const ORDERS: usize = 1_200;

/// Stops after so many looks, each of which precedes a page.
fn after(looks: usize) -> impl Fn() -> bool {
    let seen = Cell::new(0);
    move || {
        seen.set(seen.get() + 1);
        seen.get() > looks
    }
}

#[test]
fn an_export_that_is_left_goes_on_where_it_was_and_becomes_the_same_file() {
    on_both(|web| {
        let token = web.token("shop");
        many_orders(web, &token, ORDERS);
        for format in ["csv", "xlsx"] {
            let whole = exported(web, &token, &json!({ "format": format }));
            let id = ask(web, &token, &json!({ "format": format }));
            for looks in [1, 1] {
                assert!(!xr_exports::run_next(&web.node.store, &after(looks)).unwrap());
            }
            let now = shown(web, &token, &id);
            assert_eq!(
                (&now["state"], &now["orders_done"], &now["orders_all"]),
                (&json!("running"), &json!(1_000), &json!(ORDERS))
            );
            let told = problem(web, &Ask::new(&format!("GET /v1/exports/{id}/file")).by(&token));
            assert_eq!((told.0, told.1.as_str()), (409, "exports.not_ready"));
            work(web);
            let now = shown(web, &token, &id);
            assert_eq!((&now["state"], &now["rows"]), (&json!("done"), &json!(ORDERS)));
            assert!(file(web, &token, &id) == whole, "{format}: not the file that is written in one go");
            assert_eq!(now["size_bytes"], json!(whole.len()));
        }
    });
}

/// As if the worker had said nothing for long.
struct LeaseRunsOut;

impl Command for LeaseRunsOut {
    type Out = ();
    const NAME: &'static str = "test.lease_runs_out";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.exec(sql!("UPDATE order_exports SET held_until = 0 /* unscoped: a test */"), &[])?;
        Ok(())
    }
}

#[test]
fn a_worker_that_was_overtaken_writes_nothing_any_more() {
    on_both(|web| {
        let token = web.token("shop");
        many_orders(web, &token, ORDERS);
        let whole = exported(web, &token, &json!({ "format": "xlsx" }));
        let id = ask(web, &token, &json!({ "format": "xlsx" }));
        let store = &web.node.store;
        let (reached, at_second) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let slow = scope.spawn(move || {
                let stop = after(1);
                let wait = || {
                    if stop() {
                        reached.send(()).unwrap();
                        may_go_on.recv().unwrap();
                    }
                    false
                };
                xr_exports::run_next(store, &wait).unwrap()
            });
            at_second.recv().unwrap();
            assert!(!xr_exports::run_next(store, &|| false).unwrap(), "while one has it nobody else does");
            store.write_blocking(LeaseRunsOut).unwrap();
            assert!(xr_exports::run_next(store, &|| false).unwrap());
            let before = (file(web, &token, &id), shown(web, &token, &id), parts(web));
            go_on.send(()).unwrap();
            assert!(slow.join().unwrap());
            assert!((file(web, &token, &id), shown(web, &token, &id), parts(web)) == before);
            assert!(before.0 == whole, "one whole file");
        });
        let ended =
            events(web).into_iter().filter(|(kind, body)| kind == "export.ended" && body["export"] == json!(id));
        assert_eq!(ended.map(|(_, body)| body["rows"].clone()).collect::<Vec<_>>(), [json!(ORDERS)]);
        let numbers = column(&sheet(whole), "来源单号");
        assert_eq!((numbers.len(), numbers.into_iter().collect::<BTreeSet<_>>().len()), (ORDERS, ORDERS));
    });
}

#[test]
fn an_export_that_is_taken_back_while_it_is_written_leaves_nothing() {
    on_both(|web| {
        let token = web.token("shop");
        many_orders(web, &token, ORDERS);
        let id = ask(web, &token, &json!({ "format": "csv", "q": "A00001" }));
        let id = {
            // What waits is taken back as well.
            web.done(&token, &format!("DELETE /v1/exports/{id}"), &Value::Null);
            ask(web, &token, &json!({ "format": "csv" }))
        };
        let stop = after(1);
        let take_back = || {
            if stop() {
                web.done(&token, &format!("DELETE /v1/exports/{id}"), &Value::Null);
            }
            false
        };
        xr_exports::run_next(&web.node.store, &take_back).unwrap();
        assert!(parts(web) > 0);
        work(web);
        assert_eq!((&shown(web, &token, &id)["state"], parts(web)), (&json!("cancelled"), 0));
        let told = problem(web, &Ask::new(&format!("GET /v1/exports/{id}/file")).by(&token));
        assert_eq!((told.0, told.1.as_str()), (409, "exports.is_gone"));
        let states: Vec<Value> = web.done(&token, "GET /v1/exports", &Value::Null)["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["state"].clone())
            .collect();
        assert_eq!(states, [json!("cancelled"), json!("cancelled")]);
    });
}

#[test]
fn an_organisation_has_a_few_exports_under_way_and_is_told_so() {
    on_both(|web| {
        let token = web.token("shop");
        let body = json!({ "format": "csv" });
        let first = ask(web, &token, &body);
        (0..2).for_each(|_| drop(ask(web, &token, &body)));
        let again = || Ask::new("POST /v1/exports").by(&token).json(&body.to_string());
        let told = problem(web, &again());
        assert_eq!((told.0, told.1.as_str()), (409, "exports.too_many_open"));
        ask(web, &web.token("shop2"), &body);
        ask(web, &web.token("op"), &body);
        web.done(&token, &format!("DELETE /v1/exports/{first}"), &Value::Null);
        ask(web, &token, &body);
        work(web);
        for _ in 0..47 {
            exported(web, &token, &body);
        }
        let told = problem(web, &again());
        assert_eq!((told.0, told.1.as_str()), (409, "exports.too_many_kept"));
    });
}

#[test]
fn a_file_is_kept_for_seven_days_and_then_gone_with_what_was_searched_for() {
    on_both(|web| {
        placed(web, web.sku(5), 1, &[]);
        let id = ask(web, &web.token("shop"), &json!({ "format": "xlsx", "q": "13800000000" }));
        work(web);
        let expire = || web.node.store.write_blocking(xr_exports::ExpireFiles).unwrap();
        web.node.advance(Millis(Millis::days(7).0 - 1));
        assert_eq!(expire(), 0);
        file(web, &web.token("shop"), &id);
        web.node.advance(Millis(1));
        assert_eq!((expire(), expire()), (1, 0));
        work(web);
        let token = web.token("shop");
        let now = shown(web, &token, &id);
        assert_eq!((&now["state"], &now["rows"], parts(web)), (&json!("expired"), &json!(1), 0));
        assert_eq!(now["wanted"], json!({ "shop": null, "state": null, "q": null }));
        let told = problem(web, &Ask::new(&format!("GET /v1/exports/{id}/file")).by(&token));
        assert_eq!((told.0, told.1.as_str()), (409, "exports.is_gone"));
    });
}

#[test]
fn only_the_asker_gets_the_file_and_every_time_is_on_record() {
    on_both(|web| {
        placed(web, web.sku(5), 1, &[("/recipient/phone", "13911112222")]);
        let token = web.token("shop");
        let id = ask(web, &token, &json!({ "format": "csv", "q": "13911112222", "plain": true }));
        work(web);
        let told = |login: &str| {
            let (status, code, _) =
                problem(web, &Ask::new(&format!("GET /v1/exports/{id}/file")).by(&web.token(login)));
            (status, code)
        };
        let gone = (404, "web.not_found".to_owned());
        assert_eq!(["op", "shop2"].map(told), [(403, "exports.not_yours".to_owned()), gone]);
        assert_eq!(shown(web, &web.token("op"), &id)["is_own"], json!(false));
        file(web, &token, &id);
        let events = events(web);
        let kinds: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["export.asked", "export.ended", "export.downloaded"]);
        assert_eq!((&events[0].1["is_plain"], &events[0].1["is_searched"]), (&json!(true), &json!(true)));
        assert_eq!((&events[1].1["rows"], &events[2].1["rows"]), (&json!(1), &json!(1)));
        assert!(!events.iter().any(|(_, body)| body.to_string().contains("13911112222")));
    });
}
