//! Who may apply for what.

use crate::market::*;
use serde_json::json;
use xr_aftersales::{Application, CaseKind};
use xr_base::{CaseId, Fault, Millis};
use xr_logistics::ScanKind;

#[test]
fn a_second_application_for_the_same_goods_is_refused() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(2);
    market.apply(CaseKind::RefundOnly, order, 1);
    let again = market.application(CaseKind::RefundOnly, order, 1);
    assert_eq!(code(market.try_apply(&buyer(), again)), "aftersales.case_exists");
    let both = market.application(CaseKind::ReturnRefund, order, 2);
    assert_eq!(code(market.try_apply(&buyer(), both)), "aftersales.quantity_too_high");
    market.apply(CaseKind::ReturnRefund, order, 1);
    let third = market.application(CaseKind::Exchange, order, 1);
    assert_eq!(code(market.try_apply(&buyer(), third)), "aftersales.quantity_too_high");
}

#[test]
fn after_a_withdrawal_the_buyer_may_apply_again() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    assert_eq!(market.act(&buyer(), case, "withdraw", json!({})), "withdrawn");
    let again = market.apply(CaseKind::RefundOnly, order, 1);
    assert_ne!(case, again);
}

#[test]
fn another_buyers_order_is_not_there() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let application = market.application(CaseKind::RefundOnly, order, 1);
    assert_eq!(code(market.try_apply(&other_buyer(), application.clone())), "case.not_found");
    let merchant_who_buys = person(203, xr_base::Party::Merchant, Some(ORG), &["aftersales.apply"]);
    assert_eq!(code(market.try_apply(&merchant_who_buys, application.clone())), "case.not_found");
    let nobody = person(101, xr_base::Party::Buyer, None, &[]);
    assert_eq!(code(market.try_apply(&nobody, application)), "case.forbidden");
}

#[test]
fn a_foreign_merchants_case_is_not_there() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    assert_eq!(market.refused(&foreign_merchant(), case, "approve", json!({})), "case.not_found");
    let scope = xr_base::Scope::Merchant(FOREIGN);
    let seen = market.store.read_blocking(move |tx| xr_aftersales::queries::seen_by(tx, scope, case));
    assert_eq!(code(seen), "case.not_found");
    let listed = market.read(move |tx| xr_aftersales::queries::open(tx, scope, 0, 10));
    assert_eq!(listed, []);
    let own = market.read(move |tx| xr_aftersales::queries::open(tx, xr_base::Scope::Merchant(ORG), 0, 10));
    assert_eq!(own.iter().map(|o| o.case_id).collect::<Vec<_>>(), [case]);
}

#[test]
fn an_order_itself_is_no_case_of_after_sales() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let scope = xr_base::Scope::Buyer(BUYER);
    let seen = market.store.read_blocking(move |tx| xr_aftersales::queries::seen_by(tx, scope, order));
    assert_eq!(code(seen), "case.not_found");
}

#[test]
fn only_paid_orders_up_to_the_end_of_their_window_take_applications() {
    let market = Market::open(5, 9_900);
    let unpaid = market.place(market.sku, 1, 0).order;
    let application = market.application(CaseKind::RefundOnly, unpaid, 1);
    assert_eq!(code(market.try_apply(&buyer(), application)), "aftersales.order_not_open");
    let order = market.delivered(1);
    assert_eq!(market.act(&buyer(), order, "confirm", json!({})), "completed");
    market.pass(Millis::days(14));
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    market.act(&buyer(), case, "withdraw", json!({}));
    // The window is due, and nobody has fired it yet: it closes first.
    market.clock.jump_to(market.now() + Millis::days(2));
    let late = market.application(CaseKind::RefundOnly, order, 1);
    assert_eq!(code(market.try_apply(&buyer(), late)), "aftersales.order_not_open");
    assert_eq!(market.state(order), "finished");
}

#[test]
fn goods_that_were_not_shipped_cannot_come_back() {
    let market = Market::open(5, 9_900);
    let order = market.paid(2, 0);
    for kind in [CaseKind::ReturnRefund, CaseKind::Exchange] {
        let application = market.application(kind, order, 1);
        assert_eq!(code(market.try_apply(&buyer(), application)), "aftersales.not_shipped");
    }
}

fn wrong(change: impl FnOnce(&mut Application)) -> String {
    let market = Market::open(5, 9_900);
    let order = market.delivered(2);
    let mut application = market.application(CaseKind::RefundOnly, order, 1);
    change(&mut application);
    let refusal: Fault = market.try_apply(&buyer(), application).unwrap_err();
    let problem = refusal.problem().unwrap().clone();
    format!("{} {}", problem.code, problem.field.unwrap_or_default())
}

#[test]
fn mistakes_are_named_by_their_field() {
    assert_eq!(wrong(|a| a.quantity = 0), "aftersales.quantity_too_high quantity");
    assert_eq!(wrong(|a| a.quantity = 3), "aftersales.quantity_too_high quantity");
    assert_eq!(wrong(|a| a.amount_minor = Some(0)), "aftersales.amount_out_of_range amount_minor");
    assert_eq!(wrong(|a| a.amount_minor = Some(9_901)), "aftersales.amount_out_of_range amount_minor");
    assert_eq!(wrong(|a| a.line = xr_base::RowId(5)), "aftersales.no_such_line line");
    assert_eq!(wrong(|a| a.description = "长".repeat(501)), "aftersales.bad_input description");
    assert_eq!(wrong(|a| a.photos = vec!["0".repeat(64)]), "aftersales.no_such_picture photos");
    assert_eq!(wrong(|a| a.photos = vec!["0".repeat(64); 10]), "aftersales.bad_input photos");
    let exchange = wrong(|a| (a.kind, a.amount_minor) = (CaseKind::Exchange, Some(1)));
    assert_eq!(exchange, "aftersales.bad_input amount_minor");
}

#[test]
fn an_application_with_an_unknown_field_is_not_read() {
    let text = r#"{"kind":"exchange","order":"cas_0000000000001","line":"row_0000000000001","quantity":1,"reason":"other","x":1}"#;
    let error = serde_json::from_str::<Application>(text).unwrap_err();
    assert!(error.to_string().contains("unknown field `x`"), "{error}");
    assert!(serde_json::from_str::<Application>(&text.replace(",\"x\":1", "")).is_ok());
}

fn modified(market: &Market, case: CaseId, input: serde_json::Value) -> String {
    market.refused(&buyer(), case, "modify", input)
}

#[test]
fn a_change_starts_the_merchants_clock_anew_and_is_bounded_like_an_application() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(2);
    let case = market.apply(CaseKind::ReturnRefund, order, 2);
    market.pass(Millis::hours(40));
    assert_eq!(modified(&market, case, json!({})), "aftersales.bad_input");
    assert_eq!(modified(&market, case, json!({ "quantity": 3 })), "aftersales.quantity_too_high");
    assert_eq!(modified(&market, case, json!({ "amount_minor": 19_801 })), "aftersales.amount_out_of_range");
    assert_eq!(modified(&market, case, json!({ "kind": "exchange" })), "aftersales.bad_input");
    assert_eq!(market.act(&buyer(), case, "modify", json!({ "quantity": 1 })), "requested");
    assert_eq!((market.row(case).quantity, market.row(case).amount_minor), (1, 9_900));
    assert_eq!(market.due(case), Some(market.now() + Millis::hours(48)));
    for _ in 1..5 {
        market.act(&buyer(), case, "modify", json!({ "reason": "other" }));
    }
    assert_eq!(modified(&market, case, json!({ "reason": "other" })), "aftersales.too_many_edits");
}

#[test]
fn an_act_that_needs_input_says_which() {
    let market = Market::open(5, 9_900);
    let (order, waybill) = market.shipped(1);
    market.scan(&waybill, ScanKind::Delivered).unwrap();
    let case = market.apply(CaseKind::ReturnRefund, order, 1);
    let refusal = market.try_act(&merchant(), case, "propose", json!({ "note": "x" })).unwrap_err();
    assert_eq!(refusal.problem().unwrap().field.as_deref(), Some("input/amount_minor"));
    assert_eq!(market.refused(&merchant(), case, "approve", json!({ "x": 1 })), "case.no_input_expected");
    market.act(&merchant(), case, "approve", json!({}));
    let parcel = json!({ "carrier": "PONY", "waybill": "SF100000" });
    assert_eq!(market.refused(&buyer(), case, "fill_waybill", parcel), "logistics.unknown_carrier");
    let taken = json!({ "carrier": "SF", "waybill": waybill });
    assert_eq!(market.refused(&buyer(), case, "fill_waybill", taken), "logistics.waybill_taken");
}
