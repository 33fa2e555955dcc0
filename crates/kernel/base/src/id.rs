//! Typed 64-bit ids (decision D16): 41 bits of milliseconds since 2025, 8 bits node, 14 bits counter.

use crate::time::Instant;
use std::sync::Mutex;

/// 2025-01-01T00:00:00Z in epoch milliseconds: the zero of the time part.
pub const EPOCH_2025_MS: i64 = 1_735_689_600_000;
const COUNTER_BITS: u32 = 14;
const NODE_BITS: u32 = 8;
const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_DIGITS: usize = 13;

/// What every id type has in common.
pub trait Id: Copy + Send + Sync + 'static {
    /// Prefix of the text form, without the underscore.
    const PREFIX: &'static str;
    /// Wraps the raw number.
    fn from_raw(raw: i64) -> Self;
    /// The raw number as stored.
    fn raw(self) -> i64;
}

/// The text is not an id of the wanted type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}_ id")]
pub struct BadId(pub &'static str);

/// Writes `raw` as prefix, underscore and 13 Crockford base32 digits.
pub fn encode(prefix: &str, raw: i64) -> String {
    let bits = raw.cast_unsigned();
    let digit = |i: usize| CROCKFORD[usize::try_from((bits >> (5 * (TEXT_DIGITS - 1 - i))) & 31).unwrap_or(0)];
    let mut text = String::with_capacity(prefix.len() + 1 + TEXT_DIGITS);
    text.push_str(prefix);
    text.push('_');
    text.extend((0..TEXT_DIGITS).map(|i| char::from(digit(i))));
    text
}

/// Reads what [`encode`] wrote. Upper case is accepted; other alphabets' look-alikes (i, l, o) are not.
///
/// # Errors
/// [`BadId`] on another prefix, length, alphabet, or a number that is not positive.
pub fn decode(prefix: &'static str, text: &str) -> Result<i64, BadId> {
    let digits = text.strip_prefix(prefix).and_then(|t| t.strip_prefix('_')).ok_or(BadId(prefix))?;
    if digits.len() != TEXT_DIGITS {
        return Err(BadId(prefix));
    }
    let mut bits: u64 = 0;
    for byte in digits.bytes() {
        let value = CROCKFORD.iter().position(|c| *c == byte.to_ascii_lowercase()).ok_or(BadId(prefix))?;
        if bits >> 59 != 0 {
            return Err(BadId(prefix));
        }
        bits = (bits << 5) | value as u64;
    }
    let raw = i64::try_from(bits).map_err(|_| BadId(prefix))?;
    if raw > 0 { Ok(raw) } else { Err(BadId(prefix)) }
}

/// The raw number of an id of whatever type.
pub fn raw_of(text: &str) -> Option<i64> {
    let (prefix, digits) = text.split_once('_')?;
    let is_prefix = prefix.len() == 3 && prefix.bytes().all(|b| b.is_ascii_lowercase());
    let raw = || decode("", &format!("_{digits}")).ok();
    is_prefix.then(raw).flatten()
}

/// Declares id types: `ids! { /// doc  CaseId = "cas", … }`.
#[macro_export]
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
        impl $crate::id::Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_raw(raw: i64) -> Self { Self(raw) }
            fn raw(self) -> i64 { self.0 }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&$crate::id::encode($prefix, self.0))
            }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { ::std::fmt::Display::fmt(self, f) }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::id::BadId;
            fn from_str(text: &str) -> Result<Self, Self::Err> { $crate::id::decode($prefix, text).map(Self) }
        }
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as $crate::serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(<D::Error as $crate::serde::de::Error>::custom)
            }
        }
        $crate::stored_as_int!($name);
    )+};
}

ids! {
    /// A case: one promise-bearing thing. Slice rows of a case share this id.
    CaseId = "cas",
    /// An event record.
    EventId = "evt",
    /// An organisation: the platform, a merchant, an outlet.
    OrgId = "org",
    /// A shop of a merchant.
    ShopId = "shp",
    /// A sellable unit.
    SkuId = "sku",
    /// A person with a log-in, or an anonymous party of an import.
    UserId = "usr",
    /// A file of another platform on its way to orders.
    ImportId = "imp",
    /// A list of orders on its way into a file.
    ExportId = "exp",
    /// An act on many cases.
    BatchId = "bat",
    /// What a merchant calls another platform's export.
    SourceId = "src",
    /// A role that an organisation made itself.
    RoleId = "rol",
    /// A row that needs no type of its own (leg, clock, line, job …).
    RowId = "row",
}

#[derive(Debug)]
struct Last {
    node: i64,
    ms: i64,
    counter: i64,
}

/// Gives ids that grow: the time part never goes back, a full counter carries into the next millisecond.
#[derive(Debug)]
pub struct IdSource {
    last: Mutex<Last>,
}

impl IdSource {
    /// For `node` (0 on the embedded database, else a leased number); every id lies after `reserved_ms`, the
    /// highest time part that an earlier process may have used (milliseconds since 2025, 0 for a new database).
    pub fn after(node: u8, reserved_ms: i64) -> Self {
        Self { last: Mutex::new(Last { node: i64::from(node), ms: reserved_ms, counter: (1 << COUNTER_BITS) - 1 }) }
    }

    /// Goes on for another `node`, as [`IdSource::after`]; the time part does not go back.
    pub fn renumber(&self, node: u8, reserved_ms: i64) {
        let mut last = self.last();
        let ms = last.ms.max(reserved_ms);
        *last = Last { node: i64::from(node), ms, counter: (1 << COUNTER_BITS) - 1 };
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// When a raw id was drawn: never before that, and later only where ids had run ahead of the clock (after a restart, by seconds).
    pub const fn drawn_at(raw: i64) -> Instant {
        Instant((raw >> (COUNTER_BITS + NODE_BITS)) + EPOCH_2025_MS)
    }

    /// Time part of the last id given, in milliseconds since 2025.
    pub fn time_part(&self) -> i64 {
        self.last().ms
    }

    /// A new raw id at `now`. At most 2^14 a millisecond are drawn before the time part runs ahead of the clock.
    pub fn next_raw(&self, now: Instant) -> i64 {
        let mut last = self.last();
        let ms = (now.0 - EPOCH_2025_MS).max(1);
        if ms > last.ms {
            (last.ms, last.counter) = (ms, 0);
        } else if last.counter + 1 < (1 << COUNTER_BITS) {
            last.counter += 1;
        } else {
            (last.ms, last.counter) = (last.ms + 1, 0);
        }
        (last.ms << (COUNTER_BITS + NODE_BITS)) | (last.node << COUNTER_BITS) | last.counter
    }
}
