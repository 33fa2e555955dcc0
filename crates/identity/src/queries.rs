//! Reading: people, organisations, shops, sessions.

use crate::model::{OpenSession, Org, OrgRole, Shop, User};
use std::collections::BTreeMap;
use xr_base::{Instant, OrgId, RoleId, Scope, StoreError, UserId};
use xr_store::{Tx, params, sql};

/// The user with this id.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn user(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    tx.opt(
        sql!(
            "SELECT u.id, u.login, u.name, u.phone_masked, u.role, u.party, u.org_id, u.locale, u.is_disabled, u.is_owner,
             u.version, u.own_role, r.name, COALESCE(r.permissions, k.permissions)
             FROM users u LEFT JOIN org_roles r ON r.id = u.own_role AND r.org_id = u.org_id
             LEFT JOIN api_keys k ON k.user_id = u.id
             WHERE u.id = ?1 /* unscoped: by id after authorisation */"
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

/// The user of a token that is valid at this wall time, not disabled, and of no organisation that is shut out.
pub(crate) fn session_user(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<User>, StoreError> {
    let wall = tx.wall();
    tx.opt(
        sql!(
            "SELECT u.id, u.login, u.name, u.phone_masked, u.role, u.party, u.org_id, u.locale, u.is_disabled, u.is_owner,
             u.version, u.own_role, r.name, r.permissions
             FROM sessions s JOIN users u ON u.id = s.user_id
             LEFT JOIN org_roles r ON r.id = u.own_role AND r.org_id = u.org_id
             WHERE s.token_hash = ?1 AND s.expires_at > ?2 AND u.is_disabled = 0
             AND NOT EXISTS (SELECT 1 FROM log_in_blocks b WHERE b.org_id = u.org_id) /* unscoped: by token */"
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

/// How a member logs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogInFacts {
    /// Last time, wall time.
    pub last: Option<Instant>,
    /// Whether a second factor is asked for.
    pub has_second_factor: bool,
}

/// People of an organisation after `after`, by id, at most `limit`, each with how they log in; no keys.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn members(tx: &mut Tx<'_>, org: OrgId, after: i64, limit: i64) -> Result<Vec<(User, LogInFacts)>, StoreError> {
    let members: Vec<User> = tx.all(
        sql!(
            "SELECT u.id, u.login, u.name, u.phone_masked, u.role, u.party, u.org_id, u.locale, u.is_disabled, u.is_owner,
             u.version, u.own_role, r.name, r.permissions
             FROM users u LEFT JOIN org_roles r ON r.id = u.own_role AND r.org_id = u.org_id
             WHERE u.org_id = ?1 AND u.id > ?2 AND u.role <> 'api_key' ORDER BY u.id LIMIT ?3 /* unscoped: the organisation is a parameter */"
        ),
        params![org, after, limit],
    )?;
    let last = members.last().map_or(after, |user| user.id.0);
    let facts: Vec<(UserId, Option<Instant>, bool)> = tx.all(
        sql!(
            "SELECT u.id, l.at, CASE WHEN f.confirmed_at IS NULL THEN 0 ELSE 1 END
             FROM users u LEFT JOIN last_log_ins l ON l.user_id = u.id LEFT JOIN second_factors f ON f.user_id = u.id
             WHERE u.org_id = ?1 AND u.id > ?2 AND u.id <= ?3 /* unscoped: the organisation is a parameter */"
        ),
        params![org, after, last],
    )?;
    let facts: BTreeMap<UserId, LogInFacts> =
        facts.into_iter().map(|(id, last, has_second_factor)| (id, LogInFacts { last, has_second_factor })).collect();
    let with_facts = |user: User| {
        let known = facts.get(&user.id).copied().unwrap_or_default();
        (user, known)
    };
    Ok(members.into_iter().map(with_facts).collect())
}

/// The roles that an organisation made, by name; it has few.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn org_roles(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<OrgRole>, StoreError> {
    tx.all(
        sql!(
            "SELECT r.id, r.name, r.permissions, r.version,
             (SELECT COUNT(*) FROM users u WHERE u.org_id = r.org_id AND u.own_role = r.id)
             FROM org_roles r WHERE r.org_id = ?1 ORDER BY r.name, r.id /* unscoped: the organisation is a parameter */"
        ),
        params![org],
    )
}

/// A role that an organisation made.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn org_role(tx: &mut Tx<'_>, org: OrgId, id: RoleId) -> Result<Option<OrgRole>, StoreError> {
    tx.opt(
        sql!(
            "SELECT r.id, r.name, r.permissions, r.version,
             (SELECT COUNT(*) FROM users u WHERE u.org_id = r.org_id AND u.own_role = r.id)
             FROM org_roles r WHERE r.org_id = ?1 AND r.id = ?2 /* unscoped: the organisation is a parameter */"
        ),
        params![org, id],
    )
}

/// How many people of an organisation have each role, by the name of a built-in one or [`crate::roles::CUSTOM`].
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn role_counts(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<(String, i64)>, StoreError> {
    tx.all(
        sql!(
            "SELECT role, COUNT(*) FROM users WHERE org_id = ?1 GROUP BY role /* unscoped: the organisation is a parameter */"
        ),
        params![org],
    )
}
