//! Rows of this slice.

use serde::{Deserialize, Serialize};
use xr_base::value::{FromValue, Value};
use xr_base::{EventId, Instant, OrgId, RowId, StoreError};
use xr_store::record;

/// Names of kinds, kept as a JSON list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds(pub(crate) Vec<String>);

impl FromValue for Kinds {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        let text = String::from_value(value)?;
        serde_json::from_str(&text).map(Self).map_err(|error| StoreError::Corrupt(format!("kinds: {error}")))
    }
}

record! {
    /// Where an organisation wants to be told.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) struct Endpoint {
        /// Id.
        pub id: RowId,
        /// Whose.
        pub org: OrgId,
        /// Where messages go.
        pub url: String,
        /// Of which kinds of events, or groups of them; empty for all.
        pub kinds: Kinds,
        /// Whether messages go out.
        pub is_enabled: bool,
        /// Why the product itself stopped: `gone` or `failing`.
        pub disabled_why: Option<String>,
        /// Last place in the event record that was looked at.
        pub position: i64,
        /// Wall time.
        pub created_at: Instant,
        /// Wall time of the last message that arrived.
        pub last_done_at: Option<Instant>,
        /// Counts changes by people.
        pub version: i64,
    }
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryState)]
pub(crate) enum State {
    /// To be sent, or sent again.
    Waiting,
    /// It arrived.
    Done,
    /// It is not tried any more.
    Dead,
}

impl State {
    /// The word in tables and the API.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The state with this word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Done, Self::Dead].into_iter().find(|state| state.word() == word)
    }
}

xr_base::stored_as_word!(State);

record! {
    /// A message on its way to an endpoint.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
    pub(crate) struct Delivery {
        /// Id.
        #[schema(value_type = String)]
        pub id: RowId,
        /// The event that it tells of; none for one that only tries the endpoint.
        #[schema(value_type = Option<String>)]
        pub event: Option<EventId>,
        /// Kind of the event.
        pub kind: String,
        /// How it stands.
        pub state: State,
        /// How often it was sent.
        pub tries: i64,
        /// When it is sent next, wall time.
        #[schema(value_type = Option<String>, format = DateTime)]
        pub next_at: Option<Instant>,
        /// Wall time.
        #[schema(value_type = String, format = DateTime)]
        pub created_at: Instant,
        /// When it arrived, or was given up, wall time.
        #[schema(value_type = Option<String>, format = DateTime)]
        pub ended_at: Option<Instant>,
    }
}

impl Delivery {
    /// Id of its message: the same however often it is sent.
    pub(crate) fn message_id(&self) -> String {
        self.event.map_or_else(|| self.id.to_string(), |event| event.to_string())
    }
}

record! {
    /// One try.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
    pub(crate) struct Attempt {
        /// Wall time.
        #[schema(value_type = String, format = DateTime)]
        pub at: Instant,
        /// Status of the answer.
        pub status: Option<i64>,
        /// Why it did not arrive: `status`, `gone`, `timeout`, `name`, `private`, `connect`, `tls`, `answer`.
        pub failure: Option<String>,
        /// How long it took.
        pub took_ms: i64,
    }
}
