//! Members of an organisation, administered by one of them.

use super::administration::{Administrator, Given, owners_but, told};
use super::users::{NewPerson, checked_name, insert};
use super::{Asker, of_org, tell};
use crate::model::User;
use crate::roles::KEY;
use crate::{Error, Roles, queries};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use xr_base::{Fault, StoreError, UserId};
use xr_store::{Command, Tx, params, sql};

/// Somebody who is to be a member.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Log-in name, 1..=64 characters, once in the whole product; kept in lower case.
    pub login: String,
    /// Name, 1..=64 characters.
    pub name: String,
    /// Phone number; only its masked form is kept.
    pub phone: Option<String>,
    /// Name of a built-in role, or id of one that the organisation made.
    pub role: String,
}

/// Adds a member to the organisation of who acts.
#[derive(Clone, Debug)]
pub struct AddMember {
    /// Who acts; needs `members.manage` and everything that the role allows.
    pub by: Asker,
    /// The roles in force.
    pub roles: Arc<Roles>,
    /// Whom.
    pub new: NewMember,
    /// From [`crate::password::hash`], after [`crate::password::check`].
    pub password_hash: String,
}

impl Command for AddMember {
    type Out = UserId;
    const NAME: &'static str = "identity.add_member";

    fn run(&self, tx: &mut Tx<'_>) -> Result<UserId, Fault> {
        let admin = Administrator::at_work(tx, &self.roles, &self.by)?;
        let role = admin.role_to_give(tx, &self.roles, &self.new.role)?;
        let new = NewPerson {
            login: &self.new.login,
            name: &self.new.name,
            phone: self.new.phone.as_deref(),
            role: (&role.name, role.own),
            party: admin.user.party,
            org: Some(admin.org),
            is_owner: false,
        };
        let user = insert(tx, &new, &self.password_hash)?;
        let body = json!({ "user": user.id, "before": null, "after": told(&user) });
        tell(tx, ("identity.member_added", user.id.0), &admin.actor, of_org(Some(admin.org)), body)?;
        Ok(user.id)
    }
}

/// What is to be different about a member.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChanges {
    /// Version of the member that the caller has seen.
    pub version: i64,
    /// Another name, 1..=64 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// Another role: the name of a built-in one, or the id of one that the organisation made.
    #[serde(default)]
    pub role: Option<String>,
    /// Whether log-in is refused from now on.
    #[serde(default)]
    pub is_disabled: Option<bool>,
    /// Whether it is a main account from now on; it then has the main role.
    #[serde(default)]
    pub is_owner: Option<bool>,
}

/// Changes a member's name, role or state, or gives or takes ownership.
#[derive(Clone, Debug)]
pub struct ChangeMember {
    /// Who acts; needs `members.manage` and everything that the member may do, before and after.
    pub by: Asker,
    /// The roles in force.
    pub roles: Arc<Roles>,
    /// Who is changed.
    pub member: UserId,
    /// How.
    pub changes: MemberChanges,
}

/// A member as it is to be.
struct Wanted {
    name: String,
    role: Given,
    is_disabled: bool,
    is_owner: bool,
}

impl ChangeMember {
    fn wanted(&self, tx: &mut Tx<'_>, admin: &Administrator, member: &User) -> Result<Wanted, Fault> {
        let MemberChanges { name, role, is_disabled, is_owner, .. } = &self.changes;
        let name = name.as_deref().map_or_else(|| Ok(member.name.clone()), checked_name)?;
        let (is_disabled, is_owner) = (is_disabled.unwrap_or(member.is_disabled), is_owner.unwrap_or(member.is_owner));
        let present = Given { name: member.role.clone(), own: member.own_role };
        let main = self.roles.main_of(admin.kind);
        let role = match role.as_deref().or(main.filter(|_| is_owner && !member.is_owner)) {
            Some(role) => admin.role_to_give(tx, &self.roles, role)?,
            None => present,
        };
        if is_owner && main != Some(role.name.as_str()) {
            return Err(Error::OwnerKeepsRole.into());
        }
        Ok(Wanted { name, role, is_disabled, is_owner })
    }

    fn check(&self, admin: &Administrator, member: &User, wanted: &Wanted) -> Result<(), Error> {
        let is_same_role = wanted.role.name == member.role && wanted.role.own == member.own_role;
        if member.id == self.by.user && !(is_same_role && wanted.is_disabled == member.is_disabled) {
            return Err(Error::Yourself);
        }
        let touches_owner = wanted.is_owner != member.is_owner || (member.is_owner && member.id != self.by.user);
        if touches_owner && !admin.user.is_owner {
            return Err(Error::OwnersOnly);
        }
        // What a role allowed cannot be taken away, or locked, by who has less.
        admin.has_all(self.roles.words_of(member).unwrap_or_default())
    }
}

impl Command for ChangeMember {
    type Out = ();
    const NAME: &'static str = "identity.change_member";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let admin = Administrator::at_work(tx, &self.roles, &self.by)?;
        let is_member = |user: &User| user.org == Some(admin.org) && user.role != KEY;
        let member = queries::user(tx, self.member)?.filter(is_member);
        let member = member.ok_or(Error::NoSuchUser)?;
        if member.version != self.changes.version {
            return Err(Error::Changed.into());
        }
        let wanted = self.wanted(tx, &admin, &member)?;
        self.check(&admin, &member, &wanted)?;
        let was_owner = member.is_owner && !member.is_disabled;
        let ends = was_owner && (wanted.is_disabled || !wanted.is_owner);
        if ends && owners_but(tx, admin.org, member.id)? == 0 {
            return Err(Error::LastOwner.into());
        }
        let Wanted { name, role, is_disabled, is_owner } = wanted;
        let changed = tx.exec(
            sql!(
                "UPDATE users SET name = ?3, role = ?4, own_role = ?5, is_disabled = ?6, is_owner = ?7, version = version + 1
                 WHERE id = ?1 AND version = ?2 /* unscoped: found in one's own organisation */"
            ),
            params![member.id, member.version, name, role.name, role.own, is_disabled, is_owner],
        )?;
        StoreError::compared(changed, "the member")?;
        if is_disabled {
            super::sessions::end_all(tx, member.id, "")?;
        }
        let after = queries::user(tx, member.id)?.ok_or(Error::NoSuchUser)?;
        let body = json!({
            "user": member.id, "is_renamed": after.name != member.name, "before": told(&member), "after": told(&after),
        });
        Ok(tell(tx, ("identity.member_changed", after.id.0), &admin.actor, of_org(Some(admin.org)), body)?)
    }
}
