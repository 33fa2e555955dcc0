//! Playing tapes on the bare client libraries, as fast as they go.

use super::{Step, Tape};
use crate::engine::checkpoint::{Log, RESTART_WITHIN_MS};
use crate::engine::sqlite::Bound;
use crate::statement::Dialect;
use crate::store::{Location, Store, file_in};
use futures_util::TryStreamExt as _;
use futures_util::future::{OptionFuture, join, ready, try_join, try_join_all};
use rusqlite::config::DbConfig;
use std::collections::HashMap;
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_postgres::Client;
use xr_base::{Stopwatch, StoreError};

/// Statements by their text.
type Prepared<'t> = HashMap<&'t str, tokio_postgres::Statement>;

/// How long playing took.
#[derive(Clone, Copy, Debug)]
pub struct Played {
    /// Tapes played.
    pub count: usize,
    /// Microseconds from the first statement to the last commit.
    pub micros: i64,
}

/// Plays `tapes` durably: on the embedded database by one writer, `group` tapes to a commit; on PostgreSQL by `connections`
/// at once, each tape its own transaction. The store may be open, but idle.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn play(
    store: &Store,
    location: &Location,
    tapes: &[Tape],
    group: usize,
    connections: usize,
) -> Result<Played, StoreError> {
    let micros = match location {
        Location::Folder(folder) => play_file(&file_in(folder), store.log().as_ref(), tapes, group.max(1))?,
        Location::Postgres(url) => play_server(url, tapes, connections.max(1))?,
    };
    Ok(Played { count: tapes.len(), micros })
}

fn play_file(path: &Path, log: Option<&Log>, tapes: &[Tape], group: usize) -> Result<i64, StoreError> {
    let play = || -> rusqlite::Result<i64> {
        let conn = rusqlite::Connection::open(path)?;
        // What a savepoint may have to undo would else be written to a file.
        conn.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;")?;
        conn.execute_batch("PRAGMA wal_autocheckpoint = 0;")?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.set_prepared_statement_cache_capacity(1_000);
        // As the writer of a store: nobody waits long for the log to start anew.
        conn.busy_timeout(Duration::from_millis(RESTART_WITHIN_MS.into()))?;
        let began = Stopwatch::start();
        for tapes in tapes.chunks(group) {
            conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            for Tape(steps) in tapes {
                conn.prepare_cached("SAVEPOINT command")?.execute([])?;
                for step in steps {
                    let mut statement = conn.prepare_cached(text(step, Dialect::Sqlite))?;
                    let params = rusqlite::params_from_iter(step.params.iter().map(|p| Bound(p.value())));
                    let mut rows = statement.query(params)?;
                    while rows.next()?.is_some() {}
                }
                conn.prepare_cached("RELEASE command")?.execute([])?;
            }
            conn.prepare_cached("COMMIT")?.execute([])?;
            if log.is_some_and(Log::take_long) {
                conn.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))?;
            }
        }
        Ok(began.micros())
    };
    play().map_err(|e| StoreError::Engine(e.to_string()))
}

fn text(step: &Step, dialect: Dialect) -> &str {
    step.statement.for_engine(step.variant, dialect)
}

fn play_server(url: &str, tapes: &[Tape], connections: usize) -> Result<i64, StoreError> {
    let next = AtomicUsize::new(0);
    let began = Stopwatch::start();
    let played: Vec<Result<(), String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(|| play_shares(url, tapes, &next))).collect();
        threads.into_iter().map(|t| t.join().unwrap_or_else(|_| Err("a player panicked".to_owned()))).collect()
    });
    played.into_iter().collect::<Result<(), String>>().map_err(StoreError::Engine)?;
    Ok(began.micros())
}

/// Takes tape after tape until none is left.
fn play_shares(url: &str, tapes: &[Tape], next: &AtomicUsize) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let played = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let mut prepared = HashMap::new();
        while let Some(Tape(steps)) = tapes.get(next.fetch_add(1, Ordering::Relaxed)) {
            for step in steps {
                let text = text(step, Dialect::Postgres);
                if !prepared.contains_key(text) {
                    prepared.insert(text, client.prepare(text).await?);
                }
            }
            play_one(&client, &prepared, steps).await?;
        }
        Ok::<(), tokio_postgres::Error>(())
    });
    played.map_err(|e| e.as_db_error().map_or_else(|| e.to_string(), |db| db.message().to_owned()))
}

/// One transaction in as many trips as the command needed answers; what needs none travels with the next question or the
/// commit, as in the product.
async fn play_one(client: &Client, prepared: &Prepared<'_>, steps: &[Step]) -> Result<(), tokio_postgres::Error> {
    let asked = steps.iter().rposition(|step| step.is_awaited).map_or(0, |at| at + 1);
    let (asked, rest) = steps.split_at(asked);
    let mut begin = Some(client.batch_execute("BEGIN"));
    for trip in asked.split_inclusive(|step| step.is_awaited) {
        let first = OptionFuture::from(begin.take());
        let trip = try_join_all(trip.iter().map(|step| ask(client, prepared, step)));
        let (begun, answered) = join(first, trip).await;
        begun.transpose()?;
        answered?;
    }
    let rest = try_join_all(rest.iter().map(|step| ask(client, prepared, step)));
    try_join(rest, client.batch_execute("COMMIT")).await.map(|_| ())
}

async fn ask(client: &Client, prepared: &Prepared<'_>, step: &Step) -> Result<(), tokio_postgres::Error> {
    let rows = client.query_raw(&prepared[text(step, Dialect::Postgres)], &step.params).await?;
    pin!(rows).try_for_each(|_| ready(Ok(()))).await
}
