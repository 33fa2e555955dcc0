//! What the API document says of every operation beyond its own words: how to show a session, and the problems that
//! come before its handler. A handler names only those that it gives itself.

use crate::access::{Access, cookie_name};
use crate::routes::operations;
use crate::state::WebConfig;
use axum::http::StatusCode;
use std::collections::BTreeSet;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Content, KnownFormat, ObjectBuilder, OpenApi, Paths, Ref, RefOr, Response, ResponseBuilder, Schema, SchemaFormat,
    SecurityRequirement, Type,
};

const SESSION: &str = "session";
const BEARER: &str = "bearer";
const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// Adds to an operation what is true of every one with its access and shape.
pub(crate) fn complete(operation: &mut Operation, method: &str, access: Access) {
    for status in problems(operation, method, access) {
        let new = || RefOr::T(Response::default());
        operation.responses.responses.entry(status.to_string()).or_insert_with(new);
    }
    for (status, response) in &mut operation.responses.responses {
        if is_refusal(status) {
            *response = RefOr::Ref(Ref::from_response_name(status));
        } else if let RefOr::T(response) = response {
            describe(response, status);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (media_type, content) in &mut body.content {
            as_bytes(media_type, content);
        }
    }
    if needs_session(access) {
        let by = |name: &str| SecurityRequirement::new(name, Vec::<String>::new());
        operation.security = Some(vec![by(SESSION), by(BEARER)]);
    }
}

/// Adds what operations name: the ways to show a session, and the problem behind each status.
pub(crate) fn explain(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let cookie = "Set by `POST /v1/session`; over TLS its name begins with `__Host-`.";
    let cookie = ApiKeyValue::with_description(cookie_name(&WebConfig::default()), cookie);
    let bearer = "A key of the open API, or the value of the session cookie.";
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(bearer)).build();
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    for status in refusals(&mut document.paths) {
        let content = Content::new(Some(Ref::from_schema_name("ProblemBody")));
        let problem = ResponseBuilder::new().description(reason(&status)).content(PROBLEM, content).build();
        components.responses.insert(status, RefOr::T(problem));
    }
}

fn refusals(paths: &mut Paths) -> BTreeSet<String> {
    let all = paths.paths.values_mut().flat_map(operations);
    let told = all.flat_map(|(_, operation)| operation.responses.responses.keys().cloned().collect::<Vec<_>>());
    told.filter(|status| is_refusal(status)).collect()
}

fn needs_session(access: Access) -> bool {
    !matches!(access, Access::Public | Access::Signed)
}

/// Statuses of the guard, of the layers around it, and of the extractors that parameters and a body call for.
fn problems(operation: &Operation, method: &str, access: Access) -> Vec<u16> {
    let (is_change, needs_session) = (method != "GET", needs_session(access));
    let has_json = body(operation).is_some_and(|body| body.content.contains_key(JSON));
    let has_body = body(operation).is_some();
    let is_guarded = needs_session && access != Access::SignedIn;
    let told = [
        (400, is_change || has(operation, &ParameterIn::Query)),
        (401, needs_session),
        (403, is_change || is_guarded),
        (404, has(operation, &ParameterIn::Path)),
        (408, has_body),
        (413, has_body),
        (415, has_json),
        (422, has_json),
        // Only keys have a limit, and what is a person's own they may not do at all.
        (429, needs_session && access != Access::Person),
        (503, needs_session),
    ];
    told.into_iter().filter_map(|(status, is_given)| is_given.then_some(status)).collect()
}

fn body(operation: &Operation) -> Option<&RequestBody> {
    match operation.request_body.as_ref()? {
        RefOr::T(body) => Some(body),
        RefOr::Ref(_) => None,
    }
}

fn has(operation: &Operation, place: &ParameterIn) -> bool {
    let is_there = |p: &RefOr<Parameter>| matches!(p, RefOr::T(p) if p.parameter_in == *place);
    operation.parameters.iter().flatten().any(is_there)
}

/// Every refusal is a problem, whatever its handler calls it.
fn is_refusal(status: &str) -> bool {
    status >= "400"
}

/// OpenAPI 3.1 asks for a description of each response.
fn describe(response: &mut Response, status: &str) {
    if response.description.is_empty() {
        response.description = reason(status);
    }
    for (media_type, content) in &mut response.content {
        as_bytes(media_type, content);
    }
}

fn reason(status: &str) -> String {
    let status = StatusCode::from_bytes(status.as_bytes()).ok();
    status.and_then(|s| s.canonical_reason()).unwrap_or("Answer").to_owned()
}

/// A `Vec<u8>` is a list of numbers in JSON alone.
fn as_bytes(media_type: &str, content: &mut RefOr<Content>) {
    let RefOr::T(content) = content else { return };
    if !media_type.ends_with("json") && matches!(content.schema, Some(RefOr::T(Schema::Array(_)))) {
        let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
        content.schema = Some(ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).into());
    }
}
