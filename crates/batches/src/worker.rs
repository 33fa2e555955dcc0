//! The worker: batches by turns, case by case, going on by itself after a crash.

use crate::choose::{self, KeepRows};
use crate::model::{BatchRow, Outcome, State};
use crate::queries;
use crate::steps::{ActOnRow, Claim, DropExpired, End, Leave, RefuseRow, Taken, TheAct, expired};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use xr_base::{Fault, Problem, StoreError};
use xr_identity::Roles;
use xr_store::{Store, params, sql};

/// Pause while nobody wants anything.
const IDLE: Duration = Duration::from_millis(300);
/// Rows of a batch before another one has its turn.
const TURN: i64 = 200;

/// Why a batch is not worked on by this worker.
enum Halt {
    /// Its turn is over.
    Turn,
    /// This process stops, or the store is busy: it is given back.
    Left,
    /// Somebody else has it, or its asker called it off.
    Overtaken,
    /// It cannot be worked on at all.
    Broken,
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(StoreError::Busy | StoreError::Retry(..) | StoreError::Unknown(_)) => Self::Left,
            other => {
                tracing::error!(fault = %other, "A batch failed");
                Self::Broken
            }
        }
    }
}

/// Works on batches until `stop` turns true, and deletes those that were kept long enough.
pub async fn work(worker: Worker, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let (mine, stopped) = (worker.clone(), stop.clone());
        let ran = tokio::task::spawn_blocking(move || mine.run_next(&|| *stopped.borrow())).await;
        match ran {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(fault)) => tracing::warn!(%fault, "Batches could not be looked at"),
            Err(error) => tracing::error!(%error, "A batch was lost"),
        }
        let _ = tokio::time::timeout(IDLE, stop.changed()).await;
    }
}

/// Works on batches of a store.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    roles: Arc<Roles>,
}

impl Worker {
    /// For `store`, where `roles` say what askers may do.
    pub fn new(store: Store, roles: Arc<Roles>) -> Self {
        Self { store, roles }
    }

    /// Gives the batch that was served longest ago its turn, or deletes rows that were kept long enough; gives whether there was
    /// something to do. `stop` is asked before each step. Blocks; call it off the async threads.
    ///
    /// # Errors
    /// A store fault before a batch is taken.
    pub fn run_next(&self, stop: &dyn Fn() -> bool) -> Result<bool, Fault> {
        // Asked without writing: most of the time nobody wants anything.
        let (is_wanted, is_over) = self.store.read_blocking(|tx| {
            let wall = tx.wall();
            let found: Option<(i64,)> = tx.opt(
                sql!(
                    "SELECT id FROM case_batches WHERE state IN ('waiting', 'choosing', 'running') AND held_until < ?1 LIMIT 1
                     /* unscoped: the worker serves every organisation */"
                ),
                params![wall],
            )?;
            Ok((found.is_some(), expired(tx)?.is_some()))
        })?;
        let taken = if is_wanted { self.store.write_blocking(Claim)? } else { None };
        let Some(taken) = taken else {
            return if is_over { self.store.write_blocking(DropExpired) } else { Ok(false) };
        };
        match self.turn(taken, stop) {
            Ok(()) | Err(Halt::Overtaken) => Ok(true),
            Err(Halt::Turn) => self.store.write_blocking(Leave(taken)).map(|()| true),
            Err(Halt::Left) => self.store.write_blocking(Leave(taken)).map(|()| false),
            Err(Halt::Broken) => {
                let end = End { taken, state: State::Failed, failure: "broken" };
                self.store.write_blocking(end).map(|()| true)
            }
        }
    }

    fn load(&self, taken: Taken) -> Result<BatchRow, Halt> {
        let row = self.store.read_blocking(move |tx| queries::batch(tx, taken.id))?;
        row.filter(|row| row.fence == taken.fence && row.state.is_open()).ok_or(Halt::Overtaken)
    }

    fn turn(&self, taken: Taken, stop: &dyn Fn() -> bool) -> Result<(), Halt> {
        let mut row = self.load(taken)?;
        while row.state == State::Choosing {
            if stop() {
                return Err(Halt::Left);
            }
            self.choose(taken, row)?;
            row = self.load(taken)?;
        }
        let rows =
            self.store.read_blocking(move |tx| queries::rows(tx, taken.id, (Some(Outcome::Waiting), 0), TURN))?;
        let is_last = rows.len() < usize::try_from(TURN).unwrap_or(usize::MAX);
        let act = TheAct::of(row, Arc::clone(&self.roles)).map_err(Fault::from)?;
        for row in rows {
            if stop() {
                return Err(Halt::Left);
            }
            self.act(ActOnRow { taken, act: act.clone(), place: row.place, case: row.case, version: row.version })?;
        }
        if !is_last {
            return Err(Halt::Turn);
        }
        self.store.write_blocking(End { taken, state: State::Done, failure: "" })?;
        Ok(())
    }

    fn choose(&self, taken: Taken, row: BatchRow) -> Result<(), Halt> {
        let kept = row.kept().map_err(Fault::from)?;
        let (seen, seen_at, from, scope) = (kept.seen, kept.seen_at, row.cursor_id, row.scope());
        let page = self.store.read_blocking(move |tx| choose::page(tx, &row, &kept))?;
        let is_kept = self.store.write_blocking(KeepRows { taken, from, page, scope, seen, seen_at })?;
        if is_kept { Ok(()) } else { Err(Halt::Overtaken) }
    }

    /// One row: its act, or why it was refused. A fault of the store itself leaves the row waiting; what only this case brings about is
    /// its outcome, so that one broken case does not hold up the others.
    fn act(&self, act: ActOnRow) -> Result<(), Halt> {
        let (taken, place, case) = (act.taken, act.place, act.case);
        let problem = match self.store.write_blocking(act) {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(Halt::Overtaken),
            Err(Fault::Refused(problem)) => *problem,
            // Whether a row that was cut off has been kept, the next claim reads in its outcome.
            Err(Fault::Store(StoreError::Busy | StoreError::Retry(..) | StoreError::Unknown(_))) => {
                return Err(Halt::Left);
            }
            Err(fault) => {
                tracing::error!(case.id = %case, %fault, "A case of a batch failed");
                Problem::new(500, "batches.row_broken")
            }
        };
        let is_written = self.store.write_blocking(RefuseRow { taken, place, problem })?;
        if is_written { Ok(()) } else { Err(Halt::Overtaken) }
    }
}
