//! How a test's server is started when not as usual.

use super::{Node, Web, people};
use std::any::Any;
use xr_base::Instant;
use xr_store::{Elsewhere, Location, Mutant};
use xr_testkit::postgres_server::FreshDatabase;
use xr_web::live::LiveTimes;

/// What may differ between servers of tests.
pub struct Setup {
    /// Business time; it stands still.
    pub now: Instant,
    /// What capabilities ask for by type.
    pub ext: Vec<Box<dyn Any + Send + Sync>>,
    /// Times of the live channel.
    pub live: LiveTimes,
    /// How far webhooks may go.
    pub webhooks_reach: xr_webhooks::Reach,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            now: Instant::parse(crate::START).unwrap(),
            ext: Vec::new(),
            live: LiveTimes::default(),
            webhooks_reach: xr_webhooks::Reach::Public,
        }
    }
}

impl Web {
    pub fn sqlite_with(setup: Setup) -> Self {
        let folder = crate::memory_folder();
        let location = Location::Folder(folder.path().to_owned());
        Self { _folder: Some(folder), ..Self::seeded(location, setup, "") }
    }

    pub fn postgres_with(setup: Setup) -> Option<Self> {
        let database = crate::fresh_market()?;
        Some(Self::in_database(database, setup))
    }

    fn in_database(database: FreshDatabase, setup: Setup) -> Self {
        let location = Location::Postgres(database.url());
        Self { _database: Some(database), ..Self::seeded(location, setup, "") }
    }

    /// One more server on the PostgreSQL database of a market that is served already, with people of its own.
    pub fn beside(url: String, now: Instant) -> Self {
        Self::seeded(Location::Postgres(url), Setup { now, ..Setup::default() }, "beside-")
    }

    /// Markets of both engines in which `rule` is left out.
    pub fn mutants(rule: Mutant) -> Vec<Self> {
        let setup = || {
            let elsewhere = Elsewhere::default();
            (Setup { ext: vec![Box::new(rule), Box::new(elsewhere.clone())], ..Setup::default() }, elsewhere)
        };
        let (first, elsewhere) = setup();
        let sqlite = Self::sqlite_with(first);
        let _ = elsewhere.0.set(sqlite.node.store.clone());
        let (second, elsewhere) = setup();
        let postgres = Self::postgres_with(second);
        if let Some(web) = &postgres {
            let _ = elsewhere.0.set(web.node.store.clone());
        }
        std::iter::once(sqlite).chain(postgres).collect()
    }

    fn seeded(location: Location, setup: Setup, prefix: &'static str) -> Self {
        let node = Node::start_with(&location, setup);
        let people::Seeded { users, sellers, hash } = people::seed(&node.store, prefix);
        Self { node, location, sellers, users, prefix, hash, _folder: None, _database: None }
    }
}
