//! Reading: people, organisations, shops, sessions.

use crate::model::{OpenSession, Org, Shop, User};
use xr_base::{OrgId, Scope, StoreError, UserId};
use xr_store::{Tx, params, sql};

/// The user with this id.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn user(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, login, name, phone_masked, role, party, org_id, locale, is_disabled FROM users WHERE id = ?1
             /* unscoped: by id after authorisation */"
        ),
        params![id],
    )
}

/// Id, password hash and whether disabled, for a log-in name in lower case.
pub(crate) fn credentials(tx: &mut Tx<'_>, login: &str) -> Result<Option<(UserId, String, bool)>, StoreError> {
    tx.opt(
        sql!(
            "SELECT u.id, p.hash, u.is_disabled FROM users u JOIN passwords p ON p.user_id = u.id WHERE u.login = ?1
             /* unscoped: before log-in */"
        ),
        params![login],
    )
}

/// The password hash of a user.
pub(crate) fn password_hash(tx: &mut Tx<'_>, id: UserId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        tx.opt(sql!("SELECT hash FROM passwords WHERE user_id = ?1 /* unscoped: own password */"), params![id])?;
    Ok(row.map(|(hash,)| hash))
}

/// The organisation with this id.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn org(tx: &mut Tx<'_>, id: OrgId) -> Result<Option<Org>, StoreError> {
    tx.opt(sql!("SELECT id, kind, name FROM orgs WHERE id = ?1 /* unscoped: by id after authorisation */"), params![id])
}

/// Shops that `scope` may see after `after`, by id, at most `limit`. Buyers have none.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn shops(tx: &mut Tx<'_>, scope: Scope, after: i64, limit: i64) -> Result<Vec<Shop>, StoreError> {
    tx.all_scoped(
        sql!(
            "SELECT s.id, s.merchant_org, s.name, s.pack, s.currency
             FROM (SELECT id, merchant_org, name, pack, currency, CAST(NULL AS BIGINT) AS buyer_id FROM shops) s
             WHERE {ORG:s.} AND s.id > ?2 ORDER BY s.id LIMIT ?3"
        ),
        scope,
        params![after, limit],
    )
}

/// A shop by id, for slices that act on its behalf.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn shop(tx: &mut Tx<'_>, id: xr_base::ShopId) -> Result<Option<Shop>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, merchant_org, name, pack, currency FROM shops WHERE id = ?1
             /* unscoped: by id after authorisation */"
        ),
        params![id],
    )
}

/// The user of a token that is valid at this wall time and not disabled.
pub(crate) fn session_user(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<User>, StoreError> {
    let wall = tx.wall();
    tx.opt(
        sql!(
            "SELECT u.id, u.login, u.name, u.phone_masked, u.role, u.party, u.org_id, u.locale, u.is_disabled
             FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.token_hash = ?1 AND s.expires_at > ?2 AND u.is_disabled = 0 /* unscoped: by token */"
        ),
        params![token_hash, wall],
    )
}

/// A person's open sessions, newest first; `current` is the hash of the asking one's token.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn sessions(tx: &mut Tx<'_>, user: UserId, current: &str) -> Result<Vec<OpenSession>, StoreError> {
    let wall = tx.wall();
    tx.all(
        sql!(
            "SELECT id, created_at, expires_at, CASE WHEN token_hash = ?3 THEN 1 ELSE 0 END, address, browser, system FROM sessions
             WHERE user_id = ?1 AND expires_at > ?2 ORDER BY id DESC LIMIT 200 /* unscoped: own sessions */"
        ),
        params![user, wall, current],
    )
}

/// People with a role who may log in, in order of id.
///
/// # Errors
/// A store fault.
pub fn with_role(tx: &mut Tx<'_>, role: &str) -> Result<Vec<UserId>, StoreError> {
    let rows: Vec<(UserId,)> = tx.all(
        sql!(
            "SELECT id FROM users WHERE role = ?1 AND is_disabled = 0 ORDER BY id
             /* unscoped: the platform's own people */"
        ),
        params![role],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
