//! Log-in, log-out, revoking.

use super::{Asker, of_user, tell, themselves};
use crate::model::User;
use crate::second_factor::Shown;
use crate::throttle::Subjects;
use crate::{Device, Error, log_in_block, queries, second_factor};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::IpAddr;
use xr_base::{Actor, Fault, Instant, MaskedAddress, Millis, RowId, StoreError, UserId};
use xr_store::{Command, Tx, params, sql};
use xr_web::Denial;

/// A session ends after so long, whatever happens.
pub const SESSION_LENGTH: Millis = Millis::days(7);

/// Records a log-in whose password was verified before.
#[derive(Clone, Debug)]
pub struct LogIn {
    /// Log-in name in lower case.
    pub login: String,
    /// Hash that the password was found right for; it must still be the user's.
    pub verified_hash: String,
    /// Hex SHA-256 of the new token.
    pub token_hash: String,
    /// Where from.
    pub address: Option<IpAddr>,
    /// By what.
    pub device: Device,
    /// Second factor as it was typed; none when it was not asked for.
    pub code: Option<String>,
}

/// How an attempt with the right password ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// With a session.
    LoggedIn(Box<LoggedIn>),
    /// With a wrong second factor, which was counted as a guess.
    WrongCode,
}

/// A new session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedIn {
    /// Who.
    pub user: User,
    /// End, wall time.
    pub expires_at: Instant,
}

/// A second factor was asked for, and what was typed is none of this person's.
struct WrongCode;

impl LogIn {
    /// How the second factor was shown; none where log-in does not ask for it.
    fn second_factor(&self, tx: &mut Tx<'_>, user: UserId) -> Result<Result<Option<Shown>, WrongCode>, Fault> {
        let Some(factor) = second_factor::of(tx, user)?.filter(|factor| factor.is_confirmed) else {
            return Ok(Ok(None));
        };
        let code = self.code.as_ref().ok_or(Error::SecondFactorNeeded)?;
        Ok(second_factor::accept(tx, user, &factor, code)?.map(Some).ok_or(WrongCode))
    }
}

impl Command for LogIn {
    type Out = Entry;
    const NAME: &'static str = "identity.log_in";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Entry, Fault> {
        let subjects = Subjects::of(&self.login, self.address);
        // Guesses that were under way together are counted one after the other here.
        if let Some(seconds) = subjects.wait_s(tx)? {
            return Err(Error::TooManyAttempts(seconds).into());
        }
        let found = queries::credentials(tx, &self.login)?;
        let is_valid = |(_, hash, is_disabled): &(UserId, String, bool)| *hash == self.verified_hash && !is_disabled;
        let (id, ..) = found.filter(is_valid).ok_or(Error::BadCredentials)?;
        let user = queries::user(tx, id)?.ok_or(Error::BadCredentials)?;
        let address = self.address.map(MaskedAddress::from);
        let Ok(second_factor) = self.second_factor(tx, id)? else {
            // Committed with its event: somebody has the password, and its owner should know.
            subjects.count(tx)?;
            let body = json!({ "user": id, "device": self.device });
            tell(tx, ("identity.wrong_code", id.0), &themselves(&user, address), of_user(&user), body)?;
            return Ok(Entry::WrongCode);
        };
        if let Some(org) = user.org
            && log_in_block::of(tx, org)?.is_some()
        {
            return Err(Error::LogInBlocked.into());
        }
        let (session, wall): (RowId, Instant) = (tx.id(), tx.wall());
        let expires_at = wall + SESSION_LENGTH;
        tx.put(
            sql!("DELETE FROM sessions WHERE user_id = ?1 AND expires_at <= ?2 /* unscoped: own sessions */"),
            params![id, wall],
        )?;
        tx.put(
            sql!(
                "INSERT INTO sessions (id, token_hash, user_id, created_at, expires_at, address, browser, system)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) /* unscoped: own sessions */"
            ),
            params![
                session,
                self.token_hash,
                id,
                wall,
                expires_at,
                address.as_ref().map(MaskedAddress::as_str),
                self.device.browser,
                self.device.system
            ],
        )?;
        tx.put(
            sql!(
                "INSERT INTO last_log_ins (user_id, at) VALUES (?1, ?2) ON CONFLICT (user_id) DO UPDATE SET at = ?2
                 /* unscoped: own account */"
            ),
            params![id, wall],
        )?;
        subjects.forgive(tx)?;
        let body = json!({ "user": id, "session": session, "device": self.device, "second_factor": second_factor });
        tell(tx, ("identity.logged_in", id.0), &themselves(&user, address), of_user(&user), body)?;
        Ok(Entry::LoggedIn(Box::new(LoggedIn { user, expires_at })))
    }
}

/// Counts an attempt with a wrong name or password; [`Error::TooManyAttempts`] where others were faster.
#[derive(Clone, Debug)]
pub struct NoteFailure {
    /// Log-in name in lower case, as it was tried.
    pub login: String,
    /// Where from.
    pub address: Option<IpAddr>,
}

impl Command for NoteFailure {
    type Out = ();
    const NAME: &'static str = "identity.note_failure";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let subjects = Subjects::of(&self.login, self.address);
        // A right one that was tried together with it is refused alike.
        match subjects.wait_s(tx)? {
            Some(seconds) => Err(Error::TooManyAttempts(seconds).into()),
            None => Ok(subjects.count(tx)?),
        }
    }
}

/// Puts on record that somebody of staff was refused for want of a permission.
#[derive(Clone, Debug)]
pub struct NoteDenial {
    /// Who, what and where.
    pub denial: Denial,
    /// How often.
    pub count: u64,
}

impl Command for NoteDenial {
    type Out = ();
    const NAME: &'static str = "identity.note_denial";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let Denial { principal, permission, method, route } = &self.denial;
        let body = json!({
            "user": principal.user, "permission": permission, "method": method, "route": route, "count": self.count,
        });
        let actor = Actor::Person(principal.clone());
        Ok(tell(tx, ("identity.denied", principal.user.0), &actor, super::of_org(principal.org), body)?)
    }
}

/// Ends the session of a token.
#[derive(Clone, Debug)]
pub struct LogOut {
    /// Hex SHA-256 of the token.
    pub token_hash: String,
    /// Where from.
    pub address: Option<MaskedAddress>,
}

impl Command for LogOut {
    type Out = ();
    const NAME: &'static str = "identity.log_out";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let Some(user) = queries::session_user(tx, &self.token_hash)? else { return Ok(()) };
        tx.put(sql!("DELETE FROM sessions WHERE token_hash = ?1 /* unscoped: by token */"), params![self.token_hash])?;
        let actor = themselves(&user, self.address.clone());
        Ok(tell(tx, ("identity.logged_out", user.id.0), &actor, of_user(&user), json!({ "user": user.id }))?)
    }
}

/// A person ends one of their sessions, or all but the current one.
#[derive(Clone, Debug)]
pub struct RevokeSessions {
    /// Whose.
    pub by: Asker,
    /// Which one; none for all but `keep`.
    pub session: Option<RowId>,
    /// Hex SHA-256 of the token whose session stays when all end.
    pub keep: String,
}

impl Command for RevokeSessions {
    type Out = ();
    const NAME: &'static str = "identity.revoke_sessions";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let user = queries::user(tx, self.by.user)?.ok_or(Error::NoSuchUser)?;
        let ended = match self.session {
            None => end_all(tx, user.id, &self.keep)?,
            Some(session) => tx.exec(
                sql!("DELETE FROM sessions WHERE id = ?1 AND user_id = ?2 /* unscoped: own sessions */"),
                params![session, user.id],
            )?,
        };
        if self.session.is_some() && ended == 0 {
            return Err(Error::NoSuchSession.into());
        }
        let body = json!({ "user": user.id, "ended": ended });
        let actor = themselves(&user, self.by.address.clone());
        Ok(tell(tx, ("identity.sessions_revoked", user.id.0), &actor, of_user(&user), body)?)
    }
}

/// Ends a person's sessions but that of the token hash `keep`; gives their number.
pub(super) fn end_all(tx: &mut Tx<'_>, user: UserId, keep: &str) -> Result<u64, StoreError> {
    tx.exec(
        sql!("DELETE FROM sessions WHERE user_id = ?1 AND token_hash <> ?2 /* unscoped: after authorisation */"),
        params![user, keep],
    )
}
