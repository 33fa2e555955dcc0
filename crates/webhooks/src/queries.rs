//! Reading. What has no organisation as a parameter is for the worker, or of an endpoint that was found in scope.

use crate::model::{Attempt, Delivery, Endpoint, State};
use xr_base::{EventId, OrgId, RowId, StoreError};
use xr_store::events::Event;
use xr_store::{Tx, params, sql};

/// Endpoints of an organisation, oldest first; it has few.
pub(crate) fn endpoints(tx: &mut Tx<'_>, org: OrgId) -> Result<Vec<Endpoint>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, org_id, url, kinds, is_enabled, disabled_why, position, created_at, last_done_at, version
             FROM webhook_endpoints WHERE org_id = ?1 ORDER BY id /* unscoped: the organisation is a parameter */"
        ),
        params![org],
    )
}

/// An endpoint, whoever's it is.
pub(crate) fn endpoint(tx: &mut Tx<'_>, id: RowId) -> Result<Option<Endpoint>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, org_id, url, kinds, is_enabled, disabled_why, position, created_at, last_done_at, version
             FROM webhook_endpoints WHERE id = ?1 /* unscoped: callers compare the organisation */"
        ),
        params![id],
    )
}

/// Every endpoint that messages go out to, with how far it has looked.
pub(crate) fn enabled(tx: &mut Tx<'_>) -> Result<Vec<(RowId, i64)>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, position FROM webhook_endpoints WHERE is_enabled = 1 ORDER BY id
             /* unscoped: the worker serves every organisation */"
        ),
        &[],
    )
}

/// Deliveries of an endpoint before `before`, the newest first, at most `limit`; of one state, or of all.
pub(crate) fn deliveries(
    tx: &mut Tx<'_>,
    endpoint: RowId,
    state: Option<State>,
    (before, limit): (i64, i64),
) -> Result<Vec<Delivery>, StoreError> {
    match state {
        Some(state) => tx.all(
            sql!(
                "SELECT id, event_id, kind, state, tries, next_at, created_at, ended_at FROM webhook_deliveries
                 WHERE endpoint_id = ?1 AND state = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4
                 /* unscoped: of an endpoint that was found in scope */"
            ),
            params![endpoint, state, before, limit],
        ),
        None => tx.all(
            sql!(
                "SELECT id, event_id, kind, state, tries, next_at, created_at, ended_at FROM webhook_deliveries
                 WHERE endpoint_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3
                 /* unscoped: of an endpoint that was found in scope */"
            ),
            params![endpoint, before, limit],
        ),
    }
}

/// A delivery of an endpoint.
pub(crate) fn delivery(tx: &mut Tx<'_>, endpoint: RowId, id: RowId) -> Result<Option<Delivery>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, event_id, kind, state, tries, next_at, created_at, ended_at FROM webhook_deliveries
             WHERE endpoint_id = ?1 AND id = ?2 /* unscoped: of an endpoint that was found in scope */"
        ),
        params![endpoint, id],
    )
}

/// Tries of a delivery, oldest first.
pub(crate) fn attempts(tx: &mut Tx<'_>, delivery: RowId) -> Result<Vec<Attempt>, StoreError> {
    tx.all(
        sql!(
            "SELECT at, status, failure, took_ms FROM webhook_attempts WHERE delivery_id = ?1 ORDER BY id LIMIT 200
             /* unscoped: of an endpoint that was found in scope */"
        ),
        params![delivery],
    )
}

/// How many deliveries of an endpoint are in a state, counted up to 1,000.
pub(crate) fn count(tx: &mut Tx<'_>, endpoint: RowId, state: State) -> Result<i64, StoreError> {
    let (count,): (i64,) = tx.one(
        sql!(
            "SELECT COUNT(*) FROM (SELECT id FROM webhook_deliveries WHERE endpoint_id = ?1 AND state = ?2 LIMIT 1000) d
             /* unscoped: of an endpoint that was found in scope */"
        ),
        params![endpoint, state],
    )?;
    Ok(count)
}

/// The event that a delivery tells of.
pub(crate) fn event(tx: &mut Tx<'_>, id: EventId) -> Result<Option<Event>, StoreError> {
    tx.opt(
        sql!(
            "SELECT s.seq, e.id, e.at, e.kind, e.case_id, e.shop_id, e.actor, e.party, e.body
             FROM events e JOIN event_seq s ON s.event_id = e.id WHERE e.id = ?1
             /* unscoped: it was in scope when its delivery was made */"
        ),
        params![id],
    )
}
