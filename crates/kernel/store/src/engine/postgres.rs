//! PostgreSQL, and servers that speak its protocol: several writers, READ COMMITTED, no engine extras (decision D12).

use crate::row::{Cells, Row};
use crate::statement::{Dialect, Statement, Variant};
use crate::tx::Connection;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use std::collections::HashMap;
use xr_base::value::Value;
use xr_base::{Clash, StoreError};

type Failure = Box<dyn std::error::Error + Sync + Send>;

pub(crate) struct Postgres {
    url: String,
    client: postgres::Client,
    prepared: HashMap<(usize, Variant), postgres::Statement>,
    is_reader: bool,
}

impl Postgres {
    pub(crate) fn connect(url: &str, is_reader: bool) -> Result<Self, StoreError> {
        let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(fail)?;
        client.batch_execute("SET statement_timeout = 5000; SET synchronous_commit = on").map_err(fail)?;
        Ok(Self { url: url.to_owned(), client, prepared: HashMap::new(), is_reader })
    }

    fn statement(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
    ) -> Result<postgres::Statement, StoreError> {
        // The address of a static is its name for life.
        let key = (std::ptr::from_ref(statement).addr(), variant);
        if let Some(found) = self.prepared.get(&key) {
            return Ok(found.clone());
        }
        let text = statement.for_engine(variant, Dialect::Postgres);
        let prepared = self.client.prepare(text).map_err(fail)?;
        self.prepared.insert(key, prepared.clone());
        Ok(prepared)
    }

    /// A connection that was cut is opened anew before the next group; statements are prepared again.
    fn reconnect_if_closed(&mut self) -> Result<(), StoreError> {
        if self.client.is_closed() {
            *self = Self::connect(&self.url.clone(), self.is_reader)?;
        }
        Ok(())
    }
}

impl Connection for Postgres {
    fn exec(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        let prepared = self.statement(statement, variant)?;
        let bound: Vec<Bound<'_>> = params.iter().copied().map(Bound).collect();
        let refs: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|b| b as &(dyn ToSql + Sync)).collect();
        self.client.execute(&prepared, &refs).map_err(fail)
    }

    fn query(
        &mut self,
        statement: &'static Statement,
        variant: Variant,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let prepared = self.statement(statement, variant)?;
        let bound: Vec<Bound<'_>> = params.iter().copied().map(Bound).collect();
        let mut rows = self.client.query_raw(&prepared, bound).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            each(&Row::new(&PostgresRow(&row)))?;
        }
        Ok(())
    }

    fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.client.batch_execute(text).map_err(fail)
    }

    fn prepare(&mut self, text: &str) -> Result<(), StoreError> {
        self.client.prepare(text).map(|_| ()).map_err(fail)
    }

    fn query_text(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let none: [Bound<'_>; 0] = [];
        let mut rows = self.client.query_raw(text, none).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            each(&Row::new(&PostgresRow(&row)))?;
        }
        Ok(())
    }

    fn group_begin(&mut self) -> Result<(), StoreError> {
        self.reconnect_if_closed()
    }

    fn group_commit(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.reconnect_if_closed()?;
        let level = if self.is_reader { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "BEGIN" };
        self.client.batch_execute(level).map_err(fail)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.client.batch_execute("COMMIT").map_err(fail)
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        if self.client.is_closed() {
            return Ok(());
        }
        self.client.batch_execute("ROLLBACK").map_err(fail)
    }

    fn rest(&mut self) {}

    fn is_intact(&mut self) -> bool {
        true
    }

    fn sequences_at_once(&self) -> bool {
        false
    }
}

#[derive(Debug)]
struct Bound<'v>(Value<'v>);

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Value::Int(number) if *ty == Type::INT4 => i32::try_from(number)?.to_sql(ty, out),
            Value::Int(number) if *ty == Type::INT2 => i16::try_from(number)?.to_sql(ty, out),
            Value::Text(text) if *ty == Type::TEXT || *ty == Type::VARCHAR => text.to_sql(ty, out),
            Value::Bytes(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            other => Err(format!("{other:?} does not fit a column of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

struct PostgresRow<'r>(&'r postgres::Row);

impl Cells for PostgresRow<'_> {
    fn cell(&self, index: usize) -> Result<Value<'_>, StoreError> {
        let columns = self.0.columns();
        let ty = columns.get(index).ok_or_else(|| StoreError::Corrupt(format!("no column {index}")))?.type_();
        let value = match *ty {
            Type::INT8 => self.0.try_get::<_, Option<i64>>(index).map_err(fail)?.map(Value::Int),
            Type::INT4 => self.0.try_get::<_, Option<i32>>(index).map_err(fail)?.map(|n| Value::Int(n.into())),
            Type::INT2 => self.0.try_get::<_, Option<i16>>(index).map_err(fail)?.map(|n| Value::Int(n.into())),
            Type::BOOL => self.0.try_get::<_, Option<bool>>(index).map_err(fail)?.map(|b| Value::Int(b.into())),
            Type::TEXT | Type::VARCHAR | Type::NAME => {
                self.0.try_get::<_, Option<&str>>(index).map_err(fail)?.map(Value::Text)
            }
            Type::BYTEA => self.0.try_get::<_, Option<&[u8]>>(index).map_err(fail)?.map(Value::Bytes),
            ref other => return Err(StoreError::Corrupt(format!("column type {other} is not used here"))),
        };
        Ok(value.unwrap_or(Value::Null))
    }
}

#[allow(clippy::needless_pass_by_value, reason = "used as map_err(fail)")]
fn fail(error: postgres::Error) -> StoreError {
    let text = error.as_db_error().map_or_else(|| error.to_string(), |db| db.message().to_owned());
    match error.code().map(postgres::error::SqlState::code) {
        Some("40P01") => StoreError::Retry(Clash::Deadlock, text),
        Some("40001") => StoreError::Retry(Clash::Serialization, text),
        Some("23505") => StoreError::Duplicate(text),
        _ => StoreError::Engine(text),
    }
}
