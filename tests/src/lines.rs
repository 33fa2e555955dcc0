//! What different cases do to the lines of one order at once.

use crate::http::{Bought, fresh};
use crate::rush::{Servers, act, at_once, persist};
use serde_json::{Value, json};
use xr_base::{CaseId, SkuId};
use xr_testkit::http::{Ask, Reply};

impl Servers<'_> {
    fn paid(&self, buyer: &str, skus: &[SkuId]) -> Bought {
        let lines: Vec<(SkuId, i64)> = skus.iter().map(|sku| (*sku, 1)).collect();
        let bought = self.web.buy(buyer, &lines);
        self.pay(buyer, &bought);
        bought
    }

    /// An application for the refund of each line.
    fn applications(&self, buyer: &str, bought: &Bought) -> Vec<String> {
        let view = self.web.done(buyer, &format!("GET /v1/orders/{}", bought.order), &Value::Null);
        let lines = view["lines"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap());
        lines.map(|line| self.web.apply(buyer, (&bought.order, line), &[])).collect()
    }

    /// The merchant ships an order and grants the refund of its line at the same moment: goods leave or stay, never both.
    /// Half of the units are of a kind whose stock is not kept.
    pub fn shipped_or_stopped(&self) -> Vec<String> {
        let (buyer, merchant) = (self.web.token("buyer"), self.web.token("shop"));
        let mut wrong = Vec::new();
        for n in 0..20 {
            let sku = if n % 2 == 0 { self.web.sku(2) } else { self.web.untracked_sku() };
            let (bought, _waiting) = (self.paid(&buyer, &[sku]), self.web.buy(&buyer, &[(sku, 1)]));
            let case = self.applications(&buyer, &bought).remove(0);
            let replies = self.both([ship(&merchant, &bought.order), act(&merchant, &case, "approve")]);
            wrong.extend(replies.iter().filter(|r| !matches!(r.status, 200 | 409)).map(Reply::text));
            let order: CaseId = bought.order.parse().unwrap();
            let line = self.read(move |tx| xr_orders::queries::lines(tx, order)).remove(0);
            if line.shipped + line.stopped != 1 {
                wrong.push(format!("{} shipped and {} stopped of 1", line.shipped, line.stopped));
            }
        }
        wrong.extend(self.web.broken());
        wrong
    }

    fn both(&self, asks: [Ask; 2]) -> Vec<Reply> {
        let job = |(index, ask): (usize, Ask)| move || persist(self.at(index), &ask);
        at_once(2, asks.into_iter().enumerate().map(job).collect())
    }
}

fn ship(merchant: &str, order: &str) -> Ask {
    let input = json!({ "carrier": "SF", "waybill": fresh("SF000000") });
    let body = json!({ "event": "ship_all", "input": input }).to_string();
    Ask { body: body.into_bytes(), ..act(merchant, order, "ship_all") }
}
