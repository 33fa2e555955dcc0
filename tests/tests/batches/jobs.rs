//! Batches as work in the background: left, overtaken, called off, bounded, forgotten.

use crate::support::{
    all, approvals, ask, codes, events, figures, picked, rows, shown, stored, to_review, work, worker,
};
use serde_json::{Value, json};
use std::cell::Cell;
use std::sync::mpsc;
use xr_base::{Fault, Millis};
use xr_batches::DropExpired;
use xr_store::{Command, Tx, sql};
use xr_testkit::http::Ask;
use xr_tests::http::{on_both, problem};

/// Stops after so many looks, each of which precedes a step.
fn after(looks: usize) -> impl Fn() -> bool {
    let seen = Cell::new(0);
    move || {
        seen.set(seen.get() + 1);
        seen.get() > looks
    }
}

/// As if the worker had said nothing for long.
struct LeaseRunsOut;

impl Command for LeaseRunsOut {
    type Out = ();
    const NAME: &'static str = "test.lease_runs_out";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.exec(sql!("UPDATE case_batches SET held_until = 0 /* unscoped: a test */"), &[])?;
        Ok(())
    }
}

#[test]
fn a_batch_that_is_left_goes_on_where_it_was() {
    on_both(|web| {
        let orders = to_review(web, 7);
        let token = web.token("shop");
        let path = ask(web, &token, &all(7));
        // One step chooses, three act.
        assert!(!worker(web).run_next(&after(4)).unwrap());
        assert_eq!(figures(&shown(web, &token, &path)), ("running".to_owned(), [7, 4, 3, 0, 0]));
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [7, 0, 7, 0, 0]));
        assert_eq!(approvals(web, &orders), [1]);
    });
}

#[test]
fn a_worker_that_was_overtaken_acts_on_nothing_any_more() {
    on_both(|web| {
        let orders = to_review(web, 6);
        let token = web.token("shop");
        let path = ask(web, &token, &picked(&orders));
        let (first, second) = (worker(web), worker(web));
        let store = &web.node.store;
        let (reached, at_third) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let slow = scope.spawn(move || {
                let stop = after(2);
                let waits = Cell::new(true);
                let wait = || {
                    if stop() && waits.replace(false) {
                        reached.send(()).unwrap();
                        may_go_on.recv().unwrap();
                    }
                    false
                };
                first.run_next(&wait).unwrap()
            });
            at_third.recv().unwrap();
            assert!(!second.run_next(&|| false).unwrap(), "while one has it nobody else does");
            store.write_blocking(LeaseRunsOut).unwrap();
            // The other one does one row, and is in the middle of the batch when the first comes back.
            let one = after(1);
            assert!(!second.run_next(&one).unwrap());
            go_on.send(()).unwrap();
            assert!(slow.join().unwrap());
        });
        assert_eq!(figures(&shown(web, &token, &path)), ("running".to_owned(), [6, 3, 3, 0, 0]));
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [6, 0, 6, 0, 0]));
        assert_eq!(approvals(web, &orders), [1]);
        let ended =
            events(web).into_iter().filter(|(kind, _)| kind == "batch.ended").map(|(_, body)| body["done"].clone());
        assert_eq!(ended.collect::<Vec<_>>(), [json!(6)]);
    });
}

#[test]
fn two_workers_share_batches_by_turns_and_do_each_row_once() {
    on_both(|web| {
        let orders = to_review(web, 230);
        let (large, small) = orders.split_at(225);
        let token = web.token("shop");
        let paths = [ask(web, &token, &picked(large)), ask(web, &token, &picked(small))];
        // After one turn of the large one the small one is served.
        let one = worker(web);
        assert!(one.run_next(&|| false).unwrap() && one.run_next(&|| false).unwrap());
        let states = paths.clone().map(|path| figures(&shown(web, &token, &path)).0);
        assert_eq!(states, ["running", "done"]);
        let third = ask(web, &token, &picked(&to_review(web, 40)));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                let mine = worker(web);
                scope.spawn(move || while mine.run_next(&|| false).unwrap() {});
            }
        });
        work(web);
        let all = [&paths[0], &paths[1], &third].map(|path| figures(&shown(web, &token, path)));
        assert_eq!(all, [225, 5, 40].map(|n| ("done".to_owned(), [n, 0, n, 0, 0])));
        assert_eq!(approvals(web, &orders), [1]);
    });
}

#[test]
fn what_still_waits_can_be_called_off() {
    on_both(|web| {
        let orders = to_review(web, 5);
        let token = web.token("shop");
        let path = ask(web, &token, &picked(&orders));
        let stop = after(2);
        let waits = Cell::new(true);
        let call_off = || {
            if stop() && waits.replace(false) {
                web.done(&token, &format!("POST {path}/cancel"), &Value::Null);
            }
            false
        };
        assert!(worker(web).run_next(&call_off).unwrap());
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("cancelled".to_owned(), [5, 0, 2, 0, 3]));
        assert_eq!(approvals(web, &orders[2..]), [0]);
        let outcomes = |outcome: &str| rows(web, &token, &path, outcome).len();
        assert_eq!(["", "done", "cancelled", "waiting", "refused"].map(outcomes), [5, 2, 3, 0, 0]);
        // Once more is no mistake, and changes nothing.
        web.done(&token, &format!("POST {path}/cancel"), &Value::Null);
        assert_eq!(events(web).iter().filter(|(kind, _)| kind == "batch.ended").count(), 1);
    });
}

#[test]
fn one_key_gives_one_batch_and_another_body_under_it_is_refused() {
    on_both(|web| {
        let orders = to_review(web, 2);
        let token = web.token("shop");
        let send = |body: &Value| Ask::new("POST /v1/batches").by(&token).keyed("one").json(&body.to_string());
        let id = |body: &Value| {
            let reply = web.send(&send(body));
            assert_eq!(reply.status, 202, "{}", reply.text());
            serde_json::from_slice::<Value>(&reply.body).unwrap()["id"].clone()
        };
        let first = id(&picked(&orders));
        work(web);
        assert_eq!((id(&picked(&orders)), stored(web)), (first, (1, 2)));
        let told = problem(web, &send(&picked(&orders[..1])));
        assert_eq!((told.0, told.1.as_str()), (422, "case.idempotency_key_reused"));
        assert_eq!(approvals(web, &orders), [1]);
    });
}

#[test]
fn a_case_named_twice_is_one_row_and_another_kind_is_refused() {
    on_both(|web| {
        let (buyer, token) = (web.token("buyer"), web.token("shop"));
        let orders = to_review(web, 2);
        web.done(&token, &format!("POST /v1/cases/{}/acts", orders[1]), &json!({ "event": "approve" }));
        let bought = web.done(&buyer, &format!("GET /v1/orders/{}", orders[1]), &Value::Null);
        let case = web.apply(&buyer, (&orders[1], bought["lines"][0]["id"].as_str().unwrap()), &[]);
        let path = ask(web, &token, &picked(&[case.clone(), orders[0].clone(), case.clone(), orders[0].clone()]));
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [2, 0, 1, 1, 0]));
        assert_eq!(codes(&rows(web, &token, &path, "")), [("batches.other_kind".to_owned(), 1)].into());
        let untouched = web.done(&token, &format!("GET /v1/cases/{case}"), &Value::Null);
        assert_eq!(untouched["state"], "requested");
    });
}

#[test]
fn an_organisation_has_a_few_batches_under_way_and_is_told_so() {
    on_both(|web| {
        let orders = to_review(web, 1);
        let token = web.token("shop");
        let paths: Vec<String> = (0..3).map(|_| ask(web, &token, &picked(&orders))).collect();
        let again = Ask::new("POST /v1/batches").by(&token).json(&picked(&orders).to_string());
        let told = problem(web, &again);
        assert_eq!((told.0, told.1.as_str()), (409, "batches.too_many_open"));
        ask(web, &web.token("shop2"), &picked(&orders));
        web.done(&token, &format!("POST {}/cancel", paths[0]), &Value::Null);
        ask(web, &token, &picked(&orders));
        let listed = web.done(&token, "GET /v1/batches?limit=2", &Value::Null);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        let rest =
            web.done(&token, &format!("GET /v1/batches?after={}", listed["next"].as_str().unwrap()), &Value::Null);
        let states: Vec<&str> =
            rest["items"].as_array().unwrap().iter().map(|b| b["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["waiting", "cancelled"]);
    });
}

#[test]
fn what_became_of_them_is_kept_for_thirty_days_and_deleted_a_few_rows_at_a_time() {
    on_both(|web| {
        let orders = to_review(web, 1);
        let token = web.token("shop");
        let strangers: Vec<String> = (1..=700).map(|n| xr_base::CaseId(n).to_string()).collect();
        let path = ask(web, &token, &picked(&[orders, strangers].concat()));
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [701, 0, 1, 700, 0]));
        let drop_some = || web.node.store.write_blocking(DropExpired).unwrap();
        web.node.advance(Millis(Millis::days(30).0 - 1));
        assert_eq!((drop_some(), stored(web)), (false, (1, 701)));
        web.node.advance(Millis(1));
        assert_eq!((drop_some(), stored(web)), (true, (1, 201)));
        work(web);
        assert_eq!((stored(web), drop_some()), ((0, 0), false));
        assert_eq!(problem(web, &Ask::new(&format!("GET {path}")).by(&token)).0, 404);
    });
}
