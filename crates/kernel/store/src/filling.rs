//! Filling a new folder in one go: what was not filled to the end is begun anew.

use crate::blobs::Place;
use crate::durable;
use crate::outside::{DATABASE, has_database};
use crate::store::{Location, lock_folder};
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::Path;
use xr_base::StoreError;

/// While it is there, the folder holds what was begun and not finished.
const MARK: &str = "xiaoer.db.filling";

/// Before a store is opened: marks a folder without a database as being filled, and clears away what a killed process
/// left of filling it. A folder with a finished database stays as it is.
///
/// # Errors
/// [`StoreError`] when the folder is in use by another process, or the disk refuses.
pub fn begin(folder: &Path) -> Result<(), StoreError> {
    let _lock = lock_folder(folder)?;
    let begun = || -> std::io::Result<()> {
        if !is_unfinished(folder) {
            if has_database(folder) {
                return Ok(());
            }
            fs::write(folder.join(MARK), "")?;
            return durable::sync(folder);
        }
        for ending in ["", "-wal", "-shm"] {
            absent_is_fine(fs::remove_file(folder.join(format!("{DATABASE}{ending}"))))?;
        }
        match Place::of(&Location::Folder(folder.to_owned())) {
            Place::Folder(blobs) => absent_is_fine(fs::remove_dir_all(blobs)),
            Place::Rows => Ok(()),
        }
    };
    begun().map_err(|error| fail(folder, &error))
}

/// Whether the folder was begun and not finished: nobody may serve it.
pub fn is_unfinished(folder: &Path) -> bool {
    folder.join(MARK).exists()
}

/// The folder is what it was to be.
///
/// # Errors
/// [`StoreError`] when the disk refuses.
pub fn finish(folder: &Path) -> Result<(), StoreError> {
    let finished = absent_is_fine(fs::remove_file(folder.join(MARK))).and_then(|()| durable::sync(folder));
    finished.map_err(|error| fail(folder, &error))
}

fn absent_is_fine(done: std::io::Result<()>) -> std::io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn fail(folder: &Path, error: &Error) -> StoreError {
    StoreError::Engine(format!("{}: {error}", folder.display()))
}
