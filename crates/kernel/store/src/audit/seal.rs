//! Sealing: a block's row is written once its events are there; reading and hashing happen on a snapshot, not in the writer.

use super::BLOCK_EVENTS_MAX;
use super::head::last_block;
use super::record::{COLUMNS, Content, chained, mark, page};
use crate::migrate::hex;
use crate::{Command, Store, Tx, params, sql};
use xr_base::{Fault, Millis, StoreError};

/// Writes the row of one block, unless somebody else has sealed these events meanwhile.
#[derive(Clone, Debug)]
pub struct SealBlock {
    first_seq: i64,
    last_seq: i64,
    hash: String,
    marks: Vec<u8>,
}

impl Command for SealBlock {
    /// Whether the row is this one's.
    type Out = bool;
    const NAME: &'static str = "audit.seal_block";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        // Whoever read the chain at the same moment begins at the same event: one of the two rows stays.
        let added = tx.exec(
            sql!(
                "INSERT INTO event_blocks (last_seq, first_seq, hash, marks) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING /* unscoped: the whole record, for its hash */"
            ),
            params![self.last_seq, self.first_seq, self.hash, self.marks],
        )?;
        Ok(added == 1)
    }
}

/// Seals the next block: 1,000 events, or fewer once the oldest of them is older than `patience`. Gives whether another full block
/// may be waiting.
///
/// # Errors
/// [`StoreError::Corrupt`] when the next event cannot be read: nothing is sealed over a gap. Otherwise as [`Store::write`].
pub async fn seal_next(store: &Store, patience: Millis) -> Result<bool, Fault> {
    let Some(block) = store.read(move |tx| next_block(tx, patience)).await? else { return Ok(false) };
    let is_full = block.last_seq - block.first_seq + 1 == BLOCK_EVENTS_MAX;
    store.write(block).await?;
    Ok(is_full)
}

fn next_block(tx: &mut Tx<'_>, patience: Millis) -> Result<Option<SealBlock>, Fault> {
    let oldest_to_wait_for = tx.now() - patience;
    let (last_seq, mut hash) = last_block(tx.conn)?;
    let places = page(tx.conn, COLUMNS.len(), last_seq, BLOCK_EVENTS_MAX)?;
    let Some(first) = places.first() else { return Ok(None) };
    let is_full = places.len() as u64 == BLOCK_EVENTS_MAX.unsigned_abs();
    if !is_full && matches!(first.content, Content::Event(_, at) if at > oldest_to_wait_for) {
        return Ok(None);
    }
    let mut seq = last_seq;
    let mut marks = Vec::with_capacity(places.len() * 8);
    for placed in &places {
        let Content::Event(digest, _) = placed.content else { break };
        if placed.seq != seq + 1 {
            break;
        }
        seq = placed.seq;
        hash = chained(&hash, seq, &digest);
        marks.extend_from_slice(&mark(&digest));
    }
    if seq == last_seq {
        let text = format!("event {} of the record cannot be read; `xiaoer audit verify` looks at all of it", seq + 1);
        return Err(StoreError::Corrupt(text).into());
    }
    Ok(Some(SealBlock { first_seq: last_seq + 1, last_seq: seq, hash: hex(&hash), marks }))
}
