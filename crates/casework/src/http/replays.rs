//! Replays and differences of packs.

use crate::RuleShelf;
use crate::replays::{self, AskReplay, Replay};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use xr_base::{Actor, CaseId, Instant, Problem, RowId, Scope, ShopId};
use xr_case::Compiled;
use xr_case::differences::Differences;
use xr_case::engine::{Window, replay_case};
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, IdPath, JsonBody, Page, Paging, TextPath, Who};

/// What is asked.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayBody {
    /// Pack to live under.
    pack: String,
    /// Cases opened at this moment or later.
    #[schema(value_type = String)]
    since: Instant,
    /// Cases opened before.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    until: Option<Instant>,
    /// Cases of this shop only.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    shop: Option<ShopId>,
}

/// A replay, its progress, and what came out.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ReplayView {
    /// What was asked and how far it is.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    replay: Replay,
    /// Names of the shop asked for and of those that the report names, as far as the caller may see them.
    #[schema(value_type = Object)]
    shops: BTreeMap<ShopId, String>,
    /// Totals, money, rules, changed cases and samples, when it is done: `crates/kernel/case/src/replay/report.rs`.
    #[schema(value_type = Option<Object>)]
    report: Option<Value>,
}

/// Lives the recorded history again under another pack, in the background. Nothing else is written.
#[utoipa::path(
    post, path = "/v1/policy/replays", tag = "packs", request_body = ReplayBody,
    responses((status = 202, body = ReplayView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
pub(super) async fn ask(
    State(state): State<AppState>,
    who: Who,
    body: JsonBody<ReplayBody>,
) -> Result<(StatusCode, Json<ReplayView>), Failure> {
    let ReplayBody { pack, since, until, shop } = body.value;
    let window = Window { since, until: until.unwrap_or(Instant(i64::MAX)), shop };
    let command = AskReplay { actor: Actor::Person(who.0.principal.clone()), pack, window };
    let id = state.store().write_once(command, body.key).await?;
    Ok((StatusCode::ACCEPTED, Json(view(&state, who.scope(), id).await?)))
}

async fn view(state: &AppState, scope: Scope, id: RowId) -> Result<ReplayView, Failure> {
    let found = state.store().read(move |tx| {
        let (replay, report) = replays::get(tx, id)?;
        let report: Option<Value> = report.and_then(|text| serde_json::from_str(&text).ok());
        let named = replay.shop_id.into_iter().chain(report.iter().flat_map(shops_of)).collect();
        Ok(ReplayView { shops: replays::shop_names(tx, scope, &named)?, replay, report })
    });
    Ok(found.await?)
}

/// Shops of the cases that a report lists; one written by an earlier version names none.
fn shops_of(report: &Value) -> impl Iterator<Item = ShopId> {
    let changed = report["changed"].as_array().map_or(&[][..], Vec::as_slice);
    changed.iter().filter_map(|listed| listed["shop"].as_str()?.parse().ok())
}

/// Replays that were asked for, newest first, without their reports.
#[utoipa::path(
    get, path = "/v1/policy/replays", tag = "packs",
    params(("after" = Option<String>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<ReplayView>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    who: Who,
    paging: Paging,
) -> Result<Json<Page<ReplayView>>, Failure> {
    let before = paging.after::<i64>()?.unwrap_or(i64::MAX);
    let (scope, fetch) = (who.scope(), paging.fetch());
    let found = state.store().read(move |tx| {
        let found = replays::list(tx, before, fetch)?;
        let named = found.iter().filter_map(|replay| replay.shop_id).collect();
        Ok((found, replays::shop_names(tx, scope, &named)?))
    });
    let (found, names) = found.await?;
    let view = |replay: Replay| {
        let shops = replay.shop_id.and_then(|id| Some((id, names.get(&id)?.clone())));
        ReplayView { replay, shops: shops.into_iter().collect(), report: None }
    };
    let views = found.into_iter().map(view).collect();
    Ok(Json(Page::cut(views, &paging, |v: &ReplayView| v.replay.id.0)))
}

/// A replay, with its report when it is done.
#[utoipa::path(
    get, path = "/v1/policy/replays/{id}", tag = "packs", params(("id" = String, Path)),
    responses((status = 200, body = ReplayView), (status = 404, body = ProblemBody)),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    who: Who,
    IdPath(id): IdPath<RowId>,
) -> Result<Json<ReplayView>, Failure> {
    Ok(Json(view(&state, who.scope(), id).await?))
}

/// Both courses of one case, with the words that they name.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct CoursesView {
    /// `crates/kernel/case/src/replay/report.rs`, `Both`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    both: xr_case::replay::Both,
}

/// One case under its own rules and under a pack, lived now.
#[utoipa::path(
    get, path = "/v1/policy/courses/{id}/{pack}", tag = "packs",
    params(("id" = String, Path), ("pack" = String, Path)),
    responses((status = 200, body = CoursesView), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
pub(super) async fn courses(
    State(state): State<AppState>,
    _who: Who,
    TextPath((id, pack)): TextPath<(String, String)>,
) -> Result<Json<CoursesView>, Failure> {
    let case: CaseId = id.parse().map_err(|_| Problem::new(404, "case.not_found").with("id", &id))?;
    let both = state.store().read(move |tx| replay_case(tx, &pack, case)).await?;
    Ok(Json(CoursesView { both }))
}

/// What is different between two packs.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct DifferencesView {
    /// `crates/kernel/case/src/differences/mod.rs`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    found: Differences,
}

/// What is different between two packs, in sentences of both languages.
#[utoipa::path(
    get, path = "/v1/policy/differences/{pack}/{other}", tag = "packs",
    params(("pack" = String, Path), ("other" = String, Path)),
    responses((status = 200, body = DifferencesView), (status = 404, body = ProblemBody)),
)]
pub(super) async fn differences(
    State(state): State<AppState>,
    _who: Who,
    TextPath((pack, other)): TextPath<(String, String)>,
) -> Result<Json<DifferencesView>, Failure> {
    let RuleShelf(library) = state.ext::<RuleShelf>()?;
    let books = |pack: &str| {
        let missing = |_| Problem::new(404, "case.no_rulebook").with("kind", "*").with("pack", pack);
        library.rulebooks(pack).map_err(missing)
    };
    let (old, new) = (books(&pack)?, books(&other)?);
    let new: Vec<_> = new.iter().map(Compiled::book).collect();
    let found = Differences::of((&pack, &other), old.iter().map(Compiled::book), &new);
    Ok(Json(DifferencesView { found }))
}
