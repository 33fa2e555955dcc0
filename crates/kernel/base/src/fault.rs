//! How things fail: refusals that a caller can understand, and faults of the store below.

use crate::id::CaseId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A refusal with a stable code; becomes an RFC 9457 problem in the caller's language.
///
/// `code` is a key of the owning slice's `i18n` texts; `params` fill its `{name}` places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// HTTP status, 400..=599.
    pub status: u16,
    /// Stable code, e.g. `inventory.out_of_stock`.
    pub code: String,
    /// The field of the request it is about, as a JSON pointer without the leading slash (`lines/0/quantity`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Values for the text. Never personal data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl Problem {
    /// A problem without field and parameters.
    pub fn new(status: u16, code: &str) -> Self {
        Self { status, code: code.to_owned(), field: None, params: BTreeMap::new() }
    }

    /// About `field`.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// With a value for the text.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// A slice's own error type: one exhaustive match from error to [`Problem`].
pub trait Coded: std::error::Error {
    /// The problem a caller sees.
    fn problem(&self) -> Problem;
}

/// Why a transaction came to nothing and may be run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clash {
    /// Each waited for a row that the other held.
    Deadlock,
    /// The engine saw no order in which both could have run.
    Serialization,
    /// The other one was first: a version, a key or a number was taken meanwhile.
    Overtaken,
    /// The connection was cut before the commit was sent.
    Cut,
    /// Another process holds the node number that its ids were drawn under.
    Fenced,
}

impl Clash {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Deadlock, Self::Serialization, Self::Overtaken, Self::Cut, Self::Fenced];

    /// Word in metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Deadlock => "deadlock",
            Self::Serialization => "serialization",
            Self::Overtaken => "overtaken",
            Self::Cut => "cut",
            Self::Fenced => "fenced",
        }
    }
}

/// What the database below said.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The transaction lost to another one: the command may be run again.
    #[error("the transaction must be retried: {1}")]
    Retry(Clash, String),
    /// A unique key exists already.
    #[error("a unique key exists already: {0}")]
    Duplicate(String),
    /// The queue of writes is full, or the node is stopping.
    #[error("the store is busy")]
    Busy,
    /// The connection was cut while the transaction was committed: whether it was is not known. What was asked may be asked again only
    /// if doing it twice is as good as once.
    #[error("whether the transaction was committed is not known: {0}")]
    Unknown(String),
    /// A row holds something that the type does not allow.
    #[error("the store holds an unreadable value: {0}")]
    Corrupt(String),
    /// Anything else of the engine.
    #[error("the database failed: {0}")]
    Engine(String),
}

impl StoreError {
    /// Somebody else changed `what` since it was read.
    pub fn overtaken(what: &str) -> Self {
        Self::Retry(Clash::Overtaken, format!("{what} moved on"))
    }

    /// After a compare-and-set: whether it found its one row as it was read.
    ///
    /// # Errors
    /// [`StoreError::overtaken`].
    pub fn compared(changed: u64, what: &str) -> Result<(), Self> {
        if changed == 1 { Ok(()) } else { Err(Self::overtaken(what)) }
    }
}

/// Why a command did not succeed. Whatever it had written is rolled back.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Refused by a rule; the caller is told which.
    #[error("refused: {0:?}")]
    Refused(Box<Problem>),
    /// A clock of this case is due and must fire before the act is looked at (decision D5).
    #[error("a clock of {0} is due")]
    ClockDue(CaseId),
    /// The store failed or asks for a retry.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault {
    /// A refusal.
    pub fn refused(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }

    /// The problem, if it is a refusal.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            _ => None,
        }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::refused(problem)
    }
}

impl<E: Coded> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::refused(error.problem())
    }
}
