//! An open market: the store with every capability wired and every rulebook published.

use crate::wiring;
use jiff::tz::TimeZone;
use std::any::Any;
use std::sync::Arc;
use xr_base::calendar::DayTables;
use xr_base::{Clock, Fault};
use xr_case::Finding;
use xr_case::engine::{Engine, PublishRulebooks, adopt_days, due_handler};
use xr_orders::OrderNumbers;
use xr_store::{Config, Location, Sealing, Store};

/// What a market is opened with.
pub struct MarketConfig {
    /// Where its data lies.
    pub location: Location,
    /// Business and wall time.
    pub clock: Arc<dyn Clock>,
    /// Secret of this installation from which keys are derived; 32 bytes.
    pub secret: [u8; 32],
    /// Random name of this process among the nodes of one database.
    pub instance: String,
    /// Working days and holidays.
    pub days: DayTables,
    /// Keys of the sealed fields, with the fields of [`wiring::sealed_fields`].
    pub sealing: Sealing,
    /// What capabilities above ask for by type.
    pub ext: Vec<Box<dyn Any + Send + Sync>>,
}

/// Why a market does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A shipped or installed machine or pack has mistakes.
    #[error("{} mistakes in machines and packs, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Rules(Vec<Finding>),
    /// The store below.
    #[error(transparent)]
    Store(#[from] Fault),
}

impl From<Vec<Finding>> for OpenError {
    fn from(findings: Vec<Finding>) -> Self {
        Self::Rules(findings)
    }
}

/// Opens the store, brings its schema up to date and publishes the shipped rulebooks.
///
/// # Errors
/// [`OpenError`]. Blocks; call it off the async threads.
pub fn open(config: MarketConfig) -> Result<Store, OpenError> {
    let engine = Arc::new(wiring::engine(config.days));
    let books = wiring::rulebooks(&wiring::library(&engine)?)?;
    let numbers = OrderNumbers::new(config.secret, TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC));
    let mut ext = config.ext;
    ext.extend(wiring::hooks());
    ext.push(Box::new(Arc::<Engine>::clone(&engine)));
    ext.push(Box::new(due_handler()));
    ext.push(Box::new(numbers));
    let store = Store::open(Config {
        location: config.location,
        clock: config.clock,
        migrations: wiring::migrations(),
        ext,
        instance: config.instance,
        sealing: config.sealing,
    })
    .map_err(Fault::from)?;
    store.write_blocking(PublishRulebooks { books })?;
    store.read_blocking(adopt_days)?;
    Ok(store)
}
