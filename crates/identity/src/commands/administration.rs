//! Who administers an organisation, and what they may give. Everything here happens under a hold on the organisation, so that two
//! who act at once act one after the other, and each with the rights of that moment: nobody gives what they lost a moment ago.

use super::Asker;
use crate::model::{OrgKind, User};
use crate::roles::CUSTOM;
use crate::{Error, Roles, authorise, queries};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use xr_base::{Actor, Fault, OrgId, Problem, RoleId, StoreError, UserId};
use xr_store::{Tx, params, sql};

/// Permission of everything here.
pub(crate) const PERMISSION: &str = "members.manage";

/// Who acts, with the rights of this moment.
pub(super) struct Administrator {
    pub(super) user: User,
    pub(super) actor: Actor,
    pub(super) org: OrgId,
    pub(super) kind: OrgKind,
    words: BTreeSet<String>,
}

/// A role to be given: the name of a built-in one, or the id of one that the organisation made.
pub(super) struct Given {
    pub(super) name: String,
    pub(super) own: Option<RoleId>,
}

/// Nobody else changes members or roles of the organisation until this command ends.
pub(super) fn hold(tx: &mut Tx<'_>, org: OrgId) -> Result<(), Fault> {
    let held = tx.exec(
        sql!(
            "UPDATE orgs SET members_version = members_version + 1 WHERE id = ?1 /* unscoped: one's own organisation */"
        ),
        params![org],
    )?;
    Ok(StoreError::compared(held, "the organisation")?)
}

/// Whether some main account may log in.
pub(super) fn has_owner(tx: &mut Tx<'_>, org: OrgId) -> Result<bool, StoreError> {
    Ok(owners_but(tx, org, UserId(0))? > 0)
}

/// Main accounts that may log in, but for one.
pub(super) fn owners_but(tx: &mut Tx<'_>, org: OrgId, but: UserId) -> Result<i64, StoreError> {
    let (owners,): (i64,) = tx.one(
        sql!(
            "SELECT COUNT(*) FROM users WHERE org_id = ?1 AND is_owner = 1 AND is_disabled = 0 AND id <> ?2
             /* unscoped: one's own organisation */"
        ),
        params![org, but],
    )?;
    Ok(owners)
}

impl Administrator {
    /// Who administers members.
    pub(super) fn at_work(tx: &mut Tx<'_>, roles: &Roles, asker: &Asker) -> Result<Self, Fault> {
        Self::with(tx, roles, asker, PERMISSION)
    }

    /// Holds the organisation of `by` and looks up what they may do now; `permission` at least.
    pub(super) fn with(tx: &mut Tx<'_>, roles: &Roles, asker: &Asker, permission: &str) -> Result<Self, Fault> {
        let by = asker.user;
        let forbidden = || Problem::new(403, "web.forbidden").with("permission", permission);
        let org = queries::user(tx, by)?.and_then(|user| user.org).ok_or_else(forbidden)?;
        hold(tx, org)?;
        let user = queries::user(tx, by)?.filter(|user| user.org == Some(org)).ok_or_else(forbidden)?;
        let mut principal = roles.principal(&user).ok_or_else(forbidden)?;
        principal.address.clone_from(&asker.address);
        let kind = OrgKind::of(principal.party).ok_or_else(forbidden)?;
        let words = principal.permissions.iter().cloned().collect();
        let actor = Actor::Person(principal);
        authorise(&actor, permission)?;
        Ok(Self { user, actor, org, kind, words })
    }

    /// Whether all of `words` are among the rights of who acts.
    pub(super) fn has_all<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Result<(), Error> {
        let beyond = words.into_iter().find(|word| !self.words.contains(*word));
        beyond.map_or(Ok(()), |word| Err(Error::BeyondRights(word.to_owned())))
    }

    /// Whether all of `words` are such as people of this kind of organisation can have, and among the rights of who acts.
    pub(super) fn may_give(&self, roles: &Roles, words: &BTreeSet<String>) -> Result<(), Error> {
        let ceiling = roles.ceiling(self.kind);
        let unknown = words.iter().find(|word| !ceiling.contains(word.as_str()));
        unknown.map_or(Ok(()), |word| Err(Error::UnknownPermission(word.clone())))?;
        self.has_all(words.iter().map(String::as_str))
    }

    /// The role of this name or id, if who acts may give it.
    pub(super) fn role_to_give(&self, tx: &mut Tx<'_>, roles: &Roles, role: &str) -> Result<Given, Fault> {
        let unknown = || Error::UnknownRole(role.to_owned());
        if let Ok(id) = role.parse::<RoleId>() {
            let found = queries::org_role(tx, self.org, id)?.ok_or_else(unknown)?;
            // Also words that this program does not know: a newer one beside it does.
            self.has_all(found.words.0.iter().map(String::as_str))?;
            return Ok(Given { name: CUSTOM.to_owned(), own: Some(id) });
        }
        let built_in = roles.role.get(role).filter(|found| found.org == Some(self.kind)).ok_or_else(unknown)?;
        self.has_all(built_in.permissions.iter().map(String::as_str))?;
        Ok(Given { name: role.to_owned(), own: None })
    }
}

/// What an operation log shows of a member; names of people are no matter of events.
pub(super) fn told(user: &User) -> Value {
    json!({
        "role": user.role, "own_role": user.own_role, "own_role_name": user.own_role_name,
        "is_disabled": user.is_disabled, "is_owner": user.is_owner,
    })
}
