//! `audit`: the hash chain over the event record (decision D13).

use super::{CliError, Common, DONE, FOUND, as_json, print_findings};
use clap::Subcommand;
use serde_json::json;
use xr_base::Problem;
use xr_store::audit::{noted, verify};
use xr_store::{Location, outside};

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Compute the hash chain again from the stored events and name the first that differs; also while the market is served.
    Verify {
        /// A hash noted earlier, by this command or in a backup: the record must have gone through it. Only this shows that
        /// the end was cut off, or that events and blocks were both written anew.
        #[arg(long, value_name = "HASH", value_parser = hash)]
        expect: Option<[u8; 32]>,
    },
}

fn hash(text: &str) -> Result<[u8; 32], String> {
    noted(text).ok_or_else(|| "64 hex digits are wanted".to_owned())
}

pub(super) fn run(common: &Common, command: &AuditCommand) -> Result<u8, CliError> {
    let AuditCommand::Verify { expect } = command;
    let location = common.settings()?.location()?;
    // Looking must not make a market where there is none.
    if let Location::Folder(folder) = &location
        && !outside::has_database(folder)
    {
        return Err(CliError::Fault(Problem::new(404, "backup.no_market").with("folder", folder.display()).into()));
    }
    let report = verify(&location, *expect)?;
    let findings = report.problems(expect.is_some());
    if common.json {
        println!(
            "{}",
            json!({
                "sound": findings.is_empty(), "events": report.events, "last_seq": report.last_seq, "hash": report.hash,
                "blocks": report.blocks, "unsealed": report.unsealed, "broken": report.broken,
                "expected_at": report.expected_at, "findings": as_json(&findings),
            })
        );
    } else {
        print_findings(&findings);
        if findings.is_empty() {
            println!("ok     {} events in {} blocks, {} not sealed yet", report.events, report.blocks, report.unsealed);
        }
        println!("{}  after event {}", report.hash, report.last_seq);
    }
    Ok(if findings.is_empty() { DONE } else { FOUND })
}
