//! Cases under the packs of other platforms, carried to their end by silence: each step cites the platform's rule.

use crate::market::*;
use serde_json::json;
use xr_aftersales::CaseKind;
use xr_base::{CaseId, Fault, Millis};
use xr_logistics::ScanKind;
use xr_store::{Command, Tx};

/// The clocks of a case are computed anew.
struct Refresh(CaseId);
impl Command for Refresh {
    type Out = ();
    const NAME: &'static str = "test.refresh";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        xr_case::engine::refresh(tx, self.0)
    }
}

/// What silence did to a case, with the rule that says so.
fn cited(market: &Market, case: CaseId) -> Vec<String> {
    let rows = market.read(move |tx| Ok(xr_case::engine::history(tx, case)?));
    let silent = rows.into_iter().filter(|row| row.actor == "clock" && row.event != "hurry_refund");
    silent.map(|row| format!("{} {}", row.event, row.rule.unwrap_or_default())).collect()
}

/// The buyer posts the goods; the carrier delivers them `days` later.
fn sent_back(market: &Market, case: CaseId, days: i64) {
    assert_eq!(market.state(case), "awaiting_return");
    let back = market.waybill();
    market.act(&buyer(), case, "fill_waybill", json!({ "carrier": "SF", "waybill": back }));
    market.pass(Millis::days(days));
    market.scan(&back, ScanKind::Delivered).unwrap();
    assert_eq!(market.state(case), "inspecting");
}

/// Neither provider nor finance says a word: the float pays.
fn refunded(market: &Market, case: CaseId) {
    assert_eq!(market.state(case), "refunding");
    market.pass(Millis::days(5));
    assert_eq!(market.state(case), "refunded");
    market.check();
}

#[test]
fn under_taobaos_rules_a_return_is_agreed_confirmed_and_refunded_by_silence() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply_under("taobao", CaseKind::ReturnRefund, order);
    market.pass(Millis::days(2));
    sent_back(&market, case, 9);
    assert_eq!(market.due(case), Some(market.now() + Millis::days(3)), "three days from the signature, not one of ten");
    market.pass(Millis::days(3));
    refunded(&market, case);
    assert_eq!(cited(&market, case), ["silent_approve TB-3", "silent_accept TB-6"]);
    assert_eq!(market.state(order), "closed");
}

#[test]
fn under_taobaos_rules_shipment_makes_24_hours_two_days() {
    let market = Market::open(5, 9_900);
    let unshipped = market.apply_under("taobao", CaseKind::RefundOnly, market.paid(1, 0));
    let shipped = market.apply_under("taobao", CaseKind::RefundOnly, market.shipped(1).0);
    market.pass(Millis::hours(24));
    assert_eq!((market.state(unshipped).as_str(), market.state(shipped).as_str()), ("refunding", "requested"));
    market.pass(Millis::hours(24));
    refunded(&market, shipped);
    assert_eq!(market.state(unshipped), "refunded");
    assert_eq!(cited(&market, unshipped), ["silent_approve TB-1"]);
    assert_eq!(cited(&market, shipped), ["silent_approve TB-2"]);
}

#[test]
fn under_taobaos_rules_goods_shipped_after_the_application_gain_no_time_until_it_is_changed() {
    let market = Market::open(5, 9_900);
    let order = market.paid(1, 0);
    let case = market.apply_under("taobao", CaseKind::RefundOnly, order);
    let due = market.due(case);
    let input = json!({ "carrier": "SF", "waybill": market.waybill() });
    market.act(&merchant(), order, "ship_all", input);
    // Another reckoning, as after an outage, finds the same due.
    market.store.write_blocking(Refresh(case)).unwrap();
    assert_eq!((due, market.due(case)), (Some(market.now() + Millis::hours(24)), due));
    market.pass(Millis::hours(23));
    market.act(&buyer(), case, "modify", json!({ "reason": "late" }));
    assert_eq!(market.due(case), Some(market.now() + Millis::days(2)));
}

#[test]
fn under_jds_rules_an_exchange_is_carried_by_silence_until_it_becomes_money() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply_under("jd", CaseKind::Exchange, order);
    market.pass(Millis::hours(48));
    sent_back(&market, case, 2);
    market.pass(Millis::hours(48));
    assert_eq!(market.state(case), "reshipping");
    market.pass(Millis::hours(48));
    refunded(&market, case);
    assert_eq!(cited(&market, case), ["silent_approve XD-1", "silent_accept JD-5", "convert_to_refund JD-6"]);
    assert_eq!((market.state(order).as_str(), market.available()), ("closed", 5));
}

#[test]
fn under_jds_rules_the_answer_to_a_refund_depends_on_where_the_goods_are() {
    let market = Market::open(5, 9_900);
    let (under_way, waybill) = market.shipped(1);
    let orders = [market.paid(1, 0), under_way, market.delivered(1)];
    let cases = orders.map(|order| market.apply_under("jd", CaseKind::RefundOnly, order));
    let applied = market.now();
    let dues = cases.map(|case| market.due(case).map(|due| (due - applied).0 / Millis::hours(1).0));
    assert_eq!(dues, [Some(24), Some(72), Some(48)]);
    // What was under way when the buyer applied keeps its time when it arrives.
    market.scan(&waybill, ScanKind::Delivered).unwrap();
    market.pass(Millis::hours(72));
    refunded(&market, cases[1]);
    let rules = cases.map(|case| cited(&market, case));
    assert_eq!(rules.concat(), ["silent_approve JD-1", "silent_approve JD-2", "silent_approve XD-1"]);
}

#[test]
fn under_wechats_rules_ten_days_from_posting_bound_delivery_and_inspection_together() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply_under("wechat", CaseKind::ReturnRefund, order);
    market.pass(Millis::hours(48));
    sent_back(&market, case, 4);
    market.pass(Millis::days(6));
    refunded(&market, case);
    assert_eq!(cited(&market, case), ["silent_approve WX-2", "return_time_over WX-4"]);
    assert_eq!(market.state(order), "closed");
}

#[test]
fn under_wechats_rules_a_line_is_tried_five_times_over_all_its_cases() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let words = || json!({ "reason": "other" });
    let first = market.apply_under("wechat", CaseKind::ReturnRefund, order);
    market.act(&buyer(), first, "modify", words());
    market.act(&buyer(), first, "modify", words());
    market.act(&buyer(), first, "withdraw", json!({}));
    let second = market.apply_under("wechat", CaseKind::ReturnRefund, order);
    market.act(&buyer(), second, "modify", words());
    let due = market.due(second);
    market.pass(Millis::hours(1));
    assert_eq!(market.refused(&buyer(), second, "modify", words()), "aftersales.too_many_tries");
    assert_eq!(market.due(second), due, "a refused change starts no clock");
    // Another line has tries of its own.
    let other = market.apply_under("wechat", CaseKind::ReturnRefund, market.delivered(1));
    assert_eq!(market.act(&buyer(), other, "modify", words()), "requested");
}
