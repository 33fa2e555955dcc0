//! Replays over the API: asked by the platform, lived in the background, read by whoever may.

use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::watch;
use xr_base::calendar::DayTables;
use xr_base::{Instant, SystemClock};
use xr_case::engine::{Engine, Question, Window, replay};
use xr_casework::replays::replay_next;
use xr_store::outside::look;
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both};

/// Lives what waits, as the worker beside the server does; gives how many replays there were.
fn work(web: &Web, is_stopping: bool) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_stop, stopped) = watch::channel(is_stopping);
    runtime.block_on(async {
        let mut lived = 0;
        while replay_next(&web.node.store, &stopped).await.unwrap() {
            lived += 1;
        }
        lived
    })
}

#[test]
fn a_replay_is_asked_for_lived_in_the_background_and_kept() {
    on_both(|web| {
        let (buyer, operator) = (web.token("buyer"), web.token("op"));
        let bought = web.buy(&buyer, &[(web.sku(5), 1)]);
        web.pay(&buyer, &bought);
        let asked = json!({ "pack": "taobao", "since": xr_tests::START });
        let reply = web.send(&Ask::new("POST /v1/policy/replays").by(&operator).json(&asked.to_string()));
        assert_eq!(reply.status, 202, "{}", reply.text());
        let asked: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((&asked["state"], &asked["report"]), (&json!("waiting"), &Value::Null));
        assert_eq!(work(web, false), 1);

        let id = asked["id"].as_str().unwrap();
        let auditor = web.token("audit");
        let done = web.done(&auditor, &format!("GET /v1/policy/replays/{id}"), &Value::Null);
        assert_eq!((&done["state"], &done["problem"]), (&json!("done"), &Value::Null), "{done}");
        assert_eq!(done["families_done"], done["families_all"]);
        assert_eq!(done["report"]["not_reproduced"], 0, "{}", done["report"]["untold"]);
        assert!(done["report"]["kinds"]["order"]["cases"].as_i64() >= Some(1), "{done}");
        let listed = web.done(&auditor, "GET /v1/policy/replays", &Value::Null);
        assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["report"]), (&asked["id"], &Value::Null));

        let path = format!("GET /v1/policy/courses/{}/taobao", bought.order);
        let both = web.done(&operator, &path, &Value::Null);
        assert_eq!(both["old"]["steps"][0]["event"], "opened");
        assert_eq!(both["words"]["states"]["pending_ship"]["zh"], "待发货");
    });
}

#[test]
fn what_cannot_be_asked_is_refused_by_its_field() {
    let web = Web::sqlite();
    let operator = web.token("op");
    let refused = |body: Value| {
        let reply = web.send(&Ask::new("POST /v1/policy/replays").by(&operator).json(&body.to_string()));
        let problem: Value = serde_json::from_slice(&reply.body).unwrap();
        (reply.status, problem["code"].clone())
    };
    let since = xr_tests::START;
    assert_eq!(refused(json!({ "pack": "statutory", "since": since })), (422, json!("case.no_rulebook")));
    let empty = json!({ "pack": "taobao", "since": since, "until": since });
    assert_eq!(refused(empty), (422, json!("casework.empty_period")));
    for _ in 0..8 {
        let reply = web.send(
            &Ask::new("POST /v1/policy/replays")
                .by(&operator)
                .json(&json!({ "pack": "jd", "since": since }).to_string()),
        );
        assert_eq!(reply.status, 202);
    }
    assert_eq!(refused(json!({ "pack": "jd", "since": since })), (409, json!("casework.too_many_replays")));
}

#[test]
fn a_replay_whose_server_stopped_is_lived_after_the_next_start() {
    let web = Web::sqlite();
    let operator = web.token("op");
    web.buy(&web.token("buyer"), &[(web.sku(5), 1)]);
    let asked = json!({ "pack": "taobao", "since": xr_tests::START });
    let reply = web.send(&Ask::new("POST /v1/policy/replays").by(&operator).json(&asked.to_string()));
    let asked: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(work(&web, true), 0);
    assert_eq!(work(&web, false), 1);
    let path = format!("GET /v1/policy/replays/{}", asked["id"].as_str().unwrap());
    assert_eq!(web.done(&operator, &path, &Value::Null)["state"], "done");
}

#[test]
fn differences_are_sentences_with_the_rules_that_they_cite() {
    let web = Web::sqlite();
    let found = web.done(&web.token("shop"), "GET /v1/policy/differences/kuaishou-goods/taobao", &Value::Null);
    let all = found["differences"].as_array().unwrap();
    let answer = all.iter().find(|d| d["kind"] == "refund_only" && d["state"] == "requested" && d["topic"] == "clock");
    let text = answer.unwrap()["text"]["zh"].as_str().unwrap();
    assert!(text.starts_with("48 小时 → 2 天（若 progress == 'unshipped' 则 24 小时）"), "{text}");
    assert!(text.ends_with("依据 TB-2") && found["rules"]["TB-2"]["zh"].is_string(), "{text}");
    let none = web.done(&web.token("shop"), "GET /v1/policy/differences/jd/jd", &Value::Null);
    assert_eq!(none["differences"], json!([]));
    assert_eq!(web.send(&Ask::new("GET /v1/policy/differences/jd/nope").by(&web.token("shop"))).status, 404);
}

#[test]
fn a_replay_from_outside_looks_at_a_served_market_and_writes_nothing() {
    on_both(|web| {
        let buyer = web.token("buyer");
        let bought = web.buy(&buyer, &[(web.sku(5), 1)]);
        web.pay(&buyer, &bought);
        let shown = web.done(&buyer, &format!("GET /v1/orders/{}", bought.order), &Value::Null);
        let mut wanted = Web::application((&bought.order, shown["lines"][0]["id"].as_str().unwrap()), &[]);
        wanted["description"] = json!("颜色不喜欢");
        web.done(&buyer, "POST /v1/aftersales", &wanted);
        let before = web.settled();
        let engine = xiaoer::wiring::engine(DayTables::shipped().clone());
        let books = xiaoer::wiring::library(&engine).and_then(|library| xiaoer::wiring::rulebooks(&library)).unwrap();
        engine.books().hold(&books).unwrap();
        let mut ext = xiaoer::wiring::hooks();
        ext.push(Box::new(Arc::<Engine>::new(engine)));
        let window = Window { since: Instant(i64::MIN), until: Instant(i64::MAX), shop: None };
        let question = Question { pack: "taobao".to_owned(), window };
        // What people wrote is sealed, and a case is lived again with it.
        let given = (ext, xiaoer::keys::repeatable().keepers);
        let found =
            look(&web.location, Arc::new(SystemClock::real()), given, |tx| replay(tx, &question, &mut |_| true));
        let report = found.unwrap();
        assert!(report.kinds["order"].cases >= 1 && report.kinds["refund_only"].cases == 1, "{report:?}");
        assert_eq!((report.not_reproduced, web.fingerprint()), (0, before));
    });
}
