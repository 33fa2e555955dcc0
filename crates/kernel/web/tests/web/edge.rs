//! Languages, ids, versions, other sites, health: what every request meets.

use crate::app::{Note, TestApp};
use axum::body::Body;
use axum::http::Request;
use xr_web::WebConfig;

const BUYER: (&str, &str) = ("authorization", "Bearer buyer");

#[tokio::test]
async fn problems_speak_the_session_s_language_then_the_browser_s_then_chinese() {
    let app = TestApp::new();
    let refusal = r#"{"text":"refuse"}"#;
    let chosen = app.post_note(refusal, &[("accept-language", "zh-CN")]).await;
    assert_eq!(chosen.json()["detail"], "refuse cannot be written");
    let english = app.get("/nowhere", &[("accept-language", "en-GB,en;q=0.9")]).await;
    assert_eq!((english.json()["title"].as_str(), english.header("content-language")), (Some("Not found"), "en"));
    assert_eq!(app.get("/nowhere", &[]).await.json()["title"], "未找到");
}

#[tokio::test]
async fn without_a_valid_session_nothing_but_public_routes_answers() {
    let app = TestApp::new();
    for headers in [&[][..], &[("authorization", "Bearer nobody")], &[("cookie", "xiaoer_session=nobody")]] {
        let answer = app.get("/v1/notes/cas_000000000001r", headers).await;
        assert_eq!(answer.problem(), (401, "web.unauthenticated".to_owned()));
    }
    assert_eq!(app.get("/v1/time", &[]).await.status, 200);
}

#[tokio::test]
async fn a_missing_permission_is_told_by_its_word() {
    let app = TestApp::new();
    let request = Request::post("/v1/notes").header("cookie", "xiaoer_session=buyer");
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), (403, "web.forbidden".to_owned()));
    assert_eq!(answer.json()["params"]["permission"], "notes.write");
}

#[tokio::test]
async fn a_text_that_is_no_id_of_the_wanted_kind_is_not_found() {
    let app = TestApp::new();
    for id in ["1", "ord_000000000001r", "cas_000000000001", "cas_zzzzzzzzzzzzz", "cas_00000000000il", "..%2f", "%00"] {
        let answer = app.get(&format!("/v1/notes/{id}"), &[BUYER, ("if-match", "\"v1\"")]).await;
        assert_eq!(answer.problem(), (404, "web.not_found".to_owned()), "{id}");
    }
}

#[tokio::test]
async fn versions_travel_as_entity_tags() {
    let app = TestApp::new();
    let path = "/v1/notes/cas_000000000001r";
    let answer = app.get(path, &[BUYER, ("if-match", "\"v6\"")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, "\"v7\""));
    assert_eq!(app.get(path, &[BUYER]).await.problem(), (428, "web.version_needed".to_owned()));
    assert_eq!(app.get(path, &[BUYER, ("if-match", "7")]).await.problem(), (400, "web.bad_version".to_owned()));
}

#[tokio::test]
async fn another_site_s_post_is_refused_before_the_handler() {
    let app = TestApp::new();
    let answer = app.post_note(r#"{"text":"a"}"#, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(answer.problem(), (403, "web.cross_site".to_owned()));
    let foreign = app.post_note(r#"{"text":"a"}"#, &[("origin", "https://evil.example"), ("host", "shop")]).await;
    assert_eq!(foreign.problem().1, "web.cross_site");
    assert_eq!(app.events().await, 0);
}

#[tokio::test]
async fn a_failure_below_or_a_panic_shows_a_reference_and_never_its_cause() {
    let app = TestApp::new();
    let delete = |token: &str| {
        let request = Request::delete("/v1/notes/cas_000000000001r").header("authorization", format!("Bearer {token}"));
        request.body(Body::empty()).unwrap()
    };
    for who in ["reader", "writer"] {
        let answer = app.send(delete(who)).await;
        assert_eq!(answer.problem(), (500, "web.internal".to_owned()));
        let is_told = ["fire", "secret", "breaks"].iter().any(|word| answer.body.contains(word));
        assert!(!is_told, "{}", answer.body);
        assert_eq!(answer.json()["params"]["reference"], answer.header("x-request-id"));
    }
    let busy = app.send(delete("buyer")).await;
    assert_eq!((busy.problem(), busy.header("retry-after")), ((503, "store.busy".to_owned()), "1"));
}

#[tokio::test]
async fn an_unsupported_method_is_a_problem() {
    let app = TestApp::new();
    let answer = app.send(Request::put("/v1/time").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), (405, "web.method_not_allowed".to_owned()));
}

#[tokio::test]
async fn answers_carry_headers_that_keep_browsers_careful() {
    let app =
        TestApp::with(WebConfig { public_url: Some("https://a.example".to_owned()), ..WebConfig::default() }, None);
    let answer = app.get("/v1/time", &[]).await;
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    assert!(answer.header("strict-transport-security").contains("max-age"));
    assert_eq!(answer.header("x-request-id").len(), 16);
}

#[tokio::test]
async fn time_tells_the_business_clock_and_its_speed() {
    let json = TestApp::new().get("/v1/time", &[]).await.json();
    assert_eq!((json["server_now"].as_str(), json["rate"].as_i64()), (Some("2026-01-05T01:00:00Z"), Some(60)));
}

#[tokio::test]
async fn readiness_ends_with_the_stop_while_the_process_still_lives() {
    let app = TestApp::new();
    assert_eq!(app.get("/readyz", &[]).await.status, 200);
    app.state.stop();
    assert_eq!(app.get("/readyz", &[]).await.problem(), (503, "web.not_ready".to_owned()));
    assert_eq!(app.get("/healthz", &[]).await.status, 200);
}

#[tokio::test]
async fn counters_name_patterns_and_commands_but_no_ids() {
    let app = TestApp::new();
    app.state.store().write(Note { text: "a".to_owned(), for_org: None }).await.unwrap();
    app.get("/v1/notes/cas_000000000001r", &[]).await;
    let text = app.get("/metrics", &[]).await.body;
    assert!(text.contains("route=\"/v1/notes/{id}\",status=\"401\"} 1"), "{text}");
    assert!(text.contains("xiaoer_commands_total{command=\"notes.write_note\",outcome=\"done\"} 1"), "{text}");
    assert!(!text.contains("cas_"), "{text}");
}
