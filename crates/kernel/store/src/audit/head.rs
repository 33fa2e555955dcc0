//! The end of the chain.

use super::BLOCK_EVENTS_MAX;
use super::record::{Hash, chained, page, start, width};
use crate::migrate::hex;
use crate::sql;
use crate::statement::Variant;
use crate::tx::Connection;
use serde::{Deserialize, Serialize};
use xr_base::StoreError;

/// Where the record ends: a hash to note elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The last event's place in the order; 0 for an empty record.
    pub last_seq: i64,
    /// The chain after it, 64 hex digits.
    pub hash: String,
    /// Events at the end that no block holds yet.
    pub unsealed: i64,
}

/// A hash as somebody noted it: 64 hex digits.
pub fn noted(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(hash)
}

/// Where the sealed part ends.
pub(super) fn last_block(conn: &mut dyn Connection) -> Result<(i64, Hash), StoreError> {
    let mut last = (0, start());
    let statement = sql!(
        "SELECT last_seq, hash FROM event_blocks ORDER BY last_seq DESC LIMIT 1 /* unscoped: the whole record, for its hash */"
    );
    conn.query(statement, Variant::Plain, &[], &mut |row| {
        let text: String = row.get(1)?;
        let unreadable = || StoreError::Corrupt(format!("the hash of an event block is no hash: {text}"));
        last = (row.get(0)?, noted(&text).ok_or_else(unreadable)?);
        Ok(())
    })?;
    Ok(last)
}

/// Goes on from the last block; what is sealed is taken as it is. A database of before the chain has no blocks.
pub(crate) fn head(conn: &mut dyn Connection, has_blocks: bool) -> Result<Head, StoreError> {
    let (sealed, mut hash) = if has_blocks { last_block(conn)? } else { (0, start()) };
    let (mut last_seq, width) = (sealed, width(conn)?);
    loop {
        let places = page(conn, width, last_seq, BLOCK_EVENTS_MAX)?;
        for placed in &places {
            last_seq = placed.seq;
            hash = chained(&hash, last_seq, &placed.digest());
        }
        if places.is_empty() {
            return Ok(Head { last_seq, hash: hex(&hash), unsealed: last_seq - sealed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noted_hash_is_64_hex_digits() {
        assert_eq!(noted(&hex(&start())), Some(start()));
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"+0".repeat(32)] {
            assert_eq!(noted(wrong), None, "{wrong}");
        }
    }
}
