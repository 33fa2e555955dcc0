//! Secrets that messages are signed with: sealed, at most two of an endpoint at a time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use xr_base::{Fault, Instant, Millis, RowId, StoreError};
use xr_store::sealing::Place;
use xr_store::{SealedField, Tx, params, record, sealed_field, sql};

/// Where secrets lie.
pub const SEALED: SealedField = sealed_field!("webhook_secrets", "sealed" by "id");

const PLACE: &str = SEALED.place;
/// What every secret begins with, as the Standard Webhooks libraries take it.
const PREFIX: &str = "whsec_";
/// Bytes of a secret.
pub(crate) const BYTES: usize = 32;
/// The secret before goes on beside its successor for so long.
pub(crate) const BESIDE: Millis = Millis::days(1);

/// A secret as its receiver keeps it.
pub(crate) fn shown(secret: &[u8; BYTES]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret))
}

record! {
    /// A secret in use.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) struct SecretRow {
        /// Id.
        pub id: RowId,
        /// Since when.
        pub created_at: Instant,
        /// Until when; none of the newest.
        pub expires_at: Option<Instant>,
    }
}

/// Secrets of an endpoint that messages are signed with now, the newest first.
pub(crate) fn list(tx: &mut Tx<'_>, endpoint: RowId) -> Result<Vec<SecretRow>, StoreError> {
    let wall = tx.wall();
    tx.all(
        sql!(
            "SELECT id, created_at, expires_at FROM webhook_secrets
             WHERE endpoint_id = ?1 AND (expires_at IS NULL OR expires_at > ?2) ORDER BY id DESC
             /* unscoped: of an endpoint that was found in scope */"
        ),
        params![endpoint, wall],
    )
}

/// The same, opened.
pub(crate) fn open(tx: &mut Tx<'_>, endpoint: RowId) -> Result<Vec<Vec<u8>>, Fault> {
    let mut opened = Vec::new();
    for SecretRow { id, .. } in list(tx, endpoint)? {
        let (sealed,): (Vec<u8>,) = tx.one(
            sql!("SELECT sealed FROM webhook_secrets WHERE id = ?1 /* unscoped: of an endpoint that was found in scope */"),
            params![id],
        )?;
        opened.push(tx.open_sealed(Place { column: PLACE, row: id.0 }, &sealed)?);
    }
    Ok(opened)
}

/// Adds a secret; what was there before goes on for a day.
pub(crate) fn add(tx: &mut Tx<'_>, endpoint: RowId, secret: &[u8; BYTES]) -> Result<RowId, Fault> {
    let (id, wall): (RowId, _) = (tx.id(), tx.wall());
    tx.put(
        sql!(
            "UPDATE webhook_secrets SET expires_at = ?2 WHERE endpoint_id = ?1 AND expires_at IS NULL
             /* unscoped: of an endpoint that was found in scope */"
        ),
        params![endpoint, wall + BESIDE],
    )?;
    let sealed = tx.seal(Place { column: PLACE, row: id.0 }, secret)?;
    tx.put(
        sql!(
            "INSERT INTO webhook_secrets (id, endpoint_id, sealed, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, NULL)
             /* unscoped: of an endpoint that was found in scope */"
        ),
        params![id, endpoint, sealed, wall],
    )?;
    Ok(id)
}
