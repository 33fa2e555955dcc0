//! Packs and rulebooks as pages show them.

use crate::RuleShelf;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use xr_base::locale::Text;
use xr_base::{Locale, Problem};
use xr_case::graph::to_svg;
use xr_case::model::Rule;
use xr_case::parse::{Floor, RawPack};
use xr_case::{Finding, Library, check};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, Page, QueryOf, TextPath, Who};

/// A pack in a list.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct PackRow {
    /// Name.
    name: String,
    /// Version.
    version: String,
    /// Label.
    #[schema(value_type = Object)]
    label: Text,
    /// Pack that it stands on.
    base: Option<String>,
    /// Kinds that it gives rulebooks for; none for the floor, on which no case runs.
    kinds: Vec<String>,
    /// Bounds that it sets on the clocks of every other pack; only the floor has any.
    bounds: Vec<BoundRow>,
}

/// The shortest and the longest that a clock may take under any pack.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct BoundRow {
    /// Kind of case.
    kind: String,
    /// Label of the state that the clock belongs to.
    #[schema(value_type = Object)]
    state: Text,
    /// What happens when it runs out, in the default rules.
    #[schema(value_type = Object)]
    event: Text,
    /// Shortest length.
    min: Option<String>,
    /// Longest length.
    max: Option<String>,
    /// How they are counted: `natural` or `day0`.
    calendar: String,
    /// Id of the rule.
    id: String,
    /// The rule: texts, source, certainty.
    #[schema(value_type = Object)]
    rule: Rule,
}

/// Packs in force.
#[utoipa::path(get, path = "/v1/packs", tag = "packs", responses((status = 200, body = Page<PackRow>)))]
pub(super) async fn list(State(state): State<AppState>, _who: Who) -> Result<Json<Page<PackRow>>, Failure> {
    let RuleShelf(library) = state.ext::<RuleShelf>()?;
    let kinds: Vec<String> = library.machines.iter().map(|m| m.kind.clone()).collect();
    let row = |pack: &RawPack| PackRow {
        name: pack.name.clone(),
        version: pack.version.clone(),
        label: pack.label.clone(),
        base: pack.base.clone(),
        kinds: if library.choosable().any(|p| p.name == pack.name) { kinds.clone() } else { Vec::new() },
        bounds: pack.floors.iter().filter_map(|floor| bound(library, pack, floor)).collect(),
    };
    Ok(Json(Page { items: library.packs.iter().map(row).collect(), next: None }))
}

/// A bound in words; a checked floor names a machine's clock and a rule of its own.
fn bound(library: &Library, pack: &RawPack, floor: &Floor) -> Option<BoundRow> {
    let id = floor.rule.clone()?;
    let machine = library.machines.iter().find(|m| m.kind == floor.target.kind)?;
    let state = machine.states.get(&floor.target.state)?;
    let event = machine.events.get(&state.clocks.get(&floor.target.name)?.fire)?;
    Some(BoundRow {
        kind: machine.kind.clone(),
        state: state.label.clone(),
        event: event.label.clone(),
        min: floor.min.clone(),
        max: floor.max.clone(),
        calendar: floor.calendar.clone().unwrap_or_else(|| "natural".to_owned()),
        rule: pack.rules.get(&id)?.clone(),
        id,
    })
}

/// A rulebook: one kind under one pack.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RulebookView {
    /// States, clocks, acts, rules: `crates/kernel/case/src/model.rs`.
    #[schema(value_type = Object)]
    rulebook: Value,
    /// SHA-256 of its canonical JSON.
    hash: String,
}

/// The rules of one kind of case under one pack.
#[utoipa::path(
    get, path = "/v1/packs/{pack}/{kind}", tag = "packs", params(("pack" = String, Path), ("kind" = String, Path)),
    responses((status = 200, body = RulebookView), (status = 404, body = ProblemBody)),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    _who: Who,
    TextPath((pack, kind)): TextPath<(String, String)>,
) -> Result<Json<RulebookView>, Failure> {
    let RuleShelf(library) = state.ext::<RuleShelf>()?;
    let book = library
        .rulebook(&kind, &pack)
        .map_err(|_| Problem::new(404, "case.no_rulebook").with("kind", &kind).with("pack", &pack))?;
    let rulebook = serde_json::to_value(book.book()).unwrap_or(Value::Null);
    Ok(Json(RulebookView { rulebook, hash: book.hash().to_owned() }))
}

/// Language of a picture.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PictureQuery {
    lang: Option<String>,
}

/// The graph of a kind under a pack.
#[utoipa::path(
    get, path = "/v1/packs/{pack}/{kind}/graph.svg", tag = "packs",
    params(("pack" = String, Path), ("kind" = String, Path), ("lang" = Option<String>, Query)),
    responses((status = 200, body = String, content_type = "image/svg+xml"), (status = 404, body = ProblemBody)),
)]
pub(super) async fn graph(
    State(state): State<AppState>,
    _who: Who,
    TextPath((pack, kind)): TextPath<(String, String)>,
    QueryOf(query): QueryOf<PictureQuery>,
) -> Result<Response, Failure> {
    let RuleShelf(library) = state.ext::<RuleShelf>()?;
    let missing = |_| Problem::new(404, "case.no_rulebook").with("kind", &kind).with("pack", &pack);
    let book = library.rulebook(&kind, &pack).map_err(missing)?;
    let locale = if query.lang.as_deref() == Some("en") { Locale::En } else { Locale::ZhCn };
    Ok(([(CONTENT_TYPE, "image/svg+xml")], to_svg(book.book(), locale)).into_response())
}

/// What the checker says.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct CheckView {
    /// Mistakes with file, line, state and the shortest path that shows them; none in packs in force.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Finding>,
}

/// Checks a pack in force against every clause.
#[utoipa::path(
    get, path = "/v1/packs/{pack}/check", tag = "packs", params(("pack" = String, Path)),
    responses((status = 200, body = CheckView), (status = 404, body = ProblemBody)),
)]
pub(super) async fn check_pack(
    State(state): State<AppState>,
    _who: Who,
    TextPath(pack): TextPath<String>,
) -> Result<Json<CheckView>, Failure> {
    let RuleShelf(library) = state.ext::<RuleShelf>()?.clone();
    if !library.packs.iter().any(|p| p.name == pack) {
        return Err(Problem::new(404, "case.no_rulebook").with("kind", "").with("pack", &pack).into());
    }
    let found = tokio::task::spawn_blocking(move || check(&library, &pack)).await;
    Ok(Json(CheckView { findings: found.unwrap_or_default() }))
}
