//! Values on their way to a server and back, and what its errors mean.

use crate::kept::Kept;
use crate::row::Cells;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use xr_base::value::Value;
use xr_base::{Clash, StoreError};

type Failure = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Kept {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        Bound(self.value()).to_sql(ty, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

#[derive(Debug)]
pub(super) struct Bound<'v>(pub(super) Value<'v>);

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

pub(super) struct PostgresRow<'r>(pub(super) &'r tokio_postgres::Row);

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
pub(super) fn fail(error: tokio_postgres::Error) -> StoreError {
    let text = error.as_db_error().map_or_else(|| error.to_string(), |db| db.message().to_owned());
    match error.code().map(tokio_postgres::error::SqlState::code) {
        Some("40P01") => StoreError::Retry(Clash::Deadlock, text),
        Some("40001") => StoreError::Retry(Clash::Serialization, text),
        // Only the fence before a commit divides.
        Some("22012") => StoreError::Retry(Clash::Fenced, text),
        // The server is starting, recovering or going down.
        Some("57P03") => StoreError::Retry(Clash::Cut, text),
        Some("23505") => StoreError::Duplicate(text),
        _ => StoreError::Engine(text),
    }
}
