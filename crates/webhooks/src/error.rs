//! What this slice refuses.

use xr_base::{Coded, Problem};

/// A refusal of webhooks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not an address that messages may go to; the code says why.
    #[error("a bad address: {0}")]
    BadUrl(&'static str),
    /// Not the name of a kind of event, or of a group of them.
    #[error("no kind of event: {0}")]
    BadKind(String),
    /// Absent, or another organisation's.
    #[error("no such webhook")]
    NoSuchEndpoint,
    /// Absent, or another organisation's.
    #[error("no such delivery")]
    NoSuchDelivery,
    /// So many are enough.
    #[error("an organisation has at most {0} webhooks")]
    TooMany(usize),
    /// Somebody else was faster.
    #[error("it was changed meanwhile")]
    Changed,
    /// Two secrets at a time are enough.
    #[error("the secret before the last is still in use")]
    TooManySecrets,
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::BadUrl(code) => Problem::new(422, code).field("url"),
            Self::BadKind(kind) => Problem::new(422, "webhooks.bad_kind").field("kinds").with("kind", kind),
            Self::NoSuchEndpoint => Problem::new(404, "webhooks.no_such_endpoint"),
            Self::NoSuchDelivery => Problem::new(404, "webhooks.no_such_delivery"),
            Self::TooMany(max) => Problem::new(409, "webhooks.too_many").with("max", max),
            Self::Changed => Problem::new(409, "webhooks.changed").field("version"),
            Self::TooManySecrets => Problem::new(409, "webhooks.too_many_secrets"),
        }
    }
}
