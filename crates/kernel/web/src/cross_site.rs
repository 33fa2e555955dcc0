//! Protection of cookies against other sites: browsers say where a request comes from, and it must be here (decision D21).

use crate::state::WebConfig;
use axum::http::header::{HOST, ORIGIN, UPGRADE};
use axum::http::{HeaderMap, Method};
use xr_base::Problem;

/// Refuses what a page of another site made a browser send. Reading is free; a WebSocket is not, for it skips CORS.
pub(crate) fn check(method: &Method, headers: &HeaderMap, config: &WebConfig) -> Result<(), Problem> {
    if method.is_safe() && !headers.contains_key(UPGRADE) {
        return Ok(());
    }
    let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or(""));
    let is_ours = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => is_own_origin(origin, text(HOST.as_str()), config),
        // No browser: it has no cookie of anybody else.
        (None, None) => true,
    };
    if is_ours { Ok(()) } else { Err(Problem::new(403, "web.cross_site")) }
}

fn is_own_origin(origin: &str, host: Option<&str>, config: &WebConfig) -> bool {
    match config.public_url.as_deref() {
        Some(url) => origin.eq_ignore_ascii_case(url.trim_end_matches('/')),
        None => origin.split_once("://").is_some_and(|(_, authority)| Some(authority) == host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn verdict(method: &Method, headers: &[(&'static str, &'static str)], public_url: Option<&str>) -> bool {
        let config = WebConfig { public_url: public_url.map(str::to_owned), ..WebConfig::default() };
        let pair = |(n, v): &(&'static str, &'static str)| (HeaderName::from_static(n), HeaderValue::from_static(v));
        check(method, &headers.iter().map(pair).collect(), &config).is_ok()
    }

    #[test]
    fn another_site_cannot_change_anything() {
        for site in ["cross-site", "same-site"] {
            assert!(!verdict(&Method::POST, &[("sec-fetch-site", site)], None), "{site}");
            assert!(!verdict(&Method::DELETE, &[("sec-fetch-site", site)], None), "{site}");
        }
        assert!(verdict(&Method::POST, &[("sec-fetch-site", "same-origin")], None));
    }

    #[test]
    fn old_browsers_are_judged_by_their_origin() {
        let public = Some("https://shop.example/");
        assert!(verdict(&Method::POST, &[("origin", "https://shop.example")], public));
        assert!(!verdict(&Method::POST, &[("origin", "https://shop.example.evil.example")], public));
        assert!(!verdict(&Method::POST, &[("origin", "null"), ("host", "localhost:1")], None));
        assert!(verdict(&Method::POST, &[("origin", "http://localhost:1"), ("host", "localhost:1")], None));
    }

    #[test]
    fn a_page_elsewhere_cannot_open_a_live_channel_but_may_link_here() {
        let elsewhere = ("sec-fetch-site", "cross-site");
        assert!(!verdict(&Method::GET, &[elsewhere, ("upgrade", "websocket")], None));
        assert!(verdict(&Method::GET, &[elsewhere], None));
    }

    #[test]
    fn programs_that_are_no_browsers_are_let_through() {
        assert!(verdict(&Method::POST, &[], Some("https://shop.example")));
    }
}
