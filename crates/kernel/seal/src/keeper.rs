//! Who keeps the keys that data keys are wrapped by.

use crate::data_key::KEY_BYTES;
use crate::{DataKey, SealError};
use hkdf::Hkdf;
use sha2::Sha256;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Fills the bytes with randomness; false when the source failed.
pub type Entropy = Arc<dyn Fn(&mut [u8]) -> bool + Send + Sync>;

/// Wraps and unwraps the secrets of data keys. A key management service would be one more of these: its two calls are the usual
/// "encrypt" and "decrypt" of such services.
pub trait Keeper: Send + Sync {
    /// Who this is, e.g. `file:4f0c…`: told by the key itself, so that the wrapped key of another keeper is not even tried.
    fn name(&self) -> String;

    /// Wraps the secret of data key `number`.
    ///
    /// # Errors
    /// [`SealError::Keeper`].
    fn wrap(&self, number: u32, secret: &[u8; KEY_BYTES]) -> Result<Vec<u8>, SealError>;

    /// Unwraps what [`Keeper::wrap`] gave for the same number.
    ///
    /// # Errors
    /// [`SealError::Keeper`]; [`SealError::Damaged`] for anything else.
    fn unwrap(&self, number: u32, wrapped: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, SealError>;
}

/// A key of 32 bytes at hand: from a file, or derived from a secret of the environment.
pub struct MasterKey {
    name: String,
    key: DataKey,
}

impl MasterKey {
    /// From `secret`; `kind` says where it is from (`file`, `secret`).
    pub fn new(kind: &str, secret: &[u8; KEY_BYTES]) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(b"xiaoer master key 1"), secret);
        let (mut print, mut own) = ([0_u8; 8], Zeroizing::new([0_u8; KEY_BYTES]));
        // The only error is an output beyond 255 hashes.
        let _ = hkdf.expand(b"name", &mut print);
        let _ = hkdf.expand(kind.as_bytes(), own.as_mut_slice());
        let print = u64::from_be_bytes(print);
        Self { name: format!("{kind}:{print:016x}"), key: DataKey::from_secret(&own) }
    }
}

fn place(number: u32) -> Vec<u8> {
    [b"data key ".as_slice(), &number.to_be_bytes()].concat()
}

impl Keeper for MasterKey {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn wrap(&self, number: u32, secret: &[u8; KEY_BYTES]) -> Result<Vec<u8>, SealError> {
        self.key.seal(&place(number), secret).ok_or_else(|| SealError::Keeper("not wrapped".to_owned()))
    }

    fn unwrap(&self, number: u32, wrapped: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, SealError> {
        let opened = self.key.open(&place(number), wrapped).map(Zeroizing::new);
        let damaged = || SealError::Damaged(format!("data key {number}"));
        let mut secret = Zeroizing::new([0; KEY_BYTES]);
        let opened = opened.filter(|bytes| bytes.len() == KEY_BYTES).ok_or_else(damaged)?;
        secret.copy_from_slice(&opened);
        Ok(secret)
    }
}
