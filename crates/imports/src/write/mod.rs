//! Writing a plan: shop, goods and buyers first, then invoices, many of them in each transaction.

mod invoices;
mod parties;

use crate::matching::Sale;
use crate::plan::Plan;
use crate::source::Source;
use crate::{Progress, Stage};
use invoices::WriteInvoices;
use parties::{AddBuyers, AddGoods, OpenSource};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use xr_base::{CaseId, Fault, RowId, SkuId, UserId};
use xr_store::Store;

/// Rows of one transaction, give or take an invoice: enough to share a commit, few enough to let others in between.
const CHUNK_ROWS: usize = 2_000;
/// Goods or buyers of one transaction.
const CHUNK_PARTIES: usize = 500;

/// What the transactions of one import share.
pub(crate) struct Shared {
    pub(crate) plan: Plan,
    pub(crate) source: Source,
    pub(crate) goods: HashMap<u32, SkuId>,
    pub(crate) buyers: HashMap<i64, UserId>,
    /// Order and line of fresh sales that a cancellation takes back, by index of their row.
    pub(crate) lines: Mutex<HashMap<usize, (CaseId, RowId)>>,
}

/// Writes everything of `plan`; gives the source, if there is one now.
///
/// # Errors
/// A store fault; what was committed before stays, and the next import goes on from there.
pub(crate) fn all(store: &Store, mut plan: Plan, progress: &mut dyn FnMut(Progress)) -> Result<Option<Source>, Fault> {
    if plan.invoices.is_empty() {
        return Ok(plan.source);
    }
    let source = match plan.source {
        Some(source) => source,
        None => store.write_blocking(OpenSource)?,
    };
    for chunk in plan.new_goods.chunks(CHUNK_PARTIES) {
        let added = store.write_blocking(AddGoods { source, goods: chunk.to_vec() })?;
        plan.goods.extend(chunk.iter().map(|goods| goods.key.clone()).zip(added));
    }
    for chunk in plan.new_buyers.chunks(CHUNK_PARTIES) {
        let added = store.write_blocking(AddBuyers { source, customers: chunk.to_vec() })?;
        plan.buyers.extend(chunk.iter().copied().zip(added));
    }
    let texts = &plan.rows.texts;
    let goods = plan.goods.iter().filter_map(|(key, sku)| Some((texts.find(key)?, *sku))).collect();
    let buyers = plan.buyers.clone();
    let shared = Arc::new(Shared { plan, source, goods, buyers, lines: Mutex::default() });
    let total = shared.plan.rows.rows.len() as u64;
    let takes = shared.plan.returns.values().flat_map(|back| &back.takes);
    let wanted: HashSet<Sale> = takes.map(|take| take.sale).collect();
    for invoices in chunks(&shared.plan) {
        let done = shared.plan.invoices[invoices.end - 1].rows.end as u64;
        let lines = store.write_blocking(WriteInvoices { shared: Arc::clone(&shared), invoices })?;
        let lines = lines.into_iter().filter(|(row, ..)| wanted.contains(&Sale::Fresh(*row)));
        let lines = lines.map(|(row, order, line)| (row, (order, line)));
        shared.lines.lock().unwrap_or_else(PoisonError::into_inner).extend(lines);
        progress(Progress { stage: Stage::Writing, done, total });
    }
    Ok(Some(source))
}

/// Ranges of invoices with about [`CHUNK_ROWS`] rows each.
fn chunks(plan: &Plan) -> Vec<Range<usize>> {
    let mut chunks: Vec<Range<usize>> = Vec::new();
    let mut rows = 0;
    for (index, invoice) in plan.invoices.iter().enumerate() {
        match chunks.last_mut() {
            Some(chunk) if rows < CHUNK_ROWS => chunk.end = index + 1,
            _ => {
                chunks.push(index..index + 1);
                rows = 0;
            }
        }
        rows += invoice.rows.len();
    }
    chunks
}
