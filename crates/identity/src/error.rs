//! What this slice refuses.

use crate::Trade;
use xr_base::{Coded, Problem};

/// A refusal of identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Name or password is wrong; never says which.
    #[error("log-in name or password is wrong")]
    BadCredentials,
    /// The password sent along with an act of a logged-in person is wrong.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The password was right; a code of the second factor has to come with it.
    #[error("the second factor is asked for")]
    SecondFactorNeeded,
    /// Neither a code of the app at this time nor a recovery code, or one that was used before.
    #[error("the code is wrong or was used before")]
    WrongCode,
    /// Nothing to begin.
    #[error("the second factor is on")]
    SecondFactorIsOn,
    /// Nothing to confirm, renew or remove.
    #[error("the second factor is off")]
    SecondFactorIsOff,
    /// Throttled.
    #[error("too many attempts, wait {0} s")]
    TooManyAttempts(i64),
    /// Empty, too long or with control characters.
    #[error("{field} is not 1..={max} printable characters")]
    BadText {
        /// Name of the field.
        field: &'static str,
        /// Characters allowed.
        max: usize,
    },
    /// Against the password policy.
    #[error("the password is not {min}..={max} characters, or is the login")]
    WeakPassword {
        /// Least number of characters.
        min: usize,
        /// Largest number of characters.
        max: usize,
    },
    /// Long enough, and yet among the first that somebody would try.
    #[error("the password is easy to guess")]
    GuessablePassword,
    /// Another user has this login.
    #[error("the login is taken")]
    LoginTaken,
    /// Not one of `roles.toml`.
    #[error("unknown role {0}")]
    UnknownRole(String),
    /// Absent, or of a kind that does not fit.
    #[error("no such organisation for this")]
    NoSuchOrg,
    /// Absent.
    #[error("no such user")]
    NoSuchUser,
    /// Absent, over, or another person's.
    #[error("no such session")]
    NoSuchSession,
    /// Absent, or another organisation's.
    #[error("no such role")]
    NoSuchRole,
    /// Not declared, or not for organisations of this kind.
    #[error("no permission {0} for this kind of organisation")]
    UnknownPermission(String),
    /// Who acts lacks it, so they cannot give it, and not take it from those who have more than they.
    #[error("{0} is beyond the rights of who acts")]
    BeyondRights(String),
    /// Another role of the organisation has this name.
    #[error("the name of the role is taken")]
    RoleNameTaken,
    /// So many roles are enough.
    #[error("an organisation has at most {0} roles")]
    TooManyRoles(i64),
    /// People have it.
    #[error("{0} people have the role")]
    RoleInUse(i64),
    /// Nobody edits the role that they have themselves.
    #[error("it is the role of who acts")]
    OwnRole,
    /// Absent, or another organisation's.
    #[error("no such key")]
    NoSuchKey,
    /// So many keys are enough.
    #[error("an organisation has at most {0} keys")]
    TooManyKeys(i64),
    /// A key that may do nothing.
    #[error("no permission was chosen")]
    NoPermissions,
    /// Programs do not do this.
    #[error("{0} stays with people")]
    PeopleOnly(String),
    /// A number that is none of 1..=max.
    #[error("{field} is not 1..={max}")]
    OutOfRange {
        /// Name of the field.
        field: &'static str,
        /// Largest.
        max: i64,
    },
    /// A key's calls of this minute are used up.
    #[error("more than {per_minute} calls in a minute")]
    TooManyCalls {
        /// Calls that it has.
        per_minute: u32,
        /// Seconds until there is another.
        wait_s: u32,
    },
    /// Somebody else was faster.
    #[error("it was changed meanwhile")]
    Changed,
    /// Nobody changes their own role, or locks themselves out.
    #[error("nobody does this to themselves")]
    Yourself,
    /// Ownership, and who has it, are changed by who has it.
    #[error("only a main account does this")]
    OwnersOnly,
    /// Somebody must be able to do everything.
    #[error("it is the last main account")]
    LastOwner,
    /// As the organisation stands with the marketplace.
    #[error("the organisation may not do this now: {0:?}")]
    MayNotTrade(Trade),
    /// Its people do not log in until two persons have lifted it.
    #[error("the organisation is shut out")]
    LogInBlocked,
    /// Nothing to lift.
    #[error("the organisation is not shut out")]
    NotBlocked,
    /// One person does not lift it alone.
    #[error("it takes two persons")]
    NeedsAnother,
    /// Who owns the organisation has its main role.
    #[error("a main account keeps its role")]
    OwnerKeepsRole,
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::BadCredentials => Problem::new(401, "identity.bad_credentials"),
            Self::WrongPassword => Problem::new(422, "identity.wrong_password").field("current"),
            Self::SecondFactorNeeded => Problem::new(401, "identity.second_factor_needed").field("code"),
            Self::WrongCode => Problem::new(422, "identity.wrong_code").field("code"),
            Self::SecondFactorIsOn => Problem::new(409, "identity.second_factor_is_on"),
            Self::SecondFactorIsOff => Problem::new(409, "identity.second_factor_is_off"),
            Self::TooManyAttempts(seconds) => {
                Problem::new(429, "identity.too_many_attempts").with("retry_after_s", seconds)
            }
            Self::BadText { field, max } => {
                Problem::new(422, "identity.bad_text").field(field).with("field", field).with("max", max)
            }
            Self::WeakPassword { min, max } => {
                Problem::new(422, "identity.weak_password").field("password").with("min", min).with("max", max)
            }
            Self::GuessablePassword => Problem::new(422, "identity.guessable_password").field("password"),
            Self::LoginTaken => Problem::new(409, "identity.login_taken").field("login"),
            Self::UnknownRole(role) => Problem::new(422, "identity.unknown_role").field("role").with("role", role),
            Self::NoSuchOrg => Problem::new(422, "identity.no_such_org").field("org"),
            Self::NoSuchUser => Problem::new(404, "identity.no_such_user"),
            Self::NoSuchSession => Problem::new(404, "identity.no_such_session"),
            Self::NoSuchRole => Problem::new(404, "identity.no_such_role"),
            Self::UnknownPermission(word) => {
                Problem::new(422, "identity.unknown_permission").field("permissions").with("permission", word)
            }
            Self::BeyondRights(word) => Problem::new(403, "identity.beyond_your_rights").with("permission", word),
            Self::RoleNameTaken => Problem::new(409, "identity.role_name_taken").field("name"),
            Self::TooManyRoles(max) => Problem::new(409, "identity.too_many_roles").with("max", max),
            Self::RoleInUse(members) => Problem::new(409, "identity.role_in_use").with("members", members),
            Self::OwnRole => Problem::new(409, "identity.own_role"),
            Self::NoSuchKey => Problem::new(404, "identity.no_such_key"),
            Self::TooManyKeys(max) => Problem::new(409, "identity.too_many_keys").with("max", max),
            Self::NoPermissions => Problem::new(422, "identity.no_permissions").field("permissions"),
            Self::PeopleOnly(word) => {
                Problem::new(422, "identity.people_only").field("permissions").with("permission", word)
            }
            Self::OutOfRange { field, max } => {
                Problem::new(422, "identity.out_of_range").field(field).with("field", field).with("max", max)
            }
            Self::TooManyCalls { per_minute, wait_s } => Problem::new(429, "identity.too_many_calls")
                .with("per_minute", per_minute)
                .with("retry_after_s", wait_s),
            Self::Changed => Problem::new(409, "identity.changed").field("version"),
            Self::Yourself => Problem::new(409, "identity.not_yourself"),
            Self::OwnersOnly => Problem::new(403, "identity.owners_only"),
            Self::LastOwner => Problem::new(409, "identity.last_owner"),
            Self::MayNotTrade(Trade::List) => Problem::new(409, "identity.may_not_list"),
            Self::MayNotTrade(Trade::Sell) => Problem::new(409, "identity.may_not_sell"),
            Self::LogInBlocked => Problem::new(403, "identity.log_in_blocked"),
            Self::NotBlocked => Problem::new(409, "identity.not_blocked"),
            Self::NeedsAnother => Problem::new(409, "identity.needs_another"),
            Self::OwnerKeepsRole => Problem::new(409, "identity.owner_keeps_role").field("role"),
        }
    }
}
