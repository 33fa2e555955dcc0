//! The review desk: what waits for whom, in which order, and who may look.

use crate::{CODE, Shop, applied, reading};
use serde_json::{Value, json};
use std::time::Duration;
use xr_base::Millis;
use xr_testkit::http::Ask;
use xr_tests::http::{PASSWORD, Web, fresh, on_both};

const CODES: [&str; 2] = ["91330106MA2000003Q", "91330106MA2000004U"];

fn submitted(web: &Web, code: &str) -> Shop {
    let shop = applied(web, code);
    assert_eq!(shop.act(web, &shop.token, "submit", &Value::Null).0, 200);
    shop
}

/// The server's own watch sees to what is due.
fn until(web: &Web, shop: &mut Shop, state: &str) {
    shop.token = web.token_of(&shop.who.made.login);
    for _ in 0..500 {
        if shop.view(web)["state"] == state {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("not {state}: {}", shop.view(web)["state"]);
}

/// Everything on the desk, in pages of `limit`.
fn listed(web: &Web, token: &str, asked: &str, limit: usize) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let page = web.done(token, &format!("GET /v1/verifications?limit={limit}{asked}{after}"), &Value::Null);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        rows.extend(items.iter().cloned());
        let Some(next) = page["next"].as_str() else { return rows };
        after = format!("&after={next}");
    }
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[test]
fn who_was_let_down_once_comes_first_and_then_whoever_has_the_least_time_left() {
    on_both(|web| {
        let mut let_down = submitted(web, CODE);
        web.node.advance(Millis::days(9));
        until(web, &mut let_down, "more_info");
        let early = submitted(web, CODES[0]);
        web.node.advance(Millis::days(1));
        let late = submitted(web, CODES[1]);
        assert_eq!(let_down.act(web, &let_down.token, "resubmit", &Value::Null).0, 200);

        let op = web.token("op");
        let rows = listed(web, &op, "", 200);
        assert_eq!(ids(&rows), [&let_down.case, &early.case, &late.case]);
        assert_eq!(ids(&listed(web, &op, "", 1)), ids(&rows), "page by page it is the same list");
        assert_eq!(ids(&listed(web, &op, "&state=submitted", 2)), ids(&rows));
        assert_eq!(listed(web, &op, "&state=approved", 2), Vec::<Value>::new());
        let told = |row: &Value| (row["is_first"].clone(), row["submissions"].clone(), row["subject"].clone());
        assert_eq!(told(&rows[0]), (json!(true), json!(2), json!("enterprise")));
        assert_eq!(told(&rows[1]), (json!(false), json!(1), json!("enterprise")));
        assert!(rows[1]["due_at"].as_str() < rows[2]["due_at"].as_str(), "{rows:?}");
        assert!(!rows.iter().any(|row| row.to_string().contains(CODE)), "a list holds no numbers");

        assert_eq!(let_down.act(web, &op, "approve", &reading(CODE)).0, 200);
        assert_eq!(ids(&listed(web, &op, "", 1)), [&early.case, &late.case]);
        let approved = listed(web, &op, "&state=approved", 1);
        assert_eq!((ids(&approved), &approved[0]["is_first"]), (vec![let_down.case.as_str()], &json!(false)));
    });
}

/// A member of the platform with these permissions alone.
fn staff(web: &Web, permissions: &[&str]) -> String {
    let op = web.token("op");
    let role = web.done(&op, "POST /v1/roles", &json!({ "name": fresh("role "), "permissions": permissions }));
    let login = fresh("staff");
    let member = json!({ "login": login, "name": "审核", "role": role["role"], "password": PASSWORD });
    web.done(&op, "POST /v1/members", &member);
    let body = json!({ "login": login, "password": PASSWORD }).to_string();
    let cookie = web.send(&Ask::new("POST /v1/session").json(&body)).header("set-cookie").to_owned();
    cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned()
}

#[test]
fn everybody_finds_what_waits_for_their_own_right() {
    on_both(|web| {
        let (reviewer, lead) = (staff(web, &["verification.review"]), staff(web, &["verification.lead"]));
        let mut shop = submitted(web, CODE);
        let seen = |token: &str| listed(web, token, "", 10).len();
        assert_eq!((seen(&reviewer), seen(&lead)), (1, 0));
        web.node.advance(Millis::days(4));
        until(web, &mut shop, "escalated");
        assert_eq!((seen(&reviewer), seen(&lead)), (0, 1));
        assert_eq!(shop.act(web, &reviewer, "approve", &reading(CODE)).0, 403, "what was escalated is the lead's");
        let paper = shop.view(web)["verification"]["papers"][0]["id"].as_str().unwrap().to_owned();
        let seen = web.send(&Ask::new(&format!("GET /v1/verification/papers/{paper}")).by(&lead));
        assert_eq!(seen.status, 200, "who decides sees the papers");
        assert_eq!(shop.act(web, &lead, "approve", &reading(CODE)).0, 200);
    });
}

#[test]
fn what_an_applicant_says_of_itself_is_for_its_reviewers_and_nobody_else() {
    on_both(|web| {
        let shop = submitted(web, CODE);
        let service = web.colleague("merchant_service", shop.who.made.org);
        let page = |token: &str| web.send(&Ask::new(&format!("GET /v1/cases/{}", shop.case)).by(token));
        for (who, token) in [("agent", web.token("agent")), ("auditor", web.token("audit")), ("colleague", service)] {
            let reply = page(&token);
            assert_eq!(reply.status, 200, "{who} sees that there is a case");
            let view: Value = serde_json::from_slice(&reply.body).unwrap();
            assert!(view.get("verification").is_none() && !reply.text().contains(CODE), "{who}: {view}");
            assert_eq!(view["title"], Value::Null, "{who} is not told whose");
            let board = web.done(&token, "GET /v1/board?limit=1", &Value::Null);
            assert_eq!(board["items"], json!([]), "it waits for reviewers alone: {who}");
        }
        assert!(web.done(&web.token("op"), "GET /v1/board", &Value::Null).to_string().contains(&shop.case));
        for token in [&web.token("op"), &shop.token] {
            assert!(page(token).text().contains(CODE));
        }
    });
}

#[test]
fn what_was_handed_in_is_shown_until_it_is_approved_and_not_an_older_one_after() {
    on_both(|web| {
        let (shop, op) = (submitted(web, CODE), web.token("op"));
        let why = json!({ "reason": "照片不清晰", "fields": ["business_licence"] });
        assert_eq!(shop.act(web, &op, "request_more", &why).0, 200);
        shop.save(web, CODES[0]);
        assert_eq!(shop.view(web)["verification"]["submitted"]["code"], CODE, "the draft is not yet handed in");
        assert_eq!(shop.act(web, &shop.token, "resubmit", &Value::Null).0, 200);
        assert_eq!(shop.view(web)["verification"]["submitted"]["code"], CODES[0]);
        assert_eq!(shop.act(web, &op, "approve", &reading(CODES[0])).0, 200);
        let told = shop.view(web)["verification"].clone();
        assert_eq!((told["submitted"].clone(), told["approved"]["code"].clone()), (Value::Null, json!(CODES[0])));
    });
}
