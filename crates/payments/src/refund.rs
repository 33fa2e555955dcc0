//! Opening refunds within what was captured, and what their guards ask.

use crate::model::PaymentRow;
use crate::vocabulary::Refund;
use crate::{Error, queries, relive};
use xr_base::{CaseId, Fault, Money, StoreError};
use xr_case::engine::{self, Case, Description, Grant, Kind, NewCase};
use xr_case::replay::{Family, Past};
use xr_case::{FactSet, FactValue, Facts, Vocabulary};
use xr_store::{Mutant, Tx, params, sql};

/// Event that a parent hears when its refund has ended.
const REFUND_DONE: &str = "refund.done";

/// A refund to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRefund {
    /// Case that waits for it; hears `refund.done`.
    pub parent: CaseId,
    /// Payable whose payments it comes from.
    pub payable: CaseId,
    /// Minor units; taken from what is still refundable, at most all of it.
    pub amount_minor: i64,
    /// Money without a claim on it (late or double capture): may not be called off.
    pub is_owed: bool,
}

/// Opens a refund of `amount_minor`, or of what is left if that is less. With nothing refundable the parent hears
/// `refund.done` at once and no refund is opened.
///
/// The promise is a conditional update of the payment's guard column, so refunds that run at once cannot exceed the capture
/// (decision D15).
///
/// # Errors
/// [`Error::Amount`] below 1; what the engine refuses.
pub fn open_refund(tx: &mut Tx<'_>, grant: &Grant<'_>, new: &NewRefund) -> Result<Option<CaseId>, Fault> {
    if new.amount_minor < 1 {
        return Err(Error::Amount(new.amount_minor).into());
    }
    // Most cases have one payment with money in it; the one with most left gives.
    let payments = queries::payments_of(tx, new.payable)?;
    let best = payments.into_iter().filter(|p| p.refundable_minor() > 0).max_by_key(PaymentRow::refundable_minor);
    let Some(payment) = best else {
        engine::enqueue(tx, new.parent, REFUND_DONE)?;
        return Ok(None);
    };
    let amount = new.amount_minor.min(payment.refundable_minor());
    open_from(tx, grant, new, &payment, amount).map(Some)
}

/// Opens refunds of everything that is still refundable, one for each payment that has money left.
///
/// # Errors
/// What the engine refuses.
pub fn refund_whatever_is_left(tx: &mut Tx<'_>, grant: &Grant<'_>, payable: CaseId) -> Result<(), Fault> {
    let payments = queries::payments_of(tx, payable)?;
    let left: Vec<PaymentRow> = payments.into_iter().filter(|p| p.refundable_minor() > 0).collect();
    if left.is_empty() {
        engine::enqueue(tx, payable, REFUND_DONE)?;
    }
    for payment in left {
        let amount_minor = payment.refundable_minor();
        let new = NewRefund { parent: payable, payable, amount_minor, is_owed: false };
        open_from(tx, grant, &new, &payment, amount_minor)?;
    }
    Ok(())
}

/// Opens a refund from one payment.
pub(crate) fn open_from(
    tx: &mut Tx<'_>,
    grant: &Grant<'_>,
    new: &NewRefund,
    payment: &PaymentRow,
    amount_minor: i64,
) -> Result<CaseId, Fault> {
    if !try_promise(tx, payment, amount_minor)? {
        if amount_minor <= payment.refundable_minor() {
            // There was enough when it was read: another refund came between, and what is left must be asked anew.
            return Err(StoreError::overtaken("the payment").into());
        }
        let left = queries::payment(tx, payment.case_id)?.refundable_minor();
        let (asked, left) = (Money::new(amount_minor, payment.currency), Money::new(left, payment.currency));
        return Err(Error::TooMuch { asked, left }.into());
    }
    let id: CaseId = tx.id();
    insert(tx, id, new, payment, amount_minor)?;
    let parent = engine::get(tx, new.parent)?;
    let pack = engine::pack_of(tx, &parent)?;
    engine::open(
        tx,
        &NewCase {
            id,
            kind: Refund::VOCABULARY.kind,
            pack: &pack,
            parent: Some(new.parent),
            merchant_org: Some(payment.merchant_org),
            shop: Some(payment.shop_id),
            buyer: Some(payment.buyer_id),
            actor: grant.actor,
        },
    )?;
    Ok(id)
}

/// Grows what is promised back if that stays within the capture, and the money lies where it was seen; gives whether it did.
fn try_promise(tx: &mut Tx<'_>, payment: &PaymentRow, amount_minor: i64) -> Result<bool, Fault> {
    if tx.lacks(Mutant::RefundReadThenWrite) {
        return read_then_write(tx, payment.case_id, amount_minor);
    }
    let guarded_minor = if tx.lacks(Mutant::RefundGuard) { 0 } else { amount_minor };
    let promised = tx.exec(
        sql!(
            "UPDATE payments SET refunded_minor = refunded_minor + ?2
             WHERE case_id = ?1 AND refunded_minor + ?2 <= captured_minor AND settled_minor = ?3
             /* unscoped: after authorisation */"
        ),
        params![payment.case_id, guarded_minor, payment.settled_minor],
    )?;
    Ok(promised == 1)
}

/// How it must not be done; for the mutant alone.
fn read_then_write(tx: &mut Tx<'_>, payment: CaseId, amount_minor: i64) -> Result<bool, Fault> {
    let row = tx.read_elsewhere(move |tx| queries::payment(tx, payment))?;
    let promised = row.refunded_minor + amount_minor;
    if promised > row.captured_minor {
        return Ok(false);
    }
    tx.put(
        sql!("UPDATE payments SET refunded_minor = ?2 WHERE case_id = ?1 /* unscoped: after authorisation */"),
        params![payment, promised],
    )?;
    Ok(true)
}

fn insert(tx: &mut Tx<'_>, id: CaseId, new: &NewRefund, payment: &PaymentRow, amount_minor: i64) -> Result<(), Fault> {
    tx.put(
        sql!(
            "INSERT INTO refunds (case_id, payment_id, payable_id, merchant_org, buyer_id, amount_minor, currency,
             attempts, is_owed, from_merchant, outcome) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, NULL)
             /* unscoped: inserting */"
        ),
        params![
            id,
            payment.case_id,
            new.payable,
            payment.merchant_org,
            payment.buyer_id,
            amount_minor,
            payment.currency,
            new.is_owed,
            payment.settled_at.is_some()
        ],
    )?;
    Ok(())
}

/// The kind `refund`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RefundKind;

impl Kind for RefundKind {
    fn vocabulary(&self) -> &'static Vocabulary {
        &Refund::VOCABULARY
    }

    fn describe(&self, tx: &mut Tx<'_>, case: &Case) -> Result<Description, Fault> {
        let row = queries::refund(tx, case.id)?;
        engine::describe_parent(tx, row.payable_id, Money::new(row.amount_minor, row.currency))
    }

    fn facts(&self, tx: &mut Tx<'_>, case: &Case, _need: FactSet) -> Result<Facts, Fault> {
        let row = queries::refund(tx, case.id)?;
        let mut facts = Facts::of(&Refund::VOCABULARY);
        facts.set(Refund::attempts, row.attempts);
        facts.set(Refund::is_owed, row.is_owed);
        Ok(facts)
    }

    fn past(&self, tx: &mut Tx<'_>, case: &Case, _need: FactSet) -> Result<Past, Fault> {
        let row = queries::refund(tx, case.id)?;
        let figures = vec![(relive::AMOUNT, row.amount_minor)];
        let now = Facts::of(&Refund::VOCABULARY);
        Ok(Past { figures, currency: Some(row.currency), is_follower: true, ..Past::as_now(now) })
    }

    fn relived(&self, fact: &str, family: &Family<'_>, me: usize) -> Option<(FactValue, bool)> {
        relive::of_refund(fact, family, me)
    }

    /// The product tries again by itself.
    fn is_outside(&self, event: &str) -> bool {
        event == "resend"
    }
}
