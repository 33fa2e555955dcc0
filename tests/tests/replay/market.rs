//! Markets to replay.

use std::collections::HashMap;
use std::sync::Arc;
use xiaoer::market::{MarketConfig, open};
use xr_base::calendar::DayTables;
use xr_base::{FakeClock, Instant};
use xr_case::engine::{Engine, Families, Ready, Window, last_moment, outages};
use xr_case::replay::{Recorded, World};
use xr_simulator::{Plan, Stage, simulate};
use xr_store::{Location, Store};
use xr_tests::{START, memory_folder};

/// A simulated market after its last day.
pub(crate) struct Market {
    pub(crate) store: Store,
    // Goes with the market.
    _folder: tempfile::TempDir,
}

impl Market {
    /// Lives through `days` with so many orders a day, under all shipped packs.
    pub(crate) fn live(seed: u64, days: i64, orders_per_day: i64) -> Self {
        let folder = memory_folder();
        let clock = Arc::new(FakeClock::at(Instant::parse(START).unwrap()));
        let store = open(MarketConfig {
            location: Location::Folder(folder.path().to_owned()),
            clock: clock.clone(),
            secret: [7; 32],
            instance: "replay".to_owned(),
            days: DayTables::shipped().clone(),
            sealing: xiaoer::keys::repeatable(),
            ext: Vec::new(),
        })
        .unwrap();
        let stage = Stage { store, clock };
        simulate(&stage, &Plan { seed, days, orders_per_day }).unwrap();
        Self { store: stage.store, _folder: folder }
    }

    /// When something last happened.
    pub(crate) fn horizon(&self) -> Instant {
        self.store.read_blocking(last_moment).unwrap().unwrap()
    }

    /// Calls `each` for every family with the worlds of its own rules and of a pack.
    pub(crate) fn under(&self, pack: &str, mut each: impl FnMut(&World<'_>, &World<'_>, &[Recorded])) {
        let engine = self.store.read_blocking(|tx| Ok(Arc::clone(Engine::from_tx(tx)?))).unwrap();
        let current = engine.books().all_current().into_iter().filter(|r| r.book.book().pack == pack);
        let books: HashMap<String, Arc<Ready>> = current.map(|r| (r.book.book().kind.clone(), r)).collect();
        self.families(|own, family| {
            let World { engine, own: rulebooks, outages, horizon, .. } = *own;
            let new =
                World { engine, tables: DayTables::shipped(), own: rulebooks, pack: Some(&books), outages, horizon };
            each(own, &new, family);
        });
    }

    /// Calls `each` for every family with the world of its own rules.
    pub(crate) fn families(&self, each: impl FnMut(&World<'_>, &[Recorded])) {
        let mut each = each;
        {
            let mut all: Vec<Vec<Recorded>> = Vec::new();
            let (own, outages, horizon, read, engine) = self
                .store
                .read_blocking(move |tx| {
                    let engine: Arc<Engine> = Arc::clone(Engine::from_tx(tx)?);
                    let window = Window { since: Instant(i64::MIN), until: Instant(i64::MAX), shop: None };
                    let mut families = Families::new(&engine, window, std::iter::empty());
                    while let Some(page) = families.next(tx)? {
                        all.extend(page);
                    }
                    let own = families.own().clone();
                    Ok((own, outages(tx)?, last_moment(tx)?.unwrap(), all, engine))
                })
                .unwrap();
            let world = World {
                engine: &engine,
                tables: DayTables::shipped(),
                own: &own,
                pack: None,
                outages: &outages,
                horizon,
            };
            for family in &read {
                each(&world, family);
            }
        }
    }
}

impl Drop for Market {
    fn drop(&mut self) {
        self.store.close();
    }
}
