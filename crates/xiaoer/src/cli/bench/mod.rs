//! `bench`: how fast the real commands are, on a fresh database, as one line of JSON each.

mod clocks;
mod exports;
mod http;
mod import;
mod lists;
mod load;
mod operations;
mod orders;
mod start;
mod usage;

use super::{CliError, Common, DONE};
use crate::config::Settings;
use crate::keys;
use crate::market::{MarketConfig, open};
use crate::serve::instance_name;
use clap::{Args, Subcommand, ValueEnum};
use load::{Goods, Until};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xr_base::calendar::DayTables;
use xr_base::{Clock as _, Instant, Millis, SystemClock};
use xr_imports::history_clock;
use xr_store::{Location, Store, params, sql};
use xr_web::entropy::OsEntropy;

#[derive(Subcommand)]
pub(super) enum BenchCommand {
    /// Place orders (stock, number, two cases, clocks, history, events) from many clients, every answer on disk; in turn with
    /// the same statements on the bare client library.
    PlaceOrder(Load),
    /// Place orders over HTTP, each client with a log-in and a connection of its own.
    Http(Load),
    /// Pages of 20 orders over HTTP, by one client: of a shop and a state, of a state, and of everything.
    List {
        /// Engine that is meant; PostgreSQL needs `--database`.
        #[arg(long)]
        engine: Option<EngineName>,
        /// Orders placed beforehand; one in a hundred of them is in the state asked for.
        #[arg(long, default_value_t = 10_000)]
        orders: u64,
        /// Pages read of each list.
        #[arg(long, default_value_t = 2_000)]
        pages: u64,
        /// Go on with what an earlier bench left in `--data`, its orders being listed too.
        #[arg(long)]
        reuse: bool,
    },
    /// Pages of the operation log over HTTP, by one client: by each filter, as a merchant and an operator ask.
    Operations {
        /// Engine that is meant; PostgreSQL needs `--database`.
        #[arg(long)]
        engine: Option<EngineName>,
        /// Entries of people of merchants, written beforehand; half of them of the merchant who asks.
        #[arg(long, default_value_t = 100_000)]
        entries: u64,
        /// Pages read by each filter.
        #[arg(long, default_value_t = 500)]
        pages: u64,
    },
    /// Orders as an XLSX file, with the memory that it takes.
    Export {
        /// Engine that is meant; PostgreSQL needs `--database`.
        #[arg(long)]
        engine: Option<EngineName>,
        /// Orders placed beforehand, all of them exported.
        #[arg(long, default_value_t = 10_000)]
        orders: u64,
    },
    /// Deadlines: how late 200 a second fire among many open ones, and how many a second are made up for after an outage.
    Clocks {
        /// Engine that is meant; PostgreSQL needs `--database`.
        #[arg(long)]
        engine: Option<EngineName>,
        /// Open orders.
        #[arg(long, default_value_t = 100_000)]
        orders: u64,
        /// Go on with what an earlier bench left in `--data`, its orders being open too.
        #[arg(long)]
        reuse: bool,
        /// Seconds of either measurement.
        #[arg(long, default_value_t = 10)]
        seconds: i64,
    },
    /// Read a history in, and again when all of it is known.
    Import {
        /// Engine that is meant; PostgreSQL needs `--database`.
        #[arg(long)]
        engine: Option<EngineName>,
        /// Files of the data set "Online Retail" [default: one month of it].
        files: Vec<PathBuf>,
    },
    /// Kill a process in full work five times, and start a server on what it left, with an empty page cache. Embedded database only.
    Start {
        /// Engine that is meant.
        #[arg(long)]
        engine: Option<EngineName>,
        /// Orders placed beforehand.
        #[arg(long, default_value_t = 100_000)]
        orders: u64,
        /// (The process that is killed.)
        #[arg(long, hide = true)]
        work: bool,
    },
}

/// Who places how many orders.
#[derive(Args, Clone, Copy)]
pub(super) struct Load {
    /// Engine that is meant; PostgreSQL needs `--database`.
    #[arg(long)]
    engine: Option<EngineName>,
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

/// Engines by the name that benches print.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EngineName {
    Sqlite,
    Postgres,
}

/// Clients of the orders placed beforehand.
const CLIENTS: u64 = 64;

pub(super) fn run(common: &Common, command: &BenchCommand) -> Result<u8, CliError> {
    let (BenchCommand::PlaceOrder(Load { engine, .. })
    | BenchCommand::Http(Load { engine, .. })
    | BenchCommand::List { engine, .. }
    | BenchCommand::Operations { engine, .. }
    | BenchCommand::Export { engine, .. }
    | BenchCommand::Clocks { engine, .. }
    | BenchCommand::Import { engine, .. }
    | BenchCommand::Start { engine, .. }) = command;
    let (location, _scratch) = place(common, *engine)?;
    if let BenchCommand::Start { orders, work, .. } = *command {
        return starts(location, orders, work);
    }
    let clock = if matches!(command, BenchCommand::Import { .. }) { history_clock() } else { SystemClock::real() };
    let market = match command {
        BenchCommand::List { reuse: true, .. } => left(location, Millis(0))?,
        BenchCommand::Clocks { reuse: true, .. } => left(location, clocks::BEFORE)?,
        _ => fresh(location, clock)?,
    };
    let answer = match *command {
        BenchCommand::PlaceOrder(load) => orders::measure(&market, load)?,
        BenchCommand::Http(load) => {
            market.fill(load.orders)?;
            http::place_orders(&market, load)?
        }
        BenchCommand::List { orders, pages, .. } => lists::measure(&market, orders, pages)?,
        BenchCommand::Operations { entries, pages, .. } => operations::measure(&market, entries, pages)?,
        BenchCommand::Export { orders, .. } => exports::measure(&market, orders)?,
        BenchCommand::Clocks { orders, seconds, .. } => clocks::measure(&market, orders, seconds)?,
        BenchCommand::Import { ref files, .. } => import::measure(&market, files)?,
        BenchCommand::Start { .. } => return Ok(DONE),
    };
    market.store.close();
    println!("{answer}");
    Ok(DONE)
}

/// A folder that is gone when the bench is over.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where the data lies: as told, else in a new folder on a disk (`/tmp` may be memory).
fn place(common: &Common, engine: Option<EngineName>) -> Result<(Location, Option<Scratch>), CliError> {
    let is_told = common.data.is_some() || common.database.is_some() || common.config.is_some();
    let (location, scratch) = if is_told {
        (common.settings()?.location()?, None)
    } else {
        let folder = Path::new("/var/tmp").join(format!("xiaoer-bench-{}", std::process::id()));
        (Location::Folder(folder.clone()), Some(Scratch(folder)))
    };
    match (&location, engine) {
        (Location::Folder(_), Some(EngineName::Postgres)) => {
            Err(CliError::Other("PostgreSQL needs --database URL of an empty database".to_owned()))
        }
        (Location::Postgres(_), Some(EngineName::Sqlite)) => {
            Err(CliError::Other("--engine sqlite goes with --data, not with --database".to_owned()))
        }
        _ => Ok((location, scratch)),
    }
}

/// An empty market with goods.
struct Market {
    store: Store,
    clock: Arc<SystemClock>,
    location: Location,
    goods: Arc<Goods>,
}

fn fresh(location: Location, clock: SystemClock) -> Result<Market, CliError> {
    if has_database(&location) {
        return Err(CliError::Other("the folder holds a database; give an empty one by --data".to_owned()));
    }
    let (store, clock) = opened(&location, clock)?;
    let used = store.read_blocking(|tx| Ok(xr_store::events::last_seq(tx)?))?;
    if used > 0 {
        return Err(CliError::Other("the database is in use; a bench wants an empty one".to_owned()));
    }
    Market::of(store, clock, location)
}

/// The market of an earlier bench, so long before its first order: time only goes on, in a process.
fn left(location: Location, before: Millis) -> Result<Market, CliError> {
    let (store, _) = opened(&location, SystemClock::real())?;
    let first = store.read_blocking(|tx| {
        let text =
            sql!("SELECT placed_at FROM orders ORDER BY case_id LIMIT 1 /* unscoped: a bench of its own database */");
        Ok(tx.opt::<(Instant,)>(text, params![])?)
    })?;
    let (first,) = first.ok_or_else(|| CliError::Other("no bench left any order there".to_owned()))?;
    store.close();
    drop(store);
    let clock = SystemClock::real();
    clock.set(clock.wall(), first - before, 1);
    let (store, clock) = opened(&location, clock)?;
    let goods = Arc::new(store.read_blocking(load::left)?);
    Ok(Market { store, clock, location, goods })
}

fn has_database(location: &Location) -> bool {
    matches!(location, Location::Folder(folder) if folder.join("xiaoer.db").exists())
}

fn opened(location: &Location, clock: SystemClock) -> Result<(Store, Arc<SystemClock>), CliError> {
    let clock = Arc::new(clock);
    let sealing = match location {
        Location::Folder(folder) => {
            let settings = Settings { data: Some(folder.clone()), ..Settings::default() };
            keys::sealing(&settings, Arc::new(OsEntropy))?
        }
        Location::Postgres(_) => keys::repeatable(),
    };
    let store = open(MarketConfig {
        location: location.clone(),
        clock: clock.clone(),
        secret: [1; 32],
        instance: instance_name(&OsEntropy)?,
        days: DayTables::shipped().clone(),
        sealing,
        ext: Vec::new(),
    })?;
    Ok((store, clock))
}

/// Measures starts, or is the process that is killed for it.
fn starts(location: Location, orders: u64, work: bool) -> Result<u8, CliError> {
    let Location::Folder(folder) = &location else {
        return Err(CliError::Other("start measures the embedded database".to_owned()));
    };
    if work {
        let is_new = !has_database(&location);
        let (store, clock) = opened(&location, SystemClock::real())?;
        start::work(&Market::of(store, clock, location)?, is_new.then_some(orders))?;
    } else {
        println!("{}", start::measure(folder, orders)?);
    }
    Ok(DONE)
}

impl Market {
    /// With a shop of its own.
    fn of(store: Store, clock: Arc<SystemClock>, location: Location) -> Result<Self, CliError> {
        let goods = Arc::new(load::goods(&store)?);
        Ok(Self { store, clock, location, goods })
    }

    /// Places orders beforehand, not measured. Business time stands meanwhile: many take longer to place than buyers have to pay.
    fn fill(&self, orders: u64) -> Result<(), CliError> {
        if orders > 0 {
            let now = self.clock.now();
            self.clock.set(self.clock.wall(), now, 0);
            load::run(self, CLIENTS, &Until::Count(orders.div_ceil(CLIENTS)))?;
            self.clock.set(self.clock.wall(), now, 1);
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

/// What was asked, and how long each answer took.
struct Measured {
    /// Microseconds of every answer.
    times: Vec<i64>,
    wall: Millis,
}

impl Measured {
    /// Rate and percentiles in milliseconds.
    fn summary(mut self, bench: &str, engine: &str) -> serde_json::Value {
        self.times.sort_unstable();
        let count = i64::try_from(self.times.len()).unwrap_or(i64::MAX);
        let at = |share: usize| {
            let micros = self.times.get(self.times.len() * share / 1_000).or(self.times.last());
            micros.map_or(0.0, |micros| f64::from(i32::try_from(*micros).unwrap_or(i32::MAX)) / 1_000.0)
        };
        json!({
            "bench": bench, "engine": engine, "count": count, "per_s": count * 1_000 / self.wall.0.max(1),
            "p50_ms": at(500), "p95_ms": at(950), "p99_ms": at(990), "max_ms": at(1_000),
        })
    }
}
