//! `bench`: how fast the real commands are, on a fresh database, as one line of JSON each.

mod http;
mod lists;
mod load;

use super::{CliError, Common, DONE};
use crate::market::{MarketConfig, open};
use crate::serve::instance_name;
use clap::{Args, Subcommand};
use load::{Goods, Until};
use serde_json::json;
use std::sync::Arc;
use xr_base::calendar::DayTables;
use xr_base::{Millis, SystemClock};
use xr_store::{Location, Store};

#[derive(Subcommand)]
pub(super) enum BenchCommand {
    /// Place orders (stock, number, two cases, clocks, history, events) from many clients; every answer is on disk.
    PlaceOrder(Load),
    /// The same over HTTP, each client with a log-in and a connection of its own.
    PlaceOrderHttp(Load),
    /// Pages of 20 orders over HTTP, by one client: of a shop and a state, of a state, and of everything.
    ListOrders {
        /// Orders placed beforehand; one in a hundred of them is in the state asked for.
        #[arg(long, default_value_t = 10_000)]
        orders: u64,
        /// Pages read of each list.
        #[arg(long, default_value_t = 2_000)]
        pages: u64,
    },
}

/// Who places how many orders.
#[derive(Args, Clone, Copy)]
pub(super) struct Load {
    /// Orders placed beforehand, not measured.
    #[arg(long, default_value_t = 0)]
    orders: u64,
    /// Clients that each wait for their answer.
    #[arg(long, default_value_t = 64)]
    clients: u64,
    /// Seconds measured.
    #[arg(long, default_value_t = 10)]
    seconds: i64,
}

/// Clients of the orders placed beforehand.
const CLIENTS: u64 = 64;

pub(super) fn run(common: &Common, command: &BenchCommand) -> Result<u8, CliError> {
    let market = fresh(common)?;
    let answer = match *command {
        BenchCommand::PlaceOrder(load) => place_order(&market, load)?,
        BenchCommand::PlaceOrderHttp(load) => {
            market.fill(load.orders)?;
            http::place_orders(&market, load)?
        }
        BenchCommand::ListOrders { orders, pages } => lists::measure(&market, orders, pages)?,
    };
    market.store.close();
    println!("{answer}");
    Ok(DONE)
}

/// An empty market with goods.
struct Market {
    store: Store,
    clock: Arc<SystemClock>,
    location: Location,
    goods: Arc<Goods>,
}

fn fresh(common: &Common) -> Result<Market, CliError> {
    let location = common.settings()?.location()?;
    if matches!(&location, Location::Folder(folder) if folder.join("xiaoer.db").exists()) {
        return Err(CliError::Other("the folder holds a database; give an empty one by --data".to_owned()));
    }
    let clock = Arc::new(SystemClock::real());
    let store = open(MarketConfig {
        location: location.clone(),
        clock: clock.clone(),
        secret: [1; 32],
        instance: instance_name(&xr_web::entropy::OsEntropy)?,
        days: DayTables::shipped().clone(),
        ext: Vec::new(),
    })?;
    let used = store.read_blocking(|tx| Ok(xr_store::events::last_seq(tx)?))?;
    if used > 0 {
        return Err(CliError::Other("the database is in use; a bench wants an empty one".to_owned()));
    }
    let goods = Arc::new(load::goods(&store)?);
    Ok(Market { store, clock, location, goods })
}

impl Market {
    /// Places orders beforehand, not measured.
    fn fill(&self, orders: u64) -> Result<(), CliError> {
        if orders > 0 {
            load::run(self, CLIENTS, &Until::Count(orders.div_ceil(CLIENTS)))?;
        }
        Ok(())
    }

    const fn engine(&self) -> &'static str {
        match self.location {
            Location::Folder(_) => "sqlite",
            Location::Postgres(_) => "postgres",
        }
    }
}

fn place_order(market: &Market, Load { orders, clients, seconds }: Load) -> Result<serde_json::Value, CliError> {
    market.fill(orders)?;
    let cpu = cpu_us();
    let measured = load::run(market, clients, &Until::Time(Millis::seconds(seconds)))?;
    let cpu = cpu_us() - cpu;
    let stats = market.store.stats();
    let mut answer = measured.summary("place-order", market.engine(), cpu);
    answer["orders_before"] = json!(orders);
    answer["clients"] = json!(clients);
    answer["groups"] = json!(stats.groups);
    answer["retries"] = json!(stats.retries.values().sum::<u64>());
    Ok(answer)
}

/// What was asked, and how long each answer took.
struct Measured {
    /// Microseconds of every answer.
    times: Vec<i64>,
    wall: Millis,
}

impl Measured {
    /// Rate, percentiles in milliseconds, CPU of this process for one of them.
    fn summary(mut self, bench: &str, engine: &str, cpu_us: i64) -> serde_json::Value {
        self.times.sort_unstable();
        let count = i64::try_from(self.times.len()).unwrap_or(i64::MAX);
        let at = |share: usize| {
            let micros = self.times.get(self.times.len() * share / 1_000).or(self.times.last());
            micros.map_or(0.0, |micros| f64::from(i32::try_from(*micros).unwrap_or(i32::MAX)) / 1_000.0)
        };
        json!({
            "bench": bench, "engine": engine, "count": count, "per_s": count * 1_000 / self.wall.0.max(1),
            "p50_ms": at(500), "p95_ms": at(950), "p99_ms": at(990), "max_ms": at(1_000),
            "cpu_us_each": cpu_us / count.max(1),
        })
    }
}

/// CPU time of this process so far, clients included; 0 where the system does not tell.
fn cpu_us() -> i64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields after the name in brackets; user and system time are the 12th and 13th of them, in ticks of 10 ms.
    let after = stat.rsplit(") ").next().unwrap_or("");
    let fields: Vec<&str> = after.split(' ').collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<i64>().ok()).unwrap_or(0);
    (ticks(11) + ticks(12)) * 10_000
}
