//! The hash chain over the event record, which is the audit record (decision D13).
//!
//! Each event has a digest, SHA-256 over `id at kind case_id merchant_org shop_id buyer_id actor party body` in that order, then
//! over `address object_id` if either is not NULL (columns that were added later: what was recorded before keeps its digest): a tag
//! byte for each column (0 NULL, 1 integer, 2 text, 3 bytes), then for an integer its 8 bytes, big-endian, and for text and bytes
//! their length as 8 bytes, big-endian, and themselves. The chain begins with SHA-256 of `xiaoer event record 1`; after event
//! *seq* it is SHA-256 over the chain before it, *seq* as 8 bytes, big-endian, and the event's digest.
//!
//! So the hash after an event depends on that event and every earlier one and on nothing else: not on the engine, not on where
//! blocks end. A block keeps the hash after its last event. Whoever may write the database can also write new blocks; only a hash
//! noted elsewhere shows that, and shows that the end was cut off.

mod check;
mod compare;
mod head;
mod record;
mod seal;
mod verify;

pub use check::Check;
pub use compare::What;
pub(crate) use head::head;
pub use head::{Head, noted};
pub use record::COLUMNS;
pub use seal::{SealBlock, seal_next};
pub(crate) use verify::verify_on;
pub use verify::{Break, Report, verify};

/// Events of one block at most.
pub const BLOCK_EVENTS_MAX: i64 = 1_000;
