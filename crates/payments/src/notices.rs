//! Signed notices of providers and carriers.

use crate::Error;
use xr_base::Instant;

pub use xr_web::signed::{SignedHeaders as NoticeHeaders, TOLERANCE, sign};

/// As [`xr_web::signed::verify`].
///
/// # Errors
/// [`Error::BadSignature`].
pub fn verify(secret: &[u8], headers: &NoticeHeaders, body: &[u8], wall: Instant) -> Result<(), Error> {
    xr_web::signed::verify(secret, headers, body, wall).map_err(|_| Error::BadSignature)
}
