//! Everybody at once: stock and money are given away once and no more.

use crate::scene::{at_once, persist};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use xr_base::{Millis, SkuId};
use xr_testkit::http::{Ask, Reply};
use xr_tests::http::{Node, Web, fresh, on_both};

fn order(web: &Web, token: &str, lines: &[(SkuId, i64)]) -> Ask {
    Ask::new("POST /v1/orders").by(token).keyed(&fresh("race-")).json(&web.cart(lines).to_string())
}

/// `count` buyers want one piece each, at the servers in turn; gives how many got which answer.
fn rush(web: &Web, addresses: &[&str], (count, stock): (usize, i64)) -> BTreeMap<(u16, String), usize> {
    let sku = web.sku(stock);
    let asks: Vec<Ask> = web.buyers(count).iter().map(|token| order(web, token, &[(sku, 1)])).collect();
    let job = |(index, ask): (usize, Ask)| move || persist(addresses[index % addresses.len()], &ask);
    let replies = at_once(64, asks.iter().cloned().enumerate().map(job).collect());
    // Whoever asks again with the same key is told the same.
    for (ask, first) in asks.iter().zip(&replies).take(20) {
        let again = persist(addresses[0], ask);
        assert_eq!((again.status, code(&again)), (first.status, code(first)));
    }
    assert_eq!(web.stock(sku), (stock, stock));
    web.assert_sound();
    let mut counts = BTreeMap::new();
    for reply in &replies {
        *counts.entry((reply.status, code(reply))).or_insert(0) += 1;
    }
    counts
}

/// The code of a problem; empty for an answer.
fn code(reply: &Reply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    body["code"].as_str().unwrap_or("").to_owned()
}

fn sold_out(sold: usize, refused: usize) -> BTreeMap<(u16, String), usize> {
    [((200, String::new()), sold), ((409, "inventory.out_of_stock".to_owned()), refused)].into()
}

#[test]
fn fifty_buyers_for_the_last_ten_units_make_ten_orders() {
    on_both(|web| assert_eq!(rush(web, &[&web.node.address], (50, 10)), sold_out(10, 40)));
}

#[test]
fn fifty_buyers_at_two_servers_of_one_database_make_ten_orders() {
    let Some(web) = Web::postgres() else { return };
    let second = Node::start(&web.location);
    assert_eq!(rush(&web, &[&web.node.address, &second.address], (50, 10)), sold_out(10, 40));
    eprintln!("run again: {} and {}", web.node.store.stats().retries, second.store.stats().retries);
}

#[test]
fn two_thousand_buyers_for_a_hundred_units_make_a_hundred_orders() {
    let web = Web::sqlite();
    assert_eq!(rush(&web, &[&web.node.address], (2_000, 100)), sold_out(100, 1_900));
}

#[test]
fn carts_in_opposite_order_with_cancels_and_time_outs_leave_the_stock_as_it_was() {
    on_both(|web| cross_carts(web, &[&web.node]));
    if let Some(web) = Web::postgres() {
        let second = Node::start(&web.location);
        cross_carts(&web, &[&web.node, &second]);
        eprintln!("run again: {} and {}", web.node.store.stats().retries, second.store.stats().retries);
    }
}

/// 96 carts of two units, half of them the other way round, for 40 pieces; some are called off, the rest times out.
fn cross_carts(web: &Web, nodes: &[&Node]) {
    let (a, b, tokens) = (web.sku(40), web.sku(40), web.buyers(8));
    let job = |index: usize| {
        let (token, node) = (&tokens[index % tokens.len()], nodes[index % nodes.len()]);
        let lines = if index.is_multiple_of(2) { [(a, 1), (b, 1)] } else { [(b, 1), (a, 1)] };
        let ask = order(web, token, &lines);
        move || {
            let reply = persist(&node.address, &ask);
            if reply.status == 200 && index.is_multiple_of(3) {
                let placed: Value = serde_json::from_slice(&reply.body).unwrap();
                let path = format!("POST /v1/cases/{}/acts", placed["order"].as_str().unwrap());
                let cancel = Ask::new(&path).by(token).keyed(&fresh("cancel-")).json(r#"{"event":"cancel"}"#);
                let cancelled = persist(&node.address, &cancel);
                // The time-out may have been first.
                assert!(matches!(cancelled.status, 200 | 409), "{}", cancelled.text());
            }
            if index == 48 {
                advance(nodes, 31);
            }
            reply
        }
    };
    let replies = at_once(16, (0..96).map(job).collect());
    for reply in &replies {
        assert!(reply.status == 200 || code(reply) == "inventory.out_of_stock", "{}", reply.text());
    }
    assert!(replies.iter().filter(|r| r.status == 200).count() >= 40);
    advance(nodes, 31);
    let is_back = || web.stock(a) == (40, 0) && web.stock(b) == (40, 0);
    wait_until(&is_back);
    web.assert_sound();
}

fn advance(nodes: &[&Node], minutes: i64) {
    for node in nodes {
        node.advance(Millis::minutes(minutes));
    }
}

fn wait_until(is_so: &dyn Fn() -> bool) {
    let begin = std::time::Instant::now();
    while !is_so() {
        assert!(begin.elapsed().as_secs() < 20, "it did not come");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn two_hundred_refunds_at_once_give_back_what_was_captured_and_no_more() {
    on_both(|web| refunds_at_once(web, &[&web.node]));
    if let Some(web) = Web::postgres() {
        let second = Node::start(&web.location);
        refunds_at_once(&web, &[&web.node, &second]);
    }
}

/// One payment of an order of 100 lines: the merchant grants every application twice at once, while the buyer's cancellation
/// is granted as well, which asks for everything that is left.
fn refunds_at_once(web: &Web, nodes: &[&Node]) {
    let (buyer, merchant) = (web.token("buyer"), web.token("shop"));
    let lines: Vec<(SkuId, i64)> = (0..100).map(|_| (web.sku(1), 1)).collect();
    let bought = web.buy(&buyer, &lines);
    web.pay(&buyer, &bought);
    let view = web.done(&buyer, &format!("GET /v1/orders/{}", bought.order), &Value::Null);
    let ids: Vec<&str> = view["lines"].as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
    let cases: Vec<String> =
        ids.iter().map(|line| crate::scene::Scene::apply(web, &buyer, (&bought.order, line), &[])).collect();
    let act = |token: &str, case: &str, event: &str| {
        let body = json!({ "event": event }).to_string();
        Ask::new(&format!("POST /v1/cases/{case}/acts")).by(token).keyed(&fresh("refund-")).json(&body)
    };
    persist(&web.node.address, &act(&buyer, &bought.order, "cancel_request"));
    let mut asks: Vec<Ask> = (0..200).map(|n| act(&merchant, &cases[n % 100], "approve")).collect();
    asks.insert(60, act(&merchant, &bought.order, "approve_cancel"));
    let job = |(index, ask): (usize, Ask)| move || persist(&nodes[index % nodes.len()].address, &ask);
    let replies = at_once(32, asks.into_iter().enumerate().map(job).collect());
    for reply in &replies {
        assert!(matches!(reply.status, 200 | 409), "{} {}", reply.status, reply.text());
    }
    assert!(replies.iter().filter(|r| r.status == 200).count() > 50);
    settle_refunds(web, nodes, &bought.order, bought.total);
}

/// The provider pays every refund, each notice twice; what went out is what came in.
fn settle_refunds(web: &Web, nodes: &[&Node], order: &str, total: i64) {
    let order: xr_base::CaseId = order.parse().unwrap();
    let refunds = web.node.store.read_blocking(move |tx| xr_payments::queries::refunds_of(tx, order)).unwrap();
    assert_eq!(refunds.iter().map(|r| r.amount_minor).sum::<i64>(), total);
    // They are sent after five minutes.
    advance(nodes, 6);
    let is_sent = |case| move |tx: &mut xr_store::Tx<'_>| Ok(xr_case::engine::get(tx, case)?.state == "sending");
    wait_until(&|| refunds.iter().all(|r| web.node.store.read_blocking(is_sent(r.case_id)).unwrap()));
    let mut moved = 0;
    for refund in &refunds {
        for _ in 0..2 {
            let reply = web.notice("refund_succeeded", &refund.case_id.to_string(), refund.amount_minor);
            assert_eq!(reply.status, 200, "{}", reply.text());
            moved += usize::from(reply.text() == "\"moved\"");
        }
    }
    assert_eq!(moved, refunds.len());
    let legs = web.node.store.read_blocking(move |tx| xr_payments::ledger::legs_of_payable(tx, order)).unwrap();
    let sum = |kind: &str| legs.iter().filter(|l| l.kind == kind).map(|l| l.amount_minor.max(0)).sum::<i64>();
    assert_eq!((sum("capture"), sum("refund")), (total, total));
    web.assert_sound();
}
