//! One data key: what seals a field, and what a field is found by.

use crate::FileSecret;
use aes_siv::KeyInit as _;
use aes_siv::siv::Aes256Siv;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

/// Length of the secret that a data key is derived from.
pub const KEY_BYTES: usize = 32;
/// AES-256-SIV takes two keys of 32 bytes.
const SIV_BYTES: usize = 64;

/// Derived from one secret by HKDF-SHA-256 (RFC 5869): a key for sealing, one for looking up, one that keys of files come from.
#[derive(ZeroizeOnDrop)]
pub struct DataKey {
    siv: [u8; SIV_BYTES],
    lookup: [u8; KEY_BYTES],
    files: [u8; KEY_BYTES],
}

impl DataKey {
    /// From its secret, which is good for nothing else.
    pub fn from_secret(secret: &[u8; KEY_BYTES]) -> Self {
        Self::derived(b"xiaoer data key 1", secret)
    }

    /// From the secret of a file.
    pub(crate) fn of_file(secret: &[u8; KEY_BYTES]) -> Self {
        Self::derived(b"xiaoer file key 1", secret)
    }

    fn derived(salt: &[u8], secret: &[u8; KEY_BYTES]) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(salt), secret);
        let mut key = Self { siv: [0; SIV_BYTES], lookup: [0; KEY_BYTES], files: [0; KEY_BYTES] };
        // The only error is an output beyond 255 hashes.
        let _ = hkdf.expand(b"seal", &mut key.siv);
        let _ = hkdf.expand(b"look up", &mut key.lookup);
        let _ = hkdf.expand(b"files", &mut key.files);
        key
    }

    /// Seals `plain` for `place`: 16 bytes longer.
    pub(crate) fn seal(&self, place: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        Aes256Siv::new(&self.siv.into()).encrypt([place], plain).ok()
    }

    /// What was sealed for `place`; none if it was not, or is damaged.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        Aes256Siv::new(&self.siv.into()).decrypt([place], sealed).ok()
    }

    /// HMAC-SHA-256 of `text` under `purpose`, cut to 63 bits: among a billion different texts two agree with a chance of one in
    /// eighteen.
    pub(crate) fn lookup(&self, purpose: &str, text: &str) -> i64 {
        let whole = Zeroizing::new(hash(&self.lookup, purpose, text.as_bytes()));
        let mut first = [0; 8];
        first.copy_from_slice(&whole[..8]);
        let found = i64::from_be_bytes(first) & i64::MAX;
        first.zeroize();
        found
    }

    /// The secret of a file. Whoever learns this key alone, later, makes nothing of it: it takes the content as well.
    pub(crate) fn file_secret(&self, purpose: &str, content: &[u8]) -> FileSecret {
        FileSecret::new(hash(&self.files, purpose, content))
    }
}

fn hash(key: &[u8; KEY_BYTES], purpose: &str, content: &[u8]) -> [u8; KEY_BYTES] {
    let mut whole = [0; KEY_BYTES];
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return whole };
    // A zero byte ends the purpose: no purpose holds one.
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(content);
    whole.copy_from_slice(&mac.finalize().into_bytes());
    whole
}
