//! Roles that an organisation makes of permission words.

use super::administration::Administrator;
use super::{Asker, of_org, stored, tell};
use crate::model::{OrgRole, printable};
use crate::{Error, Roles, queries};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use xr_base::{Fault, RoleId, StoreError};
use xr_store::{Command, Tx, params, sql};

/// Roles of one organisation.
const ROLES_MAX: i64 = 50;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 40;

/// A role to make.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// 1..=40 characters, once in the organisation.
    pub name: String,
    /// Permission words, each of which the caller has.
    pub permissions: BTreeSet<String>,
}

/// What is to be different about a role.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChanges {
    /// Version of the role that the caller has seen.
    pub version: i64,
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Other permission words, each of which the caller has.
    #[serde(default)]
    pub permissions: Option<BTreeSet<String>>,
}

fn told(role: &OrgRole) -> Value {
    json!({ "name": role.name, "permissions": role.words })
}

impl Administrator {
    /// Whether no other role of the organisation has this name.
    fn free_name(&self, tx: &mut Tx<'_>, name: &str, own: Option<RoleId>) -> Result<(), Fault> {
        let taken: Option<(RoleId,)> = tx.opt(
            sql!("SELECT id FROM org_roles WHERE org_id = ?1 AND name = ?2 /* unscoped: one's own organisation */"),
            params![self.org, name],
        )?;
        if taken.is_some_and(|(id,)| Some(id) != own) { Err(Error::RoleNameTaken.into()) } else { Ok(()) }
    }

    /// A role as who acts has seen it, if they may touch it: no more than they have themselves, and not their own.
    fn role_to_change(&self, tx: &mut Tx<'_>, roles: &Roles, (id, version): (RoleId, i64)) -> Result<OrgRole, Fault> {
        let role = queries::org_role(tx, self.org, id)?.ok_or(Error::NoSuchRole)?;
        if role.version != version {
            return Err(Error::Changed.into());
        }
        // Words that this program does not know are nobody's: a role must not be stuck for them.
        let ceiling = roles.ceiling(self.kind);
        self.has_all(role.words.0.iter().map(String::as_str).filter(|word| ceiling.contains(word)))?;
        if self.user.own_role == Some(id) {
            return Err(Error::OwnRole.into());
        }
        Ok(role)
    }
}

/// Makes a role.
#[derive(Clone, Debug)]
pub struct AddRole {
    /// Who acts; needs `members.manage` and every word of the role.
    pub by: Asker,
    /// The roles in force.
    pub roles: Arc<Roles>,
    /// What is made.
    pub new: NewRole,
}

impl Command for AddRole {
    type Out = RoleId;
    const NAME: &'static str = "identity.add_role";

    fn run(&self, tx: &mut Tx<'_>) -> Result<RoleId, Fault> {
        let admin = Administrator::at_work(tx, &self.roles, &self.by)?;
        let name = printable("name", &self.new.name, NAME_CHARS_MAX)?;
        admin.may_give(&self.roles, &self.new.permissions)?;
        admin.free_name(tx, &name, None)?;
        if i64::try_from(queries::org_roles(tx, admin.org)?.len()).unwrap_or(i64::MAX) >= ROLES_MAX {
            return Err(Error::TooManyRoles(ROLES_MAX).into());
        }
        let (id, now): (RoleId, _) = (tx.id(), tx.now());
        tx.put(
            sql!(
                "INSERT INTO org_roles (id, org_id, name, permissions, version, created_at) VALUES (?1, ?2, ?3, ?4, 1, ?5)
                 /* unscoped: one's own organisation */"
            ),
            params![id, admin.org, name, stored(&self.new.permissions)?, now],
        )?;
        let after = json!({ "name": name, "permissions": self.new.permissions });
        let body = json!({ "role": id, "before": null, "after": after });
        tell(tx, ("identity.role_created", id.0), &admin.actor, of_org(Some(admin.org)), body)?;
        Ok(id)
    }
}

/// Renames a role, or makes it of other words: everybody who has it then has those.
#[derive(Clone, Debug)]
pub struct ChangeRole {
    /// Who acts; needs `members.manage` and every word of the role, before and after.
    pub by: Asker,
    /// The roles in force.
    pub roles: Arc<Roles>,
    /// Which one.
    pub role: RoleId,
    /// How.
    pub changes: RoleChanges,
}

impl Command for ChangeRole {
    type Out = ();
    const NAME: &'static str = "identity.change_role";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let admin = Administrator::at_work(tx, &self.roles, &self.by)?;
        let RoleChanges { version, name, permissions } = &self.changes;
        let role = admin.role_to_change(tx, &self.roles, (self.role, *version))?;
        let name = name.as_deref().map_or_else(|| Ok(role.name.clone()), |n| printable("name", n, NAME_CHARS_MAX))?;
        admin.free_name(tx, &name, Some(role.id))?;
        let words = permissions.as_ref().unwrap_or(&role.words.0);
        if permissions.is_some() {
            admin.may_give(&self.roles, words)?;
        }
        let changed = tx.exec(
            sql!(
                "UPDATE org_roles SET name = ?3, permissions = ?4, version = version + 1 WHERE id = ?1 AND version = ?2
                 /* unscoped: found in one's own organisation */"
            ),
            params![role.id, role.version, name, stored(words)?],
        )?;
        StoreError::compared(changed, "the role")?;
        let after = json!({ "name": name, "permissions": words });
        let body = json!({ "role": role.id, "before": told(&role), "after": after });
        Ok(tell(tx, ("identity.role_changed", role.id.0), &admin.actor, of_org(Some(admin.org)), body)?)
    }
}

/// Deletes a role that nobody has.
#[derive(Clone, Debug)]
pub struct DeleteRole {
    /// Who acts; needs `members.manage` and every word of the role.
    pub by: Asker,
    /// The roles in force.
    pub roles: Arc<Roles>,
    /// Which one.
    pub role: RoleId,
    /// Version of it that they have seen.
    pub version: i64,
}

impl Command for DeleteRole {
    type Out = ();
    const NAME: &'static str = "identity.delete_role";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let admin = Administrator::at_work(tx, &self.roles, &self.by)?;
        let role = admin.role_to_change(tx, &self.roles, (self.role, self.version))?;
        if role.members > 0 {
            return Err(Error::RoleInUse(role.members).into());
        }
        let gone = tx.exec(
            sql!(
                "DELETE FROM org_roles WHERE id = ?1 AND version = ?2 /* unscoped: found in one's own organisation */"
            ),
            params![role.id, role.version],
        )?;
        StoreError::compared(gone, "the role")?;
        let body = json!({ "role": role.id, "before": told(&role), "after": null });
        Ok(tell(tx, ("identity.role_deleted", role.id.0), &admin.actor, of_org(Some(admin.org)), body)?)
    }
}
