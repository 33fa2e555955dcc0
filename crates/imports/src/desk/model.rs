//! Rows of the desk.

use super::settings::Settings;
use super::table::Format;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xr_base::{ImportId, Instant, OrgId, ShopId, SourceId, StoreError, UserId};
use xr_store::record;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportState)]
pub enum State {
    /// Bytes are still coming; nobody sees it.
    Uploading,
    /// The file is whole and read once.
    Uploaded,
    /// A dry or real run is wanted.
    Waiting,
    /// It runs.
    Running,
    /// A dry run ended.
    Checked,
    /// A real run ended; nothing follows.
    Done,
    /// It could not be read to its end.
    Failed,
}

impl State {
    /// Word in tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Uploaded => "uploaded",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Checked => "checked",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        let all =
            [Self::Uploading, Self::Uploaded, Self::Waiting, Self::Running, Self::Checked, Self::Done, Self::Failed];
        all.into_iter().find(|state| state.word() == word)
    }

    /// Whether a run may be wanted, or the format changed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Uploaded | Self::Checked | Self::Failed)
    }
}

xr_base::stored_as_word!(State);

/// What a run found and did; of a dry one, would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Counts {
    /// Rows read, without header and blank ones.
    pub rows: u64,
    /// Of them in the report.
    pub rows_bad: u64,
    /// Of them in new orders.
    pub rows_new: u64,
    /// Of them in orders that an earlier import wrote.
    pub rows_known: u64,
    /// New orders.
    pub orders_new: u64,
    /// Orders that an earlier import wrote, with the same rows.
    pub orders_known: u64,
    /// Units that the shop did not know.
    pub products_new: u64,
    /// Buyers that the source did not know.
    pub buyers_new: u64,
    /// Money of the new orders, minor units of the shop's currency.
    pub amount_minor: i64,
    /// Bad rows by the code of their first problem.
    pub bad: BTreeMap<String, u64>,
}

record! {
    /// An import as stored.
    #[derive(Clone, Debug)]
    pub struct ImportRow {
        /// Id.
        pub id: ImportId,
        /// Merchant.
        pub merchant_org: OrgId,
        /// Who uploaded.
        pub user_id: UserId,
        /// Name of the file as it was uploaded.
        pub file_name: String,
        /// Its size.
        pub size_bytes: i64,
        /// [`Format`] as JSON.
        pub format: String,
        /// Rows below the header, as the file was first read.
        pub row_count: i64,
        /// Whether file and bad rows are kept.
        pub has_file: bool,
        /// Where it stands.
        pub state: State,
        /// Source, once a run was wanted.
        pub source_id: Option<SourceId>,
        /// Its shop.
        pub shop_id: Option<ShopId>,
        /// [`Settings`] of the run as JSON.
        pub settings: String,
        /// Whether the run is a dry one.
        pub is_dry: bool,
        /// Orders judged.
        pub done: i64,
        /// Orders in all.
        pub total: i64,
        /// [`Counts`] as JSON.
        pub counts: String,
        /// Code of what it failed for, or empty.
        pub failure: String,
        /// When it was uploaded.
        pub created_at: Instant,
        /// The same moment, wall time.
        pub uploaded_at: Instant,
        /// When its last run ended.
        pub ended_at: Option<Instant>,
    }
}

impl ImportRow {
    /// How the file is written.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn format(&self) -> Result<Format, StoreError> {
        read(&self.format)
    }

    /// What its columns mean in this run.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn settings(&self) -> Result<Settings, StoreError> {
        read(&self.settings)
    }

    /// What was found.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn counts(&self) -> Result<Counts, StoreError> {
        read(&self.counts)
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

record! {
    /// A source as stored.
    #[derive(Clone, Debug)]
    pub struct SourceRow {
        /// Id.
        pub id: SourceId,
        /// Merchant.
        pub merchant_org: OrgId,
        /// Shop that its orders go to.
        pub shop_id: ShopId,
        /// What the merchant calls it.
        pub name: String,
        /// [`Settings`] as JSON.
        pub settings: String,
    }
}

record! {
    /// A row of the report.
    #[derive(Clone, Debug)]
    pub struct BadRowStored {
        /// Line in the text, or row of the sheet.
        pub line: i64,
        /// Problems as JSON.
        pub problems: String,
        /// Cells as JSON.
        pub cells: String,
    }
}
