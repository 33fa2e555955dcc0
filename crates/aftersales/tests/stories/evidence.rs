//! Pictures, words and contacts.

use crate::market::*;
use serde_json::json;
use xr_aftersales::{
    AddEvidence, CaseKind, Channel, Filing, NewContact, RecordContact, ReturnAddress, SetReturnAddress,
};
use xr_base::{Actor, CaseId, Fault, Millis, Party};

fn open_case() -> (Market, CaseId) {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply(CaseKind::ReturnRefund, order, 1);
    (market, case)
}

fn file(market: &Market, actor: &Actor, case: CaseId, photos: &[&str], words: Option<&str>) -> Result<i64, Fault> {
    let photos = photos.iter().map(|p| (*p).to_owned()).collect();
    let filing = Filing { photos, words: words.map(str::to_owned) };
    market.store.write_blocking(AddEvidence { actor: actor.clone(), case, filing })
}

#[test]
fn one_may_only_show_pictures_that_one_sent_in() {
    let (market, case) = open_case();
    let shot = market.picture(&buyer(), 1);
    assert_eq!(code(file(&market, &merchant(), case, &[&shot], None)), "aftersales.no_such_picture");
    assert_eq!(file(&market, &buyer(), case, &[&shot], None).unwrap(), 1);
    assert_eq!(file(&market, &buyer(), case, &[&shot], None).unwrap(), 1, "the same picture twice is one piece");
    // The same bytes from another person are theirs too.
    assert_eq!(market.picture(&merchant(), 1), shot);
    assert_eq!(file(&market, &merchant(), case, &[&shot], None).unwrap(), 1);
    let bytes = market.read({
        let (blobs, shot) = (market.store.blobs().clone(), shot.clone());
        move |tx| blobs.load(tx, &shot)
    });
    assert!(bytes.is_some_and(|b| b.starts_with(b"\x89PNG")));
}

#[test]
fn evidence_is_counted_by_party_and_bounded() {
    let (market, case) = open_case();
    for number in 1..=50 {
        assert_eq!(file(&market, &buyer(), case, &[], Some(&format!("第{number}点"))).unwrap(), number);
    }
    assert_eq!(code(file(&market, &buyer(), case, &[], Some("再说"))), "aftersales.too_much_evidence");
    assert_eq!(file(&market, &merchant(), case, &[], Some("一点")).unwrap(), 1);
    let filed = market.read(move |tx| xr_aftersales::queries::evidence(tx, case));
    assert_eq!(filed.iter().filter(|e| e.party == Party::Buyer).count(), 50);
}

#[test]
fn empty_or_endless_words_are_no_evidence() {
    let (market, case) = open_case();
    assert_eq!(code(file(&market, &buyer(), case, &[], None)), "aftersales.bad_input");
    assert_eq!(code(file(&market, &buyer(), case, &[], Some("  "))), "aftersales.bad_input");
    assert_eq!(code(file(&market, &buyer(), case, &[], Some(&"长".repeat(501)))), "aftersales.bad_input");
    assert_eq!(file(&market, &buyer(), case, &[], Some(&"长".repeat(500))).unwrap(), 1);
}

#[test]
fn strangers_and_the_late_file_nothing() {
    let (market, case) = open_case();
    assert_eq!(code(file(&market, &other_buyer(), case, &[], Some("我"))), "case.not_found");
    assert_eq!(code(file(&market, &foreign_merchant(), case, &[], Some("我"))), "case.not_found");
    market.act(&buyer(), case, "withdraw", json!({}));
    assert_eq!(code(file(&market, &buyer(), case, &[], Some("晚了"))), "aftersales.ended");
}

fn contact(market: &Market, actor: &Actor, case: CaseId, hours_ago: i64) -> Result<xr_base::RowId, Fault> {
    let at = market.now() - Millis::hours(hours_ago);
    let contact = NewContact { channel: Channel::Phone, at, note: "电话沟通".into() };
    market.store.write_blocking(RecordContact { actor: actor.clone(), case, contact })
}

fn has_contact(market: &Market, case: CaseId) -> bool {
    market.read(move |tx| {
        let engine = xr_case::engine::Engine::from_tx(tx)?;
        let kind = engine.kind("return_refund").unwrap();
        let found = xr_case::engine::get(tx, case)?;
        let facts = kind.facts(tx, &found, xr_case::FactSet::all(kind.vocabulary()))?;
        Ok(facts.get("contacted_buyer") == Some(&xr_case::FactValue::Bool(true)))
    })
}

#[test]
fn a_contact_in_the_very_minute_of_the_application_counts() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    market.pass(Millis(30_000));
    let case = market.apply(CaseKind::ReturnRefund, order, 1);
    market.pass(Millis(10_000));
    let named = |at| NewContact { channel: Channel::Phone, at, note: "电话沟通".into() };
    let record = |at| market.store.write_blocking(RecordContact { actor: merchant(), case, contact: named(at) });
    let minute = market.now() - Millis(40_000);
    assert_eq!(code(record(minute - Millis(1))), "aftersales.contact_time", "the minute before");
    record(minute).unwrap();
    assert!(has_contact(&market, case));
}

#[test]
fn a_contact_counts_until_the_buyer_changes_the_application() {
    let (market, case) = open_case();
    market.pass(Millis::hours(5));
    assert!(!has_contact(&market, case));
    assert_eq!(code(contact(&market, &merchant(), case, 6)), "aftersales.contact_time", "before the application");
    assert_eq!(code(contact(&market, &merchant(), case, -1)), "aftersales.contact_time", "ahead");
    assert_eq!(code(contact(&market, &buyer(), case, 0)), "case.forbidden");
    assert_eq!(code(contact(&market, &foreign_merchant(), case, 0)), "case.not_found");
    contact(&market, &merchant(), case, 1).unwrap();
    assert!(has_contact(&market, case));
    market.act(&buyer(), case, "modify", json!({ "reason": "damaged" }));
    assert!(!has_contact(&market, case), "the buyer asks for something else now");
    let known = market.read(move |tx| xr_aftersales::queries::contacts(tx, case));
    assert_eq!((known.len(), known[0].channel), (1, Channel::Phone));
}

fn set_address(market: &Market, actor: Actor, address: &str) -> Result<u64, Fault> {
    let new = ReturnAddress { shop: SHOP, address: address.to_owned() };
    market.store.write_blocking(SetReturnAddress { actor, merchant_org: ORG, new })
}

#[test]
fn a_shop_that_names_its_return_address_late_tells_it_to_the_cases_that_wait_for_it() {
    let (market, case) = open_case();
    market.act(&merchant(), case, "approve", json!({}));
    assert_eq!(market.row(case).return_address.as_deref(), Some(""));
    assert_eq!(code(set_address(&market, foreign_merchant(), "别处")), "case.forbidden");
    assert_eq!(set_address(&market, merchant(), "杭州市余杭区仓前街道1号 李四 13900000000").unwrap(), 1);
    assert!(market.row(case).return_address.is_some_and(|a| a.starts_with("杭州")));
    assert_eq!(set_address(&market, merchant(), "新地址").unwrap(), 0, "what was told stays told");
    let events = market.read(move |tx| Ok(xr_store::events::after(tx, xr_base::Scope::Platform, 0, 1_000)?));
    let about: Vec<&str> = events.iter().filter(|e| e.case_id == Some(case)).map(|e| e.kind.as_str()).collect();
    assert!(about.contains(&"aftersales.return_address_missing"), "{about:?}");
    assert!(events.iter().all(|e| !e.body.contains("李四")), "no personal data in events");
}

#[test]
fn under_a_pack_that_asks_for_both_evidence_without_a_contact_is_not_enough() {
    let market = Market::open(5, 9_900);
    let order = market.delivered(1);
    let case = market.apply_under("kuaishou-goods", CaseKind::Exchange, order);
    let shot = market.picture(&merchant(), 1);
    let shown = json!({ "reason": "人为损坏", "photos": [shot] });
    let refused = market.refused(&merchant(), case, "reject", shown.clone());
    assert_eq!(refused, "aftersales.reject_needs_evidence");
    contact(&market, &merchant(), case, 0).unwrap();
    assert_eq!(market.refused(&merchant(), case, "reject", json!({ "reason": "无图" })), refused);
    assert_eq!(market.act(&merchant(), case, "reject", shown), "rejected");
}
