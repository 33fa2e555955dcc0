//! Orders are found by whatever people read out, and only by those who may see them.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use xr_base::value::Value as Bound;
use xr_base::{CaseId, Fault, OrgId, Scope};
use xr_orders::queries::{self, Filter};
use xr_store::statement::{STATEMENTS, Statement};
use xr_store::{Command, Engine, Tx, params, sql};
use xr_tests::http::{Web, on_both};

/// Numbers of the orders that `who` finds with a page's worth of `limit`, in the order told; and the next page's place.
fn found(web: &Web, who: &str, text: &str, after: &str) -> (Vec<String>, Option<String>) {
    let q = text.bytes().map(|b| format!("%{b:02X}")).collect::<Vec<_>>().concat();
    let path = format!("GET /v1/orders?q={q}&limit=2{after}");
    let page = web.done(&web.token(who), &path, &Value::Null);
    let text = |order: &Value| order["number"].as_str().unwrap().to_owned();
    let numbers = page["items"].as_array().unwrap().iter().map(text).collect();
    (numbers, page["next"].as_str().map(str::to_owned))
}

/// Places an order for somebody else; gives its id and number.
fn placed(web: &Web, name: &str, phone: &str, sku: xr_base::SkuId) -> (String, String, String) {
    let mut cart = web.cart(&[(sku, 1)]);
    cart["recipient"]["name"] = json!(name);
    cart["recipient"]["phone"] = json!(phone);
    let order = web.done(&web.token("buyer"), "POST /v1/orders", &cart);
    let text = |field: &str| order[field].as_str().unwrap().to_owned();
    (text("order"), text("number"), text("payment"))
}

#[test]
fn orders_are_found_by_number_waybill_phone_name_and_code_of_the_goods() {
    on_both(|web| {
        let (pen, cup) = (web.sku(10), web.sku(10));
        let code: String = {
            let skus =
                web.done(&web.token("shop"), &format!("GET /v1/shops/{}/skus", web.sellers[0].shop), &Value::Null);
            let of_cup = |sku: &&Value| sku["id"] == json!(cup);
            skus["items"].as_array().unwrap().iter().find(of_cup).unwrap()["code"].as_str().unwrap().to_owned()
        };
        let (id, one, payment) = placed(web, "欧阳锋", "13911112222", pen);
        let (_, two, _) = placed(web, "欧阳锋", "13700002222", cup);
        let (_, three, _) = placed(web, "黄蓉", "021-62220001", cup);
        let buyer = web.token("buyer");
        web.done(&buyer, &format!("POST /v1/cases/{payment}/acts"), &json!({ "event": "submit" }));
        assert_eq!(web.notice("captured", &payment, 1_000).status, 200);
        let ship = json!({ "event": "ship_all", "input": { "carrier": "SF", "waybill": "SF1357924680" } });
        web.done(&web.token("shop"), &format!("POST /v1/cases/{id}/acts"), &ship);
        let all = |text: &str| found(web, "shop", text, "").0;
        for (text, expected) in [
            (one.as_str(), vec![&one]),
            ("SF1357924680", vec![&one]),
            ("13911112222", vec![&one]),
            ("2222", vec![&two, &one]),
            ("欧阳锋", vec![&two, &one]),
            ("黄蓉", vec![&three]),
            (&code, vec![&three, &two]),
            (" 黄蓉 ", vec![&three]),
            ("0001", vec![&three]),
            ("13911112223", vec![]),
            ("222", vec![]),
            ("欧阳", vec![]),
            ("%", vec![]),
        ] {
            assert_eq!(all(text).iter().collect::<Vec<_>>(), expected, "{text}");
        }
        // By pages, each once.
        let (_, newest, _) = placed(web, "欧阳锋", "13911112222", pen);
        let (first, next) = found(web, "shop", "欧阳锋", "");
        let (second, end) = found(web, "shop", "欧阳锋", &format!("&after={}", next.unwrap()));
        assert_eq!(([first, second].concat(), end), (vec![newest, two.clone(), one.clone()], None));
        // Whoever may not reveal recipients learns no more from a search than the list shows: the end of the phone number.
        for (text, expected) in
            [("欧阳锋", 0), ("13911112222", 0), ("021-62220001", 0), ("2222", 1), (one.as_str(), 1), (&code, 1)]
        {
            assert_eq!(found(web, "audit", text, "").0.len().min(1), expected, "an auditor looks for {text}");
        }
        // Nobody else's.
        let numbers = [one.as_str(), "SF1357924680"];
        for (who, by_number, by_other) in [("op", 1, 1), ("buyer", 1, 0), ("shop2", 0, 0), ("buyer2", 0, 0)] {
            for text in [one.as_str(), "SF1357924680", "13911112222", "黄蓉", &code] {
                let expected = if numbers.contains(&text) { by_number } else { by_other };
                assert_eq!(found(web, who, text, "").0.len().min(1), expected, "{who} looks for {text}");
            }
        }
    });
}

/// Orders of two merchants in turn, and below them all the only one of a third. Those of the first merchant and that one have a name in
/// common; all phone numbers end alike.
struct Crowd {
    orgs: [OrgId; 3],
}

fn name_key(tx: &Tx<'_>, name: &str) -> Result<i64, Fault> {
    tx.lookup("recipient name", name)
}

/// Of the end of a phone number, and of all of it.
fn phone_key(tx: &Tx<'_>, phone: &str) -> Result<(i64, i64), Fault> {
    Ok((tx.lookup("recipient phone end", &phone[phone.len() - 4..])?, tx.lookup("recipient phone", phone)?))
}

/// More than a request looks at.
const CROWD: i64 = 5_000;

impl Command for Crowd {
    type Out = ();
    const NAME: &'static str = "test.crowd";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let [one, other, newcomer] = self.orgs;
        tx.put(
            sql!(
                "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ?4)
                 INSERT INTO cases (id, kind, state, version, rulebook, merchant_org, shop_id, buyer_id, opened_at, entered_at)
                 SELECT i, 'order', 'requested', 1, 1, CASE WHEN i = 1 THEN CAST(?3 AS BIGINT)
                 WHEN i % 2 = 0 THEN CAST(?1 AS BIGINT) ELSE CAST(?2 AS BIGINT) END, 1, 1, 0, 0
                 FROM n /* unscoped: a test */"
            ),
            params![one, other, newcomer, CROWD],
        )?;
        tx.put(
            sql!(
                "INSERT INTO orders (case_id, number, merchant_org, shop_id, buyer_id, currency, goods_minor, freight_minor,
                 total_minor, source, remark, review_exempt, tracking, placed_at)
                 SELECT id, CAST(id AS TEXT), merchant_org, 1, 1, 'CNY', 1, 0, 1, 'test', '', 0, 'none', 0 FROM cases
                 WHERE id <= ?1 /* unscoped: a test */"
            ),
            params![CROWD],
        )?;
        let [crowd, nobody] = [name_key(tx, "crowd")?, name_key(tx, "no one")?];
        let [(end, own), (_, others)] = [phone_key(tx, "13900002222")?, phone_key(tx, "13800002222")?];
        Ok(tx.put(
            sql!(
                "INSERT INTO sealed_recipients (order_id, region, sealed, name_key, phone_key, phone_end_key)
                 SELECT id, '', ?2, CASE WHEN id = 1 OR id % 2 = 0 THEN CAST(?3 AS BIGINT) ELSE CAST(?4 AS BIGINT) END,
                 CASE WHEN id = 1 THEN CAST(?5 AS BIGINT) ELSE CAST(?6 AS BIGINT) END, ?7 FROM cases WHERE id <= ?1 /* unscoped: a test */"
            ),
            params![CROWD, vec![0_u8], crowd, nobody, own, others, end],
        )?)
    }
}

fn crowd(web: &Web) -> [OrgId; 3] {
    let orgs = [web.sellers[0].org, web.sellers[1].org, OrgId(77)];
    web.node.store.write_blocking(Crowd { orgs }).unwrap();
    orgs
}

#[test]
fn whoever_has_one_order_finds_it_below_thousands_of_others_with_the_same_name() {
    on_both(|web| {
        let [one, _, newcomer] = crowd(web);
        for (scope, q, expected) in [
            (Scope::Merchant(newcomer), "crowd", vec![1]),
            (Scope::Merchant(newcomer), "2222", vec![1]),
            (Scope::Merchant(newcomer), "13900002222", vec![1]),
            (Scope::Merchant(newcomer), "13800002222", vec![]),
            (Scope::Merchant(OrgId(78)), "crowd", vec![]),
            (Scope::Merchant(one), "crowd", vec![CROWD, CROWD - 2]),
            (Scope::Platform, "crowd", vec![CROWD, CROWD - 2]),
            (Scope::Platform, "2222", vec![CROWD, CROWD - 1]),
        ] {
            let filter = Filter { q: Some(q.to_owned()), may_reveal: true, ..Filter::default() };
            let part = web.node.store.read_blocking(move |tx| queries::part(tx, scope, &filter, 2)).unwrap();
            let ids: Vec<i64> = part.orders.iter().map(|order| order.id.0).collect();
            assert_eq!((ids, part.go_on), (expected, None), "{scope:?} looks for {q}");
        }
    });
}

#[test]
fn a_search_that_finds_nothing_among_thousands_says_where_it_stopped() {
    on_both(|web| {
        let [_, other, _] = crowd(web);
        let (token, requests) = (web.token("shop2"), AtomicUsize::new(0));
        let ask = |after: &str| {
            requests.fetch_add(1, Ordering::Relaxed);
            web.done(&token, &format!("GET /v1/orders?q=crowd&limit=2{after}"), &Value::Null)
        };
        let mut page = ask("");
        while let Some(next) = page["next"].as_str() {
            assert_eq!(page["items"], json!([]), "all are another merchant's");
            page = ask(&format!("&after={next}"));
        }
        assert_eq!(page["items"], json!([]));
        let requests = requests.into_inner();
        assert!((3..=6).contains(&requests), "{requests} requests for {CROWD} orders");
        // The operator looks for a number of which very many others have the end.
        let filter = Filter { q: Some("13900002222".to_owned()), may_reveal: true, ..Filter::default() };
        let (first, all) = web
            .node
            .store
            .read_blocking(move |tx| {
                let all = queries::list(tx, Scope::Platform, &filter, 2)?;
                let gone = Filter { q: Some("crowd".to_owned()), ..filter.clone() };
                assert!(queries::list(tx, Scope::Merchant(other), &gone, 2)?.is_empty());
                Ok((queries::part(tx, Scope::Platform, &filter, 2)?, all))
            })
            .unwrap();
        assert!(first.orders.is_empty() && first.go_on > Some(CaseId(1)), "{first:?}");
        assert_eq!(
            all.iter().map(|order| order.id.0).collect::<Vec<_>>(),
            [1],
            "those who need all go on by themselves"
        );
    });
}

struct Analyze;

impl Command for Analyze {
    type Out = ();
    const NAME: &'static str = "test.analyze";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        Ok(tx.exec(sql!("ANALYZE /* unscoped: a test */"), params![]).map(|_| ())?)
    }
}

/// How the engine would look for orders of `org` that have `key` in common.
fn plan(web: &Web, statement: &Statement, org: OrgId, is_by_name: bool) -> String {
    let is_postgres = web.node.store.engine() == Engine::Postgres;
    // Of a recursion that has not run PostgreSQL does not tell its plan.
    let explain = if is_postgres { "EXPLAIN ANALYZE" } else { "EXPLAIN QUERY PLAN" };
    let text = format!("{explain} {}", statement.text).leak();
    let asked: &Statement = Box::leak(Box::new(Statement::new(text, statement.file, statement.line)));
    let read = web.node.store.read_blocking(move |tx| {
        let key = if is_by_name { name_key(tx, "crowd")? } else { phone_key(tx, "13800002222")?.0 };
        let params = [Bound::Int(key), Bound::Int(CROWD), Bound::Int(20), Bound::Int(2_000)];
        if is_postgres {
            let rows: Vec<(String,)> = tx.all_scoped(asked, Scope::Merchant(org), &params)?;
            return Ok(rows.into_iter().map(|(line,)| line).collect::<Vec<_>>());
        }
        let rows: Vec<(i64, i64, i64, String)> = tx.all_scoped(asked, Scope::Merchant(org), &params)?;
        Ok(rows.into_iter().map(|(.., step)| step).collect())
    });
    read.unwrap().join("\n")
}

/// Half of all orders have the name and the merchant: PostgreSQL would rather take the primary key and read on until one fits.
#[test]
fn each_look_goes_straight_to_its_place_in_an_index_however_common_the_name() {
    on_both(|web| {
        let [org, ..] = crowd(web);
        let steps = match web.node.store.engine() {
            Engine::Postgres => {
                web.node.store.write_blocking(Analyze).unwrap();
                ["Backward using INDEX on sealed_recipients", "Backward using cases_by_merchant"]
            }
            Engine::Sqlite => [
                " INDEX (KEY=? AND order_id>? AND order_id<?)",
                "INDEX cases_by_merchant (merchant_org=? AND kind=? AND id>? AND id<?)",
            ],
        };
        let mut read = 0;
        for statement in STATEMENTS.iter().filter(|s| s.text.contains("WITH RECURSIVE looks")) {
            let (by_name, by_phone) = ("sealed_recipients_by_name", "sealed_recipients_by_phone_end");
            let is_by_name = statement.text.contains(by_name);
            let (index, column) = if is_by_name { (by_name, "name_key") } else { (by_phone, "phone_end_key") };
            let plan = plan(web, statement, org, is_by_name);
            for step in steps.map(|step| step.replace(" INDEX ", &format!(" {index} ")).replace("KEY", column)) {
                assert!(plan.contains(&step), "{step} is not in:\n{plan}");
            }
            read += 1;
        }
        assert_eq!(read, 2, "by name and by phone");
    });
}
