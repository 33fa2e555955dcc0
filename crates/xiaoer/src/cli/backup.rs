//! `backup` and `restore`: the embedded database with its blobs, as a folder.

use super::{CliError, Common, DONE, FOUND, as_json, doctor, print_findings};
use crate::wiring;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xr_base::{Clock as _, Fault, Problem, SystemClock};
use xr_store::backup::{self, Checks, Manifest, Source, Verified};
use xr_store::{Location, Tx};

#[derive(Args)]
#[command(subcommand_negates_reqs = true)]
pub(super) struct BackupArgs {
    #[command(subcommand)]
    command: Option<BackupCommand>,
    /// Folder to make: absent or empty. The folder that it lies in must be there.
    #[arg(long, required = true, value_name = "DIR")]
    to: Option<PathBuf>,
}

#[derive(Subcommand)]
enum BackupCommand {
    /// Read all of a backup: its files against the manifest, the event record, the blobs, and what `doctor` looks at.
    Verify {
        /// The backup.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Args)]
pub(super) struct RestoreArgs {
    /// The backup; it is verified first.
    #[arg(value_name = "FROM")]
    from: PathBuf,
}

pub(super) fn run(common: &Common, args: &BackupArgs) -> Result<u8, CliError> {
    match (&args.command, &args.to) {
        (Some(BackupCommand::Verify { folder }), _) => {
            let verified = verify(folder)?;
            tell(common, &verified, folder);
            Ok(if verified.findings.is_empty() { DONE } else { FOUND })
        }
        (None, Some(target)) => make(common, target),
        (None, None) => Err(CliError::Other("--to is missing".to_owned())),
    }
}

pub(super) fn restore(common: &Common, args: &RestoreArgs) -> Result<u8, CliError> {
    let target = folder(common)?;
    let verified = verify(&args.from)?;
    tell(common, &verified, &args.from);
    let Some(manifest) = verified.restorable() else { return Ok(FOUND) };
    backup::restore(&args.from, manifest, &target, SystemClock::real().wall())?;
    if !common.json {
        println!("ok     {} is ready to be served", target.display());
    }
    Ok(if verified.findings.is_empty() { DONE } else { FOUND })
}

/// The embedded database; PostgreSQL has its own tools.
fn folder(common: &Common) -> Result<PathBuf, CliError> {
    match common.settings()?.location()? {
        Location::Folder(folder) => Ok(folder),
        Location::Postgres(_) => Err(CliError::Fault(Problem::new(409, "backup.postgres").into())),
    }
}

fn make(common: &Common, target: &Path) -> Result<u8, CliError> {
    let folder = folder(common)?;
    let source = Source { folder: &folder, now: SystemClock::real().wall(), program: env!("CARGO_PKG_VERSION") };
    let manifest = backup::make(source, target)?;
    let lost = |sha256| Problem::new(409, "backup.blob_at_source").with("sha256", sha256);
    let findings: Vec<Problem> = manifest.contents.blobs.unsound.iter().map(lost).collect();
    if common.json {
        println!("{}", json!({ "manifest": manifest, "findings": as_json(&findings) }));
    } else {
        print_findings(&findings);
        println!("ok     {}: {}", target.display(), summary(&manifest));
    }
    Ok(if findings.is_empty() { DONE } else { FOUND })
}

fn verify(folder: &Path) -> Result<Verified, Fault> {
    let invariants = |tx: &mut Tx<'_>| {
        let found = doctor::invariants(tx)?.into_iter();
        let told = found.flat_map(|finding| finding.wrong.into_iter().map(move |why| (finding.what, why)));
        let problem = |(what, why)| Problem::new(409, "backup.invariant").with("what", what).with("why", why);
        Ok(told.map(problem).collect())
    };
    let migrations = wiring::migrations();
    let checks = Checks { migrations: &migrations, clock: Arc::new(SystemClock::real()), invariants: &invariants };
    backup::verify(folder, &checks)
}

fn tell(common: &Common, verified: &Verified, folder: &Path) {
    let Verified { manifest, findings, is_older } = verified;
    if common.json {
        let is_sound = findings.is_empty();
        println!(
            "{}",
            json!({ "sound": is_sound, "older": is_older, "manifest": manifest, "findings": as_json(findings) })
        );
        return;
    }
    print_findings(findings);
    if *is_older {
        println!("note   an older schema: the invariants of this version were not looked at");
    }
    if let Some(manifest) = manifest.as_ref().filter(|_| findings.is_empty()) {
        println!("ok     {}: {}", folder.display(), summary(manifest));
    }
}

fn summary(manifest: &Manifest) -> String {
    let Manifest { made_at, contents, .. } = manifest;
    format!(
        "{made_at}, {} bytes, {} events, {} blobs\n{}  after event {}",
        contents.database.size_bytes,
        contents.rows.get("events").copied().unwrap_or(0),
        contents.blobs.count,
        contents.events.hash,
        contents.events.last_seq,
    )
}
