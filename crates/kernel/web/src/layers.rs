//! What surrounds every request: its name, the cross-site check, problems in words, security headers, log and counters.

use crate::access::Chosen;
use crate::failure::{Failure, Told, render};
use crate::state::AppState;
use crate::{cross_site, entropy};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderName, STRICT_TRANSPORT_SECURITY};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;
use xr_base::{Locale, Problem, Stopwatch, StoreError};

pub(crate) async fn surround(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Stopwatch::start();
    let name = request_name(&state);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", |p| p.as_str()).to_owned();
    let spoken = request.headers().get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Locale::negotiate);
    let checked = cross_site::check(&method, request.headers(), state.config());
    request.extensions_mut().insert(state.clone());
    let mut response = match checked {
        // What a handler holds goes with it; state behind it is locked, and locks that a panic left are taken as they are.
        Ok(()) => AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| broken()),
        Err(problem) => Failure::from(problem).into_response(),
    };
    if let Some(told) = response.extensions_mut().remove::<Told>() {
        let chosen = response.extensions_mut().remove::<Chosen>().and_then(|c| c.0);
        let locale = chosen.or(spoken).unwrap_or_default();
        response = render(told, state.texts(), locale, &name);
    }
    add_headers(response.headers_mut(), &name, state.config().is_https());
    let status = response.status().as_u16();
    let took = started.elapsed();
    state.inner.metrics.count(known(&method), &route, status, took);
    // The pattern, not the path; no query, address or agent: none of these may hold personal data in a log.
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(request = name, method = known(&method), route, status, took_us, "Answered");
    response
}

fn broken() -> Response {
    Failure::from(StoreError::Engine("a handler panicked".to_owned())).into_response()
}

/// Method names that callers invent must not become metrics of their own.
fn known(method: &Method) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    all.into_iter().find(|m| *m == method.as_str()).unwrap_or("OTHER")
}

fn request_name(state: &AppState) -> String {
    let bytes: [u8; 8] = entropy::bytes(state.entropy()).unwrap_or_default();
    bytes.iter().fold(String::with_capacity(16), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn add_headers(headers: &mut HeaderMap, name: &str, is_https: bool) {
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    for (header, value) in fixed {
        headers.insert(HeaderName::from_static(header), HeaderValue::from_static(value));
    }
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // Pages bring their own policy; everything else is data and may load nothing.
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(nothing);
    headers.entry("cache-control").or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(name) {
        headers.insert("x-request-id", value);
    }
}

pub(crate) async fn not_found() -> Failure {
    crate::path::not_found().into()
}

pub(crate) async fn method_not_allowed() -> Failure {
    Problem::new(405, "web.method_not_allowed").into()
}
