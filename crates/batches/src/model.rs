//! Rows of batches.

use serde::{Deserialize, Serialize};
use xr_base::{BatchId, CaseId, Instant, OrgId, Scope, ShopId, StoreError, UserId};
use xr_store::record;

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BatchState)]
pub enum State {
    /// Nobody has begun.
    Waiting,
    /// Its cases are looked up.
    Choosing,
    /// Case by case is acted on.
    Running,
    /// Every row has its outcome.
    Done,
    /// Its asker called off what still waited.
    Cancelled,
    /// Its cases could not be chosen; nothing was done.
    Failed,
}

impl State {
    const ALL: [Self; 6] = [Self::Waiting, Self::Choosing, Self::Running, Self::Done, Self::Cancelled, Self::Failed];

    /// Word in tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Choosing => "choosing",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether there is still something to do.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Choosing | Self::Running)
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BatchOutcome)]
pub enum Outcome {
    /// Nobody has acted on the case yet.
    Waiting,
    /// The act was done.
    Done,
    /// The act was refused.
    Refused,
    /// It waited when the batch was called off; never stored.
    Cancelled,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Waiting, Self::Done, Self::Refused, Self::Cancelled];

    /// Word in tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }

    /// The outcome with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// Where the cases of a batch come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Named one by one.
    Picked,
    /// The list of orders.
    Orders,
    /// The list of after-sales cases.
    Aftersales,
    /// Refused rows of another batch.
    Again,
}

impl Source {
    const ALL: [Self; 4] = [Self::Picked, Self::Orders, Self::Aftersales, Self::Again];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Picked => "picked",
            Self::Orders => "orders",
            Self::Aftersales => "aftersales",
            Self::Again => "again",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.word() == word)
    }
}

xr_base::stored_as_word!(State, Outcome, Source);

/// A list whose filters choose cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BatchList)]
pub enum List {
    /// `GET /v1/orders`.
    Orders,
    /// `GET /v1/aftersales`.
    Aftersales,
}

/// All that a list shows under these filters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BatchWanted)]
pub struct Wanted {
    /// Which list.
    pub list: List,
    /// Orders: only this shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub shop: Option<ShopId>,
    /// Only this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Orders: what the list is searched for; then shop and state do not count, as in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// After-sales cases: only this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// What is kept of where the cases come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Filters of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) all: Option<Wanted>,
    /// How many the person saw there: never more are acted on.
    #[serde(default)]
    pub(crate) seen: i64,
    /// When that was: what came into its state later was not among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen_at: Option<Instant>,
    /// Whether something was searched for; what it was is emptied when the batch ends.
    #[serde(default)]
    pub(crate) is_searched: bool,
    /// Whether the asker might look for names and phone numbers.
    #[serde(default)]
    pub(crate) may_reveal: bool,
    /// The batch whose refused rows are tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) again: Option<BatchId>,
}

record! {
    /// A batch as stored.
    #[derive(Clone, Debug)]
    pub(crate) struct BatchRow {
        pub(crate) id: BatchId,
        pub(crate) merchant_org: Option<OrgId>,
        pub(crate) asked_by: UserId,
        pub(crate) asked_at: Instant,
        pub(crate) kind: String,
        pub(crate) event: String,
        pub(crate) input: String,
        pub(crate) note: Option<String>,
        pub(crate) source: Source,
        pub(crate) wanted: String,
        pub(crate) state: State,
        pub(crate) fence: i64,
        pub(crate) cursor_id: i64,
        pub(crate) listed: i64,
        pub(crate) rows_all: i64,
        pub(crate) rows_done: i64,
        pub(crate) rows_refused: i64,
        pub(crate) failure: String,
        pub(crate) ended_at: Option<Instant>,
        pub(crate) expires_at: Option<Instant>,
    }
}

impl BatchRow {
    /// What its asker saw when they asked.
    pub(crate) fn scope(&self) -> Scope {
        self.merchant_org.map_or(Scope::Platform, Scope::Merchant)
    }

    /// Where its cases come from.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn kept(&self) -> Result<Kept, StoreError> {
        read(&self.wanted)
    }

    /// Rows without an outcome.
    pub(crate) fn rows_left(&self) -> i64 {
        self.rows_all - self.rows_done - self.rows_refused
    }
}

record! {
    /// A row as stored.
    #[derive(Clone, Debug)]
    pub(crate) struct RowOfBatch {
        pub(crate) place: i64,
        pub(crate) case: CaseId,
        pub(crate) version: Option<i64>,
        pub(crate) outcome: Outcome,
        pub(crate) state: String,
        pub(crate) problem: String,
        pub(crate) at: Option<Instant>,
    }
}

/// JSON of a column.
pub(crate) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(e.to_string()))
}

/// JSON for a column.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}
