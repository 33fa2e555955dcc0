//! Making and revoking keys of the open API.

use super::administration::Administrator;
use super::users::{NewPerson, insert_person};
use super::{Asker, of_org, tell};
use crate::api_keys::count_live;
use crate::model::printable;
use crate::roles::KEY;
use crate::{Error, Roles, queries};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use xr_base::{Fault, Millis, UserId};
use xr_store::{Command, Tx, params, sql};

/// Who makes and revokes keys.
pub(crate) const KEYS_PERMISSION: &str = "keys.manage";
/// Keys of an organisation that open something at a time.
const KEYS_MAX: i64 = 50;
const NAME_CHARS_MAX: usize = 40;
/// A key that nobody renews ends after a year.
const DAYS_MAX: i64 = 366;
const PER_MINUTE_MAX: i64 = 6_000;

/// A key to make.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// 1..=40 characters: which program it is for.
    pub name: String,
    /// Permission words, at least one, each of which the caller has and a program may hold.
    pub permissions: BTreeSet<String>,
    /// It ends after so many days, 1..=366.
    pub days: i64,
    /// Calls in a minute, 1..=6000.
    #[serde(default = "per_minute")]
    pub per_minute: i64,
}

const fn per_minute() -> i64 {
    600
}

/// Makes a key.
#[derive(Clone, Debug)]
pub struct MakeKey {
    /// Who acts; needs `keys.manage` and every word of the key.
    pub by: Asker,
    /// The roles in force.
    pub roles: Arc<Roles>,
    /// What is made.
    pub new: NewKey,
    /// Hex SHA-256 of its token.
    pub token_hash: String,
    /// Last four characters of it.
    pub hint: String,
}

impl MakeKey {
    fn check(&self, admin: &Administrator) -> Result<(), Error> {
        let words = &self.new.permissions;
        if words.is_empty() {
            return Err(Error::NoPermissions);
        }
        admin.may_give(&self.roles, words)?;
        if let Some(word) = words.iter().find(|word| self.roles.key.people_only.contains(*word)) {
            return Err(Error::PeopleOnly(word.clone()));
        }
        within("days", self.new.days, DAYS_MAX)?;
        within("per_minute", self.new.per_minute, PER_MINUTE_MAX)
    }
}

fn within(field: &'static str, number: i64, max: i64) -> Result<(), Error> {
    if (1..=max).contains(&number) { Ok(()) } else { Err(Error::OutOfRange { field, max }) }
}

impl Command for MakeKey {
    type Out = UserId;
    const NAME: &'static str = "identity.make_key";

    fn run(&self, tx: &mut Tx<'_>) -> Result<UserId, Fault> {
        let admin = Administrator::with(tx, &self.roles, &self.by, KEYS_PERMISSION)?;
        let name = printable("name", &self.new.name, NAME_CHARS_MAX)?;
        self.check(&admin)?;
        if count_live(tx, admin.org)? >= KEYS_MAX {
            return Err(Error::TooManyKeys(KEYS_MAX).into());
        }
        let member = NewPerson {
            // Nobody logs in by it: there is no password.
            login: &format!("{KEY}:{}", self.token_hash.get(..32).unwrap_or_default()),
            name: &name,
            phone: None,
            role: (KEY, None),
            party: admin.user.party,
            org: Some(admin.org),
            is_owner: false,
        };
        let id = insert_person(tx, &member)?;
        let NewKey { permissions, days, per_minute, .. } = &self.new;
        let (wall, words) = (tx.wall(), super::stored(permissions)?);
        tx.put(
            sql!(
                "INSERT INTO api_keys (user_id, org_id, made_by, permissions, token_hash, hint, per_minute, created_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) /* unscoped: one's own organisation */"
            ),
            params![id, admin.org, admin.user.id, words, self.token_hash, self.hint, per_minute, wall, wall + Millis::days(*days)],
        )?;
        let after = json!({ "name": name, "permissions": permissions, "days": days, "per_minute": per_minute });
        let body = json!({ "user": id, "before": null, "after": after });
        tell(tx, ("identity.key_made", id.0), &admin.actor, of_org(Some(admin.org)), body)?;
        Ok(id)
    }
}

/// Revokes a key: at once it opens nothing. Whoever manages keys revokes every one, also those that can do more than they.
#[derive(Clone, Debug)]
pub struct RevokeKey {
    /// Who acts; needs `keys.manage`.
    pub by: Asker,
    /// The roles in force.
    pub roles: Arc<Roles>,
    /// Which one.
    pub key: UserId,
}

impl Command for RevokeKey {
    type Out = ();
    const NAME: &'static str = "identity.revoke_key";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let admin = Administrator::with(tx, &self.roles, &self.by, KEYS_PERMISSION)?;
        let is_key = |user: &crate::model::User| user.org == Some(admin.org) && user.role == KEY;
        let key = queries::user(tx, self.key)?.filter(is_key).ok_or(Error::NoSuchKey)?;
        let wall = tx.wall();
        let revoked = tx.exec(
            sql!(
                "UPDATE api_keys SET revoked_at = ?2 WHERE user_id = ?1 AND revoked_at IS NULL
                 /* unscoped: found in one's own organisation */"
            ),
            params![key.id, wall],
        )?;
        if revoked == 0 {
            return Ok(());
        }
        tx.put(
            sql!(
                "UPDATE users SET is_disabled = 1, version = version + 1 WHERE id = ?1
                 /* unscoped: found in one's own organisation */"
            ),
            params![key.id],
        )?;
        let body = json!({ "user": key.id });
        Ok(tell(tx, ("identity.key_revoked", key.id.0), &admin.actor, of_org(Some(admin.org)), body)?)
    }
}

/// Writes down that a key is in use.
#[derive(Clone, Debug)]
pub struct NoteKeyUse {
    /// Which one.
    pub key: UserId,
}

impl Command for NoteKeyUse {
    type Out = ();
    const NAME: &'static str = "identity.note_key_use";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let wall = tx.wall();
        Ok(tx.put(
            sql!(
                "INSERT INTO api_key_uses (user_id, at) VALUES (?1, ?2) ON CONFLICT (user_id) DO UPDATE SET at = ?2
                 /* unscoped: by token */"
            ),
            params![self.key, wall],
        )?)
    }
}
