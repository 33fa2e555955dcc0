//! Effects of payments for machines of every capability.

use crate::ledger::{self, Account, Transfer};
use crate::model::{PaymentRow, RefundRow};
use crate::refund::{NewRefund, open_from};
use crate::{queries, refund, relive};
use serde_json::json;
use xr_base::{CaseId, Fault, Money, StoreError};
use xr_case::effects;
use xr_case::engine::{self, Case, Effects, Grant};
use xr_case::model::EffectCall;
use xr_case::replay::Family;
use xr_case::vocabulary::EffectSpec;
use xr_store::{Mutant, Tx, params, sql};

effects! {
    /// What payments do for cases.
    pub PaymentsEffect {
        Cancel = "payments.cancel" "cancels the open payments of the payable",
        RefundAll = "payments.refund_all" "opens refunds of all that is still refundable",
        Settle = "payments.settle" "settles the captured payments of the payable",
        AdvanceChild = "payments.advance_child" "hurries the open refund of the case",
        SendCharge = "payments.send_charge" "asks the provider to collect",
        SendQuery = "payments.send_query" "asks the provider for the outcome",
        PostCapture = "payments.post_capture" "books the capture",
        NotifyPayable = "payments.notify_payable" "tells the payable that it is paid",
        OpenFullRefund = "payments.open_full_refund" "gives the whole amount back",
        ReleaseAuthorization = "payments.release_authorization" "gives the authorisation back",
        PostSettle = "payments.post_settle" "books the settlement to the merchant",
        PostChargeback = "payments.post_chargeback" { step: text } "books a step of a chargeback: opened, won, lost",
        SendRefund = "payments.send_refund" "asks the provider to refund",
        QueryRefund = "payments.query_refund" "asks the provider for the outcome of a refund",
        PostRefund = "payments.post_refund" { via: text } "books a refund by provider or bank",
        PostAdvance = "payments.post_advance" "books a refund from the operator's float",
        ReleaseGuard = "payments.release_guard" "makes the amount refundable again",
    }
}

/// Carries out [`PaymentsEffect`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaymentsEffects;

impl Effects for PaymentsEffects {
    fn specs(&self) -> &'static [EffectSpec] {
        PaymentsEffect::SPECS
    }

    fn apply(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, call: &EffectCall) -> Result<(), Fault> {
        use PaymentsEffect as E;
        match PaymentsEffect::try_from(call).map_err(|e| StoreError::Corrupt(e.to_string()))? {
            E::Cancel => tell_payments(tx, case.id, "cancel"),
            E::RefundAll => refund::refund_whatever_is_left(tx, grant, case.id),
            E::Settle => tell_payments(tx, case.id, "settle"),
            E::AdvanceChild => hurry(tx, case.id),
            E::SendCharge => ask(tx, "gateway.charge", case.id),
            E::SendQuery => ask(tx, "gateway.query", case.id),
            E::ReleaseAuthorization => ask(tx, "gateway.void", case.id),
            E::PostCapture => capture(tx, grant, case.id),
            E::NotifyPayable => {
                let payable = queries::payment(tx, case.id)?.payable_id;
                Ok(engine::enqueue(tx, payable, "pay_captured")?)
            }
            E::OpenFullRefund => give_back(tx, grant, case.id),
            E::PostSettle => settle(tx, grant, case.id),
            E::PostChargeback { step } => chargeback(tx, grant, case, &step),
            E::SendRefund => send_refund(tx, case.id),
            E::QueryRefund => ask(tx, "gateway.query_refund", case.id),
            E::PostRefund { via } => post_refund(tx, grant, case.id, &via),
            E::PostAdvance => post_refund(tx, grant, case.id, "float"),
            E::ReleaseGuard => call_off(tx, grant, case.id),
        }
    }

    fn relive(&self, call: &EffectCall, family: &mut Family<'_>, me: usize) {
        if let Ok(effect) = PaymentsEffect::try_from(call) {
            relive::effect(family, me, &effect);
        }
    }
}

/// Every payment of the payable hears `event`; those that cannot take it (any more) stay as they are.
fn tell_payments(tx: &mut Tx<'_>, payable: CaseId, event: &str) -> Result<(), Fault> {
    for payment in queries::payments_of(tx, payable)? {
        engine::enqueue(tx, payment.case_id, event)?;
    }
    Ok(())
}

fn hurry(tx: &mut Tx<'_>, parent: CaseId) -> Result<(), Fault> {
    for (refund, outcome) in queries::refunds_for(tx, parent)? {
        if outcome.is_none() {
            engine::enqueue(tx, refund, "hurry")?;
        }
    }
    Ok(())
}

/// Queues a question to the provider; a worker outside the transaction asks it.
fn ask(tx: &mut Tx<'_>, kind: &str, case: CaseId) -> Result<(), Fault> {
    let at = tx.at();
    tx.job(kind, &json!({ "case": case }), at)?;
    Ok(())
}

fn capture(tx: &mut Tx<'_>, grant: &Grant<'_>, id: CaseId) -> Result<(), Fault> {
    let payment = queries::payment(tx, id)?;
    tx.put(
        sql!(
            "UPDATE payments SET captured_minor = amount_minor WHERE case_id = ?1 /* unscoped: after authorisation */"
        ),
        params![id],
    )?;
    let accounts = (Account::Escrow(id), Account::Gateway);
    ledger::post(tx, grant, &Transfer::move_money(format!("capture:{id}"), "capture", id, accounts, payment.amount()))
}

fn give_back(tx: &mut Tx<'_>, grant: &Grant<'_>, id: CaseId) -> Result<(), Fault> {
    let payment = queries::payment(tx, id)?;
    let amount_minor = payment.refundable_minor();
    let new = NewRefund { parent: id, payable: payment.payable_id, amount_minor, is_owed: true };
    open_from(tx, grant, &new, &payment, amount_minor).map(|_| ())
}

/// Gives the merchant what was captured and is neither promised back nor settled.
fn settle(tx: &mut Tx<'_>, grant: &Grant<'_>, id: CaseId) -> Result<(), Fault> {
    let payment = queries::payment(tx, id)?;
    let promised = if tx.lacks(Mutant::DoubleSettle) { 0 } else { payment.refunded_minor };
    let amount = payment.captured_minor - promised - payment.settled_minor;
    if payment.settled_at.is_none() {
        // A refund that is called off meanwhile must know that its money goes to the merchant.
        let noted = tx.exec(
            sql!(
                "UPDATE payments SET settled_at = ?2 WHERE case_id = ?1 AND settled_at IS NULL AND refunded_minor = ?3
                 /* unscoped: after authorisation */"
            ),
            params![id, tx.at(), payment.refunded_minor],
        )?;
        StoreError::compared(noted, "the payment")?;
    }
    if amount > 0 { settle_amount(tx, grant, &payment, amount) } else { Ok(()) }
}

fn settle_amount(tx: &mut Tx<'_>, grant: &Grant<'_>, payment: &PaymentRow, amount: i64) -> Result<(), Fault> {
    let id = payment.case_id;
    // A refund that is promised meanwhile must not come out of the merchant's money and the held money both.
    let settled = tx.exec(
        sql!(
            "UPDATE payments SET settled_minor = settled_minor + ?2
             WHERE case_id = ?1 AND settled_minor = ?3 AND refunded_minor = ?4 /* unscoped: after authorisation */"
        ),
        params![id, amount, payment.settled_minor, payment.refunded_minor],
    )?;
    StoreError::compared(settled, "the payment")?;
    // What is owed to the merchant is credited, what was held for the payment debited.
    let accounts = (Account::Merchant(payment.merchant_org.0), Account::Escrow(id));
    let key = format!("settle:{id}:{}", payment.settled_minor);
    ledger::post(tx, grant, &Transfer::move_money(key, "settle", id, accounts, Money::new(amount, payment.currency)))
}

/// Freezes, frees or gives away what the card holder contests: all that is not promised back already.
fn chargeback(tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, step: &str) -> Result<(), Fault> {
    let payment = queries::payment(tx, case.id)?;
    let holder =
        if payment.settled_at.is_some() { Account::Merchant(payment.merchant_org.0) } else { Account::Escrow(case.id) };
    let contested = Account::Contested(case.id);
    let (amount, accounts) = match step {
        "opened" => (payment.refundable_minor(), (contested, holder)),
        "won" => (payment.contested_minor, (holder, contested)),
        _ => (payment.contested_minor, (Account::Gateway, contested)),
    };
    // What is contested, what was lost, what is promised back.
    let (contest, lost, promised) = match step {
        "opened" => (amount, 0, amount),
        "won" => (-amount, 0, -amount),
        _ => (-amount, amount, 0),
    };
    let frozen = tx.exec(
        sql!(
            "UPDATE payments SET contested_minor = contested_minor + ?2, charged_back_minor = charged_back_minor + ?3,
             refunded_minor = refunded_minor + ?4
             WHERE case_id = ?1 AND refunded_minor = ?5 AND settled_minor = ?6 /* unscoped: after authorisation */"
        ),
        params![case.id, contest, lost, promised, payment.refunded_minor, payment.settled_minor],
    )?;
    StoreError::compared(frozen, "the payment")?;
    if amount == 0 {
        return Ok(());
    }
    let key = format!("chargeback:{}:{step}:{}", case.id, case.version);
    let money = Money::new(amount, payment.currency);
    ledger::post(tx, grant, &Transfer::move_money(key, "chargeback", case.id, accounts, money))
}

fn send_refund(tx: &mut Tx<'_>, id: CaseId) -> Result<(), Fault> {
    tx.put(
        sql!("UPDATE refunds SET attempts = attempts + 1 WHERE case_id = ?1 /* unscoped: after authorisation */"),
        params![id],
    )?;
    ask(tx, "gateway.refund", id)
}

fn post_refund(tx: &mut Tx<'_>, grant: &Grant<'_>, id: CaseId, via: &str) -> Result<(), Fault> {
    let refund = queries::refund(tx, id)?;
    let payment = queries::payment(tx, refund.payment_id)?;
    end(tx, &refund, via)?;
    tx.put(
        sql!(
            "UPDATE payments SET refund_posted_minor = refund_posted_minor + ?2 WHERE case_id = ?1
             /* unscoped: after authorisation */"
        ),
        params![payment.case_id, refund.amount_minor],
    )?;
    let from =
        if refund.from_merchant { Account::Merchant(payment.merchant_org.0) } else { Account::Escrow(payment.case_id) };
    let to = if via == "provider" { Account::Gateway } else { Account::Float };
    // Money leaves: the asset is credited, the liability debited.
    let amount = Money::new(refund.amount_minor, refund.currency);
    ledger::post(tx, grant, &Transfer::move_money(format!("refund:{id}"), "refund", id, (to, from), amount))?;
    Ok(engine::enqueue(tx, payment.case_id, "refund_posted")?)
}

fn end(tx: &mut Tx<'_>, refund: &RefundRow, outcome: &str) -> Result<(), Fault> {
    tx.put(
        sql!("UPDATE refunds SET outcome = ?2 WHERE case_id = ?1 /* unscoped: after authorisation */"),
        params![refund.case_id, outcome],
    )?;
    Ok(())
}

/// A refund that was called off: the money can be promised again, and a merchant that was settled meanwhile gets it.
fn call_off(tx: &mut Tx<'_>, grant: &Grant<'_>, id: CaseId) -> Result<(), Fault> {
    let refund = queries::refund(tx, id)?;
    end(tx, &refund, "called_off")?;
    tx.put(
        sql!(
            "UPDATE payments SET refunded_minor = refunded_minor - ?2 WHERE case_id = ?1
             /* unscoped: after authorisation */"
        ),
        params![refund.payment_id, refund.amount_minor],
    )?;
    let payment = queries::payment(tx, refund.payment_id)?;
    if payment.settled_at.is_some() && !refund.from_merchant {
        settle_amount(tx, grant, &payment, refund.amount_minor)?;
    }
    Ok(())
}
