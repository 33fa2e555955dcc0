//! Lists of cases.

use serde::Serialize;
use xr_base::{CaseId, Fault, Instant, Principal, Scope};
use xr_case::engine::Case;
use xr_store::{Tx, params, record, sql};

/// `cases.owner_org` of the platform, as the case engine writes it.
const OWNER_PLATFORM: i64 = 1;

/// Cases that wait for this person's party by time left, after the key `(due, id)`.
///
/// # Errors
/// A store fault.
pub(crate) fn waiting_for(tx: &mut Tx<'_>, who: &Principal, after: (i64, i64), limit: i64) -> Result<Vec<Case>, Fault> {
    let owner = match who.scope() {
        Scope::Platform => OWNER_PLATFORM,
        Scope::Merchant(org) => org.0,
        Scope::Buyer(user) => user.0,
    };
    Ok(tx.all(
        sql!(
            "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
             owner_org, opened_at, entered_at, due_at, closed_at FROM cases
             WHERE owner_org = ?1 AND owner_party = ?2 AND closed_at IS NULL AND due_at >= ?3
             AND (due_at > ?3 OR id > ?4) ORDER BY due_at, id LIMIT ?5 /* unscoped: the owner is the scope */"
        ),
        params![owner, who.party, after.0, after.1, limit],
    )?)
}

/// Cases opened for `parent`, oldest first.
///
/// # Errors
/// A store fault.
pub(crate) fn children(tx: &mut Tx<'_>, parent: CaseId) -> Result<Vec<Case>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
             owner_org, opened_at, entered_at, due_at, closed_at FROM cases WHERE parent_id = ?1 ORDER BY id
             /* unscoped: by parent after authorisation */"
        ),
        params![parent],
    )?)
}

record! {
    /// How many cases are in a state.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub(crate) struct StateCount {
        /// State.
        pub(crate) state: String,
        /// Cases.
        pub(crate) count: i64,
    }
}

/// Cases of a kind by state, as far as `scope` sees them.
///
/// # Errors
/// A store fault.
pub(crate) fn counts(tx: &mut Tx<'_>, scope: Scope, kind: &str) -> Result<Vec<StateCount>, Fault> {
    Ok(tx.all_scoped(
        sql!("SELECT state, COUNT(*) FROM cases WHERE {ORG} AND kind = ?2 GROUP BY state ORDER BY state"),
        scope,
        params![kind],
    )?)
}

/// Kinds that the list of after-sales cases shows.
pub const AFTER_SALES: [&str; 3] = ["refund_only", "return_refund", "exchange"];

/// What a list of after-sales cases shows.
#[derive(Clone, Debug, Default)]
pub struct AfterSales {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this state.
    pub state: Option<String>,
    /// Ids below it.
    pub before: i64,
}

/// After-sales cases that `scope` may see, newest first, at most `limit`; next page by [`AfterSales::before`].
///
/// # Errors
/// A store fault.
pub fn after_sales(tx: &mut Tx<'_>, scope: Scope, filter: &AfterSales, limit: i64) -> Result<Vec<Case>, Fault> {
    let [a, b, c] = filter.kind.as_deref().map_or(AFTER_SALES, |kind| [kind; 3]);
    let state = filter.state.as_deref().unwrap_or("");
    Ok(tx.all_scoped(
        sql!(
            "SELECT id, kind, state, version, rulebook, parent_id, merchant_org, shop_id, buyer_id, owner_party,
             owner_org, opened_at, entered_at, due_at, closed_at FROM cases
             WHERE {ORG} AND kind IN (?2, ?3, ?4) AND (?5 = '' OR state = ?5) AND id < ?6 ORDER BY id DESC LIMIT ?7"
        ),
        scope,
        params![a, b, c, state, filter.before, limit],
    )?)
}

/// The moment after every due, as a key.
pub(crate) fn key_of(due: Option<Instant>, id: CaseId) -> (i64, i64) {
    (due.map_or(i64::MAX, |at| at.0), id.0)
}
