//! Randomness for tokens, nonces and names: injected, so that tests see the same values twice.

/// Where unpredictable bytes come from.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes`; gives false when the source failed, and then nothing may be built on the content.
    fn fill(&self, bytes: &mut [u8]) -> bool;
}

/// The operating system's source.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) -> bool {
        getrandom::fill(bytes).is_ok()
    }
}

/// `N` random bytes.
///
/// # Errors
/// [`xr_base::StoreError::Engine`] when the source failed.
pub fn bytes<const N: usize>(source: &dyn Entropy) -> Result<[u8; N], xr_base::Fault> {
    let mut bytes = [0; N];
    if source.fill(&mut bytes) {
        Ok(bytes)
    } else {
        Err(xr_base::StoreError::Engine("the source of randomness failed".to_owned()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;
    impl Entropy for Broken {
        fn fill(&self, _: &mut [u8]) -> bool {
            false
        }
    }

    #[test]
    fn two_draws_differ() {
        assert_ne!(bytes::<32>(&OsEntropy).ok(), bytes::<32>(&OsEntropy).ok());
    }

    #[test]
    fn a_broken_source_gives_no_bytes_at_all() {
        assert!(bytes::<32>(&Broken).is_err());
    }
}
