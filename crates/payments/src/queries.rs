//! Reading payments and refunds.

use crate::Error;
use crate::model::{PaymentRow, RefundRow};
use xr_base::{CaseId, Fault};
use xr_store::{Tx, params, sql};

/// The payment with this case.
///
/// # Errors
/// [`Error::NoSuchPayment`].
pub fn payment(tx: &mut Tx<'_>, id: CaseId) -> Result<PaymentRow, Fault> {
    let row: Option<PaymentRow> = tx.opt(
        sql!(
            "SELECT case_id, payable_kind, payable_id, merchant_org, shop_id, buyer_id, amount_minor, currency,
             payable_due, provider, provider_ref, captured_minor, refunded_minor, refund_posted_minor, settled_minor,
             settled_at, contested_minor, charged_back_minor FROM payments WHERE case_id = ?1 /* unscoped: by id, callers authorise */"
        ),
        params![id],
    )?;
    Ok(row.ok_or(Error::NoSuchPayment(id))?)
}

/// Payments of a payable, oldest first.
///
/// # Errors
/// A store fault.
pub fn payments_of(tx: &mut Tx<'_>, payable: CaseId) -> Result<Vec<PaymentRow>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT case_id, payable_kind, payable_id, merchant_org, shop_id, buyer_id, amount_minor, currency,
             payable_due, provider, provider_ref, captured_minor, refunded_minor, refund_posted_minor, settled_minor,
             settled_at, contested_minor, charged_back_minor FROM payments WHERE payable_id = ?1 ORDER BY case_id
             /* unscoped: by payable, callers authorise */"
        ),
        params![payable],
    )?)
}

/// The refund with this case.
///
/// # Errors
/// [`Error::NoSuchPayment`].
pub fn refund(tx: &mut Tx<'_>, id: CaseId) -> Result<RefundRow, Fault> {
    let row: Option<RefundRow> = tx.opt(
        sql!(
            "SELECT case_id, payment_id, payable_id, merchant_org, buyer_id, amount_minor, currency, attempts, is_owed,
             from_merchant, outcome FROM refunds WHERE case_id = ?1 /* unscoped: by id, callers authorise */"
        ),
        params![id],
    )?;
    Ok(row.ok_or(Error::NoSuchPayment(id))?)
}

/// Refunds of a payable, oldest first.
///
/// # Errors
/// A store fault.
pub fn refunds_of(tx: &mut Tx<'_>, payable: CaseId) -> Result<Vec<RefundRow>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT case_id, payment_id, payable_id, merchant_org, buyer_id, amount_minor, currency, attempts, is_owed,
             from_merchant, outcome FROM refunds WHERE payable_id = ?1 ORDER BY case_id
             /* unscoped: by payable, callers authorise */"
        ),
        params![payable],
    )?)
}

/// Refund cases opened for `parent`, oldest first, with their outcomes.
///
/// # Errors
/// A store fault.
pub fn refunds_for(tx: &mut Tx<'_>, parent: CaseId) -> Result<Vec<(CaseId, Option<String>)>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT r.case_id, r.outcome FROM cases c JOIN refunds r ON r.case_id = c.id
             WHERE c.parent_id = ?1 AND c.kind = 'refund' ORDER BY c.id /* unscoped: by parent, callers authorise */"
        ),
        params![parent],
    )?)
}

/// Whether the refund that `parent` opened last brought the money back; also when there was nothing to bring back.
///
/// # Errors
/// A store fault.
pub fn refund_succeeded(tx: &mut Tx<'_>, parent: CaseId) -> Result<bool, Fault> {
    let last = refunds_for(tx, parent)?.pop();
    Ok(last.is_none_or(|(_, outcome)| outcome.as_deref() != Some("called_off")))
}
