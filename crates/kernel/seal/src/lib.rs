//! Sealing of sensitive fields: what lies in a database or a backup tells nothing to who lacks the key (SYS-7).
//!
//! Envelope encryption. A field is sealed under a *data key* of the [`Ring`]; data keys lie in the database, each wrapped by one or
//! more [`Keeper`]s, whose keys do not: a file, a secret of the environment, or somebody's key management service. To rotate a
//! keeper is to wrap a few data keys anew; to rotate a data key is to seal every field anew, page by page, while both are known.
//!
//! The cipher is AES-256-SIV (RFC 5297): deterministic, so a command needs no randomness and repeats to the byte, and safe without a
//! nonce; the place of the field (table, column, row) is authenticated, so nothing can be moved or swapped. Who holds two copies
//! of a database sees which rows changed between them, and no more.
//!
//! A file has a key of its own ([`FileKey`]), sealed as a field is: its bytes stay as they are when a data key is rotated.

mod data_key;
mod file_key;
mod keeper;
mod ring;

pub use data_key::{DataKey, KEY_BYTES};
pub use file_key::{FileKey, FileSecret};
pub use keeper::{Entropy, Keeper, MasterKey};
pub use ring::{OVERHEAD_BYTES, Place, Ring, key_number};

/// Why something stays sealed, or cannot be sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The ring holds no key: none of the keepers at hand has wrapped one.
    #[error("sealed fields are locked: the master key or the secret that opens them is not at hand")]
    Locked,
    /// Sealed under a data key that the ring does not hold; perhaps a newer one than it knows.
    #[error("sealed under data key {0}, which is not at hand")]
    UnknownKey(u32),
    /// Not what was sealed at this place: damaged, moved, or of another database.
    #[error("the sealed content of {0} is damaged or was moved there")]
    Damaged(String),
    /// A keeper failed.
    #[error("the keeper of the keys failed: {0}")]
    Keeper(String),
}
