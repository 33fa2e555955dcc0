//! Rows of exports.

use serde::{Deserialize, Serialize};
use xr_base::{ExportId, Instant, Locale, OrgId, Scope, ShopId, StoreError, UserId};
use xr_orders::queries::Filter;
use xr_store::record;

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportState)]
pub enum State {
    /// Nobody has begun.
    Waiting,
    /// It is being written.
    Running,
    /// The file can be downloaded.
    Done,
    /// It could not be written to its end.
    Failed,
    /// Its asker took it back before it was done.
    Cancelled,
    /// Its asker deleted the file.
    Deleted,
    /// The file was kept long enough.
    Expired,
}

impl State {
    const ALL: [Self; 7] =
        [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled, Self::Deleted, Self::Expired];

    /// Word in tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Deleted => "deleted",
            Self::Expired => "expired",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether it is still to be written.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportFormat)]
pub enum FileFormat {
    /// A workbook; a new sheet begins where one is full.
    Xlsx,
    /// UTF-8 with its mark, commas.
    Csv,
}

impl FileFormat {
    /// Word in tables, the API and names of files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// The format with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Xlsx, Self::Csv].into_iter().find(|format| format.word() == word)
    }

    /// Media type of the download.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

xr_base::stored_as_word!(State, FileFormat);

/// Which orders; the filters of the order list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ExportWanted)]
pub struct Wanted {
    /// Only this shop.
    #[schema(value_type = Option<String>)]
    pub shop: Option<ShopId>,
    /// Only this state.
    pub state: Option<String>,
    /// What the list was searched for; then shop and state do not count, as in the list.
    pub q: Option<String>,
    /// Whether the asker may look for names and whole phone numbers; [`AskExport`](crate::AskExport) says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_reveal: bool,
}

impl Wanted {
    /// The same for the list, below `cursor`.
    pub(crate) fn filter(&self, cursor: i64) -> Filter {
        let before = Some(xr_base::CaseId(cursor));
        Filter { shop: self.shop, state: self.state.clone(), q: self.q.clone(), may_reveal: self.may_reveal, before }
    }
}

record! {
    /// An export as stored.
    #[derive(Clone, Debug)]
    pub(crate) struct ExportRow {
        pub(crate) id: ExportId,
        pub(crate) merchant_org: Option<OrgId>,
        pub(crate) asked_by: UserId,
        pub(crate) asked_at: Instant,
        pub(crate) locale: String,
        pub(crate) format: FileFormat,
        pub(crate) is_plain: bool,
        pub(crate) sealed_filter: Option<Vec<u8>>,
        pub(crate) state: State,
        pub(crate) fence: i64,
        pub(crate) cursor_id: i64,
        pub(crate) orders_done: i64,
        pub(crate) orders_all: Option<i64>,
        pub(crate) row_count: i64,
        pub(crate) size_bytes: i64,
        pub(crate) draft: String,
        pub(crate) failure: String,
        pub(crate) ended_at: Option<Instant>,
        pub(crate) expires_at: Option<Instant>,
    }
}

impl ExportRow {
    /// What its asker may see.
    pub(crate) fn scope(&self) -> Scope {
        self.merchant_org.map_or(Scope::Platform, Scope::Merchant)
    }

    /// Language of the file.
    pub(crate) fn locale(&self) -> Locale {
        Locale::negotiate(&self.locale)
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
