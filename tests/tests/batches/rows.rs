//! What becomes of each case.

use crate::support::{all, approvals, ask, codes, events, figures, picked, rows, shown, taken_back, to_review, work};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xr_testkit::http::Ask;
use xr_tests::http::{on_both, problem};

#[test]
fn of_a_thousand_orders_those_that_changed_are_refused_and_the_others_done_once() {
    on_both(|web| {
        let orders = to_review(web, 1_000);
        let token = web.token("shop");
        let path = ask(web, &token, &all(1_000));
        let worker = crate::support::worker(web);
        // Chosen and not acted on yet: eleven orders move on in between.
        let looks = std::cell::Cell::new(0);
        let chosen = || {
            looks.set(looks.get() + 1);
            looks.get() > 3
        };
        assert!(!worker.run_next(&chosen).unwrap());
        assert_eq!(figures(&shown(web, &token, &path)), ("running".to_owned(), [1_000, 1_000, 0, 0, 0]));
        let (moved, stayed) = orders.split_at(11);
        for order in moved {
            taken_back(web, order);
        }
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [1_000, 0, 989, 11, 0]));
        assert_eq!((approvals(web, stayed), approvals(web, moved)), (vec![1], vec![0]));
        let refused = rows(web, &token, &path, "refused");
        assert_eq!(codes(&refused), [("case.changed".to_owned(), 11)].into());
        let said = &refused[0]["problem"]["text"];
        assert!(
            said["zh"].as_str().unwrap().contains("“取消") && said["en"].as_str().unwrap().contains("moved on to"),
            "{said}"
        );
        let done = rows(web, &token, &path, "done");
        assert!(done.iter().all(|row| row["state"] == "pending_ship" && row["number"].is_string()), "{}", done[0]);
        let different: BTreeSet<&str> = done.iter().map(|row| row["case"].as_str().unwrap()).collect();
        assert_eq!(different, stayed.iter().map(String::as_str).collect());
        // The list comes newest first, and so do the rows.
        let all = rows(web, &token, &path, "");
        assert_eq!(all[0]["case"], json!(orders.last().unwrap()));
        web.assert_sound();
    });
}

#[test]
fn a_list_chooses_what_it_shows_and_nothing_that_came_later() {
    on_both(|web| {
        let orders = to_review(web, 4);
        let token = web.token("shop");
        let all_of = json!({ "list": "orders", "state": "pending_review" });
        let preview = web.done(&token, "POST /v1/batches/preview", &json!({ "all": all_of }));
        assert_eq!((&preview["count"], &preview["kinds"]), (&json!(4), &json!(["order"])));
        let acts: Vec<&str> =
            preview["acts"].as_array().unwrap().iter().map(|a| a["event"].as_str().unwrap()).collect();
        assert_eq!(acts, ["approve", "hold", "reject"]);
        web.node.advance(xr_base::Millis(1_000));
        let late = to_review(web, 2);
        taken_back(web, &orders[0]);
        let body = json!({
            "kind": "order", "event": "approve", "all": all_of, "count": preview["count"], "seen_at": preview["seen_at"],
        });
        let path = ask(web, &token, &body);
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [3, 0, 3, 0, 0]));
        assert_eq!((approvals(web, &orders[1..]), approvals(web, &late)), (vec![1], vec![0]));
        // Without the moment of the look there are more than were seen: nothing is done.
        let path = ask(web, &token, &all(1));
        work(web);
        let failed = shown(web, &token, &path);
        assert_eq!((failed["state"].as_str(), &failed["counts"]["done"]), (Some("failed"), &json!(0)));
        assert!(failed["failure"]["zh"].as_str().unwrap().contains("1 个"), "{failed}");
        assert_eq!(approvals(web, &late), [0]);
    });
}

#[test]
fn a_search_and_a_list_of_after_sales_cases_choose_as_they_show() {
    on_both(|web| {
        let (merchant, buyer) = (web.token("shop"), web.token("buyer"));
        let orders = to_review(web, 3);
        let listed = web.done(&merchant, "GET /v1/orders", &Value::Null);
        let mut listed = listed["items"].as_array().unwrap().iter();
        let number = listed.find(|order| order["id"] == orders[1]).unwrap()["number"].clone();
        let wanted = json!({ "list": "orders", "q": number, "state": "closed" });
        let path = ask(web, &merchant, &json!({ "kind": "order", "event": "approve", "all": wanted, "count": 1 }));
        work(web);
        let done = shown(web, &merchant, &path);
        assert_eq!(figures(&done), ("done".to_owned(), [1, 0, 1, 0, 0]));
        assert_eq!((&done["is_searched"], approvals(web, &orders[1..2])), (&json!(true), vec![1]));
        let kept = format!("{:?}", events(web));
        assert!(!kept.contains(number.as_str().unwrap()), "what was searched for is not on record");

        for order in [&orders[0], &orders[2]] {
            web.done(&merchant, &format!("POST /v1/cases/{order}/acts"), &json!({ "event": "approve" }));
        }
        let case_of = |order: &str| {
            let shown = web.done(&buyer, &format!("GET /v1/orders/{order}"), &Value::Null);
            web.apply(&buyer, (order, shown["lines"][0]["id"].as_str().unwrap()), &[])
        };
        let cases: Vec<String> = orders.iter().map(|order| case_of(order)).collect();
        let wanted = json!({ "list": "aftersales", "kind": "refund_only", "state": "requested" });
        let body = json!({ "kind": "refund_only", "event": "approve", "all": wanted, "count": 3, "note": "一并同意" });
        let path = ask(web, &merchant, &body);
        work(web);
        assert_eq!(figures(&shown(web, &merchant, &path)), ("done".to_owned(), [3, 0, 3, 0, 0]));
        for case in &cases {
            let page = web.done(&merchant, &format!("GET /v1/cases/{case}"), &Value::Null);
            let step = page["steps"].as_array().unwrap().iter().find(|step| step["event"] == "approve").unwrap();
            assert_eq!((&step["note"], &step["actor"]), (&json!("一并同意"), &json!(web.user("shop"))));
        }
        web.assert_sound();
    });
}

#[test]
fn what_is_refused_can_be_tried_again_as_it_is_then() {
    on_both(|web| {
        let orders = to_review(web, 3);
        let token = web.token("shop");
        let path = ask(web, &token, &picked(&orders));
        for order in &orders[..2] {
            web.done(&token, &format!("POST /v1/cases/{order}/acts"), &json!({ "event": "hold" }));
        }
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [3, 0, 1, 2, 0]));
        // A held order is released by another word: refused again, now for its state.
        let path = format!(
            "/v1/batches/{}",
            web.done(&token, &format!("POST {path}/again"), &Value::Null)["id"].as_str().unwrap()
        );
        work(web);
        assert_eq!(figures(&shown(web, &token, &path)), ("done".to_owned(), [2, 0, 0, 2, 0]));
        assert_eq!(codes(&rows(web, &token, &path, "refused")), [("case.not_accepted".to_owned(), 2)].into());
        let told =
            problem(web, &Ask::new(&format!("POST {}/again", ask(web, &token, &picked(&orders[..1])))).by(&token));
        assert_eq!((told.0, told.1.as_str()), (409, "batches.not_over"));
    });
}

#[test]
fn a_preview_offers_what_fits_every_case_and_says_how_many_take_it() {
    on_both(|web| {
        let orders = to_review(web, 3);
        let token = web.token("shop");
        let ask = |cases: &[String]| web.done(&token, "POST /v1/batches/preview", &json!({ "cases": cases }));
        let acts = |preview: &Value| -> Vec<(String, Value)> {
            let one = |act: &Value| (act["event"].as_str().unwrap().to_owned(), act["possible"].clone());
            preview["acts"].as_array().unwrap().iter().map(one).collect()
        };
        let seen = ask(&orders);
        assert_eq!(acts(&seen), [("approve", 3), ("hold", 3), ("reject", 3)].map(|(e, n)| (e.to_owned(), json!(n))));
        assert_eq!(seen["cases"].as_array().unwrap().len(), 3);
        web.done(&token, &format!("POST /v1/cases/{}/acts", orders[0]), &json!({ "event": "hold" }));
        assert_eq!(acts(&ask(&orders)), [("reject".to_owned(), json!(3))]);
        // What was held since is refused by the version that was seen.
        let mut body = picked(&orders);
        body["cases"] = seen["cases"].clone();
        body["event"] = json!("reject");
        let path = crate::support::ask(web, &token, &body);
        work(web);
        assert_eq!(codes(&rows(web, &token, &path, "refused")), [("case.changed".to_owned(), 1)].into());
        assert_eq!(figures(&shown(web, &token, &path)).1, [3, 0, 2, 1, 0]);
        // Orders to be shipped need a waybill each, which is nothing for many at once.
        let shipped = to_review(web, 1);
        web.done(&token, &format!("POST /v1/cases/{}/acts", shipped[0]), &json!({ "event": "approve" }));
        let events: Vec<String> = acts(&ask(&shipped)).into_iter().map(|(event, _)| event).collect();
        assert_eq!(events, ["edit"]);
    });
}
