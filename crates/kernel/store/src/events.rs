//! Events: what happened, in commit order; also the audit record (decision D13).

use crate::shared::LEASE_MS;
use crate::store::Shared;
use crate::tx::{Connection, Tx};
use crate::{leases, params, record, sql};
use serde::{Deserialize, Serialize};
use xr_base::{
    Actor, CaseId, EventId, Instant, MaskedAddress, Millis, OrgId, Party, Scope, ShopId, StoreError, UserId,
};

/// Events moved by one round of the sequencer.
const MOVED_MAX: i64 = 1_000;

/// What a command says happened. Personal data never enters: ids and masked values only.
#[derive(Clone, Debug)]
pub struct NewEvent<'e> {
    /// Past tense: `order.placed`, `exchange.approved`.
    pub kind: &'e str,
    /// When it happened in business time; a clock's due instant for silence.
    pub at: Instant,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// Without a case: the raw id of the person, role, organisation or file that it is about.
    pub object: Option<i64>,
    /// Who may see it.
    pub audience: Audience,
    /// Who caused it.
    pub actor: &'e Actor,
    /// Further facts.
    pub body: serde_json::Value,
}

/// Whose event it is; the platform sees all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Merchant organisation that may see it.
    pub merchant_org: Option<OrgId>,
    /// Its shop.
    pub shop: Option<ShopId>,
    /// Buyer who may see it.
    pub buyer: Option<UserId>,
}

record! {
    /// An event as consumers read it.
    #[derive(Clone, Debug, Serialize, Deserialize)]
    pub struct Event {
        /// Place in commit order; gaps are other audiences' events.
        pub seq: i64,
        /// Id.
        pub id: EventId,
        /// Business time.
        pub at: Instant,
        /// Past tense name.
        pub kind: String,
        /// Case it is about.
        pub case_id: Option<CaseId>,
        /// Shop it is about.
        pub shop_id: Option<ShopId>,
        /// `usr_…`, `provider:…`, `clock` or `system`.
        pub actor: String,
        /// Party that acted.
        pub party: Party,
        /// JSON object.
        pub body: String,
    }
}

impl Tx<'_> {
    /// Appends an event; it becomes visible with the commit.
    ///
    /// # Errors
    /// [`StoreError`] of the engine.
    pub fn event(&mut self, event: &NewEvent<'_>) -> Result<EventId, StoreError> {
        let id: EventId = self.id();
        let body = event.body.to_string();
        self.put(
            sql!(
                "INSERT INTO events (id, at, kind, case_id, merchant_org, shop_id, buyer_id, actor, party, body,
                 address, object_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) /* unscoped: appending */"
            ),
            params![
                id,
                event.at,
                event.kind,
                event.case,
                event.audience.merchant_org,
                event.audience.shop,
                event.audience.buyer,
                event.actor.label(),
                event.actor.party(),
                body,
                event.actor.address().map(MaskedAddress::as_str),
                event.object
            ],
        )?;
        if self.conn.sequences_at_once() {
            self.put(sql!("INSERT INTO event_seq (event_id) VALUES (?1) /* unscoped: appending */"), params![id])?;
        } else {
            self.put(sql!("INSERT INTO event_pending (event_id) VALUES (?1) /* unscoped: appending */"), params![id])?;
        }
        Ok(id)
    }
}

/// Events after `seq` that `scope` may see, in commit order, at most `limit`.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn after(tx: &mut Tx<'_>, scope: Scope, seq: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
    tx.all_scoped(
        sql!(
            "SELECT s.seq, e.id, e.at, e.kind, e.case_id, e.shop_id, e.actor, e.party, e.body
             FROM event_seq s JOIN events e ON e.id = s.event_id
             WHERE s.seq > ?2 AND {ORG:e.} ORDER BY s.seq LIMIT ?3"
        ),
        scope,
        params![seq, limit],
    )
}

/// The last sequence number given; 0 before the first event.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn last_seq(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let (last,): (i64,) =
        tx.one(sql!("SELECT COALESCE(MAX(seq), 0) FROM event_seq /* unscoped: a position, no content */"), &[])?;
    Ok(last)
}

/// Gives events their place in commit order on PostgreSQL, while holding the lease.
pub(crate) struct Sequencer {
    conn: Box<dyn Connection + Send>,
    instance: String,
    renewed_at: i64,
    seen: i64,
}

impl Sequencer {
    pub(crate) fn new(conn: Box<dyn Connection + Send>, instance: String) -> Self {
        Self { conn, instance, renewed_at: 0, seen: 0 }
    }

    /// One round; gives the number of events moved, and whether any node has numbered events since the last round.
    pub(crate) fn round(&mut self, shared: &Shared) -> Result<(u64, bool), StoreError> {
        let wall = shared.clock.wall();
        if let Err(error) = self.renew_node(shared, wall) {
            // The connection is used again for the next round: no failed transaction may stay open on it.
            let _ = self.conn.rollback();
            return Err(error);
        }
        self.conn.begin()?;
        let mut tx = Tx::new(self.conn.as_mut(), shared, wall);
        let done = move_pending(&mut tx, &self.instance).and_then(|moved| Ok((moved, last_seq(&mut tx)?)));
        if done.is_ok() {
            self.conn.commit()?;
        } else {
            self.conn.rollback()?;
        }
        let (moved, last) = done?;
        Ok((moved, std::mem::replace(&mut self.seen, last) != last))
    }

    fn renew_node(&mut self, shared: &Shared, wall: Instant) -> Result<(), StoreError> {
        if shared.has_lost_node() {
            return self.renumber(shared);
        }
        // A wall clock that was put back renews at once.
        if (0..1_000).contains(&(wall.0 - self.renewed_at)) {
            return Ok(());
        }
        let (until, name) = (wall.0 + LEASE_MS, format!("node:{}", shared.node()));
        self.conn.begin()?;
        let mut tx = Tx::new(self.conn.as_mut(), shared, wall);
        let kept = tx.exec(
            sql!("UPDATE leases SET until_ms = ?1 WHERE name = ?2 AND holder = ?3 /* unscoped: leases of nodes */"),
            params![until, name, self.instance],
        )?;
        self.conn.commit()?;
        if kept == 0 {
            return self.renumber(shared);
        }
        self.renewed_at = wall.0;
        Ok(())
    }

    fn renumber(&mut self, shared: &Shared) -> Result<(), StoreError> {
        // A process that was stopped for long may come back to a connection that the server has closed.
        self.conn.group_begin()?;
        shared.renumber(self.conn.as_mut())
    }

    /// Gives the leases back at a graceful stop, so that the next process need not wait.
    pub(crate) fn let_go(&mut self, shared: &Shared) {
        while matches!(self.round(shared), Ok((moved, _)) if moved > 0) {}
        let holder = self.instance.replace('\'', "");
        let _ = self.conn.batch(&format!("UPDATE leases SET until_ms = 0 WHERE holder = '{holder}'"));
    }
}

fn move_pending(tx: &mut Tx<'_>, instance: &str) -> Result<u64, StoreError> {
    if !leases::take(tx, "sequencer", instance, Millis(LEASE_MS))? {
        return Ok(0);
    }
    let last = last_seq(tx)?;
    let moved = tx.exec(
        sql!(
            "INSERT INTO event_seq (seq, event_id)
             SELECT ?1 + ROW_NUMBER() OVER (ORDER BY p.event_id), p.event_id
             FROM (SELECT event_id FROM event_pending ORDER BY event_id LIMIT ?2) p /* unscoped: numbering */"
        ),
        params![last, MOVED_MAX],
    )?;
    if moved > 0 {
        tx.put(
            sql!(
                "DELETE FROM event_pending WHERE event_id IN (SELECT event_id FROM event_seq WHERE seq > ?1)
                 /* unscoped: numbering */"
            ),
            params![last],
        )?;
    }
    Ok(moved)
}
