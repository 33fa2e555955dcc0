//! Words of people, sealed under the id of their row.

use super::{Place, SealedField};
use crate::tx::Tx;
use xr_base::{Fault, StoreError};

/// A sealed column of texts; [`sealed_text!`](crate::sealed_text) declares one.
#[derive(Clone, Copy)]
pub struct SealedText(pub SealedField);

impl SealedText {
    fn place(&self, row: i64) -> Place {
        Place { column: self.0.place, row }
    }

    /// What the column is to hold; nothing for an empty text.
    ///
    /// # Errors
    /// 503 `store.locked` without a key.
    pub fn seal(&self, tx: &mut Tx<'_>, row: i64, text: &str) -> Result<Option<Vec<u8>>, Fault> {
        if text.is_empty() { Ok(None) } else { tx.seal(self.place(row), text.as_bytes()).map(Some) }
    }

    /// The text that the column of this row holds.
    ///
    /// # Errors
    /// 503 `store.locked` without a key; [`StoreError::Corrupt`] for what was not sealed there.
    pub fn open(&self, tx: &mut Tx<'_>, row: i64, sealed: Option<&[u8]>) -> Result<String, Fault> {
        let Some(sealed) = sealed else { return Ok(String::new()) };
        let text = tx.open_sealed(self.place(row), sealed)?;
        String::from_utf8(text).map_err(|_| StoreError::Corrupt(self.place(row).to_string()).into())
    }
}

/// A sealed column without keyed hashes, which was never in the clear: its table, the column, the column of the row's id. Others are made
/// from it, with what is their own: `SealedField { move_clear: …, ..sealed_field!(…) }`.
#[macro_export]
macro_rules! sealed_field {
    ($table:literal, $column:literal by $id:literal) => {
        $crate::SealedField {
            table: $table,
            column: $column,
            place: concat!($table, ".", $column),
            id: $id,
            lookups: &[],
            page: |tx, after, limit| {
                let page = $crate::sql!(concat!(
                    "SELECT ",
                    $id,
                    ", ",
                    $column,
                    " FROM ",
                    $table,
                    " WHERE ",
                    $id,
                    " > ?1 AND ",
                    $column,
                    " IS NOT NULL ORDER BY ",
                    $id,
                    " LIMIT ?2 /* unscoped: rotation of keys */"
                ));
                tx.all(page, $crate::params![after, limit])
            },
            reseal: |tx, row| {
                let place = $crate::sealing::Place { column: concat!($table, ".", $column), row: row.id };
                let sealed = tx.seal(place, row.content)?;
                let update = $crate::sql!(concat!(
                    "UPDATE ",
                    $table,
                    " SET ",
                    $column,
                    " = ?3 WHERE ",
                    $id,
                    " = ?1 AND ",
                    $column,
                    " = ?2 /* unscoped: rotation of keys */"
                ));
                Ok(tx.put(update, $crate::params![row.id, row.was, sealed])?)
            },
            move_clear: None,
        }
    };
}

/// Declares a sealed column of texts: its table, the column, the column of the row's id, and the one that earlier versions kept the text
/// in, which is empty from the opening on that seals it. Give that one an index `WHERE … <> ''`: each opening looks for what is left.
#[macro_export]
macro_rules! sealed_text {
    ($(#[$doc:meta])* $vis:vis $name:ident = $table:literal, $column:literal by $id:literal, from $clear:literal) => {
        $(#[$doc])*
        $vis const $name: $crate::sealing::SealedText = $crate::sealing::SealedText($crate::SealedField {
            move_clear: Some(|tx, limit| {
                let clear = $crate::sql!(concat!(
                    "SELECT ", $id, ", ", $clear, " FROM ", $table, " WHERE ", $clear, " <> '' ORDER BY ", $id,
                    " LIMIT ?1 /* unscoped: an upgrade */"
                ));
                let rows: Vec<(i64, String)> = tx.all(clear, $crate::params![limit])?;
                for (id, text) in &rows {
                    let place = $crate::sealing::Place { column: concat!($table, ".", $column), row: *id };
                    let sealed = tx.seal(place, text.as_bytes())?;
                    let update = $crate::sql!(concat!(
                        "UPDATE ", $table, " SET ", $column, " = ?3, ", $clear, " = '' WHERE ", $id, " = ?1 AND ", $clear,
                        " = ?2 /* unscoped: an upgrade */"
                    ));
                    tx.put(update, $crate::params![*id, text, sealed])?;
                }
                Ok(rows.len() as u64)
            }),
            ..$crate::sealed_field!($table, $column by $id)
        });
    };
}
