//! Steps of a run, each one transaction: so a run that broke off goes on where its last step ended.

use super::cells::RowProblem;
use super::judge::{Judge, Parties, Run, Verdict};
use super::model::{Counts, State, json};
use super::plan::{Order, Reported};
use super::sealed;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError, RwLock};
use xr_base::{Fault, ImportId, Millis, SkuId, StoreError, UserId};
use xr_store::sealing::FileKey;
use xr_store::{Command, Tx, leases, params, sql};

/// One process at a time works at the desk.
const LEASE: &str = "imports.desk";
/// A worker that died is replaced after so long.
const LEASE_LENGTH: Millis = Millis::seconds(10);

/// Whoever was replaced must not go on, even when his successor is dead too: the claim begins the work anew or where it stands.
pub(super) fn hold(tx: &mut Tx<'_>, holder: &str) -> Result<(), Fault> {
    if leases::renew(tx, LEASE, holder, LEASE_LENGTH)? { Ok(()) } else { Err(StoreError::Busy.into()) }
}

/// Takes the import that waits longest; one that runs already was left by a worker that died.
pub(crate) struct Claim {
    pub(crate) holder: String,
}

impl Command for Claim {
    type Out = Option<ImportId>;
    const NAME: &'static str = "imports.claim";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<ImportId>, Fault> {
        if !leases::take(tx, LEASE, &self.holder, LEASE_LENGTH)? {
            return Ok(None);
        }
        let found: Option<(ImportId, bool, i64)> = tx.opt(
            sql!(
                "SELECT id, is_dry, done FROM imports WHERE state IN ('running', 'waiting') ORDER BY id LIMIT 1
                 /* unscoped: the worker serves every organisation */"
            ),
            &[],
        )?;
        let Some((id, is_dry, done)) = found else { return Ok(None) };
        if is_dry || done < 0 {
            // Nothing of it is written but its report, which is made anew.
            begin_again(tx, id)?;
        }
        tx.put(
            sql!("UPDATE imports SET state = 'running' WHERE id = ?1 /* unscoped: the worker serves every organisation */"),
            params![id],
        )?;
        Ok(Some(id))
    }
}

/// The report of before goes in steps of its own ([`super::forget::ClearReport`]): as long as `done` is -1, whoever claims the import begins with them.
fn begin_again(tx: &mut Tx<'_>, import: ImportId) -> Result<(), Fault> {
    tx.put(
        sql!(
            "UPDATE imports SET done = -1, total = 0, counts = ?2 WHERE id = ?1
             /* unscoped: the worker serves every organisation */"
        ),
        params![import, json(&Counts::default())?],
    )?;
    Ok(())
}

/// Begins a run again whose plan is another one now; the orders that it wrote are known.
pub(crate) struct Restart {
    pub(crate) holder: String,
    pub(crate) import: ImportId,
}

impl Command for Restart {
    type Out = ();
    const NAME: &'static str = "imports.restart";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        hold(tx, &self.holder)?;
        begin_again(tx, self.import)
    }
}

/// Tells how far the reading is, and keeps the lease.
pub(crate) struct Reading {
    pub(crate) holder: String,
    pub(crate) import: ImportId,
    pub(crate) rows: u64,
}

impl Command for Reading {
    type Out = ();
    const NAME: &'static str = "imports.reading";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        hold(tx, &self.holder)?;
        let counts = Counts { rows: self.rows, ..Counts::default() };
        tx.put(
            sql!("UPDATE imports SET counts = ?2 WHERE id = ?1 AND done < 0 /* unscoped: the desk's own rows */"),
            params![self.import, json(&counts)?],
        )?;
        Ok(())
    }
}

/// Writes rows that make no order; the last of these steps begins the judging of orders.
pub(crate) struct KeepBadRows {
    pub(crate) holder: String,
    pub(crate) import: ImportId,
    pub(crate) rows: Vec<Reported>,
    pub(crate) counts: Counts,
    /// Orders of the plan, with the last rows.
    pub(crate) total: Option<i64>,
}

impl Command for KeepBadRows {
    type Out = Counts;
    const NAME: &'static str = "imports.keep_bad_rows";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Counts, Fault> {
        hold(tx, &self.holder)?;
        let mut counts = self.counts.clone();
        let key = tx.file_key(self.import.0)?;
        for row in &self.rows {
            keep(tx, (self.import, &key), row, &mut counts)?;
        }
        let moved = tx.exec(
            sql!(
                "UPDATE imports SET done = ?2, total = ?3, counts = ?4 WHERE id = ?1 AND done < 0 AND state = 'running'
                 /* unscoped: the desk's own rows */"
            ),
            params![
                self.import,
                if self.total.is_some() { 0_i64 } else { -1 },
                self.total.unwrap_or(0),
                json(&counts)?
            ],
        )?;
        StoreError::compared(moved, "the import")?;
        Ok(counts)
    }
}

/// An import with the key of its file.
type Keyed<'k> = (ImportId, &'k FileKey);

fn keep(tx: &mut Tx<'_>, (import, key): Keyed<'_>, row: &Reported, counts: &mut Counts) -> Result<(), Fault> {
    let code = row.problems.first().map_or("unknown", |problem| problem.code.as_str());
    *counts.bad.entry(code.to_owned()).or_default() += 1;
    counts.rows_bad += 1;
    sealed::put_bad_row(tx, key, (import, i64::from(row.line), code), (&row.problems, &row.cells))
}

/// Judges some orders of the plan, from number `from` on.
pub(crate) struct JudgeOrders {
    pub(crate) holder: String,
    pub(crate) run: Arc<Run>,
    pub(crate) parties: Arc<RwLock<Parties>>,
    pub(crate) from: i64,
    pub(crate) orders: Vec<Result<Order, Vec<Reported>>>,
    pub(crate) counts: Counts,
}

/// Counts so far, and parties that were met or made.
#[derive(Serialize, Deserialize)]
pub(crate) struct Judged {
    pub(crate) counts: Counts,
    pub(crate) products: Vec<(String, Option<SkuId>)>,
    pub(crate) buyers: Vec<(String, Option<UserId>)>,
}

impl Command for JudgeOrders {
    type Out = Judged;
    const NAME: &'static str = "imports.judge_orders";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Judged, Fault> {
        hold(tx, &self.holder)?;
        let known = self.parties.read().unwrap_or_else(PoisonError::into_inner);
        let mut judge = Judge::new(&self.run, &known)?;
        let mut counts = self.counts.clone();
        let key = tx.file_key(self.run.import.0)?;
        let keyed = (self.run.import, &key);
        for order in &self.orders {
            match order {
                Err(rows) => {
                    for row in rows {
                        keep(tx, keyed, row, &mut counts)?;
                    }
                }
                Ok(order) => {
                    let verdict = judge.order(tx, order)?;
                    count(tx, keyed, order, (verdict, &mut counts))?;
                }
            }
        }
        counts.products_new += judge.products_new;
        counts.buyers_new += judge.buyers_new;
        let until = self.from + i64::try_from(self.orders.len()).unwrap_or(0);
        let moved = tx.exec(
            sql!(
                "UPDATE imports SET done = ?3, counts = ?4 WHERE id = ?1 AND done = ?2 AND state = 'running'
                 /* unscoped: the desk's own rows */"
            ),
            params![self.run.import, self.from, until, json(&counts)?],
        )?;
        // Whoever was faster has judged them: then nothing of this is kept.
        StoreError::compared(moved, "the import")?;
        let Parties { products, buyers } = judge.fresh;
        Ok(Judged { counts, products: products.into_iter().collect(), buyers: buyers.into_iter().collect() })
    }
}

fn count(
    tx: &mut Tx<'_>,
    keyed: Keyed<'_>,
    order: &Order,
    (verdict, counts): (Verdict, &mut Counts),
) -> Result<(), Fault> {
    let rows = order.lines.len() as u64;
    match verdict {
        Verdict::New => {
            counts.orders_new += 1;
            counts.rows_new += rows;
            let sum = counts.amount_minor.checked_add(order.total());
            counts.amount_minor =
                sum.ok_or_else(|| StoreError::Corrupt(format!("import {}: too much money", keyed.0)))?;
        }
        Verdict::Known => {
            counts.orders_known += 1;
            counts.rows_known += rows;
        }
        Verdict::Refused(code) => {
            for (line, cells) in &order.rows {
                let problems = vec![RowProblem::whole(code, &order.number)];
                keep(tx, keyed, &Reported { line: *line, problems, cells: cells.clone() }, counts)?;
            }
        }
    }
    Ok(())
}

/// The run is over.
pub(crate) struct End {
    pub(crate) holder: String,
    pub(crate) import: ImportId,
    pub(crate) state: State,
    pub(crate) failure: String,
}

impl Command for End {
    type Out = ();
    const NAME: &'static str = "imports.end";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        hold(tx, &self.holder)?;
        let now = tx.now();
        tx.put(
            sql!(
                "UPDATE imports SET state = ?2, failure = ?3, ended_at = ?4 WHERE id = ?1 AND state = 'running'
                 /* unscoped: the desk's own rows */"
            ),
            params![self.import, self.state, self.failure, now],
        )?;
        Ok(())
    }
}
