//! Keeping a picture that was cleaned outside the transaction.

use crate::Error;
use crate::evidence::person;
use crate::pictures::Picture;
use serde::{Deserialize, Serialize};
use xr_base::{Actor, Fault};
use xr_store::blobs::{Blobs, Prepared};
use xr_store::{Command, Tx, params, sql};

/// Keeps a picture for the person who sent it in; gives its name.
#[derive(Clone, Debug)]
pub struct UploadPicture {
    actor: Actor,
    prepared: Prepared,
    media_type: &'static str,
}

/// A picture that was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// SHA-256 of the cleaned and sealed bytes, 64 hex digits; acts and commands name the picture by it.
    pub sha256: String,
}

impl UploadPicture {
    /// Seals the bytes and writes them to `blobs`; blocking, so call it off the async threads.
    ///
    /// # Errors
    /// 503 `store.locked` without a key; a store fault when the disk refuses.
    pub fn new(actor: Actor, picture: &Picture, blobs: &Blobs) -> Result<Self, Fault> {
        let media_type = picture.format.media_type();
        Ok(Self { actor, prepared: blobs.prepare(&picture.bytes)?, media_type })
    }
}

impl Command for UploadPicture {
    type Out = Uploaded;
    const NAME: &'static str = "aftersales.upload_picture";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Uploaded, Fault> {
        let (_, user) = person(&self.actor).map_err(|_| Error::input("actor", "not a person"))?;
        self.prepared.keep(tx, self.media_type)?;
        let (sha256, now) = (self.prepared.sha256().to_owned(), tx.now());
        tx.put(
            sql!(
                "INSERT INTO uploads (sha256, user_id, at) VALUES (?1, ?2, ?3) ON CONFLICT (sha256, user_id) DO NOTHING
                 /* unscoped: the person is a parameter */"
            ),
            params![sha256, user, now],
        )?;
        Ok(Uploaded { sha256 })
    }
}
