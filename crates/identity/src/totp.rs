//! The second factor: one-time codes of a shared secret and the clock, as authenticator apps reckon them.
//!
//! TOTP (RFC 6238) over HOTP (RFC 4226): HMAC-SHA-1, six digits, steps of 30 s since 1970. SHA-1 because apps on phones know nothing else
//! for certain; the RFC's use of it as a MAC stands.

use crate::throttle::sha256_hex;
use data_encoding::{BASE32, BASE32_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use xr_base::Instant;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes of a secret, as RFC 4226 (4, R6) recommends.
pub const SECRET_BYTES: usize = 20;
/// Random bytes of a recovery code: two base32 words of eight letters, so that a fast hash is enough to keep it by.
pub const RECOVERY_BYTES: usize = 10;
/// Length of a step.
const STEP_MS: i64 = 30_000;
/// Digits of a code.
const DIGITS: usize = 6;
/// 10 to the power of [`DIGITS`].
const MODULUS: u32 = 1_000_000;
/// Steps that the phone's clock may be off, in either direction (RFC 6238, 5.2 advises one).
const DRIFT: i64 = 1;
/// Name under which apps list the code.
const ISSUER: &str = "xiaoer";

/// The secret that a phone and the market share.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; SECRET_BYTES]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl From<[u8; SECRET_BYTES]> for Secret {
    fn from(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }
}

impl Secret {
    /// The secret that was kept as these bytes; none for another length.
    pub(crate) fn kept(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// To be typed into an app: base32 (RFC 4648) without padding, 32 letters.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// What a QR code for apps says (Google's key URI format); `login` is shown there.
    pub fn uri(&self, login: &str) -> String {
        let account: String = login.bytes().map(escaped).collect();
        format!(
            "otpauth://totp/{ISSUER}:{account}?secret={}&issuer={ISSUER}&digits={DIGITS}&period={}",
            self.base32(),
            STEP_MS / 1_000
        )
    }

    /// The code of a step (RFC 4226, 5.3).
    fn code(&self, step: i64) -> Option<u32> {
        let mut mac = <Hmac<Sha1>>::new_from_slice(&self.0).ok()?;
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest.last()? & 0x0f);
        let word = digest.get(offset..offset + 4)?.try_into().ok()?;
        Some((u32::from_be_bytes(word) & 0x7fff_ffff) % MODULUS)
    }

    /// What an app that has the secret shows at `now`.
    pub fn shown_at(&self, now: Instant) -> Option<String> {
        self.code(now.0.div_euclid(STEP_MS)).map(|code| format!("{code:0DIGITS$}"))
    }

    /// The step that the code `typed` belongs to: at most one away from `now` and later than `used`, since each code counts once.
    pub fn step_of(&self, typed: &str, now: Instant, used: i64) -> Option<i64> {
        let typed = Typed::of(typed).code()?;
        let present = now.0.div_euclid(STEP_MS);
        (present - DRIFT..=present + DRIFT).filter(|step| *step > used).find(|step| self.code(*step) == Some(typed))
    }
}

/// Letters, digits and `-._~` stay (RFC 3986, unreserved).
fn escaped(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    }
}

/// What somebody typed as a second factor, without the blanks and hyphens that make it readable.
pub(crate) struct Typed(String);

impl Typed {
    pub(crate) fn of(typed: &str) -> Self {
        // Longer than any code: not worth a look.
        Self(
            typed
                .chars()
                .take(64)
                .filter(|c| !c.is_whitespace() && *c != '-')
                .map(|c| c.to_ascii_uppercase())
                .collect(),
        )
    }

    fn code(&self) -> Option<u32> {
        let is_code = self.0.len() == DIGITS && self.0.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then(|| self.0.parse().ok()).flatten()
    }

    /// The hash that a recovery code is kept by; none for anything else.
    pub(crate) fn recovery_hash(&self) -> Option<String> {
        let bytes = BASE32.decode(self.0.as_bytes()).ok()?;
        (bytes.len() == RECOVERY_BYTES).then(|| hash(&bytes))
    }
}

/// The hash that the recovery code of these bytes is kept by: SHA-256, since 80 random bits cannot be tried out.
pub(crate) fn hash(bytes: &[u8]) -> String {
    sha256_hex(&[b"recovery ", bytes].concat())
}

/// A recovery code as it is written down: four groups of four letters and digits.
pub(crate) fn written(bytes: &[u8; RECOVERY_BYTES]) -> String {
    let text = BASE32.encode(bytes);
    let groups: Vec<String> =
        text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of_rfc() -> Secret {
        Secret(*b"12345678901234567890")
    }

    #[test]
    fn codes_are_those_of_the_rfcs() {
        // RFC 4226, appendix D.
        let counted = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (step, code) in (0..).zip(counted) {
            assert_eq!(of_rfc().code(step), Some(code), "{step}");
        }
        // RFC 6238, appendix B, the last six of the eight digits.
        let at = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in at {
            assert_eq!(of_rfc().step_of(code, Instant(seconds * 1_000), 0), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_once() {
        let now = Instant(59_000);
        assert_eq!(of_rfc().step_of("755 224", now, -1), Some(0));
        assert_eq!(of_rfc().step_of("359-152", now, -1), Some(2));
        assert_eq!(of_rfc().step_of("969429", now, -1), None);
        assert_eq!(of_rfc().step_of("287082", now, 0), Some(1));
        assert_eq!(of_rfc().step_of("287082", now, 1), None);
        for nothing in ["", "28708", "2870820", "28708a", "+87082", "２８７０８２"] {
            assert_eq!(of_rfc().step_of(nothing, now, -1), None, "{nothing}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_as_people_write_it() {
        let bytes = *b"0123456789";
        let text = written(&bytes);
        assert_eq!(text, "GAYT-EMZU-GU3D-OOBZ");
        for typed in [text.clone(), text.to_lowercase(), text.replace('-', " "), text.replace('-', "")] {
            assert_eq!(Typed::of(&typed).recovery_hash(), Some(hash(&bytes)), "{typed}");
        }
        for nothing in ["", "GAYT", "GAYT-EMZU-GU3D-OOBZ-GAYT-EMZU", "1111-1111-1111-1111", "123456"] {
            assert_eq!(Typed::of(nothing).recovery_hash(), None, "{nothing}");
        }
    }

    #[test]
    fn the_address_for_apps_holds_any_name() {
        assert_eq!(
            of_rfc().uri("ann&secret=x 张"),
            "otpauth://totp/xiaoer:ann%26secret%3Dx%20%E5%BC%A0?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=xiaoer&digits=6&period=30"
        );
        assert_eq!(format!("{:?}", of_rfc()), "Secret(..)");
    }
}
