//! The three kinds: facts, forms, and what acts bring with them.

use crate::inputs::{AGAIN_FORM, CHANGE_FORM, PARCEL_FORM, PICKUP_FORM, PROPOSAL_FORM, REFUSAL_FORM};
use crate::model::{AftersalesRow, CaseKind, Origin};
use crate::queries;
use crate::steps::Step;
use crate::vocabulary::{Exchange, RefundOnly, ReturnRefund};
use crate::{acts, detail, relive};
use xr_base::{Fault, Money, Party, StoreError};
use xr_case::engine::{Act, Case, Description, Field, Kind};
use xr_case::replay::{Family, Past, Recorded};
use xr_case::{FactSet, FactValue, Facts, Vocabulary};
use xr_logistics::{Direction, ScanKind};
use xr_store::Tx;

/// Up to here a tie before the platform goes to the buyer, minor units (decision D, correction 9: 200 yuan).
pub const ADJUDICATION_LIMIT_MINOR: i64 = 20_000;

/// One of the three kinds.
#[derive(Clone, Copy, Debug)]
pub struct AftersalesKind {
    kind: CaseKind,
    adjudication_limit_minor: i64,
}

impl AftersalesKind {
    /// The kind, with the amount up to which a tie goes to the buyer.
    pub const fn new(kind: CaseKind, adjudication_limit_minor: i64) -> Self {
        Self { kind, adjudication_limit_minor }
    }

    fn fact(&self, tx: &mut Tx<'_>, row: &AftersalesRow, name: &str) -> Result<FactValue, Fault> {
        let case = row.case_id;
        Ok(match name {
            "contacted_buyer" => FactValue::Bool(queries::has_contact(tx, case, row.changed_at)?),
            "evidence_count" => FactValue::Int(queries::evidence_count(tx, case, Party::Merchant)?),
            "buyer_evidence_count" => {
                let filed = queries::evidence_count(tx, case, Party::Buyer)?;
                FactValue::Int(filed + i64::from(row.waybill_at.is_some() && !is_fetched(tx, row)?))
            }
            "amount_minor" => FactValue::Int(row.amount_minor),
            "adjudication_limit_minor" => FactValue::Int(self.adjudication_limit_minor),
            "is_shipped" => FactValue::Bool(is_shipped(tx, row)?),
            "progress" => FactValue::Text(row.progress.word().into()),
            "tries" => FactValue::Int(queries::tries(tx, row.line_id)?),
            "refund_succeeded" => FactValue::Bool(xr_payments::queries::refund_succeeded(tx, case)?),
            "goods_at" => FactValue::Text(row.goods_at.word().into()),
            "waybill_at" => moment(row.waybill_at),
            "delivered_at" => moment(parcel(tx, row, Direction::Return)?.and_then(|p| p.delivered_at)),
            "is_scan_reported_late" => {
                FactValue::Bool(parcel(tx, row, Direction::Return)?.is_some_and(|p| p.is_reported_late()))
            }
            "replacement_in_stock" => FactValue::Bool(has_replacement(tx, row)?),
            "replacement_delivered_at" => {
                let newest = parcel(tx, row, Direction::Replacement)?;
                moment(newest.filter(|p| p.outcome == Some(ScanKind::Delivered)).and_then(|p| p.delivered_at))
            }
            "reapplied" => FactValue::Int(queries::reapplied(tx, row.line_id)?),
            other => return Err(StoreError::Corrupt(format!("no fact {other}")).into()),
        })
    }
}

fn moment(at: Option<xr_base::Instant>) -> FactValue {
    at.map_or(FactValue::Absent, FactValue::Instant)
}

fn parcel(tx: &mut Tx<'_>, row: &AftersalesRow, way: Direction) -> Result<Option<xr_logistics::Shipment>, Fault> {
    xr_logistics::queries::newest(tx, row.case_id, way)
}

/// Whether the carrier fetched the goods: then the waybill is the carrier's word and not the buyer's.
fn is_fetched(tx: &mut Tx<'_>, row: &AftersalesRow) -> Result<bool, Fault> {
    Ok(xr_logistics::queries::newest_pickup(tx, row.case_id)?.is_some_and(|pickup| pickup.collected_at.is_some()))
}

fn is_shipped(tx: &mut Tx<'_>, row: &AftersalesRow) -> Result<bool, Fault> {
    let line = xr_orders::queries::line(tx, row.order_id, row.line_id)?;
    Ok(line.is_some_and(|l| l.shipped > 0))
}

/// Whether every claim of the case is promised, or could be now. Goods without stock rows claim nothing.
fn has_replacement(tx: &mut Tx<'_>, row: &AftersalesRow) -> Result<bool, Fault> {
    for claim in xr_inventory::queries::claims(tx, row.case_id)? {
        let missing = claim.wanted - claim.reserved;
        let stock = xr_inventory::queries::stock(tx, claim.sku_id)?;
        if missing > 0 && stock.is_none_or(|s| s.available() < missing) {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Kind for AftersalesKind {
    fn vocabulary(&self) -> &'static Vocabulary {
        match self.kind {
            CaseKind::RefundOnly => &RefundOnly::VOCABULARY,
            CaseKind::ReturnRefund => &ReturnRefund::VOCABULARY,
            CaseKind::Exchange => &Exchange::VOCABULARY,
        }
    }

    fn group(&self) -> &'static str {
        "aftersales"
    }

    fn facts(&self, tx: &mut Tx<'_>, case: &Case, need: FactSet) -> Result<Facts, Fault> {
        let row = queries::row(tx, case.id)?;
        let mut facts = Facts::of(self.vocabulary());
        for name in need.names() {
            let value = self.fact(tx, &row, name)?;
            facts.insert(name, value).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        }
        Ok(facts)
    }

    fn past(&self, tx: &mut Tx<'_>, case: &Case, need: FactSet) -> Result<Past, Fault> {
        let row = queries::row(tx, case.id)?;
        let mut now = Facts::of(self.vocabulary());
        now.insert("adjudication_limit_minor", FactValue::Int(self.adjudication_limit_minor))
            .map_err(|e| StoreError::Corrupt(e.to_string()))?;
        if need.contains("replacement_in_stock") {
            let is_there = FactValue::Bool(has_replacement(tx, &row)?);
            now.insert("replacement_in_stock", is_there).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        }
        let (figures, marks) = (relive::figures(&row), relive::marks(tx, &row)?);
        let is_follower = row.origin != Origin::Applied;
        let lasting = &["adjudication_limit_minor"];
        Ok(Past { now, figures, marks, lasting, currency: Some(row.currency), is_follower })
    }

    fn relived(&self, fact: &str, family: &Family<'_>, me: usize) -> Option<(FactValue, bool)> {
        relive::fact(fact, family, me)
    }

    fn relive_act(&self, event: &str, family: &mut Family<'_>, me: usize) {
        relive::act(self.kind, event, family, me);
    }

    fn opens(&self, family: &Family<'_>, recorded: &Recorded, parent: usize) -> bool {
        relive::opens(self.kind, family, recorded, parent)
    }

    fn describe(&self, tx: &mut Tx<'_>, case: &Case) -> Result<Description, Fault> {
        let row = queries::row(tx, case.id)?;
        let order = xr_orders::queries::get(tx, row.order_id)?;
        let line = xr_orders::queries::line(tx, row.order_id, row.line_id)?;
        Ok(Description {
            order: Some(row.order_id),
            number: Some(order.number),
            title: line.map(|l| l.title),
            amount: Some(Money::new(row.amount_minor, row.currency)),
        })
    }

    fn detail(&self, tx: &mut Tx<'_>, case: &Case) -> Result<Option<(&'static str, serde_json::Value)>, Fault> {
        Ok(Some(("after_sales", detail::of(tx, case.id)?)))
    }

    fn form(&self, event: &str) -> &'static [Field] {
        match Step::of(self.kind, event) {
            Some(Step::Reject | Step::Refuse) => REFUSAL_FORM,
            Some(Step::Propose) => PROPOSAL_FORM,
            Some(Step::Modify) => CHANGE_FORM,
            Some(Step::FillWaybill | Step::Reshipped | Step::SentBack) => PARCEL_FORM,
            Some(Step::BookPickup) => PICKUP_FORM,
            Some(Step::Reapply) => AGAIN_FORM,
            Some(Step::Plain | Step::Picked | Step::Signed | Step::Lost | Step::Delivered) | None => &[],
        }
    }

    fn prepare(&self, tx: &mut Tx<'_>, case: &Case, act: &Act<'_>) -> Result<(), Fault> {
        match Step::of(self.kind, act.event) {
            Some(step) => acts::prepare(tx, case, act, step),
            // The engine tells that there is no such event.
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_kinds_pause_an_order_as_one_group() {
        for kind in CaseKind::ALL {
            let kind = AftersalesKind::new(*kind, ADJUDICATION_LIMIT_MINOR);
            assert_eq!(kind.group(), "aftersales");
            assert_eq!(kind.vocabulary().kind, kind.kind.word());
        }
    }

    #[test]
    fn acts_that_need_input_have_a_form_and_others_have_none() {
        let exchange = AftersalesKind::new(CaseKind::Exchange, 0);
        assert_eq!(exchange.form("fill_waybill"), PARCEL_FORM);
        assert_eq!(exchange.form("reapply"), AGAIN_FORM);
        assert!(exchange.form("approve").is_empty() && exchange.form("signed").is_empty());
        assert!(AftersalesKind::new(CaseKind::RefundOnly, 0).form("fill_waybill").is_empty());
    }
}
