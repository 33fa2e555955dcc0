//! `identifiers`: no database needed.

use super::{CliError, DONE};
use clap::Subcommand;
use std::fs::File;
use std::io::{BufWriter, Write as _, stdout};
use std::path::PathBuf;
use xr_base::identifier::table_cli;

#[derive(Subcommand)]
pub(super) enum IdentifiersCommand {
    /// For rows `kind,value` of a CSV file, 1 for a number that is well formed, else 0. Kinds: `uscc` (unified social credit
    /// code), `resident_id`, `luhn` (bank card), `ean13`.
    Check {
        /// CSV file with a header.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
}

pub(super) fn run(command: &IdentifiersCommand) -> Result<u8, CliError> {
    let IdentifiersCommand::Check { file } = command;
    let fail = |e: &dyn std::fmt::Display| CliError::Other(format!("{}: {e}", file.display()));
    let input = File::open(file).map_err(|e| fail(&e))?;
    let mut out = BufWriter::new(stdout().lock());
    table_cli::check(input, &mut out).map_err(|e| fail(&e))?;
    out.flush().map_err(|e| fail(&e))?;
    Ok(DONE)
}
