//! Orders from placing to their end, on both engines.
#![allow(clippy::unwrap_used)]

use serde_json::json;
use xr_base::{CaseId, Clock as _, Millis, Party};
use xr_case::engine::{Beat, NoteOutage, RefreshCases};
use xr_payments::{NoticeKind, Taken};
use xr_tests::{On, TestMarket, buyer, merchant, on_both};

#[test]
fn an_unpaid_order_closes_after_thirty_minutes_and_gives_its_stock_back() {
    on_both(|market| {
        let sku = market.sku("A", 1_000, 5);
        let placed = market.place(&[(sku, 2)]);
        assert_eq!(market.stock(sku), (5, 2));
        market.advance(Millis::minutes(29));
        assert_eq!(market.state(placed.order), "pending_payment");
        market.advance(Millis::minutes(1));
        assert_eq!(market.state(placed.order), "closed");
        assert_eq!(market.state(placed.payment), "expired");
        assert_eq!(market.stock(sku), (5, 0));
        market.assert_sound();
    });
}

#[test]
fn a_paid_order_that_is_shipped_and_forgotten_completes_by_silence() {
    on_both(|market| {
        let sku = market.sku("A", 1_000, 5);
        let placed = market.place(&[(sku, 2)]);
        market.pay(&placed);
        assert_eq!(market.state(placed.order), "pending_ship");
        let ship = json!({ "carrier": "SF", "waybill": "SF1234567890" });
        market.act_with(&merchant(), placed.order, "ship_all", ship).unwrap();
        assert_eq!(market.stock(sku), (3, 0));
        market.advance(Millis::days(40));
        assert_eq!(
            market.story(placed.order),
            "01-05 09:00 opened by buyer -> pending_payment\n\
             01-05 09:00 pay_captured by system -> pending_ship\n\
             01-05 09:00 ship_all by merchant -> shipped\n\
             01-06 09:00 scan_checked by clock -> shipped [OD-2]\n\
             01-20 09:00 no_delivery_scan by clock -> completed [OD-3]\n\
             02-04 09:00 window_closed by clock -> finished [OD-4]"
        );
        market.assert_sound();
    });
}

#[test]
fn nobody_is_waited_for_while_money_lies_or_a_window_runs() {
    on_both(|market| {
        let sku = market.sku("A", 1_000, 5);
        let placed = market.place(&[(sku, 1)]);
        assert_eq!(waited_for(market, placed.payment), Some(Party::Buyer));
        market.pay(&placed);
        assert_eq!(waited_for(market, placed.payment), None);
        assert_eq!(waited_for(market, placed.order), Some(Party::Merchant));
        market
            .act_with(&merchant(), placed.order, "ship_all", json!({ "carrier": "SF", "waybill": "SF1234567890" }))
            .unwrap();
        market.act(&buyer(), placed.order, "confirm").unwrap();
        assert_eq!((market.state(placed.order).as_str(), waited_for(market, placed.order)), ("completed", None));
        let due = due(market, placed.order);
        assert_eq!(due, market.clock.now() + Millis::days(15), "its clock runs all the same");
    });
}

#[test]
fn a_capture_that_comes_after_the_time_out_goes_back_in_full() {
    on_both(|market| {
        let sku = market.sku("A", 1_000, 5);
        let placed = market.place(&[(sku, 1)]);
        market.act(&buyer(), placed.payment, "submit").unwrap();
        market.advance(Millis::minutes(31));
        assert_eq!(market.state(placed.order), "closed");
        let taken = market.notice(NoticeKind::Captured, placed.payment, 1_000).unwrap();
        assert!(matches!(taken, Taken::Moved | Taken::Late), "{taken:?}");
        market.advance(Millis::days(5));
        market.assert_sound();
        let legs = market.read(move |tx| xr_payments::ledger::legs_of_payable(tx, placed.order));
        let kinds: Vec<&str> = legs.iter().map(|l| l.kind.as_str()).collect();
        assert_eq!(kinds, ["capture", "capture", "refund", "refund"]);
    });
}

#[test]
fn a_merchant_who_never_ships_loses_the_order_and_the_buyer_gets_the_money_back() {
    on_both(|market| {
        let sku = market.sku("A", 1_000, 5);
        let placed = market.place(&[(sku, 1)]);
        market.pay(&placed);
        market.advance(Millis::days(12));
        assert_eq!(
            market.story(placed.order),
            "01-05 09:00 opened by buyer -> pending_payment\n\
             01-05 09:00 pay_captured by system -> pending_ship\n\
             01-07 09:00 ship_lapsed by clock -> ship_overdue [OD-2]\n\
             01-10 09:00 auto_cancel as cancel by clock -> cancelling [OD-2]\n\
             01-11 09:00 hurry_refund by clock -> cancelling [XD-12]\n\
             01-12 09:00 hurry_refund by clock -> cancelling [XD-12]\n\
             01-13 00:00 refund.done by system -> closed"
        );
        assert_eq!(market.stock(sku), (5, 0));
        market.assert_sound();
    });
}

#[test]
fn an_outage_gives_people_their_time_back_and_the_system_none() {
    on_both(|market| {
        let sku = market.sku("A", 1_000, 5);
        let unpaid = market.place(&[(sku, 1)]);
        let paying = market.place(&[(sku, 1)]);
        market.act(&buyer(), paying.payment, "submit").unwrap();
        market.run(Beat).unwrap();
        let before = due(market, unpaid.order);
        // Twenty minutes in which nobody served: the buyer's half hour stood, the provider's ten minutes ran.
        market.clock.jump_to(market.clock.now() + Millis::minutes(20));
        assert!(market.run(NoteOutage).unwrap());
        let mut after = CaseId(0);
        while let Some(last) = market.run(RefreshCases { after }).unwrap() {
            after = last;
        }
        assert_eq!(due(market, unpaid.order), before + Millis::minutes(20));
        market.fire_due();
        assert_eq!(market.state(paying.payment), "unknown");
        market.advance(Millis::minutes(29));
        assert_eq!(market.state(unpaid.order), "pending_payment");
        assert_eq!(market.state(unpaid.payment), "created");
        market.advance(Millis::minutes(1));
        assert_eq!(market.state(unpaid.order), "closed");
        market.assert_sound();
    });
}

#[test]
fn servers_that_come_back_at_once_give_people_their_time_back_once() {
    on_both(|market| {
        market.run(Beat).unwrap();
        for _ in 0..10 {
            market.clock.jump_to(market.clock.now() + Millis::minutes(20));
            let note = || market.run(NoteOutage).unwrap();
            let noted = xr_tests::rush::at_once(6, vec![note; 6]);
            assert_eq!(noted.into_iter().filter(|is_mine| *is_mine).count(), 1);
        }
    });
}

#[test]
fn a_short_interruption_moves_no_deadline() {
    on_both(|market| {
        market.run(Beat).unwrap();
        market.clock.jump_to(market.clock.now() + Millis::minutes(14));
        assert!(!market.run(NoteOutage).unwrap());
    });
}

fn waited_for(market: &xr_tests::TestMarket, case: CaseId) -> Option<Party> {
    let case = market.read(move |tx| xr_case::engine::get(tx, case));
    assert_eq!(case.owner_party.is_some(), case.owner_org.is_some());
    case.owner_party
}

fn due(market: &xr_tests::TestMarket, case: CaseId) -> xr_base::Instant {
    market.read(move |tx| xr_case::engine::get(tx, case)).due_at.unwrap()
}

#[test]
fn an_order_runs_on_the_pack_of_its_shop_and_on_the_floor_none_does() {
    let mut market = TestMarket::new(On::Sqlite).unwrap();
    let sku = market.sku("A", 1_000, 5);
    market.pack = "wechat";
    let placed = market.place(&[(sku, 1)]);
    market.pay(&placed);
    let ship = json!({ "carrier": "SF", "waybill": "SF1234567890" });
    market.act_with(&merchant(), placed.order, "ship_all", ship).unwrap();
    market.act(&buyer(), placed.order, "confirm").unwrap();
    // Monday morning: seven days from the midnight after it, not from nine o'clock.
    market.advance(Millis::days(7));
    assert_eq!(market.state(placed.order), "completed");
    market.advance(Millis::hours(15));
    assert_eq!(market.state(placed.order), "finished");
    let history = market.read(move |tx| Ok(xr_case::engine::history(tx, placed.order)?));
    assert_eq!(history.last().and_then(|row| row.rule.clone()).as_deref(), Some("WX-7"));

    market.pack = "statutory";
    let refusal = market.run(market.order_of(&[(sku, 1)])).unwrap_err();
    assert_eq!(refusal.problem().unwrap().code, "case.no_rulebook");
}
