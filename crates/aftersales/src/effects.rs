//! Effects of after-sales.

use crate::inputs::Again;
use crate::model::{AftersalesRow, CaseKind, GoodsAt, Origin, Progress};
use crate::opening::{follower, open, save};
use crate::{adjudicators, queries, relive};
use serde_json::json;
use std::sync::Arc;
use xr_base::{Fault, StoreError};
use xr_case::effects;
use xr_case::engine::{self, Case, Effects, Grant};
use xr_case::model::EffectCall;
use xr_case::replay::Family;
use xr_case::vocabulary::EffectSpec;
use xr_payments::{NewRefund, open_refund};
use xr_store::Tx;
use xr_store::events::{Audience, NewEvent};

effects! {
    /// What after-sales do for their cases.
    pub AftersalesEffect {
        OpenRefund = "aftersales.open_refund" "opens a refund of the case's amount, as far as money is left",
        AdoptProposal = "aftersales.adopt_proposal" "the open proposal's amount becomes the case's",
        NotifyReturnAddress = "aftersales.notify_return_address" "tells the buyer where to send the goods",
        SettleLine = "aftersales.settle_line" "counts the line's quantity as refunded",
        StopLine = "aftersales.stop_line" "takes the line's quantity off what is still to be shipped",
        AssignAdjudicator = "aftersales.assign_adjudicator" "assigns a person of the platform",
        OpenReturnCase = "aftersales.open_return_case" "opens a return with refund for the same goods",
        OpenNewCase = "aftersales.open_new_case" "opens the case that the buyer applies for anew",
    }
}

/// Carries out [`AftersalesEffect`]s.
#[derive(Clone)]
pub struct AftersalesEffects {
    adjudicators: Arc<dyn adjudicators::Adjudicators>,
}

impl AftersalesEffects {
    /// With whoever knows the people that may rule.
    pub fn new(adjudicators: Arc<dyn adjudicators::Adjudicators>) -> Self {
        Self { adjudicators }
    }
}

impl Effects for AftersalesEffects {
    fn specs(&self) -> &'static [EffectSpec] {
        AftersalesEffect::SPECS
    }

    fn apply(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, call: &EffectCall) -> Result<(), Fault> {
        let row = queries::row(tx, case.id)?;
        match AftersalesEffect::try_from(call).map_err(|e| StoreError::Corrupt(e.to_string()))? {
            AftersalesEffect::OpenRefund => refund(tx, grant, &row),
            AftersalesEffect::AdoptProposal => adopt(tx, row),
            AftersalesEffect::NotifyReturnAddress => tell_address(tx, grant, row),
            AftersalesEffect::SettleLine => settle(tx, grant, &row),
            AftersalesEffect::StopLine => stop(tx, grant, &row),
            AftersalesEffect::AssignAdjudicator => self.assign(tx, grant, row),
            AftersalesEffect::OpenReturnCase => open_return(tx, grant, case, &row),
            AftersalesEffect::OpenNewCase => open_again(tx, grant, case, row),
        }
    }

    fn relive(&self, call: &EffectCall, family: &mut Family<'_>, me: usize) {
        if let Ok(effect) = AftersalesEffect::try_from(call) {
            relive::effect(family, me, &effect);
        }
    }
}

impl AftersalesEffects {
    /// The person for whom the fewest cases wait rules; without anybody the case stays in the platform's common queue.
    fn assign(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, mut row: AftersalesRow) -> Result<(), Fault> {
        let people = self.adjudicators.candidates(tx)?;
        row.assigned_to = adjudicators::least_loaded(tx, &people)?;
        save(tx, &row)?;
        let body = json!({ "assigned_to": row.assigned_to });
        tell(tx, grant, &row, "adjudicator_assigned", body)
    }
}

/// An amount of nothing (a gift) is refunded by saying so.
fn refund(tx: &mut Tx<'_>, grant: &Grant<'_>, row: &AftersalesRow) -> Result<(), Fault> {
    if row.amount_minor < 1 {
        return Ok(engine::enqueue(tx, row.case_id, "refund.done")?);
    }
    let new = NewRefund { parent: row.case_id, payable: row.order_id, amount_minor: row.amount_minor, is_owed: false };
    open_refund(tx, grant, &new).map(|_| ())
}

fn adopt(tx: &mut Tx<'_>, mut row: AftersalesRow) -> Result<(), Fault> {
    let Some(proposal) = row.proposal_minor.take() else { return Ok(()) };
    row.amount_minor = proposal;
    save(tx, &row)
}

/// A shop without an address must not hold the case up: the empty text is filled in when the shop names one.
fn tell_address(tx: &mut Tx<'_>, grant: &Grant<'_>, mut row: AftersalesRow) -> Result<(), Fault> {
    let address = queries::return_address(tx, row.shop_id)?;
    let event = if address.is_some() { "return_address_told" } else { "return_address_missing" };
    row.return_address = Some(address.unwrap_or_default());
    save(tx, &row)?;
    tell(tx, grant, &row, event, json!({}))
}

/// What went back for this case counts for its line. Units that the order itself gave back meanwhile are not counted twice.
fn settle(tx: &mut Tx<'_>, grant: &Grant<'_>, row: &AftersalesRow) -> Result<(), Fault> {
    let Some(line) = xr_orders::queries::line(tx, row.order_id, row.line_id)? else { return Ok(()) };
    let quantity = row.quantity.min(line.quantity - line.refunded);
    if quantity < 1 {
        return Ok(());
    }
    let mut amount_minor = 0;
    for (refund, outcome) in xr_payments::queries::refunds_for(tx, row.case_id)? {
        if outcome.as_deref() != Some("called_off") {
            amount_minor += xr_payments::queries::refund(tx, refund)?.amount_minor;
        }
    }
    xr_orders::settle_line(tx, grant, (row.order_id, row.line_id), quantity, amount_minor)
}

fn stop(tx: &mut Tx<'_>, grant: &Grant<'_>, row: &AftersalesRow) -> Result<(), Fault> {
    xr_orders::stop_line(tx, grant, (row.order_id, row.line_id), row.quantity)
}

/// "Return and refund" ruled on a case of another kind: the goods' new case starts with the return.
fn open_return(tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, source: &AftersalesRow) -> Result<(), Fault> {
    let pack = engine::pack_of(tx, case)?;
    let row = AftersalesRow { kind: CaseKind::ReturnRefund, origin: Origin::Ruled, ..follower(tx, source) };
    open(tx, grant, &pack, &row)?;
    Ok(engine::enqueue(tx, row.case_id, "ruled_return")?)
}

fn open_again(tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, mut source: AftersalesRow) -> Result<(), Fault> {
    let Some(text) = source.next_case.take() else { return Ok(()) };
    save(tx, &source)?;
    let again: Again = serde_json::from_str(&text).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let pack = engine::pack_of(tx, case)?;
    let row = AftersalesRow {
        kind: again.kind,
        origin: Origin::Reapplied,
        reason: again.reason,
        description: again.description.trim().to_owned(),
        goods_at: GoodsAt::Buyer,
        progress: Progress::Received,
        ..follower(tx, &source)
    };
    crate::evidence::file_photos(tx, grant.actor, row.case_id, &again.photos)?;
    open(tx, grant, &pack, &row).map(|_| ())
}

/// Neither addresses nor words enter the event.
fn tell(
    tx: &mut Tx<'_>,
    grant: &Grant<'_>,
    row: &AftersalesRow,
    what: &str,
    body: serde_json::Value,
) -> Result<(), Fault> {
    let at = tx.at();
    tx.event(&NewEvent {
        kind: &format!("aftersales.{what}"),
        at,
        case: Some(row.case_id),
        object: None,
        audience: Audience { merchant_org: Some(row.merchant_org), shop: Some(row.shop_id), buyer: Some(row.buyer_id) },
        actor: grant.actor,
        body,
    })?;
    Ok(())
}
