//! Roles that an organisation makes, and the words that it may make them of.

use crate::app::{TestApp, apps};
use crate::engines::sqlite;
use serde_json::{Value, json};
use xr_web::WebConfig;

#[tokio::test]
async fn a_role_is_made_given_edited_and_deleted_when_nobody_has_it() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let role = app.role(&boss, " After-sales only ", &["packs.read", "aftersales.decide"]).await;
        let (ann, cookie) = app.member(&boss, "ann", &role).await;
        let label = json!({ "zh": "After-sales only", "en": "After-sales only" });
        assert_eq!((&ann["role"], &ann["role_label"]), (&json!(role), &label));
        assert_eq!(app.permissions_of(&cookie).await, json!(["aftersales.decide", "packs.read"]));
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.json["role_label"], label);

        let path = format!("/v1/roles/{role}");
        let fewer = json!({ "version": 1, "permissions": ["packs.read"] });
        let edited = app.send("PATCH", &path, &boss, Some(fewer.clone())).await;
        assert_eq!(
            (edited.status.as_u16(), &edited.json["version"], &edited.json["members"]),
            (200, &json!(2), &json!(1))
        );
        assert_eq!(app.permissions_of(&cookie).await, json!(["packs.read"]), "at once, in the same session");
        assert_eq!(app.send("PATCH", &path, &boss, Some(fewer)).await.code(), (409, "identity.changed"));

        let delete = async |version: i64| app.send("DELETE", &format!("{path}?version={version}"), &boss, None).await;
        let held = delete(2).await;
        assert_eq!((held.code(), &held.json["params"]["members"]), ((409, "identity.role_in_use"), &json!("1")));
        app.change(&boss, &ann, json!({ "role": "merchant_warehouse", "is_disabled": true })).await;
        assert_eq!(delete(1).await.code(), (409, "identity.changed"));
        assert_eq!(delete(2).await.status, 204);
        assert_eq!(delete(2).await.code(), (404, "identity.no_such_role"));
    }
}

#[tokio::test]
async fn an_emptied_role_gives_nothing_and_the_session_goes_on() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let role = app.role(&boss, "Nights", &["orders.manage"]).await;
        let (_, cookie) = app.member(&boss, "ann", &role).await;
        let none = json!({ "version": 1, "permissions": [] });
        assert_eq!(app.send("PATCH", &format!("/v1/roles/{role}"), &boss, Some(none)).await.status, 200);
        assert_eq!(app.permissions_of(&cookie).await, json!([]));
    }
}

#[tokio::test]
async fn names_are_bounded_printable_and_unique_in_the_organisation() {
    for app in apps().await {
        let (boss, rival) = (app.cookie_of("merchant").await, app.cookie_of("rival").await);
        for name in ["", "   ", "a\u{7}b", &"长".repeat(41)] {
            assert_eq!(app.add_role(&boss, name, &[]).await.code(), (422, "identity.bad_text"), "{name:?}");
        }
        let nights = app.role(&boss, "Nights", &[]).await;
        app.role(&rival, "Nights", &[]).await;
        assert_eq!(app.add_role(&boss, "Nights ", &[]).await.code(), (409, "identity.role_name_taken"));
        let days = app.role(&boss, &"长".repeat(40), &[]).await;
        let rename = async |role: &str, name: &str| {
            let body = json!({ "version": 1, "name": name });
            app.send("PATCH", &format!("/v1/roles/{role}"), &boss, Some(body)).await.status.as_u16()
        };
        assert_eq!((rename(&days, "Nights").await, rename(&nights, "Nights").await), (409, 200));
    }
}

#[tokio::test]
async fn an_organisation_has_fifty_roles_and_no_more() {
    let app = TestApp::at(sqlite(), WebConfig::default()).await;
    let boss = app.cookie_of("merchant").await;
    for n in 0..50 {
        app.role(&boss, &format!("role {n}"), &[]).await;
    }
    let refused = app.add_role(&boss, "one more", &[]).await;
    assert_eq!((refused.code(), &refused.json["params"]["max"]), ((409, "identity.too_many_roles"), &json!("50")));
    app.role(&app.cookie_of("rival").await, "role 1", &[]).await;
}

#[tokio::test]
async fn words_are_those_of_the_organisation_s_kind() {
    for app in apps().await {
        let (boss, operator) = (app.cookie_of("merchant").await, app.cookie_of("operator").await);
        for word in ["platform.orders", "identity.manage", "orders.buy", "no.such", ""] {
            let refused = app.add_role(&boss, "Nights", &["orders.manage", word]).await;
            assert_eq!(refused.code(), (422, "identity.unknown_permission"), "{word}");
            assert_eq!(refused.json["params"]["permission"], word);
        }
        let refused = app.add_role(&operator, "Sellers", &["orders.manage"]).await;
        assert_eq!(refused.code(), (422, "identity.unknown_permission"));
        app.role(&operator, "Refunds", &["payments.refund", "platform.orders"]).await;
    }
}

#[tokio::test]
async fn the_catalogue_offers_what_the_caller_may_give_and_no_more() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let words = async |cookie: &str| {
            let groups = app.send("GET", "/v1/permissions", cookie, None).await.json;
            let groups = groups["items"].as_array().unwrap().clone();
            for group in &groups {
                assert!(["zh", "en"].iter().all(|lang| !group["label"][lang].as_str().unwrap().is_empty()), "{group}");
            }
            let of = |group: &Value| group["permissions"].as_array().unwrap().clone();
            groups.iter().flat_map(of).map(|p| p["word"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(json!(words(&boss).await), app.permissions_of(&boss).await);
        let role = app.role(&boss, "Deputy", &["members.manage", "aftersales.decide"]).await;
        let (_, deputy) = app.member(&boss, "ann", &role).await;
        assert_eq!(words(&deputy).await, ["aftersales.decide", "members.manage"]);
        let listed = app.send("GET", "/v1/roles", &deputy, None).await.json;
        let shown =
            |r: &Value| (r["role"].as_str().unwrap().to_owned(), r["members"].as_i64(), r["may_give"].as_bool());
        let shown: Vec<_> = listed["items"].as_array().unwrap().iter().map(shown).collect();
        let built_in = |name: &str, members| (name.to_owned(), Some(members), Some(false));
        let expected = [
            built_in("merchant", 1),
            built_in("merchant_service", 0),
            built_in("merchant_warehouse", 0),
            (role, Some(1), Some(true)),
        ];
        assert_eq!(shown, expected);
    }
}
