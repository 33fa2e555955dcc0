//! A market for tests: both engines, a clock that moves when told, people and goods.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc
)]

pub mod http;
mod lines;
pub mod live;
pub mod rush;

use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;
use xiaoer::market::{MarketConfig, open};
use xr_base::calendar::DayTables;
use xr_base::{
    Actor, CaseId, Currency, FakeClock, Fault, Instant, Millis, OrgId, Party, Principal, ShopId, SkuId, UnitPrice,
    UserId,
};
use xr_case::engine::{self, Act, Case, FireDue, HistoryRow};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_inventory::AdjustStock;
use xr_orders::{LineWanted, PlaceOrder, Placed, Recipient, ShopTerms};
use xr_payments::{Notice, NoticeKind, TakeNotice, Taken};
use xr_store::{Command, Location, Store, Tx};
use xr_testkit::postgres_server::{FreshDatabase, ensure_template, fresh_database};

/// Monday 2026-01-05 09:00 in Shanghai.
pub const START: &str = "2026-01-05T09:00:00+08:00";
pub const MERCHANT: OrgId = OrgId(2);
pub const SHOP: ShopId = ShopId(3);
pub const BUYER: UserId = UserId(4);

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// An open market with its disposable database.
pub struct TestMarket {
    pub store: Store,
    pub clock: Arc<FakeClock>,
    pub location: Location,
    pub pack: &'static str,
    notices: std::sync::atomic::AtomicU64,
    folder: Option<tempfile::TempDir>,
    database: Option<FreshDatabase>,
}

/// A new PostgreSQL database with the schema of every capability, copied from a template that the first test makes.
pub fn fresh_market() -> Option<FreshDatabase> {
    let migrations = xiaoer::wiring::migrations();
    let mut hasher = std::hash::DefaultHasher::new();
    for migration in &migrations {
        (migration.number, migration.sql).hash(&mut hasher);
    }
    let template = format!("xr_market_{:016x}", hasher.finish());
    let is_there = ensure_template(&template, |url| assert!(Store::migrate(url, &migrations).unwrap() > 0));
    is_there.then(|| fresh_database(Some(&template)))?
}

/// Runs `test` on both engines; on PostgreSQL only where a server can be had (CI insists).
pub fn on_both(test: impl Fn(&TestMarket)) {
    test(&TestMarket::new(On::Sqlite).unwrap());
    if let Some(market) = TestMarket::new(On::Postgres) {
        test(&market);
    }
}

pub fn memory_folder() -> tempfile::TempDir {
    let shm = std::path::Path::new("/dev/shm");
    if shm.is_dir() { tempfile::tempdir_in(shm).unwrap() } else { tempfile::tempdir().unwrap() }
}

fn open_with(location: &Location, clock: &Arc<FakeClock>, days: DayTables) -> Store {
    let config = MarketConfig {
        location: location.clone(),
        clock: clock.clone(),
        secret: [7; 32],
        instance: "test".to_owned(),
        days,
        sealing: xiaoer::keys::repeatable(),
        ext: Vec::new(),
    };
    open(config).unwrap()
}

impl TestMarket {
    pub fn new(on: On) -> Option<Self> {
        let (folder, database, location) = match on {
            On::Sqlite => {
                let folder = memory_folder();
                let location = Location::Folder(folder.path().to_owned());
                (Some(folder), None, location)
            }
            On::Postgres => {
                let database = fresh_market()?;
                let location = Location::Postgres(database.url());
                (None, Some(database), location)
            }
        };
        Some(Self::of(location, START, folder, database))
    }

    /// A market that lies in a folder already, at this moment.
    pub fn over(folder: tempfile::TempDir, at: &str) -> Self {
        Self::of(Location::Folder(folder.path().to_owned()), at, Some(folder), None)
    }

    /// Another server of the same database; `market` keeps it.
    pub fn beside(market: &Self) -> Self {
        Self::of(market.location.clone(), START, None, None)
    }

    fn of(location: Location, at: &str, folder: Option<tempfile::TempDir>, database: Option<FreshDatabase>) -> Self {
        let clock = Arc::new(FakeClock::at(Instant::parse(at).unwrap()));
        let store = open_with(&location, &clock, DayTables::shipped().clone());
        let notices = std::sync::atomic::AtomicU64::new(1);
        Self { store, clock, location, pack: "xiaoer-default", notices, folder, database }
    }

    /// Ends the server and starts it with other day tables.
    #[must_use]
    pub fn restart(self, days: DayTables) -> Self {
        let Self { store, clock, location, pack, notices, folder, database } = self;
        store.close();
        // The last handle gives the folder free.
        drop(store);
        let store = open_with(&location, &clock, days);
        Self { store, clock, location, pack, notices, folder, database }
    }

    pub fn run<C: Command>(&self, command: C) -> Result<C::Out, Fault> {
        self.store.write_blocking(command)
    }

    pub fn read<T: Send + 'static>(&self, query: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static) -> T {
        self.store.read_blocking(query).unwrap()
    }

    /// A unit with `stock` pieces at `price_minor`.
    pub fn sku(&self, code: &str, price_minor: i64, stock: i64) -> SkuId {
        let new = NewSku {
            merchant_org: MERCHANT,
            shop: SHOP,
            code: code.to_owned(),
            title: format!("goods {code}"),
            spec: String::new(),
            unit_price: UnitPrice(price_minor * 100),
            currency: Currency::Cny,
            stock_mode: StockMode::Tracked,
            picture: None,
        };
        let sku = self.run(CreateSku { actor: merchant(), new }).unwrap();
        if stock > 0 {
            self.run(AdjustStock { actor: merchant(), merchant_org: MERCHANT, sku: sku.id, delta: stock }).unwrap();
        }
        sku.id
    }

    pub fn order_of(&self, lines: &[(SkuId, i64)]) -> PlaceOrder {
        PlaceOrder {
            actor: buyer(),
            buyer: BUYER,
            terms: ShopTerms {
                shop: SHOP,
                merchant_org: MERCHANT,
                pack: self.pack.to_owned(),
                currency: Currency::Cny,
                provider: "testpay".to_owned(),
                freight_minor: 0,
            },
            lines: lines.iter().map(|(sku, quantity)| LineWanted { sku: *sku, quantity: *quantity }).collect(),
            recipient: Recipient {
                name: "李雷".to_owned(),
                phone: "13800000000".to_owned(),
                region: "浙江省杭州市西湖区".to_owned(),
                address: "文三路 1 号".to_owned(),
            },
            remark: String::new(),
            source: "test".to_owned(),
        }
    }

    pub fn place(&self, lines: &[(SkuId, i64)]) -> Placed {
        self.run(self.order_of(lines)).unwrap()
    }

    pub fn act(&self, actor: &Actor, case: CaseId, event: &'static str) -> Result<Case, Fault> {
        self.act_with(actor, case, event, serde_json::Value::Null)
    }

    pub fn act_with(
        &self,
        actor: &Actor,
        case: CaseId,
        event: &'static str,
        input: serde_json::Value,
    ) -> Result<Case, Fault> {
        let done = self.run(TestAct { actor: actor.clone(), case, event, input })?;
        Ok(self.read(move |tx| engine::get(tx, done)))
    }

    /// A provider's notice with a fresh id.
    pub fn notice(&self, kind: NoticeKind, case: CaseId, amount_minor: i64) -> Result<Taken, Fault> {
        let n = self.notices.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.run(TakeNotice {
            provider: "testpay".to_owned(),
            notice_id: format!("n{n}"),
            body_hash: format!("{n}"),
            notice: Notice { kind, case, provider_ref: format!("ref-{case}"), amount_minor, currency: Currency::Cny },
        })
    }

    /// Pays an order: the buyer submits, the provider captures.
    pub fn pay(&self, placed: &Placed) {
        self.act(&buyer(), placed.payment, "submit").unwrap();
        assert_eq!(self.notice(NoticeKind::Captured, placed.payment, placed.total.minor).unwrap(), Taken::Moved);
    }

    /// Moves time forward from due to due, firing in order.
    pub fn advance(&self, by: Millis) {
        use xr_base::Clock as _;
        let target = self.clock.now() + by;
        loop {
            let next = self.read(engine::next_wake).filter(|at| *at <= target);
            let Some(at) = next else { break };
            self.clock.jump_to(at);
            self.fire_due();
        }
        self.clock.jump_to(target);
        self.fire_due();
    }

    pub fn fire_due(&self) {
        loop {
            let due = self.read(|tx| engine::due_cases(tx, 100));
            if due.is_empty() {
                return;
            }
            for case in due {
                self.run(FireDue { case }).unwrap();
            }
        }
    }

    pub fn state(&self, case: CaseId) -> String {
        self.read(move |tx| engine::get(tx, case)).state
    }

    pub fn history(&self, case: CaseId) -> Vec<HistoryRow> {
        self.read(move |tx| Ok(engine::history(tx, case)?))
    }

    /// `at event -> state [rule]` lines, times in Shanghai: the readable story of a case.
    pub fn story(&self, case: CaseId) -> String {
        let zone = xr_tests_zone();
        let line = |row: &HistoryRow| {
            let at = row.at.zoned(&zone).strftime("%m-%d %H:%M").to_string();
            let taken = if row.taken_as == row.event { String::new() } else { format!(" as {}", row.taken_as) };
            let rule = row.rule.as_ref().map(|r| format!(" [{r}]")).unwrap_or_default();
            let who = if row.actor == "clock" { "clock" } else { row.party.word() };
            format!("{at} {}{taken} by {who} -> {}{rule}", row.event, row.to_state)
        };
        self.history(case).iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Invariants 3 to 5 over everything.
    pub fn assert_sound(&self) {
        let broken = self.read(|tx| Ok((xr_payments::ledger::broken(tx)?, xr_inventory::queries::broken(tx)?)));
        assert_eq!(broken, (Vec::new(), Vec::new()));
    }

    pub fn stock(&self, sku: SkuId) -> (i64, i64) {
        let stock = self.read(move |tx| xr_inventory::queries::stock(tx, sku)).unwrap();
        (stock.on_hand, stock.reserved)
    }
}

fn xr_tests_zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("Asia/Shanghai").unwrap()
}

fn person(user: i64, org: Option<OrgId>, party: Party, permissions: &[&str]) -> Actor {
    let mut permissions: Vec<String> = permissions.iter().map(|p| (*p).to_owned()).collect();
    permissions.sort();
    Actor::Person(Principal { user: UserId(user), org, party, permissions, address: None })
}

pub fn buyer() -> Actor {
    person(BUYER.0, None, Party::Buyer, &["orders.buy", "aftersales.apply"])
}

pub fn merchant() -> Actor {
    let all = ["orders.manage", "orders.review", "aftersales.decide", "catalog.manage", "inventory.manage"];
    person(10, Some(MERCHANT), Party::Merchant, &all)
}

/// A test's act on any case.
pub struct TestAct {
    pub actor: Actor,
    pub case: CaseId,
    pub event: &'static str,
    pub input: serde_json::Value,
}

impl Command for TestAct {
    type Out = CaseId;
    const NAME: &'static str = "test.act";

    fn run(&self, tx: &mut Tx<'_>) -> Result<CaseId, Fault> {
        let act = Act {
            actor: &self.actor,
            case: self.case,
            event: self.event,
            version: None,
            input: &self.input,
            note: None,
        };
        Ok(engine::act(tx, &act)?.id)
    }
}

/// A PNG of one colour, so many pixels high and wide.
pub fn picture(side: u32, shade: u8) -> Vec<u8> {
    let image = image::RgbImage::from_pixel(side, side, image::Rgb([shade, 20, 30]));
    let mut out = std::io::Cursor::new(Vec::new());
    image.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}
