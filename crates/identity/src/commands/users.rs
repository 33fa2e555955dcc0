//! People.

use super::{of_user, tell, themselves};
use crate::model::{User, mask_phone, printable};
use crate::roles::Role;
use crate::{Error, authorise, queries};
use serde_json::json;
use xr_base::{Actor, Fault, Locale, OrgId, Party, StoreError, UserId};
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
        let phone = self.phone.as_deref().map(|phone| printable("phone", phone, PHONE_CHARS_MAX)).transpose()?;
        let user = User {
            id: tx.id(),
            login: printable("login", &self.login, LOGIN_CHARS_MAX)?.to_lowercase(),
            name: printable("name", &self.name, NAME_CHARS_MAX)?,
            phone_masked: phone.map(|phone| mask_phone(&phone)).unwrap_or_default(),
            role: self.role_name.clone(),
            party: self.role.party,
            org: self.checked_org(tx)?,
            locale: None,
            is_disabled: false,
        };
        let now = tx.now();
        let added = tx.exec(
            sql!(
                "INSERT INTO users (id, login, name, phone_masked, role, party, org_id, locale, is_disabled, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, 0, ?8) /* unscoped: creating */"
            ),
            params![user.id, user.login, user.name, user.phone_masked, user.role, user.party, user.org, now],
        );
        match added {
            Err(StoreError::Duplicate(_)) => return Err(Error::LoginTaken.into()),
            other => other?,
        };
        tx.put(
            sql!("INSERT INTO passwords (user_id, hash) VALUES (?1, ?2) /* unscoped: creating */"),
            params![user.id, self.password_hash],
        )?;
        let body = json!({ "user": user.id, "role": user.role });
        tell(tx, "identity.user_created", &self.actor, of_user(&user), body)?;
        Ok(user)
    }
}

/// Adds a buyer of an imported history inside another use case: without password, log-ins refused, no phone.
///
/// `login` and `name` are bounded as in [`CreateUser`].
///
/// # Errors
/// [`Error::BadText`], [`Error::LoginTaken`], or a missing `identity.manage`.
pub fn add_dormant_buyer(tx: &mut Tx<'_>, actor: &Actor, login: &str, name: &str) -> Result<UserId, Fault> {
    authorise(actor, "identity.manage")?;
    let user = User {
        id: tx.id(),
        login: printable("login", login, LOGIN_CHARS_MAX)?.to_lowercase(),
        name: printable("name", name, NAME_CHARS_MAX)?,
        phone_masked: String::new(),
        role: "buyer".to_owned(),
        party: Party::Buyer,
        org: None,
        locale: None,
        is_disabled: true,
    };
    let (now, party) = (tx.now(), user.party);
    let added = tx.exec(
        sql!(
            "INSERT INTO users (id, login, name, phone_masked, role, party, org_id, locale, is_disabled, created_at)
             VALUES (?1, ?2, ?3, '', ?4, ?5, NULL, NULL, 1, ?6) /* unscoped: creating */"
        ),
        params![user.id, user.login, user.name, user.role, party, now],
    );
    match added {
        Err(StoreError::Duplicate(_)) => return Err(Error::LoginTaken.into()),
        other => other?,
    };
    let body = json!({ "user": user.id, "role": user.role });
    tell(tx, "identity.user_created", actor, of_user(&user), body)?;
    Ok(user.id)
}

/// Refuses a person's log-ins from now on and ends their sessions.
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
        let user = queries::user(tx, self.user)?.ok_or(Error::NoSuchUser)?;
        tx.put(
            sql!("UPDATE users SET is_disabled = 1 WHERE id = ?1 /* unscoped: by id after authorisation */"),
            params![user.id],
        )?;
        super::sessions::end_all(tx, user.id, "")?;
        Ok(tell(tx, "identity.user_disabled", &self.actor, of_user(&user), json!({ "user": user.id }))?)
    }
}

/// A person chooses the language that the server speaks to them.
#[derive(Clone, Debug)]
pub struct ChooseLocale {
    /// Who.
    pub user: UserId,
    /// The language; none leaves it to the browser again.
    pub locale: Option<Locale>,
}

impl Command for ChooseLocale {
    type Out = ();
    const NAME: &'static str = "identity.choose_locale";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let user = queries::user(tx, self.user)?.ok_or(Error::NoSuchUser)?;
        let tag = self.locale.map(xr_web::texts::tag);
        tx.put(sql!("UPDATE users SET locale = ?2 WHERE id = ?1 /* unscoped: own account */"), params![user.id, tag])?;
        let body = json!({ "user": user.id, "locale": tag });
        Ok(tell(tx, "identity.locale_chosen", &themselves(&user), of_user(&user), body)?)
    }
}
