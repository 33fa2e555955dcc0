//! The worker: one export after the other, page by page, going on by itself after a crash.

use crate::cells::{Telling, headers};
use crate::file::{Draft, File};
use crate::model::{ExportRow, Wanted, read};
use crate::rows::{self, OrderPage};
use crate::steps::{Claim, DropParts, Fail, KeepPage, Leave, Progress, Taken, dropped};
use crate::{queries, sealed, texts};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;
use xr_base::locale::Text;
use xr_base::{ExportId, Fault, Scope, StoreError};
use xr_store::{Store, sql};

/// Pause while nobody wants anything.
const IDLE: Duration = Duration::from_millis(300);

/// Why an export is not written on by this worker.
enum Halt {
    /// This process stops, or the store is busy: it is given back.
    Left,
    /// Somebody else has it, or its asker took it back.
    Overtaken,
    /// It cannot be written; a code of the texts.
    Failed(&'static str),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(StoreError::Busy | StoreError::Retry(..) | StoreError::Unknown(_)) => Self::Left,
            other => {
                tracing::error!(fault = %other, "An export failed");
                Self::Failed("broken")
            }
        }
    }
}

/// Writes what is wanted until `stop` turns true, and deletes what nobody may have any more.
pub async fn work(store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let (of_run, stopped) = (store.clone(), stop.clone());
        let ran = tokio::task::spawn_blocking(move || run_next(&of_run, &|| *stopped.borrow())).await;
        match ran {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(fault)) => tracing::warn!(%fault, "Exports could not be looked at"),
            Err(error) => tracing::error!(%error, "An export was lost"),
        }
        let _ = tokio::time::timeout(IDLE, stop.changed()).await;
    }
}

/// Writes the next export that waits, or deletes parts of files that are over; gives whether there was something to do. Blocks; call it
/// off the async threads.
///
/// # Errors
/// A store fault before an export is taken.
pub fn run_next(store: &Store, stop: &dyn Fn() -> bool) -> Result<bool, Fault> {
    // Asked without writing: most of the time nobody wants anything.
    let (is_wanted, is_over) = store.read_blocking(|tx| {
        let found: Option<(ExportId,)> = tx.opt(
            sql!(
                "SELECT id FROM order_exports WHERE state IN ('waiting', 'running') LIMIT 1
                 /* unscoped: the worker serves every organisation */"
            ),
            &[],
        )?;
        Ok((found.is_some(), dropped(tx)?.is_some()))
    })?;
    let taken = if is_wanted { store.write_blocking(Claim)? } else { None };
    let Some(taken) = taken else {
        return if is_over { store.write_blocking(DropParts) } else { Ok(false) };
    };
    match write(store, taken, stop) {
        Ok(()) | Err(Halt::Overtaken) => Ok(true),
        Err(Halt::Left) => {
            store.write_blocking(Leave(taken))?;
            Ok(false)
        }
        Err(Halt::Failed(failure)) => {
            store.write_blocking(Fail { taken, failure })?;
            Ok(true)
        }
    }
}

/// An export while it is written.
struct Writing {
    row: ExportRow,
    wanted: Wanted,
    headers: Vec<String>,
    states: BTreeMap<String, Text>,
    progress: Progress,
}

fn load(store: &Store, taken: Taken) -> Result<Writing, Halt> {
    let writing = store.read_blocking(move |tx| {
        let row = queries::export(tx, Scope::Platform, taken.id)?;
        let row = row.ok_or_else(|| StoreError::Corrupt(format!("export {} is gone", taken.id)))?;
        let wanted = sealed::wanted(tx, &row)?;
        let orders_all = match row.orders_all {
            None => rows::count(tx, row.scope(), &wanted)?,
            known => known,
        };
        let draft: Draft = if row.draft.is_empty() { Draft::default() } else { read(&row.draft)? };
        let (cursor, orders_done, rows) = (row.cursor_id, row.orders_done, row.row_count);
        let progress = Progress { cursor, orders_done, orders_all, rows, draft };
        Ok(Writing { headers: headers(row.locale()), states: rows::states(tx)?, wanted, progress, row })
    });
    let writing = writing?;
    // A cancelled one is emptied of what was asked; the fence of one that was taken again is another.
    if writing.row.fence == taken.fence && writing.row.state.is_open() { Ok(writing) } else { Err(Halt::Overtaken) }
}

fn write(store: &Store, taken: Taken, stop: &dyn Fn() -> bool) -> Result<(), Halt> {
    let mut writing = load(store, taken)?;
    let (scope, wanted) = (writing.row.scope(), writing.wanted.clone());
    loop {
        if stop() {
            return Err(Halt::Left);
        }
        let (from, of_page) = (writing.progress.cursor, wanted.clone());
        let page = store.read_blocking(move |tx| rows::page(tx, scope, &of_page, from))?;
        let is_last = page.is_last;
        let step = writing.step(taken, &page)?;
        let next = step.progress.clone();
        if !store.write_blocking(step)? {
            return Err(Halt::Overtaken);
        }
        if is_last {
            return Ok(());
        }
        writing.progress = next;
    }
}

impl Writing {
    /// The parts that a page becomes.
    fn step(&self, taken: Taken, page: &OrderPage) -> Result<KeepPage, Halt> {
        let telling = Telling { states: &self.states, locale: self.row.locale(), is_plain: self.row.is_plain };
        let mut file = File::resume(self.row.format, &self.headers, self.progress.draft.clone());
        let mut rows = self.progress.rows;
        for order in &page.orders {
            telling.rows(order, &mut |cells| {
                file.row(cells);
                rows += 1;
            });
        }
        let cut = if page.is_last { file.finish(&texts::text(self.row.locale(), "sheet")) } else { file.cut() };
        let (parts, draft) = cut.map_err(|_| Halt::Failed("too_large"))?;
        let orders_done = self.progress.orders_done + i64::try_from(page.orders.len()).unwrap_or(0);
        let progress = Progress { cursor: page.cursor, orders_done, orders_all: self.progress.orders_all, rows, draft };
        Ok(KeepPage { taken, from: self.progress.cursor, progress, parts, is_last: page.is_last })
    }
}
