//! A fresh database of each engine for a test: SQLite always, PostgreSQL where `XR_TEST_POSTGRES` names a server.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use xr_base::{Clock, FakeClock, Instant};
use xr_store::{Config, Location, Migration, Store};

/// Monday 2026-01-05, 09:00 in Shanghai.
pub(crate) const MONDAY: &str = "2026-01-05T01:00:00Z";

/// A database that vanishes with the test.
pub(crate) struct Place {
    pub(crate) location: Location,
    pub(crate) clock: Arc<FakeClock>,
    folder: Option<TempDir>,
    server: Option<(String, String)>,
}

/// One place per engine.
pub(crate) fn places() -> Vec<Place> {
    let mut places = vec![sqlite()];
    match std::env::var("XR_TEST_POSTGRES") {
        Ok(server) => places.push(postgres(server)),
        Err(_) => eprintln!("SKIPPED on PostgreSQL: XR_TEST_POSTGRES is not set"),
    }
    places
}

fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock::at(Instant::parse(MONDAY).unwrap()))
}

pub(crate) fn sqlite() -> Place {
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
    Place { location: Location::Folder(folder.path().to_owned()), clock: clock(), folder: Some(folder), server: None }
}

fn postgres(server: String) -> Place {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("xr_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    admin(&server, &format!("CREATE DATABASE {name}"));
    let location = Location::Postgres(format!("{}/{name}", server.trim_end_matches('/')));
    Place { location, clock: clock(), folder: None, server: Some((server, name)) }
}

/// Runs one statement on the server, on a thread of its own: this client must not run inside async code.
fn admin(server: &str, text: &str) {
    let (url, text) = (format!("{}/postgres", server.trim_end_matches('/')), text.to_owned());
    let run = move || postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute(&text).unwrap();
    std::thread::spawn(run).join().unwrap();
}

impl Place {
    pub(crate) fn config(&self, migrations: &[Migration], instance: &str) -> Config {
        let clock: Arc<dyn Clock> = Arc::<FakeClock>::clone(&self.clock);
        let (location, migrations) = (self.location.clone(), migrations.to_vec());
        Config { location, clock, migrations, ext: vec![], instance: instance.to_owned() }
    }

    pub(crate) fn open(&self, migrations: &[Migration]) -> Store {
        let config = self.config(migrations, "test");
        // Opening talks to PostgreSQL on the calling thread.
        std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.server {
            admin(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}
