//! Taking a backup.

use super::files::sync;
use super::manifest::{FORMAT, Manifest};
use super::room::Room;
use super::{MANIFEST, blobs, refused, refused_because, survey};
use crate::engine::sqlite_copy;
use crate::outside::{DATABASE, has_database};
use std::path::Path;
use xr_base::{Fault, Instant, StoreError};

/// Where a backup comes from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// Folder of a market, served or not.
    pub folder: &'s Path,
    /// Wall time of now.
    pub now: Instant,
    /// Version of this program.
    pub program: &'s str,
}

/// Copies a market into the new folder `target`. Whoever serves it goes on; its folder's lock is not needed, and nothing in the
/// folder is written.
///
/// # Errors
/// A refusal without a market, with a target that is taken or cannot be written, or when the disk is full; nothing is left then.
pub fn make(source: Source<'_>, target: &Path) -> Result<Manifest, Fault> {
    if !has_database(source.folder) {
        return Err(refused("backup.no_market", source.folder));
    }
    let room = Room::beside(target)?;
    let manifest = fill(source, &room.folder).map_err(|error| refused_because("backup.failed", target, &error))?;
    room.finish()?;
    Ok(manifest)
}

fn fill(source: Source<'_>, room: &Path) -> Result<Manifest, StoreError> {
    let database = room.join(DATABASE);
    sqlite_copy::copy(&source.folder.join(DATABASE), &database)?;
    sync(&database).map_err(fail)?;
    let mut conn = survey::open(room)?;
    let note = blobs::note(&mut conn, &mut |name| blobs::bring(source.folder, room, name))?;
    blobs::sync_names(room).map_err(fail)?;
    let contents = survey::contents(room, &mut conn, note)?;
    let manifest = Manifest { format: FORMAT, program: source.program.to_owned(), made_at: source.now, contents };
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    std::fs::write(room.join(MANIFEST), text).map_err(fail)?;
    sync(&room.join(MANIFEST)).map_err(fail)?;
    Ok(manifest)
}

#[allow(clippy::needless_pass_by_value, reason = "used as map_err(fail)")]
pub(super) fn fail(error: std::io::Error) -> StoreError {
    StoreError::Engine(error.to_string())
}
