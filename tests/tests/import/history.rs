//! What imported rows become: orders that ended, money at its own time, cancellations matched with their sales.

use crate::support::import_lines;
use xr_base::{CaseId, Currency, Instant, OrgId, ShopId};
use xr_case::engine;
use xr_payments::ledger::{Account, balance};
use xr_store::{params, sql};
use xr_tests::{TestMarket, on_both};

/// The order with this number.
fn order(market: &TestMarket, number: &'static str) -> (CaseId, ShopId, OrgId) {
    market.read(move |tx| {
        Ok(tx.one(
            sql!("SELECT case_id, shop_id, merchant_org FROM orders WHERE number = ?1 /* unscoped: a test */"),
            params![number],
        )?)
    })
}

/// Quantity, refunded units, amount and refunded money of an order's lines.
fn lines(market: &TestMarket, number: &'static str) -> Vec<(i64, i64, i64, i64)> {
    let (order, ..) = order(market, number);
    let rows = market.read(move |tx| xr_orders::queries::lines(tx, order));
    rows.iter().map(|line| (line.quantity, line.refunded, line.amount_minor, line.refunded_minor)).collect()
}

fn pence(market: &TestMarket, account: impl Fn(ShopId, OrgId) -> Account, number: &'static str) -> i64 {
    let (_, shop, org) = order(market, number);
    let account = account(shop, org);
    market.read(move |tx| Ok(balance(tx, account, Currency::Gbp)?))
}

#[test]
fn an_imported_order_has_ended_at_its_own_time_and_nothing_waits() {
    on_both(|market| {
        import_lines(market, &["536365,85123A,LANTERN,6,2011-06-01 08:26:00,2.55,17850.0,France"]);
        let (id, ..) = order(market, "OR-536365");
        let case = market.read(move |tx| engine::get(tx, id));
        let at = Instant::parse("2011-06-01T07:26:00Z").unwrap();
        assert_eq!((case.state.as_str(), case.opened_at, case.closed_at), ("finished", at, Some(at)));
        assert_eq!((case.due_at, case.owner_party), (None, None));
        let events: Vec<String> = market.history(id).into_iter().map(|row| row.event).collect();
        assert_eq!(events, ["imported"]);
        assert_eq!(market.read(engine::next_wake), None);
        assert_eq!(pence(market, |_, org| Account::Merchant(org.0), "OR-536365"), -1_530);
        market.assert_sound();
    });
}

#[test]
fn a_cancellation_takes_the_latest_earlier_sales_and_the_rest_is_unmatched() {
    on_both(|market| {
        let report = import_lines(
            market,
            &[
                "1001,22423,CAKESTAND,4,2011-01-01 10:00:00,1.00,7,France",
                "1002,22423,CAKESTAND,4,2011-01-02 10:00:00,1.00,7,France",
                "1003,22423,CAKESTAND,9,2011-01-02 10:00:00,1.00,8,France",
                "1004,22423,CAKESTAND,9,2011-01-09 10:00:00,1.00,7,France",
                "C1005,22423,CAKESTAND,-6,2011-01-05 10:00:00,1.00,7,France",
                "C1006,22423,CAKESTAND,-5,2011-01-06 10:00:00,1.00,7,France",
                "C1007,D,Discount,-1,2011-01-07 10:00:00,12.34,7,France",
            ],
        );
        assert_eq!(lines(market, "OR-1002"), [(4, 4, 400, 400)]);
        assert_eq!(lines(market, "OR-1001"), [(4, 4, 400, 400)]);
        assert_eq!(lines(market, "OR-1003"), [(9, 0, 900, 0)], "another customer's");
        assert_eq!(lines(market, "OR-1004"), [(9, 0, 900, 0)], "it came later");
        let back = report.cancellations;
        assert_eq!((back.rows, back.ambiguous, back.matched, back.unmatched, back.short), (3, 1, 1, 1, 1));
        // Three units of C1006 had no sale left, and the discount never had one.
        assert_eq!(report.unmatched_refunds, "15.34");
        assert_eq!(pence(market, |shop, _| Account::UnmatchedRefunds(shop.0), "OR-1001"), 1_534);
        assert_eq!(pence(market, |_, org| Account::Merchant(org.0), "OR-1001"), -2_600 + 800);
        market.assert_sound();
    });
}

#[test]
fn a_cancellation_in_a_later_file_finds_the_stored_sale() {
    on_both(|market| {
        import_lines(market, &["1001,22423,CAKESTAND,4,2011-01-01 10:00:00,1.00,,France"]);
        let first = import_lines(market, &["C1002,22423,CAKESTAND,-1,2011-01-05 10:00:00,1.00,,France"]);
        assert_eq!(first.cancellations.matched, 1);
        let abroad = import_lines(market, &["C1003,22423,CAKESTAND,-1,2011-01-05 10:00:00,1.00,,Spain"]);
        assert_eq!(abroad.cancellations.unmatched, 1, "the anonymous of another country are others");
        import_lines(market, &["C1004,22423,CAKESTAND,-2,2011-01-06 10:00:00,1.00,,France"]);
        assert_eq!(lines(market, "OR-1001"), [(4, 3, 400, 300)]);
        market.assert_sound();
    });
}

#[test]
fn write_offs_bad_debts_and_rounding_have_their_own_places() {
    on_both(|market| {
        let report = import_lines(
            market,
            &[
                "2001,22423,CAKESTAND,1,2011-01-01 10:00:00,0.005,7,France",
                "2001,22424,BELL,1,2011-01-01 10:00:00,0.005,7,France",
                "2001,22425,GIFT,1,2011-01-01 10:00:00,0,7,France",
                "2002,22423,damaged,-30,2011-01-02 10:00:00,0,,United Kingdom",
                "A2003,B,Adjust bad debt,1,2011-01-03 10:00:00,-50.00,,United Kingdom",
            ],
        );
        let kinds: Vec<(&str, u64)> = report.kinds.iter().map(|(kind, rows)| (*kind, *rows)).collect();
        assert_eq!(kinds, [("bad_debt", 1), ("sale", 3), ("write_off", 1)]);
        assert_eq!((report.orders_new, report.amount.as_str(), report.rounding.as_str()), (1, "-49.99", "-0.01"));
        // Two lines of half a penny round to nothing each; the invoice comes to a penny.
        assert_eq!(pence(market, |shop, _| Account::Rounding(shop.0), "OR-2001"), -1);
        assert_eq!(pence(market, |_, org| Account::Merchant(org.0), "OR-2001"), 0);
        assert_eq!(pence(market, |shop, _| Account::WriteOff(shop.0), "OR-2001"), 5_000);
        market.assert_sound();
    });
}

#[test]
fn fees_and_goods_are_untracked_and_not_for_sale() {
    on_both(|market| {
        import_lines(
            market,
            &[
                "3001,POST,POSTAGE,1,2011-01-01 10:00:00,18.00,7,France",
                "3001,85123a,LANTERN,1,2011-01-01 10:00:00,2.00,7,France",
                "3002,85123A,wrong code?,1,2011-01-02 10:00:00,2.00,7,France",
            ],
        );
        let units: Vec<(String, String, String, i64, i64)> = market.read(|tx| {
            Ok(tx.all(
                sql!(
                    "SELECT s.code, s.title, s.stock_mode, s.listed, i.is_fee FROM skus s
                     JOIN import_skus i ON i.sku_id = s.id ORDER BY s.code /* unscoped: a test */"
                ),
                &[],
            )?)
        });
        let unit = |code: &str, title: &str, fee| (code.to_owned(), title.to_owned(), "untracked".to_owned(), 0, fee);
        assert_eq!(units, [unit("85123A", "LANTERN", 0), unit("POST", "POSTAGE", 1)]);
    });
}
