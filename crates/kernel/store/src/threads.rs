//! The store's own threads: `postgres::Client` must not run inside async code, and SQLite wants one writer (decision D12).

use crate::command::Task;
use crate::engine::checkpoint::{self, Log};
use crate::engine::sqlite::Sqlite;
use crate::events::Sequencer;
use crate::pool::Pool;
use crate::store::{Base, Shared, run_group};
use crate::tx::{Connection, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use xr_base::{Fault, StoreError};

/// Commands that share one commit on the embedded database.
const GROUP_MAX: usize = 256;
/// PostgreSQL connections that write, per node.
const POSTGRES_WRITERS: usize = 12;
/// Snapshots at a time on SQLite.
const SQLITE_READERS: usize = 3;
/// Snapshots at a time on PostgreSQL, per node.
const POSTGRES_READERS: usize = 4;
/// Pause between two rounds of the sequencer.
const SEQUENCE_EVERY: Duration = Duration::from_millis(20);

pub(crate) type ReadJob = Box<dyn FnOnce(&mut dyn Connection, &Shared) + Send>;
type Started = Result<Vec<JoinHandle<()>>, StoreError>;

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(body).map_err(|e| StoreError::Engine(e.to_string()))
}

/// The connections that write, `first` among them.
pub(crate) fn writing(first: Box<dyn Connection + Send>, base: &Base) -> Result<Pool, StoreError> {
    let mut connections = vec![first];
    if let Base::Server(_) = base {
        for _ in 1..POSTGRES_WRITERS {
            connections.push(base.writer()?);
        }
    }
    Ok(Pool::new(connections))
}

/// The connections that read.
pub(crate) fn reading(base: &Base) -> Result<Pool, StoreError> {
    let connections: Result<Vec<_>, StoreError> = (0..reader_count(base)).map(|_| base.reader()).collect();
    connections.map(Pool::new)
}

fn reader_count(base: &Base) -> usize {
    match base {
        Base::File(..) => SQLITE_READERS,
        Base::Server(_) => POSTGRES_READERS,
    }
}

pub(crate) fn writers(base: &Base, pool: &Arc<Pool>, shared: &Arc<Shared>, queue: Receiver<Box<dyn Task>>) -> Started {
    let (count, group_max) = match base {
        Base::File(..) => (1, GROUP_MAX),
        Base::Server(_) => (POSTGRES_WRITERS, 1),
    };
    let queue = Arc::new(Mutex::new(queue));
    let mut started = Vec::new();
    for _ in 0..count {
        let (queue, pool, shared) = (Arc::clone(&queue), Arc::clone(pool), Arc::clone(shared));
        started.push(spawn("store-write", move || {
            while let Some(first) = next(&queue) {
                let mut conn = pool.take();
                let mut tasks = vec![first];
                tasks.extend(std::iter::from_fn(|| lock(&queue).try_recv().ok()).take(group_max - 1));
                shared.waiting.fetch_sub(i64::try_from(tasks.len()).unwrap_or(i64::MAX), Ordering::Relaxed);
                write(&mut *conn, &shared, tasks);
            }
        })?);
    }
    Ok(started)
}

/// Runs `tasks` on `conn`, on this thread.
pub(crate) fn write(conn: &mut dyn Connection, shared: &Shared, tasks: Vec<Box<dyn Task>>) {
    run_group(conn, shared, tasks);
    conn.rest();
}

pub(crate) fn readers(base: &Base, pool: &Arc<Pool>, shared: &Arc<Shared>, queue: Receiver<ReadJob>) -> Started {
    let queue = Arc::new(Mutex::new(queue));
    let mut started = Vec::new();
    for _ in 0..reader_count(base) {
        let (queue, pool, shared) = (Arc::clone(&queue), Arc::clone(pool), Arc::clone(shared));
        started.push(spawn("store-read", move || {
            while let Some(job) = next(&queue) {
                look(&mut *pool.take(), &shared, job);
            }
        })?);
    }
    Ok(started)
}

/// Runs one reading job on this thread.
pub(crate) fn look(conn: &mut dyn Connection, shared: &Shared, job: ReadJob) {
    if catch_unwind(AssertUnwindSafe(|| job(conn, shared))).is_err() {
        tracing::error!("A query panicked");
        let _ = conn.batch("ROLLBACK");
    }
}

/// Waits for what is queued next; none when the store is closed.
fn next<T>(queue: &Mutex<Receiver<T>>) -> Option<T> {
    lock(queue).recv().ok()
}

fn lock<T>(queue: &Mutex<Receiver<T>>) -> MutexGuard<'_, Receiver<T>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs one query on one snapshot.
pub(crate) fn snapshot<T>(
    conn: &mut dyn Connection,
    shared: &Shared,
    query: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    conn.begin()?;
    let now = shared.command_now();
    let result = query(&mut Tx::new(&mut *conn, shared, now));
    let ended = conn.commit();
    let value = result?;
    ended?;
    Ok(value)
}

/// On SQLite: copies the write-ahead log beside the writer.
pub(crate) fn copier(conn: Sqlite, log: Log, stop: Arc<AtomicBool>) -> Result<JoinHandle<()>, StoreError> {
    spawn("store-copy", move || checkpoint::keep(&conn, &log, &stop))
}

/// On PostgreSQL: renews the node's lease and, where this node holds that lease, gives events their sequence numbers.
pub(crate) fn keeper(
    mut sequencer: Sequencer,
    shared: Arc<Shared>,
    stop: Arc<AtomicBool>,
) -> Result<JoinHandle<()>, StoreError> {
    spawn("store-keeper", move || {
        while !stop.load(Ordering::SeqCst) {
            match sequencer.round(&shared) {
                Ok((_, false)) => {}
                // Also when another node numbered them: consumers of this one wait for them too.
                Ok((_, true)) => shared.ticks.send_modify(|n| *n += 1),
                Err(error) => tracing::warn!(%error, "A round of the sequencer failed"),
            }
            std::thread::sleep(SEQUENCE_EVERY);
        }
        sequencer.let_go(&shared);
    })
}
