//! Blobs: sealed files, on disk before a row speaks of them (decision D19).
//!
//! Each lies under a key of its own, which is made from its content and the data key: the same bytes twice are one blob, and nobody
//! without the keys can tell whether a picture that they have is among them. The file is named by the SHA-256 of its sealed bytes, so
//! that damage is seen, and backups are checked, without any key.

mod moving;
mod orphans;

use crate::durable;
use crate::migrate::hex;
use crate::shared::Shared;
use crate::store::Location;
use crate::{Tx, params, sealing, sql};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use xr_base::{Fault, RowId, StoreError};
use xr_seal::FileSecret;

pub(crate) use moving::move_clear;

/// Bytes of one row of `blob_chunks`.
const CHUNK_BYTES: usize = 1 << 20;
/// Purpose of the keys.
const PURPOSE: &str = "blob";

/// Where blobs lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `DIR/blobs/ab/<sha256>`.
    Folder(PathBuf),
    /// Rows of `blob_chunks`, so that nodes need no shared disk.
    Rows,
}

/// The blobs of an open store.
#[derive(Clone)]
pub struct Blobs {
    place: Place,
    shared: Arc<Shared>,
}

/// Sealed bytes that were made durable (folder) or will be with the transaction (rows).
#[derive(Clone, Debug)]
pub struct Prepared {
    sha256: String,
    size_bytes: usize,
    secret: FileSecret,
    rows: Option<Vec<u8>>,
}

impl Place {
    pub(crate) fn of(location: &Location) -> Self {
        match location {
            Location::Folder(folder) => Self::Folder(folder.join("blobs")),
            Location::Postgres(_) => Self::Rows,
        }
    }

    /// Seals `bytes` and writes them under the hash of what they became.
    fn prepare(&self, shared: &Shared, bytes: &[u8]) -> Result<Prepared, Fault> {
        let secret = sealing::opened(shared.held.with(|ring| ring.file_secret(PURPOSE, bytes)))?;
        let sealed = sealing::opened(secret.key().seal_file(bytes))?;
        let sha256 = hex(&Sha256::digest(&sealed));
        let rows = match self {
            Self::Rows => Some(sealed),
            Self::Folder(folder) => {
                write_durably(&folder.join(&sha256[..2]), &sha256, &sealed, fs::rename).map_err(fail)?;
                None
            }
        };
        Ok(Prepared { sha256, size_bytes: bytes.len(), secret, rows })
    }

    /// The bytes that lie under `stored`, as they lie there.
    fn stored_bytes(&self, tx: &mut Tx<'_>, stored: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Folder(folder) => match fs::read(folder.join(&stored[..2]).join(stored)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(fail(error)),
            },
            Self::Rows => {
                let parts: Vec<(Vec<u8>,)> = tx.all(
                    sql!("SELECT bytes FROM blob_chunks WHERE sha256 = ?1 ORDER BY part /* unscoped: by hash, after the row that names it */"),
                    params![stored],
                )?;
                let found = !parts.is_empty();
                Ok(found.then(|| parts.into_iter().flat_map(|(bytes,)| bytes).collect()))
            }
        }
    }
}

impl Blobs {
    pub(crate) fn of(location: &Location, shared: Arc<Shared>) -> Self {
        Self { place: Place::of(location), shared }
    }

    /// Seals `bytes` and writes them under their name; blocking, so call it off the async threads and before the command.
    ///
    /// # Errors
    /// 503 `store.locked` without a key; [`StoreError::Engine`] when the disk refuses.
    pub fn prepare(&self, bytes: &[u8]) -> Result<Prepared, Fault> {
        self.place.prepare(&self.shared, bytes)
    }

    /// The bytes named `sha256`, if they are there.
    ///
    /// # Errors
    /// 503 `store.locked` without a key; [`StoreError`] of disk or engine, [`StoreError::Corrupt`] when they are not what was kept.
    pub fn load(&self, tx: &mut Tx<'_>, sha256: &str) -> Result<Option<Vec<u8>>, Fault> {
        if !is_name(sha256) {
            return Ok(None);
        }
        let row: Option<(Option<String>, Option<i64>)> = tx.opt(
            sql!("SELECT stored, file_id FROM blobs WHERE sha256 = ?1 /* unscoped: by hash, callers authorise */"),
            params![sha256],
        )?;
        match row {
            // Not sealed yet: the keys were not at hand when the store was opened.
            Some((None, _)) => Ok(self.place.stored_bytes(tx, sha256)?),
            Some((Some(stored), Some(file))) if is_name(&stored) => {
                let Some(sealed) = self.place.stored_bytes(tx, &stored)? else { return Ok(None) };
                let key = tx.file_key(file)?;
                sealing::opened(key.open_file(&sealed)).map(Some)
            }
            Some(_) => Err(StoreError::Corrupt(format!("blob {sha256}")).into()),
            None => Ok(None),
        }
    }
}

/// A name that is no hash must not lead anywhere.
fn is_name(sha256: &str) -> bool {
    sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit())
}

impl Prepared {
    /// The name of the blob: SHA-256 of its sealed bytes, 64 hex digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Records the blob in the transaction; the same bytes twice are one blob.
    ///
    /// # Errors
    /// 503 `store.locked` without a key; [`StoreError`] of the engine.
    pub fn keep(&self, tx: &mut Tx<'_>, media_type: &str) -> Result<(), Fault> {
        let (now, file) = (tx.now(), tx.id::<RowId>());
        let added = tx.exec(
            sql!(
                "INSERT INTO blobs (sha256, media_type, size_bytes, created_at, stored, file_id) VALUES (?1, ?2, ?3, ?4, ?1, ?5)
                 ON CONFLICT (sha256) DO NOTHING /* unscoped: by hash */"
            ),
            params![self.sha256, media_type, i64::try_from(self.size_bytes).unwrap_or(i64::MAX), now, file],
        )?;
        if added == 1 { self.keep_content(tx, file) } else { Ok(()) }
    }

    /// Keeps the key, and the bytes where they are rows.
    fn keep_content(&self, tx: &mut Tx<'_>, file: RowId) -> Result<(), Fault> {
        tx.keep_file_secret(file.0, &self.secret)?;
        let Some(bytes) = &self.rows else { return Ok(()) };
        for (part, chunk) in (0_i64..).zip(bytes.chunks(CHUNK_BYTES)) {
            tx.put(
                sql!("INSERT INTO blob_chunks (sha256, part, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING /* unscoped: by hash */"),
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
