//! Sealed fields: the keys of this database, and what slices seal (SYS-7; the cipher is `xr-seal`'s).
//!
//! Data keys are made at the first opening and lie in `seal_keys`, wrapped by every keeper that was at hand at an opening since
//! (`seal_slots`), as a disk's key lies in the slots of its pass phrases. Whoever opens the database with one of them can read; without any,
//! the store opens all the same and sealed fields stay locked.

mod fields;
mod files;
mod keys;
mod rotation;
mod texts;

pub use fields::{MoveClear, ReadPage, Resealed, SealedField, SealedFiles, unreadable};
pub use files::opened;
pub use keys::{AddSlot, RemoveSlot, Slot, slots};
pub use rotation::{NewDataKey, Progress, go_on, progress, refresh};
pub use texts::SealedText;
pub use xr_seal::{Entropy, FileKey, Keeper, MasterKey, Place};

pub(crate) use fields::move_clear;
pub(crate) use files::FILE_KEYS;
pub(crate) use keys::{Held, in_transaction, load};

use std::sync::Arc;
use xr_base::{Fault, Problem, StoreError};
use xr_seal::SealError;

/// Name of the file in a data folder that a master key lies in, unless the settings name another place. Backups do not hold it.
pub const KEY_FILE: &str = "master.key";

/// What a database's fields are sealed with, and which fields there are.
#[derive(Clone)]
pub struct Sealing {
    /// Keys at hand, by which data keys are unwrapped. None: sealed fields stay locked.
    pub keepers: Vec<Arc<dyn Keeper>>,
    /// Where new data keys come from.
    pub entropy: Entropy,
    /// Every sealed field of every slice.
    pub fields: Vec<SealedField>,
    /// What slices sealed otherwise, in files of rows.
    pub files: Vec<SealedFiles>,
}

impl Sealing {
    /// Without keys: sealed fields stay locked.
    pub fn none() -> Self {
        Self { keepers: vec![], entropy: Arc::new(|_: &mut [u8]| false), fields: vec![], files: vec![] }
    }

    /// With keys that are the same every time: they protect nothing, and what is sealed with them repeats to the byte. For markets that
    /// are thrown away: the simulator's, benches, tests.
    pub fn repeatable(fields: Vec<SealedField>) -> Self {
        let entropy: Entropy = Arc::new(|bytes: &mut [u8]| {
            bytes.fill(7);
            true
        });
        Self {
            keepers: vec![Arc::new(MasterKey::new("key", &[7; xr_seal::KEY_BYTES]))],
            entropy,
            fields,
            files: vec![],
        }
    }
}

/// What a failure of the seal is to a caller: without the key, a refusal that says so; anything else is damage.
fn fault(error: SealError) -> Fault {
    match error {
        SealError::Locked => Fault::refused(Problem::new(503, "store.locked")),
        SealError::UnknownKey(_) | SealError::Damaged(_) => StoreError::Corrupt(error.to_string()).into(),
        SealError::Keeper(why) => StoreError::Engine(why).into(),
    }
}
