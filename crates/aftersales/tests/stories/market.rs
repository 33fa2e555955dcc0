//! A small market: one shop, one unit on sale, a buyer, a merchant's person, a foreign merchant and the platform.

pub use crate::people::*;
use serde_json::{Value, json};
use std::sync::Arc;
use xr_aftersales::{Adjudicators, AftersalesEffects, AftersalesKind, Application, Apply, CaseKind, Reason};
use xr_base::calendar::DayTables;
use xr_base::*;
use xr_case::engine::{Act, Effects, Engine, FireDue, Kind, PublishRulebooks, act, due_cases, due_handler, next_wake};
use xr_case::{Compiled, Library, parse};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_logistics::{Notice, ScanKind, ScanTaken, Shipments, TakeScan};
use xr_orders::{LineWanted, OrderNumbers, PlaceOrder, Placed, Recipient, ShipmentBookRef, ShopTerms};
use xr_payments::{NoticeKind, TakeNotice};
use xr_store::{Command, Config, Location, Store, Tx};

pub const ORG: OrgId = OrgId(1);
pub const FOREIGN: OrgId = OrgId(2);
pub const SHOP: ShopId = ShopId(11);
pub const BUYER: UserId = UserId(101);
pub const ADJUDICATOR: UserId = UserId(301);
const MACHINES: [&str; 6] = [
    xr_orders::ORDER_MACHINE,
    xr_payments::PAYMENT_MACHINE,
    xr_payments::REFUND_MACHINE,
    xr_aftersales::REFUND_ONLY_MACHINE,
    xr_aftersales::RETURN_REFUND_MACHINE,
    xr_aftersales::EXCHANGE_MACHINE,
];
const PACKS: [&str; 6] = [
    include_str!("../../../../packs/statutory/pack.toml"),
    include_str!("../../../../packs/xiaoer-default/pack.toml"),
    include_str!("../../../../packs/kuaishou-goods/pack.toml"),
    include_str!("../../../../packs/taobao/pack.toml"),
    include_str!("../../../../packs/jd/pack.toml"),
    include_str!("../../../../packs/wechat/pack.toml"),
];

/// A pack by whose rules shipped goods have another time to answer.
fn by_shipment(name: &str, after: &str) -> String {
    format!(
        "[pack]\nname = \"{name}\"\nversion = \"1\"\nzh = \"试\"\nen = \"Test\"\nbase = \"xiaoer-default\"\n\
         [refund_only.requested.clock.answer]\nalt = [{{ when = \"facts.is_shipped\", after = \"{after}\" }}]\n"
    )
}

struct OnePerson;
impl Adjudicators for OnePerson {
    fn candidates(&self, _tx: &mut Tx<'_>) -> Result<Vec<UserId>, Fault> {
        Ok(vec![ADJUDICATOR])
    }
}

/// An event on a case, as the HTTP layer would fire it.
struct Do {
    actor: Actor,
    case: CaseId,
    event: String,
    input: Value,
}
impl Command for Do {
    type Out = String;
    const NAME: &'static str = "test.act";
    fn run(&self, tx: &mut Tx<'_>) -> Result<String, Fault> {
        let event = &self.event;
        let act_on = Act { actor: &self.actor, case: self.case, event, version: None, input: &self.input, note: None };
        Ok(act(tx, &act_on)?.state)
    }
}

pub struct Market {
    pub store: Store,
    pub clock: Arc<FakeClock>,
    pub sku: SkuId,
    serial: std::cell::Cell<i64>,
    _folder: tempfile::TempDir,
}

fn engine() -> Engine {
    let kinds: [Arc<dyn Kind>; 3] =
        [Arc::new(xr_orders::OrderKind), Arc::new(xr_payments::PaymentKind), Arc::new(xr_payments::RefundKind)];
    let effects: [Arc<dyn Effects>; 5] = [
        Arc::new(xr_inventory::InventoryEffects),
        Arc::new(xr_payments::PaymentsEffects),
        Arc::new(xr_orders::OrdersEffects),
        Arc::new(xr_logistics::LogisticsEffects),
        Arc::new(AftersalesEffects::new(Arc::new(OnePerson))),
    ];
    let limit = xr_aftersales::ADJUDICATION_LIMIT_MINOR;
    let engine = kinds.into_iter().fold(Engine::new(DayTables::shipped().clone()), Engine::with_kind);
    let engine =
        CaseKind::ALL.iter().fold(engine, |engine, kind| engine.with_kind(Arc::new(AftersalesKind::new(*kind, limit))));
    effects.iter().fold(engine, Engine::with_effects)
}

fn rulebooks(engine: &Engine) -> Vec<Arc<Compiled>> {
    let odd = [by_shipment("test-shorter", "30h"), by_shipment("test-longer", "4d")];
    let packs = PACKS.into_iter().chain(odd.iter().map(String::as_str)).collect::<Vec<_>>();
    let library = Library {
        machines: MACHINES.iter().map(|text| parse::machine("machine.toml", text).unwrap()).collect(),
        packs: packs.iter().map(|text| parse::pack("pack.toml", text).unwrap()).collect(),
        vocabularies: engine.vocabularies(),
        effects: engine.effect_specs(),
    };
    let of_pack = |pack: &str| -> Vec<Arc<Compiled>> {
        library.machines.iter().map(|m| Arc::new(library.rulebook(&m.kind, pack).unwrap())).collect()
    };
    library.choosable().flat_map(|pack| of_pack(&pack.name)).collect()
}

impl Market {
    /// Open at 2026-03-03 10:00 in Shanghai, `on_hand` units of one good in stock, at `price_minor` each.
    pub fn open(on_hand: i64, price_minor: i64) -> Self {
        let root = if std::path::Path::new("/dev/shm").is_dir() { "/dev/shm".into() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(root).unwrap();
        let clock = Arc::new(FakeClock::at(Instant::parse("2026-03-03T10:00:00+08:00").unwrap()));
        let engine = Arc::new(engine());
        let books = rulebooks(&engine);
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        let store = Store::open(Config {
            location: Location::Folder(folder.path().join("data")),
            clock: clock.clone(),
            migrations: [
                xr_case::MIGRATIONS,
                xr_identity::MIGRATIONS,
                xr_catalog::MIGRATIONS,
                xr_inventory::MIGRATIONS,
                xr_payments::MIGRATIONS,
                xr_orders::MIGRATIONS,
                xr_logistics::MIGRATIONS,
                xr_aftersales::MIGRATIONS,
            ]
            .concat(),
            ext: vec![
                Box::new(engine),
                Box::new(due_handler()),
                Box::new(OrderNumbers::new([7; 32], zone)),
                Box::new(ShipmentBookRef(Arc::new(Shipments))),
            ],
            instance: "test".to_owned(),
            sealing: xr_store::Sealing::repeatable(vec![xr_orders::recipients::SEALED]),
        })
        .unwrap();
        store.write_blocking(PublishRulebooks { books }).unwrap();
        let sku = new_sku(&store, "CUP-1", price_minor * 100);
        let market = Self { store, clock, sku, serial: std::cell::Cell::new(0), _folder: folder };
        if on_hand > 0 {
            market.stock(on_hand);
        }
        market
    }

    /// Another unit on sale at `price` in 1/10,000 of the major unit, 100 in stock.
    pub fn sku_at(&self, price: i64) -> SkuId {
        let sku = new_sku(&self.store, &format!("CUP-{price}"), price);
        self.adjust(sku, 100);
        sku
    }

    pub fn stock(&self, delta: i64) {
        self.adjust(self.sku, delta);
    }

    fn adjust(&self, sku: SkuId, delta: i64) {
        let adjust = xr_inventory::AdjustStock { actor: merchant(), merchant_org: ORG, sku, delta };
        self.store.write_blocking(adjust).unwrap();
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A number that was not given before.
    fn serial(&self) -> i64 {
        self.serial.set(self.serial.get() + 1);
        self.serial.get()
    }

    pub fn waybill(&self) -> String {
        format!("SF{:013}", self.serial())
    }

    /// An order of `quantity` units, not paid.
    pub fn place(&self, sku: SkuId, quantity: i64, freight_minor: i64) -> Placed {
        let terms = ShopTerms {
            shop: SHOP,
            merchant_org: ORG,
            pack: "xiaoer-default".into(),
            currency: Currency::Cny,
            provider: "testpay".into(),
            freight_minor,
        };
        let recipient = Recipient {
            name: "王小二".into(),
            phone: "13800000000".into(),
            region: "浙江省杭州市西湖区".into(),
            address: "文三路1号".into(),
        };
        let lines = vec![LineWanted { sku, quantity }];
        let (actor, source, remark) = (buyer(), "portal".to_owned(), String::new());
        self.store.write_blocking(PlaceOrder { actor, buyer: BUYER, terms, lines, recipient, remark, source }).unwrap()
    }

    pub fn notice(&self, kind: NoticeKind, case: CaseId, amount_minor: i64) {
        let id = self.serial();
        let notice = xr_payments::Notice {
            kind,
            case,
            provider_ref: format!("ref-{id}"),
            amount_minor,
            currency: Currency::Cny,
        };
        let take =
            TakeNotice { provider: "testpay".into(), notice_id: format!("n-{id}"), body_hash: format!("{id}"), notice };
        self.store.write_blocking(take).unwrap();
    }

    /// A paid order that waits to be shipped.
    pub fn paid(&self, quantity: i64, freight_minor: i64) -> CaseId {
        self.paid_of(self.sku, quantity, freight_minor)
    }

    pub fn paid_of(&self, sku: SkuId, quantity: i64, freight_minor: i64) -> CaseId {
        let placed = self.place(sku, quantity, freight_minor);
        self.act(&buyer(), placed.payment, "submit", json!({}));
        self.notice(NoticeKind::Captured, placed.payment, placed.total.minor);
        if self.state(placed.order) == "pending_review" {
            self.act(&merchant(), placed.order, "approve", json!({}));
        }
        assert_eq!(self.state(placed.order), "pending_ship");
        placed.order
    }

    /// A paid order on its way; gives its waybill too.
    pub fn shipped(&self, quantity: i64) -> (CaseId, String) {
        let order = self.paid(quantity, 0);
        let waybill = self.waybill();
        self.act(&merchant(), order, "ship_all", json!({ "carrier": "SF", "waybill": waybill }));
        (order, waybill)
    }

    /// A paid order that arrived a day after shipping.
    pub fn delivered(&self, quantity: i64) -> CaseId {
        let (order, waybill) = self.shipped(quantity);
        self.pass(Millis::days(1));
        self.scan(&waybill, ScanKind::Delivered).unwrap();
        assert_eq!(self.state(order), "delivered");
        order
    }

    /// The provider tells that the open refund of a case arrived.
    pub fn refund_arrives(&self, case: CaseId) -> i64 {
        self.pass(Millis::minutes(6));
        let refund = self.read(move |tx| Ok(xr_payments::queries::refunds_for(tx, case)?.pop().unwrap().0));
        let amount = self.read(move |tx| Ok(xr_payments::queries::refund(tx, refund)?.amount_minor));
        self.notice(NoticeKind::RefundSucceeded, refund, amount);
        amount
    }

    /// The carrier reports a scan of now.
    pub fn scan(&self, waybill: &str, kind: ScanKind) -> Result<ScanTaken, Fault> {
        self.scan_of(waybill, kind, self.clock.now(), None)
    }

    pub fn scan_of(
        &self,
        waybill: &str,
        kind: ScanKind,
        at: Instant,
        reference: Option<CaseId>,
    ) -> Result<ScanTaken, Fault> {
        let id = self.serial();
        let (carrier, place) = ("SF".to_owned(), "杭州".to_owned());
        let (event_id, body_hash, waybill) = (format!("evt-{id}"), format!("hash-{id}"), waybill.to_owned());
        let notice = Notice { carrier, event_id, waybill, kind, at, place, reference, body_hash };
        self.store.write_blocking(TakeScan { notice })
    }

    pub fn application(&self, kind: CaseKind, order: CaseId, quantity: i64) -> Application {
        let line = self.read(move |tx| Ok(xr_orders::queries::lines(tx, order)?[0].id));
        Application {
            kind,
            order,
            line,
            quantity,
            amount_minor: None,
            reason: Reason::Quality,
            description: "坏了".into(),
            photos: Vec::new(),
        }
    }

    /// As [`Market::apply`], under a pack.
    pub fn apply_under(&self, pack: &str, kind: CaseKind, order: CaseId) -> CaseId {
        let application = self.application(kind, order, 1);
        self.store.write_blocking(Apply { actor: buyer(), pack: pack.into(), application }).unwrap()
    }

    pub fn try_apply(&self, actor: &Actor, application: Application) -> Result<CaseId, Fault> {
        self.store.write_blocking(Apply { actor: actor.clone(), pack: "xiaoer-default".into(), application })
    }

    pub fn apply(&self, kind: CaseKind, order: CaseId, quantity: i64) -> CaseId {
        self.try_apply(&buyer(), self.application(kind, order, quantity)).unwrap()
    }

    pub fn try_act(&self, actor: &Actor, case: CaseId, event: &str, input: Value) -> Result<String, Fault> {
        self.store.write_blocking(Do { actor: actor.clone(), case, event: event.into(), input })
    }

    /// Fires an event and gives the state after it.
    pub fn act(&self, actor: &Actor, case: CaseId, event: &str, input: Value) -> String {
        self.try_act(actor, case, event, input).unwrap_or_else(|fault| panic!("{event}: {fault:?}"))
    }

    /// Why an event is refused.
    pub fn refused(&self, actor: &Actor, case: CaseId, event: &str, input: Value) -> String {
        code(self.try_act(actor, case, event, input))
    }

    /// A picture that this person sent in; `shade` makes it another one.
    pub fn picture(&self, actor: &Actor, shade: u8) -> String {
        let image = image::RgbImage::from_pixel(2, 2, image::Rgb([shade, 0, 0]));
        let mut png = std::io::Cursor::new(Vec::new());
        image.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let picture = xr_aftersales::pictures::clean(&png.into_inner()).unwrap();
        let upload = xr_aftersales::UploadPicture::new(actor.clone(), &picture, self.store.blobs()).unwrap();
        self.store.write_blocking(upload).unwrap().sha256
    }

    /// Lets time go by; whatever becomes due fires at its time.
    pub fn pass(&self, span: Millis) {
        let end = self.clock.now() + span;
        while let Some(wake) = self.read(next_wake).filter(|at| *at <= end) {
            self.clock.jump_to(wake);
            for case in self.read(|tx| due_cases(tx, 100)) {
                self.store.write_blocking(FireDue { case }).unwrap();
            }
        }
        self.clock.jump_to(end);
    }

    pub fn read<T: Send + 'static>(&self, query: impl FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static) -> T {
        self.store.read_blocking(query).unwrap()
    }

    pub fn state(&self, case: CaseId) -> String {
        self.read(move |tx| Ok(xr_case::engine::get(tx, case)?.state))
    }

    pub fn due(&self, case: CaseId) -> Option<Instant> {
        self.read(move |tx| Ok(xr_case::engine::get(tx, case)?.due_at))
    }

    pub fn row(&self, case: CaseId) -> xr_aftersales::AftersalesRow {
        self.read(move |tx| xr_aftersales::queries::row(tx, case))
    }

    /// Events of the history, oldest first.
    pub fn story(&self, case: CaseId) -> Vec<String> {
        self.read(move |tx| Ok(xr_case::engine::history(tx, case)?.into_iter().map(|row| row.event).collect()))
    }

    pub fn available(&self) -> i64 {
        let sku = self.sku;
        self.read(move |tx| Ok(xr_inventory::queries::stock(tx, sku)?.unwrap().available()))
    }

    /// Money and stock add up, whatever happened.
    pub fn check(&self) {
        assert_eq!(self.read(xr_inventory::queries::broken), Vec::new());
        assert_eq!(self.read(xr_payments::ledger::broken), Vec::<String>::new());
    }
}

fn new_sku(store: &Store, code: &str, price: i64) -> SkuId {
    let new = NewSku {
        merchant_org: ORG,
        shop: SHOP,
        code: code.into(),
        title: "杯子".into(),
        spec: "蓝色".into(),
        unit_price: UnitPrice(price),
        currency: Currency::Cny,
        stock_mode: StockMode::Tracked,
        picture: None,
    };
    store.write_blocking(CreateSku { actor: merchant(), new }).unwrap().id
}

/// Code of a refusal.
pub fn code<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    result.unwrap_err().problem().unwrap_or_else(|| panic!("not a refusal")).code.clone()
}
