//! Words of people and addresses as they lie in the database: sealed (SYS-7).

use crate::AftersalesRow;
use xr_base::{CaseId, Fault, StoreError};
use xr_store::sealing::Place;
use xr_store::{SealedField, Tx, params, sealed_field, sealed_text, sql};

sealed_text! {
    /// Evidence in words.
    pub(crate) EVIDENCE = "evidence", "sealed_words" by "id", from "words"
}
sealed_text! {
    /// Words that go with acts.
    pub(crate) STATEMENTS = "statements", "sealed_words" by "id", from "words"
}
sealed_text! {
    /// What was said when the merchant reached the buyer.
    pub(crate) CONTACTS = "contacts", "sealed_note" by "id", from "note"
}
sealed_text! {
    /// Where shops want returns to be sent.
    pub(crate) ADDRESSES = "return_addresses", "sealed_address" by "shop_id", from "address"
}

/// Sealed fields of after-sales.
pub const SEALED: [SealedField; 5] = [OF_CASES, EVIDENCE.0, STATEMENTS.0, CONTACTS.0, ADDRESSES.0];

const PLACE: &str = OF_CASES.place;

const OF_CASES: SealedField =
    SealedField { move_clear: Some(move_clear), ..sealed_field!("aftersales", "sealed_words" by "case_id") };

/// Description, return address, next application.
type Words = (String, Option<String>, Option<String>);

/// The words of a case as its row holds them; nothing where nobody said anything.
pub(crate) fn sealed(tx: &mut Tx<'_>, row: &AftersalesRow) -> Result<Option<Vec<u8>>, Fault> {
    let address = row.return_address.as_deref().filter(|address| !address.is_empty());
    if row.description.is_empty() && address.is_none() && row.next_case.is_none() {
        return Ok(None);
    }
    let words = (row.description.clone(), row.return_address.clone(), row.next_case.clone());
    written(tx, row.case_id, &words).map(Some)
}

/// The row with its words.
pub(crate) fn opened(tx: &mut Tx<'_>, mut row: AftersalesRow) -> Result<AftersalesRow, Fault> {
    let Some(sealed) = row.sealed_words.take() else { return Ok(row) };
    (row.description, row.return_address, row.next_case) = read(tx, row.case_id, &sealed)?;
    Ok(row)
}

fn read(tx: &mut Tx<'_>, case: CaseId, sealed: &[u8]) -> Result<Words, Fault> {
    let text = tx.open_sealed(Place { column: PLACE, row: case.0 }, sealed)?;
    serde_json::from_slice(&text).map_err(|error| StoreError::Corrupt(error.to_string()).into())
}

fn written(tx: &mut Tx<'_>, case: CaseId, words: &Words) -> Result<Vec<u8>, Fault> {
    let text = serde_json::to_vec(words).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    tx.seal(Place { column: PLACE, row: case.0 }, &text)
}

/// Tells a case that waits for it where to send the goods; `was` are its words as they lie there.
pub(crate) fn name_address(tx: &mut Tx<'_>, case: CaseId, was: Option<&[u8]>, address: &str) -> Result<(), Fault> {
    let (description, _, next) = was.map(|sealed| read(tx, case, sealed)).transpose()?.unwrap_or_default();
    let sealed = written(tx, case, &(description, Some(address.to_owned()), next))?;
    let changed = tx.exec(
        sql!(
            "UPDATE aftersales SET return_address = NULL, sealed_words = ?3
             WHERE case_id = ?1 AND return_address = '' AND sealed_words IS NOT DISTINCT FROM ?2
             /* unscoped: of a merchant's cases, after authorisation */"
        ),
        params![case, was, sealed],
    )?;
    Ok(StoreError::compared(changed, "the case's words")?)
}

/// What stands in the open of a return address: that one is still to be named.
pub(crate) fn open_address(row: &AftersalesRow) -> Option<&'static str> {
    row.return_address.as_ref().filter(|address| address.is_empty()).map(|_| "")
}

fn move_clear(tx: &mut Tx<'_>, limit: i64) -> Result<u64, Fault> {
    let rows: Vec<(CaseId, String, Option<String>, Option<String>)> = tx.all(
        sql!(
            "SELECT case_id, description, return_address, next_case FROM aftersales
             WHERE description <> '' OR return_address <> '' OR next_case IS NOT NULL ORDER BY case_id LIMIT ?1
             /* unscoped: an upgrade */"
        ),
        params![limit],
    )?;
    let count = rows.len() as u64;
    for (case, description, address, next) in rows {
        let in_the_open = address.clone().filter(String::is_empty);
        let sealed = written(tx, case, &(description, address, next))?;
        // Another node that starts as well may have been faster.
        tx.put(
            sql!(
                "UPDATE aftersales SET sealed_words = ?2, description = '', return_address = ?3, next_case = NULL
                 WHERE case_id = ?1 AND (description <> '' OR return_address <> '' OR next_case IS NOT NULL)
                 /* unscoped: an upgrade */"
            ),
            params![case, sealed, in_the_open],
        )?;
    }
    Ok(count)
}
