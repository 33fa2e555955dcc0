//! Role by route: what is written by hand, what is declared, and what really happens are the same.

use crate::scene::{DeskScene, Scene, png};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use xr_testkit::http::Ask;
use xr_tests::http::{PASSWORD, Role, Web, fresh, on_both};

/// Access word, then a status for nobody and each role of [`Role::ALL`].
type Row = (String, u16, u16, u16, u16, u16, u16);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    route: BTreeMap<String, Row>,
}

fn table() -> BTreeMap<String, Row> {
    let table: Table = toml::from_str(include_str!("../../golden/permissions.toml")).unwrap();
    table.route
}

#[test]
fn every_route_stands_in_the_table_as_it_is_declared() {
    let routes = xr_web::app::system_routes().merge(xiaoer::wiring::routes()).merge(xiaoer::demo::routes());
    let declared: BTreeMap<String, String> =
        routes.listed().into_iter().map(|l| (format!("{} {}", l.method, l.path), l.access)).collect();
    let written: BTreeMap<String, String> = table().into_iter().map(|(route, row)| (route, row.0)).collect();
    assert_eq!(declared, written, "a route is only released with its line in tests/golden/permissions.toml");
}

#[test]
fn no_route_is_served_that_is_not_listed() {
    let web = Web::sqlite();
    let document: Value = serde_json::from_slice(&web.send(&Ask::new("GET /v1/openapi.json")).body).unwrap();
    let operations = |(path, item): (&String, &Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().map(|m| m.to_uppercase()).collect();
        methods.into_iter().map(|method| format!("{method} {path}")).collect::<Vec<_>>()
    };
    let mut served: Vec<String> = document["paths"].as_object().unwrap().iter().flat_map(operations).collect();
    served.sort();
    assert_eq!(served, table().into_keys().collect::<Vec<_>>());
}

#[test]
fn every_role_gets_what_the_table_says_of_every_route() {
    on_both(|web| {
        let mut wrong = Vec::new();
        for (route, (_, nobody, operator, merchant, agent, buyer, auditor)) in table() {
            let expected = [operator, merchant, agent, buyer, auditor];
            let mut see = |who: &str, login: Option<&str>, expected: u16| {
                let reply = web.send(&ask(web, &route, login));
                if reply.status != expected {
                    wrong.push(format!("{route} by {who}: {} instead of {expected}: {}", reply.status, reply.text()));
                }
            };
            see("nobody", None, nobody);
            for (Role(name, login), status) in Role::ALL.into_iter().zip(expected) {
                see(name, Some(login), status);
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

fn plain_2026() -> String {
    xr_base::calendar::plain_letters(2026).unwrap()
}

/// The route called by somebody with a new session, about things made for this call.
fn ask(web: &Web, route: &str, login: Option<&str>) -> Ask {
    let token = login.map(|login| web.token(login));
    let signed_in = |ask: Ask| if let Some(token) = &token { ask.by(token) } else { ask };
    let (method, path) = route.split_once(' ').unwrap();
    let whole = |path: &str| signed_in(Ask::new(&format!("{method} {path}")));
    if !path.contains('{') {
        return match (route, body(web, route)) {
            ("POST /v1/uploads", _) => whole(path).with("Content-Type", "image/png").bytes(&png()),
            ("POST /v1/verification/papers", _) => whole("/v1/verification/papers?kind=other").bytes(&png()),
            ("GET /v1/views", _) => whole("/v1/views?list=orders"),
            ("GET /v1/states", _) => whole("/v1/states?kind=order"),
            ("POST /v1/imports", _) => whole("/v1/imports?name=orders.csv").bytes(crate::scene::FILE),
            (_, Some(body)) => whole(path).json(&body.to_string()),
            (_, None) => whole(path),
        };
    }
    if path.starts_with("/v1/notices") {
        let path = path.replace("{provider}", "testpay").replace("{carrier}", "SF");
        return whole(&path).json("{}");
    }
    if path == "/v1/sessions/{id}" {
        return whole(&format!("/v1/sessions/{}", other_session(web, login)));
    }
    if path.starts_with("/v1/import") {
        let desk = DeskScene::new(web);
        let id = if path.starts_with("/v1/imports") { &desk.import } else { &desk.source };
        let ask = whole(&path.replace("{id}", id));
        let Some(body) = desk.body(web, route) else { return ask };
        return ask.json(&body.to_string());
    }
    let made = match path.split('/').nth(2) {
        Some("verification") => Some(crate::scene::paper(web)),
        Some("exports") => Some(crate::scene::export(web)),
        Some("batches") => Some(crate::scene::batch(web)),
        Some("api-keys") => Some(crate::scene::api_key(web)),
        _ => None,
    };
    if let Some(id) = made {
        return whole(&path.replace("{id}", &id));
    }
    if ["webhooks", "views", "members", "roles"].iter().any(|own| path.split('/').nth(2) == Some(own)) {
        return of_office(web, (method, path), &signed_in);
    }
    let scene = Scene::new(web);
    let id = if path.starts_with("/v1/orders") { &scene.order } else { &scene.case };
    let path = path.replace("/shops/{id}", &format!("/shops/{}", web.sellers[0].shop)).replace("{id}", id);
    let path = path
        .replace("{sha256}", &scene.picture)
        .replace("{pack}/{kind}", "xiaoer-default/order")
        .replace("{region}/{year}", "cn/2026")
        .replace("{other}", "taobao")
        .replace("{pack}", "xiaoer-default");
    let sent = match route {
        "POST /v1/calendars/{region}/{year}/preview" => json!({ "days": plain_2026() }),
        "PUT /v1/calendars/{region}/{year}" => json!({ "days": plain_2026(), "source": "a test" }),
        "PATCH /v1/orders/{id}/remark" => json!({ "remark": "小心轻放" }),
        "POST /v1/cases/{id}/acts" => json!({ "event": "withdraw" }),
        "POST /v1/cases/{id}/contacts" => json!({ "channel": "phone", "at": xr_tests::START, "note": "谈过了" }),
        "POST /v1/cases/{id}/evidence" => json!({ "words": "看这里" }),
        _ => return whole(&path),
    };
    whole(&path).json(&sent.to_string())
}

/// A call about a webhook, view, member or role of the first merchant.
fn of_office(web: &Web, (method, path): (&str, &str), signed_in: &dyn Fn(Ask) -> Ask) -> Ask {
    let route = format!("{method} {path}");
    if path.starts_with("/v1/webhooks") {
        return of_webhook(web, &route, signed_in);
    }
    if path == "/v1/views/{id}" {
        let line = format!("{method} /v1/views/{}?version=1", crate::scene::view(web));
        let line = if method == "PATCH" { line.replace("?version=1", "") } else { line };
        let ask = signed_in(Ask::new(&line));
        return if method == "PATCH" { ask.json(r#"{"version":1,"is_shared":true}"#) } else { ask };
    }
    let (line, body) = of_members(web, &route);
    let ask = signed_in(Ask::new(&line));
    if body.is_empty() { ask } else { ask.json(body) }
}

/// A call about a webhook of the first merchant.
fn of_webhook(web: &Web, route: &str, signed_in: &dyn Fn(Ask) -> Ask) -> Ask {
    let (id, delivery) = crate::scene::webhook(web);
    let body = crate::scene::body_of_webhook(route, &delivery);
    let ask = signed_in(Ask::new(&route.replace("{id}", &id).replace("{delivery}", &delivery)));
    if body.is_null() { ask } else { ask.json(&body.to_string()) }
}

/// A route about a member or role of the first merchant, and what it is sent.
fn of_members(web: &Web, route: &str) -> (String, &'static str) {
    match route {
        "PATCH /v1/members/{id}" => {
            (route.replace("{id}", &crate::scene::member(web)), r#"{"version":1,"is_disabled":true}"#)
        }
        "POST /v1/members/{id}/second-factor/removal" => (route.replace("{id}", &crate::scene::member(web)), ""),
        "PATCH /v1/roles/{id}" => {
            (route.replace("{id}", &crate::scene::role(web)), r#"{"version":1,"permissions":[]}"#)
        }
        _ => (route.replace("{id}", &format!("{}?version=1", crate::scene::role(web))), ""),
    }
}

fn body(web: &Web, route: &str) -> Option<Value> {
    Some(match route {
        "POST /v1/session" => json!({ "login": "buyer2", "password": PASSWORD }),
        "PATCH /v1/me" => json!({ "locale": null }),
        "POST /v1/me/password" => json!({ "current": PASSWORD, "password": "" }),
        "POST /v1/registrations" => xr_tests::http::registration("person", ""),
        "PUT /v1/verification/draft" => xr_tests::http::registration("person", "")["form"].clone(),
        "POST /v1/me/second-factor" => json!({ "current": PASSWORD }),
        "POST /v1/me/second-factor/confirmation" => json!({ "code": "" }),
        "POST /v1/me/second-factor/recovery-codes" | "POST /v1/me/second-factor/removal" => {
            json!({ "current": PASSWORD, "code": "" })
        }
        "POST /v1/orders" => web.cart(&[(web.sku(1), 1)]),
        "POST /v1/import-sources" => DeskScene::source(web),
        "POST /v1/views" => crate::scene::new_view(),
        "POST /v1/members" => crate::scene::new_member(),
        // A word of each kind of organisation would be refused to the other.
        "POST /v1/roles" => json!({ "name": fresh("role "), "permissions": ["cases.batch"] }),
        "POST /v1/webhooks" => crate::scene::new_webhook(),
        "POST /v1/api-keys" => crate::scene::new_api_key(),
        "POST /v1/exports" => json!({ "format": "csv" }),
        "POST /v1/batches/preview" => json!({ "all": { "list": "orders" } }),
        "POST /v1/batches" => {
            crate::scene::work_on_batches(web);
            let missing = xr_base::CaseId(1).to_string();
            json!({ "kind": "order", "event": "approve", "cases": [{ "id": missing }] })
        }
        "POST /v1/return-addresses" => json!({ "shop": web.sellers[0].shop, "address": "浙江省嘉兴市物流园 6 号库" }),
        "POST /v1/policy/replays" => json!({ "pack": "taobao", "since": xr_tests::START }),
        "POST /v1/demo/clock" => json!({ "advance_ms": 0, "rate": 1 }),
        "POST /v1/demo/scans" => json!({ "carrier": "SF", "waybill": "SF000000000001", "kind": "delivered" }),
        "POST /v1/aftersales" => {
            let (token, sku) = (web.token("buyer"), web.sku(1));
            let bought = web.buy(&token, &[(sku, 1)]);
            web.pay(&token, &bought);
            let line = Scene::line_of(web, &token, &bought.order);
            Scene::application((&bought.order, &line), &[])
        }
        _ => return None,
    })
}

/// Another session of the same person, for ending it; any where nobody is logged in.
fn other_session(web: &Web, login: Option<&str>) -> String {
    let login = login.unwrap_or("buyer");
    let token = web.token(login);
    let sessions = web.done(&token, "GET /v1/sessions", &Value::Null);
    sessions[0]["id"].as_str().unwrap_or_else(|| panic!("{sessions}")).to_owned()
}

#[test]
fn why_an_act_is_not_possible_is_told_in_the_language_of_the_browser() {
    let web = Web::sqlite();
    let scene = Scene::new(&web);
    let told = |language: &str| {
        let page = Ask::new(&format!("GET /v1/cases/{}", scene.case)).by(&web.token("shop"));
        let page: Value = serde_json::from_slice(&web.send(&page.with("Accept-Language", language)).body).unwrap();
        let acts = page["acts"].as_array().unwrap().clone();
        let closed = acts.into_iter().find(|act| act["enabled"] == false).unwrap();
        closed["why_not"]["text"].as_str().unwrap().to_owned()
    };
    let (zh, en) = (told("zh-CN"), told("en"));
    assert!(en.is_ascii() && !zh.is_ascii(), "{zh} / {en}");
}

#[test]
fn a_case_names_ones_own_people_and_to_the_platform_everybody() {
    let web = Web::sqlite();
    let scene = Scene::new(&web);
    let opener = |login: &str| {
        let page = web.done(&web.token(login), &format!("GET /v1/cases/{}", scene.case), &Value::Null);
        assert_eq!(page["steps"][0]["party"], "buyer");
        page["steps"][0]["actor_name"].clone()
    };
    let name = opener("buyer");
    assert!(name.is_string(), "{name}");
    assert_eq!(opener("audit"), name);
    assert_eq!(opener("shop"), Value::Null, "the merchant sees a party, not a person");
    let listed = web.done(&web.token("shop"), "GET /v1/aftersales", &Value::Null);
    let next = &listed["items"][0]["next"];
    assert!(next["cited"]["zh"].as_str().is_some_and(|text| !text.is_empty()), "{next}");
}

#[test]
fn packs_are_listed_with_their_machines_and_the_floor_by_its_bounds() {
    let web = Web::sqlite();
    let token = web.token("shop");
    let listed = web.done(&token, "GET /v1/packs", &Value::Null);
    let packs = listed["items"].as_array().unwrap();
    let names: Vec<&str> = packs.iter().filter_map(|p| p["name"].as_str()).collect();
    assert_eq!(names, ["statutory", "xiaoer-default", "kuaishou-goods", "taobao", "jd", "wechat", "marketplace-b2b"]);
    for pack in &packs[1..] {
        assert_eq!((pack["kinds"].as_array().map(Vec::len), &pack["bounds"]), (Some(7), &json!([])), "{pack}");
    }
    assert_eq!(packs[0]["kinds"], json!([]), "no case runs on the floor");
    let bounds = packs[0]["bounds"].as_array().unwrap();
    assert_eq!(bounds.len(), 5);
    let first = ["kind", "min", "max", "calendar", "id"].map(|key| bounds[0][key].clone());
    assert_eq!(first, [json!("order"), json!("7d"), Value::Null, json!("day0"), json!("LAW-1")]);
    assert_eq!(
        (&bounds[0]["event"]["en"], &bounds[0]["rule"]["certainty"]),
        (&json!("After-sales window over"), &json!("A"))
    );
    let status = |path: &str| web.send(&Ask::new(path).by(&token)).status;
    assert_eq!(status("GET /v1/packs/taobao/return_refund"), 200);
    assert_eq!(status("GET /v1/packs/statutory/return_refund"), 404);
    assert_eq!(web.done(&token, "GET /v1/packs/statutory/check", &Value::Null), json!({ "findings": [] }));
}

/// The committed document is what clients are generated from. `XR_UPDATE_GOLDEN=1` writes it anew.
#[test]
fn the_committed_api_document_is_the_served_one() {
    let routes = xr_web::app::system_routes().merge(xiaoer::wiring::routes()).merge(xiaoer::demo::routes());
    assert!(routes.ambiguous().is_empty(), "schemas of one name: {:?}", routes.ambiguous());
    let served = routes.document().to_pretty_json().unwrap() + "\n";
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    if std::env::var_os("XR_UPDATE_GOLDEN").is_some() {
        std::fs::write(file, &served).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(committed == served, "docs/openapi.json is old: run this test once with XR_UPDATE_GOLDEN=1");
}
