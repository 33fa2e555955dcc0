//! Orders placed by many clients through the command path.

use super::usage::CLIENT;
use super::{Market, Measured};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use xr_base::{
    Actor, Currency, Fault, Millis, OrgId, Party, Principal, ShopId, SkuId, Stopwatch, StoreError, UnitPrice, UserId,
};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_identity::commands::{CreateOrg, CreateShop};
use xr_identity::model::OrgKind;
use xr_inventory::AdjustStock;
use xr_orders::{LineWanted, PlaceOrder, Recipient, ShopTerms};
use xr_store::{Store, Tx, params, sql};

/// Units that buyers choose from, so that stock rows are not one hot row.
const SKUS: i64 = 500;

/// A merchant's shop with what it sells.
pub(super) struct Goods {
    pub(super) merchant: OrgId,
    pub(super) shop: ShopId,
    pub(super) skus: Vec<SkuId>,
}

pub(super) fn person(user: i64, org: Option<OrgId>, party: Party, permissions: &[&str]) -> Actor {
    let permissions = permissions.iter().map(|p| (*p).to_owned()).collect();
    Actor::Person(Principal { user: UserId(user), org, party, permissions, address: None })
}

/// Opens a shop and fills its shelves.
pub(super) fn goods(store: &Store) -> Result<Goods, Fault> {
    let org = CreateOrg { actor: Actor::System, kind: OrgKind::Merchant, name: "Bench".to_owned() };
    let org = store.write_blocking(org)?.id;
    let (name, currency) = ("Bench".to_owned(), Currency::Cny);
    let shop = store.write_blocking(CreateShop { actor: Actor::System, org, name, pack: None, currency })?.id;
    let merchant = person(10, Some(org), Party::Merchant, &["catalog.manage", "inventory.manage"]);
    let mut skus = Vec::new();
    for n in 0..SKUS {
        let new = NewSku {
            merchant_org: org,
            shop,
            code: format!("S{n}"),
            title: format!("goods {n}"),
            spec: String::new(),
            unit_price: UnitPrice(100_000 + n),
            currency,
            stock_mode: StockMode::Tracked,
            picture: None,
        };
        let sku = store.write_blocking(CreateSku { actor: merchant.clone(), new })?.id;
        let stocked = AdjustStock { actor: merchant.clone(), merchant_org: org, sku, delta: 1_000_000 };
        store.write_blocking(stocked)?;
        skus.push(sku);
    }
    Ok(Goods { merchant: org, shop, skus })
}

/// The first shop that an earlier bench opened, with what it sells.
pub(super) fn left(tx: &mut Tx<'_>) -> Result<Goods, Fault> {
    let (shop, merchant): (ShopId, OrgId) = tx.one(
        sql!("SELECT id, merchant_org FROM shops ORDER BY id LIMIT 1 /* unscoped: a bench of its own database */"),
        params![],
    )?;
    let skus: Vec<(SkuId,)> = tx.all(
        sql!("SELECT id FROM skus WHERE shop_id = ?1 ORDER BY id /* unscoped: a bench of its own database */"),
        params![shop],
    )?;
    Ok(Goods { merchant, shop, skus: skus.into_iter().map(|(id,)| id).collect() })
}

/// When clients stop.
pub(super) enum Until {
    /// After so many each.
    Count(u64),
    Time(Millis),
}

/// Lets `clients` place orders, each waiting for its answer.
pub(super) fn run(market: &Market, clients: u64, until: &Until) -> Result<Measured, Fault> {
    let place = |client: u64| {
        let (store, goods) = (market.store.clone(), Arc::clone(&market.goods));
        let mut command = order_of(client, &goods);
        move |n: u64| {
            command.lines = vec![LineWanted { sku: goods.pick(client, n), quantity: 1 }];
            store.write_blocking(command.clone()).map(|_| ())
        }
    };
    many(clients, until, place)
}

/// Lets `clients` do something again and again, each as `make` says of its number, and times every answer.
pub(super) fn many<D, E>(clients: u64, until: &Until, make: impl Fn(u64) -> D) -> Result<Measured, E>
where
    D: FnMut(u64) -> Result<(), E> + Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let stop = Arc::new(AtomicBool::new(false));
    let began = Stopwatch::start();
    let count = match until {
        Until::Count(count) => *count,
        Until::Time(_) => u64::MAX,
    };
    let start = |client: u64| {
        let (mut once, stop) = (make(client), Arc::clone(&stop));
        std::thread::Builder::new().name(CLIENT.to_owned()).spawn(move || {
            let mut times = Vec::new();
            for n in (0..count).take_while(|_| !stop.load(Ordering::SeqCst)) {
                let asked = Stopwatch::start();
                once(n)?;
                times.push(asked.micros());
            }
            Ok::<Vec<i64>, E>(times)
        })
    };
    let threads = (0..clients).map(start).collect::<Result<Vec<_>, _>>();
    let threads = threads.map_err(|e| StoreError::Engine(e.to_string()))?;
    if let Until::Time(span) = until {
        std::thread::sleep(Duration::from_millis(span.0.unsigned_abs()));
        stop.store(true, Ordering::SeqCst);
    }
    let mut times = Vec::new();
    for thread in threads {
        times.extend(thread.join().map_err(|_| StoreError::Engine("a client panicked".to_owned()))??);
    }
    Ok(Measured { times, wall: Millis(began.micros() / 1_000) })
}

/// `count` orders as clients place them, others in every turn.
pub(super) fn some(goods: &Goods, turn: usize, count: usize) -> Vec<PlaceOrder> {
    let order = |n: usize| {
        let (client, n) = ((n % 64) as u64, (turn * count + n) as u64);
        let lines = vec![LineWanted { sku: goods.pick(client, n), quantity: 1 }];
        PlaceOrder { lines, ..order_of(client, goods) }
    };
    (0..count).map(order).collect()
}

impl Goods {
    /// What a client's n-th order is for.
    pub(super) fn pick(&self, client: u64, n: u64) -> SkuId {
        self.skus[usize::try_from(client * 7_919 + n * 104_729).unwrap_or(0) % self.skus.len()]
    }
}

fn order_of(client: u64, goods: &Goods) -> PlaceOrder {
    let user = 1_000 + i64::try_from(client).unwrap_or(0);
    PlaceOrder {
        actor: person(user, None, Party::Buyer, &["orders.buy"]),
        buyer: UserId(user),
        terms: ShopTerms {
            shop: goods.shop,
            merchant_org: goods.merchant,
            pack: "xiaoer-default".to_owned(),
            currency: Currency::Cny,
            provider: "testpay".to_owned(),
            freight_minor: 0,
        },
        lines: Vec::new(),
        recipient: Recipient {
            name: "Bench".to_owned(),
            phone: "13800000000".to_owned(),
            region: "Hangzhou".to_owned(),
            address: "Road 1".to_owned(),
        },
        remark: String::new(),
        source: "bench".to_owned(),
    }
}
