//! `dump`: the logical dump (decision D20).

use super::{CliError, Common, DONE, open};
use clap::Args;
use std::io::{BufWriter, Write, sink, stdout};

#[derive(Args)]
pub(super) struct DumpArgs {
    /// Print only the SHA-256 of the dump.
    #[arg(long)]
    hash: bool,
}

pub(super) fn run(common: &Common, args: &DumpArgs) -> Result<u8, CliError> {
    let (store, location) = open(common)?;
    let mut out: Box<dyn Write> = if args.hash { Box::new(sink()) } else { Box::new(BufWriter::new(stdout().lock())) };
    let hash = xr_store::dump::write(&store, &location, &mut out)?;
    out.flush().map_err(|e| CliError::Other(e.to_string()))?;
    drop(out);
    store.close();
    if args.hash {
        println!("{hash}");
    }
    Ok(DONE)
}
