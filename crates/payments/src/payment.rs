//! Opening payments, and what their guards ask.

use crate::model::PayableRef;
use crate::vocabulary::Payment;
use crate::{Error, queries, relive};
use xr_base::{CaseId, Fault, Instant, Money, OrgId, ShopId, UserId};
use xr_case::engine::{self, Case, Description, Grant, Kind, NewCase};
use xr_case::replay::{Family, Past, Recorded};
use xr_case::{FactSet, FactValue, Facts, Vocabulary};
use xr_store::{Tx, params, sql};

/// Largest amount of one payment, in minor units.
const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000;

/// A payment to open.
#[derive(Clone, Debug)]
pub struct NewPayment<'a> {
    /// What it is for; its case becomes the parent.
    pub payable: PayableRef<'a>,
    /// Pack of the payable.
    pub pack: &'a str,
    /// Merchant that is to be paid.
    pub merchant_org: OrgId,
    /// Shop.
    pub shop: ShopId,
    /// Who pays.
    pub buyer: UserId,
    /// How much, 1..=10^12 minor units.
    pub amount: Money,
    /// When the payable stops waiting.
    pub due: Instant,
    /// Provider that will be asked.
    pub provider: &'a str,
}

/// Opens a payment as a child of its payable.
///
/// # Errors
/// [`Error::Amount`]; what the engine refuses.
pub fn open_payment(tx: &mut Tx<'_>, grant: &Grant<'_>, new: &NewPayment<'_>) -> Result<Case, Fault> {
    if !(1..=AMOUNT_MINOR_MAX).contains(&new.amount.minor) {
        return Err(Error::Amount(new.amount.minor).into());
    }
    let id: CaseId = tx.id();
    tx.put(
        sql!(
            "INSERT INTO payments (case_id, payable_kind, payable_id, merchant_org, shop_id, buyer_id, amount_minor,
             currency, payable_due, provider, provider_ref, captured_minor, refunded_minor, refund_posted_minor,
             settled_minor, contested_minor, charged_back_minor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL, 0, 0, 0, 0, 0, 0) /* unscoped: inserting */"
        ),
        params![
            id,
            new.payable.kind,
            new.payable.id,
            new.merchant_org,
            new.shop,
            new.buyer,
            new.amount.minor,
            new.amount.currency,
            new.due,
            new.provider
        ],
    )?;
    engine::open(
        tx,
        &NewCase {
            id,
            kind: Payment::VOCABULARY.kind,
            pack: new.pack,
            parent: Some(new.payable.id),
            merchant_org: Some(new.merchant_org),
            shop: Some(new.shop),
            buyer: Some(new.buyer),
            actor: grant.actor,
        },
    )
}

/// The kind `payment`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaymentKind;

impl Kind for PaymentKind {
    fn vocabulary(&self) -> &'static Vocabulary {
        &Payment::VOCABULARY
    }

    fn describe(&self, tx: &mut Tx<'_>, case: &Case) -> Result<Description, Fault> {
        let row = queries::payment(tx, case.id)?;
        engine::describe_parent(tx, row.payable_id, row.amount())
    }

    fn facts(&self, tx: &mut Tx<'_>, case: &Case, need: FactSet) -> Result<Facts, Fault> {
        let row = queries::payment(tx, case.id)?;
        let mut facts = Facts::of(&Payment::VOCABULARY);
        facts.set(Payment::was_settled, row.settled_at.is_some());
        facts.set(Payment::is_fully_refunded, row.captured_minor > 0 && row.gone_minor() >= row.captured_minor);
        if need.contains("payable_open") || need.contains("payable_due") {
            // The payable's own clock decides: an outage may have moved it since the payment was opened.
            let payable = engine::get(tx, row.payable_id)?;
            let is_waiting = engine::has_tag(tx, &payable, "awaiting_payment")?;
            let due = payable.due_at.filter(|_| is_waiting).unwrap_or(row.payable_due);
            facts.set(Payment::payable_due, due);
            facts.set(Payment::payable_open, is_waiting && tx.at() < due);
        }
        Ok(facts)
    }

    fn past(&self, tx: &mut Tx<'_>, case: &Case, _need: FactSet) -> Result<Past, Fault> {
        let row = queries::payment(tx, case.id)?;
        let figures = vec![(relive::AMOUNT, row.amount_minor), (relive::PAYABLE_DUE, row.payable_due.0)];
        Ok(Past { figures, currency: Some(row.currency), ..Past::as_now(Facts::of(&Payment::VOCABULARY)) })
    }

    fn relived(&self, fact: &str, family: &Family<'_>, me: usize) -> Option<(FactValue, bool)> {
        relive::of_payment(fact, family, me)
    }

    fn relive_refused(&self, event: &str, family: &mut Family<'_>, me: usize) {
        relive::late(event, family, me);
    }

    fn opens(&self, family: &Family<'_>, recorded: &Recorded, parent: usize) -> bool {
        relive::opens(family, recorded, parent)
    }

    fn is_outside(&self, event: &str) -> bool {
        event == "late_captured"
    }
}
