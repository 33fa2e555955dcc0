//! Who administers members: what is done, what is refused, and that nothing of another organisation is touched.

use crate::app::{PASSWORD, apps};
use serde_json::{Value, json};

const SERVICE: &str = "merchant_service";

#[tokio::test]
async fn a_member_is_added_with_a_role_and_does_what_it_allows() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let (added, cookie) = app.member(&boss, "Ann ", SERVICE).await;
        assert_eq!(
            (&added["login"], &added["role"], &added["is_owner"]),
            (&json!("ann"), &json!(SERVICE), &json!(false))
        );
        assert_eq!(added["role_label"], json!({ "zh": "售后客服", "en": "After-sales staff" }));
        assert_eq!(added["last_log_in"], Value::Null);
        assert_eq!(
            app.permissions_of(&cookie).await,
            json!(["aftersales.decide", "cases.batch", "orders.remark", "packs.read"])
        );
        let me = app.send("GET", "/v1/session", &cookie, None).await.json;
        assert_eq!((&me["org"]["name"], &me["shops"][1]["name"]), (&json!("甲店"), &json!("甲店二号")));
        assert!(app.seen(&boss, "ann").await["last_log_in"].is_string());
        let denied = app.send("GET", "/v1/members", &cookie, None).await;
        assert_eq!(denied.code(), (403, "web.forbidden"));
        assert_eq!(denied.json["params"]["permission"], "members.manage");
    }
}

#[tokio::test]
async fn members_are_paged_and_are_those_of_the_own_organisation() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        for login in ["ann", "bob", "cem"] {
            assert_eq!(app.add_member(&boss, login, SERVICE).await.status, 200);
        }
        let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
        loop {
            let page = app.send("GET", &format!("/v1/members?{query}"), &boss, None).await.json;
            seen.extend(page["items"].as_array().unwrap().iter().map(|m| m["login"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("limit=2&after={next}");
        }
        assert_eq!(seen, ["merchant", "ann", "bob", "cem"]);
        let operator = app.cookie_of("operator").await;
        let platform = app.send("GET", "/v1/members", &operator, None).await.json;
        let logins: Vec<&Value> = platform["items"].as_array().unwrap().iter().map(|m| &m["login"]).collect();
        assert_eq!(logins, ["operator", "agent", "auditor"]);
    }
}

#[tokio::test]
async fn a_bad_login_name_role_or_password_adds_nobody() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        assert_eq!(app.add_member(&boss, "BUYER", SERVICE).await.code(), (409, "identity.login_taken"));
        for role in ["operator", "buyer", "custom", "nothing", "rol_0000000000001"] {
            let refused = app.add_member(&boss, "ann", role).await;
            assert_eq!(refused.code(), (422, "identity.unknown_role"), "{role}");
            assert_eq!(refused.json["field"], "role");
        }
        let add = async |change: Value| {
            let mut body = json!({ "login": "ann", "name": "Ann", "role": SERVICE, "password": PASSWORD });
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let answer = app.send("POST", "/v1/members", &boss, Some(body)).await;
            (answer.status.as_u16(), answer.json["field"].as_str().unwrap_or("").to_owned())
        };
        assert_eq!(add(json!({ "password": "short" })).await, (422, "password".to_owned()));
        assert_eq!(add(json!({ "login": "correct horse" })).await, (422, "password".to_owned()));
        assert_eq!(add(json!({ "name": "" })).await, (422, "name".to_owned()));
        assert_eq!(add(json!({ "phone": "1".repeat(25) })).await, (422, "phone".to_owned()));
        assert_eq!(add(json!({ "is_owner": true })).await, (422, "is_owner".to_owned()));
        let listed = app.send("GET", "/v1/members", &boss, None).await.json;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_repeated_key_adds_one_member_and_another_password_under_it_is_refused() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let add = async |password: &str| {
            let body = json!({ "login": "ann", "name": "Ann", "role": SERVICE, "password": password });
            app.send_keyed(("POST", "/v1/members"), &boss, Some(body), Some("one-key")).await
        };
        let (first, again) = (add(PASSWORD).await, add(PASSWORD).await);
        assert_eq!((first.status.as_u16(), &first.json["id"]), (200, &again.json["id"]));
        assert_eq!(add("battery staple").await.code(), (422, "case.idempotency_key_reused"));
        let listed = app.send("GET", "/v1/members", &boss, None).await.json;
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_change_that_was_made_on_an_old_sight_is_refused() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let (ann, _) = app.member(&boss, "ann", SERVICE).await;
        assert_eq!(app.change(&boss, &ann, json!({ "name": "Anna" })).await.json["name"], "Anna");
        let late = app.change(&boss, &ann, json!({ "role": "merchant_warehouse" })).await;
        assert_eq!((late.code(), &late.json["field"]), ((409, "identity.changed"), &json!("version")));
        let now = app.seen(&boss, "ann").await;
        assert_eq!((&now["name"], &now["role"]), (&json!("Anna"), &json!(SERVICE)));
    }
}

#[tokio::test]
async fn a_disabled_member_s_sessions_end_at_once_here_and_within_half_a_second_elsewhere() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let (ann, cookie) = app.member(&boss, "ann", SERVICE).await;
        assert_eq!(app.change(&boss, &ann, json!({ "is_disabled": true })).await.status, 200);
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 401);
        assert_eq!(app.log_in("ann", PASSWORD).await.code(), (401, "identity.bad_credentials"));
        let ann = app.seen(&boss, "ann").await;
        assert_eq!(app.change(&boss, &ann, json!({ "is_disabled": false })).await.status, 200);
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 401, "the old session stays over");
        let cookie = app.cookie_of("ann").await;
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 200);

        // Past the handlers, as another node would do it: nothing tells this process.
        let ann = app.seen(&boss, "ann").await;
        let change = xr_identity::commands::ChangeMember {
            by: app.user("merchant").await.id.into(),
            roles: std::sync::Arc::clone(app.identity.roles()),
            member: ann["id"].as_str().unwrap().parse().unwrap(),
            changes: serde_json::from_value(json!({ "version": ann["version"], "is_disabled": true })).unwrap(),
        };
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 200);
        app.store.write(change).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(520)).await;
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 401);
    }
}

#[tokio::test]
async fn another_role_counts_from_the_next_request_on() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let (ann, cookie) = app.member(&boss, "ann", "merchant").await;
        assert_eq!(app.send("GET", "/v1/members", &cookie, None).await.status, 200);
        assert_eq!(app.change(&boss, &ann, json!({ "role": SERVICE })).await.status, 200);
        assert_eq!(app.send("GET", "/v1/members", &cookie, None).await.status, 403);
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 200, "the session goes on");
    }
}

#[tokio::test]
async fn members_and_roles_of_others_are_not_there_and_stay_as_they_are() {
    for app in apps().await {
        let (boss, rival) = (app.cookie_of("merchant").await, app.cookie_of("rival").await);
        let operator = app.cookie_of("operator").await;
        app.member(&boss, "ann", SERVICE).await;
        let ann = app.seen(&boss, "ann").await;
        let role = app.role(&boss, "Nights", &["orders.manage"]).await;
        for stranger in [&rival, &operator] {
            for changes in [json!({ "name": "x" }), json!({ "is_disabled": true }), json!({ "is_owner": true })] {
                assert_eq!(app.change(stranger, &ann, changes).await.code(), (404, "identity.no_such_user"));
            }
            let path = format!("/v1/roles/{role}");
            let changes = Some(json!({ "version": 1, "permissions": [] }));
            assert_eq!(app.send("PATCH", &path, stranger, changes).await.code(), (404, "identity.no_such_role"));
            let gone = app.send("DELETE", &format!("{path}?version=1"), stranger, None).await;
            assert_eq!(gone.code(), (404, "identity.no_such_role"));
            assert_eq!(app.add_member(stranger, "eve", &role).await.code(), (422, "identity.unknown_role"));
        }
        assert_eq!(app.seen(&boss, "ann").await, ann);
        // Nobody has an organisation that is nobody's: buyers are no members.
        let buyer = json!({ "id": app.user("buyer").await.id, "version": 1 });
        assert_eq!(app.change(&operator, &buyer, json!({ "name": "x" })).await.status, 404);
    }
}

#[tokio::test]
async fn what_was_done_is_on_record_with_before_and_after_and_no_secret() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let role = app.role(&boss, "Nights", &["orders.manage"]).await;
        let (ann, _) = app.member(&boss, "ann", SERVICE).await;
        let spare = app.role(&boss, "Spare", &[]).await;
        app.change(&boss, &ann, json!({ "role": role, "name": "Anna", "is_disabled": true })).await;
        let wider = json!({ "version": 1, "name": "Night shift", "permissions": ["orders.manage", "packs.read"] });
        assert_eq!(app.send("PATCH", &format!("/v1/roles/{role}"), &boss, Some(wider)).await.status, 200);
        assert_eq!(app.send("DELETE", &format!("/v1/roles/{spare}?version=1"), &boss, None).await.status, 204);
        let events = app.events_until(app.orgs[1], "identity.role_deleted").await;
        let body = |kind: &str| -> Value {
            let event = events.iter().find(|event| event.kind == kind).unwrap_or_else(|| panic!("no {kind}"));
            serde_json::from_str(&event.body).unwrap()
        };
        let added = body("identity.member_added");
        assert_eq!((&added["before"], &added["after"]["role"]), (&Value::Null, &json!(SERVICE)));
        let changed = body("identity.member_changed");
        assert_eq!((&changed["before"]["role"], &changed["before"]["is_disabled"]), (&json!(SERVICE), &json!(false)));
        assert_eq!(
            (&changed["after"]["own_role_name"], &changed["after"]["own_role"]),
            (&json!("Nights"), &json!(role))
        );
        assert_eq!((&changed["after"]["is_disabled"], &changed["is_renamed"]), (&json!(true), &json!(true)));
        assert_eq!(
            body("identity.role_created")["after"],
            json!({ "name": "Nights", "permissions": ["orders.manage"] })
        );
        let edited = body("identity.role_changed");
        assert_eq!(edited["before"]["permissions"], json!(["orders.manage"]));
        assert_eq!(edited["after"], json!({ "name": "Night shift", "permissions": ["orders.manage", "packs.read"] }));
        assert_eq!(body("identity.role_deleted")["before"]["name"], "Spare");
        for event in &events {
            assert!(!event.body.contains("argon2") && !event.body.contains("Anna"), "{}", event.body);
        }
    }
}
