//! A fresh database of each engine for a test: SQLite always, PostgreSQL where its programs can be had (CI insists).
#![allow(dead_code, reason = "each test binary uses its part")]

use std::sync::Arc;
use tempfile::TempDir;
use xr_base::{Clock, FakeClock, Instant};
use xr_store::{Config, Location, Migration, SealedField, Sealing, Store};
use xr_testkit::postgres_server::{FreshDatabase, fresh_database};

/// Monday 2026-01-05, 09:00 in Shanghai.
pub(crate) const MONDAY: &str = "2026-01-05T01:00:00Z";

/// A database that vanishes with the test.
pub(crate) struct Place {
    pub(crate) location: Location,
    pub(crate) clock: Arc<FakeClock>,
    folder: Option<TempDir>,
    database: Option<FreshDatabase>,
}

/// One place per engine.
pub(crate) fn places() -> Vec<Place> {
    let mut places = vec![sqlite()];
    places.extend(fresh_database(None).map(postgres));
    places
}

fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock::at(Instant::parse(MONDAY).unwrap()))
}

pub(crate) fn sqlite() -> Place {
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
    Place { location: Location::Folder(folder.path().to_owned()), clock: clock(), folder: Some(folder), database: None }
}

fn postgres(database: FreshDatabase) -> Place {
    Place { location: Location::Postgres(database.url()), clock: clock(), folder: None, database: Some(database) }
}

impl Place {
    pub(crate) fn config(&self, migrations: &[Migration], instance: &str) -> Config {
        let clock: Arc<dyn Clock> = Arc::<FakeClock>::clone(&self.clock);
        let (location, migrations) = (self.location.clone(), migrations.to_vec());
        let sealing = Sealing::repeatable(vec![]);
        Config { location, clock, migrations, ext: vec![], instance: instance.to_owned(), sealing }
    }

    pub(crate) fn open(&self, migrations: &[Migration]) -> Store {
        open(self.config(migrations, "test"))
    }

    /// With sealed fields, under keys that are the same every time.
    pub(crate) fn open_sealed(&self, migrations: &[Migration], fields: Vec<SealedField>) -> Store {
        open(Config { sealing: Sealing::repeatable(fields), ..self.config(migrations, "test") })
    }
}

fn open(config: Config) -> Store {
    // Opening talks to PostgreSQL on the calling thread.
    std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap()
}
