//! Clients that place orders and call them off, and remember what they were told.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use xr_testkit::http::{Ask, Reply};

/// Somebody's session in the demo market, and what they buy.
pub(crate) struct Shop {
    tokens: Vec<String>,
    goods: Vec<(String, String)>,
}

pub(crate) fn read(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_else(|_| panic!("no JSON: {}", reply.text()))
}

pub(crate) fn log_in(address: &str, login: &str) -> String {
    let body = json!({ "login": login, "password": "demo" }).to_string();
    let reply = Ask::new("POST /v1/session").json(&body).send(address).unwrap();
    let cookie = reply.header("set-cookie").split(';').next().unwrap();
    cookie.split_once('=').unwrap_or_else(|| panic!("{}", reply.text())).1.to_owned()
}

impl Shop {
    /// Every buyer logs in once; sessions outlive the kills.
    pub(crate) fn open(address: &str) -> Self {
        let tokens: Vec<String> = ["lin", "wang", "zhao", "sun"].map(|login| log_in(address, login)).into();
        let staff = log_in(address, "op");
        let get = |path: &str| read(&Ask::new(&format!("GET {path}")).by(&staff).send(address).unwrap());
        let mut goods = Vec::new();
        for shop in get("/v1/shops")["items"].as_array().unwrap() {
            let shop = shop["id"].as_str().unwrap();
            for sku in get(&format!("/v1/shops/{shop}/skus"))["items"].as_array().unwrap() {
                goods.push((shop.to_owned(), sku["id"].as_str().unwrap().to_owned()));
            }
        }
        Self { tokens, goods }
    }

    /// Every order of these buyers with its state.
    pub(crate) fn orders(&self, address: &str) -> BTreeMap<String, String> {
        let mut orders = BTreeMap::new();
        for token in &self.tokens {
            let mut path = "GET /v1/orders?limit=200".to_owned();
            loop {
                let page = read(&Ask::new(&path).by(token).send(address).unwrap());
                for order in page["items"].as_array().unwrap() {
                    let text = |name: &str| order[name].as_str().unwrap().to_owned();
                    assert_eq!(orders.insert(text("id"), text("state")), None, "twice in the list");
                }
                let Some(next) = page["next"].as_str() else { break };
                path = format!("GET /v1/orders?limit=200&after={next}");
            }
        }
        orders
    }

    pub(crate) fn place(&self, n: usize) -> Ask {
        let (shop, sku) = &self.goods[n % self.goods.len()];
        let body = json!({
            "shop": shop, "lines": [{ "sku": sku, "quantity": 1 }],
            "recipient": { "name": "李雷", "phone": "13800000000", "region": "浙江省杭州市", "address": "文三路 1 号" },
        });
        Ask::new("POST /v1/orders").by(&self.tokens[n % self.tokens.len()]).json(&body.to_string())
    }

    pub(crate) fn cancel(&self, n: usize, order: &str) -> Ask {
        let act = Ask::new(&format!("POST /v1/cases/{order}/acts")).by(&self.tokens[n % self.tokens.len()]);
        act.json(r#"{"event":"cancel"}"#)
    }
}

/// A request with its key, and what the client was told before the server died.
struct Told {
    ask: Ask,
    reply: Option<Reply>,
    /// The order that it calls off; none for placing.
    cancels: Option<String>,
}

/// What all clients did.
#[derive(Default)]
pub(crate) struct Load {
    told: Mutex<Vec<Told>>,
    acknowledged: AtomicUsize,
    in_flight: AtomicUsize,
}

/// What became of it.
pub(crate) struct Settled {
    /// Every order that some key stands for, with the state it must be in.
    pub(crate) orders: BTreeMap<String, String>,
    pub(crate) acknowledged: usize,
    /// Of the requests without an answer: done, and not done before.
    pub(crate) fates: String,
}

fn key() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("kill-{}-{}", std::process::id(), NEXT.fetch_add(1, SeqCst))
}

impl Load {
    /// One client, until the server is gone: two of three orders are called off, so goods do not run out.
    pub(crate) fn run(&self, shop: &Shop, address: &str, client: usize) {
        for turn in 0_usize.. {
            let n = client + turn * 7;
            let Some(placed) = self.tell(shop.place(n).keyed(&key()), None, address) else { return };
            let Some(order) = order_of(&placed) else { continue };
            if turn % 3 != 0 {
                let ask = shop.cancel(n, &order).keyed(&key());
                if self.tell(ask, Some(order), address).is_none() {
                    return;
                }
            }
        }
    }

    /// Sends and remembers; none when no whole answer came.
    fn tell(&self, ask: Ask, cancels: Option<String>, address: &str) -> Option<Reply> {
        let reply = loop {
            self.in_flight.fetch_add(1, SeqCst);
            let reply = ask.send(address).ok();
            if reply.is_none() {
                // Still counted as in flight: it never came back.
                break None;
            }
            self.in_flight.fetch_sub(1, SeqCst);
            if reply.as_ref().is_some_and(|r| r.status != 503) {
                break reply;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        self.acknowledged.fetch_add(usize::from(is_done(reply.as_ref())), SeqCst);
        // After a failure of the server nobody knows whether it was done.
        let kept = reply.clone().filter(|reply| reply.status < 500);
        self.told.lock().unwrap().push(Told { ask, reply: kept, cancels });
        reply
    }

    /// How many requests were answered so far.
    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.load(SeqCst)
    }

    /// Orders that clients were told of so far.
    pub(crate) fn placed(&self) -> BTreeSet<String> {
        let told = self.told.lock().unwrap();
        told.iter().filter(|told| told.cancels.is_none()).filter_map(|told| order_of(told.reply.as_ref()?)).collect()
    }

    /// Until so many were answered and so many are under way, or a minute is over; gives the latter.
    pub(crate) fn wait_for(&self, acknowledged: usize, in_flight: usize) -> usize {
        let begin = xr_base::Stopwatch::start();
        loop {
            let now = self.in_flight.load(SeqCst);
            let is_enough = self.acknowledged.load(SeqCst) >= acknowledged && now >= in_flight;
            if is_enough || begin.elapsed() > Duration::from_mins(1) {
                return now;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Asks again under every key: who was answered hears the same, and the others now hear something that stays.
    pub(crate) fn settle(self, shop: &Shop, address: &str) -> Settled {
        let (mut orders, mut acknowledged, mut fates) = (BTreeMap::new(), 0, BTreeMap::new());
        let before = shop.orders(address);
        for Told { ask, reply, cancels } in self.told.into_inner().unwrap() {
            if let (Some(order), true) = (&cancels, is_done(reply.as_ref())) {
                assert_eq!(before[order], "closed", "the cancellation of {order} was told and is lost");
            }
            let again = ask.send(address).unwrap();
            match &reply {
                Some(first) if cancels.is_none() => assert_eq!(said(first), said(&again)),
                Some(first) => assert_eq!(first.status, again.status),
                None => {
                    let once_more = ask.send(address).unwrap();
                    assert_eq!((again.status, order_of(&again)), (once_more.status, order_of(&once_more)));
                    let was_done = match &cancels {
                        Some(order) => before.get(order).is_some_and(|state| state == "closed"),
                        None => order_of(&again).is_some_and(|order| before.contains_key(&order)),
                    };
                    *fates.entry(if was_done { "done before the kill" } else { "not done" }).or_insert(0) += 1;
                }
            }
            acknowledged += usize::from(is_done(reply.as_ref()));
            assert!(matches!(again.status, 200 | 409), "{}", again.text());
            if again.status == 200 {
                let order = cancels.clone().or_else(|| order_of(&again)).unwrap();
                let state = if cancels.is_some() { "closed" } else { "pending_payment" };
                orders.insert(order, state.to_owned());
            }
        }
        Settled { orders, acknowledged, fates: format!("without an answer: {fates:?}") }
    }
}

fn is_done(reply: Option<&Reply>) -> bool {
    reply.is_some_and(|r| r.status == 200)
}

/// Status and body but for the name of the request, which is another each time.
fn said(reply: &Reply) -> (u16, Value) {
    let mut body = read(reply);
    body.as_object_mut().unwrap().shift_remove("instance");
    (reply.status, body)
}

pub(crate) fn order_of(placed: &Reply) -> Option<String> {
    if placed.status != 200 {
        return None;
    }
    read(placed)["order"].as_str().map(str::to_owned)
}
