//! Imports from files: the desk, where merchants bring order files of other platforms (`desk`), and the history of `online-retail`
//! (UCI data set 352), of which every row becomes an order line or an adjustment, once.
//!
//! Imported orders ended before this market knew of them: they are
//! written in their final state, without clocks, stock claims or payments; their money goes to the ledger at their own time.
//!
//! What an import writes depends on the rows and the database alone, not on the order of rows and files; with the store opened
//! on [`history_clock`] not on the hour of the import either.

mod desk;
pub mod http;
mod issue;
mod matching;
mod money;
mod plan;
mod read;
mod report;
mod rows;
mod source;
mod stored;
mod summary;
mod write;

pub use desk::{
    Counts, DeleteForgotten, ForgetFiles, SEALED_FILES, State, UPLOAD_BYTES, UploadQuota, delete_forgotten, run_next,
    work,
};
pub use issue::{Issue, Issues, Oddity};
pub use report::{Cancellations, Report, Shown};
pub use summary::Books;

use std::path::PathBuf;
use xr_base::id::EPOCH_2025_MS;
use xr_base::{Clock as _, Fault, Instant, SystemClock};
use xr_store::Store;

xr_store::migrations! { 1750 "imports", 1751 "desk", 1752 "forgotten", 1753 "sealed_files", 1754 "uploaded_at" }

/// Texts of this slice.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("imports");

/// Local time of the files.
const ZONE: &str = "Europe/London";

/// What to import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// CSV files, plain or gzip; read as one.
    pub files: Vec<PathBuf>,
    /// Where the summary by month goes; it covers everything stored of the source, not these files alone.
    pub summary: Option<PathBuf>,
    /// Report (and summarise) as if imported, and write nothing to the store.
    pub dry_run: bool,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Rows done.
    pub done: u64,
    /// Rows in all; 0 while that is not known.
    pub total: u64,
}

/// Stages of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading files.
    Reading,
    /// Comparing with what is stored, matching cancellations.
    Planning,
    /// Writing.
    Writing,
}

/// Why an import stops. Broken rows do not stop it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be opened.
    #[error("{0}: {1}")]
    File(String, String),
    /// The summary cannot be written.
    #[error("{0}: {1}")]
    Summary(String, String),
    /// The source's time zone is not known.
    #[error("no time zone: {0}")]
    Zone(String),
    /// The store below; what was committed stays and is skipped by the next import.
    #[error(transparent)]
    Store(#[from] Fault),
}

/// December 2010 of the data set "Online Retail" as CSV, gzip; see `data/README.md`.
pub const ONE_MONTH: &[u8] = include_bytes!("../data/online-retail-2010-12.csv.gz");

/// The clock to open a store with for an import: business time stands at 2025-01-01, the zero of ids, so that imported rows sort
/// before what happens later and do not tell when they were imported. Wall time goes on; leases need it.
pub fn history_clock() -> SystemClock {
    let clock = SystemClock::real();
    clock.set(clock.wall(), Instant(EPOCH_2025_MS), 0);
    clock
}

/// Imports files of online-retail. Blocks; call it off the async threads.
///
/// # Errors
/// [`ImportError`]; a file that cannot be opened is refused before anything is written.
pub fn run(store: &Store, options: &ImportOptions, progress: &mut dyn FnMut(Progress)) -> Result<Report, ImportError> {
    let reading = read::files(&options.files, progress)?;
    progress(Progress { stage: Stage::Planning, done: 0, total: reading.rows.rows.len() as u64 });
    let plan = store.read_blocking(move |tx| plan::make(tx, reading))?;
    let mut report = Report::new(&plan, options.dry_run);
    let mut months = summary::Months::new()?;
    let source = if options.dry_run {
        months.add_planned(&plan);
        plan.source
    } else {
        write::all(store, plan, progress)?
    };
    if let Some(path) = &options.summary {
        let is_real = !options.dry_run;
        let (months, books) = store.read_blocking(move |tx| {
            let Some(source) = source else { return Ok((months, None)) };
            months.add_stored(tx, source)?;
            let books = if is_real { Some(summary::books(tx, source, months.total())?) } else { None };
            Ok((months, books))
        })?;
        months.write(path)?;
        report.books = books;
    }
    Ok(report)
}
