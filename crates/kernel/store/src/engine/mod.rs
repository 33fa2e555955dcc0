//! The two engines behind [`Connection`](crate::tx::Connection).

pub(crate) mod checkpoint;
pub(crate) mod postgres;
pub(crate) mod sqlite;
pub(crate) mod sqlite_copy;
