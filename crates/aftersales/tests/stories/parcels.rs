//! What carriers' scans do to orders and cases, also when they come late, twice or out of order.

use crate::market::*;
use serde_json::json;
use xr_aftersales::CaseKind;
use xr_base::{CaseId, Millis};
use xr_logistics::{NoteStalled, Notice, ScanKind, TakeScan};
use xr_orders::Tracking;

fn returning() -> (Market, CaseId, String) {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::ReturnRefund, order, 1);
    market.act(&merchant(), case, "approve", json!({}));
    let back = market.waybill();
    market.act(&buyer(), case, "fill_waybill", json!({ "carrier": "SF", "waybill": back }));
    (market, case, back)
}

#[test]
fn a_scan_that_reaches_us_late_counts_from_the_carriers_time() {
    let (market, case, back) = returning();
    let arrived = market.now() + Millis::days(1);
    market.pass(Millis::days(3));
    market.scan_of(&back, ScanKind::Delivered, arrived, None).unwrap();
    assert_eq!(market.state(case), "inspecting");
    let parcel = market.read(move |tx| xr_logistics::queries::newest(tx, case, xr_logistics::Direction::Return));
    let parcel = parcel.unwrap();
    assert_eq!((parcel.delivered_at, parcel.is_reported_late()), (Some(arrived), false));
}

#[test]
fn a_scan_reported_more_than_three_days_late_gives_the_merchant_three_days_to_inspect() {
    let (market, case, back) = returning();
    let arrived = market.now() + Millis::days(1);
    market.pass(Millis::hours(4 * 24 + 1));
    market.scan_of(&back, ScanKind::Delivered, arrived, None).unwrap();
    assert_eq!(market.state(case), "inspecting");
    assert_eq!(market.due(case), Some(market.now() + Millis::days(3)));
}

#[test]
fn a_late_scan_moves_the_clock_of_an_exchange_that_the_merchant_reported_first() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::Exchange, order, 1);
    market.act(&merchant(), case, "approve", json!({}));
    let back = market.waybill();
    market.act(&buyer(), case, "fill_waybill", json!({ "carrier": "SF", "waybill": back }));
    market.pass(Millis::days(2));
    market.act(&merchant(), case, "signed", json!({}));
    assert_eq!(market.due(case), Some(market.now() + Millis::days(7)), "from entry: no scan yet");
    let arrived = market.now() - Millis::days(1);
    let taken = market.scan_of(&back, ScanKind::Delivered, arrived, None).unwrap();
    assert_eq!(taken.event, None, "the case waits for no arrival any more");
    assert_eq!(market.due(case), Some(arrived + Millis::days(7)));
    let returned = market.read(move |tx| xr_inventory::queries::claims(tx, case)).pop().unwrap();
    assert_eq!(returned.to_return, 1, "one parcel, booked once");
}

#[test]
fn a_repeated_notice_does_nothing_and_another_under_its_id_is_refused() {
    let (market, case, back) = returning();
    let notice = Notice {
        carrier: "SF".into(),
        event_id: "evt-x".into(),
        waybill: back,
        kind: ScanKind::Delivered,
        at: market.now(),
        place: String::new(),
        reference: None,
        body_hash: "a".into(),
    };
    let take = |notice: &Notice| market.store.write_blocking(TakeScan { notice: notice.clone() });
    let first = take(&notice).unwrap();
    assert_eq!((first.is_repeat, first.event.as_deref()), (false, Some("signed")));
    let version = market.read(move |tx| Ok(xr_case::engine::get(tx, case)?.version));
    let second = take(&notice).unwrap();
    assert_eq!((second.is_repeat, second.event), (true, None));
    assert_eq!(market.read(move |tx| Ok(xr_case::engine::get(tx, case)?.version)), version);
    let other = Notice { body_hash: "b".into(), ..notice.clone() };
    assert_eq!(code(take(&other)), "logistics.notice_reused");
    let ahead = Notice { event_id: "evt-y".into(), at: market.now() + Millis::hours(1), ..notice };
    assert_eq!(code(take(&ahead)), "logistics.scan_in_future");
}

#[test]
fn scans_out_of_order_are_kept_and_do_not_undo_the_delivery() {
    let (market, case, back) = returning();
    market.pass(Millis::days(1));
    market.scan(&back, ScanKind::Delivered).unwrap();
    let before = market.now() - Millis::hours(5);
    assert_eq!(market.scan_of(&back, ScanKind::OutForDelivery, before, None).unwrap().event, None);
    assert_eq!(market.scan(&back, ScanKind::Lost).unwrap().event, None);
    assert_eq!(market.state(case), "inspecting");
    let parcel = market.read(move |tx| xr_logistics::queries::of_case(tx, case)).remove(0);
    assert_eq!(parcel.outcome, Some(ScanKind::Delivered));
    let scans = market.read(move |tx| xr_logistics::queries::scans(tx, parcel.id));
    let kinds: Vec<ScanKind> = scans.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [ScanKind::OutForDelivery, ScanKind::Delivered, ScanKind::Lost], "in the carrier's order");
}

#[test]
fn a_number_that_nobody_announced_is_unknown() {
    let market = Market::open(5, 9_900);
    assert_eq!(code(market.scan("SF9999999", ScanKind::Delivered)), "logistics.no_such_parcel");
    assert_eq!(code(market.scan("SF9999999", ScanKind::Collected)), "logistics.no_such_parcel");
}

#[test]
fn a_booked_pickup_is_answered_by_the_scan_that_names_the_case() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::ReturnRefund, order, 1);
    market.act(&merchant(), case, "approve", json!({}));
    assert_eq!(market.act(&buyer(), case, "book_pickup", json!({ "carrier": "SF" })), "pickup_booked");
    let fetched = market.waybill();
    let now = market.now();
    let taken = market.scan_of(&fetched, ScanKind::Collected, now, Some(case)).unwrap();
    assert_eq!(taken.event.as_deref(), Some("picked"));
    assert_eq!(market.state(case), "returning");
    assert_eq!(market.row(case).waybill_at, Some(now));
    market.scan(&fetched, ScanKind::Delivered).unwrap();
    assert_eq!(market.state(case), "inspecting");
    let twice = market.waybill();
    assert_eq!(code(market.scan_of(&twice, ScanKind::Collected, now, Some(case))), "logistics.no_such_parcel");
}

#[test]
fn a_return_lost_on_the_way_goes_to_the_platform() {
    let (market, case, back) = returning();
    market.scan(&back, ScanKind::Lost).unwrap();
    assert_eq!(market.state(case), "adjudicating");
}

#[test]
fn an_order_in_two_parcels_is_delivered_with_the_second() {
    let market = Market::open(5, 9_900);
    let order = market.paid(2, 0);
    let line = market.read(move |tx| Ok(xr_orders::queries::lines(tx, order)?.remove(0).id));
    let (first, second) = (market.waybill(), market.waybill());
    let part = json!({ "carrier": "SF", "waybill": first, "lines": [{ "line": line, "quantity": 1 }] });
    assert_eq!(market.act(&merchant(), order, "ship_part", part), "partially_shipped");
    market.scan(&first, ScanKind::Delivered).unwrap();
    let tracking = |market: &Market| market.read(move |tx| Ok(xr_orders::queries::get(tx, order)?.tracking));
    assert_eq!((market.state(order).as_str(), tracking(&market)), ("partially_shipped", Tracking::Delivered));
    market.act(&merchant(), order, "ship_rest", json!({ "carrier": "SF", "waybill": second }));
    assert_eq!(tracking(&market), Tracking::Moving, "one parcel is under way again");
    market.pass(Millis::days(1));
    assert_eq!(market.scan(&second, ScanKind::Delivered).unwrap().event.as_deref(), Some("delivered"));
    assert_eq!(market.state(order), "delivered");
    assert_eq!(market.due(order), Some(market.now() + Millis::days(10)));
}

#[test]
fn a_parcel_refused_at_the_door_gives_the_money_back() {
    let market = Market::open(5, 9_900);
    let (order, waybill) = market.shipped(1);
    market.scan(&waybill, ScanKind::InTransit).unwrap();
    assert_eq!(market.scan(&waybill, ScanKind::Refused).unwrap().event.as_deref(), Some("refused"));
    assert_eq!(market.state(order), "cancelling");
    assert_eq!(market.refund_arrives(order), 9_900);
    assert_eq!((market.state(order).as_str(), market.available()), ("closed", 5));
    market.check();
}

#[test]
fn a_parcel_without_scans_for_two_days_is_stalled_and_moves_again_with_the_next() {
    let market = Market::open(5, 9_900);
    let (order, waybill) = market.shipped(1);
    market.scan(&waybill, ScanKind::Collected).unwrap();
    let tracking = |market: &Market| market.read(move |tx| Ok(xr_orders::queries::get(tx, order)?.tracking));
    market.pass(Millis::hours(47));
    assert_eq!(market.store.write_blocking(NoteStalled).unwrap(), 0);
    market.pass(Millis::hours(1));
    assert_eq!(market.store.write_blocking(NoteStalled).unwrap(), 1);
    assert_eq!(tracking(&market), Tracking::Stalled);
    assert_eq!(market.store.write_blocking(NoteStalled).unwrap(), 0, "told once");
    market.scan(&waybill, ScanKind::InTransit).unwrap();
    assert_eq!(tracking(&market), Tracking::Moving);
}

#[test]
fn a_scan_after_an_exception_puts_the_order_on_its_way_again() {
    let market = Market::open(5, 9_900);
    let (order, waybill) = market.shipped(1);
    market.scan(&waybill, ScanKind::Collected).unwrap();
    market.pass(Millis::days(15));
    assert_eq!(market.state(order), "delivery_exception");
    assert_eq!(market.scan(&waybill, ScanKind::InTransit).unwrap().event.as_deref(), Some("resumed"));
    assert_eq!(market.state(order), "shipped");
}

#[test]
fn an_order_shows_its_parcels_and_those_of_its_cases_with_their_scans() {
    let (market, case, back) = returning();
    market.scan(&back, ScanKind::Collected).unwrap();
    let order = market.row(case).order_id;
    let parcels = market.read(move |tx| xr_orders::ShipmentBook::parcels(&xr_logistics::Shipments, tx, order));
    let ways: Vec<&str> = parcels.iter().filter_map(|p| p["direction"].as_str()).collect();
    assert_eq!(ways, ["outbound", "return"]);
    assert_eq!(parcels[0]["outcome"], "delivered");
    assert_eq!(parcels[0]["carrier_name"]["zh"], "顺丰速运");
    assert_eq!((&parcels[1]["waybill"], &parcels[1]["scans"][0]["kind"]), (&json!(back), &json!("collected")));
    assert_eq!(parcels[1]["is_stalled"], false);
}
