//! Request bodies: JSON with exact fields, a size limit, and the idempotency key that belongs to them.

use crate::access::Session;
use crate::failure::Failure;
use crate::state::AppState;
use axum::body::{Body, BodyDataStream, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::time::Duration;
use xr_base::Problem;
use xr_store::IdempotencyKey;

/// A body must have arrived after so long.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// A JSON body; unknown fields are refused when `T` says `#[serde(deny_unknown_fields)]`, as every body should.
#[derive(Debug)]
pub struct JsonBody<T> {
    /// What was sent.
    pub value: T,
    /// For [`xr_store::Store::write_once`]; none without the header or a session.
    pub key: Option<IdempotencyKey>,
}

/// A body without fields: `{}`.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            return Err(Problem::new(415, "web.not_json").field("Content-Type").into());
        }
        let bytes = read(&parts, body, state.config().body_bytes_max).await?;
        let value = parse(&bytes)?;
        Ok(Self { value, key: idempotency_key(&parts, &bytes)? })
    }
}

/// A body of bytes, at most `MAX` of them.
#[derive(Clone, Debug)]
pub struct RawBody<const MAX: usize>(pub Bytes);

impl<const MAX: usize> FromRequest<AppState> for RawBody<MAX> {
    type Rejection = Failure;
    async fn from_request(request: Request, _: &AppState) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        Ok(Self(read(&parts, body, MAX).await?))
    }
}

/// A body of bytes taken piece by piece, at most `MAX` of them in all: for files that shall never lie in memory whole.
pub struct StreamBody<const MAX: usize> {
    pieces: BodyDataStream,
    left: usize,
}

impl<const MAX: usize> StreamBody<MAX> {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// 413 beyond `MAX`, 408 for a sender that is silent for too long or broke off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let piece = tokio::time::timeout(BODY_WITHIN, self.pieces.next()).await;
        let piece = piece.map_err(|_| Problem::new(408, "web.body_too_slow"))?;
        let Some(piece) = piece else { return Ok(None) };
        // To a connection that broke off nobody listens.
        let piece = piece.map_err(|_| Problem::new(408, "web.body_too_slow"))?;
        let too_large = || Problem::new(413, "web.body_too_large").with("max_bytes", MAX);
        self.left = self.left.checked_sub(piece.len()).ok_or_else(too_large)?;
        Ok(Some(piece))
    }
}

impl<const MAX: usize> FromRequest<AppState> for StreamBody<MAX> {
    type Rejection = Failure;
    async fn from_request(request: Request, _: &AppState) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        refuse_announced(&parts, MAX)?;
        Ok(Self { pieces: body.into_data_stream(), left: MAX })
    }
}

/// For commands without a body.
#[derive(Debug)]
pub struct NoBody {
    /// As [`JsonBody::key`].
    pub key: Option<IdempotencyKey>,
}

impl FromRequestParts<AppState> for NoBody {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        Ok(Self { key: idempotency_key(parts, b"")? })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    value.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json")
}

/// What says itself that it is too large is refused before a byte is taken.
fn refuse_announced(parts: &Parts, max: usize) -> Result<(), Problem> {
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let is_too_large = announced.is_some_and(|length| length > max);
    if is_too_large { Err(Problem::new(413, "web.body_too_large").with("max_bytes", max)) } else { Ok(()) }
}

async fn read(parts: &Parts, body: Body, max: usize) -> Result<Bytes, Problem> {
    refuse_announced(parts, max)?;
    let too_large = || Problem::new(413, "web.body_too_large").with("max_bytes", max);
    match tokio::time::timeout(BODY_WITHIN, to_bytes(body, max)).await {
        Err(_) => Err(Problem::new(408, "web.body_too_slow")),
        Ok(Ok(bytes)) => Ok(bytes),
        // The limit and a broken connection look alike here; to the latter nobody listens.
        Ok(Err(_)) => Err(too_large()),
    }
}

/// Reads JSON as `T`; the problem names the field.
///
/// # Errors
/// 400 `web.bad_json` for what is no JSON; 422 for a field that is unknown, missing, given twice, or of another type.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Derived structs also read from arrays, field by position; a body must name its fields.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::new(422, "web.not_an_object"));
    }
    refuse_nul(bytes)?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = pointer(error.path());
        field_problem(&path, error.inner())
    })?;
    reader.end().map_err(|error| field_problem("", &error))?;
    Ok(value)
}

/// Refuses U+0000 in any text of a JSON body: PostgreSQL cannot store it, and nobody types it.
///
/// # Errors
/// 422 `web.bad_value` with the field.
pub fn refuse_nul(bytes: &[u8]) -> Result<(), Problem> {
    // In JSON it can only be written as an escape, so most bodies need no second look.
    if !bytes.windows(6).any(|w| w == b"\\u0000") {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Ok(()) };
    match nul_in(&value, String::new()) {
        Some(field) => Err(Problem::new(422, "web.bad_value").with("field", &field).field(&field)),
        None => Ok(()),
    }
}

/// The first place with a NUL; a name with one is told as the object that has it.
fn nul_in(value: &Value, path: String) -> Option<String> {
    let inside = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    match value {
        Value::String(text) => text.contains('\0').then_some(path),
        Value::Array(items) => items.iter().enumerate().find_map(|(i, item)| nul_in(item, inside(&i.to_string()))),
        Value::Object(fields) if fields.keys().any(|name| name.contains('\0')) => Some(path),
        Value::Object(fields) => fields.iter().find_map(|(name, item)| nul_in(item, inside(name))),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn field_problem(path: &str, error: &serde_json::Error) -> Problem {
    if error.classify() != Category::Data {
        return Problem::new(400, "web.bad_json").with("line", error.line()).with("column", error.column());
    }
    let text = error.to_string();
    let quoted = text.split('`').nth(1).unwrap_or("");
    let inside = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    let (code, field) = if text.starts_with("unknown field") {
        ("web.unknown_field", if path.ends_with(quoted) { path.to_owned() } else { inside(quoted) })
    } else if text.starts_with("missing field") {
        ("web.missing_field", inside(quoted))
    } else if text.starts_with("duplicate field") {
        ("web.duplicate_field", if path.ends_with(quoted) { path.to_owned() } else { inside(quoted) })
    } else if text.starts_with("invalid type") {
        ("web.wrong_type", path.to_owned())
    } else {
        ("web.bad_value", path.to_owned())
    };
    Problem::new(422, code).with("field", &field).field(&field)
}

fn pointer(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        if !text.is_empty() {
            text.push('/');
        }
        let _ = match segment {
            Segment::Seq { index } => write!(text, "{index}"),
            Segment::Map { key } => write!(text, "{key}"),
            Segment::Enum { variant } => write!(text, "{variant}"),
            Segment::Unknown => write!(text, "?"),
        };
    }
    text
}

/// The key covers method, path and body: one key sent to two places is a reuse, not a repeat.
fn idempotency_key(parts: &Parts, body: &[u8]) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = parts.headers.get_all("idempotency-key").into_iter();
    let Some(first) = values.next() else { return Ok(None) };
    let bad = || Problem::new(400, "web.bad_idempotency_key").field("Idempotency-Key").with("max_bytes", 200);
    let key = first.to_str().map_err(|_| bad())?;
    let is_printable = key.bytes().all(|b| b.is_ascii_graphic());
    if values.next().is_some() || key.is_empty() || key.len() > xr_store::idempotency::KEY_BYTES_MAX || !is_printable {
        return Err(bad());
    }
    let Some(session) = parts.extensions.get::<Session>() else { return Ok(None) };
    let target = parts.uri.path_and_query().map_or("", |p| p.as_str());
    let mut hash = Sha256::new();
    hash.update(format!("{} {target}\n", parts.method));
    hash.update(body);
    let body_hash = hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(Some(IdempotencyKey { principal: session.principal.user.to_string(), key: key.to_owned(), body_hash }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only the shape matters")]
    struct Line {
        quantity: i64,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only the shape matters")]
    struct Order {
        lines: Vec<Line>,
    }

    fn refusal(json: &str) -> (u16, String, Option<String>) {
        let problem = parse::<Order>(json.as_bytes()).unwrap_err();
        (problem.status, problem.code, problem.field)
    }

    #[test]
    fn a_wrong_type_names_its_field() {
        let (status, code, field) = refusal(r#"{"lines":[{"quantity":1},{"quantity":"two"}]}"#);
        assert_eq!((status, code.as_str(), field.as_deref()), (422, "web.wrong_type", Some("lines/1/quantity")));
        assert_eq!(refusal(r#"{"lines":[{"quantity":1.5}]}"#).1, "web.wrong_type");
    }

    #[test]
    fn an_unknown_a_missing_and_a_double_field_are_told_apart() {
        let of = |json| {
            let (_, code, field) = refusal(json);
            format!("{code} {}", field.unwrap_or_default())
        };
        assert_eq!(of(r#"{"lines":[{"quantity":1,"price":2}]}"#), "web.unknown_field lines/0/price");
        assert_eq!(of(r#"{"lines":[{}]}"#), "web.missing_field lines/0/quantity");
        assert_eq!(of(r#"{"lines":[],"lines":[]}"#), "web.duplicate_field lines");
    }

    #[test]
    fn what_is_no_json_is_told_by_line_and_column() {
        for json in ["", "{", r#"{"lines":[]} x"#, "\u{feff}{}", "{'lines':[]}"] {
            assert_eq!(refusal(json).1, "web.bad_json", "{json}");
        }
    }

    #[test]
    fn a_nul_is_a_bad_value_and_an_escaped_backslash_before_u0000_is_none() {
        let of = |json: &str| refuse_nul(json.as_bytes()).err().and_then(|p| p.field);
        assert_eq!(of(r#"{"lines":[{"a":"x"},{"a":"x\u0000"}]}"#).as_deref(), Some("lines/1/a"));
        assert_eq!(of(r#"{"lines":{"\u0000":1}}"#).as_deref(), Some("lines"));
        assert_eq!(of(r#"{"lines":"\\u0000"}"#), None);
        assert_eq!(of(r#"{"lines":"\u0000"#), None, "no JSON at all is told elsewhere");
    }

    #[test]
    fn a_number_beyond_64_bits_is_a_bad_field() {
        let (status, _, field) = refusal(r#"{"lines":[{"quantity":99999999999999999999}]}"#);
        assert_eq!((status, field.as_deref()), (422, Some("lines/0/quantity")));
    }
}
