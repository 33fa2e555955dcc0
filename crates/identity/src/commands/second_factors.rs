//! Turning the second factor of log-in on and off. Secrets and recovery codes come in: randomness is forbidden here.

use super::administration::Administrator;
use super::sessions::end_all;
use super::{Asker, of_user, tell, themselves};
use crate::model::User;
use crate::throttle::Subjects;
use crate::totp::Secret;
use crate::{Error, Roles, authorise, queries, second_factor};
use serde_json::json;
use std::sync::Arc;
use xr_base::{Actor, Fault, UserId};
use xr_store::{Command, Tx};

/// A person who showed their password when they asked.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Who.
    pub by: Asker,
    /// Hash that the password was found right for; it must still be theirs.
    pub hash: String,
}

impl Verified {
    fn user(&self, tx: &mut Tx<'_>) -> Result<User, Fault> {
        let user = queries::user(tx, self.by.user)?.ok_or(Error::NoSuchUser)?;
        let hash = queries::password_hash(tx, user.id)?;
        if hash.as_ref() == Some(&self.hash) { Ok(user) } else { Err(Error::WrongPassword.into()) }
    }

    /// The person, if `code` is one of theirs, which is used up; none after a wrong one, which is counted.
    fn with_code(&self, tx: &mut Tx<'_>, code: &str) -> Result<Option<User>, Fault> {
        let user = self.user(tx)?;
        let subjects = Subjects::of(&user.login, None);
        if let Some(seconds) = subjects.wait_s(tx)? {
            return Err(Error::TooManyAttempts(seconds).into());
        }
        let factor = second_factor::of(tx, user.id)?.filter(|factor| factor.is_confirmed);
        let factor = factor.ok_or(Error::SecondFactorIsOff)?;
        if second_factor::accept(tx, user.id, &factor, code)?.is_some() {
            return Ok(Some(user));
        }
        subjects.count(tx)?;
        Ok(None)
    }

    fn tell(&self, tx: &mut Tx<'_>, kind: &str, user: &User) -> Result<(), Fault> {
        let actor = themselves(user, self.by.address.clone());
        Ok(tell(tx, (kind, user.id.0), &actor, of_user(user), json!({ "user": user.id }))?)
    }
}

/// Keeps a secret until a code of it is shown; log-in does not ask for it before.
#[derive(Clone, Debug)]
pub struct BeginSecondFactor {
    /// Whose.
    pub by: Verified,
    /// Fresh.
    pub secret: Secret,
}

impl Command for BeginSecondFactor {
    /// The log-in name, which the app is to show.
    type Out = String;
    const NAME: &'static str = "identity.begin_second_factor";

    fn run(&self, tx: &mut Tx<'_>) -> Result<String, Fault> {
        let user = self.by.user(tx)?;
        if second_factor::state(tx, user.id)?.0.is_some() {
            return Err(Error::SecondFactorIsOn.into());
        }
        second_factor::begin(tx, user.id, &self.secret)?;
        Ok(user.login)
    }
}

/// Turns the second factor on, once a code shows that the app has the secret; every other session ends. False: the code was wrong, and was
/// counted as a guess.
#[derive(Clone, Debug)]
pub struct ConfirmSecondFactor {
    /// Whose.
    pub by: Asker,
    /// Of the app.
    pub code: String,
    /// Hashes of fresh recovery codes.
    pub recovery: Vec<String>,
    /// Hex SHA-256 of the token whose session stays.
    pub keep: String,
}

impl Command for ConfirmSecondFactor {
    type Out = bool;
    const NAME: &'static str = "identity.confirm_second_factor";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let user = queries::user(tx, self.by.user)?.ok_or(Error::NoSuchUser)?;
        let factor = second_factor::of(tx, user.id)?.ok_or(Error::SecondFactorIsOff)?;
        if factor.is_confirmed {
            return Err(Error::SecondFactorIsOn.into());
        }
        let subjects = Subjects::of(&user.login, None);
        if let Some(seconds) = subjects.wait_s(tx)? {
            return Err(Error::TooManyAttempts(seconds).into());
        }
        let Some(step) = factor.secret.step_of(&self.code, tx.wall(), factor.used_step) else {
            subjects.count(tx)?;
            return Ok(false);
        };
        second_factor::confirm(tx, user.id, step)?;
        second_factor::replace_recovery_codes(tx, user.id, &self.recovery)?;
        let ended = end_all(tx, user.id, &self.keep)?;
        let (actor, body) = (themselves(&user, self.by.address.clone()), json!({ "user": user.id, "ended": ended }));
        tell(tx, ("identity.second_factor_on", user.id.0), &actor, of_user(&user), body)?;
        Ok(true)
    }
}

/// Turns the second factor off. False: the code was wrong, and was counted as a guess.
#[derive(Clone, Debug)]
pub struct RemoveSecondFactor {
    /// Whose.
    pub by: Verified,
    /// Of the app, or a recovery code.
    pub code: String,
}

impl Command for RemoveSecondFactor {
    type Out = bool;
    const NAME: &'static str = "identity.remove_second_factor";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let Some(user) = self.by.with_code(tx, &self.code)? else { return Ok(false) };
        second_factor::remove(tx, user.id)?;
        self.by.tell(tx, "identity.second_factor_off", &user)?;
        Ok(true)
    }
}

/// Puts fresh recovery codes in the place of those before. False: the code was wrong, and was counted as a guess.
#[derive(Clone, Debug)]
pub struct RenewRecoveryCodes {
    /// Whose.
    pub by: Verified,
    /// Of the app, or a recovery code.
    pub code: String,
    /// Hashes of the fresh ones.
    pub recovery: Vec<String>,
}

impl Command for RenewRecoveryCodes {
    type Out = bool;
    const NAME: &'static str = "identity.renew_recovery_codes";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let Some(user) = self.by.with_code(tx, &self.code)? else { return Ok(false) };
        second_factor::replace_recovery_codes(tx, user.id, &self.recovery)?;
        self.by.tell(tx, "identity.recovery_codes_renewed", &user)?;
        Ok(true)
    }
}

/// Takes away the second factor of a member who lost theirs; they log in by password alone, from all devices anew.
#[derive(Clone, Debug)]
pub struct ResetSecondFactor {
    /// Who acts; needs `members.manage` and everything that the member may do.
    pub by: Asker,
    /// The roles in force.
    pub roles: Arc<Roles>,
    /// Whose.
    pub member: UserId,
}

impl Command for ResetSecondFactor {
    type Out = ();
    const NAME: &'static str = "identity.reset_second_factor";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let admin = Administrator::at_work(tx, &self.roles, &self.by)?;
        let member = queries::user(tx, self.member)?.filter(|user| user.org == Some(admin.org));
        let member = member.ok_or(Error::NoSuchUser)?;
        if member.id == self.by.user {
            return Err(Error::Yourself.into());
        }
        if member.is_owner && !admin.user.is_owner {
            return Err(Error::OwnersOnly.into());
        }
        admin.has_all(self.roles.words_of(&member).unwrap_or_default())?;
        reset(tx, &member, &admin.actor)
    }
}

/// As [`ResetSecondFactor`], of anybody, by whom the platform trusts with everybody's accounts: the last main account has nobody else.
#[derive(Clone, Debug)]
pub struct ClearSecondFactor {
    /// Needs `identity.manage`.
    pub actor: Actor,
    /// Log-in name; case does not matter.
    pub login: String,
}

impl Command for ClearSecondFactor {
    type Out = ();
    const NAME: &'static str = "identity.clear_second_factor";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        authorise(&self.actor, "identity.manage")?;
        let (id, ..) = queries::credentials(tx, &self.login.trim().to_lowercase())?.ok_or(Error::NoSuchUser)?;
        let user = queries::user(tx, id)?.ok_or(Error::NoSuchUser)?;
        reset(tx, &user, &self.actor)
    }
}

fn reset(tx: &mut Tx<'_>, user: &User, actor: &Actor) -> Result<(), Fault> {
    if !second_factor::remove(tx, user.id)? {
        return Err(Error::SecondFactorIsOff.into());
    }
    let ended = end_all(tx, user.id, "")?;
    let body = json!({ "user": user.id, "ended": ended });
    Ok(tell(tx, ("identity.second_factor_reset", user.id.0), actor, of_user(user), body)?)
}
