//! Everybody at once: stock and money are given away once and no more, and a build that reads before it writes is noticed.

use xr_store::Mutant;
use xr_tests::http::{Node, Web, on_both};
use xr_tests::rush::Servers;

const NOTHING: [&str; 0] = [];

/// Runs `test` on one server of each engine, and on two servers of one PostgreSQL database.
fn on_all(test: impl Fn(&Servers<'_>)) {
    on_both(|web| test(&Servers::of(web, vec![&web.node])));
    let Some(web) = Web::postgres() else { return };
    let second = Node::start(&web.location);
    test(&Servers::of(&web, vec![&web.node, &second]));
}

#[test]
fn fifty_buyers_for_the_last_ten_units_make_ten_orders() {
    on_all(|servers| assert_eq!(servers.buyers(50, 10).1, NOTHING));
}

#[test]
fn two_thousand_buyers_for_a_hundred_units_make_a_hundred_orders() {
    on_both(|web| assert_eq!(Servers::of(web, vec![&web.node]).buyers(2_000, 100).1, NOTHING));
}

#[test]
fn carts_in_opposite_order_with_cancels_and_time_outs_leave_the_stock_as_it_was() {
    on_all(|servers| assert_eq!(servers.crossing_carts(), NOTHING));
}

#[test]
fn two_hundred_refunds_at_once_give_back_what_was_captured_and_no_more() {
    on_all(|servers| {
        let (bought, wrong) = servers.refunds();
        assert_eq!(wrong, NOTHING);
        assert_eq!(servers.settle_refunds(&bought), NOTHING);
    });
}

#[test]
fn a_line_is_shipped_or_stopped_but_never_both() {
    on_all(|servers| assert_eq!(servers.shipped_or_stopped(), NOTHING));
}

#[test]
fn a_build_that_reads_stock_and_then_writes_it_sells_too_much_and_is_noticed() {
    for web in Web::mutants(Mutant::StockReadThenWrite) {
        let (answers, wrong) = Servers::of(&web, vec![&web.node]).buyers(50, 10);
        let sold = answers[&(200, String::new())];
        println!("{sold} sold of 10; {wrong:?}");
        assert!(sold > 10 && wrong.len() > 1, "{wrong:?}");
    }
}

#[test]
fn a_build_that_reads_refunds_and_then_writes_them_gives_back_too_much_and_is_noticed() {
    for web in Web::mutants(Mutant::RefundReadThenWrite) {
        let (bought, wrong) = Servers::of(&web, vec![&web.node]).refunds();
        println!("of {}: {wrong:?}", bought.total);
        assert!(wrong.iter().any(|w| w.contains("promised back of")), "{wrong:?}");
    }
}

#[test]
fn every_mutant_is_noticed_by_the_simulator_or_by_a_race() {
    assert_eq!(Mutant::RACES, [Mutant::StockReadThenWrite, Mutant::RefundReadThenWrite], "give a new one a test above");
    assert!(Mutant::ALL.iter().all(|mutant| !Mutant::RACES.contains(mutant)));
}
