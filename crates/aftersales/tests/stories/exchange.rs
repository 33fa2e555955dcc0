//! Goods for goods.

use crate::market::*;
use serde_json::json;
use xr_aftersales::CaseKind;
use xr_base::Millis;
use xr_logistics::ScanKind;

fn applied(on_hand: i64) -> (Market, xr_base::CaseId, xr_base::CaseId) {
    let market = Market::open(on_hand, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::Exchange, order, 1);
    (market, order, case)
}

#[test]
fn by_acts_an_exchange_goes_from_application_to_a_confirmed_replacement() {
    let (market, order, case) = applied(5);
    assert_eq!(market.act(&merchant(), case, "approve", json!(null)), "awaiting_return");
    assert_eq!(market.available(), 3, "one sold, one promised to the exchange");
    let back = market.waybill();
    let input = json!({ "carrier": "SF", "waybill": back });
    assert_eq!(market.act(&buyer(), case, "fill_waybill", input), "returning");
    market.pass(Millis::days(2));
    assert_eq!(market.scan(&back, ScanKind::Delivered).unwrap().event.as_deref(), Some("signed"));
    assert_eq!(market.act(&merchant(), case, "accept", json!({})), "reshipping");
    assert_eq!(market.available(), 4, "the returned unit is back");
    let out = market.waybill();
    let input = json!({ "carrier": "SF", "waybill": out });
    assert_eq!(market.act(&merchant(), case, "reshipped", input), "awaiting_receipt");
    market.pass(Millis::days(1));
    market.scan(&out, ScanKind::Delivered).unwrap();
    assert_eq!(market.state(case), "awaiting_receipt", "a scan keeps the state and moves its clock");
    assert_eq!(market.due(case), Some(market.now() + Millis::days(10)));
    assert_eq!(market.act(&buyer(), case, "confirm", json!({})), "exchanged");
    assert_eq!(market.available(), 4);
    assert_eq!(market.state(order), "delivered");
    market.check();
}

#[test]
fn by_silence_of_the_merchant_the_exchange_is_approved_accepted_and_turned_into_money() {
    let (market, order, case) = applied(5);
    market.pass(Millis::hours(48));
    assert_eq!(market.state(case), "awaiting_return");
    let back = market.waybill();
    market.act(&buyer(), case, "fill_waybill", json!({ "carrier": "SF", "waybill": back }));
    market.pass(Millis::days(1));
    market.scan(&back, ScanKind::Delivered).unwrap();
    market.pass(Millis::days(7));
    assert_eq!(market.state(case), "reshipping", "silent_accept");
    market.pass(Millis::hours(48));
    assert_eq!(market.state(case), "refunding", "convert_to_refund");
    assert_eq!(market.refund_arrives(case), 9_900);
    assert_eq!(market.state(case), "refunded");
    assert_eq!(market.state(order), "closed", "everything went back");
    let story = market.story(case);
    for silence in ["silent_approve", "silent_accept", "convert_to_refund"] {
        assert!(story.iter().any(|e| e == silence), "{silence} in {story:?}");
    }
    assert_eq!(market.available(), 5);
    market.check();
}

#[test]
fn by_silence_of_the_buyer_an_approved_exchange_ends_and_its_replacement_is_free_again() {
    let (market, order, case) = applied(5);
    market.act(&merchant(), case, "approve", json!({}));
    market.pass(Millis::days(10));
    assert_eq!(market.state(case), "closed");
    assert_eq!(market.available(), 4);
    assert_eq!(market.state(order), "delivered");
    market.check();
}

#[test]
fn the_orders_confirmation_clock_stands_while_an_exchange_is_open() {
    let (market, order, case) = applied(5);
    assert_eq!(market.due(order), None, "paused");
    market.pass(Millis::days(1));
    market.act(&buyer(), case, "withdraw", json!({}));
    let due = market.due(order).unwrap();
    assert_eq!(due, market.now() + Millis::days(10), "the ten days left run on");
}

#[test]
fn without_a_replacement_in_stock_reshipping_is_refused_and_money_goes_back() {
    let (market, _, case) = applied(1);
    market.act(&merchant(), case, "approve", json!({}));
    let back = market.waybill();
    market.act(&buyer(), case, "fill_waybill", json!({ "carrier": "SF", "waybill": back }));
    market.scan(&back, ScanKind::Delivered).unwrap();
    market.act(&merchant(), case, "accept", json!({}));
    // The returned unit is broken and taken out of stock.
    market.stock(-1);
    let input = json!({ "carrier": "SF", "waybill": market.waybill() });
    assert_eq!(market.refused(&merchant(), case, "reshipped", input), "aftersales.replacement_out_of_stock");
    assert_eq!(market.act(&merchant(), case, "out_of_stock", json!({})), "refunding");
    market.check();
}

#[test]
fn an_exchange_without_stock_becomes_a_return_that_waits_for_the_goods() {
    let (market, order, case) = applied(1);
    assert_eq!(market.act(&merchant(), case, "out_of_stock", json!({})), "closed");
    let cases = market.read(move |tx| xr_aftersales::queries::of_order(tx, order));
    assert_eq!(cases.len(), 2);
    let ruled = &cases[1];
    assert_eq!((ruled.kind, ruled.source_case, ruled.amount_minor), (CaseKind::ReturnRefund, Some(case), 9_900));
    assert_eq!(market.state(ruled.case_id), "awaiting_return");
}

#[test]
fn a_lost_replacement_is_sent_again() {
    let (market, _, case) = applied(5);
    market.act(&merchant(), case, "approve", json!({}));
    let back = market.waybill();
    market.act(&buyer(), case, "fill_waybill", json!({ "carrier": "SF", "waybill": back }));
    market.scan(&back, ScanKind::Delivered).unwrap();
    market.act(&merchant(), case, "accept", json!({}));
    let first = market.waybill();
    market.act(&merchant(), case, "reshipped", json!({ "carrier": "SF", "waybill": first }));
    market.scan(&first, ScanKind::Lost).unwrap();
    assert_eq!(market.state(case), "reshipping");
    let second = market.waybill();
    market.act(&merchant(), case, "reshipped", json!({ "carrier": "SF", "waybill": second }));
    assert_eq!(market.available(), 5 - 1 - 2 + 1, "of five: one sold, two sent as replacements, one came back");
    market.check();
}

#[test]
fn a_buyer_who_is_not_content_with_the_replacement_applies_again_on_a_new_case() {
    let (market, order, case) = applied(5);
    market.act(&merchant(), case, "approve", json!({}));
    let back = market.waybill();
    market.act(&buyer(), case, "fill_waybill", json!({ "carrier": "SF", "waybill": back }));
    market.scan(&back, ScanKind::Delivered).unwrap();
    market.act(&merchant(), case, "accept", json!({}));
    market.act(&merchant(), case, "reshipped", json!({ "carrier": "SF", "waybill": market.waybill() }));
    let shot = market.picture(&buyer(), 9);
    let again = json!({ "kind": "return_refund", "reason": "damaged", "photos": [shot] });
    assert_eq!(market.act(&buyer(), case, "reapply", again), "closed");
    let next = market.read(move |tx| xr_aftersales::queries::of_order(tx, order)).pop().unwrap();
    assert_eq!((next.kind, next.source_case), (CaseKind::ReturnRefund, Some(case)));
    assert_eq!(market.state(next.case_id), "requested");
    let filed = market.read(move |tx| xr_aftersales::queries::evidence(tx, next.case_id));
    assert_eq!(filed.len(), 1);
    assert_eq!(market.row(case).next_case, None);
}
