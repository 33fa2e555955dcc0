//! People.

use super::administration::{has_owner, hold, owners_but};
use super::{Asker, of_user, tell, themselves};
use crate::model::{User, mask_phone, printable};
use crate::roles::Role;
use crate::{Error, authorise, queries};
use serde_json::json;
use xr_base::{Actor, Fault, Locale, OrgId, Party, RoleId, StoreError, UserId};
use xr_store::events::Audience;
use xr_store::{Command, Tx, params, sql};

/// Longest log-in name, in characters.
const LOGIN_CHARS_MAX: usize = 64;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 64;
/// Longest phone number, in characters.
const PHONE_CHARS_MAX: usize = 24;

/// Creates a person with a log-in.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// Who creates; needs `identity.manage`.
    pub actor: Actor,
    /// Log-in name, 1..=64 characters; kept in lower case.
    pub login: String,
    /// Name, 1..=64 characters.
    pub name: String,
    /// Phone number; only its masked form is kept.
    pub phone: Option<String>,
    /// Name of the role …
    pub role_name: String,
    /// … and what it is, from [`crate::Roles`].
    pub role: Role,
    /// Organisation of the kind that the role wants; none for buyers.
    pub org: Option<OrgId>,
    /// From [`crate::password::hash`], after [`crate::password::check`].
    pub password_hash: String,
}

impl CreateUser {
    fn checked_org(&self, tx: &mut Tx<'_>) -> Result<Option<OrgId>, Fault> {
        match (self.role.org, self.org) {
            (None, None) => Ok(None),
            (Some(kind), Some(id)) => {
                let org = queries::org(tx, id)?.filter(|org| org.kind == kind).ok_or(Error::NoSuchOrg)?;
                Ok(Some(org.id))
            }
            _ => Err(Error::NoSuchOrg.into()),
        }
    }
}

impl Command for CreateUser {
    type Out = User;
    const NAME: &'static str = "identity.create_user";

    fn run(&self, tx: &mut Tx<'_>) -> Result<User, Fault> {
        authorise(&self.actor, "identity.manage")?;
        let org = self.checked_org(tx)?;
        // Somebody must be able to do everything in an organisation: the first one with its main role.
        let is_owner = match org {
            Some(org) if self.role.is_main => {
                hold(tx, org)?;
                !has_owner(tx, org)?
            }
            _ => false,
        };
        let new = NewPerson {
            login: &self.login,
            name: &self.name,
            phone: self.phone.as_deref(),
            role: (&self.role_name, None),
            party: self.role.party,
            org,
            is_owner,
        };
        let user = insert(tx, &new, &self.password_hash)?;
        let body = json!({ "user": user.id, "role": user.role });
        tell(tx, ("identity.user_created", user.id.0), &self.actor, of_user(&user), body)?;
        Ok(user)
    }
}

/// Somebody to be inserted.
pub(super) struct NewPerson<'a> {
    pub(super) login: &'a str,
    pub(super) name: &'a str,
    pub(super) phone: Option<&'a str>,
    pub(super) role: (&'a str, Option<RoleId>),
    pub(super) party: Party,
    pub(super) org: Option<OrgId>,
    pub(super) is_owner: bool,
}

/// Inserts somebody who may log in.
pub(super) fn insert(tx: &mut Tx<'_>, new: &NewPerson<'_>, password_hash: &str) -> Result<User, Fault> {
    let id = insert_person(tx, new)?;
    tx.put(
        sql!("INSERT INTO passwords (user_id, hash) VALUES (?1, ?2) /* unscoped: creating */"),
        params![id, password_hash],
    )?;
    Ok(queries::user(tx, id)?.ok_or(Error::NoSuchUser)?)
}

/// Inserts somebody who has no password so far.
pub(super) fn insert_person(tx: &mut Tx<'_>, new: &NewPerson<'_>) -> Result<UserId, Fault> {
    let phone = new.phone.map(|phone| printable("phone", phone, PHONE_CHARS_MAX)).transpose()?;
    let (id, now): (UserId, _) = (tx.id(), tx.now());
    let login = printable("login", new.login, LOGIN_CHARS_MAX)?.to_lowercase();
    let name = checked_name(new.name)?;
    let phone = phone.map(|phone| mask_phone(&phone)).unwrap_or_default();
    let added = tx.exec(
        sql!(
            "INSERT INTO users (id, login, name, phone_masked, role, party, org_id, locale, is_disabled, created_at, is_owner,
             own_role) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, 0, ?8, ?9, ?10) /* unscoped: creating */"
        ),
        params![id, login, name, phone, new.role.0, new.party, new.org, now, new.is_owner, new.role.1],
    );
    match added {
        Err(StoreError::Duplicate(_)) => Err(Error::LoginTaken.into()),
        other => Ok(other.map(|_| id)?),
    }
}

/// A name as it is kept.
pub(super) fn checked_name(name: &str) -> Result<String, Error> {
    printable("name", name, NAME_CHARS_MAX)
}

/// Adds a buyer of an imported history inside another use case: without password, log-ins refused, no phone.
///
/// `login` and `name` are bounded as in [`CreateUser`].
///
/// # Errors
/// [`Error::BadText`], [`Error::LoginTaken`], or a missing `identity.manage`.
pub fn add_dormant_buyer(tx: &mut Tx<'_>, actor: &Actor, login: &str, name: &str) -> Result<UserId, Fault> {
    authorise(actor, "identity.manage")?;
    let (id, now): (UserId, _) = (tx.id(), tx.now());
    let (login, name) = (printable("login", login, LOGIN_CHARS_MAX)?.to_lowercase(), checked_name(name)?);
    let added = tx.exec(
        sql!(
            "INSERT INTO users (id, login, name, phone_masked, role, party, org_id, locale, is_disabled, created_at)
             VALUES (?1, ?2, ?3, '', 'buyer', ?4, NULL, NULL, 1, ?5) /* unscoped: creating */"
        ),
        params![id, login, name, Party::Buyer, now],
    );
    match added {
        Err(StoreError::Duplicate(_)) => return Err(Error::LoginTaken.into()),
        other => other?,
    };
    let body = json!({ "user": id, "role": "buyer" });
    let whose = Audience { buyer: Some(id), ..Audience::default() };
    tell(tx, ("identity.user_created", id.0), actor, whose, body)?;
    Ok(id)
}

/// Refuses a person's log-ins from now on and ends their sessions. The platform's own act; an organisation's last main account that may
/// log in stays.
#[derive(Clone, Debug)]
pub struct DisableUser {
    /// Who disables; needs `identity.manage`.
    pub actor: Actor,
    /// Whom.
    pub user: UserId,
}

impl Command for DisableUser {
    type Out = ();
    const NAME: &'static str = "identity.disable_user";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        authorise(&self.actor, "identity.manage")?;
        let mut user = queries::user(tx, self.user)?.ok_or(Error::NoSuchUser)?;
        if let Some(org) = user.org {
            hold(tx, org)?;
            user = queries::user(tx, self.user)?.ok_or(Error::NoSuchUser)?;
            if user.is_owner && !user.is_disabled && owners_but(tx, org, user.id)? == 0 {
                return Err(Error::LastOwner.into());
            }
        }
        tx.put(
            sql!("UPDATE users SET is_disabled = 1 WHERE id = ?1 /* unscoped: by id after authorisation */"),
            params![user.id],
        )?;
        super::sessions::end_all(tx, user.id, "")?;
        Ok(tell(tx, ("identity.user_disabled", user.id.0), &self.actor, of_user(&user), json!({ "user": user.id }))?)
    }
}

/// A person chooses the language that the server speaks to them.
#[derive(Clone, Debug)]
pub struct ChooseLocale {
    /// Who.
    pub by: Asker,
    /// The language; none leaves it to the browser again.
    pub locale: Option<Locale>,
}

impl Command for ChooseLocale {
    type Out = ();
    const NAME: &'static str = "identity.choose_locale";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let user = queries::user(tx, self.by.user)?.ok_or(Error::NoSuchUser)?;
        let tag = self.locale.map(xr_web::texts::tag);
        tx.put(sql!("UPDATE users SET locale = ?2 WHERE id = ?1 /* unscoped: own account */"), params![user.id, tag])?;
        let body = json!({ "user": user.id, "locale": tag });
        Ok(tell(
            tx,
            ("identity.locale_chosen", user.id.0),
            &themselves(&user, self.by.address.clone()),
            of_user(&user),
            body,
        )?)
    }
}
