//! Moving the write-ahead log into the database file beside the writer, so that no order waits for it.
//!
//! By default the writer that passes 1,000 pages copies them itself while everybody waits. Here a thread does it: every
//! quarter of a second it copies what no snapshot still needs (`PASSIVE`) and has the system write the pages down. Under load
//! the log would then grow without end, because it starts anew only at a moment when all of it is copied; so past
//! [`LOG_PAGES_MAX`] the writer itself, between two groups, copies the little that is left and starts the log anew
//! (`RESTART`). Without the pages written down beforehand that would stall it for 0.3 to 0.5 s.

use super::sqlite::Sqlite;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing::warn;
use xr_base::StoreError;

/// Pause between two copies.
const EVERY: Duration = Duration::from_millis(250);
/// Pages in the log (4 KiB each, 64 MiB together) from which on the writer starts it anew.
const LOG_PAGES_MAX: i64 = 16_384;
/// How long the writer waits for old snapshots to end before it goes on with a longer log.
pub(crate) const RESTART_WITHIN_MS: u32 = 20;

/// What the connections to one database file share.
///
/// The handle is for writing pages down. It stays open as long as any connection: closing any handle of the file would drop the locks
/// that SQLite holds on it in this process.
#[derive(Clone)]
pub(crate) struct Log {
    file: Arc<File>,
    is_long: Arc<AtomicBool>,
    pages_max: i64,
}

impl Log {
    /// Opens the database file, creating it when absent.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let file = opened.map_err(|e| StoreError::Engine(format!("{}: {e}", path.display())))?;
        Ok(Self { file: Arc::new(file), is_long: Arc::default(), pages_max: LOG_PAGES_MAX })
    }

    /// Whether the writer is to start the log anew; says so once.
    pub(crate) fn take_long(&self) -> bool {
        self.is_long.load(Ordering::Relaxed) && self.is_long.swap(false, Ordering::Relaxed)
    }
}

/// Pages in the log, and how many of them are in the database file too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) pages: i64,
    pub(crate) done: i64,
}

/// The thread's body; ends soon after `stop`.
pub(crate) fn keep(conn: &Sqlite, log: &Log, stop: &AtomicBool) {
    let mut before = None;
    while !stop.load(Ordering::SeqCst) {
        match round(conn, log, before, || ()) {
            Ok(copied) => before = Some(copied),
            Err(error) => warn!(%error, "A checkpoint failed"),
        }
        std::thread::park_timeout(EVERY);
    }
}

/// Copies once, and a long log twice. When nothing was written since `before`, nothing is done. `meanwhile` stands for what others write
/// until the first copy has ended.
fn round(conn: &Sqlite, log: &Log, before: Option<Copied>, meanwhile: impl FnOnce()) -> Result<Copied, StoreError> {
    let mut copied = copy(conn, log, before)?;
    meanwhile();
    if copied.pages > log.pages_max {
        // What was written during the first copy is copied too, so that next to nothing is left to the writer.
        copied = copy(conn, log, Some(copied))?;
        log.is_long.store(true, Ordering::Relaxed);
    }
    Ok(copied)
}

fn copy(conn: &Sqlite, log: &Log, before: Option<Copied>) -> Result<Copied, StoreError> {
    let copied = conn.checkpoint("PRAGMA wal_checkpoint(PASSIVE)")?;
    if before != Some(copied) {
        log.file.sync_data().map_err(|e| StoreError::Engine(e.to_string()))?;
    }
    Ok(copied)
}

/// The writer's part, between two groups. A snapshot that still reads the old log is not waited for long.
pub(crate) fn restart(conn: &Sqlite) {
    let restarted = conn.waiting(RESTART_WITHIN_MS, |conn| conn.checkpoint("PRAGMA wal_checkpoint(RESTART)"));
    if let Err(error) = restarted {
        warn!(%error, "Starting the log anew failed");
    }
}

#[cfg(test)]
mod tests {
    use super::{Copied, Log, copy, round};
    use crate::engine::sqlite::Sqlite;
    use crate::tx::Connection as _;
    use tempfile::TempDir;

    struct Scene {
        writer: Sqlite,
        copier: Sqlite,
        reader: Sqlite,
        log: Log,
        _folder: TempDir,
    }

    /// A database whose log is long from ten pages on.
    fn scene() -> Scene {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        let log = Log { pages_max: 10, ..Log::open(&path).expect("opens") };
        let mut writer = Sqlite::writer(&path, Some(log.clone())).expect("opens");
        writer.batch("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)").expect("runs");
        let copier = Sqlite::copier(&path, log.clone()).expect("opens");
        let reader = Sqlite::reader(&path, Some(log.clone())).expect("opens");
        Scene { writer, copier, reader, log, _folder: folder }
    }

    impl Scene {
        fn write(&mut self, rows: i64) {
            let text = "INSERT INTO t (body) VALUES (hex(zeroblob(2000)));";
            for _ in 0..rows {
                self.writer.batch(text).expect("runs");
            }
        }

        fn copy(&self) -> Copied {
            round(&self.copier, &self.log, None, || ()).expect("copies")
        }

        fn rows(&mut self) -> i64 {
            let mut rows = 0;
            let count = self.reader.query_text("SELECT COUNT(*) FROM t", &mut |row| {
                rows = row.get(0)?;
                Ok(())
            });
            count.expect("counts");
            rows
        }
    }

    #[test]
    fn a_long_log_is_started_anew_by_the_writer() {
        let mut scene = scene();
        scene.write(30);
        let copied = scene.copy();
        assert!(copied.pages > 30 && copied.done == copied.pages, "{copied:?}");
        scene.writer.rest();
        scene.write(1);
        let copied = scene.copy();
        assert!(copied.pages < 10, "{copied:?}");
        assert_eq!(scene.rows(), 31);
    }

    #[test]
    fn what_was_written_while_a_long_log_was_copied_is_not_left_to_the_writer() {
        let mut scene = scene();
        scene.write(30);
        let first = copy(&scene.copier, &scene.log, None).expect("copies");
        let Scene { writer, copier, log, .. } = &mut scene;
        let written = || writer.batch("INSERT INTO t (body) VALUES (hex(zeroblob(9000)))").expect("runs");
        let copied = round(copier, log, None, written).expect("copies");
        // All of the log was copied, so what came next stands in a new one.
        assert!(copied.pages < first.pages && copied.done == copied.pages, "{first:?}, then {copied:?}");
        assert!(log.take_long(), "now the writer may start it anew");
    }

    #[test]
    fn a_snapshot_delays_the_new_start_but_neither_the_writer_nor_the_copy() {
        let mut scene = scene();
        scene.write(5);
        scene.reader.begin().expect("begins");
        assert_eq!(scene.rows(), 5);
        scene.write(30);
        let held = scene.copy();
        assert!(held.done < held.pages, "what the snapshot needs stays in the log: {held:?}");
        scene.writer.rest();
        scene.write(30);
        assert_eq!(scene.rows(), 5, "the snapshot is what it was");
        scene.reader.commit().expect("ends");
        assert!(scene.copy().pages > held.pages);
        scene.writer.rest();
        scene.write(1);
        assert!(scene.copy().pages < 10);
        assert_eq!(scene.rows(), 66);
    }
}
