//! The console and the portal, embedded by `build.rs`.

use xr_web::{Asset, Assets};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Shown when the binary was built without `cargo xtask web`.
static NOTICE: &[Asset] = &[Asset {
    path: "/index.html",
    etag: "\"notice\"",
    media_type: "text/html; charset=utf-8",
    raw: b"<!doctype html><meta charset=utf-8><title>xiaoer</title><h1>xiaoer</h1>\
           <p>This binary was built without the console. Run <code>cargo xtask web</code>, then build again. \
           The API is at <a href=\"/v1/openapi.json\">/v1/openapi.json</a>.</p>",
    gzip: None,
    br: None,
}];

/// What is served besides the API.
pub(crate) fn all() -> Assets {
    if ASSETS.is_empty() { Assets(NOTICE) } else { Assets(ASSETS) }
}
