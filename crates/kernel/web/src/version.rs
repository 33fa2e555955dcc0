//! Versions of rows as entity tags: `ETag: "v7"`, sent back as `If-Match: "v7"`.

use crate::failure::Failure;
use crate::state::AppState;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use xr_base::Problem;

/// The version the caller last saw; none without the header (or with `*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// The version, where acting on an unseen state is not allowed.
    ///
    /// # Errors
    /// 428 `web.version_needed` without one.
    pub fn required(self) -> Result<i64, Problem> {
        self.0.ok_or_else(|| Problem::new(428, "web.version_needed").field("If-Match"))
    }
}

impl FromRequestParts<AppState> for IfMatch {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let Some(value) = parts.headers.get(IF_MATCH) else { return Ok(Self(None)) };
        let bad = || Problem::new(400, "web.bad_version").field("If-Match");
        Ok(read(value.to_str().unwrap_or("")).ok_or_else(bad)?)
    }
}

fn read(text: &str) -> Option<IfMatch> {
    if text == "*" {
        return Some(IfMatch(None));
    }
    let version = text.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok()?;
    (version >= 0).then_some(IfMatch(Some(version)))
}

/// `?version=`, by [`QueryOf`](crate::QueryOf): the version the caller last saw, where there is no body to say it in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// As the thing itself showed it.
    pub version: i64,
}

/// An answer with the version of what it shows.
#[derive(Clone, Debug)]
pub struct Versioned<T>(pub i64, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        ([(ETAG, format!("\"v{}\"", self.0))], Json(self.1)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_tags_are_versions() {
        assert_eq!(read("\"v7\""), Some(IfMatch(Some(7))));
        assert_eq!(read("*"), Some(IfMatch(None)));
        for text in ["v7", "\"7\"", "W/\"v7\"", "\"v-1\"", "\"v\"", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn an_act_that_needs_a_version_is_refused_without_one() {
        assert_eq!(IfMatch(None).required().map_err(|p| p.status), Err(428));
    }
}
