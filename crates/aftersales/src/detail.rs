//! What the case page shows of an after-sales case.

use crate::queries;
use serde_json::{Value, json};
use xr_base::{CaseId, Fault};
use xr_orders::ShipmentBookRef;
use xr_store::Tx;

/// The case as JSON: line, amounts, words, evidence, contacts, parcels.
pub(crate) fn of(tx: &mut Tx<'_>, case: CaseId) -> Result<Value, Fault> {
    let row = queries::row(tx, case)?;
    let order = xr_orders::queries::get(tx, row.order_id)?;
    let line = xr_orders::queries::line(tx, row.order_id, row.line_id)?;
    let evidence: Vec<Value> = queries::evidence(tx, case)?
        .into_iter()
        .map(|e| json!({ "id": e.id, "party": e.party, "sha256": e.sha256, "text": e.words, "at": e.at }))
        .collect();
    let statements: Vec<Value> = queries::statements(tx, case)?
        .into_iter()
        .map(|s| json!({ "party": s.party, "event": s.event, "text": s.words, "at": s.at }))
        .collect();
    let contacts: Vec<Value> = queries::contacts(tx, case)?
        .into_iter()
        .map(|c| json!({ "channel": c.channel, "note": c.note, "at": c.at }))
        .collect();
    let parcels = match tx.ext::<ShipmentBookRef>() {
        Some(ShipmentBookRef(book)) => book.parcels(tx, case)?,
        None => Vec::new(),
    };
    Ok(json!({
        "order_id": row.order_id, "order_number": order.number, "line": line, "quantity": row.quantity,
        "amount_minor": row.amount_minor, "currency": row.currency, "reason": row.reason,
        "description": row.description, "proposal_minor": row.proposal_minor, "goods_at": row.goods_at,
        "return_address": row.return_address, "waybill_at": row.waybill_at, "assigned_to": row.assigned_to,
        "evidence": evidence, "statements": statements, "contacts": contacts, "parcels": parcels,
    }))
}
