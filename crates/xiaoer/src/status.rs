//! How the server does, for whoever looks after it: queues, lateness of deadlines, jobs, the record, slow statements.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use xr_base::{Fault, Instant, Stopwatch};
use xr_case::engine;
use xr_store::{Engine, Tx, events, jobs};
use xr_web::failure::ProblemBody;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, Routes, live};

/// Overdue clocks are counted so far.
const OVERDUE_MAX: i64 = 1_000;
/// Slow statements that are told.
const SLOW_MAX: usize = 20;

/// Since when this process serves; part of the state's `ext`.
pub struct Since(pub Stopwatch);

/// One route.
pub fn routes() -> Routes {
    Routes::new().add(Access::May("system.status"), routes!(status))
}

/// What is asked of the database.
#[derive(Serialize, utoipa::ToSchema)]
struct Market {
    /// Business time of the answer.
    #[schema(value_type = String, format = DateTime)]
    now: Instant,
    /// Clocks that are due and have not fired; 1,000 stands for more.
    overdue: i64,
    /// Business milliseconds by which the earliest of them is late; 0 without.
    lag_ms: i64,
    /// When the next clock wakes.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_due: Option<Instant>,
    /// Clocks that wait for the days of a year, by region and year: `cn/2027`.
    awaited_years: BTreeMap<String, i64>,
    /// Work queued by transactions.
    jobs: Vec<JobsView>,
    /// Place of the last event in the record.
    events: i64,
}

/// Jobs of one kind.
#[derive(Serialize, utoipa::ToSchema)]
struct JobsView {
    kind: String,
    /// At most 10,000.
    count: i64,
    /// Whether there are more of this kind.
    is_more: bool,
    /// When the first is to run; one that is being worked on, when it is given up.
    #[schema(value_type = String, format = DateTime)]
    next_at: Instant,
    /// The most tries of one of them.
    attempts_max: i64,
}

/// A statement that took 50 ms or more since the start.
#[derive(Serialize, utoipa::ToSchema)]
struct SlowView {
    /// Beginning of its text, without values.
    text: String,
    count: u64,
    max_ms: u64,
    mean_ms: u64,
}

/// How this process and its market do.
#[derive(Serialize, utoipa::ToSchema)]
struct StatusView {
    version: &'static str,
    /// `sqlite` or `postgresql`.
    engine: &'static str,
    /// Seconds since this process began to serve.
    up_s: u64,
    /// Commands that wait for a writer.
    waiting: u64,
    /// Commands since the start by outcome: done, refused by a rule, failed below.
    commands: BTreeMap<&'static str, u64>,
    /// Transactions run again since the start, by cause.
    retries: BTreeMap<&'static str, u64>,
    /// Open live channels.
    live_open: usize,
    /// Bytes of the embedded database's file.
    database_bytes: Option<u64>,
    /// Bytes of its write-ahead log.
    log_bytes: Option<u64>,
    #[serde(flatten)]
    market: Market,
    slow: Vec<SlowView>,
}

fn market(tx: &mut Tx<'_>) -> Result<Market, Fault> {
    let now = tx.now();
    let (overdue, earliest) = engine::overdue(tx, OVERDUE_MAX)?;
    let (waiting, awaited) = (jobs::waiting(tx)?, engine::awaited_years(tx)?);
    let view = |jobs::Waiting { kind, count, is_more, next_at, attempts_max }| JobsView {
        kind,
        count,
        is_more,
        next_at,
        attempts_max,
    };
    Ok(Market {
        now,
        overdue,
        lag_ms: earliest.map_or(0, |earliest| (now - earliest).0),
        next_due: engine::next_wake(tx)?,
        awaited_years: awaited.into_iter().map(|a| (format!("{}/{}", a.region, a.year), a.clocks)).collect(),
        jobs: waiting.into_iter().map(view).collect(),
        events: events::last_seq(tx)?,
    })
}

/// How the server does.
#[utoipa::path(
    get, path = "/v1/status", tag = "system",
    responses((status = 200, body = StatusView), (status = 403, body = ProblemBody)),
)]
async fn status(State(state): State<AppState>) -> Result<Json<StatusView>, Failure> {
    let store = state.store();
    let market = store.read(market).await?;
    let (stats, bytes) = (store.stats(), store.file_bytes());
    let sum = |of: fn(&xr_store::CommandCount) -> u64| stats.commands.values().map(of).sum();
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let slow = stats.slow.iter().take(SLOW_MAX).map(|s| SlowView {
        text: s.text.clone(),
        count: s.count,
        max_ms: millis(s.max),
        mean_ms: millis(s.total) / s.count.max(1),
    });
    Ok(Json(StatusView {
        version: env!("CARGO_PKG_VERSION"),
        engine: match store.engine() {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgresql",
        },
        up_s: state.ext::<Since>()?.0.elapsed().as_secs(),
        waiting: stats.waiting,
        commands: [("done", sum(|c| c.done)), ("refused", sum(|c| c.refused)), ("failed", sum(|c| c.failed))].into(),
        retries: stats.retries.iter().map(|(clash, n)| (clash.word(), *n)).collect(),
        live_open: live::open(&state),
        database_bytes: bytes.map(|(database, _)| database),
        log_bytes: bytes.map(|(_, log)| log),
        slow: slow.collect(),
        market,
    }))
}
