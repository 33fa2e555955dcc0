//! Whether a backup is what its manifest says, and sound.

use super::manifest::{BlobsNote, FORMAT, Manifest};
use super::{blobs, refused, refused_because, survey};
use crate::engine::sqlite_copy;
use crate::migrate::hash_of;
use crate::outside::DATABASE;
use crate::sealing::Sealing;
use crate::shared::open_shared;
use crate::store::Engine;
use crate::tx::Connection;
use crate::{Migration, Tx, audit, migrate, threads};
use std::path::Path;
use std::sync::Arc;
use xr_base::{Clock, Fault, Problem, StoreError};

/// What is to hold of every market; gives what does not.
type Invariants<'c> = dyn Fn(&mut Tx<'_>) -> Result<Vec<Problem>, Fault> + 'c;

/// What a backup is checked with.
pub struct Checks<'c> {
    /// Schema of every capability, without the store's own.
    pub migrations: &'c [Migration],
    /// Only [`Tx::now`] asks it.
    pub clock: Arc<dyn Clock>,
    /// Run on a database of this program's schema.
    pub invariants: &'c Invariants<'c>,
}

/// Code of a blob that the market had lost before the backup was made: the backup holds all that there was.
const BLOB_AT_SOURCE: &str = "backup.blob_at_source";

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The manifest, where it can be read.
    pub manifest: Option<Manifest>,
    /// What is wrong, with codes whose texts the program has; none in a sound backup.
    pub findings: Vec<Problem>,
    /// The schema is an older one: the invariants of this program were not looked at.
    pub is_older: bool,
}

impl Verified {
    /// The manifest of a backup that can be put back: it holds everything that its market held.
    pub fn restorable(&self) -> Option<&Manifest> {
        let is_complete = self.findings.iter().all(|problem| problem.code == BLOB_AT_SOURCE);
        self.manifest.as_ref().filter(|_| is_complete)
    }
}

/// Reads all of a backup: manifest, database, event record, blobs, invariants. Writes nothing.
///
/// # Errors
/// A refusal where there is no backup, or none that was finished. What is wrong with it is no error.
pub fn verify(folder: &Path, checks: &Checks<'_>) -> Result<Verified, Fault> {
    let read = Manifest::read(folder).map_err(|error| refused_because("backup.unreadable", folder, &error))?;
    let read = read.ok_or_else(|| refused("backup.unfinished", folder))?;
    let mut verified = Verified { manifest: None, findings: Vec::new(), is_older: false };
    match read {
        Err(error) => verified.findings.push(because("backup.manifest", &error)),
        Ok(manifest) if manifest.format != FORMAT => {
            verified.findings.push(because("backup.manifest", &format!("format {}", manifest.format)));
        }
        Ok(manifest) => verified.manifest = Some(manifest),
    }
    // A damaged database may answer one question and fail at the next.
    if let Err(error) = look(folder, checks, &mut verified) {
        verified.findings.push(because("backup.database", &error));
    }
    Ok(verified)
}

fn because(code: &str, why: &impl std::fmt::Display) -> Problem {
    Problem::new(409, code).with("why", why)
}

fn look(folder: &Path, checks: &Checks<'_>, verified: &mut Verified) -> Result<(), Fault> {
    let mut conn = survey::open(folder)?;
    let note = check_blobs(folder, &mut conn, verified)?;
    let found = survey::contents(folder, &mut conn, note)?;
    let Verified { manifest, findings, .. } = verified;
    findings.extend(manifest.iter().flat_map(|manifest| manifest.differences(&found)));
    findings
        .extend(sqlite_copy::integrity(&folder.join(DATABASE))?.iter().map(|line| because("backup.database", line)));
    let expected = manifest.as_ref().and_then(|manifest| audit::noted(&manifest.contents.events.hash));
    if found.rows.contains_key(survey::BLOCKS) {
        findings.extend(audit::verify_on(&mut conn, expected)?.problems(expected.is_some()));
    }
    check_invariants(&mut conn, checks, verified)
}

/// The rows' blobs, with those that are missing or damaged by name.
fn check_blobs(folder: &Path, conn: &mut dyn Connection, verified: &mut Verified) -> Result<BlobsNote, StoreError> {
    let mut note = blobs::note(conn, &mut |name| blobs::is_sound(folder, name))?;
    let known: Vec<String> =
        verified.manifest.iter().flat_map(|manifest| manifest.contents.blobs.unsound.clone()).collect();
    for name in &note.unsound {
        let code = if known.contains(name) { BLOB_AT_SOURCE } else { "backup.blob" };
        verified.findings.push(Problem::new(409, code).with("sha256", name));
    }
    // Told by name already; as a difference of the manifest they would be told twice.
    note.unsound = known;
    Ok(note)
}

fn check_invariants(conn: &mut dyn Connection, checks: &Checks<'_>, verified: &mut Verified) -> Result<(), Fault> {
    let ran = survey::ran(conn)?;
    let own = migrate::MIGRATIONS.iter().chain(checks.migrations);
    let known: survey::Ran = own.map(|m| (i64::from(m.number), hash_of(m.sql))).collect();
    if !ran.is_subset(&known) {
        verified.findings.push(Problem::new(409, "backup.newer"));
        return Ok(());
    }
    verified.is_older = ran != known;
    if verified.is_older {
        return Ok(());
    }
    let shared = open_shared(conn, Engine::Sqlite, Arc::clone(&checks.clock), (Vec::new(), Sealing::none()), "")?;
    verified.findings.extend(threads::snapshot(conn, &shared, |tx| (checks.invariants)(tx))?);
    Ok(())
}
