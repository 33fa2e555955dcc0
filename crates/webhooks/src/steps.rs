//! What the worker writes: which deliveries it takes, what became of a try, what is old enough to go.

use crate::model::{Attempt, Delivery, State};
use crate::schedule::pause;
use crate::{envelope, queries, secrets};
use serde_json::Value;
use xr_base::{Fault, Millis, RowId, StoreError};
use xr_store::{Command, Tx, params, sql};

/// A try that nobody told the end of is tried again after so long.
const LEASE: Millis = Millis::seconds(60);
/// Deliveries are kept for so long.
const KEPT_FOR: Millis = Millis::days(30);
/// Old deliveries that go at a time.
const DROPPED_MAX: i64 = 500;

/// A delivery that is to be sent now.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) delivery: Delivery,
    pub(crate) url: String,
    /// What it is signed with, the newest first.
    pub(crate) secrets: Vec<Vec<u8>>,
    /// What it says.
    pub(crate) message: Value,
}

/// Deliveries of an endpoint that are due, the longest due first.
pub(crate) fn due(tx: &mut Tx<'_>, endpoint: RowId, limit: i64) -> Result<Vec<RowId>, StoreError> {
    let wall = tx.wall();
    let rows: Vec<(RowId,)> = tx.all(
        sql!(
            "SELECT id FROM webhook_deliveries WHERE endpoint_id = ?1 AND next_at <= ?2 ORDER BY next_at, id LIMIT ?3
             /* unscoped: the worker serves every organisation */"
        ),
        params![endpoint, wall, limit],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes a delivery: it counts as tried, and is nobody else's until [`LEASE`] is over. None when somebody was faster.
#[derive(Clone, Debug)]
pub(crate) struct Take {
    pub(crate) endpoint: RowId,
    pub(crate) delivery: RowId,
}

impl Command for Take {
    type Out = bool;
    const NAME: &'static str = "webhooks.take";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let wall = tx.wall();
        let taken = tx.exec(
            sql!(
                "UPDATE webhook_deliveries SET tries = tries + 1, next_at = ?3
                 WHERE id = ?1 AND next_at <= ?2 AND endpoint_id IN (SELECT id FROM webhook_endpoints WHERE is_enabled = 1)
                 /* unscoped: the worker serves every organisation */"
            ),
            params![self.delivery, wall, wall + LEASE],
        )?;
        Ok(taken == 1)
    }
}

/// What a delivery that was taken says, where to, and signed with what.
pub(crate) fn taken(tx: &mut Tx<'_>, take: &Take, source: &str) -> Result<Option<Taken>, Fault> {
    let Some(endpoint) = queries::endpoint(tx, take.endpoint)? else { return Ok(None) };
    let Some(delivery) = queries::delivery(tx, take.endpoint, take.delivery)? else { return Ok(None) };
    let message = message(tx, &delivery, source)?;
    Ok(Some(Taken { url: endpoint.url, secrets: secrets::open(tx, endpoint.id)?, message, delivery }))
}

/// The message of a delivery.
pub(crate) fn message(tx: &mut Tx<'_>, delivery: &Delivery, source: &str) -> Result<Value, Fault> {
    let Some(id) = delivery.event else {
        return Ok(envelope::of_ping(source, &delivery.message_id(), delivery.created_at));
    };
    let event = queries::event(tx, id)?;
    let event = event.ok_or_else(|| StoreError::Corrupt(format!("the delivery {} tells of no event", delivery.id)))?;
    Ok(envelope::of_event(source, &event))
}

/// Notes how a try ended, and what follows.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) endpoint: RowId,
    pub(crate) delivery: RowId,
    /// Number of the try; one that was overtaken decides nothing any more.
    pub(crate) tries: i64,
    pub(crate) attempt: Attempt,
}

impl Command for Note {
    type Out = ();
    const NAME: &'static str = "webhooks.note";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let Attempt { at, status, failure, took_ms } = &self.attempt;
        let id: RowId = tx.id();
        tx.put(
            sql!(
                "INSERT INTO webhook_attempts (id, delivery_id, at, status, failure, took_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 /* unscoped: the worker serves every organisation */"
            ),
            params![id, self.delivery, at, status, failure, took_ms],
        )?;
        match failure.as_deref() {
            None => self.arrived(tx),
            Some("gone") => {
                self.end(tx, State::Dead)?;
                disable(tx, self.endpoint, "gone")
            }
            Some(_) => self.failed(tx),
        }
    }
}

impl Note {
    fn arrived(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let wall = tx.wall();
        self.end(tx, State::Done)?;
        tx.put(
            sql!(
                "UPDATE webhook_endpoints SET last_done_at = ?2 WHERE id = ?1 /* unscoped: the worker serves every organisation */"
            ),
            params![self.endpoint, wall],
        )?;
        Ok(())
    }

    fn failed(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let wall = tx.wall();
        if let Some(pause) = pause(self.tries) {
            tx.put(
                sql!(
                    "UPDATE webhook_deliveries SET next_at = ?3 WHERE id = ?1 AND tries = ?2 AND next_at IS NOT NULL
                     /* unscoped: the worker serves every organisation */"
                ),
                params![self.delivery, self.tries, wall + pause],
            )?;
            return Ok(());
        }
        self.end(tx, State::Dead)?;
        let endpoint = queries::endpoint(tx, self.endpoint)?;
        let delivery = queries::delivery(tx, self.endpoint, self.delivery)?;
        let (Some(endpoint), Some(delivery)) = (endpoint, delivery) else { return Ok(()) };
        // Nothing at all arrived while this was tried for days: whoever stands there has gone.
        let is_failing = endpoint.last_done_at.is_none_or(|at| at < delivery.created_at);
        if is_failing { disable(tx, endpoint.id, "failing") } else { Ok(()) }
    }

    fn end(&self, tx: &mut Tx<'_>, state: State) -> Result<(), Fault> {
        let wall = tx.wall();
        tx.put(
            sql!(
                "UPDATE webhook_deliveries SET state = ?3, next_at = NULL, ended_at = ?4
                 WHERE id = ?1 AND tries = ?2 AND next_at IS NOT NULL /* unscoped: the worker serves every organisation */"
            ),
            params![self.delivery, self.tries, state, wall],
        )?;
        Ok(())
    }
}

fn disable(tx: &mut Tx<'_>, endpoint: RowId, why: &str) -> Result<(), Fault> {
    tx.put(
        sql!(
            "UPDATE webhook_endpoints SET is_enabled = 0, disabled_why = ?2, version = version + 1 WHERE id = ?1 AND is_enabled = 1
             /* unscoped: the worker serves every organisation */"
        ),
        params![endpoint, why],
    )?;
    Ok(())
}

/// Deletes deliveries that were kept long enough, with their tries, and secrets that are over; whether there may be more of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DropOld;

impl Command for DropOld {
    type Out = bool;
    const NAME: &'static str = "webhooks.drop_old";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let wall = tx.wall();
        tx.put(
            sql!("DELETE FROM webhook_secrets WHERE expires_at <= ?1 /* unscoped: house-keeping */"),
            params![wall],
        )?;
        let old: Vec<(RowId,)> = tx.all(
            sql!(
                "SELECT id FROM webhook_deliveries WHERE created_at < ?1 ORDER BY created_at LIMIT ?2 /* unscoped: house-keeping */"
            ),
            params![wall - KEPT_FOR, DROPPED_MAX],
        )?;
        for (id,) in &old {
            forget(tx, *id)?;
        }
        Ok(i64::try_from(old.len()).unwrap_or(0) == DROPPED_MAX)
    }
}

/// Deletes a delivery with its tries.
pub(crate) fn forget(tx: &mut Tx<'_>, delivery: RowId) -> Result<(), StoreError> {
    tx.put(
        sql!("DELETE FROM webhook_attempts WHERE delivery_id = ?1 /* unscoped: house-keeping */"),
        params![delivery],
    )?;
    tx.put(sql!("DELETE FROM webhook_deliveries WHERE id = ?1 /* unscoped: house-keeping */"), params![delivery])
}
