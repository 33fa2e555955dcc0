//! The product over HTTP: a server of this process on a free port, with people of every role.

pub mod applicants;
pub mod desk;
mod people;
mod setup;

pub use applicants::{Applicant, registered, registration};
pub use people::{PASSWORD, Role};
pub use setup::Setup;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use tokio::sync::watch;
use xiaoer::market::{MarketConfig, open};
use xiaoer::serve::{ServeOptions, application};
use xr_base::calendar::DayTables;
use xr_base::{Clock as _, Millis, OrgId, ShopId, SystemClock, UserId};
use xr_store::{Location, Store};
use xr_testkit::http::{Ask, Reply};
use xr_testkit::postgres_server::FreshDatabase;
use xr_web::{AppState, OsEntropy, WebConfig};

/// Secret of the provider `testpay` and of every carrier.
pub const NOTICE_SECRET: &[u8] = b"a secret of tests only";

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// A text that no other call gave.
pub fn fresh(prefix: &str) -> String {
    format!("{prefix}{}", COUNTER.fetch_add(1, SeqCst))
}

/// One running server.
pub struct Node {
    pub store: Store,
    pub state: AppState,
    pub address: String,
    pub clock: Arc<SystemClock>,
    stop: watch::Sender<bool>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Node {
    /// Opens `location` and serves it; business time stands still at [`crate::START`].
    pub fn start(location: &Location) -> Self {
        Self::start_with(location, Setup::default())
    }

    pub fn start_with(location: &Location, setup: Setup) -> Self {
        let clock = Arc::new(SystemClock::real());
        clock.set(clock.wall(), setup.now, 0);
        let store = open(MarketConfig {
            location: location.clone(),
            clock: clock.clone(),
            secret: [7; 32],
            instance: fresh(&format!("test-{}-", std::process::id())),
            days: DayTables::shipped().clone(),
            sealing: xiaoer::keys::repeatable(),
            ext: setup.ext,
        })
        .unwrap();
        let carriers = xr_logistics::carriers::carriers().iter().map(|c| c.code.clone());
        let options = ServeOptions {
            location: location.clone(),
            days: DayTables::shipped().clone(),
            listen: String::new(),
            key: [7; 32],
            sealing: xiaoer::keys::repeatable(),
            web: WebConfig { is_demo: true, live: setup.live, ..WebConfig::default() },
            payment_provider: "testpay".to_owned(),
            import_bytes: xr_imports::UPLOAD_BYTES,
            webhooks_reach: setup.webhooks_reach,
            notice_secrets: carriers.chain(["testpay".to_owned()]).map(|n| (n, NOTICE_SECRET.to_vec())).collect(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (state, routes) = application(&options, &store, &clock, Arc::new(OsEntropy)).unwrap();
        let app = xr_web::app(state.clone(), routes, None);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, mut stopped) = watch::channel(false);
        let served = state.clone();
        runtime.spawn(xiaoer::runtime::keep_promises(store.clone(), stopped.clone()));
        runtime.spawn(async move {
            let stopping = async move {
                let _ = stopped.wait_for(|is_stopping| *is_stopping).await;
            };
            xr_web::serve::serve(listener, app, served, stopping).await
        });
        Self { store, state, address, clock, stop, runtime: Some(runtime) }
    }

    /// A worker of webhooks beside the server.
    pub fn send_webhooks(&self, reach: xr_webhooks::Reach) {
        let sender = xr_webhooks::Sender::new(self.store.clone(), reach, "urn:xiaoer");
        let work = xr_webhooks::work(sender, self.stop.subscribe());
        self.runtime.as_ref().unwrap().spawn(work);
    }

    /// Moves business time; deadlines fire soon after by the server's own watch.
    pub fn advance(&self, by: Millis) {
        self.clock.set(self.clock.wall(), self.clock.now() + by, 0);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.state.stop();
        self.store.close();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A merchant with a shop.
#[derive(Clone, Copy, Debug)]
pub struct Seller {
    pub org: OrgId,
    pub shop: ShopId,
}

/// A server with people, two merchants and two buyers.
pub struct Web {
    pub node: Node,
    pub location: Location,
    /// The merchant most tests use, and one whose things are nobody else's business.
    pub sellers: [Seller; 2],
    users: BTreeMap<String, UserId>,
    prefix: &'static str,
    hash: String,
    _folder: Option<tempfile::TempDir>,
    _database: Option<FreshDatabase>,
}

/// Runs `test` on both engines; on PostgreSQL only where a server can be had (CI insists).
pub fn on_both(test: impl Fn(&Web)) {
    test(&Web::sqlite());
    if let Some(web) = Web::postgres() {
        test(&web);
    }
}

/// An order that was placed over HTTP.
#[derive(Clone, Debug)]
pub struct Bought {
    pub order: String,
    pub payment: String,
    pub total: i64,
}

impl Web {
    pub fn sqlite() -> Self {
        Self::sqlite_with(Setup::default())
    }

    pub fn postgres() -> Option<Self> {
        Self::postgres_with(Setup::default())
    }

    /// A new session of the person with this log-in: `op`, `agent`, `audit`, `shop`, `shop2`, `buyer`, `buyer2`.
    pub fn token(&self, login: &str) -> String {
        people::open_session(&self.node.store, &format!("{}{login}", self.prefix), &self.hash)
    }

    pub fn user(&self, login: &str) -> UserId {
        self.users[login]
    }

    /// More buyers, each with a session; gives the tokens.
    pub fn buyers(&self, count: usize) -> Vec<String> {
        crate::rush::at_once(8, vec![|| people::new_buyer(&self.node.store, &self.hash); count])
    }

    /// A session of one more person with this role in an organisation.
    pub fn colleague(&self, role: &str, org: OrgId) -> String {
        people::new_colleague(&self.node.store, (role, org), &self.hash)
    }

    pub fn send(&self, ask: &Ask) -> Reply {
        ask.send(&self.node.address).unwrap()
    }

    /// Sends JSON as somebody and wants success.
    pub fn done(&self, token: &str, line: &str, body: &Value) -> Value {
        let ask = Ask::new(line).by(token);
        let reply = self.send(&if body.is_null() { ask } else { ask.json(&body.to_string()) });
        assert!((200..300).contains(&reply.status), "{line}: {}", reply.text());
        serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
    }

    /// A body for `POST /v1/orders` at the first merchant's shop.
    pub fn cart(&self, lines: &[(xr_base::SkuId, i64)]) -> Value {
        let lines: Vec<Value> = lines.iter().map(|(sku, n)| json!({ "sku": sku, "quantity": n })).collect();
        let recipient =
            json!({ "name": "李雷", "phone": "13800000000", "region": "浙江省杭州市", "address": "文三路 1 号" });
        json!({ "shop": self.sellers[0].shop, "lines": lines, "recipient": recipient })
    }

    pub fn buy(&self, token: &str, lines: &[(xr_base::SkuId, i64)]) -> Bought {
        let placed = self.done(token, "POST /v1/orders", &self.cart(lines));
        let text = |name: &str| placed[name].as_str().unwrap().to_owned();
        Bought { order: text("order"), payment: text("payment"), total: placed["total"]["minor"].as_i64().unwrap() }
    }

    /// A signed notice of `testpay`.
    pub fn notice(&self, kind: &str, case: &str, minor: i64) -> Reply {
        let body = json!({
            "type": kind, "case": case, "provider_ref": format!("ref-{case}"), "amount_minor": minor, "currency": "CNY",
        });
        self.send(&signed("POST /v1/notices/payments/testpay", &body))
    }

    pub fn pay(&self, token: &str, bought: &Bought) {
        self.submit_payment(token, bought);
        let reply = self.notice("captured", &bought.payment, bought.total);
        assert_eq!((reply.status, reply.text().as_str()), (200, "\"moved\""));
    }

    /// The buyer says yes to paying; the provider has not answered yet.
    pub fn submit_payment(&self, token: &str, bought: &Bought) {
        let act = json!({ "event": "submit" });
        self.done(token, &format!("POST /v1/cases/{}/acts", bought.payment), &act);
    }

    /// SHA-256 of the logical dump.
    pub fn fingerprint(&self) -> String {
        xr_store::dump::write(&self.node.store, &self.location, &mut std::io::sink()).unwrap()
    }

    /// That fingerprint once nothing moves by itself any more: PostgreSQL numbers its events a moment later.
    pub fn settled(&self) -> String {
        let mut last = self.fingerprint();
        loop {
            std::thread::sleep(std::time::Duration::from_millis(300));
            let now = self.fingerprint();
            if now == last {
                return now;
            }
            last = now;
        }
    }

    /// Stock on hand and promised.
    pub fn stock(&self, sku: xr_base::SkuId) -> (i64, i64) {
        let stock = self.node.store.read_blocking(move |tx| xr_inventory::queries::stock(tx, sku)).unwrap().unwrap();
        (stock.on_hand, stock.reserved)
    }

    /// What is broken of invariants 3 to 5 over everything.
    pub fn broken(&self) -> Vec<String> {
        let read = self.node.store.read_blocking(|tx| {
            let mut broken = xr_payments::ledger::broken(tx)?;
            broken.extend(xr_inventory::queries::broken(tx)?.iter().map(|sku| format!("stock of {sku}")));
            broken.extend(xr_case::engine::broken(tx)?);
            Ok(broken)
        });
        read.unwrap()
    }

    pub fn assert_sound(&self) {
        assert_eq!(self.broken(), Vec::<String>::new());
    }

    /// A unit of the first merchant with `stock` pieces for 10 yuan each.
    pub fn sku(&self, stock: i64) -> xr_base::SkuId {
        people::sku(&self.node.store, self.sellers[0], Some(stock), xr_base::Currency::Cny)
    }

    /// A unit of a merchant of one's choice, as [`Web::sku`].
    pub fn sku_of(&self, seller: Seller, stock: i64) -> xr_base::SkuId {
        people::sku(&self.node.store, seller, Some(stock), xr_base::Currency::Cny)
    }

    /// A unit whose stock is not kept.
    pub fn untracked_sku(&self) -> xr_base::SkuId {
        people::sku(&self.node.store, self.sellers[0], None, xr_base::Currency::Cny)
    }
}

impl Web {
    /// A unit that the first merchant sells for dollars, in a shop that sells for yuan.
    pub fn dollar_sku(&self) -> xr_base::SkuId {
        people::sku(&self.node.store, self.sellers[0], Some(5), xr_base::Currency::Usd)
    }
}

impl Web {
    /// A body for `POST /v1/aftersales` about a line of an order.
    pub fn application((order, line): (&str, &str), photos: &[&str]) -> Value {
        json!({
            "kind": "refund_only", "order": order, "line": line, "quantity": 1, "reason": "other", "photos": photos,
        })
    }

    /// Applies for a refund; gives the case.
    pub fn apply(&self, token: &str, what: (&str, &str), photos: &[&str]) -> String {
        let case = self.done(token, "POST /v1/aftersales", &Self::application(what, photos));
        let id = case["id"].as_str().or_else(|| case["case"]["id"].as_str()).or_else(|| case["summary"]["id"].as_str());
        id.unwrap_or_else(|| panic!("{case}")).to_owned()
    }
}

/// A request signed as providers and carriers do.
pub fn signed(line: &str, body: &Value) -> Ask {
    let (bytes, wall) = (body.to_string(), SystemClock::real().wall());
    let signed = xr_payments::notices::sign(NOTICE_SECRET, &fresh("msg-"), wall, bytes.as_bytes()).unwrap();
    let ask = Ask::new(line).with("webhook-id", &signed.id).with("webhook-timestamp", &signed.timestamp);
    ask.with("webhook-signature", &signed.signature).json(&bytes)
}

/// Status, code and field of a problem.
pub type Told = (u16, String, Option<String>);

/// What `ask` is told, after checking that both languages say it in words of their own.
///
/// # Errors
/// What came back is no such problem.
pub fn try_problem(web: &Web, ask: &Ask) -> Result<Told, String> {
    let spoken = |language: &str| {
        let reply = ask.clone().with("Accept-Language", language).send(&web.node.address).map_err(|e| e.to_string())?;
        let seen = format!("{} {:.200}", reply.status, reply.text());
        if reply.header("content-type") != "application/problem+json" {
            return Err(seen);
        }
        let body: Value = serde_json::from_slice(&reply.body).map_err(|_| seen)?;
        Ok((reply.status, body))
    };
    let ((status, en), (_, zh)) = (spoken("en")?, spoken("zh-CN")?);
    let code = en["code"].as_str().unwrap_or("").to_owned();
    let has_words = |told: &Value| told["detail"].as_str().is_some_and(|text| !text.is_empty() && text != code);
    let is_same = en["status"] == status && en["code"] == zh["code"] && en["field"] == zh["field"];
    if is_same && has_words(&en) && has_words(&zh) && en["detail"] != zh["detail"] {
        return Ok((status, code, en["field"].as_str().map(str::to_owned)));
    }
    Err(format!("{en} {zh}"))
}

/// As [`try_problem`], where there must be one.
pub fn problem(web: &Web, ask: &Ask) -> Told {
    try_problem(web, ask).unwrap_or_else(|seen| panic!("{} {}: {seen}", ask.method, ask.path))
}
