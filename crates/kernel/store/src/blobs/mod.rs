//! Files: named by the SHA-256 of their bytes, on disk before a row speaks of them (decision D19).

mod orphans;

use crate::durable;
use crate::migrate::hex;
use crate::store::Location;
use crate::{Tx, params, sql};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use xr_base::StoreError;

/// Bytes of one row of `blob_chunks`.
const CHUNK_BYTES: usize = 1 << 20;

/// Where blobs lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `DIR/blobs/ab/<sha256>`.
    Folder(PathBuf),
    /// Rows of `blob_chunks`, so that nodes need no shared disk.
    Rows,
}

/// Bytes that were made durable (folder) or will be with the transaction (rows).
#[derive(Clone, Debug)]
pub struct Prepared {
    sha256: String,
    size_bytes: usize,
    rows: Option<Vec<u8>>,
}

impl Place {
    pub(crate) fn of(location: &Location) -> Self {
        match location {
            Location::Folder(folder) => Self::Folder(folder.join("blobs")),
            Location::Postgres(_) => Self::Rows,
        }
    }

    /// Writes `bytes` under their hash; blocking, so call it off the async threads and before the command.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when the disk refuses.
    pub fn prepare(&self, bytes: Vec<u8>) -> Result<Prepared, StoreError> {
        let sha256 = hex(&Sha256::digest(&bytes));
        let size_bytes = bytes.len();
        let rows = match self {
            Self::Rows => Some(bytes),
            Self::Folder(folder) => {
                write_durably(&folder.join(&sha256[..2]), &sha256, &bytes, fs::rename).map_err(fail)?;
                None
            }
        };
        Ok(Prepared { sha256, size_bytes, rows })
    }

    /// The bytes named `sha256`, if they are there.
    ///
    /// # Errors
    /// [`StoreError`] of disk or engine.
    pub fn load(&self, tx: &mut Tx<'_>, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        match self {
            Self::Folder(folder) => match fs::read(folder.join(&sha256[..2]).join(sha256)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(fail(error)),
            },
            Self::Rows => {
                let parts: Vec<(Vec<u8>,)> = tx.all(
                    sql!("SELECT bytes FROM blob_chunks WHERE sha256 = ?1 ORDER BY part /* unscoped: by hash, after the row that names it */"),
                    params![sha256],
                )?;
                let found = !parts.is_empty();
                Ok(found.then(|| parts.into_iter().flat_map(|(bytes,)| bytes).collect()))
            }
        }
    }
}

impl Prepared {
    /// The name of the bytes: SHA-256, 64 hex digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Records the blob in the transaction; the same bytes twice are one blob.
    ///
    /// # Errors
    /// [`StoreError`] of the engine.
    pub fn keep(&self, tx: &mut Tx<'_>, media_type: &str) -> Result<(), StoreError> {
        let now = tx.now();
        let added = tx.exec(
            sql!(
                "INSERT INTO blobs (sha256, media_type, size_bytes, created_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (sha256) DO NOTHING /* unscoped: by hash */"
            ),
            params![self.sha256, media_type, i64::try_from(self.size_bytes).unwrap_or(i64::MAX), now],
        )?;
        let Some(bytes) = self.rows.as_ref().filter(|_| added == 1) else { return Ok(()) };
        for (part, chunk) in (0_i64..).zip(bytes.chunks(CHUNK_BYTES)) {
            tx.put(
                sql!("INSERT INTO blob_chunks (sha256, part, bytes) VALUES (?1, ?2, ?3) /* unscoped: by hash */"),
                params![self.sha256, part, *chunk],
            )?;
        }
        Ok(())
    }
}

/// Numbers the drafts of files: the same bytes may come twice at once.
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// Held while a file comes under its name and while an old one is deleted. One process has the folder.
static REPLACING: Mutex<()> = Mutex::new(());

fn replacing() -> MutexGuard<'static, ()> {
    REPLACING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// tmp + fsync + rename + fsync of the folders: after a power cut the file is whole or absent. Also where it was there already: it
/// is young again then, and not taken for an orphan before its row is there.
fn write_durably(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    rename: impl FnOnce(PathBuf, PathBuf) -> std::io::Result<()>,
) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let tmp = folder.join(format!(".{name}.{}.{draft}", std::process::id()));
    let mut file = fs::File::create(&tmp)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    {
        let _nobody_deletes_it = replacing();
        rename(tmp, folder.join(name))?;
    }
    durable::sync(folder)?;
    folder.ancestors().take(2).try_for_each(durable::make_folder)
}

#[allow(clippy::needless_pass_by_value, reason = "used as map_err(fail)")]
fn fail(error: std::io::Error) -> StoreError {
    StoreError::Engine(format!("blob: {error}"))
}
