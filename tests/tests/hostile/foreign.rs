//! Somebody else's ids: not there, and nothing changes.

use crate::scene::{DeskScene, Scene};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both};

/// Routes whose path names something that belongs to nobody, whose caller is known by a signature, or that only the platform may
/// call, which sees every organisation (permissions.toml).
const OPEN: [&str; 12] = [
    "GET /v1/calendars/{region}/{year}",
    "POST /v1/calendars/{region}/{year}/preview",
    "PUT /v1/calendars/{region}/{year}",
    "GET /v1/shops/{id}/skus",
    "GET /v1/packs/{pack}/{kind}",
    "GET /v1/packs/{pack}/{kind}/graph.svg",
    "GET /v1/packs/{pack}/check",
    "GET /v1/policy/differences/{pack}/{other}",
    "GET /v1/policy/replays/{id}",
    "GET /v1/policy/courses/{id}/{pack}",
    "POST /v1/notices/payments/{provider}",
    "POST /v1/notices/carriers/{carrier}",
];

/// Every other route with a name in its path, with a body that would do something, and who has the permission for it.
fn tried(scene: &Scene, session: &str) -> Vec<(&'static str, String, Value, &'static [&'static str])> {
    let (both, merchant): (&[&str], &[&str]) = (&["shop2", "buyer2"], &["shop2"]);
    let Scene { order, payment, case, picture, .. } = scene;
    let act = |event: &str| json!({ "event": event });
    let contact = json!({ "channel": "phone", "at": xr_tests::START, "note": "谈过了" });
    vec![
        ("DELETE /v1/sessions/{id}", session.to_owned(), Value::Null, both),
        ("GET /v1/orders/{id}", order.clone(), Value::Null, both),
        ("POST /v1/orders/{id}/reveal", order.clone(), Value::Null, merchant),
        ("PATCH /v1/orders/{id}/remark", order.clone(), json!({ "remark": "小心轻放" }), merchant),
        ("GET /v1/cases/{id}", case.clone(), Value::Null, both),
        ("GET /v1/cases/{id}", order.clone(), Value::Null, both),
        ("GET /v1/cases/{id}", payment.clone(), Value::Null, both),
        ("POST /v1/cases/{id}/acts", case.clone(), act("withdraw"), both),
        ("POST /v1/cases/{id}/acts", case.clone(), act("approve"), both),
        ("POST /v1/cases/{id}/acts", order.clone(), act("cancel_request"), both),
        ("POST /v1/cases/{id}/acts", payment.clone(), act("submit"), both),
        ("POST /v1/cases/{id}/contacts", case.clone(), contact, merchant),
        ("POST /v1/cases/{id}/evidence", case.clone(), json!({ "words": "看这里" }), both),
        ("GET /v1/uploads/{sha256}", picture.clone(), Value::Null, both),
    ]
}

/// The same of the import desk and of exports; a source is not changed from elsewhere, whatever shop it is to be for.
fn tried_at_desk(web: &Web) -> Vec<(&'static str, String, Value, &'static [&'static str])> {
    let desk = DeskScene::new(web);
    let routes = [
        "GET /v1/imports/{id}",
        "DELETE /v1/imports/{id}",
        "GET /v1/imports/{id}/preview",
        "POST /v1/imports/{id}/format",
        "POST /v1/imports/{id}/start",
        "GET /v1/imports/{id}/rows",
        "GET /v1/imports/{id}/report.csv",
        "PUT /v1/import-sources/{id}",
        "GET /v1/import-sources/{id}/products",
        "PUT /v1/import-sources/{id}/products",
    ];
    let merchant: &[&str] = &["shop2"];
    let one = |route: &'static str| {
        let id = if route.contains("/imports") { &desk.import } else { &desk.source };
        (route, id.clone(), desk.body(web, route).unwrap_or_default(), merchant)
    };
    let mut tried = routes.map(one).to_vec();
    let export = crate::scene::export(web);
    for route in ["GET /v1/exports/{id}", "DELETE /v1/exports/{id}", "GET /v1/exports/{id}/file"] {
        tried.push((route, export.clone(), Value::Null, merchant));
    }
    let paper = crate::scene::paper(web);
    for route in ["GET /v1/verification/papers/{id}", "DELETE /v1/verification/papers/{id}"] {
        tried.push((route, paper.clone(), Value::Null, merchant));
    }
    let batch = crate::scene::batch(web);
    for route in [
        "GET /v1/batches/{id}",
        "GET /v1/batches/{id}/rows",
        "POST /v1/batches/{id}/cancel",
        "POST /v1/batches/{id}/again",
    ] {
        tried.push((route, batch.clone(), Value::Null, merchant));
    }
    let view = crate::scene::view(web);
    let both: &[&str] = &["shop2", "buyer2"];
    tried.push(("PATCH /v1/views/{id}", view.clone(), json!({ "version": 1, "name": "mine" }), both));
    tried.push(("DELETE /v1/views/{id}", view, Value::Null, both));
    let (member, role) = (crate::scene::member(web), crate::scene::role(web));
    tried.push(("PATCH /v1/members/{id}", member.clone(), json!({ "version": 1, "is_disabled": true }), merchant));
    tried.push(("POST /v1/members/{id}/second-factor/removal", member, Value::Null, merchant));
    tried.push(("PATCH /v1/roles/{id}", role.clone(), json!({ "version": 1, "permissions": [] }), merchant));
    tried.push(("DELETE /v1/roles/{id}", role, Value::Null, merchant));
    let (hook, delivery) = crate::scene::webhook(web);
    for route in [
        "PATCH /v1/webhooks/{id}",
        "DELETE /v1/webhooks/{id}",
        "POST /v1/webhooks/{id}/secrets",
        "POST /v1/webhooks/{id}/ping",
        "POST /v1/webhooks/{id}/replays",
        "GET /v1/webhooks/{id}/deliveries",
        "GET /v1/webhooks/{id}/deliveries/{delivery}",
    ] {
        tried.push((route, hook.clone(), crate::scene::body_of_webhook(route, &delivery), merchant));
    }
    tried.push(("DELETE /v1/api-keys/{id}", crate::scene::api_key(web), Value::Null, merchant));
    tried
}

fn session_of_buyer(web: &Web) -> String {
    let sessions = web.done(&web.token("buyer"), "GET /v1/sessions", &Value::Null);
    sessions[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn every_route_with_a_name_in_its_path_is_tried() {
    let web = Web::sqlite();
    let mut tried = tried(&Scene::new(&web), &session_of_buyer(&web));
    tried.extend(tried_at_desk(&web));
    let tried: BTreeSet<String> = tried.iter().map(|(route, ..)| *route).chain(OPEN).map(str::to_owned).collect();
    let routes = xr_web::app::system_routes().merge(xiaoer::wiring::routes()).merge(xiaoer::demo::routes());
    let named = routes.listed().into_iter().filter(|l| l.path.contains('{'));
    let named: BTreeSet<String> = named.map(|l| format!("{} {}", l.method, l.path)).collect();
    assert_eq!(named, tried);
}

#[test]
fn the_ids_of_others_look_like_ids_of_nothing_and_change_nothing() {
    on_both(|web| {
        let scene = Scene::new(web);
        let session = session_of_buyer(web);
        let tokens = ["shop2", "buyer2"].map(|login| (login, web.token(login)));
        let mut all = tried(&scene, &session);
        all.extend(tried_at_desk(web));
        let before = settled(web);
        for (route, id, body, logins) in all {
            for (login, token) in tokens.iter().filter(|(login, _)| logins.contains(login)) {
                let is_versioned =
                    ["DELETE /v1/views", "DELETE /v1/roles"].iter().any(|start| route.starts_with(start));
                let version = if is_versioned { "?version=1" } else { "" };
                let line = route.replace("{id}", &format!("{id}{version}")).replace("{sha256}", &id);
                let line = line.replace("{delivery}", &id);
                let ask = Ask::new(&line).by(token).keyed(&xr_tests::http::fresh("key"));
                let reply = web.send(&if body.is_null() { ask } else { ask.json(&body.to_string()) });
                assert_eq!(reply.status, 404, "{line} by {login}: {}", reply.text());
                let problem: Value = serde_json::from_slice(&reply.body).unwrap();
                assert!(!problem["detail"].as_str().unwrap().contains("李雷"));
            }
        }
        assert_eq!(settled(web), before);
    });
}

#[test]
fn the_ids_of_others_in_bodies_are_refused_alike() {
    on_both(|web| {
        let scene = Scene::new(web);
        let (buyer2, shop2) = (web.token("buyer2"), web.token("shop2"));
        let other = web.buy(&buyer2, &[(scene.sku, 1)]);
        web.pay(&buyer2, &other);
        let own_line = Scene::line_of(web, &buyer2, &other.order);
        let address = json!({ "shop": web.sellers[0].shop, "address": "浙江省嘉兴市物流园 6 号库" });
        let own = (other.order.as_str(), own_line.as_str());
        let mut elsewhere = web.cart(&[(scene.sku, 1)]);
        elsewhere["shop"] = json!(web.sellers[1].shop);
        let desk = DeskScene::new(web);
        let own_import = web.upload(&shop2, "orders.csv", crate::scene::FILE);
        let own_import = format!("POST /v1/imports/{}/start", own_import["id"].as_str().unwrap());
        let role = crate::scene::role(web);
        let (mut stranger, mut staff) = (crate::scene::new_member(), crate::scene::new_member());
        stranger["role"] = json!(role);
        staff["role"] = json!("operator");
        let before = settled(web);
        let calls = [
            // Another organisation's role, and one of another kind of organisation.
            (&shop2, "POST /v1/members", stranger, 422),
            (&shop2, "POST /v1/members", staff, 422),
            // Another buyer's order, and another's line in the own order.
            (&buyer2, "POST /v1/aftersales", Scene::application((&scene.order, &scene.line), &[]), 404),
            (&buyer2, "POST /v1/aftersales", Scene::application((own.0, &scene.line), &[]), 404),
            // A picture that somebody else sent in is no evidence of mine.
            (&buyer2, "POST /v1/aftersales", Scene::application(own, &[&scene.picture]), 422),
            (&shop2, "POST /v1/return-addresses", address, 404),
            // Another's shop for one's own source, and another's source for one's own file.
            (&shop2, "POST /v1/import-sources", DeskScene::source(web), 422),
            (&shop2, &own_import, json!({ "source": desk.source, "dry_run": true }), 422),
            // Goods of one shop in another's cart.
            (&buyer2, "POST /v1/orders", elsewhere, 422),
        ];
        for (token, line, body, status) in calls {
            let reply = web.send(&Ask::new(line).by(token).json(&body.to_string()));
            assert_eq!(reply.status, status, "{line} {body}: {}", reply.text());
        }
        assert_eq!(settled(web), before);
    });
}

pub(crate) fn settled(web: &Web) -> String {
    web.settled()
}
