//! Reading after-sales cases. What is not scoped is for callers that have authorised the case.

use crate::amounts::{self, Asked};
use crate::model::{AftersalesRow, CaseKind, Channel, Contact, Evidence, Origin, Statement};
use crate::words;
use serde::Serialize;
use xr_base::{CaseId, Fault, Instant, Party, RowId, Scope, ShopId, StoreError, UserId};
use xr_case::engine;
use xr_orders::Line;
use xr_store::{Tx, params, record, sql};

/// Id, party, picture, sealed words, time.
type EvidenceStored = (RowId, Party, Option<String>, Option<Vec<u8>>, Instant);

/// Id, party, event, sealed words, time.
type StatementStored = (i64, Party, String, Option<Vec<u8>>, Instant);

/// Id, channel, sealed note, time, time of writing.
type ContactStored = (RowId, Channel, Option<Vec<u8>>, Instant, Instant);

/// The case's row, if the case is one of after-sales.
///
/// # Errors
/// A store fault.
pub fn find(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<AftersalesRow>, Fault> {
    let row: Option<AftersalesRow> = tx.opt(
        sql!(
            "SELECT case_id, order_id, line_id, sku_id, merchant_org, shop_id, buyer_id, kind, origin, source_case,
             reason, description, quantity, amount_minor, currency, changed_at, progress, goods_at, waybill_at, proposal_minor,
             return_address, assigned_to, next_case, sealed_words FROM aftersales WHERE case_id = ?1
             /* unscoped: by id, callers authorise */"
        ),
        params![id],
    )?;
    row.map(|row| words::opened(tx, row)).transpose()
}

/// The case's row, for kinds of after-sales.
///
/// # Errors
/// [`StoreError::Corrupt`] without one.
pub fn row(tx: &mut Tx<'_>, id: CaseId) -> Result<AftersalesRow, Fault> {
    Ok(find(tx, id)?.ok_or_else(|| StoreError::Corrupt(format!("the case {id} has no after-sales row")))?)
}

/// The case's row if `scope` may see it.
///
/// # Errors
/// `case.not_found`, for foreign cases and for cases of other capabilities.
pub fn seen_by(tx: &mut Tx<'_>, scope: Scope, id: CaseId) -> Result<AftersalesRow, Fault> {
    engine::seen_by(tx, scope, id)?;
    Ok(find(tx, id)?.ok_or(engine::Error::NoSuchCase(id))?)
}

/// Cases of an order, oldest first.
///
/// # Errors
/// A store fault.
pub fn of_order(tx: &mut Tx<'_>, order: CaseId) -> Result<Vec<AftersalesRow>, Fault> {
    let rows: Vec<AftersalesRow> = tx.all(
        sql!(
            "SELECT case_id, order_id, line_id, sku_id, merchant_org, shop_id, buyer_id, kind, origin, source_case,
             reason, description, quantity, amount_minor, currency, changed_at, progress, goods_at, waybill_at, proposal_minor,
             return_address, assigned_to, next_case, sealed_words FROM aftersales WHERE order_id = ?1 ORDER BY case_id
             /* unscoped: by order, after authorisation */"
        ),
        params![order],
    )?;
    rows.into_iter().map(|row| words::opened(tx, row)).collect()
}

record! {
    /// A line of the list of open cases.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct Open {
        /// Case.
        pub case_id: CaseId,
        /// Kind.
        pub kind: CaseKind,
        /// State in the machine.
        pub state: String,
        /// Whom everybody waits for.
        pub owner_party: Option<Party>,
        /// Until when.
        pub due_at: Option<Instant>,
        /// Minor units that it is about.
        pub amount_minor: i64,
        /// Person of the platform who rules.
        pub assigned_to: Option<UserId>,
    }
}

/// Open cases that `scope` may see with an id above `after`, at most `limit`, oldest first.
///
/// # Errors
/// A store fault.
pub fn open(tx: &mut Tx<'_>, scope: Scope, after: i64, limit: i64) -> Result<Vec<Open>, Fault> {
    Ok(tx.all_scoped(
        sql!(
            "SELECT a.case_id, a.kind, c.state, c.owner_party, c.due_at, a.amount_minor, a.assigned_to
             FROM aftersales a JOIN cases c ON c.id = a.case_id
             WHERE {ORG:c.} AND c.closed_at IS NULL AND a.case_id > ?2 ORDER BY a.case_id LIMIT ?3"
        ),
        scope,
        params![after, limit],
    )?)
}

/// Evidence of a case, oldest first.
///
/// # Errors
/// A store fault.
pub fn evidence(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Evidence>, Fault> {
    let rows: Vec<EvidenceStored> = tx.all(
        sql!(
            "SELECT id, party, sha256, sealed_words, at FROM evidence WHERE case_id = ?1 ORDER BY id
             /* unscoped: by case, after authorisation */"
        ),
        params![case],
    )?;
    let opened = |(id, party, sha256, sealed, at): EvidenceStored| {
        let words = sealed.map(|sealed| words::EVIDENCE.open(tx, id.0, Some(&sealed))).transpose()?;
        Ok(Evidence { id, party, sha256, words, at })
    };
    rows.into_iter().map(opened).collect()
}

/// Words that went with acts of a case, oldest first.
///
/// # Errors
/// A store fault.
pub fn statements(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Statement>, Fault> {
    let rows: Vec<StatementStored> = tx.all(
        sql!(
            "SELECT id, party, event, sealed_words, at FROM statements WHERE case_id = ?1 ORDER BY id
             /* unscoped: by case, after authorisation */"
        ),
        params![case],
    )?;
    let opened = |(id, party, event, sealed, at): StatementStored| {
        Ok(Statement { party, event, words: words::STATEMENTS.open(tx, id, sealed.as_deref())?, at })
    };
    rows.into_iter().map(opened).collect()
}

/// Contacts that the merchant recorded, in order of time.
///
/// # Errors
/// A store fault.
pub fn contacts(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Contact>, Fault> {
    let rows: Vec<ContactStored> = tx.all(
        sql!(
            "SELECT id, channel, sealed_note, at, recorded_at FROM contacts WHERE case_id = ?1 ORDER BY at, id
             /* unscoped: by case, after authorisation */"
        ),
        params![case],
    )?;
    let opened = |(id, channel, sealed, at, recorded_at): ContactStored| {
        Ok(Contact { id, channel, note: words::CONTACTS.open(tx, id.0, sealed.as_deref())?, at, recorded_at })
    };
    rows.into_iter().map(opened).collect()
}

/// Pieces of evidence that a party filed on a case.
pub(crate) fn evidence_count(tx: &mut Tx<'_>, case: CaseId, party: Party) -> Result<i64, Fault> {
    let (count,): (i64,) = tx.one(
        sql!("SELECT COUNT(*) FROM evidence WHERE case_id = ?1 AND party = ?2 /* unscoped: by case */"),
        params![case, party],
    )?;
    Ok(count)
}

/// Whether the merchant reached the buyer at `since` or later.
pub(crate) fn has_contact(tx: &mut Tx<'_>, case: CaseId, since: Instant) -> Result<bool, Fault> {
    let (count,): (i64,) = tx.one(
        sql!("SELECT COUNT(*) FROM contacts WHERE case_id = ?1 AND at >= ?2 /* unscoped: by case */"),
        params![case, since],
    )?;
    Ok(count > 0)
}

/// Cases of the line that were opened because a replacement did not content the buyer.
pub(crate) fn reapplied(tx: &mut Tx<'_>, line: RowId) -> Result<i64, Fault> {
    let (count,): (i64,) = tx.one(
        sql!("SELECT COUNT(*) FROM aftersales WHERE line_id = ?1 AND origin = ?2 /* unscoped: by line */"),
        params![line, Origin::Reapplied],
    )?;
    Ok(count)
}

/// Applications of the buyer for the line, and changes of them.
pub(crate) fn tries(tx: &mut Tx<'_>, line: RowId) -> Result<i64, Fault> {
    let (applied,): (i64,) = tx.one(
        sql!("SELECT COUNT(*) FROM aftersales WHERE line_id = ?1 AND origin <> ?2 /* unscoped: by line */"),
        params![line, Origin::Ruled],
    )?;
    let (changed,): (i64,) = tx.one(
        sql!(
            "SELECT COUNT(*) FROM aftersales a JOIN history h ON h.case_id = a.case_id
             WHERE a.line_id = ?1 AND h.event = 'modify' /* unscoped: by line */"
        ),
        params![line],
    )?;
    Ok(applied + changed)
}

record! {
    /// Another open case of a line.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Other {
        pub(crate) kind: CaseKind,
        pub(crate) quantity: i64,
        pub(crate) amount_minor: i64,
    }
}

/// Open cases of a line other than `own`.
pub(crate) fn others(tx: &mut Tx<'_>, line: RowId, own: Option<CaseId>) -> Result<Vec<Other>, Fault> {
    let own = own.map_or(0, |id| id.0);
    Ok(tx.all(
        sql!(
            "SELECT a.kind, a.quantity, a.amount_minor FROM aftersales a JOIN cases c ON c.id = a.case_id
             WHERE a.line_id = ?1 AND c.closed_at IS NULL AND a.case_id <> ?2 /* unscoped: by line */"
        ),
        params![line, own],
    )?)
}

/// What `others` ask for together.
pub(crate) fn asked(others: &[Other]) -> Asked {
    Asked {
        quantity: others.iter().map(|o| o.quantity).sum(),
        amount_minor: others.iter().map(|o| o.amount_minor).sum(),
    }
}

/// What a buyer may still apply for on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Units left.
    pub quantity: i64,
    /// Most minor units for `wanted` of them.
    pub amount_minor: i64,
}

/// What a buyer may still apply for on a line, for `wanted` units.
///
/// # Errors
/// A store fault.
pub fn offer(tx: &mut Tx<'_>, line: &Line, wanted: i64) -> Result<Offer, Fault> {
    let others = asked(&others(tx, line.id, None)?);
    Ok(Offer { quantity: amounts::units_left(line, others), amount_minor: amounts::most(line, others, wanted) })
}

/// Where a shop wants returns to be sent.
///
/// # Errors
/// A store fault.
pub fn return_address(tx: &mut Tx<'_>, shop: ShopId) -> Result<Option<String>, Fault> {
    let found: Option<(Option<Vec<u8>>,)> = tx.opt(
        sql!(
            "SELECT sealed_address FROM return_addresses WHERE shop_id = ?1 /* unscoped: by shop, after authorisation */"
        ),
        params![shop],
    )?;
    found.map(|(sealed,)| words::ADDRESSES.open(tx, shop.0, sealed.as_deref())).transpose()
}

/// Media type of a picture that `user` uploaded, or that is evidence in a case that `scope` may see.
///
/// # Errors
/// A store fault.
pub fn visible_picture(tx: &mut Tx<'_>, scope: Scope, user: UserId, sha256: &str) -> Result<Option<String>, Fault> {
    let own: Option<(String,)> = tx.opt(
        sql!(
            "SELECT b.media_type FROM uploads u JOIN blobs b ON b.sha256 = u.sha256
             WHERE u.sha256 = ?1 AND u.user_id = ?2 /* unscoped: the person is a parameter */"
        ),
        params![sha256, user],
    )?;
    if let Some((media_type,)) = own {
        return Ok(Some(media_type));
    }
    let filed: Option<(String,)> = tx.opt_scoped(
        sql!(
            "SELECT b.media_type FROM evidence e JOIN cases c ON c.id = e.case_id JOIN blobs b ON b.sha256 = e.sha256
             WHERE {ORG:c.} AND e.sha256 = ?2 LIMIT 1"
        ),
        scope,
        params![sha256],
    )?;
    Ok(filed.map(|(media_type,)| media_type))
}
