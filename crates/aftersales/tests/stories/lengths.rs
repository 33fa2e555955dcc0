//! Lengths by facts.

use crate::market::*;
use serde_json::json;
use xr_aftersales::CaseKind;
use xr_base::Millis;

/// Shipment changes the length that would hold, and nobody tells the case: what was promised when it was opened stands, with its
/// warnings, whether the other length is over already or still to come.
#[test]
fn a_fact_that_changes_unheard_moves_no_due_and_stops_no_clock() {
    for pack in ["test-shorter", "test-longer"] {
        let market = Market::open(5, 9_900);
        let order = market.paid(1, 0);
        let case = market.apply_under(pack, CaseKind::RefundOnly, order);
        let due = market.now() + Millis::hours(48);
        market.pass(Millis::hours(1));
        let input = json!({ "carrier": "SF", "waybill": market.waybill() });
        market.act(&merchant(), order, "ship_all", input);
        market.pass(Millis::hours(46));
        assert_eq!((market.state(case).as_str(), market.due(case)), ("requested", Some(due)), "{pack}");
        market.pass(Millis::hours(1));
        assert_eq!(market.state(case), "refunding", "{pack}");
        assert_eq!(market.story(case), ["opened", "silent_approve"], "{pack}");
    }
}
