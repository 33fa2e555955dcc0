//! Digests of events, and the chain over them.

use crate::row::Row;
use crate::sql;
use crate::statement::Variant;
use crate::tx::Connection;
use sha2::{Digest, Sha256};
use xr_base::value::{ToValue, Value};
use xr_base::{EventId, Instant, StoreError};

/// What the digest of an event covers, in this order: every column of `events`.
pub const COLUMNS: [&str; 12] = [
    "id",
    "at",
    "kind",
    "case_id",
    "merchant_org",
    "shop_id",
    "buyer_id",
    "actor",
    "party",
    "body",
    "address",
    "object_id",
];
/// Columns that every event ever recorded has. The others came later: events in which all of them are NULL have the digest that
/// they had before.
const FIRST: usize = 10;
/// Columns of a page before those.
const BEFORE: usize = 2;

/// A SHA-256.
pub(super) type Hash = [u8; 32];
/// The beginning of an event's digest, as blocks keep it.
pub(super) type Mark = [u8; 8];

/// What stands at a place of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The place names an event that is not there.
    Missing,
    /// A column holds what no event of ours holds.
    Unreadable,
    /// The digest of the event, and its time.
    Event(Hash, Instant),
}

/// One place of the order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) seq: i64,
    pub(super) event: EventId,
    pub(super) content: Content,
}

impl Placed {
    /// What the chain takes in; an event that cannot be read has a digest that none has.
    pub(super) fn digest(&self) -> Hash {
        match self.content {
            Content::Event(digest, _) => digest,
            Content::Missing | Content::Unreadable => [0; 32],
        }
    }
}

/// The chain before the first event.
pub(super) fn start() -> Hash {
    Sha256::digest(b"xiaoer event record 1").into()
}

/// The chain after the event `seq`.
pub(super) fn chained(before: &Hash, seq: i64, digest: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_be_bytes());
    hash.update(digest);
    hash.finalize().into()
}

/// The first bytes of a digest.
pub(super) fn mark(digest: &Hash) -> Mark {
    let mut mark = [0; 8];
    mark.copy_from_slice(&digest[..8]);
    mark
}

/// How many of [`COLUMNS`] the database has: a backup that an earlier program made is looked at as it is.
pub(super) fn width(conn: &mut dyn Connection) -> Result<usize, StoreError> {
    let mut width = FIRST;
    conn.query_text("SELECT number FROM migrations WHERE number = 1003", &mut |_| {
        width = COLUMNS.len();
        Ok(())
    })?;
    Ok(width)
}

/// The places after `seq` in order, at most `limit`.
pub(super) fn page(conn: &mut dyn Connection, width: usize, seq: i64, limit: i64) -> Result<Vec<Placed>, StoreError> {
    let statement = if width == FIRST {
        sql!(
            "SELECT s.seq, s.event_id, e.id, e.at, e.kind, e.case_id, e.merchant_org, e.shop_id, e.buyer_id, e.actor, e.party,
                e.body
             FROM event_seq s LEFT JOIN events e ON e.id = s.event_id WHERE s.seq > ?1 ORDER BY s.seq LIMIT ?2
             /* unscoped: the whole record, for its hash */"
        )
    } else {
        sql!(
            "SELECT s.seq, s.event_id, e.id, e.at, e.kind, e.case_id, e.merchant_org, e.shop_id, e.buyer_id, e.actor, e.party,
                e.body, e.address, e.object_id
             FROM event_seq s LEFT JOIN events e ON e.id = s.event_id WHERE s.seq > ?1 ORDER BY s.seq LIMIT ?2
             /* unscoped: the whole record, for its hash */"
        )
    };
    let (mut places, mut bytes) = (Vec::new(), Vec::new());
    conn.query(statement, Variant::Plain, &[seq.to_value(), limit.to_value()], &mut |row| {
        let content = content(row, width, &mut bytes)?;
        places.push(Placed { seq: row.get(0)?, event: row.get(1)?, content });
        Ok(())
    })?;
    Ok(places)
}

fn content(row: &Row<'_>, width: usize, bytes: &mut Vec<u8>) -> Result<Content, StoreError> {
    if row.value(BEFORE)? == Value::Null {
        return Ok(Content::Missing);
    }
    bytes.clear();
    let has_more = (FIRST..width).any(|column| !matches!(row.value(BEFORE + column), Ok(Value::Null)));
    for column in 0..if has_more { width } else { FIRST } {
        match row.value(BEFORE + column) {
            Ok(value) => push(bytes, value),
            Err(StoreError::Corrupt(_)) => return Ok(Content::Unreadable),
            Err(other) => return Err(other),
        }
    }
    let Ok(at) = row.get(BEFORE + 1) else { return Ok(Content::Unreadable) };
    Ok(Content::Event(Sha256::digest(&bytes).into(), at))
}

fn push(bytes: &mut Vec<u8>, value: Value<'_>) {
    let mut long = |tag: u8, content: &[u8]| {
        bytes.push(tag);
        bytes.extend_from_slice(&(content.len() as u64).to_be_bytes());
        bytes.extend_from_slice(content);
    };
    match value {
        Value::Text(text) => long(2, text.as_bytes()),
        Value::Bytes(content) => long(3, content),
        Value::Null => bytes.push(0),
        Value::Int(number) => {
            bytes.push(1);
            bytes.extend_from_slice(&number.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(values: &[Value<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for value in values {
            push(&mut bytes, *value);
        }
        bytes
    }

    #[test]
    fn what_stands_in_one_column_never_looks_like_two() {
        let texts = [
            encoded(&[Value::Text("a"), Value::Text("b")]),
            encoded(&[Value::Text("ab"), Value::Text("")]),
            encoded(&[Value::Text(""), Value::Text("ab")]),
            encoded(&[Value::Text("a"), Value::Bytes(b"b")]),
            encoded(&[Value::Text("a"), Value::Null]),
            encoded(&[Value::Null, Value::Text("a")]),
            encoded(&[Value::Int(97), Value::Null]),
        ];
        let different: std::collections::BTreeSet<_> = texts.iter().collect();
        assert_eq!(different.len(), texts.len());
    }

    #[test]
    fn the_encoding_is_the_documented_one() {
        let bytes = encoded(&[Value::Int(258), Value::Null, Value::Text("é")]);
        assert_eq!(bytes, [1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0xc3, 0xa9]);
    }

    #[test]
    fn the_chain_depends_on_place_and_past() {
        let (one, two) = ([1; 32], [2; 32]);
        let there = chained(&chained(&start(), 1, &one), 2, &two);
        let swapped = chained(&chained(&start(), 1, &two), 2, &one);
        let later = chained(&chained(&start(), 2, &one), 3, &two);
        assert!(there != swapped && there != later && swapped != later);
    }
}
