//! What people do with webhooks, one transaction each.

use crate::model::{Delivery, Endpoint, State};
use crate::secrets::BYTES;
use crate::target::{Reach, Target};
use crate::{Error, PERMISSION, envelope, queries, secrets, spread, steps};
use serde::Deserialize;
use serde_json::{Value, json};
use xr_base::{Actor, Fault, Instant, OrgId, RowId, StoreError};
use xr_case::engine::authorise;
use xr_store::events::{Audience, NewEvent, last_seq};
use xr_store::{Command, Tx, params, sql};

/// Endpoints of one organisation.
const ENDPOINTS_MAX: usize = 20;
/// Kinds that one endpoint names.
const KINDS_MAX: usize = 100;
/// Deliveries that are sent again at a time.
const AGAIN_MAX: i64 = 1_000;

/// The organisation whose webhooks the actor manages.
fn own(actor: &Actor) -> Result<OrgId, Fault> {
    authorise(actor, PERMISSION)?;
    let Actor::Person(person) = actor else { return Err(Error::NoSuchEndpoint.into()) };
    Ok(person.org.ok_or(Error::NoSuchEndpoint)?)
}

/// An endpoint of the actor's organisation.
fn found(tx: &mut Tx<'_>, actor: &Actor, id: RowId) -> Result<Endpoint, Fault> {
    let org = own(actor)?;
    let endpoint = queries::endpoint(tx, id)?.filter(|endpoint| endpoint.org == org);
    Ok(endpoint.ok_or(Error::NoSuchEndpoint)?)
}

/// Addresses may hold a key in their query: the record shows where messages go, not with what.
fn told(endpoint: (&str, &[String], bool)) -> Value {
    let (url, kinds, is_enabled) = endpoint;
    json!({ "url": url.split('?').next(), "kinds": kinds, "is_enabled": is_enabled })
}

fn of(endpoint: &Endpoint) -> Value {
    told((&endpoint.url, &endpoint.kinds.0, endpoint.is_enabled))
}

fn tell(tx: &mut Tx<'_>, (what, id): (&str, RowId), actor: &Actor, body: Value) -> Result<(), Fault> {
    let (at, org) = (tx.now(), own(actor)?);
    let audience = Audience { merchant_org: Some(org), ..Audience::default() };
    tx.event(&NewEvent {
        kind: &format!("webhook.{what}"),
        at,
        case: None,
        object: Some(id.0),
        audience,
        actor,
        body,
    })?;
    Ok(())
}

fn checked(kinds: &[String]) -> Result<String, Fault> {
    if let Some(bad) = kinds.iter().find(|kind| !envelope::is_kind(kind)) {
        return Err(Error::BadKind(bad.clone()).into());
    }
    if kinds.len() > KINDS_MAX {
        return Err(Error::BadKind(format!("{} > {KINDS_MAX}", kinds.len())).into());
    }
    Ok(serde_json::to_string(kinds).map_err(|error| StoreError::Corrupt(error.to_string()))?)
}

/// An endpoint to add.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEndpoint {
    /// Where messages go: `https`, at most 500 bytes.
    pub url: String,
    /// Kinds of events (`order.paid`), or groups of them (`order`); empty for everything that the organisation may see.
    #[serde(default)]
    pub kinds: Vec<String>,
}

/// Adds an endpoint; it is told what happens from now on.
#[derive(Clone, Debug)]
pub struct AddEndpoint {
    /// Who.
    pub actor: Actor,
    /// What.
    pub new: NewEndpoint,
    /// How far messages may go.
    pub reach: Reach,
    /// What its messages are signed with.
    pub secret: [u8; BYTES],
}

impl Command for AddEndpoint {
    type Out = RowId;
    const NAME: &'static str = "webhooks.add_endpoint";

    fn run(&self, tx: &mut Tx<'_>) -> Result<RowId, Fault> {
        let org = own(&self.actor)?;
        let NewEndpoint { url, kinds } = &self.new;
        Target::read(url, self.reach)?;
        let words = checked(kinds)?;
        if queries::endpoints(tx, org)?.len() >= ENDPOINTS_MAX {
            return Err(Error::TooMany(ENDPOINTS_MAX).into());
        }
        let (id, wall, position): (RowId, _, _) = (tx.id(), tx.wall(), last_seq(tx)?);
        tx.put(
            sql!(
                "INSERT INTO webhook_endpoints (id, org_id, url, kinds, is_enabled, position, made_by, created_at, version)
                 VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, 1) /* unscoped: one's own organisation */"
            ),
            params![id, org, url, words, position, self.actor.user(), wall],
        )?;
        secrets::add(tx, id, &self.secret)?;
        let after = told((url, kinds, true));
        tell(tx, ("added", id), &self.actor, json!({ "webhook": id, "before": null, "after": after }))?;
        Ok(id)
    }
}

/// What is to be different about an endpoint.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointChanges {
    /// Version that the caller has seen.
    pub version: i64,
    /// Another address.
    #[serde(default)]
    pub url: Option<String>,
    /// Other kinds.
    #[serde(default)]
    pub kinds: Option<Vec<String>>,
    /// Whether messages go out; when they do again, they go on where they stopped.
    #[serde(default)]
    pub is_enabled: Option<bool>,
}

/// Changes an endpoint.
#[derive(Clone, Debug)]
pub struct ChangeEndpoint {
    /// Who.
    pub actor: Actor,
    /// Which.
    pub endpoint: RowId,
    /// How.
    pub changes: EndpointChanges,
    /// How far messages may go.
    pub reach: Reach,
}

impl Command for ChangeEndpoint {
    type Out = ();
    const NAME: &'static str = "webhooks.change_endpoint";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let before = found(tx, &self.actor, self.endpoint)?;
        let EndpointChanges { version, url, kinds, is_enabled } = &self.changes;
        if before.version != *version {
            return Err(Error::Changed.into());
        }
        let url = url.as_ref().unwrap_or(&before.url);
        Target::read(url, self.reach)?;
        let kinds = kinds.as_ref().unwrap_or(&before.kinds.0);
        let (words, is_enabled) = (checked(kinds)?, is_enabled.unwrap_or(before.is_enabled));
        let changed = tx.exec(
            sql!(
                "UPDATE webhook_endpoints SET url = ?3, kinds = ?4, is_enabled = ?5,
                 disabled_why = CASE WHEN CAST(?5 AS BIGINT) = 1 THEN NULL ELSE disabled_why END, version = version + 1
                 WHERE id = ?1 AND version = ?2 /* unscoped: found in one's own organisation */"
            ),
            params![before.id, version, url, words, is_enabled],
        )?;
        StoreError::compared(changed, "the webhook")?;
        let body = json!({ "webhook": before.id, "before": of(&before), "after": told((url, kinds, is_enabled)) });
        tell(tx, ("changed", before.id), &self.actor, body)
    }
}

/// Removes an endpoint with its deliveries.
#[derive(Clone, Debug)]
pub(crate) struct RemoveEndpoint {
    /// Who.
    pub actor: Actor,
    /// Which.
    pub endpoint: RowId,
}

impl Command for RemoveEndpoint {
    type Out = ();
    const NAME: &'static str = "webhooks.remove_endpoint";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let before = found(tx, &self.actor, self.endpoint)?;
        tx.put(
            sql!("DELETE FROM webhook_secrets WHERE endpoint_id = ?1 /* unscoped: found in one's own organisation */"),
            params![before.id],
        )?;
        // Deliveries are nobody's then: house-keeping takes them away when they are old.
        tx.put(
            sql!(
                "UPDATE webhook_deliveries SET next_at = NULL WHERE endpoint_id = ?1 AND next_at IS NOT NULL
                 /* unscoped: found in one's own organisation */"
            ),
            params![before.id],
        )?;
        tx.put(
            sql!("DELETE FROM webhook_endpoints WHERE id = ?1 /* unscoped: found in one's own organisation */"),
            params![before.id],
        )?;
        let body = json!({ "webhook": before.id, "before": of(&before), "after": null });
        tell(tx, ("removed", before.id), &self.actor, body)
    }
}

/// Gives an endpoint a new secret; the one before signs beside it for a day.
#[derive(Clone, Debug)]
pub(crate) struct RotateSecret {
    /// Who.
    pub actor: Actor,
    /// Which.
    pub endpoint: RowId,
    /// The new one.
    pub secret: [u8; BYTES],
}

impl Command for RotateSecret {
    type Out = ();
    const NAME: &'static str = "webhooks.rotate_secret";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let endpoint = found(tx, &self.actor, self.endpoint)?;
        if secrets::list(tx, endpoint.id)?.len() > 1 {
            return Err(Error::TooManySecrets.into());
        }
        secrets::add(tx, endpoint.id, &self.secret)?;
        tell(tx, ("secret_rotated", endpoint.id), &self.actor, json!({ "webhook": endpoint.id }))
    }
}

/// Sends a message that only tries the endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Ping {
    /// Who.
    pub actor: Actor,
    /// Which.
    pub endpoint: RowId,
}

impl Command for Ping {
    type Out = RowId;
    const NAME: &'static str = "webhooks.ping";

    fn run(&self, tx: &mut Tx<'_>) -> Result<RowId, Fault> {
        let endpoint = found(tx, &self.actor, self.endpoint)?;
        spread::insert(tx, endpoint.id, (None, envelope::PING))
    }
}

/// Sends deliveries again, under the same ids: one of them, or those that were given up since a time.
#[derive(Clone, Debug)]
pub(crate) struct SendAgain {
    /// Who.
    pub actor: Actor,
    /// Which endpoint.
    pub endpoint: RowId,
    /// Which.
    pub what: Again,
}

/// What is sent again.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum Again {
    /// This delivery, however it stands.
    #[schema(value_type = String)]
    Delivery(RowId),
    /// Those that were given up, and made since this wall time; at most 1,000, the oldest first.
    #[schema(value_type = String, format = DateTime)]
    DeadSince(Instant),
}

impl Command for SendAgain {
    type Out = i64;
    const NAME: &'static str = "webhooks.send_again";

    fn run(&self, tx: &mut Tx<'_>) -> Result<i64, Fault> {
        let endpoint = found(tx, &self.actor, self.endpoint)?;
        let chosen: Vec<Delivery> = match self.what {
            Again::Delivery(id) => {
                vec![queries::delivery(tx, endpoint.id, id)?.ok_or(Error::NoSuchDelivery)?]
            }
            Again::DeadSince(since) => dead_since(tx, endpoint.id, since)?,
        };
        let wall = tx.wall();
        for delivery in &chosen {
            tx.put(
                sql!(
                    "UPDATE webhook_deliveries SET state = ?2, tries = 0, next_at = ?3, ended_at = NULL WHERE id = ?1
                     /* unscoped: found in one's own organisation */"
                ),
                params![delivery.id, State::Waiting, wall],
            )?;
        }
        let count = i64::try_from(chosen.len()).unwrap_or(i64::MAX);
        tell(tx, ("sent_again", endpoint.id), &self.actor, json!({ "webhook": endpoint.id, "count": count }))?;
        Ok(count)
    }
}

fn dead_since(tx: &mut Tx<'_>, endpoint: RowId, since: Instant) -> Result<Vec<Delivery>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, event_id, kind, state, tries, next_at, created_at, ended_at FROM webhook_deliveries
             WHERE endpoint_id = ?1 AND state = 'dead' AND created_at >= ?2 ORDER BY id LIMIT ?3
             /* unscoped: found in one's own organisation */"
        ),
        params![endpoint, since, AGAIN_MAX],
    )
}

/// A delivery with its message, for who manages the endpoint.
pub(crate) fn shown(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (endpoint, delivery): (RowId, RowId),
    source: &str,
) -> Result<(Delivery, Value), Fault> {
    let endpoint = found(tx, actor, endpoint)?;
    let delivery = queries::delivery(tx, endpoint.id, delivery)?.ok_or(Error::NoSuchDelivery)?;
    let message = steps::message(tx, &delivery, source)?;
    Ok((delivery, message))
}

/// The endpoint, for who manages it.
pub(crate) fn seen(tx: &mut Tx<'_>, actor: &Actor, id: RowId) -> Result<Endpoint, Fault> {
    found(tx, actor, id)
}
