//! Signed messages between servers, by the Standard Webhooks scheme (spec/standards: Webhooks): notices that come in, webhooks that go out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use xr_base::{Instant, Millis};

/// A message older or newer than this is refused: it may be a replay.
pub const TOLERANCE: Millis = Millis::minutes(5);

/// A message that nobody who has the secret signed, or not for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit")]
pub struct BadSignature;

/// The three headers of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `webhook-id`: unique for the sender.
    pub id: String,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`: one or more `v1,<base64>`, separated by spaces.
    pub signature: String,
}

fn mac(secret: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Result<Hmac<Sha256>, BadSignature> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| BadSignature)?;
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Ok(mac)
}

/// Signs `body` as the sender does.
///
/// # Errors
/// [`BadSignature`] for a secret that cannot be a key; none with HMAC.
pub fn sign(secret: &[u8], id: &str, wall: Instant, body: &[u8]) -> Result<SignedHeaders, BadSignature> {
    let timestamp = (wall.0 / 1_000).to_string();
    let tag = mac(secret, id, &timestamp, body)?.finalize().into_bytes();
    let signature = format!("v1,{}", STANDARD.encode(tag));
    Ok(SignedHeaders { id: id.to_owned(), timestamp, signature })
}

/// Checks that one of the signatures fits, in constant time, and that the message is of now (wall time, ± 5 min).
///
/// # Errors
/// [`BadSignature`].
pub fn verify(secret: &[u8], headers: &SignedHeaders, body: &[u8], wall: Instant) -> Result<(), BadSignature> {
    let seconds: i64 = headers.timestamp.parse().map_err(|_| BadSignature)?;
    let age = wall.0.saturating_sub(seconds.saturating_mul(1_000)).saturating_abs();
    if headers.id.is_empty() || headers.id.len() > 200 || age > TOLERANCE.0 {
        return Err(BadSignature);
    }
    for signature in headers.signature.split(' ').filter_map(|s| s.strip_prefix("v1,")) {
        let Ok(tag) = STANDARD.decode(signature) else { continue };
        if mac(secret, &headers.id, &headers.timestamp, body)?.verify_slice(&tag).is_ok() {
            return Ok(());
        }
    }
    Err(BadSignature)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW: Instant = Instant(1_700_000_000_000);

    #[test]
    fn what_was_signed_verifies_and_what_was_touched_does_not() {
        let signed = sign(b"secret", "msg_1", NOW, b"{}").unwrap();
        assert!(verify(b"secret", &signed, b"{}", NOW + Millis::minutes(4)).is_ok());
        assert!(verify(b"secret", &signed, b"{ }", NOW).is_err());
        assert!(verify(b"other", &signed, b"{}", NOW).is_err());
        let other_id = SignedHeaders { id: "msg_2".into(), ..signed.clone() };
        assert!(verify(b"secret", &other_id, b"{}", NOW).is_err());
    }

    #[test]
    fn an_old_notice_is_a_replay() {
        let signed = sign(b"secret", "msg_1", NOW, b"{}").unwrap();
        assert!(verify(b"secret", &signed, b"{}", NOW + Millis::minutes(6)).is_err());
        assert!(verify(b"secret", &signed, b"{}", NOW - Millis::minutes(6)).is_err());
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        let mut signed = sign(b"new", "msg_1", NOW, b"{}").unwrap();
        signed.signature = format!("v1,AAAA {}", signed.signature);
        assert!(verify(b"new", &signed, b"{}", NOW).is_ok());
    }
}
