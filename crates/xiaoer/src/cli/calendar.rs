//! `calendar`: no database needed.

use super::{CliError, Common, DONE};
use crate::config::REGION;
use clap::Subcommand;
use jiff::civil::Date;
use std::fs::File;
use std::io::{BufWriter, Write as _, stdout};
use std::path::PathBuf;
use xr_base::calendar::{DayTable, table_cli};

#[derive(Subcommand)]
pub(super) enum CalendarCommand {
    /// For rows `start,add_workdays` of a CSV file, the n-th working day strictly after start.
    Due {
        /// CSV file with a header.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// Every day of a span with 1 for working days and 0 for free ones.
    Days {
        /// First day, YYYY-MM-DD.
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// Last day, inclusive.
        #[arg(long, value_name = "DATE")]
        to: Date,
    },
}

pub(super) fn run(common: &Common, command: &CalendarCommand) -> Result<u8, CliError> {
    let missing = || CliError::Other(format!("no day table for {REGION}"));
    let days = common.settings()?.days()?;
    let table: &DayTable = days.region(REGION).ok_or_else(missing)?;
    let mut out = BufWriter::new(stdout().lock());
    let fail = |e: &dyn std::fmt::Display| CliError::Other(e.to_string());
    match command {
        CalendarCommand::Due { file } => {
            let input = File::open(file).map_err(|e| CliError::Other(format!("{}: {e}", file.display())))?;
            table_cli::due_dates(input, &mut out, table).map_err(|e| fail(&e))?;
        }
        CalendarCommand::Days { from, to } => {
            table_cli::days(*from, *to, &mut out, table).map_err(|e| fail(&e))?;
        }
    }
    out.flush().map_err(|e| fail(&e))?;
    Ok(DONE)
}
