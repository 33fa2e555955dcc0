//! The pages: files built elsewhere and embedded, served compressed as they were stored.

use crate::failure::Failure;
use crate::path::not_found;
use crate::state::AppState;
use crate::{entropy, layers};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Stands in HTML files where the nonce of the response goes.
const NONCE_PLACE: &str = "__NONCE__";
/// Paths below these are never answered with a page.
const NO_PAGES: [&str; 4] = ["/api/", "/v1/", "/assets/", "/problems/"];

/// One file, in up to three encodings.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Path in the URL, with leading slash: `/assets/app-1a2b.js`.
    pub path: &'static str,
    /// Entity tag with its quotes, from the content.
    pub etag: &'static str,
    /// Media type with charset.
    pub media_type: &'static str,
    /// As it is.
    pub raw: &'static [u8],
    /// Compressed, if that is smaller.
    pub gzip: Option<&'static [u8]>,
    /// Compressed better, if that is smaller.
    pub br: Option<&'static [u8]>,
}

/// All files, sorted by path. `/index.html` is the console, `/m.html` the portal below `/m`.
#[derive(Clone, Copy, Debug)]
pub struct Assets(pub &'static [Asset]);

impl Assets {
    fn find(self, path: &str) -> Option<&'static Asset> {
        self.0.binary_search_by(|asset| asset.path.cmp(path)).ok().and_then(|index| self.0.get(index))
    }

    /// The file for `path`, or the page that routes it in the browser.
    fn resolve(self, path: &str) -> Option<&'static Asset> {
        if let Some(asset) = self.find(path) {
            return Some(asset);
        }
        if NO_PAGES.iter().any(|p| path.starts_with(p) || path == p.trim_end_matches('/')) {
            return None;
        }
        let is_portal = path == "/m" || path.starts_with("/m/");
        self.find(if is_portal { "/m.html" } else { "/index.html" })
    }
}

/// Whether the client takes `coding` (`br`, `gzip`) at all.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let value = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    value.split(',').any(|part| {
        let mut fields = part.split(';');
        let name = fields.next().unwrap_or("").trim();
        let is_refused = fields.any(|f| matches!(f.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        name.eq_ignore_ascii_case(coding) && !is_refused
    })
}

pub(crate) async fn fallback(State(state): State<AppState>, assets: Assets, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return layers::method_not_allowed().await.into_response();
    }
    match assets.resolve(request.uri().path()) {
        None => Failure::from(not_found()).into_response(),
        Some(asset) if asset.media_type.starts_with("text/html") => {
            page(asset, &state).unwrap_or_else(IntoResponse::into_response)
        }
        Some(asset) => file(asset, request.headers()),
    }
}

/// A page is made for each response: its nonce must not be known before.
fn page(asset: &Asset, state: &AppState) -> Result<Response, Failure> {
    let nonce = STANDARD_NO_PAD.encode(entropy::bytes::<16>(state.entropy())?);
    let html = String::from_utf8_lossy(asset.raw).replace(NONCE_PLACE, &nonce);
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    let headers = [
        (CONTENT_TYPE, asset.media_type.to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((headers, html).into_response())
}

fn file(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let stored = [("br", asset.br), ("gzip", asset.gzip)];
    let packed =
        stored.into_iter().find_map(|(coding, bytes)| Some((coding, bytes?)).filter(|_| accepts(headers, coding)));
    let known = headers.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or("");
    let is_known = known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag || tag.trim() == "*");
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        packed.map_or(asset.raw, |(_, bytes)| bytes).into_response()
    };
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    own.insert(ETAG, HeaderValue::from_static(asset.etag));
    own.insert(VARY, HeaderValue::from_static("accept-encoding"));
    // Names below /assets hold the hash of their content; the others may change with a release.
    let is_hashed = asset.path.starts_with("/assets/");
    let caching = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    own.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Some((coding, _)) = packed.filter(|_| !is_known) {
        own.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
