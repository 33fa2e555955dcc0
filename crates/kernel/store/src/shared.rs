//! What the threads of a store share: clock, ids, counters.

use crate::sealing::{Held, Sealing};
use crate::slow::{Slow, SlowStatement};
use crate::store::Engine;
use crate::tx::Connection;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering};
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
    /// Commands that wait for a writer now.
    pub waiting: u64,
    /// Statements that took long, the costliest first.
    pub slow: Vec<SlowStatement>,
}

pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: IdSource,
    pub(crate) ext: Vec<Box<dyn Any + Send + Sync>>,
    pub(crate) ticks: watch::Sender<u64>,
    /// Commands that were queued and that no writer has taken yet.
    pub(crate) waiting: AtomicI64,
    pub(crate) slow: Slow,
    /// Keys of the sealed fields.
    pub(crate) held: Held,
    /// Name of this process among those that share the database.
    pub(crate) instance: String,
    node: AtomicU8,
    /// Whether another process was found to hold this node's number.
    is_fenced: AtomicBool,
    last_now: AtomicI64,
    reserved_ms: AtomicI64,
    stats: Mutex<Stats>,
}

pub(crate) fn open_shared(
    conn: &mut dyn Connection,
    engine: Engine,
    clock: Arc<dyn Clock>,
    given: (Vec<Box<dyn Any + Send + Sync>>, Sealing),
    instance: &str,
) -> Result<Shared, StoreError> {
    let node = match engine {
        Engine::Sqlite => 0,
        Engine::Postgres => lease_node(conn, clock.wall(), instance)?,
    };
    let reserved = reserved_by(conn, node)?;
    Ok(Shared {
        ids: IdSource::after(node, reserved),
        clock,
        ext: given.0,
        ticks: watch::Sender::new(0),
        waiting: AtomicI64::new(0),
        slow: Slow::default(),
        held: Held::locked(given.1),
        instance: instance.to_owned(),
        node: AtomicU8::new(node),
        is_fenced: AtomicBool::new(false),
        last_now: AtomicI64::new(i64::MIN),
        reserved_ms: AtomicI64::new(reserved),
        stats: Mutex::default(),
    })
}

/// Highest time part that holders of `node` may have given so far.
fn reserved_by(conn: &mut dyn Connection, node: u8) -> Result<i64, StoreError> {
    let mut reserved = 0;
    conn.query_text(&format!("SELECT reserved_ms FROM node_ids WHERE node = {node}"), &mut |row| {
        reserved = row.get(0)?;
        Ok(())
    })?;
    Ok(reserved)
}

/// For looking from outside: no node number, so no ids.
pub(crate) fn shared_outside(clock: Arc<dyn Clock>, ext: Vec<Box<dyn Any + Send + Sync>>, sealing: Sealing) -> Shared {
    Shared {
        ids: IdSource::after(0, 0),
        clock,
        ext,
        ticks: watch::Sender::new(0),
        waiting: AtomicI64::new(0),
        slow: Slow::default(),
        held: Held::locked(sealing),
        instance: String::new(),
        node: AtomicU8::new(0),
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

    /// Number in the ids of this process.
    pub(crate) fn node(&self) -> u8 {
        self.node.load(Ordering::SeqCst)
    }

    /// Whether a commit was fenced since the last [`Shared::renumber`]: the keeper is to take another number.
    pub(crate) fn has_lost_node(&self) -> bool {
        self.is_fenced.load(Ordering::SeqCst)
    }

    /// Takes another node number; what was begun under the old one does not commit.
    pub(crate) fn renumber(&self, conn: &mut dyn Connection) -> Result<(), StoreError> {
        let node = lease_node(conn, self.clock.wall(), &self.instance)?;
        let reserved = reserved_by(conn, node)?;
        tracing::warn!(from = self.node(), to = node, "Another process took this node's number");
        self.ids.renumber(node, reserved);
        self.reserved_ms.store(reserved, Ordering::SeqCst);
        self.node.store(node, Ordering::SeqCst);
        self.is_fenced.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// Before a commit: moves the mark of reserved ids when the ids given come near it. Gives the mark for
    /// [`Shared::has_reserved`].
    pub(crate) fn reserve_ids(&self, conn: &mut dyn Connection, node: u8) -> Result<i64, StoreError> {
        let (given, reserved) = (self.ids.time_part(), self.reserved_ms.load(Ordering::SeqCst));
        if given + RESERVE_MS / 2 <= reserved {
            return Ok(reserved);
        }
        let mark = given + RESERVE_MS;
        conn.batch(&format!(
            "INSERT INTO node_ids (node, reserved_ms) VALUES ({node}, {mark}) ON CONFLICT (node) DO UPDATE
             SET reserved_ms = excluded.reserved_ms WHERE node_ids.reserved_ms < excluded.reserved_ms"
        ))?;
        Ok(mark)
    }

    /// After that commit. A mark of a number that was lost meanwhile says nothing of the new one.
    pub(crate) fn has_reserved(&self, node: u8, mark: i64) {
        if self.node() == node {
            self.reserved_ms.fetch_max(mark, Ordering::SeqCst);
        }
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
        if clash == Clash::Fenced {
            self.is_fenced.store(true, Ordering::SeqCst);
        }
        tracing::debug!(why, "A transaction runs again");
        *self.lock().retries.entry(clash).or_default() += 1;
    }

    pub(crate) fn stats(&self) -> Stats {
        // Taken may be counted before queued.
        let waiting = u64::try_from(self.waiting.load(Ordering::Relaxed)).unwrap_or(0);
        Stats { waiting, slow: self.slow.worst(), ..self.lock().clone() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
