//! A second factor is asked for, counts once, and cannot be guessed, skipped or taken away by who has less.

use crate::app::{Answer, PASSWORD, TestApp, apps};
use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};
use std::process::Command;
use xr_base::{Actor, Clock as _, Millis};
use xr_identity::commands::ClearSecondFactor;
use xr_identity::totp::Secret;
use xr_store::sealing::{self, NewDataKey};

const STEP: Millis = Millis::seconds(30);
const FACTOR: &str = "/v1/me/second-factor";

/// Somebody whose log-in asks for a code: their session, their app, their recovery codes.
struct Enrolled {
    cookie: String,
    secret: Secret,
    recovery: Vec<String>,
}

impl Enrolled {
    fn code(&self, app: &TestApp) -> String {
        self.secret.shown_at(app.place.clock.wall()).unwrap()
    }

    /// A code of no step that counts now.
    fn wrong(&self, app: &TestApp) -> String {
        let wall = app.place.clock.wall();
        let near: Vec<_> = (-2..=2).map(|n| self.secret.shown_at(wall + Millis(STEP.0 * n)).unwrap()).collect();
        (0..6).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

fn secret_of(shown: &Value) -> Secret {
    let bytes = BASE32_NOPAD.decode(shown["secret"].as_str().unwrap().as_bytes()).unwrap();
    Secret::from(<[u8; 20]>::try_from(bytes).unwrap())
}

async fn post(app: &TestApp, path: &str, cookie: &str, body: Value) -> Answer {
    app.send("POST", path, cookie, Some(body)).await
}

async fn log_in(app: &TestApp, login: &str, code: &str) -> Answer {
    post(app, "/v1/session", "", json!({ "login": login, "password": PASSWORD, "code": code })).await
}

async fn enrol(app: &TestApp, login: &str) -> Enrolled {
    let cookie = app.cookie_of(login).await;
    let begun = post(app, FACTOR, &cookie, json!({ "current": PASSWORD })).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let secret = secret_of(&begun.json);
    let code = secret.shown_at(app.place.clock.wall()).unwrap();
    let confirmed = post(app, "/v1/me/second-factor/confirmation", &cookie, json!({ "code": code })).await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    let recovery = confirmed.json["recovery_codes"].as_array().unwrap();
    let recovery = recovery.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    app.advance(STEP);
    Enrolled { cookie, secret, recovery }
}

#[tokio::test]
async fn nothing_is_asked_for_before_the_app_has_shown_a_code() {
    for app in apps().await {
        let (cookie, other) = (app.cookie_of("merchant").await, app.cookie_of("merchant").await);
        let refused = post(&app, FACTOR, &cookie, json!({ "current": "wrong horse" })).await;
        assert_eq!(refused.code(), (422, "identity.wrong_password"));
        let begun = post(&app, FACTOR, &cookie, json!({ "current": PASSWORD })).await.json;
        let confirm = "/v1/me/second-factor/confirmation";
        assert_eq!(post(&app, confirm, &cookie, json!({ "code": "12345" })).await.code(), (422, "identity.wrong_code"));
        assert_eq!(app.log_in("merchant", PASSWORD).await.status, 200);
        let again = post(&app, FACTOR, &cookie, json!({ "current": PASSWORD })).await.json;
        assert_ne!(begun["secret"], again["secret"]);
        let code = |begun: &Value| secret_of(begun).shown_at(app.place.clock.wall()).unwrap();
        assert_eq!(
            post(&app, confirm, &cookie, json!({ "code": code(&begun) })).await.status,
            422,
            "of the first secret"
        );
        let done = post(&app, confirm, &cookie, json!({ "code": code(&again) })).await;
        assert_eq!((done.status.as_u16(), done.json["recovery_codes"].as_array().unwrap().len()), (200, 10));
        assert_eq!(
            post(&app, confirm, &cookie, json!({ "code": code(&again) })).await.code(),
            (409, "identity.second_factor_is_on")
        );
        let twice = post(&app, FACTOR, &cookie, json!({ "current": PASSWORD })).await;
        assert_eq!(twice.code(), (409, "identity.second_factor_is_on"));
        assert_eq!(app.send("GET", "/v1/session", &other, None).await.status, 401, "other sessions are over");
        assert_eq!(app.send("GET", FACTOR, &cookie, None).await.json["recovery_codes_left"], 10);
    }
}

#[tokio::test]
async fn a_code_logs_in_once_and_only_after_the_right_password() {
    for app in apps().await {
        let enrolled = enrol(&app, "merchant").await;
        assert_eq!(app.log_in("merchant", PASSWORD).await.code(), (401, "identity.second_factor_needed"));
        let code = enrolled.code(&app);
        let body = json!({ "login": "merchant", "password": "wrong horse", "code": code });
        assert_eq!(post(&app, "/v1/session", "", body).await.code(), (401, "identity.bad_credentials"));
        assert_eq!(log_in(&app, "merchant", &enrolled.wrong(&app)).await.code(), (422, "identity.wrong_code"));
        assert_eq!(log_in(&app, "merchant", &code).await.status, 200);
        assert_eq!(log_in(&app, "merchant", &code).await.code(), (422, "identity.wrong_code"), "used before");
        app.advance(STEP);
        assert_eq!(log_in(&app, "merchant", &enrolled.code(&app)).await.status, 200);
        assert_eq!(log_in(&app, "buyer", "000000").await.status, 200, "nobody asked the buyer");
    }
}

#[tokio::test]
async fn ten_log_ins_at_once_with_one_code_let_one_in() {
    for app in apps().await {
        let enrolled = enrol(&app, "merchant").await;
        for code in [enrolled.code(&app), enrolled.recovery[0].clone()] {
            let mut tries = Vec::new();
            for _ in 0..5 {
                tries.push(log_in(&app, "merchant", &code));
            }
            let let_in = futures(tries).await.into_iter().filter(|answer| answer.status == 200).count();
            assert_eq!(let_in, 1, "{code}");
            app.advance(Millis::minutes(15));
        }
    }
}

async fn futures<F: Future>(of: Vec<F>) -> Vec<F::Output> {
    futures_util::future::join_all(of).await
}

#[tokio::test]
async fn guessing_codes_ends_after_eight_also_when_all_guess_at_once() {
    for app in apps().await {
        let enrolled = enrol(&app, "merchant").await;
        let wrong = enrolled.wrong(&app);
        let mut answers: Vec<Answer> = Vec::new();
        // A busy machine sends some away; they come back.
        while answers.iter().filter(|answer| answer.status == 429).count() < 3 {
            answers.extend(futures((0..4).map(|_| log_in(&app, "merchant", &wrong)).collect()).await);
        }
        assert_eq!(answers.iter().filter(|answer| answer.status == 422).count(), 8);
        assert_eq!(log_in(&app, "merchant", &enrolled.code(&app)).await.status, 429, "even the right one waits");
        app.advance(Millis::minutes(15));
        assert_eq!(log_in(&app, "merchant", &enrolled.code(&app)).await.status, 200);
    }
}

#[tokio::test]
async fn each_recovery_code_logs_in_once_until_there_are_new_ones() {
    for app in apps().await {
        let enrolled = enrol(&app, "buyer").await;
        assert_eq!(log_in(&app, "buyer", &enrolled.recovery[3].to_lowercase()).await.status, 200);
        assert_eq!(log_in(&app, "buyer", &enrolled.recovery[3]).await.code(), (422, "identity.wrong_code"));
        let state = app.send("GET", FACTOR, &enrolled.cookie, None).await.json;
        assert_eq!(state["recovery_codes_left"], 9);
        let renew = "/v1/me/second-factor/recovery-codes";
        let proof = |code: &str| json!({ "current": PASSWORD, "code": code });
        let refused = post(&app, renew, &enrolled.cookie, proof(&enrolled.recovery[3])).await;
        assert_eq!(refused.code(), (422, "identity.wrong_code"));
        let renewed = post(&app, renew, &enrolled.cookie, proof(&enrolled.recovery[4])).await.json;
        assert_eq!(log_in(&app, "buyer", &enrolled.recovery[5]).await.status, 422, "void since there are new ones");
        assert_eq!(log_in(&app, "buyer", renewed["recovery_codes"][0].as_str().unwrap()).await.status, 200);
    }
}

#[tokio::test]
async fn it_is_turned_off_by_both_factors_only() {
    for app in apps().await {
        let enrolled = enrol(&app, "agent").await;
        let remove = "/v1/me/second-factor/removal";
        let wrong = json!({ "current": PASSWORD, "code": enrolled.wrong(&app) });
        assert_eq!(post(&app, remove, &enrolled.cookie, wrong).await.code(), (422, "identity.wrong_code"));
        let code = enrolled.code(&app);
        let half = json!({ "current": "wrong horse", "code": code });
        assert_eq!(post(&app, remove, &enrolled.cookie, half).await.code(), (422, "identity.wrong_password"));
        let both = json!({ "current": PASSWORD, "code": code });
        assert_eq!(post(&app, remove, &enrolled.cookie, both.clone()).await.status, 204);
        assert_eq!(app.log_in("agent", PASSWORD).await.status, 200);
        assert_eq!(post(&app, remove, &enrolled.cookie, both).await.code(), (409, "identity.second_factor_is_off"));
    }
}

#[tokio::test]
async fn a_lost_one_is_taken_away_by_who_may_change_the_member_and_by_the_terminal() {
    for app in apps().await {
        let (main, rival) = (app.cookie_of("merchant").await, app.cookie_of("rival").await);
        let new = json!({ "login": "helper", "name": "Helper", "role": "merchant_aftersales", "password": "tea lamp orbit 47" });
        let role = app.send("GET", "/v1/roles", &main, None).await.json["items"][1]["role"].clone();
        let mut new = new;
        new["role"] = role;
        let added = post(&app, "/v1/members", &main, new).await;
        assert_eq!(added.status, 200, "{added:?}");
        let path = format!("/v1/members/{}/second-factor/removal", added.json["id"].as_str().unwrap());
        let cookie =
            post(&app, "/v1/session", "", json!({ "login": "helper", "password": "tea lamp orbit 47" })).await.cookie();
        let begun = post(&app, FACTOR, &cookie, json!({ "current": "tea lamp orbit 47" })).await.json;
        let code = secret_of(&begun).shown_at(app.place.clock.wall()).unwrap();
        post(&app, "/v1/me/second-factor/confirmation", &cookie, json!({ "code": code })).await;
        let listed = app.send("GET", "/v1/members", &main, None).await.json;
        assert_eq!(listed["items"][1]["has_second_factor"], true, "{listed}");
        assert_eq!(app.send("POST", &path, &cookie, None).await.status, 403, "by themselves, without the right to");
        assert_eq!(app.send("POST", &path, &rival, None).await.code(), (404, "identity.no_such_user"));
        let done = app.send("POST", &path, &main, None).await;
        assert_eq!((done.status.as_u16(), &done.json["has_second_factor"]), (200, &json!(false)));
        app.identity.forget();
        assert_eq!(app.send("GET", "/v1/session", &cookie, None).await.status, 401, "logged out everywhere");
        assert_eq!(app.send("POST", &path, &main, None).await.code(), (409, "identity.second_factor_is_off"));

        enrol(&app, "merchant").await;
        let (nobody, login) = (Actor::Clock, "Merchant".to_owned());
        assert!(app.store.write(ClearSecondFactor { actor: nobody, login: login.clone() }).await.is_err());
        app.store.write(ClearSecondFactor { actor: Actor::System, login }).await.unwrap();
        assert_eq!(app.log_in("merchant", PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn a_new_data_key_seals_the_secret_anew() {
    for app in apps().await {
        let enrolled = enrol(&app, "merchant").await;
        let sealed = async || -> Vec<u8> {
            let row: (Vec<u8>,) = app
                .store
                .read(|tx| Ok(tx.one(xr_store::sql!("SELECT sealed FROM second_factors /* unscoped: a test */"), &[])?))
                .await
                .unwrap();
            row.0
        };
        let before = sealed().await;
        app.store.write(NewDataKey).await.unwrap();
        sealing::refresh(&app.store).await.unwrap();
        app.advance(Millis::seconds(10));
        assert_eq!(sealing::go_on(&app.store, &|| false).await.unwrap(), 1);
        assert_ne!(before, sealed().await);
        assert_eq!(log_in(&app, "merchant", &enrolled.code(&app)).await.status, 200);
    }
}

/// The generator of the OATH toolkit stands for the apps (docs/SECURITY.md); `cargo xtask setup --for test` installs it.
#[tokio::test]
async fn codes_of_oathtool_log_in() {
    for app in apps().await {
        let cookie = app.cookie_of("operator").await;
        let begun = post(&app, FACTOR, &cookie, json!({ "current": PASSWORD })).await.json;
        let uri = begun["uri"].as_str().unwrap();
        assert!(uri.starts_with("otpauth://totp/xiaoer:operator?secret="), "{uri}");
        let code = |app: &TestApp| {
            let now = format!("@{}", app.place.clock.wall().0 / 1_000);
            let run = Command::new("oathtool")
                .args(["--totp", "--base32", "--now", &now, begun["secret"].as_str().unwrap()])
                .output();
            String::from_utf8(run.expect("oathtool is installed").stdout).unwrap().trim().to_owned()
        };
        let confirmed = post(&app, "/v1/me/second-factor/confirmation", &cookie, json!({ "code": code(&app) })).await;
        assert_eq!(confirmed.status, 200, "{confirmed:?}");
        for _ in 0..3 {
            app.advance(STEP);
            assert_eq!(log_in(&app, "operator", &code(&app)).await.status, 200);
        }
    }
}
