//! Everybody at once at one or more servers: what was given away must be what there was. Each rush gives what it found wrong,
//! so that a test can also see that a build which does it wrongly is noticed.

use crate::http::{Bought, Web, fresh};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use xr_base::{CaseId, Millis, SkuId};
use xr_payments::queries;
use xr_store::Tx;
use xr_testkit::http::{Ask, Reply};

/// Runs the jobs on `width` threads at once; gives their answers in order of the jobs.
pub fn at_once<T: Send, J: FnOnce() -> T + Send>(width: usize, jobs: Vec<J>) -> Vec<T> {
    let count = jobs.len();
    let queue = std::sync::Mutex::new(jobs.into_iter().enumerate());
    let answers = std::sync::Mutex::new((0..count).map(|_| None).collect::<Vec<Option<T>>>());
    let worker = || {
        loop {
            let next = queue.lock().unwrap().next();
            let Some((index, job)) = next else { return };
            let answer = job();
            answers.lock().unwrap()[index] = Some(answer);
        }
    };
    std::thread::scope(|scope| (0..width.min(count)).for_each(|_| drop(scope.spawn(worker))));
    answers.into_inner().unwrap().into_iter().map(Option::unwrap).collect()
}

/// Sends until the server has time for it: a 503 is repeated with the same key, as clients must.
pub fn persist(address: &str, ask: &Ask) -> Reply {
    loop {
        let reply = ask.send(address).unwrap();
        if reply.status != 503 {
            return reply;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Looks again until it is so.
///
/// # Panics
/// It does not come within half a minute.
pub fn wait_until(is_so: &dyn Fn() -> bool) {
    let begin = xr_base::Stopwatch::start();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(30), "it did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Servers of one database.
pub struct Servers<'a> {
    /// Has the people and the goods, and looks into the database.
    pub web: &'a Web,
    pub addresses: Vec<String>,
    /// Moves the business time of all of them.
    pub advance: Box<dyn Fn(Millis) + Sync + 'a>,
    /// Whether they play the payment provider themselves, as a demo market does; else the test does.
    pub has_provider: bool,
}

/// How often an answer came, by status and code of the problem.
pub type Answers = BTreeMap<(u16, String), usize>;

/// The code of a problem; empty for an answer.
fn code(reply: &Reply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    body["code"].as_str().unwrap_or("").to_owned()
}

fn count(replies: &[Reply]) -> Answers {
    let mut counts = Answers::new();
    for reply in replies {
        *counts.entry((reply.status, code(reply))).or_insert(0) += 1;
    }
    counts
}

/// Answers when `stock` of `count` buyers get a piece.
fn sold_out(count: usize, stock: usize) -> Answers {
    [((200, String::new()), stock), ((409, "inventory.out_of_stock".to_owned()), count - stock)].into()
}

impl<'a> Servers<'a> {
    /// Servers of this process.
    pub fn of(web: &'a Web, nodes: Vec<&'a crate::http::Node>) -> Self {
        let addresses = nodes.iter().map(|node| node.address.clone()).collect();
        let advance = Box::new(move |by| nodes.iter().for_each(|node| node.advance(by)));
        Self { web, addresses, advance, has_provider: false }
    }

    pub(crate) fn at(&self, index: usize) -> &str {
        &self.addresses[index % self.addresses.len()]
    }

    fn order(&self, token: &str, lines: &[(SkuId, i64)]) -> Ask {
        Ask::new("POST /v1/orders").by(token).keyed(&fresh("race-")).json(&self.web.cart(lines).to_string())
    }

    /// `count` buyers want one piece each of a unit with `stock` pieces, at the servers in turn.
    pub fn buyers(&self, count: usize, stock: usize) -> (Answers, Vec<String>) {
        let sku = self.web.sku(i64::try_from(stock).unwrap());
        let asks: Vec<Ask> = self.web.buyers(count).iter().map(|token| self.order(token, &[(sku, 1)])).collect();
        let job = |(index, ask): (usize, Ask)| move || persist(self.at(index), &ask);
        let replies = at_once(64, asks.iter().cloned().enumerate().map(job).collect());
        let answers = self::count(&replies);
        let mut wrong = Vec::new();
        if answers != sold_out(count, stock) {
            wrong.push(format!("{count} buyers of {stock} were told {answers:?}"));
        }
        // Whoever asks again with the same key is told the same, by any server.
        for (index, (ask, first)) in asks.iter().zip(&replies).enumerate().take(20) {
            let again = persist(self.at(index + 1), ask);
            if (again.status, code(&again)) != (first.status, code(first)) {
                wrong.push(format!("{} and then {} under one key", first.status, again.status));
            }
        }
        let (on_hand, reserved) = self.web.stock(sku);
        if (on_hand, reserved) != (sku_pieces(stock), sku_pieces(stock)) {
            wrong.push(format!("{reserved} of {on_hand} are promised"));
        }
        wrong.extend(self.web.broken());
        (answers, wrong)
    }

    /// 96 carts of two units, half of them the other way round, for 40 pieces; some are called off (at two servers at once),
    /// the rest times out.
    pub fn crossing_carts(&self) -> Vec<String> {
        let (a, b, tokens) = (self.web.sku(40), self.web.sku(40), self.web.buyers(8));
        let job = |index: usize| {
            let token = &tokens[index % tokens.len()];
            let lines = if index.is_multiple_of(2) { [(a, 1), (b, 1)] } else { [(b, 1), (a, 1)] };
            let ask = self.order(token, &lines);
            move || {
                let mut replies = vec![persist(self.at(index), &ask)];
                if replies[0].status == 200 && index.is_multiple_of(3) {
                    let placed: Value = serde_json::from_slice(&replies[0].body).unwrap();
                    replies.extend(self.cancel_twice(token, placed["order"].as_str().unwrap()));
                }
                if index == 48 {
                    (self.advance)(Millis::minutes(31));
                }
                replies
            }
        };
        let replies = at_once(16, (0..96).map(job).collect());
        let orders: Vec<Reply> = replies.iter().map(|r| r[0].clone()).collect();
        let mut wrong = unexpected(&orders, &[(200, ""), (409, "inventory.out_of_stock")]);
        // The time-out may have been first, and one of the two cancellations always is.
        for cancelled in replies.iter().map(|r| &r[1..]).filter(|r| !r.is_empty()) {
            wrong.extend(cancelled.iter().filter(|r| !matches!(r.status, 200 | 409)).map(Reply::text));
            if cancelled.iter().filter(|r| r.status == 200).count() > 1 {
                wrong.push("called off twice".to_owned());
            }
        }
        if orders.iter().filter(|r| r.status == 200).count() < 40 {
            wrong.push("fewer orders than pieces".to_owned());
        }
        (self.advance)(Millis::minutes(31));
        wait_until(&|| self.web.stock(a) == (40, 0) && self.web.stock(b) == (40, 0));
        wrong.extend(self.web.broken());
        wrong
    }

    fn cancel_twice(&self, token: &str, order: &str) -> Vec<Reply> {
        let job = |index| {
            let ask = act(token, order, "cancel");
            move || persist(self.at(index), &ask)
        };
        at_once(2, vec![job(0), job(1)])
    }

    /// One payment of an order of 100 lines: the merchant grants every application twice at once, while the buyer's
    /// cancellation is granted as well, which asks for everything that is left. Somebody else waits for the same goods, so
    /// that a promise which ended twice would be theirs.
    pub fn refunds(&self) -> (Bought, Vec<String>) {
        let web = self.web;
        let (buyer, merchant) = (web.token("buyer"), web.token("shop"));
        let lines: Vec<(SkuId, i64)> = (0..100).map(|_| (web.sku(2), 1)).collect();
        web.buy(&web.token("buyer2"), &lines);
        let bought = web.buy(&buyer, &lines);
        self.pay(&buyer, &bought);
        let view = web.done(&buyer, &format!("GET /v1/orders/{}", bought.order), &Value::Null);
        let ids: Vec<&str> = view["lines"].as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
        let apply = |line: &&str| web.apply(&buyer, (&bought.order, line), &[]);
        let cases: Vec<String> = ids.iter().map(apply).collect();
        persist(self.at(0), &act(&buyer, &bought.order, "cancel_request"));
        let mut asks: Vec<Ask> = (0..200).map(|n| act(&merchant, &cases[n % 100], "approve")).collect();
        asks.insert(60, act(&merchant, &bought.order, "approve_cancel"));
        let job = |(index, ask): (usize, Ask)| move || persist(self.at(index), &ask);
        let replies = at_once(32, asks.into_iter().enumerate().map(job).collect());
        // Who comes second is told that the case moved on, never of stock or money that he cannot know of.
        let mut wrong = unexpected(&replies, &[(200, ""), (409, "case.not_accepted")]);
        if replies.iter().filter(|r| r.status == 200).count() <= 50 {
            wrong.push(format!("most was refused: {:?}", count(&replies)));
        }
        let promised: i64 = self.refunds_of(&bought.order).iter().map(|(_, minor)| minor).sum();
        if promised != bought.total {
            wrong.push(format!("{promised} promised back of {}", bought.total));
        }
        wrong.extend(web.broken());
        (bought, wrong)
    }

    pub(crate) fn pay(&self, buyer: &str, bought: &Bought) {
        if !self.has_provider {
            return self.web.pay(buyer, bought);
        }
        self.web.submit_payment(buyer, bought);
        let (payment, total): (CaseId, i64) = (bought.payment.parse().unwrap(), bought.total);
        wait_until(&|| self.read(move |tx| queries::payment(tx, payment)).captured_minor == total);
    }

    /// Cases and amounts.
    fn refunds_of(&self, order: &str) -> Vec<(CaseId, i64)> {
        let order: CaseId = order.parse().unwrap();
        let refunds = self.read(move |tx| queries::refunds_of(tx, order));
        refunds.into_iter().map(|r| (r.case_id, r.amount_minor)).collect()
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Tx<'_>) -> Result<T, xr_base::Fault> + Send + 'static,
    ) -> T {
        self.web.node.store.read_blocking(query).unwrap()
    }

    /// The provider pays every refund, each notice twice; what went out is what came in.
    pub fn settle_refunds(&self, bought: &Bought) -> Vec<String> {
        let refunds = self.refunds_of(&bought.order);
        let all_are = |wanted: &[&str]| {
            let states = refunds.iter().map(|&(case, _)| self.read(move |tx| xr_case::engine::get(tx, case)).state);
            states.into_iter().all(|state| wanted.contains(&state.as_str()))
        };
        // They are sent after five minutes.
        (self.advance)(Millis::minutes(6));
        let mut wrong = Vec::new();
        if self.has_provider {
            wait_until(&|| all_are(&["succeeded"]));
        } else {
            wait_until(&|| all_are(&["sending"]));
            for (case, minor) in &refunds {
                let told = [(); 2].map(|()| self.web.notice("refund_succeeded", &case.to_string(), *minor).text());
                if told != ["\"moved\"", "\"ignored\""] {
                    wrong.push(format!("notices of {case}: {told:?}"));
                }
            }
        }
        let order: CaseId = bought.order.parse().unwrap();
        let legs = self.read(move |tx| xr_payments::ledger::legs_of_payable(tx, order));
        let sum = |kind: &str| legs.iter().filter(|l| l.kind == kind).map(|l| l.amount_minor.max(0)).sum::<i64>();
        if (sum("capture"), sum("refund")) != (bought.total, bought.total) {
            wrong.push(format!("{} came in, {} went out, of {}", sum("capture"), sum("refund"), bought.total));
        }
        wrong.extend(self.web.broken());
        wrong
    }
}

fn sku_pieces(stock: usize) -> i64 {
    i64::try_from(stock).unwrap()
}

pub(crate) fn act(token: &str, case: &str, event: &str) -> Ask {
    let body = json!({ "event": event }).to_string();
    Ask::new(&format!("POST /v1/cases/{case}/acts")).by(token).keyed(&fresh("act-")).json(&body)
}

fn unexpected(replies: &[Reply], allowed: &[(u16, &str)]) -> Vec<String> {
    let is_allowed = |reply: &&Reply| !allowed.contains(&(reply.status, code(reply).as_str()));
    replies.iter().filter(is_allowed).map(Reply::text).collect()
}
