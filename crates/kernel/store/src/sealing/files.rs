//! Keys of files: a rotation seals these anew, and no byte of the files.

use super::{Place, SealedField};
use crate::tx::Tx;
use crate::{params, sealed_field, sql};
use xr_base::{Fault, StoreError};
use xr_seal::{FileKey, FileSecret, SealError};

const PLACE: &str = FILE_KEYS.place;

/// Where they lie.
pub(crate) const FILE_KEYS: SealedField = sealed_field!("file_keys", "sealed" by "file_id");

impl Tx<'_> {
    /// Makes and keeps the key of the new file `file`, an id that no other file has, from the first bytes that are kept of it.
    ///
    /// # Errors
    /// 503 `store.locked` without a key; [`StoreError`] of the engine.
    pub fn make_file_key(&mut self, file: i64, first: &[u8]) -> Result<FileKey, Fault> {
        let purpose = format!("file {file}");
        let secret = self.shared.held.with(|ring| ring.file_secret(&purpose, first)).map_err(super::fault)?;
        // Somebody else may have made it in this moment.
        if self.keep_file_secret(file, &secret)? { Ok(secret.key()) } else { self.file_key(file) }
    }

    /// Gives whether it was kept: otherwise the file has a key already.
    pub(crate) fn keep_file_secret(&mut self, file: i64, secret: &FileSecret) -> Result<bool, Fault> {
        let sealed = self.seal(Place { column: PLACE, row: file }, secret.bytes())?;
        let kept = self.exec(
            sql!(
                "INSERT INTO file_keys (file_id, sealed) VALUES (?1, ?2) ON CONFLICT (file_id) DO NOTHING
                 /* unscoped: the file was authorised */"
            ),
            params![file, sealed],
        )?;
        Ok(kept == 1)
    }

    /// The key of a file.
    ///
    /// # Errors
    /// 503 `store.locked` without a key; [`StoreError::Corrupt`] for a file that has none, or another's.
    pub fn file_key(&mut self, file: i64) -> Result<FileKey, Fault> {
        self.find_file_key(file)?.ok_or_else(|| StoreError::Corrupt(format!("file {file} has no key")).into())
    }

    /// The key of a file, if it has one.
    ///
    /// # Errors
    /// As [`Tx::file_key`].
    pub fn find_file_key(&mut self, file: i64) -> Result<Option<FileKey>, Fault> {
        let found: Option<(Vec<u8>,)> = self.opt(
            sql!("SELECT sealed FROM file_keys WHERE file_id = ?1 /* unscoped: of a file that was found in scope */"),
            params![file],
        )?;
        let Some((sealed,)) = found else { return Ok(None) };
        let secret = self.open_sealed(Place { column: PLACE, row: file }, &sealed)?;
        let damaged = || StoreError::Corrupt(format!("the key of file {file}"));
        Ok(Some(FileSecret::from_bytes(&secret).ok_or_else(damaged)?.key()))
    }

    /// Forgets the key of a file whose bytes are deleted: what is left of them anywhere opens no more.
    ///
    /// # Errors
    /// [`StoreError`] of the engine.
    pub fn drop_file_key(&mut self, file: i64) -> Result<(), StoreError> {
        self.put(sql!("DELETE FROM file_keys WHERE file_id = ?1 /* unscoped: the file is deleted */"), params![file])
    }
}

/// What a failure to open a piece of a file is to a caller.
///
/// # Errors
/// [`StoreError::Corrupt`], always.
pub fn opened<T>(piece: Result<T, SealError>) -> Result<T, Fault> {
    piece.map_err(super::fault)
}
