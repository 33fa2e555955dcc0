//! The data keys of a database, and sealing under the newest of them.

use crate::{DataKey, FileSecret, SealError};
use std::collections::BTreeMap;
use std::fmt;

/// First byte of everything sealed: how the rest is to be read.
const VERSION: u8 = 1;
/// Version, then the number of the data key.
const HEAD_BYTES: usize = 5;
/// How much longer than its content a sealed field is.
pub const OVERHEAD_BYTES: usize = HEAD_BYTES + 16;

/// Where a field lies; authenticated with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// `table.column`.
    pub column: &'static str,
    /// Id of the row.
    pub row: i64,
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        [self.column.as_bytes(), &[0], &self.row.to_be_bytes()].concat()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of row {}", self.column, self.row)
    }
}

/// Data keys by number; the highest one seals, all of them open. An empty ring is locked.
#[derive(Default)]
pub struct Ring {
    keys: BTreeMap<u32, Held>,
}

struct Held {
    key: DataKey,
    is_spent: bool,
}

impl Ring {
    /// Adds a data key. One that is spent still opens, and nothing is looked up under it: every field has left it.
    pub fn add(&mut self, number: u32, key: DataKey, is_spent: bool) {
        self.keys.insert(number, Held { key, is_spent });
    }

    /// How many of the keys are spent.
    pub fn spent(&self) -> usize {
        self.keys.values().filter(|held| held.is_spent).count()
    }

    /// Number of the key that seals; none when locked.
    pub fn newest(&self) -> Option<u32> {
        self.keys.keys().next_back().copied()
    }

    /// Seals `plain` for `place`, [`OVERHEAD_BYTES`] longer. The same content at the same place under the same key is the same.
    ///
    /// # Errors
    /// [`SealError::Locked`].
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let (number, held) = self.keys.last_key_value().ok_or(SealError::Locked)?;
        let mut head = Vec::with_capacity(OVERHEAD_BYTES + plain.len());
        head.push(VERSION);
        head.extend_from_slice(&number.to_be_bytes());
        // The head is authenticated too: nobody gives a field another key number.
        let sealed = held.key.seal(&[head.as_slice(), &place.bytes()].concat(), plain);
        head.extend(sealed.ok_or_else(|| SealError::Damaged(place.to_string()))?);
        Ok(head)
    }

    /// What was sealed for `place`.
    ///
    /// # Errors
    /// [`SealError::Locked`], [`SealError::UnknownKey`], [`SealError::Damaged`].
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let damaged = || SealError::Damaged(place.to_string());
        let number = key_number(sealed).ok_or_else(damaged)?;
        if self.keys.is_empty() {
            return Err(SealError::Locked);
        }
        let held = self.keys.get(&number).ok_or(SealError::UnknownKey(number))?;
        let (head, rest) = sealed.split_at(HEAD_BYTES);
        held.key.open(&[head, &place.bytes()].concat(), rest).ok_or_else(damaged)
    }

    /// The secret for the key of a new file, from its first bytes or all of them: a command needs no randomness, and the same content
    /// for the same purpose is sealed to the same bytes. Kept sealed; it is not made a second time under a later key.
    ///
    /// # Errors
    /// [`SealError::Locked`].
    pub fn file_secret(&self, purpose: &str, content: &[u8]) -> Result<FileSecret, SealError> {
        let (_, held) = self.keys.last_key_value().ok_or(SealError::Locked)?;
        Ok(held.key.file_secret(purpose, content))
    }

    /// Keyed hash by which a field with this content is found, under the key that seals: at most 63 bits, never negative.
    ///
    /// # Errors
    /// [`SealError::Locked`].
    pub fn lookup(&self, purpose: &str, text: &str) -> Result<i64, SealError> {
        let (_, held) = self.keys.last_key_value().ok_or(SealError::Locked)?;
        Ok(held.key.lookup(purpose, text))
    }

    /// As [`Ring::lookup`] under every key that is not spent, the newest first: while a rotation goes on, fields lie under two.
    ///
    /// # Errors
    /// [`SealError::Locked`].
    pub fn lookups(&self, purpose: &str, text: &str) -> Result<Vec<i64>, SealError> {
        let in_use = self.keys.values().rev().filter(|held| !held.is_spent);
        let found: Vec<i64> = in_use.map(|held| held.key.lookup(purpose, text)).collect();
        if found.is_empty() { Err(SealError::Locked) } else { Ok(found) }
    }
}

/// Number of the data key that `sealed` lies under; none for what was never sealed.
pub fn key_number(sealed: &[u8]) -> Option<u32> {
    let is_sealed = sealed.len() >= OVERHEAD_BYTES && sealed[0] == VERSION;
    let number = sealed.get(1..HEAD_BYTES).filter(|_| is_sealed)?;
    number.try_into().ok().map(u32::from_be_bytes)
}
