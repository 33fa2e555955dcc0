//! From the event record to deliveries: an endpoint's place moves on in the transaction that makes deliveries of what was found there.

use crate::model::{Endpoint, State};
use crate::{PERMISSION, envelope, queries};
use xr_base::{Fault, OrgId, RowId, Scope, StoreError};
use xr_identity::model::OrgKind;
use xr_identity::{queries as identity, standing};
use xr_store::events::{self, Event};
use xr_store::{Command, Tx, params, sql};

/// Events looked at in one transaction.
const LOOKED_AT: i64 = 200;
/// A place that lies so far behind is moved on also where nothing was found: foreign events must not be looked at again and again.
const BEHIND: i64 = 1_000;

/// What the organisation may see now; nothing for one that stands outside of the market.
fn scope(tx: &mut Tx<'_>, org: OrgId) -> Result<Option<Scope>, Fault> {
    let mut left = vec![PERMISSION.to_owned()];
    if let Some(standing) = standing::of(tx, org)? {
        standing.keep(&mut left);
    }
    let kind = identity::org(tx, org)?.filter(|_| !left.is_empty()).map(|org| org.kind);
    Ok(kind.map(|kind| if kind == OrgKind::Platform { Scope::Platform } else { Scope::Merchant(org) }))
}

/// Makes deliveries of the events behind the endpoint's place; whether there may be more of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread(pub(crate) RowId);

impl Command for Spread {
    type Out = bool;
    const NAME: &'static str = "webhooks.spread";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let Some(endpoint) = queries::endpoint(tx, self.0)?.filter(|endpoint| endpoint.is_enabled) else {
            return Ok(false);
        };
        let last = events::last_seq(tx)?;
        let found = match scope(tx, endpoint.org)? {
            Some(scope) => events::after(tx, scope, endpoint.position, LOOKED_AT)?,
            None => Vec::new(),
        };
        let is_more = i64::try_from(found.len()).unwrap_or(LOOKED_AT) == LOOKED_AT;
        // More may have been numbered between the two questions: the place never lies before what was found.
        let found_to = found.last().map(|event| event.seq);
        let place = found_to.filter(|seq| is_more || *seq > last).unwrap_or(last);
        move_on(tx, &endpoint, place)?;
        for event in found.iter().filter(|event| envelope::is_wanted(&endpoint.kinds.0, &event.kind)) {
            add(tx, endpoint.id, event)?;
        }
        Ok(is_more)
    }
}

/// Whether [`Spread`] would do something.
pub(crate) fn is_due(tx: &mut Tx<'_>, (id, position): (RowId, i64)) -> Result<bool, Fault> {
    let last = events::last_seq(tx)?;
    if last <= position || last - position > BEHIND {
        return Ok(last > position);
    }
    let Some(endpoint) = queries::endpoint(tx, id)? else { return Ok(false) };
    let Some(scope) = scope(tx, endpoint.org)? else { return Ok(false) };
    Ok(!events::after(tx, scope, position, 1)?.is_empty())
}

/// Two workers at once: the second one finds that the place was moved, and does nothing.
fn move_on(tx: &mut Tx<'_>, endpoint: &Endpoint, place: i64) -> Result<(), Fault> {
    let moved = tx.exec(
        sql!(
            "UPDATE webhook_endpoints SET position = ?3 WHERE id = ?1 AND position = ?2
             /* unscoped: the worker serves every organisation */"
        ),
        params![endpoint.id, endpoint.position, place],
    )?;
    Ok(StoreError::compared(moved, "the place in the event record")?)
}

fn add(tx: &mut Tx<'_>, endpoint: RowId, event: &Event) -> Result<(), Fault> {
    insert(tx, endpoint, (Some(event), &event.kind)).map(|_| ())
}

/// A delivery that is due at once.
pub(crate) fn insert(tx: &mut Tx<'_>, endpoint: RowId, (event, kind): (Option<&Event>, &str)) -> Result<RowId, Fault> {
    let (id, wall): (RowId, _) = (tx.id(), tx.wall());
    tx.put(
        sql!(
            "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, kind, state, tries, next_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?6) /* unscoped: of an endpoint that was found in scope */"
        ),
        params![id, endpoint, event.map(|event| event.id), kind, State::Waiting, wall],
    )?;
    Ok(id)
}
