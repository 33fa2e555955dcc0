//! The note that a merchant's people leave each other on an order.

use super::place_order::REMARK_CHARS_MAX;
use crate::texts::WORDINGS;
use crate::{Error, queries};
use serde_json::json;
use xr_base::{Actor, CaseId, Fault, Problem, RowId, StoreError};
use xr_case::engine::{self, Case};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx, params, sql};

/// Permission of it.
pub(crate) const PERMISSION: &str = "orders.remark";

/// Writes another wording; the one before stays where the record names it. Nothing of an order depends on it.
#[derive(Clone, Debug)]
pub struct ChangeRemark {
    /// Who; needs `orders.remark` and belongs to the order's merchant.
    pub actor: Actor,
    /// The order.
    pub order: CaseId,
    /// The wording that the person has seen; none where there was none.
    pub seen: Option<RowId>,
    /// The new one, at most 500 characters; empty takes the remark away.
    pub words: String,
}

impl Command for ChangeRemark {
    /// Whether the words are others than before.
    type Out = bool;
    const NAME: &'static str = "orders.change_remark";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        xr_identity::authorise(&self.actor, PERMISSION)?;
        let forbidden = || Problem::new(403, "web.forbidden").with("permission", PERMISSION);
        let Actor::Person(person) = &self.actor else { return Err(forbidden().into()) };
        let case = engine::seen_by(tx, person.scope(), self.order)?;
        if case.kind != "order" {
            return Err(Error::NoSuchOrder(self.order).into());
        }
        if person.org.is_none() || person.org != case.merchant_org {
            return Err(forbidden().into());
        }
        let words = self.words.trim();
        // Lines may be broken: it is a note, not a name.
        let is_good = |c: char| c == '\n' || !c.is_control();
        if words.chars().count() > REMARK_CHARS_MAX || !words.chars().all(is_good) {
            return Err(Error::Field("remark").into());
        }
        let before = queries::remark(tx, case.id)?;
        if before.as_ref().map(|remark| remark.id) != self.seen {
            return Err(Error::RemarkChanged.into());
        }
        if before.as_ref().map_or("", |remark| &remark.words) == words {
            return Ok(false);
        }
        let (id, now) = (tx.id::<RowId>(), tx.now());
        let place = before.as_ref().map_or(1, |remark| remark.place + 1);
        let sealed = WORDINGS.seal(tx, id.0, words)?;
        let added = tx.exec(
            sql!(
                "INSERT INTO order_remarks (id, order_id, whose, place, words, sealed_words, written_by, written_at)
                 VALUES (?1, ?2, 'merchant', ?3, '', ?4, ?5, ?6) ON CONFLICT (order_id, whose, place) DO NOTHING /* unscoped: after authorisation */"
            ),
            params![id, case.id, place, sealed, person.user, now],
        )?;
        // Whoever comes second looks again, and finds that the wording they saw is not the last one.
        StoreError::compared(added, "the remark")?;
        let named = |remark: Option<RowId>| json!({ "remark": remark });
        let was = before.filter(|remark| !remark.words.is_empty()).map(|remark| remark.id);
        tx.event(&NewEvent {
            kind: "order.remark_changed",
            at: now,
            case: Some(case.id),
            object: None,
            audience: Audience { merchant_org: case.merchant_org, shop: case.shop_id, buyer: None },
            actor: &self.actor,
            body: json!({ "before": named(was), "after": named((!words.is_empty()).then_some(id)) }),
        })?;
        Ok(true)
    }
}

/// Keeps what the buyer's remark was before and after somebody edited the order, and puts on record who it was.
pub(crate) fn note_edited(tx: &mut Tx<'_>, actor: &Actor, case: &Case, words: [&str; 2]) -> Result<(), Fault> {
    let Some(user) = actor.user() else { return Ok(()) };
    let (now, mut named) = (tx.now(), [None; 2]);
    for (id, words) in named.iter_mut().zip(words).filter(|(_, words)| !words.is_empty()) {
        let wording: RowId = tx.id();
        let sealed = WORDINGS.seal(tx, wording.0, words)?;
        tx.put(
            sql!(
                "INSERT INTO order_remarks (id, order_id, whose, place, words, sealed_words, written_by, written_at)
                 VALUES (?1, ?2, 'buyer', ?1, '', ?3, ?4, ?5) /* unscoped: after authorisation */"
            ),
            params![wording, case.id, sealed, user, now],
        )?;
        *id = Some(wording);
    }
    tx.event(&NewEvent {
        kind: "order.buyer_remark_changed",
        at: tx.at(),
        case: Some(case.id),
        object: None,
        audience: Audience { merchant_org: case.merchant_org, shop: case.shop_id, buyer: case.buyer_id },
        actor,
        body: json!({ "before": { "buyer_remark": named[0] }, "after": { "buyer_remark": named[1] } }),
    })?;
    Ok(())
}
