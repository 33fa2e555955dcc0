//! Putting a backup back.

use super::make::fail;
use super::manifest::Manifest;
use super::{blobs, files, refused, refused_because, survey};
use crate::engine::sqlite_copy;
use crate::outside::DATABASE;
use crate::sealing::KEY_FILE;
use crate::store::lock_folder;
use std::fs;
use std::path::{Path, PathBuf};
use xr_base::id::EPOCH_2025_MS;
use xr_base::{Fault, Instant, Millis, StoreError};

/// The database until it is whole; a folder that holds it is served by nobody.
const RESTORING: &str = "xiaoer.db.restoring";
/// Ids begin so far ahead of the clock: the lost market may have run on a machine whose clock was ahead of this one's.
const IDS_AHEAD: Millis = Millis::hours(1);

/// Puts a verified backup into `target`, which is absent or empty, ready to be served at `now` (wall time).
///
/// Ids go on behind everything that the lost market can have given since the backup; leases of its processes end. The sign of life
/// stays as it was, so the time until somebody serves the market again counts as an outage (decision D8).
///
/// # Errors
/// A refusal for a target in use, or when the disk is full; what was begun is taken away.
pub fn restore(from: &Path, manifest: &Manifest, target: &Path, now: Instant) -> Result<(), Fault> {
    let unwritable = |error: &dyn std::fmt::Display| refused_because("backup.unwritable", target, &error);
    let free = || match is_free(target) {
        Ok(true) => Ok(()),
        Ok(false) => Err(refused("backup.target_in_use", target)),
        Err(error) => Err(unwritable(&error)),
    };
    let was_there = target.exists();
    if was_there {
        free()?;
    }
    let _lock = lock_folder(target).map_err(|error| unwritable(&error))?;
    // Once more: before the lock was ours, somebody else may have restored into it.
    free()?;
    let mut site = Site { folder: target, was_there, is_finished: false };
    site.empty().map_err(|error| unwritable(&error))?;
    fill(from, manifest, target, now).map_err(|error| refused_because("backup.failed", target, &error))?;
    site.is_finished = true;
    Ok(())
}

/// Whether nothing is there but a lock, the key that opens the backup's sealed fields, or the remains of a restore that was killed.
fn is_free(folder: &Path) -> std::io::Result<bool> {
    if !folder.is_dir() {
        return Ok(false);
    }
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<std::io::Result<Vec<String>>>()?;
    let was_begun = names.iter().any(|name| name == RESTORING);
    let is_ours = |name: &String| {
        name == "lock" || name == KEY_FILE || name.starts_with(RESTORING) || was_begun && name == blobs::BLOBS
    };
    Ok(names.iter().all(is_ours))
}

/// Refuses to serve what was restored in part.
pub(crate) fn refuse_unfinished(folder: &Path) -> Result<(), StoreError> {
    if folder.join(RESTORING).exists() {
        let text = format!("{} was not restored to the end: run `xiaoer restore` again", folder.display());
        return Err(StoreError::Engine(text));
    }
    Ok(())
}

fn fill(from: &Path, manifest: &Manifest, target: &Path, now: Instant) -> Result<(), StoreError> {
    let growing = target.join(RESTORING);
    fs::write(&growing, "").map_err(fail)?;
    files::sync(target).map_err(fail)?;
    let mut conn = survey::open(from)?;
    let note = blobs::note(&mut conn, &mut |name| blobs::bring(from, target, name))?;
    if let Some(name) = note.unsound.iter().find(|name| !manifest.contents.blobs.unsound.contains(name)) {
        return Err(StoreError::Engine(format!("blob {name} is damaged")));
    }
    drop(conn);
    blobs::sync_names(target).map_err(fail)?;
    fs::copy(from.join(DATABASE), &growing).map_err(fail)?;
    let (sha256, _) = files::fingerprint(&growing).map_err(fail)?;
    if sha256 != manifest.contents.database.sha256 {
        return Err(StoreError::Engine("the database is not the one that was verified".to_owned()));
    }
    let mark = (now + IDS_AHEAD).0 - EPOCH_2025_MS;
    sqlite_copy::change(
        &growing,
        &format!(
            "INSERT INTO node_ids (node, reserved_ms) VALUES (0, {mark})
             ON CONFLICT (node) DO UPDATE SET reserved_ms = MAX(reserved_ms, excluded.reserved_ms);
             UPDATE leases SET until_ms = 0;"
        ),
    )?;
    files::sync(&growing).map_err(fail)?;
    fs::rename(&growing, target.join(DATABASE)).map_err(fail)?;
    files::sync(target).map_err(fail)
}

/// A folder that is being restored; emptied again unless it was finished.
struct Site<'s> {
    folder: &'s Path,
    was_there: bool,
    is_finished: bool,
}

impl Site<'_> {
    /// The mark of an unfinished restore goes last. What the engine put beside it goes too: a log left there would be taken for
    /// that of the next copy of this name.
    fn empty(&self) -> std::io::Result<()> {
        let gone = |path: PathBuf| match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        let blobs = self.folder.join(blobs::BLOBS);
        if blobs.exists() {
            fs::remove_dir_all(blobs)?;
        }
        for beside in ["journal", "wal", "shm"] {
            gone(self.folder.join(format!("{RESTORING}-{beside}")))?;
        }
        gone(self.folder.join(RESTORING))
    }
}

impl Drop for Site<'_> {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        // What cannot be removed now is cleared away by the next restore into this folder.
        let _ = self.empty();
        let _ = fs::remove_file(self.folder.join("lock"));
        if !self.was_there {
            let _ = fs::remove_dir(self.folder);
        }
    }
}
