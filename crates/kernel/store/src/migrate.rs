//! Schema changes: numbered SQL of the slices in one global order (decision D12).

use crate::store::Engine;
use crate::tx::Connection;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use xr_base::StoreError;
use xr_base::value::Value;

/// One numbered SQL file of a slice.
///
/// Tokens: `{PK}` primary key of a 64-bit id, `{BLOB}` bytes, `{CLUSTERED}` after the closing bracket of a table whose
/// rows lie in key order. A table with `/* undumped: why */` stays out of the logical dump.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Place in the global order.
    pub number: u32,
    /// File name without number and ending.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
}

/// Declares a slice's migrations from its `migrations/` folder.
#[macro_export]
macro_rules! migrations {
    ($($number:literal $name:literal),+ $(,)?) => {
        /// Schema of this slice, in order.
        pub const MIGRATIONS: &[$crate::Migration] = &[$($crate::Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../migrations/", $number, "_", $name, ".sql")),
        }),+];
    };
}

/// The store's own tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1000, name: "store", sql: include_str!("../migrations/1000_store.sql") },
    Migration { number: 1001, name: "audit", sql: include_str!("../migrations/1001_audit.sql") },
    Migration { number: 1002, name: "jobs_by_kind", sql: include_str!("../migrations/1002_jobs_by_kind.sql") },
    Migration { number: 1003, name: "operations", sql: include_str!("../migrations/1003_operations.sql") },
    Migration { number: 1004, name: "seal_keys", sql: include_str!("../migrations/1004_seal_keys.sql") },
    Migration { number: 1005, name: "sealed_files", sql: include_str!("../migrations/1005_sealed_files.sql") },
];

/// Which of them ran. Two nodes may both find it missing, and one of the two creations fails.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL,
    hash TEXT NOT NULL)";

/// The slices' migrations behind those of the store itself.
pub(crate) fn with_own(migrations: &[Migration]) -> Vec<Migration> {
    MIGRATIONS.iter().chain(migrations).copied().collect()
}

/// Applies what is missing, each migration in its own transaction; gives the number applied. Nodes of one database may do
/// so at once: each migration is run by one of them, the others wait for it.
pub(crate) fn apply(conn: &mut dyn Connection, engine: Engine, wanted: &[Migration]) -> Result<usize, StoreError> {
    conn.batch(TABLE).or_else(|_| conn.batch(TABLE))?;
    let mut ordered = wanted.to_vec();
    ordered.sort_by_key(|m| m.number);
    let mut applied = 0;
    for migration in &ordered {
        applied += usize::from(apply_one(conn, engine, migration)?);
    }
    Ok(applied)
}

/// Gives whether it was missing.
fn apply_one(conn: &mut dyn Connection, engine: Engine, migration: &Migration) -> Result<bool, StoreError> {
    if is_present(conn, migration)? {
        return Ok(false);
    }
    let Err(error) = run(conn, engine, migration) else { return Ok(true) };
    let _ = conn.batch("ROLLBACK");
    // Another node ran it meanwhile.
    if matches!(error, StoreError::Duplicate(_)) && is_present(conn, migration)? {
        return Ok(false);
    }
    Err(StoreError::Engine(format!("migration {} {}: {error}", migration.number, migration.name)))
}

fn is_present(conn: &mut dyn Connection, migration: &Migration) -> Result<bool, StoreError> {
    let mut known: Option<String> = None;
    let text = format!("SELECT hash FROM migrations WHERE number = {}", migration.number);
    conn.query_text(&text, &mut |row| {
        known = Some(row.get(0)?);
        Ok(())
    })?;
    match known {
        Some(known) if known != hash_of(migration.sql) => {
            let text = format!("migration {} {} was changed after it ran", migration.number, migration.name);
            Err(StoreError::Engine(text))
        }
        known => Ok(known.is_some()),
    }
}

/// Its row comes first: whoever comes second waits there for the end of this transaction, however long that takes.
fn run(conn: &mut dyn Connection, engine: Engine, migration: &Migration) -> Result<(), StoreError> {
    let Migration { number, name, sql } = migration;
    let patience = match engine {
        Engine::Sqlite => "",
        Engine::Postgres => "SET LOCAL statement_timeout = 0;",
    };
    let row = format!("INSERT INTO migrations VALUES ({number}, '{name}', '{}')", hash_of(sql));
    conn.batch(&format!("BEGIN; {patience} {row}; {}; COMMIT", expand(sql, engine)))
}

fn expand(sql: &str, engine: Engine) -> String {
    let [pk, blob, clustered] = match engine {
        Engine::Sqlite => ["INTEGER PRIMARY KEY", "BLOB", "WITHOUT ROWID"],
        Engine::Postgres => ["BIGINT PRIMARY KEY", "BYTEA", ""],
    };
    sql.replace("{PK}", pk).replace("{BLOB}", blob).replace("{CLUSTERED}", clustered)
}

/// Tables that stay out of the logical dump, as their migrations say.
pub(crate) fn undumped(migrations: &[Migration]) -> Vec<String> {
    let mut tables = vec!["migrations".to_owned()];
    for migration in migrations {
        for part in migration.sql.split("CREATE TABLE ").skip(1) {
            let name = part.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
            let own = part.split(';').next().unwrap_or("");
            if own.contains("undumped:") {
                tables.push(name.to_owned());
            }
        }
    }
    tables
}

pub(crate) fn hash_of(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Names of the tables of the open database, sorted.
pub(crate) fn tables(conn: &mut dyn Connection, engine: Engine) -> Result<Vec<String>, StoreError> {
    let text = match engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
        Engine::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    let mut names: Vec<String> = Vec::new();
    conn.query_text(text, &mut |row| {
        names.push(row.get(0)?);
        Ok(())
    })?;
    names.sort();
    Ok(names)
}

/// Names of a table's columns, sorted: both engines list them alike then.
pub(crate) fn columns(conn: &mut dyn Connection, engine: Engine, table: &str) -> Result<Vec<String>, StoreError> {
    let text = match engine {
        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        Engine::Postgres => format!(
            "SELECT column_name::text FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}'"
        ),
    };
    let mut names: Vec<String> = Vec::new();
    conn.query_text(&text, &mut |row| {
        if let Value::Text(name) = row.value(0)? {
            names.push(name.to_owned());
        }
        Ok(())
    })?;
    names.sort();
    Ok(names)
}
