//! The files that rows of a database name.

use super::files::{fingerprint, link_or_copy, sync};
use super::manifest::BlobsNote;
use crate::migrate::{columns, hex};
use crate::store::Engine;
use crate::tx::Connection;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use xr_base::StoreError;

/// Name of the folder of blobs.
pub(super) const BLOBS: &str = "blobs";

/// Looks at the file of every blob that a row names: `is_sound` gets its hash.
pub(super) fn note(
    conn: &mut dyn Connection,
    is_sound: &mut dyn FnMut(&str) -> io::Result<bool>,
) -> Result<BlobsNote, StoreError> {
    let (mut note, mut hash) = (BlobsNote::default(), Sha256::new());
    // A backup of an earlier schema knows the name of the file only as that of the blob.
    let is_sealing = columns(conn, Engine::Sqlite, "blobs")?.iter().any(|column| column == "stored");
    let name = if is_sealing { "COALESCE(stored, sha256)" } else { "sha256" };
    conn.query_text(&format!("SELECT {name}, size_bytes FROM blobs ORDER BY 1"), &mut |row| {
        let (name, size): (String, i64) = (row.get(0)?, row.get(1)?);
        hash.update(format!("{name} {size}\n"));
        note.count += 1;
        note.size_bytes += size;
        // A name that is no hash must not lead anywhere.
        let is_named = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_named || !is_sound(&name).map_err(|error| StoreError::Engine(format!("blob {name}: {error}")))? {
            note.unsound.push(name);
        }
        Ok(())
    })?;
    note.sha256 = hex(&hash.finalize());
    Ok(note)
}

/// `FOLDER/blobs/ab/<sha256>`.
fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(BLOBS).join(&name[..2]).join(name)
}

/// Whether the file of a blob is there and has its hash.
pub(super) fn is_sound(folder: &Path, name: &str) -> io::Result<bool> {
    match fingerprint(&path(folder, name)) {
        Ok((sha256, _)) => Ok(sha256 == name),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Brings the file of a blob along; a missing or damaged one is left behind and gives false.
pub(super) fn bring(from: &Path, to: &Path, name: &str) -> io::Result<bool> {
    let target = path(to, name);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    match link_or_copy(&path(from, name), &target) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    let is_whole = is_sound(to, name)?;
    if !is_whole {
        fs::remove_file(&target)?;
    }
    Ok(is_whole)
}

/// Makes the names of all blobs survive a power cut.
pub(super) fn sync_names(folder: &Path) -> io::Result<()> {
    let blobs = folder.join(BLOBS);
    if !blobs.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(&blobs)? {
        sync(&entry?.path())?;
    }
    sync(&blobs)
}
