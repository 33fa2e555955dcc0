//! Rows of either engine, read by position.

use xr_base::StoreError;
use xr_base::value::{FromValue, Value};

/// One row while it is being read.
pub struct Row<'r> {
    cells: &'r dyn Cells,
}

/// What an engine's row can do.
pub(crate) trait Cells {
    /// Column `index`, counted from 0.
    fn cell(&self, index: usize) -> Result<Value<'_>, StoreError>;
}

impl<'r> Row<'r> {
    pub(crate) fn new(cells: &'r dyn Cells) -> Self {
        Self { cells }
    }

    /// Column `index` (from 0) as `T`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the column is missing or holds something else.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, StoreError> {
        T::from_value(self.cells.cell(index)?)
    }

    /// Column `index` without conversion, for code that copies whole rows.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when there is no such column.
    pub fn value(&self, index: usize) -> Result<Value<'_>, StoreError> {
        self.cells.cell(index)
    }
}

/// A type that is read from a whole row, columns in order.
pub trait FromRow: Sized {
    /// Reads the row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a column does not fit.
    fn from_row(row: &Row<'_>) -> Result<Self, StoreError>;
}

macro_rules! tuples {
    ($(($($t:ident $i:tt),+))+) => {$(
        impl<$($t: FromValue),+> FromRow for ($($t,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self, StoreError> { Ok(($(row.get::<$t>($i)?,)+)) }
        }
    )+};
}
tuples! {
    (A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) (A 0, B 1, C 2, D 3, E 4) (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6) (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// Declares a struct that is read from a row, its fields in the order of the columns.
#[macro_export]
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $ty),+ }
        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row<'_>) -> Result<Self, $crate::xr_base::StoreError> {
                let mut column = 0..;
                $(let $field = row.get::<$ty>(column.next().unwrap_or(usize::MAX))?;)+
                Ok(Self { $($field),+ })
            }
        }
    };
}
