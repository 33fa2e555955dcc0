//! The worker of the desk: one run after the other, step by step, going on by itself after a crash.

use super::cells::Reader;
use super::forget::ClearReport;
use super::judge::{Parties, Run};
use super::model::{Counts, ImportRow, State};
use super::plan::{self, BadRow, NoPlan, Plan};
use super::queries::{self, Uploaded};
use super::steps::{Claim, End, JudgeOrders, Judged, KeepBadRows, Reading, Restart};
use super::table::BadFile;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;
use xr_base::{Fault, ImportId, Millis, Scope, StoreError};
use xr_store::{Store, sql};

/// Pack of a shop that chose none.
const PACK_DEFAULT: &str = "xiaoer-default";
/// How far the clocks and zones of a source may lie before ours.
const CLOCKS_APART: Millis = Millis::days(1);
/// Pause while nobody wants a run.
const IDLE: Duration = Duration::from_millis(300);
/// Orders of one step, and rows that end one earlier: enough to share a commit, few enough to let others in between.
const STEP_ORDERS: usize = 400;
const STEP_ROWS: usize = 2_000;
/// Bytes of rows that end a step as well.
const STEP_BYTES: u64 = 8 << 20;

/// Why a run ends before its end.
enum Halt {
    /// This process stops, or another one goes on.
    Left,
    /// The file or the store; a code of the texts.
    Failed(String),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        match fault {
            // Whether a step that was cut off has been kept, the next claim reads in `done`.
            Fault::Store(StoreError::Busy | StoreError::Retry(..) | StoreError::Unknown(_)) => Self::Left,
            other => {
                tracing::error!(fault = %other, "An import failed");
                Self::Failed("broken".to_owned())
            }
        }
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        // The bytes come out of the store: what fails there while it closes is no fault of the file.
        tracing::warn!(%error, "An import was left");
        Self::Left
    }
}

/// Runs what is wanted at the desk until `stop` turns true. `instance` names this process among those of the database.
pub async fn work(store: Store, instance: String, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let (of_run, name, stopped) = (store.clone(), instance.clone(), stop.clone());
        let ran = tokio::task::spawn_blocking(move || run_next(&of_run, &name, &|| *stopped.borrow())).await;
        match ran {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(fault)) => tracing::warn!(%fault, "The import desk could not be looked at"),
            Err(error) => tracing::error!(%error, "A run of an import was lost"),
        }
        let _ = tokio::time::timeout(IDLE, stop.changed()).await;
    }
}

/// Runs the next import that waits, if there is one, until `stop` says so. Blocks; call it off the async threads.
///
/// # Errors
/// A store fault before a run begins.
pub fn run_next(store: &Store, holder: &str, stop: &dyn Fn() -> bool) -> Result<bool, Fault> {
    // Asked without writing: most of the time nobody wants anything.
    let is_wanted = store.read_blocking(|tx| {
        let found: Option<(ImportId,)> = tx.opt(
            sql!(
                "SELECT id FROM imports WHERE state IN ('running', 'waiting') LIMIT 1
                 /* unscoped: the worker serves every organisation */"
            ),
            &[],
        )?;
        Ok(found.is_some())
    })?;
    if !is_wanted {
        return Ok(false);
    }
    let Some(import) = store.write_blocking(Claim { holder: holder.to_owned() })? else { return Ok(false) };
    let worker = Worker { store, holder, stop, import };
    let end = match worker.run() {
        Ok(state) => End { holder: holder.to_owned(), import, state, failure: String::new() },
        Err(Halt::Failed(failure)) => End { holder: holder.to_owned(), import, state: State::Failed, failure },
        Err(Halt::Left) => return Ok(false),
    };
    match store.write_blocking(end) {
        // Another worker has it now, and says how it ends.
        Err(Fault::Store(StoreError::Busy)) => Ok(false),
        ended => ended.map(|()| true),
    }
}

/// Whether a run that broke off can go on in a plan of so many orders: a newer program may read the file otherwise.
fn fits(row: &ImportRow, orders: usize) -> bool {
    row.done < 0 || i64::try_from(orders) == Ok(row.total)
}

struct Worker<'w> {
    store: &'w Store,
    holder: &'w str,
    stop: &'w dyn Fn() -> bool,
    import: ImportId,
}

impl Worker<'_> {
    fn run(&self) -> Result<State, Halt> {
        let (row, run) = self.load()?;
        if row.done < 0 {
            self.clear_report()?;
        }
        let mut plan = self.plan(&row)?;
        let mut counts = row.counts().map_err(Fault::from)?;
        if i64::try_from(plan.rows) != Ok(row.row_count) {
            tracing::error!(import = %self.import, rows = plan.rows, before = row.row_count, "A file was read otherwise");
            return Err(Halt::Failed("broken".to_owned()));
        }
        let mut done = row.done;
        if !fits(&row, plan.orders.len()) {
            self.store.write_blocking(Restart { holder: self.holder.to_owned(), import: self.import })?;
            self.clear_report()?;
            done = -1;
        }
        if done < 0 {
            counts = self.keep_bad_rows(&mut plan)?;
            done = 0;
        }
        let is_dry = run.is_dry;
        self.judge(&mut plan, &Arc::new(run), (done, counts))?;
        Ok(if is_dry { State::Checked } else { State::Done })
    }

    /// Deletes the report of an earlier run, step by step.
    fn clear_report(&self) -> Result<(), Halt> {
        loop {
            self.go_on()?;
            if !self.store.write_blocking(ClearReport { holder: self.holder.to_owned(), import: self.import })? {
                return Ok(());
            }
        }
    }

    fn load(&self) -> Result<(ImportRow, Run), Halt> {
        let import = self.import;
        let lost = move || StoreError::Corrupt(format!("import {import} lost its source"));
        Ok(self.store.read_blocking(move |tx| {
            let row = queries::import(tx, Scope::Platform, import)?.ok_or_else(lost)?;
            let source = row.source_id.map(|id| queries::source(tx, Scope::Platform, id)).transpose()?.flatten();
            let source = source.ok_or_else(lost)?;
            let shop = xr_identity::queries::shop(tx, source.shop_id)?.ok_or_else(lost)?;
            let run = Run {
                import,
                is_dry: row.is_dry,
                source: source.id,
                source_name: source.name,
                merchant_org: source.merchant_org,
                shop: shop.id,
                currency: shop.currency,
                pack: shop.pack.unwrap_or_else(|| PACK_DEFAULT.to_owned()),
            };
            Ok((row, run))
        })?)
    }

    fn plan(&self, row: &ImportRow) -> Result<Plan, Halt> {
        let bytes = Uploaded { store: self.store.clone(), import: self.import };
        let format = row.format().map_err(Fault::from)?;
        let settings = row.settings().map_err(Fault::from)?;
        // The upload's moment, also of a market whose own clock is behind; the same whenever the file is read again, since the places of its
        // orders are counted.
        let latest = row.created_at.max(row.uploaded_at) + CLOCKS_APART;
        let reader_for = |headers: &[String]| Reader::new(&settings, headers, latest);
        let mut tick = |rows| {
            let reading = Reading { holder: self.holder.to_owned(), import: self.import, rows };
            !(self.stop)() && self.store.write_blocking(reading).is_ok()
        };
        plan::make(&bytes, &format, &reader_for, &mut tick).map_err(|error| match error {
            NoPlan::File(BadFile::Stopped | BadFile::Unreachable(_)) => Halt::Left,
            NoPlan::File(BadFile::Kind(code)) => Halt::Failed(code.to_owned()),
            NoPlan::File(BadFile::TooLarge(_)) => Halt::Failed("too_large".to_owned()),
            NoPlan::File(BadFile::Broken(error)) => {
                tracing::warn!(error, "A file could not be read to its end");
                // A store that closes breaks the reading off like a damaged file does.
                if (self.stop)() { Halt::Left } else { Halt::Failed("broken".to_owned()) }
            }
            NoPlan::Column(unclear) => Halt::Failed(unclear.code.to_owned()),
        })
    }

    fn keep_bad_rows(&self, plan: &mut Plan) -> Result<Counts, Halt> {
        let mut counts = Counts { rows: plan.rows, ..Counts::default() };
        let bad = std::mem::take(&mut plan.bad);
        let total = i64::try_from(plan.orders.len()).unwrap_or(i64::MAX);
        let mut left = bad.as_slice();
        loop {
            self.go_on()?;
            let (chunk, rest) = left.split_at(BadRow::step(left, (STEP_ROWS, STEP_BYTES)));
            left = rest;
            let rows = chunk.iter().map(|bad| plan.report(*bad)).collect::<Result<Vec<_>, _>>()?;
            let is_last = left.is_empty();
            let step = KeepBadRows {
                holder: self.holder.to_owned(),
                import: self.import,
                rows,
                counts,
                total: is_last.then_some(total),
            };
            counts = self.store.write_blocking(step)?;
            if is_last {
                return Ok(counts);
            }
        }
    }

    fn judge(&self, plan: &mut Plan, run: &Arc<Run>, (mut done, mut counts): (i64, Counts)) -> Result<(), Halt> {
        let parties = Arc::new(RwLock::new(Parties::default()));
        let total = plan.orders.len();
        let mut next = usize::try_from(done).unwrap_or(total);
        while next < total {
            self.go_on()?;
            let (mut orders, mut rows, mut bytes) = (Vec::new(), 0, 0);
            while next < total && orders.len() < STEP_ORDERS && rows < STEP_ROWS && bytes < STEP_BYTES {
                bytes += plan.orders[next].bytes();
                rows += plan.orders[next].len();
                orders.push(plan.order(next)?);
                next += 1;
            }
            let step = JudgeOrders {
                holder: self.holder.to_owned(),
                run: Arc::clone(run),
                parties: Arc::clone(&parties),
                from: done,
                orders,
                counts,
            };
            let Judged { counts: now, products, buyers } = self.store.write_blocking(step)?;
            counts = now;
            done = i64::try_from(next).unwrap_or(i64::MAX);
            // Only what was committed is known to the next step.
            let mut known = parties.write().unwrap_or_else(PoisonError::into_inner);
            known.products.extend(products);
            known.buyers.extend(buyers);
        }
        Ok(())
    }

    fn go_on(&self) -> Result<(), Halt> {
        if (self.stop)() { Err(Halt::Left) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_base::{Instant, OrgId, UserId};

    #[test]
    fn a_run_goes_on_only_in_a_plan_of_as_many_orders() {
        let row = |done, total| ImportRow {
            id: ImportId(1),
            merchant_org: OrgId(1),
            user_id: UserId(1),
            file_name: String::new(),
            size_bytes: 0,
            format: String::new(),
            row_count: 0,
            has_file: true,
            state: State::Running,
            source_id: None,
            shop_id: None,
            settings: String::new(),
            is_dry: false,
            done,
            total,
            counts: String::new(),
            failure: String::new(),
            created_at: Instant(0),
            uploaded_at: Instant(0),
            ended_at: None,
        };
        assert!(fits(&row(-1, 0), 7) && fits(&row(3, 7), 7));
        assert!(!fits(&row(3, 7), 6) && !fits(&row(0, 7), 8));
    }
}
