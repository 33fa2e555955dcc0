//! The name of a rulebook: SHA-256 of its canonical JSON.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// 64 hex digits over the JSON with sorted keys and without spaces.
pub(super) fn of(value: Value) -> String {
    hex(&Sha256::digest(sorted(value).to_string()))
}

/// The value with all keys sorted, all the way down.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{hex, of, sorted};
    use serde_json::json;

    #[test]
    fn the_order_of_keys_does_not_change_the_hash_and_the_order_of_lists_does() {
        let (a, b) = (json!({ "x": 1, "y": { "p": [1, 2], "q": 3 } }), json!({ "y": { "q": 3, "p": [1, 2] }, "x": 1 }));
        assert_eq!(sorted(b.clone()).to_string(), r#"{"x":1,"y":{"p":[1,2],"q":3}}"#);
        assert_eq!(of(a.clone()), of(b));
        assert_ne!(of(a), of(json!({ "x": 1, "y": { "p": [2, 1], "q": 3 } })));
    }

    #[test]
    fn bytes_are_written_with_two_digits_each() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
        assert_eq!(of(json!({})), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }
}
