//! Log-in, sessions and settings as a browser sees them.

use crate::app::{PASSWORD, TestApp, apps};
use crate::engines::sqlite;
use serde_json::{Value, json};
use std::fmt::Write as _;
use xr_base::Millis;
use xr_web::WebConfig;

#[tokio::test]
async fn each_role_sees_itself_its_shops_and_its_permissions() {
    for app in apps().await {
        let me = app.log_in("Merchant ", PASSWORD).await;
        assert_eq!(me.status, 200, "{me:?}");
        assert_eq!((&me.json["party"], &me.json["org"]["name"]), (&json!("merchant"), &json!("甲店")));
        assert_eq!(me.json["shops"].as_array().unwrap().len(), 2);
        assert_eq!(me.json["phone_masked"], "138******78");
        assert!(me.json["permissions"].as_array().unwrap().contains(&json!("aftersales.decide")));
        let buyer = app.log_in("buyer", PASSWORD).await.json;
        assert_eq!((&buyer["org"], &buyer["shops"]), (&json!(null), &json!([])));
        assert_eq!(buyer["permissions"], json!(["aftersales.apply", "orders.buy"]));
        assert_eq!(app.log_in("operator", PASSWORD).await.json["shops"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_wrong_name_a_wrong_password_and_a_disabled_user_look_the_same() {
    for app in apps().await {
        let user = app.user("agent").await.id;
        let disable = xr_identity::commands::DisableUser { actor: xr_base::Actor::System, user };
        app.store.write(disable).await.unwrap();
        let mut answers = Vec::new();
        for (login, password) in [("nobody", PASSWORD), ("buyer", "wrong horse"), ("agent", PASSWORD), ("", "")] {
            let mut answer = app.log_in(login, password).await;
            assert_eq!(answer.code(), (401, "identity.bad_credentials"), "{login}");
            assert!(!answer.headers.contains_key("set-cookie"));
            answer.json["instance"] = json!(null);
            answers.push(answer.json);
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_bound_to_tls_where_there_is_tls() {
    let plain = TestApp::at(sqlite(), WebConfig::default()).await.log_in("buyer", PASSWORD).await;
    let cookie = plain.set_cookie();
    assert!(cookie.starts_with("xiaoer_session=") && !cookie.contains("Secure"), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    // 256 bits in base64 without padding.
    assert_eq!(plain.cookie().split_once('=').unwrap().1.len(), 43);
    let config = WebConfig { public_url: Some("https://shop.example".to_owned()), ..WebConfig::default() };
    let secure = TestApp::at(sqlite(), config).await.log_in("buyer", PASSWORD).await;
    assert!(secure.set_cookie().starts_with("__Host-xiaoer_session="), "{}", secure.set_cookie());
    assert!(secure.set_cookie().ends_with("; Secure"), "{}", secure.set_cookie());
}

#[tokio::test]
async fn a_session_ends_with_log_out_and_after_seven_days() {
    for app in apps().await {
        let (first, second) = (app.cookie_of("buyer").await, app.cookie_of("buyer").await);
        let out = app.send("DELETE", "/v1/session", &first, None).await;
        assert!(out.status == 204 && out.set_cookie().contains("Max-Age=0"), "{out:?}");
        assert_eq!(app.send("GET", "/v1/session", &first, None).await.code(), (401, "web.unauthenticated"));
        assert_eq!(app.send("GET", "/v1/session", &second, None).await.status, 200);
        app.advance(Millis::days(7));
        app.identity.forget();
        assert_eq!(app.send("GET", "/v1/session", &second, None).await.status, 401);
    }
}

#[tokio::test]
async fn sessions_are_listed_and_revoked_one_by_one_but_never_another_person_s() {
    for app in apps().await {
        let (here, there, rival) =
            (app.cookie_of("merchant").await, app.cookie_of("merchant").await, app.cookie_of("rival").await);
        let list = app.send("GET", "/v1/sessions", &here, None).await.json;
        let other = list.as_array().unwrap().iter().find(|s| s["is_current"] == json!(false)).unwrap();
        assert_eq!(list.as_array().unwrap().len(), 2);
        assert_eq!(
            (&other["browser"], &other["system"], &other["address"]),
            (&json!("curl"), &json!("Linux"), &Value::Null)
        );
        let path = format!("/v1/sessions/{}", other["id"].as_str().unwrap());
        assert_eq!(app.send("DELETE", &path, &rival, None).await.code(), (404, "identity.no_such_session"));
        assert_eq!(app.send("GET", "/v1/session", &there, None).await.status, 200);
        assert_eq!(app.send("DELETE", &path, &here, None).await.status, 204);
        assert_eq!(app.send("GET", "/v1/session", &there, None).await.status, 401);
        assert_eq!(app.send("DELETE", &path, &here, None).await.status, 404);
    }
}

#[tokio::test]
async fn all_other_sessions_end_at_once_and_nobody_else_s() {
    for app in apps().await {
        let mine = [app.cookie_of("merchant").await, app.cookie_of("merchant").await, app.cookie_of("merchant").await];
        let rival = app.cookie_of("rival").await;
        assert_eq!(app.send("DELETE", "/v1/sessions", &mine[1], None).await.status, 204);
        let mut statuses = Vec::new();
        for cookie in [&mine[0], &mine[1], &mine[2], &rival] {
            statuses.push(app.send("GET", "/v1/session", cookie, None).await.status.as_u16());
        }
        assert_eq!(statuses, [401, 200, 401, 200]);
    }
}

#[tokio::test]
async fn a_revoked_session_is_over_within_half_a_second_on_every_node() {
    for app in apps().await {
        let cookie = app.cookie_of("buyer").await;
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 200);
        // Past the handlers, as another node would do it: nothing tells this process.
        let token_hash = xr_identity::Identity::token_hash(cookie.split_once('=').unwrap().1);
        app.store.write(xr_identity::commands::LogOut { token_hash, address: None }).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(520)).await;
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 401);
    }
}

#[tokio::test]
async fn the_chosen_language_wins_over_the_browser_s() {
    for app in apps().await {
        let cookie = app.cookie_of("buyer").await;
        let chosen = app.send("PATCH", "/v1/me", &cookie, Some(json!({ "locale": "zh-CN" }))).await;
        assert_eq!((chosen.status.as_u16(), &chosen.json["locale"]), (200, &json!("zh-CN")));
        let missing = app.send("DELETE", "/v1/sessions/row_0000000000001", &cookie, None).await;
        assert_eq!(missing.json["detail"], "会话不存在或已结束");
        let bad = app.send("PATCH", "/v1/me", &cookie, Some(json!({ "locale": "fr" }))).await;
        assert_eq!((bad.status.as_u16(), &bad.json["field"]), (422, &json!("locale")));
    }
}

#[tokio::test]
async fn changing_the_password_needs_the_current_one_and_ends_the_other_sessions() {
    for app in apps().await {
        let (here, there) = (app.cookie_of("buyer").await, app.cookie_of("buyer").await);
        let change = async |current: &str, new: &str| {
            app.send("POST", "/v1/me/password", &here, Some(json!({ "current": current, "password": new }))).await
        };
        assert_eq!(change("wrong horse", "battery staple").await.code(), (422, "identity.wrong_password"));
        assert_eq!(change(PASSWORD, "short").await.code(), (422, "identity.weak_password"));
        assert_eq!(change(PASSWORD, "password1234").await.code(), (422, "identity.guessable_password"));
        assert_eq!(change(PASSWORD, "battery staple").await.status, 204);
        assert_eq!(app.send("GET", "/v1/session", &here, None).await.status, 200);
        assert_eq!(app.send("GET", "/v1/session", &there, None).await.status, 401);
        assert_eq!(app.log_in("buyer", PASSWORD).await.status, 401);
        assert_eq!(app.log_in("buyer", "battery staple").await.status, 200);
    }
}

#[tokio::test]
async fn shops_are_paged_and_scoped() {
    for app in apps().await {
        let names = async |login: &str, query: &str| {
            let cookie = app.cookie_of(login).await;
            let page = app.send("GET", &format!("/v1/shops{query}"), &cookie, None).await.json;
            let items = page["items"].as_array().unwrap().clone();
            let names = items.iter().map(|shop| shop["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
            (names.join(","), page["next"].as_str().map(str::to_owned))
        };
        assert_eq!(names("rival", "").await.0, "乙店");
        assert_eq!(names("buyer", "").await.0, "");
        let (first, next) = names("operator", "?limit=2").await;
        assert_eq!(first, "甲店一号,甲店二号");
        assert_eq!(names("operator", &format!("?limit=2&after={}", next.unwrap())).await, ("乙店".to_owned(), None));
    }
}

#[test]
fn every_route_is_listed_with_its_access() {
    let mut matrix = String::new();
    for line in xr_identity::http::routes().listed() {
        writeln!(matrix, "{} {} {}", line.method, line.path, line.access).unwrap();
    }
    let expected = "GET /v1/api-keys keys.manage\nPOST /v1/api-keys keys.manage\nDELETE /v1/api-keys/{id} keys.manage\n\
                    PATCH /v1/me person\nPOST /v1/me/password person\n\
                    GET /v1/me/second-factor person\nPOST /v1/me/second-factor person\n\
                    POST /v1/me/second-factor/confirmation person\nPOST /v1/me/second-factor/recovery-codes person\n\
                    POST /v1/me/second-factor/removal person\nGET /v1/members members.manage\n\
                    POST /v1/members members.manage\nPATCH /v1/members/{id} members.manage\n\
                    POST /v1/members/{id}/second-factor/removal members.manage\n\
                    GET /v1/permissions members.manage | keys.manage\nGET /v1/roles members.manage\nPOST /v1/roles members.manage\n\
                    DELETE /v1/roles/{id} members.manage\nPATCH /v1/roles/{id} members.manage\n\
                    DELETE /v1/session person\nGET /v1/session signed-in\nPOST /v1/session public\n\
                    DELETE /v1/sessions person\nGET /v1/sessions person\nDELETE /v1/sessions/{id} person\nGET /v1/shops signed-in\n";
    assert_eq!(matrix, expected);
}
