//! Card holders who contest, while refunds and settlements of the same payment are under way.

use crate::market::*;
use serde_json::json;
use xr_aftersales::CaseKind;
use xr_base::{CaseId, Currency};
use xr_payments::NoticeKind;
use xr_payments::ledger::{Account, balance};

const PRICE: i64 = 9_900;

/// An order of two units that arrived, with its payment.
fn bought() -> (Market, CaseId, CaseId) {
    let market = Market::open(5, PRICE);
    let order = market.delivered(2);
    let payment = market.read(move |tx| Ok(xr_payments::queries::payments_of(tx, order)?.remove(0).case_id));
    (market, order, payment)
}

/// An approved refund that was not sent yet.
fn refund_under_way(market: &Market, order: CaseId, quantity: i64) -> (CaseId, CaseId) {
    let case = market.apply(CaseKind::RefundOnly, order, quantity);
    assert_eq!(market.act(&merchant(), case, "approve", json!({})), "refunding");
    let refund = market.read(move |tx| Ok(xr_payments::queries::refunds_for(tx, case)?.remove(0).0));
    (case, refund)
}

/// What an account holds for somebody: credits count positive.
fn held(market: &Market, account: Account) -> i64 {
    -market.read(move |tx| Ok(balance(tx, account, Currency::Cny)?))
}

#[test]
fn a_second_dispute_gives_nothing_away_twice() {
    let (market, order, payment) = bought();
    let (case, _) = refund_under_way(&market, order, 1);
    for _ in 0..2 {
        market.notice(NoticeKind::Chargeback, payment, 2 * PRICE);
        market.notice(NoticeKind::Lost, payment, 2 * PRICE);
        assert_eq!(market.state(payment), "captured", "a refund is still under way");
        assert_eq!(held(&market, Account::Contested(payment)), 0);
        assert_eq!(held(&market, Account::Escrow(payment)), PRICE);
    }
    market.refund_arrives(case);
    assert_eq!(market.state(payment), "refunded");
    assert_eq!(held(&market, Account::Escrow(payment)), 0);
    assert_eq!(held(&market, Account::Gateway), 0, "what came in went out, once");
    market.check();
}

#[test]
fn a_refund_of_the_rest_does_not_end_a_dispute() {
    let (market, order, payment) = bought();
    let (case, _) = refund_under_way(&market, order, 1);
    market.notice(NoticeKind::Chargeback, payment, 2 * PRICE);
    market.refund_arrives(case);
    assert_eq!(market.state(payment), "chargeback");
    assert_eq!(held(&market, Account::Contested(payment)), PRICE);
    market.notice(NoticeKind::Won, payment, 2 * PRICE);
    assert_eq!(market.state(payment), "captured");
    assert_eq!(held(&market, Account::Escrow(payment)), PRICE);
    market.check();
}

#[test]
fn a_refund_called_off_after_a_settlement_of_nothing_goes_to_the_merchant() {
    let (market, order, payment) = bought();
    let (_, refund) = refund_under_way(&market, order, 2);
    assert_eq!(market.act(&platform(), payment, "settle", json!({})), "settled");
    assert_eq!(held(&market, Account::Merchant(ORG.0)), 0, "everything is promised to the buyer");
    assert_eq!(market.act(&platform(), refund, "cancel", json!({})), "cancelled");
    assert_eq!(held(&market, Account::Merchant(ORG.0)), 2 * PRICE);
    assert_eq!(held(&market, Account::Escrow(payment)), 0, "nothing is left behind");
    market.check();
}
