//! The history of another system read in, as `import` does it.

use super::usage::{cpu_us, peak_memory_mb};
use super::{CliError, Market};
use serde_json::{Value, json};
use std::path::PathBuf;
use xr_base::Stopwatch;
use xr_imports::{ImportOptions, ONE_MONTH, run};

/// Imports `files` twice: new rows, then rows that are all known.
pub(super) fn measure(market: &Market, files: &[PathBuf]) -> Result<Value, CliError> {
    let other = |e: &dyn std::fmt::Display| CliError::Other(e.to_string());
    let month = Month::of(files).map_err(|e| other(&e))?;
    let files = month.as_ref().map_or_else(|| files.to_vec(), |month| vec![month.0.clone()]);
    let options = ImportOptions { files, summary: None, dry_run: false };
    let turn = || {
        let (cpu, began) = (cpu_us(), Stopwatch::start());
        let report = run(&market.store, &options, &mut |_| ()).map_err(|e| other(&e))?;
        Ok::<_, CliError>((report, began.micros().max(1), cpu_us() - cpu))
    };
    let (report, micros, cpu) = turn()?;
    let peak = peak_memory_mb();
    let (again, again_micros, _) = turn()?;
    if again.rows_new > 0 || report.rows_read == 0 {
        return Err(CliError::Other("an import that was repeated found new rows, or the files hold none".to_owned()));
    }
    let rows = i64::try_from(report.rows_read).unwrap_or(i64::MAX);
    Ok(json!({
        "bench": "import", "engine": market.engine(), "rows": rows, "orders": report.orders_new,
        "rows_per_s": rows.saturating_mul(1_000_000) / micros, "seconds": seconds(micros),
        "known_rows_per_s": rows.saturating_mul(1_000_000) / again_micros, "cpu_us_per_row": cpu / rows, "peak_memory_mb": peak,
    }))
}

/// One month of the data set, which is part of the sources, as a file that is gone when the bench is over.
struct Month(PathBuf);

impl Month {
    /// Only when no files were told.
    fn of(told: &[PathBuf]) -> std::io::Result<Option<Self>> {
        if !told.is_empty() {
            return Ok(None);
        }
        let file = std::env::temp_dir().join(format!("xiaoer-bench-{}.csv.gz", std::process::id()));
        std::fs::write(&file, ONE_MONTH)?;
        Ok(Some(Self(file)))
    }
}

impl Drop for Month {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[allow(clippy::cast_precision_loss, reason = "a time of a bench")]
fn seconds(micros: i64) -> f64 {
    (micros as f64 / 1e4).round() / 100.0
}
