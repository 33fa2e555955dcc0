//! `bench`: how fast the real commands are, on a fresh database, as one line of JSON.

use super::{CliError, Common, DONE};
use crate::market::{MarketConfig, open};
use crate::serve::instance_name;
use clap::Subcommand;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use xr_base::{
    Actor, Clock, Currency, Fault, Millis, OrgId, Party, Principal, ShopId, SkuId, StoreError, SystemClock, UnitPrice,
    UserId,
};
use xr_catalog::{CreateSku, NewSku, StockMode};
use xr_inventory::AdjustStock;
use xr_orders::{LineWanted, PlaceOrder, Recipient, ShopTerms};
use xr_store::{Location, Store};

/// Units that buyers choose from, so that stock rows are not one hot row.
const SKUS: i64 = 500;
const MERCHANT: OrgId = OrgId(2);
const SHOP: ShopId = ShopId(3);

#[derive(Subcommand)]
pub(super) enum BenchCommand {
    /// Place orders (stock, number, two cases, clocks, history, events) from many clients; every answer is on disk.
    PlaceOrder {
        /// Orders placed beforehand, not measured.
        #[arg(long, default_value_t = 0)]
        orders: u64,
        /// Clients that each wait for their answer.
        #[arg(long, default_value_t = 64)]
        clients: u64,
        /// Seconds measured.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
}

pub(super) fn run(common: &Common, command: &BenchCommand) -> Result<u8, CliError> {
    let BenchCommand::PlaceOrder { orders, clients, seconds } = *command;
    let settings = common.settings()?;
    let Location::Folder(parent) = settings.location()? else {
        return Err(CliError::Other("give an empty folder by --data; PostgreSQL comes with the hardening".to_owned()));
    };
    if parent.join("xiaoer.db").exists() {
        return Err(CliError::Other(format!("{} holds a database; give an empty folder", parent.display())));
    }
    let clock = Arc::new(SystemClock::real());
    let entropy = xr_web::entropy::OsEntropy;
    let store = open(MarketConfig {
        location: Location::Folder(parent),
        clock: clock.clone(),
        secret: [1; 32],
        instance: instance_name(&entropy)?,
        ext: Vec::new(),
    })?;
    let skus = Arc::new(goods(&store)?);
    if orders > 0 {
        let until = Until::Count(orders.div_ceil(clients));
        load(&store, &skus, clients, &until, &clock)?;
    }
    let cpu = cpu_ms();
    let measured =
        load(&store, &skus, clients, &Until::Time(Millis::seconds(i64::try_from(seconds).unwrap_or(10))), &clock)?;
    let cpu = cpu_ms() - cpu;
    let stats = store.stats();
    store.close();
    let count = measured.times.len().max(1);
    let orders_placed = i64::try_from(count).unwrap_or(i64::MAX);
    let mut times = measured.times;
    times.sort_unstable();
    let at = |share: usize| times.get(count * share / 1_000).or(times.last()).copied().unwrap_or(0);
    println!(
        "{}",
        json!({
            "bench": "place-order", "engine": "sqlite", "orders_before": orders, "clients": clients,
            "product_per_s": orders_placed * 1_000 / measured.wall.0.max(1),
            "p50_ms": at(500), "p95_ms": at(950), "p99_ms": at(990), "max_ms": times.last(),
            "cpu_us_per_order": cpu * 1_000 / orders_placed, "groups": stats.groups, "retries": stats.retries.values().sum::<u64>(),
        })
    );
    Ok(DONE)
}

/// CPU time of this process so far, clients included; 0 where the system does not tell.
fn cpu_ms() -> i64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields after the name in brackets; user and system time are the 12th and 13th of them, in ticks of 10 ms.
    let after = stat.rsplit(") ").next().unwrap_or("");
    let fields: Vec<&str> = after.split(' ').collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<i64>().ok()).unwrap_or(0);
    (ticks(11) + ticks(12)) * 10
}

fn person(user: i64, org: Option<OrgId>, party: Party, permissions: &[&str]) -> Actor {
    let permissions = permissions.iter().map(|p| (*p).to_owned()).collect();
    Actor::Person(Principal { user: UserId(user), org, party, permissions })
}

fn goods(store: &Store) -> Result<Vec<SkuId>, Fault> {
    let merchant = person(10, Some(MERCHANT), Party::Merchant, &["catalog.manage", "inventory.manage"]);
    let mut skus = Vec::new();
    for n in 0..SKUS {
        let new = NewSku {
            merchant_org: MERCHANT,
            shop: SHOP,
            code: format!("S{n}"),
            title: format!("goods {n}"),
            spec: String::new(),
            unit_price: UnitPrice(100_000 + n),
            currency: Currency::Cny,
            stock_mode: StockMode::Tracked,
            picture: None,
        };
        let sku = store.write_blocking(CreateSku { actor: merchant.clone(), new })?.id;
        let stocked = AdjustStock { actor: merchant.clone(), merchant_org: MERCHANT, sku, delta: 1_000_000 };
        store.write_blocking(stocked)?;
        skus.push(sku);
    }
    Ok(skus)
}

/// When clients stop.
enum Until {
    Count(u64),
    Time(Millis),
}

struct Measured {
    /// Milliseconds of every answer.
    times: Vec<i64>,
    wall: Millis,
}

fn load(
    store: &Store,
    skus: &Arc<Vec<SkuId>>,
    clients: u64,
    until: &Until,
    clock: &Arc<SystemClock>,
) -> Result<Measured, Fault> {
    let stop = Arc::new(AtomicBool::new(false));
    let began = clock.wall();
    let count = match until {
        Until::Count(count) => *count,
        Until::Time(_) => u64::MAX,
    };
    let start = |client: u64| {
        let (store, skus, stop, clock) = (store.clone(), Arc::clone(skus), Arc::clone(&stop), Arc::clone(clock));
        std::thread::spawn(move || one_client(&store, &skus, &stop, (client, count), clock.as_ref()))
    };
    let threads: Vec<_> = (0..clients).map(start).collect();
    if let Until::Time(span) = until {
        std::thread::sleep(Duration::from_millis(span.0.unsigned_abs()));
        stop.store(true, Ordering::SeqCst);
    }
    let mut times = Vec::new();
    for thread in threads {
        times.extend(thread.join().map_err(|_| StoreError::Engine("a client panicked".to_owned()))??);
    }
    Ok(Measured { times, wall: clock.wall() - began })
}

fn one_client(
    store: &Store,
    skus: &[SkuId],
    stop: &AtomicBool,
    (client, count): (u64, u64),
    clock: &SystemClock,
) -> Result<Vec<i64>, Fault> {
    let user = 1_000 + i64::try_from(client).unwrap_or(0);
    let mut command = PlaceOrder {
        actor: person(user, None, Party::Buyer, &["orders.buy"]),
        buyer: UserId(user),
        terms: ShopTerms {
            shop: SHOP,
            merchant_org: MERCHANT,
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
    };
    let mut times = Vec::new();
    for n in 0..count {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let pick = usize::try_from(client * 7_919 + n * 104_729).unwrap_or(0) % skus.len();
        command.lines = vec![LineWanted { sku: skus[pick], quantity: 1 }];
        let asked = clock.wall();
        store.write_blocking(command.clone())?;
        times.push((clock.wall() - asked).0);
    }
    Ok(times)
}
