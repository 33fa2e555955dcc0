//! Saved views: each person's own, shared within an organisation, never seen outside of it.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use xr_testkit::http::Ask;
use xr_tests::http::{Web, on_both, problem};

fn add(web: &Web, token: &str, name: &str, change: &Value) -> Value {
    let mut body = json!({ "list": "orders", "name": name, "filters": { "state": "closed" } });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    web.done(token, "POST /v1/views", &body)
}

fn names(web: &Web, token: &str, list: &str) -> Vec<String> {
    let found = web.done(token, &format!("GET /v1/views?list={list}"), &Value::Null);
    found["items"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

fn path(method: &str, view: &Value) -> String {
    format!("{method} /v1/views/{}", view["id"].as_str().unwrap())
}

#[test]
fn a_view_is_saved_renamed_moved_and_deleted_by_its_owner() {
    on_both(|web| {
        let token = web.token("shop");
        let first = add(web, &token, "待发货", &json!({}));
        add(web, &token, "second", &json!({ "filters": { "q": "1234" } }));
        add(web, &token, "third", &json!({ "filters": { "shop": web.sellers[0].shop, "state": "closed" } }));
        add(web, &token, "待发货", &json!({ "list": "aftersales", "filters": { "kind": "exchange" } }));
        assert_eq!(first["filters"], json!({ "state": "closed" }));
        assert_eq!(names(web, &token, "orders"), ["待发货", "second", "third"]);
        let moved = web.done(&token, &path("PATCH", &first), &json!({ "version": 1, "place": 2, "name": "first" }));
        assert_eq!((&moved["version"], &moved["name"], &moved["is_own"]), (&json!(2), &json!("first"), &json!(true)));
        assert_eq!(names(web, &token, "orders"), ["second", "third", "first"]);
        web.done(
            &token,
            &path("PATCH", &first),
            &json!({ "version": 2, "place": 0, "filters": { "state": "shipped" } }),
        );
        assert_eq!(names(web, &token, "orders"), ["first", "second", "third"]);
        web.done(&token, &format!("{}?version=3", path("DELETE", &first)), &Value::Null);
        assert_eq!(names(web, &token, "orders"), ["second", "third"]);
        assert_eq!(names(web, &token, "aftersales"), ["待发货"], "another list has views of its own");
    });
}

#[test]
fn who_has_seen_an_older_version_changes_nothing() {
    on_both(|web| {
        let token = web.token("shop");
        let view = add(web, &token, "mine", &json!({}));
        web.done(&token, &path("PATCH", &view), &json!({ "version": 1, "name": "newer" }));
        let older = Ask::new(&path("PATCH", &view)).by(&token).json(r#"{"version":1,"name":"older"}"#);
        let changed = (409, "casework.view_changed".to_owned(), Some("version".to_owned()));
        assert_eq!(problem(web, &older), changed);
        assert_eq!(problem(web, &Ask::new(&format!("{}?version=1", path("DELETE", &view))).by(&token)), changed);
        assert_eq!(names(web, &token, "orders"), ["newer"]);
        add(web, &token, "other", &json!({}));
        let taken = Ask::new(&path("PATCH", &view)).by(&token).json(r#"{"version":2,"name":" other "}"#);
        assert_eq!(problem(web, &taken).1, "casework.view_name_taken");
    });
}

#[test]
fn a_shared_view_is_seen_by_colleagues_and_by_nobody_else() {
    on_both(|web| {
        let token = web.token("shop");
        let colleague = web.colleague("merchant", web.sellers[0].org);
        let view = add(web, &token, "ours", &json!({ "is_shared": true }));
        add(web, &token, "mine", &json!({}));
        add(web, &colleague, "theirs", &json!({}));
        assert_eq!(names(web, &colleague, "orders"), ["theirs", "ours"], "one's own come first");
        for other in ["shop2", "op", "agent", "audit", "buyer"] {
            assert_eq!(names(web, &web.token(other), "orders"), Vec::<String>::new(), "{other}");
        }
        let rename = Ask::new(&path("PATCH", &view)).by(&colleague).json(r#"{"version":1,"name":"x"}"#);
        assert_eq!(problem(web, &rename).1, "casework.not_your_view");
        let delete = Ask::new(&format!("{}?version=1", path("DELETE", &view))).by(&colleague);
        assert_eq!(problem(web, &delete).1, "casework.not_your_view");
        web.done(&token, &path("PATCH", &view), &json!({ "version": 1, "is_shared": false }));
        assert_eq!(names(web, &colleague, "orders"), ["theirs"]);
        assert_eq!(problem(web, &rename).0, 404, "what is not shared any more is not there");
    });
}

#[test]
fn a_person_has_at_most_fifty_views() {
    on_both(|web| {
        let token = web.token("shop");
        for n in 0..50 {
            let list = if n % 2 == 0 { "orders" } else { "aftersales" };
            add(web, &token, &format!("view {n}"), &json!({ "list": list }));
        }
        let body = json!({ "list": "orders", "name": "one more", "filters": { "state": "closed" } });
        let told = problem(web, &Ask::new("POST /v1/views").by(&token).json(&body.to_string()));
        assert_eq!((told.0, told.1.as_str()), (409, "casework.too_many_views"));
        let other = web.token("shop2");
        add(web, &other, "own", &json!({}));
        assert_eq!(names(web, &other, "orders"), ["own"]);
    });
}
