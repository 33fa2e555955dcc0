//! Opening a store, and its threads.

use crate::blobs::{self, Blobs};
use crate::command::{Command, Pending, Task};
use crate::engine::checkpoint::Log;
use crate::engine::postgres::Postgres;
use crate::engine::sqlite::Sqlite;
use crate::events::Sequencer;
use crate::idempotency::Key;
use crate::migrate::{self, Migration};
use crate::pool::{Lent, Pool};
use crate::sealing::{self, Sealing};
pub(crate) use crate::shared::Shared;
use crate::shared::open_shared;
use crate::tx::{Connection, Tx};
use crate::{group, threads};
use std::any::Any;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use tokio::sync::{oneshot, watch};
use xr_base::{CaseId, Clock, Fault, StoreError};

/// Commands that may wait; beyond that callers get 503 and try again (decision D12).
const QUEUE_MAX: usize = 1_024;

/// Which engine runs below; only for reports, never for choosing SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// PostgreSQL or a server that speaks its protocol.
    Postgres,
}

/// Where the data lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A folder with the embedded database and its blobs; created when absent.
    Folder(PathBuf),
    /// `postgres://user@host:port/database`.
    Postgres(String),
}

/// Runs a case's due clocks; put into [`Config::ext`] by the case engine (decision D5).
pub struct DueHandler(pub Box<FireCase>);

/// Fires what is due on one case.
type FireCase = dyn Fn(&mut Tx<'_>, CaseId) -> Result<(), Fault> + Send + Sync;

/// What a store is opened with.
pub struct Config {
    /// Where the data lies.
    pub location: Location,
    /// Business and wall time.
    pub clock: Arc<dyn Clock>,
    /// Schema of the store and of every slice.
    pub migrations: Vec<Migration>,
    /// What commands may ask for by type with [`Tx::ext`].
    pub ext: Vec<Box<dyn Any + Send + Sync>>,
    /// Name of this process among the nodes of one database; random, from the caller.
    pub instance: String,
    /// Sealed fields, and the keys at hand for them.
    pub sealing: Sealing,
}

/// A handle to the open store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    engine: Engine,
    /// Let go when the store is closed, as late as the last connection.
    base: Mutex<Option<Base>>,
    blobs: Blobs,
    undumped: Vec<String>,
    writes: RwLock<Option<SyncSender<Box<dyn Task>>>>,
    reads: RwLock<Option<Sender<threads::ReadJob>>>,
    /// What callers may use on their own threads, writing and reading: the embedded database's alone, for a connection to
    /// PostgreSQL must not be used or ended inside async code.
    own: Option<(Arc<Pool>, Arc<Pool>)>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stop: Arc<std::sync::atomic::AtomicBool>,
    // Held for the life of the process: two processes on one folder would give the same ids twice.
    _lock: Option<std::fs::File>,
}

impl Store {
    /// Opens or creates the database, brings its schema up to date and starts the threads.
    ///
    /// # Errors
    /// [`StoreError`] when the folder is in use by another process, the database cannot be reached, or a migration fails.
    pub fn open(config: Config) -> Result<Self, StoreError> {
        let (engine, lock) = match &config.location {
            Location::Folder(folder) => {
                let lock = lock_folder(folder)?;
                crate::backup::refuse_unfinished(folder)?;
                (Engine::Sqlite, Some(lock))
            }
            Location::Postgres(_) => (Engine::Postgres, None),
        };
        let base = Base::of(&config.location)?;
        let mut first = base.first()?;
        base.save_name()?;
        let migrations = migrate::with_own(&config.migrations);
        migrate::apply(first.as_mut(), engine, &migrations)?;
        let mut keys = config.sealing;
        keys.fields.push(sealing::FILE_KEYS);
        let given = (config.ext, keys);
        let shared = Arc::new(open_shared(first.as_mut(), engine, config.clock, given, &config.instance)?);
        sealing::load(first.as_mut(), &shared)?;
        if !shared.held.is_locked() {
            sealing::move_clear(first.as_mut(), &shared)?;
            blobs::move_clear(first.as_mut(), &shared, &blobs::Place::of(&config.location))?;
        }
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let (writes, write_queue) = std::sync::mpsc::sync_channel(QUEUE_MAX);
        let (reads, read_queue) = std::sync::mpsc::channel();
        let (writing, reading) = (Arc::new(threads::writing(first, &base)?), Arc::new(threads::reading(&base)?));
        let mut started = threads::writers(&base, &writing, &shared, write_queue)?;
        started.extend(threads::readers(&base, &reading, &shared, read_queue)?);
        started.push(match &base {
            Base::File(path, log) => {
                threads::copier(Sqlite::copier(path, log.clone())?, log.clone(), Arc::clone(&stop))?
            }
            Base::Server(_) => {
                let sequencer = Sequencer::new(base.writer()?, config.instance);
                threads::keeper(sequencer, Arc::clone(&shared), Arc::clone(&stop))?
            }
        });
        let blobs = Blobs::of(&config.location, Arc::clone(&shared));
        Ok(Self {
            inner: Arc::new(Inner {
                shared,
                engine,
                base: Mutex::new(Some(base)),
                blobs,
                undumped: migrate::undumped(&migrations),
                writes: RwLock::new(Some(writes)),
                reads: RwLock::new(Some(reads)),
                own: (engine == Engine::Sqlite).then_some((writing, reading)),
                threads: Mutex::new(started),
                stop,
                _lock: lock,
            }),
        })
    }

    /// Runs the migrations that a PostgreSQL database lacks, and nothing else; gives how many these were. [`Store::open`] does it as
    /// well: this makes the template that the databases of tests are copied from.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be reached, or a migration fails.
    pub fn migrate(url: &str, migrations: &[Migration]) -> Result<usize, StoreError> {
        let mut conn = Base::of(&Location::Postgres(url.to_owned()))?.first()?;
        migrate::apply(conn.as_mut(), Engine::Postgres, &migrate::with_own(migrations))
    }

    /// Runs a command and waits until it is on disk.
    ///
    /// # Errors
    /// What the command gives; [`StoreError::Busy`] when the queue is full or the store is closed.
    pub async fn write<C: Command>(&self, command: C) -> Result<C::Out, Fault> {
        self.submit(command, None)?.await.map_err(|_| Fault::from(StoreError::Busy))?
    }

    /// As [`Store::write`], once per key: a repeat gets the kept answer, another body under the key is refused.
    ///
    /// # Errors
    /// As [`Store::write`]; `case.idempotency_key_reused` (422) for another body.
    pub async fn write_once<C: Command>(&self, command: C, key: Option<Key>) -> Result<C::Out, Fault> {
        self.submit(command, key)?.await.map_err(|_| Fault::from(StoreError::Busy))?
    }

    /// As [`Store::write`], for callers without an async runtime: on the embedded database on the caller's own
    /// thread when nobody else writes or waits to, else it waits for a free place in the queue.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<C: Command>(&self, command: C) -> Result<C::Out, Fault> {
        let (task, answer) = pending(command, None);
        let queue = read(&self.inner.writes).clone().ok_or(StoreError::Busy)?;
        if let Some(mut conn) = self.idle_writer() {
            threads::write(&mut *conn, &self.inner.shared, vec![task]);
        } else {
            queue.send(task).map_err(|_| StoreError::Busy)?;
            self.inner.shared.waiting.fetch_add(1, Ordering::Relaxed);
        }
        answer.blocking_recv().map_err(|_| Fault::from(StoreError::Busy))?
    }

    /// Runs `work` while commits of the embedded database are answered before the disk has them; the next commit after it
    /// brings them all to the disk. A power cut meanwhile loses the last of them. For filling what begins anew then.
    ///
    /// # Errors
    /// [`StoreError`] of the engine.
    pub fn deferring_syncs<T>(&self, work: impl FnOnce() -> T) -> Result<T, StoreError> {
        let Some((writing, _)) = &self.inner.own else { return Ok(work()) };
        writing.take().sync_each_commit(false)?;
        let done = work();
        writing.take().sync_each_commit(true)?;
        Ok(done)
    }

    /// Nobody passes those who wait in the queue.
    fn idle_writer(&self) -> Option<Lent<'_>> {
        let (writing, _) = self.inner.own.as_ref()?;
        let is_free = self.inner.shared.waiting.load(Ordering::Relaxed) <= 0;
        is_free.then(|| writing.take_idle()).flatten()
    }

    fn submit<C: Command>(
        &self,
        command: C,
        key: Option<Key>,
    ) -> Result<oneshot::Receiver<Result<C::Out, Fault>>, Fault> {
        let (task, answer) = pending(command, key);
        let queue = read(&self.inner.writes);
        match queue.as_ref().ok_or(StoreError::Busy)?.try_send(task) {
            Ok(()) => {
                self.inner.shared.waiting.fetch_add(1, Ordering::Relaxed);
                Ok(answer)
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(StoreError::Busy.into()),
        }
    }

    /// Runs `query` on one snapshot, off the async threads.
    ///
    /// # Errors
    /// What the query gives, or [`StoreError::Busy`] when the store is closed.
    pub async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (job, answer) = reading(query);
        self.submit_read(job)?;
        answer.await.map_err(|_| Fault::from(StoreError::Busy))?
    }

    /// As [`Store::read`], for callers without an async runtime; on the embedded database on the caller's own thread when a
    /// connection is free.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (job, answer) = reading(query);
        match self.inner.own.as_ref().and_then(|(_, reading)| reading.take_idle()) {
            Some(mut conn) => threads::look(&mut *conn, &self.inner.shared, job),
            None => self.submit_read(job)?,
        }
        answer.blocking_recv().map_err(|_| Fault::from(StoreError::Busy))?
    }

    fn submit_read(&self, job: threads::ReadJob) -> Result<(), Fault> {
        let queue = read(&self.inner.reads);
        queue.as_ref().ok_or(StoreError::Busy)?.send(job).map_err(|_| StoreError::Busy.into())
    }

    /// Changes whenever events may have been added; consumers then read on from their position.
    pub fn ticks(&self) -> watch::Receiver<u64> {
        self.inner.shared.ticks.subscribe()
    }

    /// Whether sealed fields cannot be read or written: none of the keys at hand opens them.
    pub fn is_locked(&self) -> bool {
        self.inner.shared.held.is_locked()
    }

    /// Business time as commands see it, and the wall.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.shared.clock
    }

    /// The engine below.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Counts and times of commands since the start.
    pub fn stats(&self) -> crate::shared::Stats {
        self.inner.shared.stats()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.inner.shared
    }

    /// What the connections to the embedded database share.
    pub(crate) fn log(&self) -> Option<Log> {
        match self.inner.base.lock().unwrap_or_else(PoisonError::into_inner).as_ref()? {
            Base::File(_, log) => Some(log.clone()),
            Base::Server(_) => None,
        }
    }

    /// Bytes of the embedded database's file and of its log; none on PostgreSQL.
    pub fn file_bytes(&self) -> Option<(u64, u64)> {
        let base = self.inner.base.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Base::File(path, _)) = base.as_ref() else { return None };
        let bytes = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |file| file.len());
        Some((bytes(path), bytes(&path.with_extension("db-wal"))))
    }

    /// Its blobs.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// Tables that stay out of the logical dump.
    pub fn undumped(&self) -> Vec<String> {
        self.inner.undumped.clone()
    }

    /// Lets queued work finish, then ends the threads. Later calls get [`StoreError::Busy`].
    pub fn close(&self) {
        self.inner.stop.store(true, std::sync::atomic::Ordering::SeqCst);
        drop(self.inner.writes.write().unwrap_or_else(PoisonError::into_inner).take());
        drop(self.inner.reads.write().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            thread.thread().unpark();
            let _ = thread.join();
        }
        if let Some((writing, reading)) = &self.inner.own {
            writing.close();
            reading.close();
        }
        drop(self.inner.base.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// A query as a job, and where its answer comes.
fn reading<T: Send + 'static>(
    query: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
) -> (threads::ReadJob, oneshot::Receiver<Result<T, Fault>>) {
    let (reply, answer) = oneshot::channel();
    let job: threads::ReadJob = Box::new(move |conn, shared| {
        let _ = reply.send(threads::snapshot(conn, shared, query));
    });
    (job, answer)
}

type Answer<C> = oneshot::Receiver<Result<<C as Command>::Out, Fault>>;

pub(crate) fn pending<C: Command>(command: C, key: Option<Key>) -> (Box<dyn Task>, Answer<C>) {
    let (reply, answer) = oneshot::channel();
    (Box::new(Pending { command, key, out: None, is_repeat: false, reply }), answer)
}

/// The database as the store's own threads open it.
pub(crate) enum Base {
    /// The file and what its connections share.
    File(PathBuf, Log),
    /// The address.
    Server(String),
}

impl Base {
    fn of(location: &Location) -> Result<Self, StoreError> {
        Ok(match location {
            Location::Folder(folder) => {
                let path = file_in(folder);
                let log = Log::open(&path)?;
                Self::File(path, log)
            }
            Location::Postgres(url) => Self::Server(url.clone()),
        })
    }

    /// SQLite syncs the name of its log, but not that of the database file.
    fn save_name(&self) -> Result<(), StoreError> {
        let Self::File(path, _) = self else { return Ok(()) };
        let folder = path.parent().unwrap_or(path);
        crate::durable::sync(folder).map_err(|e| StoreError::Engine(format!("{}: {e}", folder.display())))
    }

    /// The writer of a store that is being opened.
    fn first(&self) -> Result<Box<dyn Connection + Send>, StoreError> {
        match self {
            Self::File(..) => self.writer(),
            Self::Server(url) => Ok(Box::new(Postgres::connect_when_up(url)?)),
        }
    }

    pub(crate) fn writer(&self) -> Result<Box<dyn Connection + Send>, StoreError> {
        Ok(match self {
            Self::File(path, log) => Box::new(Sqlite::writer(path, Some(log.clone()))?),
            Self::Server(url) => Box::new(Postgres::connect(url, false)?),
        })
    }

    pub(crate) fn reader(&self) -> Result<Box<dyn Connection + Send>, StoreError> {
        Ok(match self {
            Self::File(path, log) => Box::new(Sqlite::reader(path, Some(log.clone()))?),
            Self::Server(url) => Box::new(Postgres::connect(url, true)?),
        })
    }
}

/// A connection beside the store's own, for writing: only while the store is idle.
pub(crate) fn writer_beside(location: &Location) -> Result<Box<dyn Connection + Send>, StoreError> {
    Ok(match location {
        Location::Folder(folder) => Box::new(Sqlite::writer(&file_in(folder), None)?),
        Location::Postgres(url) => Box::new(Postgres::connect(url, false)?),
    })
}

pub(crate) fn file_in(folder: &std::path::Path) -> PathBuf {
    folder.join(crate::outside::DATABASE)
}

pub(crate) fn lock_folder(folder: &std::path::Path) -> Result<std::fs::File, StoreError> {
    let fail = |e: std::io::Error| StoreError::Engine(format!("{}: {e}", folder.display()));
    crate::durable::make_folder(folder).map_err(fail)?;
    let file = std::fs::File::create(folder.join("lock")).map_err(fail)?;
    file.try_lock()
        .map_err(|_| StoreError::Engine(format!("{} is in use by another xiaoer process", folder.display())))?;
    Ok(file)
}

/// Runs `tasks` now, on this thread; the writer threads' body.
pub(crate) fn run_group(conn: &mut dyn Connection, shared: &Shared, tasks: Vec<Box<dyn Task>>) {
    group::run(conn, shared, tasks);
}
