//! The last week of a demo market's history, as it is written: orders and cases by the same commands that people use.

use super::data::Words;
use super::providers;
use super::seed::{Cast, SeededBuyer, SeededShop};
use serde_json::{Value, json};
use xr_aftersales::{Application, Apply, CaseKind, NewContact, Reason, RecordContact, UploadPicture};
use xr_base::{Actor, CaseId, Clock, Fault, Millis, SystemClock};
use xr_case::engine::{Act, act};
use xr_logistics::{Notice, ScanKind, TakeScan};
use xr_orders::{LineWanted, PlaceOrder, Placed, Recipient};
use xr_payments::NoticeKind;
use xr_store::{Command, Store, Tx};

/// Orders of the week; each takes another way through the machine by its number.
pub(super) const ORDERS: usize = 72;
/// Pause between two orders: they spread over a week.
pub(super) const EVERY: Millis = Millis::minutes(140);
/// A plain picture: what merchants of the demo show as evidence.
const PHOTO: &[u8] = include_bytes!("../../demo/evidence.png");
/// The week goes on in the first of the shops, with the first of the buyers.
const SHOPS: usize = 6;
const BUYERS: usize = 4;
const CARRIERS: [&str; 4] = ["SF", "ZTO", "YTO", "JD"];

/// Fires an event as somebody would by a click.
pub(super) struct Do {
    pub(super) actor: Actor,
    pub(super) case: CaseId,
    pub(super) event: String,
    pub(super) input: Value,
}

impl Command for Do {
    type Out = ();
    const NAME: &'static str = "demo.act";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let this = Act {
            actor: &self.actor,
            case: self.case,
            event: &self.event,
            version: None,
            input: &self.input,
            note: None,
        };
        act(tx, &this).map(|_| ())
    }
}

/// The week so far.
pub(super) struct Week<'a> {
    store: &'a Store,
    clock: &'a SystemClock,
    words: &'a Words,
    operator: &'a Actor,
    shops: &'a [SeededShop],
    buyers: &'a [SeededBuyer],
    scans: i64,
    stories: Vec<Story<'a>>,
}

/// An order with whoever belongs to it.
struct Story<'a> {
    number: usize,
    placed: Placed,
    shop: &'a SeededShop,
    buyer: &'a SeededBuyer,
    waybill: String,
    carrier: &'static str,
}

/// Late enough in the week that what it leads to still waits at its end.
const fn is_late(story: &Story<'_>) -> bool {
    story.number >= 30
}

impl<'a> Week<'a> {
    pub(super) fn begin(store: &'a Store, clock: &'a SystemClock, words: &'a Words, cast: &'a Cast) -> Self {
        let Cast { operator, shops, buyers, .. } = cast;
        let (shops, buyers) = (&shops[..SHOPS.min(shops.len())], &buyers[..BUYERS.min(buyers.len())]);
        Self { store, clock, words, operator, shops, buyers, scans: 0, stories: Vec::new() }
    }

    /// The next order is placed, and older ones move on.
    pub(super) fn next_order(&mut self) -> Result<(), Fault> {
        let number = self.stories.len();
        let (shop, buyer) = (&self.shops[number % self.shops.len()], &self.buyers[number % self.buyers.len()]);
        let mut stories = std::mem::take(&mut self.stories);
        stories.push(self.place(number, shop, buyer)?);
        for story in &stories {
            self.go_on(story, number - story.number)?;
        }
        self.stories = stories;
        Ok(())
    }

    fn place(&self, number: usize, shop: &'a SeededShop, buyer: &'a SeededBuyer) -> Result<Story<'a>, Fault> {
        let first = shop.shelves[number / 2 % shop.shelves.len()].sku;
        let mut lines = vec![LineWanted { sku: first, quantity: 1 + i64::try_from(number % 3).unwrap_or(0) }];
        if number % 4 == 1 && shop.shelves.len() > 1 {
            lines.push(LineWanted { sku: shop.shelves[(number / 2 + 1) % shop.shelves.len()].sku, quantity: 1 });
        }
        let who = &buyer.who;
        let placed = self.store.write_blocking(PlaceOrder {
            actor: buyer.actor.clone(),
            buyer: buyer.id,
            terms: shop.terms.clone(),
            lines,
            recipient: Recipient {
                name: who.name.clone(),
                phone: who.phone.clone(),
                region: who.region.clone(),
                address: who.address.clone(),
            },
            remark: if number % 9 == 4 { self.words.remark.clone() } else { String::new() },
            source: "portal".to_owned(),
        })?;
        let carrier = CARRIERS[number % CARRIERS.len()];
        Ok(Story { number, placed, shop, buyer, waybill: format!("{carrier}{:012}", 77_000_000 + number), carrier })
    }

    /// What happens to an order `age` orders after it was placed; its number chooses its way.
    fn go_on(&mut self, story: &Story<'_>, age: usize) -> Result<(), Fault> {
        let way = story.number % 12;
        match age {
            0 if way != 11 => self.pay(story),
            1 if way == 4 => self.try_act(&story.shop.merchant, story.placed.order, "approve", Value::Null),
            3 if !matches!(way, 10 | 11) => self.ship(story),
            5 if !matches!(way, 9..=11) => self.scan(story, &story.waybill, ScanKind::Collected),
            14 if !matches!(way, 8..=11) => self.scan(story, &story.waybill, ScanKind::Delivered),
            20 if way == 7 && is_late(story) => {
                providers::tell(self.store, NoticeKind::Chargeback, story.placed.payment)
            }
            18 if way == 6 => self.try_act(&story.buyer.actor, story.placed.order, "confirm", Value::Null),
            16 if way < 6 => self.apply(story),
            _ => self.after_sales(story, way, age),
        }
    }

    fn pay(&self, story: &Story<'_>) -> Result<(), Fault> {
        self.act(&story.buyer.actor, story.placed.payment, "submit", Value::Null)?;
        providers::answer_all(self.store).map(|_| ())
    }

    fn ship(&self, story: &Story<'_>) -> Result<(), Fault> {
        let input = json!({ "carrier": story.carrier, "waybill": story.waybill });
        self.try_act(&story.shop.merchant, story.placed.order, "ship_all", input)
    }

    fn scan(&mut self, story: &Story<'_>, waybill: &str, kind: ScanKind) -> Result<(), Fault> {
        self.scans += 1;
        let event_id = format!("demo-{}", self.scans);
        let notice = Notice {
            carrier: story.carrier.to_owned(),
            event_id: event_id.clone(),
            waybill: waybill.to_owned(),
            kind,
            at: self.clock.now(),
            place: story.buyer.who.region.clone(),
            reference: None,
            body_hash: event_id,
        };
        match self.store.write_blocking(TakeScan { notice }) {
            // An order that still waits for its review was not shipped: there is no such parcel.
            Err(Fault::Refused(problem)) if problem.code == "logistics.no_such_parcel" => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn apply(&self, story: &Story<'_>) -> Result<(), Fault> {
        let order = story.placed.order;
        let lines = self.store.read_blocking(move |tx| xr_orders::queries::lines(tx, order))?;
        let Some(line) = lines.first() else { return Ok(()) };
        let (kind, reason, description) = match story.number % 6 {
            0 | 3 => (CaseKind::Exchange, Reason::Quality, &self.words.exchange),
            1 | 4 => (CaseKind::ReturnRefund, Reason::NotAsDescribed, &self.words.return_refund),
            _ => (CaseKind::RefundOnly, Reason::Damaged, &self.words.refund_only),
        };
        let application = Application {
            kind,
            order,
            line: line.id,
            quantity: 1,
            amount_minor: None,
            reason,
            description: description.clone(),
            photos: Vec::new(),
        };
        let pack = story.shop.terms.pack.clone();
        match self.store.write_blocking(Apply { actor: story.buyer.actor.clone(), pack, application }) {
            // An order that waits for its merchant has nothing to complain about yet.
            Err(Fault::Refused(problem)) if problem.status == 409 => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Acts on the order's after-sales case; silence does the rest.
    fn after_sales(&mut self, story: &Story<'_>, way: usize, age: usize) -> Result<(), Fault> {
        let order = story.placed.order;
        let cases = self.store.read_blocking(move |tx| xr_aftersales::queries::of_order(tx, order))?;
        let Some(case) = cases.first().map(|c| c.case_id) else { return Ok(()) };
        let (merchant, buyer) = (&story.shop.merchant, &story.buyer.actor);
        let (back, anew) = (format!("R{}", story.waybill), format!("N{}", story.waybill));
        let parcel = |waybill: &str| json!({ "carrier": story.carrier, "waybill": waybill });
        // Which twelve of the week the order is of.
        match (age, way, story.number / 12) {
            (20, 4, 3) => return self.try_act(buyer, case, "withdraw", Value::Null),
            (19, 2, 2) => return self.refuse(merchant, case, "reject"),
            (19, 2, 3) => {
                let part = json!({ "amount_minor": 3_000, "note": self.words.proposal });
                return self.try_act(merchant, case, "propose", part);
            }
            (30, 1, 1) => return self.scan(story, &back, ScanKind::Delivered),
            (33, 3, 1) => return self.refuse(merchant, case, "refuse"),
            (36, 3, 0) => return self.try_act(merchant, case, "reshipped", parcel(&anew)),
            (42, 3, 0) => return self.scan(story, &anew, ScanKind::Delivered),
            _ => {}
        }
        match (age, way) {
            (19, 1 | 5) if is_late(story) => self.try_act(self.operator, case, "platform_take", Value::Null),
            (19, 1..=3) => self.try_act(merchant, case, "approve", Value::Null),
            (19, 4) => self.speak(story, case),
            (24, 1 | 3) => self.try_act(buyer, case, "fill_waybill", parcel(&back)),
            (30, 3) => self.scan(story, &back, ScanKind::Delivered),
            (33, 3) => self.try_act(merchant, case, "accept", Value::Null),
            _ => Ok(()),
        }
    }

    /// Says no, with a photo that shows why.
    fn refuse(&self, merchant: &Actor, case: CaseId, event: &'static str) -> Result<(), Fault> {
        let picture = xr_aftersales::pictures::clean(PHOTO)?;
        let upload = UploadPicture::new(merchant.clone(), &picture, self.store.blobs())?;
        let photo = self.store.write_blocking(upload)?.sha256;
        self.try_act(merchant, case, event, json!({ "reason": self.words.refusal, "photos": [photo] }))
    }

    fn speak(&self, story: &Story<'_>, case: CaseId) -> Result<(), Fault> {
        let contact = NewContact {
            channel: xr_aftersales::Channel::Phone,
            at: self.clock.now(),
            note: self.words.contact.clone(),
        };
        self.store.write_blocking(RecordContact { actor: story.shop.merchant.clone(), case, contact }).map(|_| ())
    }

    fn act(&self, actor: &Actor, case: CaseId, event: &'static str, input: Value) -> Result<(), Fault> {
        self.store.write_blocking(Do { actor: actor.clone(), case, event: event.to_owned(), input })
    }

    /// Somebody tries; when silence or somebody else came first, life goes on.
    fn try_act(&self, actor: &Actor, case: CaseId, event: &'static str, input: Value) -> Result<(), Fault> {
        match self.act(actor, case, event, input) {
            Err(Fault::Refused(problem)) if problem.status == 409 => Ok(()),
            other => other,
        }
    }
}
