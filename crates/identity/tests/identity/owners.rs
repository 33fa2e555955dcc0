//! Main accounts: somebody who can do everything always remains.

use crate::app::{TestApp, apps};
use serde_json::{Value, json};
use xr_base::Actor;
use xr_identity::commands::DisableUser;

/// The boss and a second main account: as shown, and their cookies.
async fn two_owners(app: &TestApp) -> [(Value, String); 2] {
    let boss = app.cookie_of("merchant").await;
    let (ann, ann_cookie) = app.member(&boss, "ann", "merchant_service").await;
    let given = app.change(&boss, &ann, json!({ "is_owner": true })).await;
    assert_eq!(
        (given.status.as_u16(), &given.json["role"]),
        (200, &json!("merchant")),
        "with the main role: {given:?}"
    );
    [(app.seen(&boss, "merchant").await, boss), (given.json, ann_cookie)]
}

#[tokio::test]
async fn the_first_person_with_the_main_role_is_the_main_account() {
    for app in apps().await {
        for (login, is_owner) in [("operator", true), ("merchant", true), ("agent", false), ("buyer", false)] {
            assert_eq!(app.user(login).await.is_owner, is_owner, "{login}");
        }
        app.store.write(app.new_user("second", "merchant", Some(app.orgs[1]))).await.unwrap();
        assert!(!app.user("second").await.is_owner);
    }
}

#[tokio::test]
async fn the_last_main_account_keeps_its_role_its_state_and_its_ownership() {
    for app in apps().await {
        let [(merchant, boss), (ann, ann_cookie)] = two_owners(&app).await;
        for (changes, code) in [
            (json!({ "is_disabled": true }), "identity.not_yourself"),
            (json!({ "role": "merchant_service" }), "identity.owner_keeps_role"),
            (json!({ "role": "merchant_service", "is_owner": false }), "identity.not_yourself"),
        ] {
            assert_eq!(app.change(&boss, &merchant, changes.clone()).await.code(), (409, code), "{changes}");
        }
        // The other one may do it, until it is the last.
        let refused = app.change(&ann_cookie, &merchant, json!({ "role": "merchant_service" })).await;
        assert_eq!(refused.code(), (409, "identity.owner_keeps_role"));
        assert_eq!(app.change(&ann_cookie, &merchant, json!({ "is_disabled": true })).await.status, 200);
        for changes in [json!({ "is_owner": false }), json!({ "name": "Anna", "is_owner": false })] {
            assert_eq!(app.change(&ann_cookie, &ann, changes).await.code(), (409, "identity.last_owner"));
        }
        let merchant = app.seen(&ann_cookie, "merchant").await;
        let back = json!({ "is_disabled": false, "is_owner": false, "role": "merchant_warehouse" });
        let back = app.change(&ann_cookie, &merchant, back).await.json;
        assert_eq!((&back["is_owner"], &back["role"]), (&json!(false), &json!("merchant_warehouse")));
    }
}

#[tokio::test]
async fn the_platform_locks_out_a_main_account_only_while_another_may_log_in() {
    for app in apps().await {
        let [(_, boss), (_, ann_cookie)] = two_owners(&app).await;
        let disable = |user| app.store.write(DisableUser { actor: Actor::System, user });
        let (merchant, ann) = (app.user("merchant").await.id, app.user("ann").await.id);
        disable(merchant).await.unwrap();
        let refused = disable(ann).await.unwrap_err();
        assert_eq!(refused.problem().map(|p| p.code.as_str()), Some("identity.last_owner"));
        disable(merchant).await.unwrap();
        app.identity.forget();
        for (cookie, status) in [(&boss, 401), (&ann_cookie, 200)] {
            assert_eq!(app.send("GET", "/v1/session", cookie, None).await.status, status);
        }
        let rival = app.user("rival").await.id;
        app.store.write(app.new_user("rival2", "merchant", Some(app.orgs[2]))).await.unwrap();
        assert!(disable(rival).await.is_err(), "a colleague with the same role is no main account");
        disable(app.user("rival2").await.id).await.unwrap();
    }
}

#[tokio::test]
async fn only_a_main_account_gives_or_takes_ownership_or_touches_who_has_it() {
    for app in apps().await {
        let boss = app.cookie_of("merchant").await;
        let (ann, deputy) = app.member(&boss, "ann", "merchant").await;
        let (bob, _) = app.member(&boss, "bob", "merchant").await;
        let merchant = app.seen(&deputy, "merchant").await;
        assert_eq!(
            (&merchant["may_change"], &app.seen(&deputy, "bob").await["may_change"]),
            (&json!(false), &json!(true))
        );
        for (member, changes) in [
            (&bob, json!({ "is_owner": true })),
            (&ann, json!({ "is_owner": true })),
            (&merchant, json!({ "is_owner": false })),
            (&merchant, json!({ "is_disabled": true })),
            (&merchant, json!({ "name": "nobody" })),
        ] {
            assert_eq!(
                app.change(&deputy, member, changes.clone()).await.code(),
                (403, "identity.owners_only"),
                "{changes}"
            );
        }
        assert_eq!(app.change(&deputy, &bob, json!({ "role": "merchant_service" })).await.status, 200);
    }
}

#[tokio::test]
async fn two_main_accounts_who_disable_each_other_at_once_leave_one() {
    for app in apps().await {
        for round in 0..8 {
            let login = format!("ann{round}");
            let boss = app.cookie_of("merchant").await;
            let (ann, ann_cookie) = app.member(&boss, &login, "merchant").await;
            let ann = app.change(&boss, &ann, json!({ "is_owner": true })).await.json;
            let merchant = app.seen(&boss, "merchant").await;
            let disable = || json!({ "is_disabled": true });
            let (one, other) =
                tokio::join!(app.change(&boss, &ann, disable()), app.change(&ann_cookie, &merchant, disable()));
            let mut answers = [one.status.as_u16(), other.status.as_u16()];
            answers.sort_unstable();
            // Who comes second finds that they may do nothing any more.
            assert!(matches!(answers, [200, 401 | 403 | 409]), "{one:?} {other:?}");
            let boss = if one.status == 200 { boss } else { ann_cookie };
            let listed = app.send("GET", "/v1/members?limit=200", &boss, None).await.json;
            let listed = listed["items"].as_array().unwrap().clone();
            let able = listed.iter().filter(|m| m["is_owner"] == true && m["is_disabled"] == false);
            assert_eq!(able.count(), 1, "round {round}");
            // The merchant is to be the boss of the next round.
            let merchant = app.seen(&boss, "merchant").await;
            if merchant["is_disabled"] == true {
                assert_eq!(app.change(&boss, &merchant, json!({ "is_disabled": false })).await.status, 200);
                let again = app.cookie_of("merchant").await;
                let other = app.seen(&again, &login).await;
                assert_eq!(app.change(&again, &other, disable()).await.status, 200);
            }
        }
    }
}
