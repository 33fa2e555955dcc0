//! Packs and rulebooks as pages show them.

use crate::RuleShelf;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use xr_base::Problem;
use xr_base::locale::Text;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, Page, TextPath, Who};

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
    /// Kinds that it gives rulebooks for.
    kinds: Vec<String>,
}

/// Packs in force.
#[utoipa::path(get, path = "/v1/packs", tag = "packs", responses((status = 200, body = Page<PackRow>)))]
pub(super) async fn list(State(state): State<AppState>, _who: Who) -> Result<Json<Page<PackRow>>, Failure> {
    let RuleShelf(library) = state.ext::<RuleShelf>()?;
    let kinds: Vec<String> = library.machines.iter().map(|m| m.kind.clone()).collect();
    let row = |pack: &xr_case::parse::RawPack| PackRow {
        name: pack.name.clone(),
        version: pack.version.clone(),
        label: pack.label.clone(),
        base: pack.base.clone(),
        kinds: kinds.clone(),
    };
    Ok(Json(Page { items: library.packs.iter().map(row).collect(), next: None }))
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
