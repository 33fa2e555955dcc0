//! SQLite, embedded: one writer with group commit, readers on WAL snapshots.

use super::checkpoint::{self, Copied, Log};
use crate::mutant;
use crate::row::{Cells, Row};
use crate::statement::{Dialect, Statement, Variant};
use crate::tx::Connection;
use rusqlite::config::DbConfig;
use rusqlite::ffi::{
    SQLITE_CONSTRAINT_PRIMARYKEY as PRIMARY_KEY, SQLITE_CONSTRAINT_ROWID as ROWID, SQLITE_CONSTRAINT_UNIQUE as UNIQUE,
};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;
use xr_base::value::Value;
use xr_base::{Clash, StoreError};

/// Prepared statements kept per connection; more than the binary has.
const STATEMENTS_KEPT: usize = 1_000;

/// Milliseconds that a connection waits for a lock.
const PATIENCE_MS: u32 = 5_000;

/// A connection. The log's handle comes last, so that it is closed last; a store's own connections have it.
pub(crate) struct Sqlite {
    conn: rusqlite::Connection,
    log: Option<Log>,
}

impl Sqlite {
    /// Opens the database file for writing, durable at every commit. Checkpoints are not its work.
    pub(crate) fn writer(path: &Path, log: Option<Log>) -> Result<Self, StoreError> {
        let conn = rusqlite::Connection::open(path).map_err(fail)?;
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 0;
             PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF; PRAGMA secure_delete = ON;",
        )
        .map_err(fail)?;
        if mutant::process_lacks("synchronous") {
            conn.execute_batch("PRAGMA synchronous = OFF").map_err(fail)?;
        }
        Self::keeping_plans(conn, log)
    }

    /// Opens the database file for snapshots; it cannot write.
    pub(crate) fn reader(path: &Path, log: Option<Log>) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = rusqlite::Connection::open_with_flags(path, flags).map_err(fail)?;
        conn.execute_batch("PRAGMA query_only = 1; PRAGMA cache_size = -32768;").map_err(fail)?;
        Self::keeping_plans(conn, log)
    }

    /// Opens the database file for copying the log into it.
    pub(crate) fn copier(path: &Path, log: Log) -> Result<Self, StoreError> {
        let conn = rusqlite::Connection::open(path).map_err(fail)?;
        conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;").map_err(fail)?;
        Self::keeping_plans(conn, Some(log))
    }

    /// Runs `work` with another patience for locks.
    pub(crate) fn waiting<T>(
        &self,
        millis: u32,
        work: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.be_patient(millis)?;
        let done = work(self);
        self.be_patient(PATIENCE_MS)?;
        done
    }

    fn be_patient(&self, millis: u32) -> Result<(), StoreError> {
        self.conn.busy_timeout(Duration::from_millis(millis.into())).map_err(fail)
    }

    /// Copies the log as `pragma` says; a lock that is not to be had is no fault.
    pub(crate) fn checkpoint(&self, pragma: &str) -> Result<Copied, StoreError> {
        let mut statement = self.conn.prepare_cached(pragma).map_err(fail)?;
        statement.query_row([], |row| Ok(Copied { pages: row.get(1)?, done: row.get(2)? })).map_err(fail)
    }

    /// Plans do not depend on bound values: else SQLite parses and plans every statement with `LIMIT ?` again at each
    /// call, which cost a quarter of the processor time of a simulated market.
    pub(super) fn keeping_plans(conn: rusqlite::Connection, log: Option<Log>) -> Result<Self, StoreError> {
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fail)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        let opened = Self { conn, log };
        opened.be_patient(PATIENCE_MS)?;
        Ok(opened)
    }

    fn bound(
        &self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
    ) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        let text = statement.for_engine(variant, Dialect::Sqlite);
        let mut prepared = self.conn.prepare_cached(text).map_err(fail)?;
        if prepared.parameter_count() != params.len() {
            return Err(StoreError::Engine(format!("{} values for: {text}", params.len())));
        }
        for (index, value) in params.iter().enumerate() {
            prepared.raw_bind_parameter(index + 1, Bound(*value)).map_err(fail)?;
        }
        Ok(prepared)
    }
}

impl Connection for Sqlite {
    fn exec(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        let changed = self.bound(statement, variant, params)?.raw_execute().map_err(fail)?;
        Ok(changed as u64)
    }

    fn put(&mut self, statement: &'static Statement, variant: Variant, params: &[Value<'_>]) -> Result<(), StoreError> {
        self.exec(statement, variant, params).map(|_| ())
    }

    fn query(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut prepared = self.bound(statement, variant, params)?;
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(fail)? {
            each(&Row::new(&SqliteRow(row)))?;
        }
        Ok(())
    }

    fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.conn.execute_batch(text).map_err(fail)
    }

    fn empty_log(&mut self) -> Result<(), StoreError> {
        self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)").map(|_| ())
    }

    fn prepare(&mut self, text: &str) -> Result<(), StoreError> {
        self.conn.prepare(text).map(|_| ()).map_err(fail)
    }

    fn query_text(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut prepared = self.conn.prepare(text).map_err(fail)?;
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(fail)? {
            each(&Row::new(&SqliteRow(row)))?;
        }
        Ok(())
    }

    fn commits_as_group(&self) -> bool {
        true
    }

    fn group_begin(&mut self) -> Result<(), StoreError> {
        self.cached("BEGIN IMMEDIATE")
    }

    fn group_commit(&mut self) -> Result<(), StoreError> {
        let committed = self.cached("COMMIT");
        if committed.is_err() && !self.conn.is_autocommit() {
            let _ = self.cached("ROLLBACK");
        }
        committed
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.cached("SAVEPOINT command")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.cached("RELEASE command")
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        if self.conn.is_autocommit() {
            return Ok(());
        }
        self.cached("ROLLBACK TO command")?;
        self.cached("RELEASE command")
    }

    fn sync_each_commit(&mut self, is_wanted: bool) -> Result<(), StoreError> {
        // With a write-ahead log both keep the database whole; NORMAL leaves the last commits to the next sync.
        let text = if is_wanted { "PRAGMA synchronous = FULL" } else { "PRAGMA synchronous = NORMAL" };
        self.conn.execute_batch(text).map_err(fail)
    }

    fn rest(&mut self) {
        if self.log.as_ref().is_some_and(Log::take_long) {
            checkpoint::restart(self);
        }
    }

    fn is_intact(&mut self) -> bool {
        !self.conn.is_autocommit()
    }

    fn sequences_at_once(&self) -> bool {
        true
    }
}

impl Sqlite {
    fn cached(&self, text: &str) -> Result<(), StoreError> {
        self.conn.prepare_cached(text).map_err(fail)?.raw_execute().map_err(fail).map(|_| ())
    }
}

/// A value as the client library wants it.
pub(crate) struct Bound<'v>(pub(crate) Value<'v>);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

struct SqliteRow<'r, 's>(&'r rusqlite::Row<'s>);

impl Cells for SqliteRow<'_, '_> {
    fn cell(&self, index: usize) -> Result<Value<'_>, StoreError> {
        match self.0.get_ref(index).map_err(fail)? {
            ValueRef::Null => Ok(Value::Null),
            ValueRef::Integer(number) => Ok(Value::Int(number)),
            ValueRef::Text(bytes) => {
                std::str::from_utf8(bytes).map(Value::Text).map_err(|e| StoreError::Corrupt(e.to_string()))
            }
            ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes)),
            ValueRef::Real(_) => Err(StoreError::Corrupt("a column holds a float".to_owned())),
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "used as map_err(fail)")]
pub(super) fn fail(error: rusqlite::Error) -> StoreError {
    let detail = error.sqlite_error().map(|e| e.extended_code);
    match error.sqlite_error_code() {
        // Only keys: a NULL where none is allowed is a fault of ours, not an answer to anybody.
        Some(ErrorCode::ConstraintViolation) if matches!(detail, Some(UNIQUE | PRIMARY_KEY | ROWID)) => {
            StoreError::Duplicate(error.to_string())
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Retry(Clash::Serialization, error.to_string())
        }
        _ => StoreError::Engine(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::Sqlite;
    use rusqlite::StatementStatus;

    #[test]
    fn a_bound_limit_does_not_plan_a_statement_again() {
        let conn = rusqlite::Connection::open_in_memory().expect("opens");
        conn.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY)").expect("runs");
        let db = Sqlite::keeping_plans(conn, None).expect("is set");
        let mut statement = db.conn.prepare("SELECT id FROM t ORDER BY id LIMIT ?1").expect("prepares");
        for limit in 1..10 {
            let mut rows = statement.query([limit]).expect("runs");
            assert!(rows.next().expect("steps").is_none());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
