//! A key for each file: a rotation wraps the keys of files anew and leaves their bytes as they are.

use crate::data_key::KEY_BYTES;
use crate::{DataKey, SealError};
use std::fmt;
use zeroize::Zeroizing;

/// What a sealed file begins with.
const MARK: &[u8; 8] = b"XRSEAL1\n";
/// Bytes of a file that are sealed together.
const CHUNK_BYTES: usize = 1 << 16;
/// How much longer than its content a sealed piece is.
const TAG_BYTES: usize = 16;

/// What the key of a file is made from: it lies in the database, sealed like a field.
#[derive(Clone)]
pub struct FileSecret(Zeroizing<[u8; KEY_BYTES]>);

impl FileSecret {
    pub(crate) fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From its bytes; none when they are not as many as a secret has.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    /// What is to be sealed as a field.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The key made from it.
    pub fn key(&self) -> FileKey {
        FileKey(DataKey::of_file(&self.0))
    }
}

impl fmt::Debug for FileSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileSecret")
    }
}

/// Seals one file: whole, or piece by piece as it comes in.
pub struct FileKey(DataKey);

impl FileKey {
    /// Seals piece `number` of `column` (`table.column`), 16 bytes longer.
    ///
    /// # Errors
    /// [`SealError::Damaged`] for more bytes than the cipher takes.
    pub fn seal(&self, column: &str, number: i64, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.seal(&place(column, number), plain).ok_or_else(|| damaged(column, number))
    }

    /// What was sealed as this piece of this file.
    ///
    /// # Errors
    /// [`SealError::Damaged`] for anything else.
    pub fn open(&self, column: &str, number: i64, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.open(&place(column, number), sealed).ok_or_else(|| damaged(column, number))
    }

    /// Seals a whole file: a mark, then chunks of 64 KiB, each 16 bytes longer. The last one says that it is the last.
    ///
    /// # Errors
    /// As [`FileKey::seal`].
    pub fn seal_file(&self, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut chunks: Vec<&[u8]> = plain.chunks(CHUNK_BYTES).collect();
        let last = chunks.pop().unwrap_or_default();
        let mut sealed = Vec::with_capacity(MARK.len() + plain.len() + (chunks.len() + 1) * TAG_BYTES);
        sealed.extend_from_slice(MARK);
        let end = i64::try_from(chunks.len()).unwrap_or(i64::MAX);
        for (number, chunk) in (0_i64..).zip(chunks) {
            sealed.extend(self.seal(CHUNK, number, chunk)?);
        }
        sealed.extend(self.seal(LAST, end, last)?);
        Ok(sealed)
    }

    /// The content of a file that was sealed whole. One that was cut off, at whatever place, does not open.
    ///
    /// # Errors
    /// [`SealError::Damaged`].
    pub fn open_file(&self, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let rest = sealed.strip_prefix(MARK).ok_or_else(|| damaged(CHUNK, -1))?;
        let mut chunks: Vec<&[u8]> = rest.chunks(CHUNK_BYTES + TAG_BYTES).collect();
        let last = chunks.pop().ok_or_else(|| damaged(LAST, 0))?;
        let end = i64::try_from(chunks.len()).unwrap_or(i64::MAX);
        let mut plain = Vec::with_capacity(rest.len());
        for (number, chunk) in (0_i64..).zip(chunks) {
            plain.extend(self.open(CHUNK, number, chunk)?);
        }
        plain.extend(self.open(LAST, end, last)?);
        Ok(plain)
    }
}

/// Columns of the pieces of a whole file.
const CHUNK: &str = "file.chunk";
const LAST: &str = "file.last";

fn place(column: &str, number: i64) -> Vec<u8> {
    [column.as_bytes(), &[0], &number.to_be_bytes()].concat()
}

fn damaged(column: &str, number: i64) -> SealError {
    SealError::Damaged(format!("{column} {number} of a file"))
}
