//! The logical dump: every fact of the database in one order, equal on both engines (decision D20).

use crate::migrate::{columns, hex, tables};
use crate::outside;
use crate::row::Row;
use crate::sealing::{Place, SealedField};
use crate::store::Location;
use crate::{Engine, Store};
use sha2::{Digest, Sha256};
use std::io::Write;
use xr_base::StoreError;
use xr_base::value::Value;

/// Writes `table<TAB>column=value…` for every row, tables and columns by name, rows in order of all columns; gives the
/// SHA-256 of the text. Secrets, sessions and idempotency answers stay out, as their migrations say. Of a sealed field stands
/// the SHA-256 of its content, so that two markets which tell the same are equal under different keys.
///
/// # Errors
/// [`StoreError`] of the engine, or of the writer.
pub fn write(store: &Store, location: &Location, out: &mut dyn Write) -> Result<String, StoreError> {
    let mut conn = outside::connect(location)?;
    let engine = store.engine();
    let skipped = store.undumped();
    let mut hash = Sha256::new();
    conn.begin()?;
    outside::without_hurry(conn.as_mut(), location)?;
    for table in tables(conn.as_mut(), engine)?.into_iter().filter(|t| !skipped.contains(t)) {
        let sealed = store.shared().held.fields().iter().find(|field| field.table == table);
        let mut names = columns(conn.as_mut(), engine, &table)?;
        names.retain(|name| sealed.is_none_or(|field| !field.lookups.contains(&name.as_str())));
        let text = select(engine, &table, &names);
        let mut line = String::new();
        conn.query_text(&text, &mut |row| {
            line.clear();
            line.push_str(&table);
            for (index, name) in names.iter().enumerate() {
                match sealed.filter(|field| field.column == name.as_str()) {
                    Some(field) => push_content(&mut line, store, field, (row, &names, index))?,
                    None => push_cell(&mut line, name, row.value(index)?),
                }
            }
            line.push('\n');
            hash.update(line.as_bytes());
            out.write_all(line.as_bytes()).map_err(|e| StoreError::Engine(e.to_string()))
        })?;
    }
    conn.commit()?;
    Ok(hex(&hash.finalize()))
}

fn select(engine: Engine, table: &str, names: &[String]) -> String {
    let columns = names.join(", ");
    // Nulls last and bytes order on both sides; PostgreSQL would otherwise follow its locale.
    let places: Vec<String> = match engine {
        Engine::Sqlite => names.iter().map(|n| format!("{n} NULLS LAST")).collect(),
        Engine::Postgres => names
            .iter()
            .map(|n| format!("CASE WHEN pg_typeof({n})::text = 'text' THEN {n}::text END COLLATE \"C\", {n}"))
            .collect(),
    };
    format!("SELECT {columns} FROM {table} ORDER BY {}", places.join(", "))
}

/// The digest of what a sealed cell holds.
fn push_content(
    line: &mut String,
    store: &Store,
    field: &SealedField,
    (row, names, index): (&Row<'_>, &[String], usize),
) -> Result<(), StoreError> {
    let id = names.iter().position(|name| name == field.id).unwrap_or(index);
    let (Value::Int(id), Value::Bytes(sealed)) = (row.value(id)?, row.value(index)?) else {
        push_cell(line, field.column, row.value(index)?);
        return Ok(());
    };
    let place = Place { column: field.place, row: id };
    let opened = store.shared().held.with(|ring| ring.open(place, sealed));
    let content = opened.map_err(|error| StoreError::Corrupt(error.to_string()))?;
    push_cell(line, field.column, Value::Bytes(&Sha256::digest(&content)));
    Ok(())
}

fn push_cell(line: &mut String, name: &str, value: Value<'_>) {
    line.push('\t');
    line.push_str(name);
    line.push('=');
    match value {
        Value::Null => line.push_str("NULL"),
        Value::Int(number) => line.push_str(&number.to_string()),
        Value::Text(text) => line.extend(text.chars().flat_map(char::escape_default)),
        Value::Bytes(bytes) => line.push_str(&hex(bytes)),
    }
}
