//! `import`: histories of other systems.

use super::{CliError, Common, DONE, FOUND, open_at};
use clap::{Args, Subcommand};
use std::io::{IsTerminal as _, Write as _, stderr};
use std::path::PathBuf;
use std::sync::Arc;
use xr_base::Locale;
use xr_imports::{ImportOptions, Progress, history_clock, run};

/// Width of the progress bar, in characters.
const BAR_CHARS: u64 = 32;

#[derive(Subcommand)]
pub(super) enum ImportCommand {
    /// Order lines of the UCI data set "Online Retail" (CSV, plain or gzip).
    OnlineRetail(OnlineRetail),
}

#[derive(Args)]
pub(super) struct OnlineRetail {
    /// Files; several are read as one.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write totals by month, computed from what is stored: `month,rows,amount,amount_positive,amount_cancel`.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Report as if imported, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The report in English instead of Chinese.
    #[arg(long)]
    en: bool,
}

pub(super) fn run_import(common: &Common, command: &ImportCommand) -> Result<u8, CliError> {
    let ImportCommand::OnlineRetail(args) = command;
    let (store, _) = open_at(common, Arc::new(history_clock()))?;
    let options = ImportOptions { files: args.files.clone(), summary: args.summary.clone(), dry_run: args.dry_run };
    let is_shown = stderr().is_terminal();
    let mut bar = |progress: Progress| {
        if is_shown {
            show(progress);
        }
    };
    let result = run(&store, &options, &mut bar);
    store.close();
    let report = result.map_err(|e| CliError::Other(e.to_string()))?;
    if is_shown {
        eprintln!();
    }
    if common.json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(|e| CliError::Other(e.to_string()))?);
    } else {
        print!("{}", report.show(if args.en { Locale::En } else { Locale::ZhCn }));
    }
    // Odd rows are kept and warned about; only rows that could not be read make the difference.
    Ok(if report.has_errors() { FOUND } else { DONE })
}

fn show(progress: Progress) {
    let share = (progress.done * BAR_CHARS).checked_div(progress.total).unwrap_or(0);
    let filled = "█".repeat(usize::try_from(share.min(BAR_CHARS)).unwrap_or(0));
    let mut out = stderr().lock();
    // A bar that cannot be drawn is no reason to stop.
    let _ = write!(out, "\r{:?} {filled:<32} {} / {}   ", progress.stage, progress.done, progress.total);
    let _ = out.flush();
}
