//! Rows of cases and histories.

use super::Error;
use serde::Serialize;
use xr_base::{CaseId, Fault, Instant, OrgId, Party, RowId, Scope, ShopId, StoreError, UserId};
use xr_store::{Tx, params, record, sql};

record! {
    /// One case as stored.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Case {
        /// Id; rows of the capability share it.
        pub id: CaseId,
        /// Kind, e.g. `exchange`.
        pub kind: String,
        /// State now.
        pub state: String,
        /// Grows by one with every history row.
        pub version: i64,
        /// Rulebook for life.
        pub rulebook: i64,
        /// Case that this one serves.
        pub parent_id: Option<CaseId>,
        /// Merchant it concerns.
        pub merchant_org: Option<OrgId>,
        /// Shop it concerns.
        pub shop_id: Option<ShopId>,
        /// Buyer it concerns.
        pub buyer_id: Option<UserId>,
        /// Party that everybody waits for.
        pub owner_party: Option<Party>,
        /// Whom of that party: merchant's organisation, buyer's id, or a small number for platform, courier, system.
        pub owner_org: Option<i64>,
        /// When it began.
        pub opened_at: Instant,
        /// When the state was entered.
        pub entered_at: Instant,
        /// Earliest due of its running clocks.
        pub due_at: Option<Instant>,
        /// When it ended.
        pub closed_at: Option<Instant>,
    }
}

record! {
    /// One step of a case.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct HistoryRow {
        /// Place in the case, from 1.
        pub seq: i64,
        /// When it counts for: a clock's due for silence.
        pub at: Instant,
        /// When it was written.
        pub recorded_at: Instant,
        /// What happened.
        pub event: String,
        /// The human event whose transition silence took; else equal to `event`.
        pub taken_as: String,
        /// `usr_…`, `provider:…`, `clock` or `system`.
        pub actor: String,
        /// Party that acted.
        pub party: Party,
        /// State before; empty for the first row.
        pub from_state: String,
        /// State after.
        pub to_state: String,
        /// Rule cited.
        pub rule: Option<String>,
        /// Clock that fired.
        pub clock_id: Option<RowId>,
        /// What the actor wrote, if anything.
        pub note: Option<String>,
    }
}

impl Case {
    /// Whether the case has ended.
    pub fn is_closed(&self) -> bool {
        self.closed_at.is_some()
    }
}

/// The case, whoever asks; for code that has authorised already.
///
/// # Errors
/// A store fault.
pub fn find(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Case>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
             owner_org, opened_at, entered_at, due_at, closed_at FROM cases WHERE id = ?1
             /* unscoped: by id, callers authorise */"
        ),
        params![id],
    )
}

/// The case, whoever asks.
///
/// # Errors
/// [`Error::NoSuchCase`].
pub fn get(tx: &mut Tx<'_>, id: CaseId) -> Result<Case, Fault> {
    Ok(find(tx, id)?.ok_or(Error::NoSuchCase(id))?)
}

/// The case if `scope` may see it; a foreign case looks like none.
///
/// # Errors
/// [`Error::NoSuchCase`].
pub fn seen_by(tx: &mut Tx<'_>, scope: Scope, id: CaseId) -> Result<Case, Fault> {
    let case: Option<Case> = tx.opt_scoped(
        sql!(
            "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
             owner_org, opened_at, entered_at, due_at, closed_at FROM cases WHERE {ORG} AND id = ?2"
        ),
        scope,
        params![id],
    )?;
    Ok(case.ok_or(Error::NoSuchCase(id))?)
}

/// The whole history of a case, oldest first.
///
/// # Errors
/// A store fault.
pub fn history(tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<HistoryRow>, StoreError> {
    tx.all(
        sql!(
            "SELECT seq, at, recorded_at, event, taken_as, actor, party, from_state, to_state, rule, clock_id, note
             FROM history WHERE case_id = ?1 ORDER BY seq /* unscoped: by id after authorisation */"
        ),
        params![id],
    )
}
