//! Pages and files: encodings, caching, nonces, and never a page where an API belongs.

use crate::app::{Answer, TestApp};
use xr_web::{Asset, Assets, WebConfig};

static FILES: &[Asset] = &[
    Asset {
        path: "/assets/app-1.js",
        etag: "\"1\"",
        media_type: "text/javascript",
        raw: b"raw",
        gzip: Some(b"gz"),
        br: Some(b"br"),
    },
    Asset { path: "/icon.svg", etag: "\"2\"", media_type: "image/svg+xml", raw: b"<svg/>", gzip: None, br: None },
    Asset {
        path: "/index.html",
        etag: "\"3\"",
        media_type: "text/html; charset=utf-8",
        raw: b"<meta nonce=\"__NONCE__\"> console",
        gzip: Some(b"never"),
        br: Some(b"never"),
    },
    Asset { path: "/m.html", etag: "\"4\"", media_type: "text/html", raw: b"portal", gzip: None, br: None },
];

async fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    TestApp::with(WebConfig::default(), Some(Assets(FILES))).get(path, headers).await
}

#[tokio::test]
async fn the_best_encoding_that_the_client_takes_is_served() {
    let body = async |accepted| get("/assets/app-1.js", &[("accept-encoding", accepted)]).await;
    assert_eq!(body("gzip, deflate, br").await.body, "br");
    assert_eq!(body("gzip, br;q=0").await.body, "gz");
    let plain = body("identity").await;
    assert_eq!((plain.body.as_str(), plain.header("content-encoding")), ("raw", ""));
    assert_eq!(plain.header("vary"), "accept-encoding");
}

#[tokio::test]
async fn hashed_names_are_kept_for_ever_and_known_content_is_not_sent_again() {
    assert!(get("/assets/app-1.js", &[]).await.header("cache-control").contains("immutable"));
    assert_eq!(get("/icon.svg", &[]).await.header("cache-control"), "no-cache");
    let known = get("/assets/app-1.js", &[("if-none-match", "W/\"1\""), ("accept-encoding", "br")]).await;
    assert_eq!((known.status.as_u16(), known.body.as_str()), (304, ""));
    assert_eq!(get("/icon.svg", &[("if-none-match", "\"1\"")]).await.status, 200);
}

#[tokio::test]
async fn every_page_has_its_own_nonce_in_policy_and_text() {
    let nonce = async || {
        let page = get("/orders/ord_1?tab=x", &[("accept-encoding", "br")]).await;
        assert_eq!(page.header("cache-control"), "no-store");
        let policy = page.header("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(page.body.contains(&format!("nonce=\"{nonce}\"")), "{}", page.body);
        nonce
    };
    assert_ne!(nonce().await, nonce().await);
}

#[tokio::test]
async fn the_portal_has_its_own_page() {
    assert_eq!(get("/m", &[]).await.body, "portal");
    assert_eq!(get("/m/cases/cas_1", &[]).await.body, "portal");
    assert!(get("/market", &[]).await.body.contains("console"));
}

#[tokio::test]
async fn unknown_files_and_api_paths_are_not_found_and_never_a_page() {
    for path in ["/assets/app-2.js", "/assets/", "/assets", "/v1/nothing", "/v1", "/api/x", "/problems/x"] {
        assert_eq!(get(path, &[]).await.problem(), (404, "web.not_found".to_owned()), "{path}");
    }
}
