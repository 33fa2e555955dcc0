//! The place where a backup grows until it is whole.

use super::files::{is_free, sync};
use super::{refused, refused_because};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use xr_base::Fault;

/// Held while the backup grows; also tells remains of a killed one from one under way.
const LOCK: &str = "lock";

/// A folder `.NAME.partial` beside the target; gone unless [`Room::finish`] was reached.
pub(super) struct Room {
    pub(super) folder: PathBuf,
    target: PathBuf,
    is_finished: bool,
    _lock: File,
}

impl Room {
    /// Takes the place beside `target`, and clears away what a killed backup left there.
    pub(super) fn beside(target: &Path) -> Result<Self, Fault> {
        let target = std::path::absolute(target).map_err(|e| refused_because("backup.unwritable", target, &e))?;
        let unwritable = |error: std::io::Error| refused_because("backup.unwritable", &target, &error);
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(refused("backup.target_in_use", &target));
        };
        if !parent.is_dir() {
            return Err(refused("backup.no_parent", parent));
        }
        if !is_free(&target).map_err(unwritable)? {
            return Err(refused("backup.target_in_use", &target));
        }
        let folder = parent.join(format!(".{}.partial", name.display()));
        fs::create_dir_all(&folder).map_err(unwritable)?;
        let lock = File::create(folder.join(LOCK)).map_err(unwritable)?;
        if lock.try_lock().is_err() {
            return Err(refused("backup.under_way", &target));
        }
        let room = Self { folder, target, is_finished: false, _lock: lock };
        room.clear().map_err(|error| refused_because("backup.unwritable", &room.target, &error))?;
        Ok(room)
    }

    fn clear(&self) -> std::io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name() == LOCK {
                continue;
            }
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Gives the whole folder its name; on disk when this returns.
    pub(super) fn finish(mut self) -> Result<(), Fault> {
        if !is_free(&self.target).is_ok_and(|is_free| is_free) {
            return Err(refused("backup.target_in_use", &self.target));
        }
        let named = sync(&self.folder).and_then(|()| fs::rename(&self.folder, &self.target));
        named.map_err(|error| refused_because("backup.unwritable", &self.target, &error))?;
        self.is_finished = true;
        let parent = self.target.parent().unwrap_or(&self.target);
        sync(parent).map_err(|error| refused_because("backup.unwritable", &self.target, &error))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if !self.is_finished {
            // What cannot be removed now is cleared away by the next backup to this target.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
