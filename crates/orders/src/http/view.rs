//! What is shown of orders.

use super::remark::{self, RemarkView};
use crate::model::{Line, Recipient};
use crate::queries::{self, Listed};
use crate::recipients;
use crate::ship::ShipmentBookRef;
use serde::Serialize;
use serde_json::Value;
use xr_base::{CaseId, Fault};
use xr_case::engine::{self, Case};
use xr_casework::{CaseSummary, CaseView, Look, NextView, summary, view};
use xr_payments::{PaymentRow, RefundRow, ledger};
use xr_store::Tx;

/// Lines shown of an order in a list.
const LINES_SHOWN: usize = 3;

/// A line as a list shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct LineListed {
    title: String,
    spec: String,
    quantity: i64,
}

/// A row of the order list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OrderListed {
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(super) row: Listed,
    shop_name: Option<String>,
    #[schema(value_type = Object)]
    state_label: xr_base::locale::Text,
    /// First character and asterisks.
    buyer_name: String,
    region: Option<String>,
    lines: Vec<LineListed>,
    line_count: usize,
    is_closed: bool,
    /// Its clocks stand until a related case has ended.
    is_paused: bool,
    next: Option<NextView>,
}

/// A row about a case, and where that case stands.
#[derive(Debug, Serialize)]
pub(super) struct WithState<T> {
    #[serde(flatten)]
    row: T,
    state_label: xr_base::locale::Text,
    is_closed: bool,
}

fn with_state<T>(tx: &mut Tx<'_>, case: CaseId, row: T) -> Result<WithState<T>, Fault> {
    let case = engine::get(tx, case)?;
    Ok(WithState { row, state_label: engine::outlook(tx, &case)?.state_label, is_closed: case.is_closed() })
}

/// Everything about an order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OrderView {
    order: OrderListed,
    /// The buyer's.
    remark: String,
    /// The merchant's own; not for buyers.
    merchant_remark: Option<RemarkView>,
    freight_minor: i64,
    tracking: &'static str,
    #[schema(value_type = Vec<Object>)]
    lines: Vec<Line>,
    #[schema(value_type = Option<Object>)]
    recipient: Option<Recipient>,
    #[schema(value_type = Vec<Object>)]
    payments: Vec<WithState<PaymentRow>>,
    #[schema(value_type = Vec<Object>)]
    refunds: Vec<WithState<RefundRow>>,
    #[schema(value_type = Vec<Object>)]
    shipments: Vec<Value>,
    after_sales: Vec<CaseSummary>,
    #[schema(value_type = Vec<Object>)]
    legs: Vec<ledger::Leg>,
    case: CaseView,
}

/// Fills a row up for the list.
pub(super) fn listed(tx: &mut Tx<'_>, row: Listed) -> Result<OrderListed, Fault> {
    let case = engine::get(tx, row.id)?;
    let summary = summary(tx, &case)?;
    with_lines(tx, row, summary)
}

fn with_lines(tx: &mut Tx<'_>, row: Listed, summary: CaseSummary) -> Result<OrderListed, Fault> {
    let lines = queries::lines(tx, row.id)?;
    let recipient = recipients::get(tx, row.id)?.map(|r| r.masked());
    let shown = |l: &Line| LineListed { title: l.title.clone(), spec: l.spec.clone(), quantity: l.quantity };
    Ok(OrderListed {
        shop_name: summary.head.shop_name,
        state_label: summary.head.state_label,
        buyer_name: recipient.as_ref().map(|r| r.name.clone()).unwrap_or_default(),
        region: recipient.map(|r| r.region),
        lines: lines.iter().take(LINES_SHOWN).map(shown).collect(),
        line_count: lines.len(),
        is_closed: summary.head.closed_at.is_some(),
        is_paused: summary.next.as_ref().is_some_and(|next| next.blocked.as_deref() == Some("paused")),
        next: summary.next,
        row,
    })
}

/// The page of an order.
pub(super) fn order_view(tx: &mut Tx<'_>, case: &Case, look: &Look<'_>) -> Result<OrderView, Fault> {
    let id: CaseId = case.id;
    let order = queries::get(tx, id)?;
    let row = Listed {
        id,
        number: order.number.clone(),
        shop_id: order.shop_id,
        state: case.state.clone(),
        due_at: case.due_at,
        total_minor: order.total_minor,
        currency: order.currency,
        placed_at: order.placed_at,
        source: order.source.clone(),
        outside_no: order.outside_no.clone(),
        buyer_id: order.buyer_id,
    };
    let own = summary(tx, case)?;
    let case_view = view(tx, case, look)?;
    let is_money = |c: &CaseSummary| c.head.kind == "payment" || c.head.kind == "refund";
    let after_sales = case_view.children.iter().filter(|c| !is_money(c)).cloned().collect();
    let shipments = match tx.ext::<ShipmentBookRef>() {
        Some(ShipmentBookRef(book)) => book.parcels(tx, id)?,
        None => Vec::new(),
    };
    let paid = xr_payments::queries::payments_of(tx, id)?;
    let payments = paid.into_iter().map(|row| with_state(tx, row.case_id, row)).collect::<Result<Vec<_>, Fault>>()?;
    let back = xr_payments::queries::refunds_of(tx, id)?;
    let refunds = back.into_iter().map(|row| with_state(tx, row.case_id, row)).collect::<Result<Vec<_>, Fault>>()?;
    Ok(OrderView {
        order: with_lines(tx, row, own)?,
        remark: queries::buyer_remark(tx, id)?,
        merchant_remark: remark::shown(tx, id, look.principal)?,
        freight_minor: order.freight_minor,
        tracking: order.tracking.word(),
        lines: queries::lines(tx, id)?,
        recipient: recipients::get(tx, id)?.map(|r| r.masked()),
        payments,
        refunds,
        shipments,
        after_sales,
        legs: ledger::legs_of_payable(tx, id)?,
        case: case_view,
    })
}
