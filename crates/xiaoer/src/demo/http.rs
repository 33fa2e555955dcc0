//! Routes that exist in demo mode only.

use super::clock::{DemoClock, JUMP_MAX};
use super::{applicants, data, parcels, seed, tour};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use xr_base::locale::Text;
use xr_base::{Clock, Instant, Millis, Problem, SystemClock};
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, JsonBody, Routes};

/// The demo's clock, carriers and people.
pub fn routes() -> Routes {
    Routes::new()
        .add(Access::SignedIn, routes!(show_clock))
        .add(Access::May("demo.clock"), routes!(move_clock))
        .add(Access::May("demo.clock"), routes!(parcels::list))
        .add(Access::May("demo.clock"), routes!(parcels::scan))
        .add(Access::Public, routes!(people))
        .add(Access::Public, routes!(tour::stories))
}

/// Time of the demo market.
#[derive(Serialize, utoipa::ToSchema)]
struct ClockView {
    /// Business time.
    #[schema(value_type = String, format = DateTime)]
    now: Instant,
    /// Business milliseconds per wall millisecond.
    rate: i64,
    /// The next deadline of the whole market.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_due: Option<Instant>,
}

async fn clock_view(state: &AppState) -> Result<ClockView, Failure> {
    let DemoClock(clock) = state.ext::<DemoClock>()?;
    let next_due = state.store().read(xr_case::engine::next_wake).await?;
    Ok(ClockView { now: clock.now(), rate: clock.rate(), next_due })
}

/// What time it is in the demo market.
#[utoipa::path(get, path = "/v1/demo/clock", tag = "demo", responses((status = 200, body = ClockView)))]
async fn show_clock(State(state): State<AppState>) -> Result<Json<ClockView>, Failure> {
    Ok(Json(clock_view(&state).await?))
}

/// Where the clock is to go.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveClock {
    /// Forward by so many milliseconds, at most 60 days.
    advance_ms: Option<i64>,
    /// To this moment, at most 60 days ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Instant>,
    /// From now on so many times as fast as the wall, 1..=10,000.
    rate: Option<i64>,
}

/// Moves the demo's clock, from due to due.
#[utoipa::path(
    post, path = "/v1/demo/clock", tag = "demo", request_body = MoveClock,
    responses((status = 200, body = ClockView), (status = 422, body = ProblemBody)),
)]
async fn move_clock(State(state): State<AppState>, body: JsonBody<MoveClock>) -> Result<Json<ClockView>, Failure> {
    let demo = state.ext::<DemoClock>()?.clone();
    let now = demo.0.now();
    let MoveClock { advance_ms, to, rate } = body.value;
    let target = to.unwrap_or(now + Millis(advance_ms.unwrap_or(0)));
    let jump = target - now;
    if jump < Millis(0) || jump > JUMP_MAX {
        let field = if to.is_some() { "to" } else { "advance_ms" };
        return Err(Problem::new(422, "demo.jump").field(field).with("days", 60).into());
    }
    let rate = rate.unwrap_or_else(|| demo.0.rate());
    if !(1..=SystemClock::RATE_MAX).contains(&rate) {
        return Err(Problem::new(422, "demo.rate").field("rate").with("max", SystemClock::RATE_MAX).into());
    }
    let store = state.store().clone();
    let moved = tokio::task::spawn_blocking(move || demo.move_to(&store, target, rate)).await;
    moved.map_err(|_| Problem::new(500, "demo.failed"))??;
    Ok(Json(clock_view(&state).await?))
}

/// Somebody whom the log-in page offers.
#[derive(Serialize, utoipa::ToSchema)]
struct PersonView {
    login: String,
    password: String,
    name: String,
    party: String,
    org: Option<String>,
    #[schema(value_type = Object)]
    about: Text,
    /// Whether the page shows them at once; the others are behind a fold.
    is_featured: bool,
}

/// Log-ins of the demo market.
#[utoipa::path(get, path = "/v1/demo/people", tag = "demo", responses((status = 200, body = Vec<PersonView>)))]
async fn people(State(state): State<AppState>) -> Result<Json<Vec<PersonView>>, Failure> {
    let applicants = state.store().read(applicants::people).await?;
    let people = data::people()?.into_iter().chain(applicants).map(|p| PersonView {
        login: p.login,
        password: seed::PASSWORD.to_owned(),
        name: p.name,
        party: p.party.to_owned(),
        org: p.org,
        about: p.about,
        is_featured: p.is_featured,
    });
    Ok(Json(people.collect()))
}
