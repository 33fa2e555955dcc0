//! Day tables: what each day of a year is, people's corrections, and the deadlines that one would move.

use crate::CALENDARS;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xr_base::calendar::{DayTables, plain_letters};
use xr_base::{Actor, CaseId, Fault, Instant, Party, Problem, RowId};
use xr_case::engine::{self, DayEdit, Engine, Moves, SaveDays};
use xr_store::Tx;
use xr_web::failure::ProblemBody;
use xr_web::{AppState, Failure, JsonBody, TextPath, Who};

/// Cases that one request of a preview looks at.
const LOOKED_AT_MAX: i64 = 2_000;

/// A day table.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct CalendarView {
    /// Its name, e.g. `cn`.
    region: String,
    /// Names its content; changes whenever a day does.
    version: String,
    /// Loaded years, ascending.
    years: Vec<YearListed>,
}

/// A year that is loaded, or that clocks wait for.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct YearListed {
    year: i64,
    /// Whether its days are known.
    is_loaded: bool,
    /// Working days, make-up workdays included; 0 while unknown.
    working_days: i64,
    /// Corrections made here.
    edits: i64,
    /// Clocks that wait to be told its days, for the platform's people.
    awaited_by: i64,
}

/// A year, day by day.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct YearView {
    region: String,
    year: i64,
    /// Whether its days are known; if not, `days` is a year without holidays to begin with.
    is_loaded: bool,
    /// One letter a day from 1 January: `w` workday, `m` make-up workday, `e` weekend, `h` holiday.
    days: String,
    /// Corrections, newest first.
    edits: Vec<EditView>,
}

/// A correction.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EditView {
    #[schema(value_type = String)]
    id: RowId,
    /// What it rests on.
    source: String,
    /// Name of who made it, for the platform's people.
    by: Option<String>,
    #[schema(value_type = String)]
    at: Instant,
}

/// Days to be looked at.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DaysBody {
    /// One letter a day.
    days: String,
    /// Go on after this case; none to begin.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    after: Option<CaseId>,
}

/// Days to be kept.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SaveBody {
    /// One letter a day.
    days: String,
    /// What the correction rests on, 1 to 300 characters.
    source: String,
    /// The newest correction of this year that was seen; none if there was none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    seen: Option<RowId>,
}

/// What other days would do to the deadlines of some cases.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct MovesView {
    /// Counts, at most 50 samples, and the case to go on after: `crates/kernel/case/src/engine/day_edits.rs`, `Moves`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    moves: Moves,
}

fn year_of(text: &str) -> Result<i64, Problem> {
    let year = text.parse::<i16>().ok().filter(|year| plain_letters(*year).is_some());
    year.map(i64::from).ok_or_else(|| Problem::new(404, "casework.no_such_year").with("year", text))
}

fn tables(tx: &mut Tx<'_>) -> Result<Arc<DayTables>, Fault> {
    Ok(Engine::from_tx(tx)?.tables())
}

/// Letters of a year that is loaded, its last correction before what this process was started with.
fn letters(tables: &DayTables, edits: &[DayEdit], (region, year): (&str, i64)) -> Option<String> {
    let edited = edits.iter().rev().find(|edit| edit.region == region && edit.year == year);
    let loaded = || tables.region(region)?.letters(i16::try_from(year).ok()?);
    edited.map(|edit| edit.days.clone()).or_else(loaded)
}

/// Every day table with its years.
#[utoipa::path(get, path = "/v1/calendars", tag = "packs", responses((status = 200, body = Vec<CalendarView>)))]
pub(super) async fn list(State(state): State<AppState>, who: Who) -> Result<Json<Vec<CalendarView>>, Failure> {
    let read = |tx: &mut Tx<'_>| Ok((tables(tx)?, engine::day_edits(tx)?, engine::awaited_years(tx)?));
    let (tables, edits, awaited) = state.store().read(read).await?;
    let is_staff = who.0.principal.party == Party::Platform;
    let awaited: Vec<_> = awaited.into_iter().filter(|_| is_staff).collect();
    let view = |table: &xr_base::calendar::DayTable| {
        let region = table.region();
        let awaited: BTreeMap<i64, i64> =
            awaited.iter().filter(|a| a.region == region).map(|a| (a.year, a.clocks)).collect();
        let mut years: Vec<i64> = table.years().map(i64::from).collect();
        years.extend(edits.iter().filter(|edit| edit.region == region).map(|edit| edit.year));
        years.extend(awaited.keys());
        years.sort_unstable();
        years.dedup();
        let listed = |year: i64| {
            let days = letters(&tables, &edits, (region, year));
            let working = days.as_deref().map_or(0, |days| days.chars().filter(|day| "wm".contains(*day)).count());
            YearListed {
                year,
                is_loaded: days.is_some(),
                working_days: i64::try_from(working).unwrap_or(0),
                edits: edits.iter().filter(|e| e.region == region && e.year == year).count().try_into().unwrap_or(0),
                awaited_by: awaited.get(&year).copied().unwrap_or(0),
            }
        };
        CalendarView {
            region: region.to_owned(),
            version: table.version().to_owned(),
            years: years.into_iter().map(listed).collect(),
        }
    };
    Ok(Json(tables.iter().map(view).collect()))
}

/// A year, day by day, with its corrections; a year without days is a plain one to begin with.
#[utoipa::path(
    get, path = "/v1/calendars/{region}/{year}", tag = "packs",
    params(("region" = String, Path), ("year" = String, Path)),
    responses((status = 200, body = YearView), (status = 404, body = ProblemBody)),
)]
pub(super) async fn show(
    State(state): State<AppState>,
    who: Who,
    TextPath((region, year)): TextPath<(String, String)>,
) -> Result<Json<YearView>, Failure> {
    let year = year_of(&year)?;
    let is_staff = who.0.principal.party == Party::Platform;
    let view = state.store().read(move |tx| year_view(tx, (region, year), is_staff)).await?;
    Ok(Json(view))
}

fn year_view(tx: &mut Tx<'_>, (region, year): (String, i64), is_staff: bool) -> Result<YearView, Fault> {
    let (tables, edits) = (tables(tx)?, engine::day_edits(tx)?);
    if tables.region(&region).is_none() {
        return Err(Problem::new(404, "case.no_calendar").with("region", region).into());
    }
    let days = letters(&tables, &edits, (&region, year));
    let (is_loaded, plain) = (days.is_some(), i16::try_from(year).ok().and_then(plain_letters).unwrap_or_default());
    let mut views = Vec::new();
    for edit in edits.into_iter().rev().filter(|edit| edit.region == region && edit.year == year) {
        let by = if is_staff { xr_identity::queries::user(tx, edit.user_id)?.map(|user| user.name) } else { None };
        views.push(EditView { id: edit.id, source: edit.source, by, at: edit.at });
    }
    Ok(YearView { region, year, is_loaded, days: days.unwrap_or(plain), edits: views })
}

/// Which open deadlines other days would move; nothing is written. Looks at 2,000 cases, then `after` says where to go on.
#[utoipa::path(
    post, path = "/v1/calendars/{region}/{year}/preview", tag = "packs",
    params(("region" = String, Path), ("year" = String, Path)), request_body = DaysBody,
    responses((status = 200, body = MovesView), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)),
)]
pub(super) async fn preview(
    State(state): State<AppState>,
    _who: Who,
    TextPath((region, year)): TextPath<(String, String)>,
    body: JsonBody<DaysBody>,
) -> Result<Json<MovesView>, Failure> {
    let year = year_of(&year)?;
    let DaysBody { days, after } = body.value;
    let after = after.unwrap_or(CaseId(0));
    let read = move |tx: &mut Tx<'_>| engine::preview_days(tx, (&region, year, &days), after, LOOKED_AT_MAX);
    let moves = state.store().read(read).await?;
    Ok(Json(MovesView { moves }))
}

/// Corrects a year or tells a new one. Deadlines that count its days are computed anew within seconds, each moved one with an event
/// `deadline_changed`.
#[utoipa::path(
    put, path = "/v1/calendars/{region}/{year}", tag = "packs",
    params(("region" = String, Path), ("year" = String, Path)), request_body = SaveBody,
    responses(
        (status = 200, body = YearView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub(super) async fn save(
    State(state): State<AppState>,
    who: Who,
    TextPath((region, year)): TextPath<(String, String)>,
    body: JsonBody<SaveBody>,
) -> Result<Json<YearView>, Failure> {
    let year = year_of(&year)?;
    let SaveBody { days, source, seen } = body.value;
    let actor = Actor::Person(who.0.principal.clone());
    let command = SaveDays { actor, permission: CALENDARS, region: region.clone(), year, days, source, seen };
    state.store().write_once(command, body.key).await?;
    Ok(Json(state.store().read(move |tx| year_view(tx, (region, year), true)).await?))
}
