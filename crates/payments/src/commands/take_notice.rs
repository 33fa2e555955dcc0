//! What a payment provider tells: asynchronous, late, twice, out of order.

use crate::model::{PayableRef, PaymentRow};
use crate::payment::{NewPayment, open_payment};
use crate::{Error, queries};
use serde::{Deserialize, Serialize};
use serde_json::json;
use xr_base::{Actor, CaseId, Currency, Fault, Millis, Money, Party};
use xr_case::engine::{self, Act, act, authorise};
use xr_store::{Command, Mutant, Tx, params, sql};

/// Pause before a failed refund is sent again, times the attempts made.
const RESEND_AFTER: Millis = Millis::minutes(10);

/// What happened at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Money is reserved.
    Authorized,
    /// Money was taken.
    Captured,
    /// The attempt failed.
    Declined,
    /// The card holder contests.
    Chargeback,
    /// The merchant won the contest.
    Won,
    /// The card holder won it.
    Lost,
    /// A refund arrived.
    RefundSucceeded,
    /// A refund did not arrive.
    RefundFailed,
}

/// Body of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: NoticeKind,
    /// The payment, or for `refund_…` the refund.
    pub case: CaseId,
    /// Provider's own number of the charge or refund, 1..=100 characters.
    pub provider_ref: String,
    /// Minor units that it is about.
    pub amount_minor: i64,
    /// Currency.
    pub currency: Currency,
}

/// Takes a verified notice. The same notice id twice is answered alike and does nothing more.
#[derive(Clone, Debug)]
pub struct TakeNotice {
    /// Provider whose signature was verified.
    pub provider: String,
    /// `webhook-id`.
    pub notice_id: String,
    /// SHA-256 of the body, hex.
    pub body_hash: String,
    /// The body.
    pub notice: Notice,
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// It moved the case.
    Moved,
    /// Money came too late or twice: a new payment owns it and gives it back.
    Late,
    /// Known before, or no longer of interest.
    Ignored,
}

impl Command for TakeNotice {
    type Out = Taken;
    const NAME: &'static str = "payments.take_notice";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Taken, Fault> {
        if !self.is_new(tx)? {
            return Ok(Taken::Ignored);
        }
        let actor = Actor::Provider { party: Party::System, name: self.provider.clone() };
        match self.notice.kind {
            NoticeKind::Captured => self.captured(tx, &actor),
            NoticeKind::RefundSucceeded => {
                let wanted = self.refund_amount(tx)?;
                self.check(wanted)?;
                fire(tx, &actor, self.notice.case, "succeeded")
            }
            NoticeKind::RefundFailed => self.refund_failed(tx, &actor),
            kind => {
                let wanted = queries::payment(tx, self.notice.case)?.amount();
                self.check(wanted)?;
                fire(tx, &actor, self.notice.case, event_of(kind))
            }
        }
    }
}

const fn event_of(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Authorized => "authorized",
        NoticeKind::Captured => "captured",
        NoticeKind::Declined => "declined",
        NoticeKind::Chargeback => "chargeback",
        NoticeKind::Won => "won",
        NoticeKind::Lost => "lost",
        NoticeKind::RefundSucceeded => "succeeded",
        NoticeKind::RefundFailed => "failed",
    }
}

/// Fires on the case; a state that does not wait for it leaves the notice on record only.
fn fire(tx: &mut Tx<'_>, actor: &Actor, case: CaseId, event: &str) -> Result<Taken, Fault> {
    let input = serde_json::Value::Null;
    match act(tx, &Act { actor, case, event, version: None, input: &input, note: None }) {
        Ok(_) => Ok(Taken::Moved),
        Err(Fault::Refused(problem)) if problem.code == "case.not_accepted" => Ok(Taken::Ignored),
        Err(fault) => Err(fault),
    }
}

impl TakeNotice {
    fn is_new(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        let at = tx.now();
        let added = tx.exec(
            sql!(
                "INSERT INTO gateway_notices (provider, notice_id, body_hash, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (provider, notice_id) DO NOTHING /* unscoped: providers serve every organisation */"
            ),
            params![self.provider, self.notice_id, self.body_hash, at],
        )?;
        if added == 1 || tx.lacks(Mutant::NoticeRepeats) {
            return Ok(true);
        }
        let (known,): (String,) = tx.one(
            sql!(
                "SELECT body_hash FROM gateway_notices WHERE provider = ?1 AND notice_id = ?2
                 /* unscoped: providers serve every organisation */"
            ),
            params![self.provider, self.notice_id],
        )?;
        if known == self.body_hash { Ok(false) } else { Err(Error::NoticeReused.into()) }
    }

    fn told(&self) -> Money {
        Money::new(self.notice.amount_minor, self.notice.currency)
    }

    fn check(&self, wanted: Money) -> Result<(), Error> {
        if self.told() == wanted { Ok(()) } else { Err(Error::AmountDiffers { told: self.told(), wanted }) }
    }

    fn refund_amount(&self, tx: &mut Tx<'_>) -> Result<Money, Fault> {
        let refund = queries::refund(tx, self.notice.case)?;
        Ok(Money::new(refund.amount_minor, refund.currency))
    }

    fn refund_failed(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<Taken, Fault> {
        let wanted = self.refund_amount(tx)?;
        self.check(wanted)?;
        let taken = fire(tx, actor, self.notice.case, "failed")?;
        if taken == Taken::Moved {
            let attempts = queries::refund(tx, self.notice.case)?.attempts;
            let at = tx.at() + Millis(RESEND_AFTER.0.saturating_mul(attempts));
            tx.job("refund.resend", &json!({ "case": self.notice.case }), at)?;
        }
        Ok(taken)
    }

    /// A capture moves the payment that waits for it; the provider's second word on one charge is nothing new; anything else
    /// is money without an owner, which gets one and goes back (correction 4 of the machines).
    fn captured(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<Taken, Fault> {
        let payment = queries::payment(tx, self.notice.case)?;
        self.check(payment.amount())?;
        if self.is_known_charge(tx, &payment)? {
            return Ok(Taken::Ignored);
        }
        match fire(tx, actor, payment.case_id, "captured")? {
            Taken::Ignored => self.late(tx, actor, &payment),
            moved => {
                self.note_reference(tx, payment.case_id)?;
                Ok(moved)
            }
        }
    }

    /// Whether this charge was captured before, by this payment or by one that was opened for it later.
    fn is_known_charge(&self, tx: &mut Tx<'_>, payment: &PaymentRow) -> Result<bool, Fault> {
        let siblings = queries::payments_of(tx, payment.payable_id)?;
        let known = |p: &PaymentRow| p.provider_ref.as_deref() == Some(self.notice.provider_ref.as_str());
        Ok(siblings.iter().any(known))
    }

    fn note_reference(&self, tx: &mut Tx<'_>, payment: CaseId) -> Result<(), Fault> {
        tx.put(
            sql!("UPDATE payments SET provider_ref = ?2 WHERE case_id = ?1 /* unscoped: after verification */"),
            params![payment, self.notice.provider_ref],
        )?;
        Ok(())
    }

    fn late(&self, tx: &mut Tx<'_>, actor: &Actor, first: &PaymentRow) -> Result<Taken, Fault> {
        let grant = authorise(actor, "payments.take_notice")?;
        let payable = engine::get(tx, first.payable_id)?;
        let pack = engine::pack_of(tx, &payable)?;
        let at = tx.at();
        let new = NewPayment {
            payable: PayableRef { kind: &first.payable_kind, id: first.payable_id },
            pack: &pack,
            merchant_org: first.merchant_org,
            shop: first.shop_id,
            buyer: first.buyer_id,
            amount: self.told(),
            // Strictly later than now, so that the step below comes before the expiry.
            due: at + Millis::minutes(1),
            provider: &self.provider,
        };
        let opened = open_payment(tx, &grant, &new)?;
        self.note_reference(tx, opened.id)?;
        engine::enqueue(tx, opened.id, "late_captured")?;
        engine::deliver_all(tx)?;
        Ok(Taken::Late)
    }
}
