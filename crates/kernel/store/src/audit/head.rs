//! The end of the chain.

use super::record::{Hash, start};
use crate::sql;
use crate::statement::Variant;
use crate::tx::Connection;
use xr_base::StoreError;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::hex;

    #[test]
    fn a_noted_hash_is_64_hex_digits() {
        assert_eq!(noted(&hex(&start())), Some(start()));
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"+0".repeat(32)] {
            assert_eq!(noted(wrong), None, "{wrong}");
        }
    }
}
