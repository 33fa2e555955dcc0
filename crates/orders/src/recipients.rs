//! Whom parcels go to, sealed: a copied database tells the region and nothing else (SYS-7).

use crate::Recipient;
use xr_base::{CaseId, Fault, StoreError};
use xr_store::sealing::{Place, Resealed};
use xr_store::{SealedField, Tx, params, record, sql};

/// Where they lie.
pub const SEALED: SealedField = SealedField {
    table: "sealed_recipients",
    column: "sealed",
    place: PLACE,
    id: "order_id",
    lookups: &["name_key", "phone_key", "phone_end_key"],
    page,
    reseal,
    move_clear: Some(move_clear),
};

const PLACE: &str = "sealed_recipients.sealed";
/// Purposes of keyed hashes.
const NAME: &str = "recipient name";
const PHONE: &str = "recipient phone";
const PHONE_END: &str = "recipient phone end";
/// Digits at the end of a phone number that people say.
pub(crate) const END_DIGITS: usize = 4;

/// What is sealed: name, phone, address.
type Content = (String, String, String);

struct Sealed {
    content: Vec<u8>,
    name: Option<i64>,
    phone: Option<i64>,
    phone_end: Option<i64>,
}

impl Sealed {
    fn of(tx: &mut Tx<'_>, order: i64, content: &[u8]) -> Result<Self, Fault> {
        let (name, phone, _) = read(content)?;
        let digits = digits(&phone);
        let key = |tx: &Tx<'_>, purpose, text: &str| match text {
            "" => Ok(None),
            text => tx.lookup(purpose, text).map(Some),
        };
        let end = digits.len().checked_sub(END_DIGITS).map_or("", |start| &digits[start..]);
        Ok(Self {
            name: key(tx, NAME, &name)?,
            phone: key(tx, PHONE, &digits)?,
            phone_end: key(tx, PHONE_END, end)?,
            content: tx.seal(Place { column: PLACE, row: order }, content)?,
        })
    }
}

/// A phone number as it is looked for.
fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

fn read(content: &[u8]) -> Result<Content, StoreError> {
    serde_json::from_slice(content).map_err(|error| StoreError::Corrupt(format!("a recipient: {error}")))
}

fn written(to: &Recipient) -> Result<Vec<u8>, StoreError> {
    let content = (&to.name, &to.phone, &to.address);
    serde_json::to_vec(&content).map_err(|error| StoreError::Corrupt(format!("a recipient: {error}")))
}

/// Keeps whom a new order goes to.
pub(crate) fn insert(tx: &mut Tx<'_>, order: CaseId, to: &Recipient) -> Result<(), Fault> {
    let sealed = Sealed::of(tx, order.0, &written(to)?)?;
    tx.put(
        sql!(
            "INSERT INTO sealed_recipients (order_id, region, sealed, name_key, phone_key, phone_end_key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) /* unscoped: inserting after authorisation */"
        ),
        params![order, to.region, sealed.content, sealed.name, sealed.phone, sealed.phone_end],
    )?;
    Ok(())
}

/// Replaces whom an order goes to.
pub(crate) fn change(tx: &mut Tx<'_>, order: CaseId, to: &Recipient) -> Result<(), Fault> {
    let sealed = Sealed::of(tx, order.0, &written(to)?)?;
    tx.put(
        sql!(
            "UPDATE sealed_recipients SET region = ?2, sealed = ?3, name_key = ?4, phone_key = ?5, phone_end_key = ?6
             WHERE order_id = ?1 /* unscoped: after authorisation */"
        ),
        params![order, to.region, sealed.content, sealed.name, sealed.phone, sealed.phone_end],
    )?;
    Ok(())
}

/// Whom the parcel goes to; none after erasure. Callers mask it unless showing it was asked for and is audited.
///
/// # Errors
/// 503 `store.locked` without a key; a store fault.
pub fn get(tx: &mut Tx<'_>, order: CaseId) -> Result<Option<Recipient>, Fault> {
    let row: Option<(String, Vec<u8>)> = tx.opt(
        sql!(
            "SELECT region, sealed FROM sealed_recipients WHERE order_id = ?1 /* unscoped: by order, callers authorise */"
        ),
        params![order],
    )?;
    row.map(|(region, sealed)| opened(tx, order, region, &sealed)).transpose()
}

/// A recipient whose row was read already.
///
/// # Errors
/// As [`get`].
pub fn opened(tx: &mut Tx<'_>, order: CaseId, region: String, sealed: &[u8]) -> Result<Recipient, Fault> {
    let content = tx.open_sealed(Place { column: PLACE, row: order.0 }, sealed)?;
    let (name, phone, address) = read(&content)?;
    Ok(Recipient { name, phone, region, address })
}

/// By what recipients of this name are found: one key, two while keys are rotated.
pub(crate) fn name_keys(tx: &Tx<'_>, name: &str) -> Result<Vec<i64>, Fault> {
    tx.lookups(NAME, name)
}

/// As [`name_keys`]: the end of a phone number, and all of it.
pub(crate) fn phone_keys(tx: &Tx<'_>, phone: &str) -> Result<Vec<(i64, i64)>, Fault> {
    let end = &phone[phone.len().saturating_sub(END_DIGITS)..];
    Ok(tx.lookups(PHONE_END, end)?.into_iter().zip(tx.lookups(PHONE, phone)?).collect())
}

fn page(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    tx.all(
        sql!(
            "SELECT order_id, sealed FROM sealed_recipients WHERE order_id > ?1 ORDER BY order_id LIMIT ?2
             /* unscoped: rotation of keys */"
        ),
        params![after, limit],
    )
}

fn reseal(tx: &mut Tx<'_>, row: Resealed<'_>) -> Result<(), Fault> {
    let sealed = Sealed::of(tx, row.id, row.content)?;
    tx.put(
        sql!(
            "UPDATE sealed_recipients SET sealed = ?3, name_key = ?4, phone_key = ?5, phone_end_key = ?6
             WHERE order_id = ?1 AND sealed = ?2 /* unscoped: rotation of keys */"
        ),
        params![row.id, row.was, sealed.content, sealed.name, sealed.phone, sealed.phone_end],
    )?;
    Ok(())
}

record! {
    /// As versions before 1640 kept it.
    struct Clear {
        order: CaseId,
        name: String,
        phone: String,
        region: String,
        address: String,
    }
}

fn move_clear(tx: &mut Tx<'_>, limit: i64) -> Result<u64, Fault> {
    let rows: Vec<Clear> = tx.all(
        sql!(
            "SELECT order_id, name, phone, region, address FROM recipients ORDER BY order_id LIMIT ?1
             /* unscoped: an upgrade */"
        ),
        params![limit],
    )?;
    let Some(last) = rows.last().map(|row| row.order) else { return Ok(0) };
    let count = rows.len() as u64;
    for Clear { order, name, phone, region, address } in rows {
        insert(tx, order, &Recipient { name, phone, region, address })?;
    }
    tx.put(sql!("DELETE FROM recipients WHERE order_id <= ?1 /* unscoped: an upgrade */"), params![last])?;
    Ok(count)
}
