//! Replays over the API: asked by the platform, lived in the background, read by whoever may.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch;
use xr_base::calendar::DayTables;
use xr_base::{Instant, Scope, ShopId, SystemClock};
use xr_case::engine::{Engine, Question, Window, replay};
use xr_casework::replays::{replay_next, shop_names};
use xr_store::outside::look;
use xr_testkit::http::Ask;
use xr_tests::http::{Bought, Web, on_both};

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

/// Both shops sell something that its buyer wants to give back; gives the order of each with its number.
fn sold(web: &Web) -> [(String, String); 2] {
    let buyer = web.token("buyer");
    web.sellers.map(|seller| {
        let mut cart = web.cart(&[(web.sku_of(seller, 5), 1)]);
        cart["shop"] = json!(seller.shop);
        let placed = web.done(&buyer, "POST /v1/orders", &cart);
        let text = |name: &str| placed[name].as_str().unwrap().to_owned();
        let total = placed["total"]["minor"].as_i64().unwrap();
        let bought = Bought { order: text("order"), payment: text("payment"), total };
        web.pay(&buyer, &bought);
        let shown = web.done(&buyer, &format!("GET /v1/orders/{}", bought.order), &Value::Null);
        let mut wanted = Web::application((&bought.order, shown["lines"][0]["id"].as_str().unwrap()), &[]);
        wanted["description"] = json!("颜色不喜欢");
        web.done(&buyer, "POST /v1/aftersales", &wanted);
        (bought.order, text("number"))
    })
}

#[test]
fn what_differs_is_told_with_shop_and_order_and_a_replay_may_be_of_one_shop() {
    on_both(|web| {
        let operator = web.token("op");
        let sold = sold(web);
        let [own, other] = web.sellers.map(|seller| seller.shop.to_string());
        let lived = |body: Value| {
            let asked = web.done(&operator, "POST /v1/policy/replays", &body);
            assert_eq!(work(web, false), 1);
            web.done(&operator, &format!("GET /v1/policy/replays/{}", asked["id"].as_str().unwrap()), &Value::Null)
        };
        let placed = |done: &Value| -> BTreeSet<(String, String, String)> {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let listed = done["report"]["changed"].as_array().unwrap_or_else(|| panic!("{done}")).iter();
            listed.map(|row| (text(&row["shop"]), text(&row["order"]), text(&row["number"]))).collect()
        };
        let place = |shop: &String, (order, number): &(String, String)| (shop.clone(), order.clone(), number.clone());
        let since = xr_tests::START;
        let all = lived(json!({ "pack": "taobao", "since": since }));
        assert_eq!(placed(&all), BTreeSet::from([place(&own, &sold[0]), place(&other, &sold[1])]), "{all}");
        assert_eq!(all["shops"], json!({ &own: "甲旗舰店", &other: "乙旗舰店" }));
        let compared: i64 =
            all["report"]["kinds"].as_object().unwrap().values().map(|k| k["cases"].as_i64().unwrap()).sum();
        assert_eq!(all["report"]["packs"], json!({ "xiaoer-default": compared }));

        let one = lived(json!({ "pack": "taobao", "since": since, "shop": &other }));
        assert_eq!(placed(&one), BTreeSet::from([place(&other, &sold[1])]), "{one}");
        assert_eq!(
            (&one["shops"], &one["report"]["kinds"]["order"]["cases"]),
            (&json!({ &other: "乙旗舰店" }), &json!(1))
        );
        let listed = web.done(&operator, "GET /v1/policy/replays", &Value::Null);
        let shops = [0, 1].map(|i| listed["items"][i]["shops"].clone());
        assert_eq!(shops, [json!({ &other: "乙旗舰店" }), json!({})]);

        let path = format!("GET /v1/policy/replays/{}", all["id"].as_str().unwrap());
        let refused = web.send(&Ask::new(&path).by(&web.token("shop")));
        let said = refused.text();
        assert_eq!((refused.status, said.contains(&sold[1].1), said.contains("旗舰店")), (403, false, false), "{said}");
    });
}

#[test]
fn names_of_shops_are_told_only_to_who_may_see_the_shop() {
    on_both(|web| {
        let [own, other] = web.sellers;
        let asked = BTreeSet::from([own.shop, other.shop]);
        let named = |scope: Scope| {
            let asked = asked.clone();
            let read = web.node.store.read_blocking(move |tx| shop_names(tx, scope, &asked));
            read.unwrap().into_keys().collect::<Vec<_>>()
        };
        assert_eq!(named(Scope::Merchant(own.org)), [own.shop]);
        assert_eq!(named(Scope::Platform), [own.shop, other.shop]);
        assert_eq!(named(Scope::Buyer(web.user("buyer"))), []);
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
    let nowhere = json!({ "pack": "taobao", "since": since, "shop": ShopId(1) });
    assert_eq!(refused(nowhere), (422, json!("casework.no_such_shop")));
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
