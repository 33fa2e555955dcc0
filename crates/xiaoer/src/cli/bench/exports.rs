//! Orders as a workbook, written as the server does.

use super::load::person;
use super::usage::{cpu_us, memory_kb};
use super::{CliError, Market};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use xr_base::{Locale, Millis, Party, Stopwatch, StoreError};
use xr_exports::{AskExport, FileFormat, Wanted, run_next};
use xr_store::{params, sql};

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Places `orders` and writes them into one file.
pub(super) fn measure(market: &Market, orders: u64) -> Result<Value, CliError> {
    market.fill(orders)?;
    let ask = AskExport {
        actor: person(10, Some(market.goods.merchant), Party::Merchant, &["orders.export"]),
        wanted: Wanted::default(),
        format: FileFormat::Xlsx,
        is_plain: false,
        locale: Locale::ZhCn,
    };
    let export = market.store.write_blocking(ask)?;
    let (peak, is_over) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicBool::new(false)));
    let before = memory_kb();
    let watch = {
        let (peak, is_over) = (Arc::clone(&peak), Arc::clone(&is_over));
        std::thread::spawn(move || {
            while !is_over.load(Ordering::SeqCst) {
                peak.fetch_max(memory_kb() - before, Ordering::SeqCst);
                std::thread::sleep(LOOK_EVERY);
            }
        })
    };
    let (cpu, began) = (cpu_us(), Stopwatch::start());
    while run_next(&market.store, &|| false)? {}
    let (wall, cpu) = (Millis(began.micros() / 1_000), cpu_us() - cpu);
    is_over.store(true, Ordering::SeqCst);
    watch
        .join()
        .map_err(|_| StoreError::Engine("the watch of memory panicked".to_owned()))
        .map_err(xr_base::Fault::from)?;
    let (state, rows, bytes): (String, i64, i64) = market.store.read_blocking(move |tx| {
        Ok(tx.one(
            sql!("SELECT state, row_count, size_bytes FROM order_exports WHERE id = ?1 /* unscoped: a bench */"),
            params![export],
        )?)
    })?;
    Ok(json!({
        "bench": "export", "engine": market.engine(), "orders": orders, "state": state, "rows": rows,
        "rows_per_s": rows * 1_000 / wall.0.max(1), "seconds": seconds(wall.0 * 1_000), "cpu_seconds": seconds(cpu),
        "memory_growth_mb": peak.load(Ordering::SeqCst) / 1_024, "file_bytes": bytes,
    }))
}

fn seconds(micros: i64) -> f64 {
    f64::from(i32::try_from(micros / 1_000).unwrap_or(i32::MAX)) / 1_000.0
}
