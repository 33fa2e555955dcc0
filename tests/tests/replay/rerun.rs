//! The independent check: a family's acts are really done again, at their times, in a real market under the other pack.
//!
//! Nothing of the replay is used: the store, the engine, effects, ledger and scheduler are those of the product. Units are not
//! kept in stock, so a scarce one is never missing.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use xiaoer::market::{MarketConfig, open};
use xr_aftersales::{
    AddEvidence, AftersalesRow, Application, Apply, CaseKind, Filing, NewContact, Origin, RecordContact,
};
use xr_base::calendar::DayTables;
use xr_base::{Actor, CaseId, Clock as _, FakeClock, Fault, Instant, Millis, OrgId, Party, Principal, UserId};
use xr_case::engine::{Act, FireDue, HistoryRow, act, due_cases, history, next_wake};
use xr_case::replay::Recorded;
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_logistics::{Direction, Notice, Scan, ScanKind, Shipment, TakeScan};
use xr_orders::{Line, LineWanted, OrderRow, PlaceOrder, Recipient, ShopTerms};
use xr_store::{Command, Location, Store, Tx};
use xr_tests::memory_folder;

const MAY: &[&str] = &[
    "aftersales.adjudicate",
    "aftersales.apply",
    "aftersales.decide",
    "catalog.manage",
    "inventory.manage",
    "orders.buy",
    "orders.manage",
    "orders.review",
    "payments.capture",
    "payments.chargeback",
    "payments.payout",
    "payments.reconcile",
    "payments.refund",
    "payments.settle",
    "platform.orders",
];

/// An act by anybody.
#[derive(Clone, Debug)]
struct Do {
    actor: Actor,
    case: CaseId,
    event: String,
    input: Value,
}

impl Command for Do {
    type Out = ();
    const NAME: &'static str = "tests.rerun";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let Self { actor, case, event, input } = self;
        act(tx, &Act { actor, case: *case, event, version: None, input, note: None }).map(|_| ())
    }
}

/// What capabilities know of a recorded family.
struct Record {
    order: OrderRow,
    lines: Vec<Line>,
    cases: HashMap<CaseId, AftersalesRow>,
    parcels: Vec<(Shipment, Vec<Scan>)>,
    evidence: Vec<(CaseId, Party, Instant)>,
    contacts: Vec<(CaseId, Instant, Instant)>,
    places: HashMap<(CaseId, i64), i64>,
}

impl Record {
    fn read(store: &Store, family: &[Recorded]) -> Self {
        let ids: Vec<CaseId> = family.iter().map(|r| r.case.id).collect();
        let root = ids[0];
        let places = family.iter().flat_map(|r| {
            r.places.iter().enumerate().map(|(i, place)| ((r.case.id, r.rows[i].seq), *place)).collect::<Vec<_>>()
        });
        let places = places.collect();
        store
            .read_blocking(move |tx| {
                let mut record = Self {
                    order: xr_orders::queries::get(tx, root)?,
                    lines: xr_orders::queries::lines(tx, root)?,
                    cases: HashMap::new(),
                    parcels: Vec::new(),
                    evidence: Vec::new(),
                    contacts: Vec::new(),
                    places,
                };
                for parcel in xr_logistics::queries::of_order(tx, root)? {
                    let scans = xr_logistics::queries::scans(tx, parcel.id)?;
                    record.parcels.push((parcel, scans));
                }
                for id in ids {
                    let Some(row) = xr_aftersales::queries::find(tx, id)? else { continue };
                    record.cases.insert(id, row);
                    let filed = xr_aftersales::queries::evidence(tx, id)?;
                    record.evidence.extend(filed.into_iter().map(|e| (id, e.party, e.at)));
                    let told = xr_aftersales::queries::contacts(tx, id)?;
                    record.contacts.extend(told.into_iter().map(|c| (id, c.at, c.recorded_at)));
                }
                Ok(record)
            })
            .unwrap()
    }
}

/// Something to do again.
#[derive(Clone, Debug)]
enum Deed {
    Apply(CaseId),
    Act(CaseId, HistoryRow),
    Scan(usize, Scan),
    Evidence(CaseId, Party),
    Contact(CaseId, Instant),
}

/// The market in which one family lives again.
pub(crate) struct Rerun<'r> {
    pub(crate) store: Store,
    clock: Arc<FakeClock>,
    record: Record,
    family: &'r [Recorded],
    /// Recorded case → the one that it is here.
    pub(crate) real: HashMap<CaseId, CaseId>,
    /// How much later each recorded case was opened here.
    shift: HashMap<CaseId, Millis>,
    /// In order of time, of the event record, and of reading.
    agenda: Vec<((Instant, i64, i64, usize), Deed)>,
    used: HashMap<(CaseId, &'static str), usize>,
    pack: String,
    // Goes with the market.
    _folder: tempfile::TempDir,
}

fn person(user: i64, org: Option<OrgId>, party: Party) -> Actor {
    let permissions = MAY.iter().map(|p| (*p).to_owned()).collect();
    Actor::Person(Principal { user: UserId(user), org, party, permissions, address: None })
}

/// Does everything again under `pack` until `horizon`.
pub(crate) fn rerun<'r>(from: &Store, family: &'r [Recorded], pack: &str, horizon: Instant) -> Rerun<'r> {
    let record = Record::read(from, family);
    let folder = memory_folder();
    let clock = Arc::new(FakeClock::at(family[0].case.opened_at));
    let store = open(MarketConfig {
        location: Location::Folder(folder.path().to_owned()),
        clock: clock.clone(),
        secret: [7; 32],
        instance: "rerun".to_owned(),
        days: DayTables::shipped().clone(),
        sealing: xiaoer::keys::repeatable(),
        ext: Vec::new(),
    })
    .unwrap();
    let mut again = Rerun {
        store,
        clock,
        record,
        family,
        real: HashMap::new(),
        shift: HashMap::new(),
        agenda: Vec::new(),
        used: HashMap::new(),
        pack: pack.to_owned(),
        _folder: folder,
    };
    again.place();
    again.plan();
    again.run(horizon);
    again
}

impl Drop for Rerun<'_> {
    fn drop(&mut self) {
        self.store.close();
    }
}

impl Rerun<'_> {
    /// The history of a recorded case as it went here; empty if it was not opened.
    pub(crate) fn history(&self, id: CaseId) -> Vec<HistoryRow> {
        let Some(real) = self.real.get(&id).copied() else { return Vec::new() };
        self.store.read_blocking(move |tx| Ok(history(tx, real)?)).unwrap()
    }

    fn merchant(&self) -> Actor {
        person(9_001, Some(self.record.order.merchant_org), Party::Merchant)
    }

    fn buyer(&self) -> Actor {
        person(self.record.order.buyer_id.0, None, Party::Buyer)
    }

    /// Places the order: one unit of goods for each line, so that lines stay apart.
    fn place(&mut self) {
        let order = self.record.order.clone();
        let mut lines = Vec::new();
        for line in self.record.lines.clone() {
            let new = NewSku {
                merchant_org: order.merchant_org,
                shop: order.shop_id,
                code: format!("L{}", line.line_no),
                title: line.title.clone(),
                spec: line.spec.clone(),
                unit_price: line.unit_price,
                currency: order.currency,
                stock_mode: StockMode::Untracked,
                picture: None,
            };
            let sku = self.store.write_blocking(CreateSku { actor: self.merchant(), new }).unwrap().id;
            lines.push(LineWanted { sku, quantity: line.quantity });
        }
        let placed = self
            .store
            .write_blocking(PlaceOrder {
                actor: self.buyer(),
                buyer: order.buyer_id,
                terms: ShopTerms {
                    shop: order.shop_id,
                    merchant_org: order.merchant_org,
                    pack: self.pack.clone(),
                    currency: order.currency,
                    provider: "testpay".to_owned(),
                    freight_minor: order.freight_minor,
                },
                lines,
                recipient: Recipient {
                    name: "n".into(),
                    phone: "13800000000".into(),
                    region: "r".into(),
                    address: "a".into(),
                },
                // Remarks may be edited; that of the beginning decided whether the order is reviewed.
                remark: if order.review_exempt { String::new() } else { "r".to_owned() },
                source: "portal".to_owned(),
            })
            .unwrap();
        assert_eq!(placed.total.minor, order.total_minor, "the order is not the same");
        let payment = self.family.iter().find(|r| r.case.kind == "payment").unwrap();
        self.found(self.family[0].case.id, placed.order);
        self.found(payment.case.id, placed.payment);
    }

    /// A recorded case is there: its acts come due.
    fn found(&mut self, recorded: CaseId, real: CaseId) {
        self.real.insert(recorded, real);
        let told = self.family.iter().find(|r| r.case.id == recorded).unwrap();
        let shift = if told.past.is_follower { self.clock.now() - told.case.opened_at } else { Millis(0) };
        // A deadline's consequence counts from its due.
        let opened_at = self.store.read_blocking(move |tx| Ok(xr_case::engine::get(tx, real)?.opened_at)).unwrap();
        let shift = if told.past.is_follower { opened_at - told.case.opened_at } else { shift };
        self.shift.insert(recorded, shift);
        let acts: Vec<HistoryRow> = told.rows.iter().skip(1).filter(|row| is_done_again(row)).cloned().collect();
        for row in acts {
            let place = self.record.places.get(&(recorded, row.seq)).copied().unwrap_or(0);
            self.later(row.at + shift, (place, recorded.0), Deed::Act(recorded, row));
        }
        for (id, party, at) in self.record.evidence.clone() {
            // Evidence of an instant was filed with or before the act of that instant.
            if id == recorded {
                self.later(at + shift, (-1, id.0), Deed::Evidence(id, party));
            }
        }
        for (id, at, known) in self.record.contacts.clone() {
            if id == recorded {
                self.later(known + shift, (-1, id.0), Deed::Contact(id, at + shift));
            }
        }
    }

    fn later(&mut self, at: Instant, (place, id): (i64, i64), deed: Deed) {
        self.agenda.push(((at, place, id, self.agenda.len()), deed));
        self.agenda.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
    }

    /// Openings and scans stand at their times.
    fn plan(&mut self) {
        for told in self.family {
            if self.record.cases.get(&told.case.id).is_some_and(|row| row.origin == Origin::Applied) {
                let place = self.record.places.get(&(told.case.id, 1)).copied().unwrap_or(0);
                self.later(told.case.opened_at, (place, told.case.id.0), Deed::Apply(told.case.id));
            }
        }
        for (index, (_, scans)) in
            self.record.parcels.iter().enumerate().map(|(i, p)| (i, p.clone())).collect::<Vec<_>>()
        {
            for scan in scans {
                self.later(scan.received_at, (0, 0), Deed::Scan(index, scan));
            }
        }
    }

    fn run(&mut self, horizon: Instant) {
        loop {
            let wake = self.store.read_blocking(next_wake).unwrap().filter(|at| *at <= horizon);
            let deed = self.agenda.last().map(|((at, ..), _)| *at).filter(|at| *at <= horizon);
            match (wake, deed) {
                (Some(wake), deed) if deed.is_none_or(|at| wake <= at) => {
                    self.jump(wake);
                    for case in self.store.read_blocking(|tx| due_cases(tx, 50)).unwrap() {
                        self.store.write_blocking(FireDue { case }).unwrap();
                    }
                    self.find();
                }
                (_, Some(at)) => {
                    self.jump(at);
                    let (_, deed) = self.agenda.pop().unwrap();
                    self.again(deed);
                    self.find();
                }
                _ => return,
            }
        }
    }

    fn jump(&self, at: Instant) {
        if at > self.clock.now() {
            self.clock.jump_to(at);
        }
    }

    /// Cases that effects opened meanwhile are the recorded ones of the same parent and kind, in order.
    fn find(&mut self) {
        for told in self.family.iter().filter(|r| r.past.is_follower) {
            let id = told.case.id;
            if self.real.contains_key(&id) {
                continue;
            }
            let Some(parent) = told.case.parent_id.and_then(|p| self.real.get(&p).copied()) else { continue };
            let found = if told.case.kind == "refund" {
                let refunds =
                    self.store.read_blocking(move |tx| xr_payments::queries::refunds_for(tx, parent)).unwrap();
                refunds.into_iter().map(|(refund, _)| refund).find(|refund| !self.is_known(*refund))
            } else {
                let source = self.record.cases[&id].source_case.and_then(|s| self.real.get(&s).copied());
                let cases = self.store.read_blocking(move |tx| xr_aftersales::queries::of_order(tx, parent)).unwrap();
                let fits = |row: &&AftersalesRow| {
                    row.source_case.is_some() && row.source_case == source && row.kind.word() == told.case.kind
                };
                cases.iter().find(fits).map(|row| row.case_id).filter(|case| !self.is_known(*case))
            };
            if let Some(real) = found {
                self.found(id, real);
            }
        }
    }

    fn is_known(&self, real: CaseId) -> bool {
        self.real.values().any(|known| *known == real)
    }

    /// A refusal is an answer too: nothing happens then.
    fn again(&mut self, deed: Deed) {
        match deed {
            Deed::Apply(id) => self.apply(id),
            Deed::Act(id, row) => {
                let Some(case) = self.real.get(&id).copied() else { return };
                let actor = self.actor(&row);
                let input = self.input(id, &row);
                let _ = self.store.write_blocking(Do { actor, case, event: row.taken_as, input });
            }
            Deed::Scan(index, scan) => self.scan(index, scan),
            Deed::Evidence(id, party) => {
                let Some(case) = self.real.get(&id).copied() else { return };
                let actor = if party == Party::Buyer { self.buyer() } else { self.merchant() };
                let filing = Filing { photos: Vec::new(), words: Some("w".to_owned()) };
                let _ = self.store.write_blocking(AddEvidence { actor, case, filing });
            }
            Deed::Contact(id, at) => {
                let Some(case) = self.real.get(&id).copied() else { return };
                let contact = NewContact { channel: xr_aftersales::Channel::Phone, at, note: "n".to_owned() };
                let _ = self.store.write_blocking(RecordContact { actor: self.merchant(), case, contact });
            }
        }
    }

    fn apply(&mut self, id: CaseId) {
        let row = self.record.cases[&id].clone();
        let order = self.real[&row.order_id];
        let lines = self.store.read_blocking(move |tx| xr_orders::queries::lines(tx, order)).unwrap();
        let place = self.record.lines.iter().position(|l| l.id == row.line_id).unwrap();
        let application = Application {
            kind: row.kind,
            order,
            line: lines[place].id,
            quantity: row.quantity,
            amount_minor: (row.kind != CaseKind::Exchange).then_some(row.amount_minor),
            reason: row.reason,
            description: String::new(),
            photos: Vec::new(),
        };
        if let Ok(case) = self.store.write_blocking(Apply { actor: self.buyer(), pack: self.pack.clone(), application })
        {
            self.found(id, case);
        }
    }

    fn actor(&self, row: &HistoryRow) -> Actor {
        let user = row.actor.parse::<UserId>().ok();
        match (row.actor.as_str(), user) {
            ("system", _) => Actor::System,
            (_, Some(user)) => {
                let org = match row.party {
                    Party::Merchant => Some(self.record.order.merchant_org),
                    Party::Buyer => None,
                    _ => Some(OrgId(1)),
                };
                person(user.0, org, row.party)
            }
            (name, _) => Actor::Provider { party: row.party, name: name.replace("provider:", "") },
        }
    }

    /// What goes with an act, from what its capability kept of it.
    fn input(&mut self, id: CaseId, row: &HistoryRow) -> Value {
        match row.event.as_str() {
            "ship_all" | "ship_rest" | "already_handed_over" => self.parcel(id, Direction::Outbound),
            "ship_part" => {
                let mut input = self.parcel(id, Direction::Outbound);
                let order = self.real[&id];
                let lines = self.store.read_blocking(move |tx| xr_orders::queries::lines(tx, order)).unwrap();
                // Which line went is not kept: one that went at last, first the one that a return was applied for first.
                let went = |i: &usize| self.record.lines[*i].shipped > lines[*i].shipped && lines[*i].unshipped() > 0;
                let asked = |i: &usize| {
                    let cases = self.record.cases.values().filter(|c| c.line_id == self.record.lines[*i].id);
                    cases.map(|c| c.case_id).min().unwrap_or(CaseId(i64::MAX))
                };
                let line = (0..lines.len()).filter(went).min_by_key(asked).unwrap_or(0);
                input["lines"] = json!([{ "line": lines[line].id, "quantity": 1 }]);
                input
            }
            "fill_waybill" => self.parcel(id, Direction::Return),
            "reshipped" => self.parcel(id, Direction::Replacement),
            "sent_back" => self.parcel(id, Direction::SentBack),
            "reject" | "refuse" => json!({ "reason": "r" }),
            "propose" => json!({ "amount_minor": self.record.cases[&id].amount_minor }),
            "modify" => json!({ "description": "d" }),
            "book_pickup" => {
                let fetched = |(p, _): &&(Shipment, _)| p.case_id == id && p.direction == Direction::Return;
                let parcel = self.record.parcels.iter().find(fetched);
                json!({ "carrier": parcel.map_or("SF", |(p, _)| p.carrier.as_str()) })
            }
            "reapply" => {
                let next = self.record.cases.values().find(|row| row.source_case == Some(id));
                json!({ "kind": next.map_or("exchange", |row| row.kind.word()), "reason": "quality" })
            }
            "edit" => json!({}),
            _ => Value::Null,
        }
    }

    fn parcel(&mut self, id: CaseId, direction: Direction) -> Value {
        let nth = self.used.entry((id, direction.word())).or_default();
        let parcels = self.record.parcels.iter().filter(|(p, _)| p.case_id == id && p.direction == direction);
        let parcel = parcels.map(|(p, _)| p).nth(*nth);
        *nth += 1;
        parcel.map_or_else(
            || json!({ "carrier": "SF", "waybill": format!("SF90000000{nth}") }),
            |p| json!({ "carrier": p.carrier, "waybill": p.waybill }),
        )
    }

    fn scan(&mut self, index: usize, scan: Scan) {
        let (parcel, _) = self.record.parcels[index].clone();
        let case = self.real.get(&parcel.case_id).copied();
        // The carrier that fetches a return names the pickup.
        let reference = case.filter(|_| scan.kind == ScanKind::Collected && parcel.direction == Direction::Return);
        let notice = Notice {
            carrier: parcel.carrier,
            event_id: scan.event_id.clone(),
            waybill: parcel.waybill,
            kind: scan.kind,
            at: scan.at,
            place: scan.place,
            reference,
            body_hash: scan.event_id,
        };
        let _ = self.store.write_blocking(TakeScan { notice });
    }
}

/// Carriers speak by their scans, and echoes follow by themselves.
fn is_done_again(row: &HistoryRow) -> bool {
    match row.actor.as_str() {
        "clock" => false,
        "system" => row.event == "resend",
        _ => !(row.actor.starts_with("provider:") && row.party == Party::Courier),
    }
}
