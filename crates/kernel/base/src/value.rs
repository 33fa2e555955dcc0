//! Values that travel to and from a database, without naming one.

use crate::fault::StoreError;
use crate::money::{Currency, UnitPrice};
use crate::time::{Instant, Millis};

/// What a column can hold. Flags are integers 0 and 1; JSON is text; instants are epoch milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// SQL NULL.
    Null,
    /// Any integer column.
    Int(i64),
    /// Text column, UTF-8.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// Something that can be bound to a statement.
pub trait ToValue {
    /// The value to bind.
    fn to_value(&self) -> Value<'_>;
}

/// Something that can be read from a column.
pub trait FromValue: Sized {
    /// Reads `value`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds something else.
    fn from_value(value: Value<'_>) -> Result<Self, StoreError>;
}

/// The error for a column that holds something else than `wanted`.
pub fn corrupt(wanted: &str, found: Value<'_>) -> StoreError {
    let kind = match found {
        Value::Null => "NULL",
        Value::Int(_) => "an integer",
        Value::Text(_) => "a text",
        Value::Bytes(_) => "bytes",
    };
    StoreError::Corrupt(format!("wanted {wanted}, found {kind}"))
}

/// Makes a type with `fn word(self) -> &'static str` and `fn from_word(&str) -> Option<Self>` storable as text.
#[macro_export]
macro_rules! stored_as_word {
    ($($name:ty),+ $(,)?) => {$(
        impl $crate::value::ToValue for $name {
            fn to_value(&self) -> $crate::value::Value<'_> { $crate::value::Value::Text(self.word()) }
        }
        impl $crate::value::FromValue for $name {
            fn from_value(value: $crate::value::Value<'_>) -> Result<Self, $crate::StoreError> {
                match value {
                    $crate::value::Value::Text(text) => Self::from_word(text)
                        .ok_or_else(|| $crate::StoreError::Corrupt(format!("unknown {} {text}", stringify!($name)))),
                    other => Err($crate::value::corrupt(stringify!($name), other)),
                }
            }
        }
    )+};
}

stored_as_word!(crate::Party);

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        if value == Value::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl FromValue for String {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match value {
            Value::Text(text) => Ok(text.to_owned()),
            other => Err(corrupt("text", other)),
        }
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.to_owned()),
            other => Err(corrupt("bytes", other)),
        }
    }
}

impl ToValue for i64 {
    fn to_value(&self) -> Value<'_> {
        Value::Int(*self)
    }
}

impl FromValue for i64 {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match value {
            Value::Int(number) => Ok(number),
            other => Err(corrupt("an integer", other)),
        }
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value<'_> {
        Value::Int(i64::from(*self))
    }
}

impl FromValue for bool {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        i64::from_value(value).map(|n| n != 0)
    }
}

impl ToValue for Currency {
    fn to_value(&self) -> Value<'_> {
        Value::Text(self.code())
    }
}

impl FromValue for Currency {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        let code = String::from_value(value)?;
        Self::from_code(&code).ok_or_else(|| StoreError::Corrupt(format!("unknown currency {code}")))
    }
}

/// Makes a one-field wrapper of `i64` storable.
#[macro_export]
macro_rules! stored_as_int {
    ($($name:ident),+ $(,)?) => {$(
        impl $crate::value::ToValue for $name {
            fn to_value(&self) -> $crate::value::Value<'_> { $crate::value::Value::Int(self.0) }
        }
        impl $crate::value::FromValue for $name {
            fn from_value(value: $crate::value::Value<'_>) -> Result<Self, $crate::StoreError> {
                <i64 as $crate::value::FromValue>::from_value(value).map($name)
            }
        }
    )+};
}

stored_as_int!(Instant, Millis, UnitPrice);
