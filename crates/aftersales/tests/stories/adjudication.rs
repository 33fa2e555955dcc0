//! Rule 9 of the first rulings: who files no evidence loses; if both did, a person, then the amount.

use crate::market::*;
use serde_json::json;
use xr_aftersales::{AddEvidence, CaseKind, Filing};
use xr_base::{Actor, CaseId, Millis};
use xr_logistics::ScanKind;

const CHEAP: i64 = 20_000;
const DEAR: i64 = 20_001;

struct Dispute {
    market: Market,
    order: CaseId,
    case: CaseId,
}

fn dispute(kind: CaseKind, price_minor: i64) -> Dispute {
    let market = Market::open(5, price_minor);
    let order = market.delivered(1);
    let case = market.apply(kind, order, 1);
    Dispute { market, order, case }
}

impl Dispute {
    fn files(&self, actor: Actor) -> &Self {
        let filing = Filing { words: Some("见说明".into()), ..Filing::default() };
        self.market.store.write_blocking(AddEvidence { actor, case: self.case, filing }).unwrap();
        self
    }

    fn taken(&self) -> &Self {
        assert_eq!(self.market.act(&platform(), self.case, "platform_take", json!({})), "adjudicating");
        self
    }

    fn after(&self, hours: i64) -> String {
        self.market.pass(Millis::hours(hours));
        self.market.state(self.case)
    }

    /// The goods lie at the merchant, who refused them with evidence; the buyer calls the platform.
    fn refused_goods(self) -> Self {
        let (market, case) = (&self.market, self.case);
        market.act(&merchant(), case, "approve", json!({}));
        let back = market.waybill();
        market.act(&buyer(), case, "fill_waybill", json!({ "carrier": "SF", "waybill": back }));
        market.scan(&back, ScanKind::Delivered).unwrap();
        let shot = market.picture(&merchant(), 3);
        market.act(&merchant(), case, "refuse", json!({ "reason": "不是本店商品", "photos": [shot] }));
        assert_eq!(market.act(&buyer(), case, "escalate", json!({})), "adjudicating");
        self
    }
}

#[test]
fn if_nobody_files_evidence_the_buyer_wins() {
    for kind in CaseKind::ALL {
        let dispute = dispute(*kind, DEAR);
        assert_eq!(dispute.taken().after(72), "refunding", "{kind:?}");
        assert_eq!(dispute.market.refund_arrives(dispute.case), DEAR);
        assert_eq!(dispute.market.state(dispute.order), "closed");
        dispute.market.check();
    }
}

#[test]
fn a_merchant_without_evidence_loses_to_a_buyer_with_some() {
    let dispute = dispute(CaseKind::RefundOnly, DEAR);
    assert_eq!(dispute.taken().files(buyer()).after(72), "refunding");
}

#[test]
fn a_buyer_without_evidence_loses() {
    for kind in CaseKind::ALL {
        let dispute = dispute(*kind, CHEAP);
        assert_eq!(dispute.taken().files(merchant()).after(72), "closed", "{kind:?}");
        assert_eq!(dispute.market.state(dispute.order), "delivered");
    }
}

#[test]
fn with_evidence_of_both_a_person_is_assigned_first() {
    let dispute = dispute(CaseKind::RefundOnly, CHEAP);
    assert_eq!(dispute.taken().files(merchant()).files(buyer()).after(72), "adjudicating");
    assert_eq!(dispute.market.row(dispute.case).assigned_to, Some(ADJUDICATOR));
    assert_eq!(dispute.market.act(&platform(), dispute.case, "for_merchant", json!({})), "closed");
}

#[test]
fn up_to_the_limit_a_tie_goes_to_the_buyer() {
    for kind in CaseKind::ALL {
        let dispute = dispute(*kind, CHEAP);
        assert_eq!(dispute.taken().files(merchant()).files(buyer()).after(144), "refunding", "{kind:?}");
    }
}

#[test]
fn above_the_limit_a_tie_is_return_and_refund() {
    for kind in [CaseKind::RefundOnly, CaseKind::Exchange] {
        let dispute = dispute(kind, DEAR);
        assert_eq!(dispute.taken().files(merchant()).files(buyer()).after(144), "closed", "{kind:?}");
        let order = dispute.order;
        let last = dispute.market.read(move |tx| xr_aftersales::queries::of_order(tx, order)).pop().unwrap();
        assert_eq!((last.kind, last.source_case), (CaseKind::ReturnRefund, Some(dispute.case)));
        assert_eq!(dispute.market.state(last.case_id), "awaiting_return");
        dispute.market.check();
    }
    let dispute = dispute(CaseKind::ReturnRefund, DEAR);
    assert_eq!(dispute.taken().files(merchant()).files(buyer()).after(144), "awaiting_return");
}

#[test]
fn goods_never_shipped_cannot_be_asked_back_and_are_paid_for_once() {
    let market = Market::open(5, DEAR);
    let order = market.paid(1, 0);
    let case = market.apply(CaseKind::RefundOnly, order, 1);
    let dispute = Dispute { market, order, case };
    dispute.taken().files(merchant()).files(buyer());
    assert_eq!(dispute.market.refused(&platform(), case, "return_needed", json!({})), "aftersales.not_shipped");
    assert_eq!(dispute.after(119), "adjudicating");
    assert_eq!(dispute.after(1), "adjudicating");
    assert_eq!(dispute.market.state(order), "cancelling", "the merchant never shipped: the order gives the money back");
    // The tie goes to the buyer, for whom nothing is left to refund.
    assert_eq!(dispute.after(24), "refunded");
    let refunds = dispute.market.read(move |tx| xr_payments::queries::refunds_of(tx, order));
    assert_eq!(refunds.iter().map(|r| r.amount_minor).sum::<i64>(), DEAR);
    dispute.market.check();
}

#[test]
fn a_buyer_whose_parcel_was_fetched_and_who_never_says_a_word_gets_the_goods_back() {
    for kind in [CaseKind::ReturnRefund, CaseKind::Exchange] {
        let dispute = dispute(kind, CHEAP);
        let (market, case) = (&dispute.market, dispute.case);
        market.act(&merchant(), case, "approve", json!({}));
        market.act(&buyer(), case, "book_pickup", json!({ "carrier": "SF" }));
        let back = market.waybill();
        market.scan_of(&back, ScanKind::Collected, market.now(), Some(case)).unwrap();
        market.scan(&back, ScanKind::Delivered).unwrap();
        let shot = market.picture(&merchant(), 3);
        market.act(&merchant(), case, "refuse", json!({ "reason": "不是本店商品", "photos": [shot] }));
        assert_eq!(market.act(&buyer(), case, "escalate", json!({})), "adjudicating");
        assert_eq!(dispute.after(72), "sending_back", "{kind:?}");
        dispute.market.check();
    }
}

#[test]
fn the_return_waybill_is_evidence_of_the_buyer() {
    let dispute = dispute(CaseKind::ReturnRefund, CHEAP).refused_goods();
    assert_eq!(dispute.after(72), "adjudicating", "both filed: a person first");
    assert_eq!(dispute.after(72), "refunding");
    assert_eq!(dispute.market.available(), 5, "the goods that lie at the merchant are booked back");
    dispute.market.check();
}

#[test]
fn goods_at_the_merchant_go_back_to_a_buyer_who_loses() {
    let dispute = dispute(CaseKind::Exchange, CHEAP).refused_goods();
    let (market, case) = (&dispute.market, dispute.case);
    assert_eq!(market.refused(&platform(), case, "for_merchant", json!({})), "aftersales.goods_at_merchant");
    assert_eq!(market.refused(&platform(), case, "return_needed", json!({})), "aftersales.already_returned");
    assert_eq!(market.act(&platform(), case, "send_back", json!({})), "sending_back");
    let parcel = json!({ "carrier": "SF", "waybill": market.waybill() });
    assert_eq!(market.act(&merchant(), case, "sent_back", parcel), "closed");
    assert_eq!(market.available(), 4, "nothing is promised any more");
    market.check();
}

#[test]
fn a_merchant_who_does_not_send_the_goods_back_pays() {
    let dispute = dispute(CaseKind::ReturnRefund, CHEAP).refused_goods();
    dispute.market.act(&platform(), dispute.case, "send_back", json!({}));
    assert_eq!(dispute.after(48), "refunding");
    assert_eq!(dispute.market.available(), 5);
}
