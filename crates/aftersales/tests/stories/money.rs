//! Money back: by silence, in parts, by proposal.

use crate::market::*;
use serde_json::json;
use xr_aftersales::{AddEvidence, CaseKind, Filing};
use xr_base::{CaseId, Millis};

#[test]
fn silence_approves_a_refund_the_provider_pays_it_and_the_order_closes() {
    let market = Market::open(5, 9_900);
    let order = market.paid(1, 800);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    assert_eq!(market.row(case).amount_minor, 10_700, "goods and freight: nothing was shipped");
    market.pass(Millis::hours(47));
    assert_eq!(market.state(case), "requested");
    market.pass(Millis::hours(1));
    assert_eq!(market.state(case), "refunding");
    assert_eq!(market.refund_arrives(case), 10_700);
    assert_eq!(market.state(case), "refunded");
    assert_eq!(market.state(order), "closed");
    assert_eq!(market.available(), 5, "the promised unit is free again");
    market.check();
}

fn refund_units(market: &Market, order: CaseId, quantity: i64) -> i64 {
    let case = market.apply(CaseKind::RefundOnly, order, quantity);
    market.act(&merchant(), case, "approve", json!({}));
    let amount = market.refund_arrives(case);
    assert_eq!(market.state(case), "refunded");
    amount
}

#[test]
fn refunds_part_by_part_add_up_to_the_payment_to_the_cent() {
    // 3 units at 33.335 yuan are 100.005, rounded once to 100.00 (half to even).
    let market = Market::open(10, 0);
    let sku = market.sku_at(333_350);
    let order = market.paid_of(sku, 3, 700);
    let amounts: Vec<i64> = (0..3).map(|_| refund_units(&market, order, 1)).collect();
    let placed = market.read(move |tx| xr_orders::queries::get(tx, order));
    assert_eq!(amounts.iter().sum::<i64>(), placed.total_minor, "{amounts:?}");
    assert_eq!(market.state(order), "closed");
    market.check();
}

#[test]
fn a_part_refund_leaves_the_order_with_the_rest() {
    let market = Market::open(10, 1_000);
    let order = market.delivered(3);
    assert_eq!(refund_units(&market, order, 2), 2_000);
    assert_eq!(market.state(order), "delivered");
    let line = market.read(move |tx| Ok(xr_orders::queries::lines(tx, order)?.remove(0)));
    assert_eq!((line.refunded, line.refunded_minor), (2, 2_000));
    let offer = market.read(move |tx| xr_aftersales::queries::offer(tx, &line, 1));
    assert_eq!((offer.quantity, offer.amount_minor), (1, 1_000));
    assert_eq!(refund_units(&market, order, 1), 1_000);
    assert_eq!(market.state(order), "closed");
}

#[test]
fn units_under_refund_are_not_shipped() {
    let market = Market::open(10, 1_000);
    let order = market.paid(3, 0);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    market.act(&merchant(), case, "approve", json!({}));
    market.act(&merchant(), order, "ship_all", json!({ "carrier": "SF", "waybill": market.waybill() }));
    let line = market.read(move |tx| Ok(xr_orders::queries::lines(tx, order)?.remove(0)));
    assert_eq!((line.shipped, line.stopped), (2, 1));
    assert_eq!(market.available(), 8);
    market.check();
}

#[test]
fn a_proposal_that_the_buyer_accepts_is_what_is_refunded() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    let too_much = json!({ "amount_minor": 9_901, "note": "" });
    assert_eq!(market.refused(&merchant(), case, "propose", too_much), "aftersales.amount_out_of_range");
    let offer = json!({ "amount_minor": 2_000, "note": "补偿20元" });
    assert_eq!(market.act(&merchant(), case, "propose", offer), "proposed");
    assert_eq!(market.row(case).amount_minor, 9_900, "not before the buyer agrees");
    market.act(&buyer(), case, "accept_proposal", json!({}));
    assert_eq!(market.refund_arrives(case), 2_000);
    let said = market.read(move |tx| xr_aftersales::queries::statements(tx, case));
    assert_eq!((said[0].event.as_str(), said[0].words.as_str()), ("propose", "补偿20元"));
    market.check();
}

#[test]
fn a_proposal_without_an_answer_counts_as_not_accepted() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    market.act(&merchant(), case, "propose", json!({ "amount_minor": 2_000 }));
    market.pass(Millis::hours(72));
    assert_eq!(market.state(case), "rejected");
    market.pass(Millis::days(7));
    assert_eq!(market.state(case), "closed");
}

#[test]
fn a_rejection_needs_evidence_and_its_reason_is_none() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    let bare = json!({ "reason": "没有问题" });
    assert_eq!(market.refused(&merchant(), case, "reject", bare), "aftersales.reject_needs_evidence");
    let said = market.read(move |tx| xr_aftersales::queries::statements(tx, case));
    assert!(said.is_empty(), "a refused act leaves nothing behind");
    let shot = market.picture(&merchant(), 1);
    let shown = json!({ "reason": "没有问题", "photos": [shot] });
    assert_eq!(market.act(&merchant(), case, "reject", shown), "rejected");
}

#[test]
fn evidence_filed_before_lets_a_rejection_pass() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    let filing = Filing { words: Some("出库监控完好".into()), ..Filing::default() };
    let filed = market.store.write_blocking(AddEvidence { actor: merchant(), case, filing }).unwrap();
    assert_eq!(filed, 1);
    assert_eq!(market.act(&merchant(), case, "reject", json!({ "reason": "完好" })), "rejected");
    let again = json!({ "amount_minor": 5_000, "reason": "damaged", "description": "只退一半" });
    assert_eq!(market.act(&buyer(), case, "modify", again), "requested");
    assert_eq!(market.row(case).amount_minor, 5_000);
}
