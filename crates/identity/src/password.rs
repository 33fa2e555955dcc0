//! Passwords: Argon2id, computed outside commands and off the async threads.

use crate::Error;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use xr_base::{Fault, StoreError};
use xr_web::Entropy;
use zxcvbn::{Score, zxcvbn};

/// Least characters outside demos.
pub const CHARS_MIN: usize = 10;
/// Most characters: hashing more is work for nothing.
pub const CHARS_MAX: usize = 200;

/// Checks the policy; a demo market takes any. How hard a password is to guess is what zxcvbn estimates (Wheeler, USENIX Security
/// 2016): at least 10^8 guesses by somebody who knows the log-in name.
///
/// # Errors
/// [`Error::WeakPassword`], [`Error::GuessablePassword`].
pub fn check(password: &str, login: &str, is_demo: bool) -> Result<(), Error> {
    let min = if is_demo { 1 } else { CHARS_MIN };
    let is_good = (min..=CHARS_MAX).contains(&password.chars().count());
    let is_login = !is_demo && password.eq_ignore_ascii_case(login);
    if !is_good || is_login {
        return Err(Error::WeakPassword { min, max: CHARS_MAX });
    }
    let is_hard = is_demo || zxcvbn(password, &[login]).score() >= Score::Three;
    if is_hard { Ok(()) } else { Err(Error::GuessablePassword) }
}

/// The PHC string of `password` under a fresh salt. Takes tens of milliseconds and 19 MiB: never inside a command.
///
/// # Errors
/// [`StoreError::Engine`] when the source of randomness or the hash fails.
pub fn hash(password: &str, entropy: &dyn Entropy) -> Result<String, Fault> {
    let salt: [u8; 16] = xr_web::entropy::bytes(entropy)?;
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|phc| phc.to_string()).map_err(|error| StoreError::Engine(format!("password hash: {error}")).into())
}

/// The same text for the same `secret` and `salt`, as costly to compute as [`hash`].
///
/// # Errors
/// [`StoreError::Engine`] when the hash fails.
pub fn digest(secret: &str, salt: &str) -> Result<String, Fault> {
    let salt = Sha256::digest(salt.as_bytes());
    let mut out = [0; 32];
    let hashed = Argon2::default().hash_password_into(secret.as_bytes(), &salt, &mut out);
    hashed.map_err(|error| StoreError::Engine(format!("password digest: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(out))
}

/// Whether `password` is the one hashed; false also for an unreadable hash. As costly as [`hash`].
pub fn is_right(password: &str, hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    // Longer texts cannot have been set; hashing them would only be work for whoever sends them.
    password.chars().count() <= CHARS_MAX && Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use xr_web::OsEntropy;

    #[test]
    fn only_the_right_password_fits_and_salts_differ() {
        let (first, second) = (hash("correct horse", &OsEntropy).unwrap(), hash("correct horse", &OsEntropy).unwrap());
        assert_ne!(first, second);
        assert!(first.starts_with("$argon2id$"), "{first}");
        assert!(is_right("correct horse", &first));
        assert!(!is_right("correct horsf", &first));
        assert!(!is_right("correct horse", "not a hash"));
    }

    #[test]
    fn a_digest_is_the_same_for_the_same_secret_and_salt_only() {
        let first = digest("a body with a password", "usr_1 key").unwrap();
        assert_eq!(first, digest("a body with a password", "usr_1 key").unwrap());
        assert_ne!(first, digest("a body with a passworf", "usr_1 key").unwrap());
        assert_ne!(first, digest("a body with a password", "usr_2 key").unwrap());
    }

    #[test]
    fn the_policy_wants_ten_characters_that_are_not_the_login() {
        assert!(check("123456789", "ann", false).is_err());
        assert!(check("一二三四五六七八九十", "ann", false).is_ok());
        assert!(check("Annabelle-1", "annabelle-1", false).is_err());
        assert!(check(&"x".repeat(201), "ann", false).is_err());
        assert!(check("demo", "demo", true).is_ok());
        assert!(check("", "demo", true).is_err());
        for guessable in ["password123", "1234567890", "qwertyuiop", "aaaaaaaaaaaa", "annabelle-2", "Iloveyou2026"] {
            assert_eq!(check(guessable, "annabelle-1", false), Err(Error::GuessablePassword), "{guessable}");
        }
        assert_eq!(check("tea lamp orbit 47", "annabelle-1", false), Ok(()));
    }
}
