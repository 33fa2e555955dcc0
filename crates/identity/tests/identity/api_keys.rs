//! Keys of the open API: what they open, for whom, for how long, and that nothing more can be had by them.

use crate::app::{PASSWORD, TestApp, apps};
use serde_json::{Value, json};
use xr_base::Millis;

const DAYS: i64 = 30;

fn wanted(permissions: &[&str]) -> Value {
    json!({ "name": "仓库系统", "permissions": permissions, "days": DAYS })
}

/// Id and what to send as authorization.
async fn made(app: &TestApp, boss: &str, body: Value) -> (String, String) {
    let made = app.send("POST", "/v1/api-keys", boss, Some(body)).await;
    assert_eq!(made.status, 200, "{made:?}");
    let id = made.json["key"]["id"].as_str().unwrap().to_owned();
    (id, format!("Bearer {}", made.json["token"].as_str().unwrap()))
}

async fn listed(app: &TestApp, boss: &str) -> Vec<Value> {
    app.send("GET", "/v1/api-keys", boss, None).await.json["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_key_does_what_it_was_given_as_a_member_of_its_own() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let (id, key) = made(&app, &boss, wanted(&["orders.manage", "packs.read"])).await;
        let me = app.send("GET", "/v1/session", &key, None).await.json;
        assert_eq!((&me["user"], &me["name"], &me["party"]), (&json!(id), &json!("仓库系统"), &json!("merchant")));
        assert_eq!(me["permissions"], json!(["orders.manage", "packs.read"]));
        assert_eq!((&me["org"]["name"], me["shops"].as_array().unwrap().len()), (&json!("甲店"), 2));
        assert_eq!(me["role_label"], json!({ "zh": "接口密钥", "en": "API key" }));
        let denied = app.send("GET", "/v1/members", &key, None).await;
        assert_eq!(denied.code(), (403, "web.forbidden"));
        let shown = listed(&app, &boss).await;
        assert_eq!(shown.len(), 1);
        let secret = key.trim_start_matches("Bearer xk_");
        assert_eq!(shown[0]["hint"].as_str().unwrap(), &secret[secret.len() - 4..]);
        assert_eq!((&shown[0]["is_live"], &shown[0]["made_by"]), (&json!(true), &json!("merchant name")));
        assert!(!shown[0].to_string().contains(secret) && secret.len() == 43);
    }
}

#[tokio::test]
async fn nothing_beyond_one_s_rights_or_for_people_only_goes_into_a_key() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let refused = async |change: Value| {
            let mut body = wanted(&["orders.manage"]);
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let answer = app.send("POST", "/v1/api-keys", &boss, Some(body)).await;
            (answer.status.as_u16(), answer.json["code"].as_str().unwrap_or("").to_owned())
        };
        let people_only = ["keys.manage", "members.manage", "verification.apply"];
        for word in people_only {
            let code = refused(json!({ "permissions": ["orders.manage", word] })).await;
            assert_eq!(code, (422, "identity.people_only".to_owned()), "{word}");
        }
        assert_eq!(refused(json!({ "permissions": ["payments.payout"] })).await.1, "identity.unknown_permission");
        assert_eq!(refused(json!({ "permissions": [] })).await.1, "identity.no_permissions");
        for (field, bad) in [("days", 0), ("days", 367), ("per_minute", 0), ("per_minute", 6001)] {
            assert_eq!(
                refused(json!({ field: bad })).await,
                (422, "identity.out_of_range".to_owned()),
                "{field} {bad}"
            );
        }
        assert_eq!(refused(json!({ "name": " " })).await.1, "identity.bad_text");
        assert_eq!(refused(json!({ "token": "mine" })).await.0, 422);
        // Who lacks a right gives it to no key either.
        let role = json!({ "name": "接口", "permissions": ["keys.manage", "packs.read"] });
        let role = app.send("POST", "/v1/roles", &boss, Some(role)).await.json["role"].as_str().unwrap().to_owned();
        let (_, technician) = app.member(&boss, "tech", &role).await;
        let beyond = app.send("POST", "/v1/api-keys", &technician, Some(wanted(&["orders.manage"]))).await;
        assert_eq!(beyond.code(), (403, "identity.beyond_your_rights"));
        let own = app.send("POST", "/v1/api-keys", &technician, Some(wanted(&["packs.read"]))).await;
        assert_eq!(own.status, 200);
        assert_eq!(listed(&app, &boss).await.len(), 1);
    }
}

#[tokio::test]
async fn a_key_is_no_person() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let (id, key) = made(&app, &boss, wanted(&["orders.manage"])).await;
        let own = [
            ("GET", "/v1/sessions", None),
            ("DELETE", "/v1/sessions", None),
            ("DELETE", "/v1/session", None),
            ("PATCH", "/v1/me", Some(json!({ "locale": "en" }))),
            ("POST", "/v1/me/password", Some(json!({ "current": PASSWORD, "password": "another horse" }))),
            ("POST", "/v1/me/second-factor", Some(json!({ "current": PASSWORD }))),
        ];
        for (method, path, body) in own {
            assert_eq!(app.send(method, path, &key, body).await.code(), (403, "web.people_only"), "{method} {path}");
        }
        // It is no member that somebody promotes, and nobody logs in as it.
        let members = app.send("GET", "/v1/members", &boss, None).await.json;
        assert_eq!(members["items"].as_array().unwrap().len(), 1);
        let promote = json!({ "version": 1, "role": "merchant" });
        let promoted = app.send("PATCH", &format!("/v1/members/{id}"), &boss, Some(promote)).await;
        assert_eq!(promoted.code(), (404, "identity.no_such_user"));
        let login = app.send("GET", "/v1/session", &key, None).await.json["login"].as_str().unwrap().to_owned();
        assert_eq!(app.log_in(&login, PASSWORD).await.code(), (401, "identity.bad_credentials"));
    }
}

#[tokio::test]
async fn a_key_ends_by_revoking_by_its_time_and_is_no_other_organisation_s_to_touch() {
    for app in apps().await {
        let (boss, rival) = (app.cookie_of("merchant").await, app.cookie_of("rival").await);
        let (id, key) = made(&app, &boss, wanted(&["orders.manage"])).await;
        let (_, other) = made(&app, &boss, wanted(&["orders.manage"])).await;
        let path = format!("/v1/api-keys/{id}");
        assert_eq!(app.send("DELETE", &path, &rival, None).await.code(), (404, "identity.no_such_key"));
        assert!(listed(&app, &rival).await.is_empty());
        let person = app.user("merchant").await.id;
        let no_key = app.send("DELETE", &format!("/v1/api-keys/{person}"), &boss, None).await;
        assert_eq!(no_key.code(), (404, "identity.no_such_key"));
        assert_eq!(app.send("GET", "/v1/session", &key, None).await.status, 200);
        for _ in 0..2 {
            assert_eq!(app.send("DELETE", &path, &boss, None).await.status, 204);
            assert_eq!(app.send("GET", "/v1/session", &key, None).await.code(), (401, "web.unauthenticated"));
        }
        assert_eq!(app.send("GET", "/v1/session", &other, None).await.status, 200);
        app.advance(Millis::days(DAYS));
        app.identity.forget();
        assert_eq!(app.send("GET", "/v1/session", &other, None).await.status, 401);
        let boss = app.cookie_of("merchant").await;
        assert!(listed(&app, &boss).await.iter().all(|key| key["is_live"] == json!(false)));
    }
}

#[tokio::test]
async fn calls_beyond_a_key_s_number_wait_and_are_told_how_long() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let mut slow = wanted(&["orders.manage"]);
        slow["per_minute"] = json!(2);
        let (_, key) = made(&app, &boss, slow).await;
        let (_, other) = made(&app, &boss, wanted(&["orders.manage"])).await;
        for _ in 0..2 {
            assert_eq!(app.send("GET", "/v1/session", &key, None).await.status, 200);
        }
        let refused = app.send("GET", "/v1/session", &key, None).await;
        assert_eq!(refused.code(), (429, "identity.too_many_calls"));
        assert_eq!(refused.headers["retry-after"], "30");
        assert_eq!(app.send("GET", "/v1/session", &other, None).await.status, 200);
        assert_eq!(app.send("GET", "/v1/session", &boss, None).await.status, 200);
    }
}

#[tokio::test]
async fn the_use_of_a_key_is_noted_and_its_token_is_nowhere_kept() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let (_, key) = made(&app, &boss, wanted(&["orders.manage"])).await;
        assert_eq!(listed(&app, &boss).await[0]["used_at"], Value::Null);
        assert_eq!(app.send("GET", "/v1/session", &key, None).await.status, 200);
        // Written beside the call.
        while listed(&app, &boss).await[0]["used_at"].is_null() {
            tokio::task::yield_now().await;
        }
        let token = key.trim_start_matches("Bearer ").to_owned();
        let kept: Vec<(String,)> = app
            .store
            .read(|tx| Ok(tx.all(xr_store::sql!("SELECT token_hash FROM api_keys /* unscoped: a test */"), &[])?))
            .await
            .unwrap();
        assert!(kept.iter().all(|(hash,)| hash.len() == 64 && !hash.contains(&token)));
    }
}
