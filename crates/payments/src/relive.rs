//! Payments and refunds in a replay: the same sums as in the ledger, kept as figures of the cases.

use crate::effects::PaymentsEffect as E;
use xr_base::Instant;
use xr_case::FactValue;
use xr_case::replay::{Family, Figure, Opening, Recorded};

pub(crate) const AMOUNT: Figure = ("amount", 0);
pub(crate) const PAYABLE_DUE: Figure = ("payable_due", 0);
pub(crate) const IS_OWED: Figure = ("is_owed", 0);
const CAPTURED: Figure = ("captured", 0);
const PROMISED: Figure = ("promised", 0);
const POSTED: Figure = ("posted", 0);
const CONTESTED: Figure = ("contested", 0);
const LOST: Figure = ("lost", 0);
const SETTLED: Figure = ("settled", 0);
const WAS_SETTLED: Figure = ("was_settled", 0);
const ATTEMPTS: Figure = ("attempts", 0);
const CALLED_OFF: Figure = ("called_off", 0);
const PAYMENT: Figure = ("payment", 0);

fn get(family: &Family<'_>, me: usize, figure: Figure) -> i64 {
    family.figure(me, figure).unwrap_or(0)
}

fn refundable(family: &Family<'_>, payment: usize) -> i64 {
    get(family, payment, CAPTURED) - get(family, payment, PROMISED)
}

fn payments_of(family: &Family<'_>, payable: usize) -> Vec<usize> {
    family.children(payable, "payment").collect()
}

/// As [`open_refund`](crate::open_refund).
pub fn relive_refund(family: &mut Family<'_>, parent: usize, payable: usize, amount_minor: i64) {
    let payments = payments_of(family, payable).into_iter().filter(|p| refundable(family, *p) > 0);
    // The last of the greatest, as `max_by_key` gives it.
    match payments.max_by_key(|p| refundable(family, *p)) {
        Some(payment) => open_from(family, parent, payment, amount_minor, false),
        None => family.tell(parent, "refund.done"),
    }
}

/// As `refund_succeeded` of the queries: the last refund was not called off, or there was none.
pub fn relived_success(family: &Family<'_>, parent: usize) -> bool {
    family.children(parent, "refund").last().is_none_or(|refund| get(family, refund, CALLED_OFF) == 0)
}

/// The amount of a refund that was opened in truth is the recorded one, as far as there is money.
fn open_from(family: &mut Family<'_>, parent: usize, payment: usize, amount_minor: i64, is_owed: bool) {
    let left = refundable(family, payment);
    let opening = Opening { kind: "refund", parent, like: Some(payment), is_anew: true, fits: &|_| true };
    let Some(refund) = family.open(&opening) else { return };
    let told = family.recorded(refund).and_then(|_| family.figure(refund, AMOUNT));
    let amount = told.unwrap_or(amount_minor).min(left);
    family.set(refund, AMOUNT, amount);
    family.set(refund, PAYMENT, i64::try_from(payment).unwrap_or(-1));
    family.set(refund, IS_OWED, i64::from(is_owed));
    family.set(refund, ATTEMPTS, 0);
    family.add(payment, PROMISED, amount);
}

fn payment_of(family: &Family<'_>, refund: usize) -> Option<usize> {
    usize::try_from(family.figure(refund, PAYMENT)?).ok()
}

/// What an effect does to the family.
pub(crate) fn effect(family: &mut Family<'_>, me: usize, effect: &E) {
    match effect {
        E::Cancel => tell_payments(family, me, "cancel"),
        E::Settle => tell_payments(family, me, "settle"),
        E::RefundAll => refund_all(family, me),
        E::AdvanceChild => {
            let open: Vec<usize> = family.children(me, "refund").filter(|r| !family.is_closed(*r)).collect();
            for refund in open {
                family.tell(refund, "hurry");
            }
        }
        E::PostCapture => {
            let amount = get(family, me, AMOUNT);
            family.set(me, CAPTURED, amount);
            family.pay(me, "captured", amount);
        }
        E::NotifyPayable => {
            if let Some(payable) = family.parent(me) {
                family.tell(payable, "pay_captured");
            }
        }
        E::OpenFullRefund => open_from(family, me, me, refundable(family, me), true),
        E::PostSettle => settle(family, me),
        E::PostChargeback { step } => chargeback(family, me, step),
        E::SendRefund => family.add(me, ATTEMPTS, 1),
        E::PostRefund { .. } | E::PostAdvance => post_refund(family, me),
        E::ReleaseGuard => call_off(family, me),
        E::SendCharge | E::SendQuery | E::ReleaseAuthorization | E::QueryRefund => {}
    }
}

fn tell_payments(family: &mut Family<'_>, payable: usize, event: &str) {
    for payment in payments_of(family, payable) {
        family.tell(payment, event);
    }
}

fn refund_all(family: &mut Family<'_>, payable: usize) {
    let left: Vec<usize> = payments_of(family, payable).into_iter().filter(|p| refundable(family, *p) > 0).collect();
    if left.is_empty() {
        family.tell(payable, "refund.done");
    }
    for payment in left {
        let amount = refundable(family, payment);
        open_from(family, payable, payment, amount, false);
    }
}

fn settle(family: &mut Family<'_>, me: usize) {
    family.set(me, WAS_SETTLED, 1);
    let amount = get(family, me, CAPTURED) - get(family, me, PROMISED) - get(family, me, SETTLED);
    if amount > 0 {
        family.add(me, SETTLED, amount);
        family.pay(me, "settled", amount);
    }
}

fn chargeback(family: &mut Family<'_>, me: usize, step: &str) {
    if step == "opened" {
        let amount = refundable(family, me);
        family.add(me, CONTESTED, amount);
        family.add(me, PROMISED, amount);
        return;
    }
    let amount = get(family, me, CONTESTED);
    family.set(me, CONTESTED, 0);
    if step == "won" {
        family.add(me, PROMISED, -amount);
    } else {
        family.add(me, LOST, amount);
        family.pay(me, "charged_back", amount);
    }
}

fn post_refund(family: &mut Family<'_>, me: usize) {
    let Some(payment) = payment_of(family, me) else { return };
    let amount = get(family, me, AMOUNT);
    family.add(payment, POSTED, amount);
    family.pay(me, "refunded", amount);
    family.tell(payment, "refund_posted");
}

fn call_off(family: &mut Family<'_>, me: usize) {
    let Some(payment) = payment_of(family, me) else { return };
    let amount = get(family, me, AMOUNT);
    family.set(me, CALLED_OFF, 1);
    family.add(payment, PROMISED, -amount);
    // Money that the merchant was paid already came back out of the merchant's own; else it is the merchant's now.
    if get(family, payment, WAS_SETTLED) == 1 {
        settle(family, payment);
    }
}

/// Facts of a payment.
pub(crate) fn of_payment(fact: &str, family: &Family<'_>, me: usize) -> Option<(FactValue, bool)> {
    let gone = get(family, me, POSTED) + get(family, me, CONTESTED) + get(family, me, LOST);
    let captured = get(family, me, CAPTURED);
    Some(match fact {
        "was_settled" => (FactValue::Bool(get(family, me, WAS_SETTLED) == 1), true),
        "is_fully_refunded" => (FactValue::Bool(captured > 0 && gone >= captured), true),
        "payable_due" => (FactValue::Instant(due(family, me).0), true),
        "payable_open" => {
            let (due, is_waiting) = due(family, me);
            (FactValue::Bool(is_waiting && family.at() < due), true)
        }
        _ => return None,
    })
}

/// The payable's own clock decides while it waits.
fn due(family: &Family<'_>, me: usize) -> (Instant, bool) {
    let payable = family.parent(me);
    let is_waiting = payable.is_some_and(|p| family.has_tag(p, "awaiting_payment"));
    let due = payable.filter(|_| is_waiting).and_then(|p| family.due_at(p));
    (due.unwrap_or_else(|| Instant(get(family, me, PAYABLE_DUE))), is_waiting)
}

/// Facts of a refund.
pub(crate) fn of_refund(fact: &str, family: &Family<'_>, me: usize) -> Option<(FactValue, bool)> {
    match fact {
        "attempts" => Some((FactValue::Int(get(family, me, ATTEMPTS)), true)),
        "is_owed" => Some((FactValue::Bool(get(family, me, IS_OWED) == 1), true)),
        _ => None,
    }
}

/// Money that comes for a payment that has ended is a payment of its own, given back at once.
pub(crate) fn late(event: &str, family: &mut Family<'_>, me: usize) {
    let Some(payable) = family.parent(me) else { return };
    if event != "captured" || !family.is_closed(me) {
        return;
    }
    let (amount, due) = (get(family, me, AMOUNT), family.at().0 + 60_000);
    let opening = Opening { kind: "payment", parent: payable, like: Some(me), is_anew: true, fits: &|_| false };
    if let Some(payment) = family.open(&opening) {
        for figure in [CAPTURED, PROMISED, POSTED, CONTESTED, LOST, SETTLED, WAS_SETTLED] {
            family.set(payment, figure, 0);
        }
        family.set(payment, AMOUNT, amount);
        family.set(payment, PAYABLE_DUE, due);
        family.tell(payment, "late_captured");
    }
}

/// A payment is opened while its payable waits for money; one for money that came late, whenever it came.
pub(crate) fn opens(family: &Family<'_>, told: &Recorded, payable: usize) -> bool {
    let is_late = told.rows.iter().any(|row| row.event == "late_captured");
    is_late || family.has_tag(payable, "awaiting_payment")
}
