//! What the commands refuse, and what they leave behind.

use crate::app::{PASSWORD, apps, typed};
use xr_base::{Actor, Currency, Fault, Party, Principal, Scope, UserId};
use xr_identity::commands::{CreateOrg, CreateShop, DisableUser, LogIn};
use xr_identity::model::OrgKind;
use xr_identity::{Device, Roles};
use xr_store::dump;

fn code<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    result.unwrap_err().problem().map(|p| p.code.clone()).unwrap_or_default()
}

fn person(role: &str) -> Actor {
    let permissions = Roles::shipped().unwrap().role[role].permissions.iter().cloned().collect();
    Actor::Person(Principal { user: UserId(9), org: None, party: Party::Platform, permissions, address: None })
}

#[tokio::test]
async fn only_an_operator_manages_organisations_and_people() {
    for app in apps().await {
        for role in ["merchant", "agent", "buyer", "auditor"] {
            let org = CreateOrg { actor: person(role), kind: OrgKind::Merchant, name: "丙店".to_owned() };
            assert_eq!(code(app.store.write(org).await), "web.forbidden", "{role}");
            let mut user = app.new_user("new", "buyer", None);
            user.actor = person(role);
            assert_eq!(code(app.store.write(user).await), "web.forbidden", "{role}");
            let disable = DisableUser { actor: person(role), user: UserId(1) };
            assert_eq!(code(app.store.write(disable).await), "web.forbidden", "{role}");
        }
        let org = CreateOrg { actor: person("operator"), kind: OrgKind::Merchant, name: "丙店".to_owned() };
        assert!(app.store.write(org).await.is_ok());
    }
}

#[tokio::test]
async fn a_login_is_taken_once_whatever_its_case() {
    for app in apps().await {
        assert_eq!(code(app.store.write(app.new_user("BUYER", "buyer", None)).await), "identity.login_taken");
    }
}

#[tokio::test]
async fn a_role_wants_an_organisation_of_its_kind() {
    for app in apps().await {
        let (platform, merchant) = (Some(app.orgs[0]), Some(app.orgs[1]));
        for (role, org) in [("merchant", platform), ("merchant", None), ("buyer", merchant), ("agent", merchant)] {
            let user = app.new_user("new", role, org);
            assert_eq!(code(app.store.write(user).await), "identity.no_such_org", "{role}");
        }
        let currency = Currency::from_code("CNY").unwrap();
        let shop = CreateShop { actor: Actor::System, org: app.orgs[0], name: "店".to_owned(), pack: None, currency };
        assert_eq!(code(app.store.write(shop).await), "identity.no_such_org");
    }
}

#[tokio::test]
async fn names_must_be_printable() {
    for app in apps().await {
        for name in ["", "a\u{0}b", &"长".repeat(65)] {
            let mut user = app.new_user("new", "buyer", None);
            name.clone_into(&mut user.name);
            assert_eq!(code(app.store.write(user).await), "identity.bad_text", "{name:?}");
        }
    }
}

#[tokio::test]
async fn a_password_changed_while_a_log_in_was_verified_does_not_let_it_in() {
    for app in apps().await {
        let stale = LogIn {
            login: "buyer".to_owned(),
            verified_hash: "$argon2id$an-older-one".to_owned(),
            token_hash: "t".to_owned(),
            address: None,
            device: Device::default(),
            code: None,
        };
        assert_eq!(code(app.store.write(stale).await), "identity.bad_credentials");
    }
}

#[tokio::test]
async fn a_disabled_user_s_sessions_end_at_once() {
    for app in apps().await {
        let cookie = app.cookie_of("agent").await;
        let user = app.user("agent").await.id;
        app.store.write(DisableUser { actor: person("operator"), user }).await.unwrap();
        app.identity.forget();
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 401);
    }
}

#[tokio::test]
async fn log_ins_are_recorded_for_the_own_organisation_with_a_masked_address() {
    for app in apps().await {
        app.identity.log_in(typed("merchant", PASSWORD), "203.0.113.9".parse().ok(), Device::default()).await.unwrap();
        let (own, rival) = (app.orgs[1], app.orgs[2]);
        let mut found = (Vec::new(), Vec::new());
        // On PostgreSQL the sequencer numbers events a moment after the commit.
        for _ in 0..100 {
            found = app
                .store
                .read(move |tx| {
                    let own = xr_store::events::after(tx, Scope::Merchant(own), 0, 100)?;
                    Ok((own, xr_store::events::after(tx, Scope::Merchant(rival), 0, 100)?))
                })
                .await
                .unwrap();
            if found.0.iter().any(|e| e.kind == "identity.logged_in") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let event = found.0.iter().find(|e| e.kind == "identity.logged_in").unwrap();
        let addresses: Vec<(Option<String>,)> = app
            .store
            .read(|tx| {
                let kind = "identity.logged_in";
                let text = xr_store::sql!("SELECT address FROM events WHERE kind = ?1 /* unscoped: a test */");
                Ok(tx.all(text, xr_store::params![kind])?)
            })
            .await
            .unwrap();
        assert_eq!(addresses, [(Some("203.0.113.*".to_owned()),)]);
        assert!(!event.body.contains("203.0.113"), "{}", event.body);
        assert_eq!(event.party, Party::Merchant);
        assert!(found.1.iter().all(|e| e.kind != "identity.logged_in"));
    }
}

#[tokio::test]
async fn the_dump_holds_people_but_no_secrets() {
    for app in apps().await {
        app.cookie_of("buyer").await;
        let (store, location) = (app.store.clone(), app.place.location.clone());
        let dumped = tokio::task::spawn_blocking(move || {
            let mut out = Vec::new();
            dump::write(&store, &location, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        });
        let text = dumped.await.unwrap();
        assert!(text.contains("login=buyer"), "{text}");
        for secret in ["argon2", "token_hash", "sessions\t", "login_failures", "13812345678"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn every_statement_prepares_for_every_scope() {
    for app in apps().await {
        let (store, location) = (app.store.clone(), app.place.location.clone());
        let failing = move || xr_store::statement::failing(&store, &location).unwrap();
        assert_eq!(tokio::task::spawn_blocking(failing).await.unwrap(), Vec::<String>::new());
    }
}
