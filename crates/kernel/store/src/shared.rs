//! What the threads of a store share: clock, ids, counters.

use crate::store::Engine;
use crate::tx::Connection;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use xr_base::{Clash, Clock, Fault, IdSource, Instant, StoreError};

/// Ids are reserved so far ahead of the last one given, so that a restart never gives one twice.
const RESERVE_MS: i64 = 10_000;
/// A node number is lost when its lease was not renewed for so long.
pub(crate) const LEASE_MS: i64 = 5_000;

/// Counts of one command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommandCount {
    /// Done.
    pub done: u64,
    /// Refused by a rule.
    pub refused: u64,
    /// Failed below.
    pub failed: u64,
}

/// What the store has done since it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// By command name.
    pub commands: BTreeMap<&'static str, CommandCount>,
    /// Transactions run again because they had lost to another one, by how.
    pub retries: BTreeMap<Clash, u64>,
    /// Group commits.
    pub groups: u64,
}

pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: IdSource,
    pub(crate) ext: Vec<Box<dyn Any + Send + Sync>>,
    pub(crate) ticks: watch::Sender<u64>,
    pub(crate) node: u8,
    pub(crate) is_fenced: AtomicBool,
    last_now: AtomicI64,
    reserved_ms: AtomicI64,
    stats: Mutex<Stats>,
}

pub(crate) fn open_shared(
    conn: &mut dyn Connection,
    engine: Engine,
    clock: Arc<dyn Clock>,
    ext: Vec<Box<dyn Any + Send + Sync>>,
    instance: &str,
) -> Result<Shared, StoreError> {
    let node = match engine {
        Engine::Sqlite => 0,
        Engine::Postgres => lease_node(conn, clock.wall(), instance)?,
    };
    let mut reserved = 0;
    conn.query_text(&format!("SELECT reserved_ms FROM node_ids WHERE node = {node}"), &mut |row| {
        reserved = row.get(0)?;
        Ok(())
    })?;
    Ok(Shared {
        ids: IdSource::after(node, reserved),
        clock,
        ext,
        ticks: watch::Sender::new(0),
        node,
        is_fenced: AtomicBool::new(false),
        last_now: AtomicI64::new(i64::MIN),
        reserved_ms: AtomicI64::new(reserved),
        stats: Mutex::default(),
    })
}

/// For looking from outside: no node number, so no ids.
pub(crate) fn shared_outside(clock: Arc<dyn Clock>, ext: Vec<Box<dyn Any + Send + Sync>>) -> Shared {
    Shared {
        ids: IdSource::after(0, 0),
        clock,
        ext,
        ticks: watch::Sender::new(0),
        node: 0,
        is_fenced: AtomicBool::new(true),
        last_now: AtomicI64::new(i64::MIN),
        reserved_ms: AtomicI64::new(0),
        stats: Mutex::default(),
    }
}

/// Takes the smallest node number whose lease has run out.
fn lease_node(conn: &mut dyn Connection, wall: Instant, instance: &str) -> Result<u8, StoreError> {
    let holder = instance.replace('\'', "");
    for node in 0..=u8::MAX {
        let until = wall.0 + LEASE_MS;
        conn.batch(&format!(
            "INSERT INTO leases (name, holder, fence, until_ms) VALUES ('node:{node}', '', 0, 0)
             ON CONFLICT (name) DO NOTHING;
             UPDATE leases SET holder = '{holder}', fence = fence + 1, until_ms = {until}
             WHERE name = 'node:{node}' AND until_ms < {}",
            wall.0
        ))?;
        let mut is_mine = false;
        conn.query_text(&format!("SELECT holder FROM leases WHERE name = 'node:{node}'"), &mut |row| {
            is_mine = row.get::<String>(0)? == holder;
            Ok(())
        })?;
        if is_mine {
            return Ok(node);
        }
    }
    Err(StoreError::Engine("all 256 node numbers are leased".to_owned()))
}

impl Shared {
    /// Business time for the next command; never less than what an earlier command saw.
    pub(crate) fn command_now(&self) -> Instant {
        let now = self.clock.now().0;
        Instant(self.last_now.fetch_max(now, Ordering::SeqCst).max(now))
    }

    /// Before a commit: moves the mark of reserved ids when the ids given come near it.
    pub(crate) fn reserve_ids(&self, conn: &mut dyn Connection) -> Result<(), StoreError> {
        if self.is_fenced.load(Ordering::SeqCst) {
            return Err(StoreError::Engine("this node lost its lease".to_owned()));
        }
        let given = self.ids.time_part();
        if given + RESERVE_MS / 2 <= self.reserved_ms.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mark = given + RESERVE_MS;
        conn.batch(&format!(
            "INSERT INTO node_ids (node, reserved_ms) VALUES ({0}, {mark})
             ON CONFLICT (node) DO UPDATE SET reserved_ms = {mark}",
            self.node
        ))?;
        self.reserved_ms.fetch_max(mark, Ordering::SeqCst);
        Ok(())
    }

    /// After a commit: tells the consumers of events.
    pub(crate) fn committed(&self) {
        self.lock().groups += 1;
        self.ticks.send_modify(|n| *n += 1);
    }

    pub(crate) fn count(&self, name: &'static str, fault: Option<&Fault>) {
        let mut stats = self.lock();
        let count = stats.commands.entry(name).or_default();
        match fault {
            None => count.done += 1,
            Some(Fault::Refused(_)) => count.refused += 1,
            Some(_) => count.failed += 1,
        }
    }

    pub(crate) fn count_retry(&self, clash: Clash, why: &str) {
        tracing::debug!(why, "A transaction runs again");
        *self.lock().retries.entry(clash).or_default() += 1;
    }

    pub(crate) fn stats(&self) -> Stats {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
