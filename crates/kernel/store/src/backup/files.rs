//! Files that are on disk when a function returns, and their hashes.

pub(super) use crate::durable::sync;
use crate::migrate::hex;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Bytes read at a time.
const READ_BYTES: usize = 1 << 18;

/// SHA-256 of a file, 64 hex digits, and its length in bytes.
pub(super) fn fingerprint(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut hash, mut length) = (Sha256::new(), 0);
    let mut bytes = vec![0; READ_BYTES];
    loop {
        let count = file.read(&mut bytes)?;
        if count == 0 {
            return Ok((hex(&hash.finalize()), length));
        }
        hash.update(&bytes[..count]);
        length += count as u64;
    }
}

/// The file under another name of the same disk, or a copy on another one. Only for files that never change.
pub(super) fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    // Links do not reach across disks, and some file systems have none.
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to)?;
    sync(to)
}

/// Whether a path is free: absent, or a folder without anything in it.
pub(super) fn is_free(path: &Path) -> io::Result<bool> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(error),
    }
}
