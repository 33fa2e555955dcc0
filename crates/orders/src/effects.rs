//! Effects of orders.

use crate::{lines, queries, relive};
use serde_json::json;
use xr_base::{Fault, RowId, StoreError};
use xr_case::effects;
use xr_case::engine::{Case, Effects, Grant};
use xr_case::model::EffectCall;
use xr_case::replay::Family;
use xr_case::vocabulary::EffectSpec;
use xr_payments::{NewRefund, open_refund};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Tx, params, sql};

effects! {
    /// What orders do for their cases.
    pub OrdersEffect {
        MarkShipped = "orders.mark_shipped" "writes the time of the ship notice",
        NoteViolation = "orders.note_violation" { kind: text } "notes a broken promise of the merchant, once per order and kind",
        RefundUnshipped = "orders.refund_unshipped" "takes the rest off the order and refunds it",
    }
}

/// Carries out [`OrdersEffect`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrdersEffects;

impl Effects for OrdersEffects {
    fn specs(&self) -> &'static [EffectSpec] {
        OrdersEffect::SPECS
    }

    fn apply(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, call: &EffectCall) -> Result<(), Fault> {
        match OrdersEffect::try_from(call).map_err(|e| StoreError::Corrupt(e.to_string()))? {
            OrdersEffect::MarkShipped => mark_shipped(tx, case),
            OrdersEffect::NoteViolation { kind } => note_violation(tx, grant, case, &kind),
            OrdersEffect::RefundUnshipped => {
                let amount_minor = lines::stop_rest(tx, case.id)?;
                if amount_minor > 0 {
                    let new = NewRefund { parent: case.id, payable: case.id, amount_minor, is_owed: false };
                    open_refund(tx, grant, &new)?;
                }
                Ok(())
            }
        }
    }

    fn relive(&self, call: &EffectCall, family: &mut Family<'_>, me: usize) {
        if let Ok(effect) = OrdersEffect::try_from(call) {
            relive::effect(family, me, &effect);
        }
    }
}

fn mark_shipped(tx: &mut Tx<'_>, case: &Case) -> Result<(), Fault> {
    let at = tx.at();
    tx.put(
        sql!("UPDATE orders SET shipped_at = ?2 WHERE case_id = ?1 /* unscoped: after authorisation */"),
        params![case.id, at],
    )?;
    Ok(())
}

fn note_violation(tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, kind: &str) -> Result<(), Fault> {
    let order = queries::get(tx, case.id)?;
    let (id, at) = (tx.id::<RowId>(), tx.at());
    let added = tx.exec(
        sql!(
            "INSERT INTO violations (id, case_id, merchant_org, shop_id, buyer_id, kind, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (case_id, kind) DO NOTHING /* unscoped: after authorisation */"
        ),
        params![id, case.id, order.merchant_org, order.shop_id, order.buyer_id, kind, at],
    )?;
    if added == 0 {
        return Ok(());
    }
    let audience =
        Audience { merchant_org: Some(order.merchant_org), shop: Some(order.shop_id), buyer: Some(order.buyer_id) };
    tx.event(&NewEvent {
        kind: "order.violation_noted",
        at,
        case: Some(case.id),
        object: None,
        audience,
        actor: grant.actor,
        body: json!({ "violation": kind }),
    })?;
    Ok(())
}
