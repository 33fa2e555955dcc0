//! The demo's payment provider: answers what the market asks of it, a little later, like a real one.

use crate::runtime::{ClaimJobs, Claimed};
use std::time::Duration;
use tokio::sync::watch;
use xr_base::{CaseId, Fault, Millis, Money};
use xr_payments::{Notice, NoticeKind, TakeNotice, queries};
use xr_store::{Command, Store, Tx, jobs};

/// What is asked of a provider, and how this one answers.
const QUESTIONS: [(&str, Option<NoticeKind>); 5] = [
    ("gateway.charge", Some(NoticeKind::Captured)),
    ("gateway.query", Some(NoticeKind::Captured)),
    ("gateway.void", None),
    ("gateway.refund", Some(NoticeKind::RefundSucceeded)),
    ("gateway.query_refund", Some(NoticeKind::RefundSucceeded)),
];

/// Parcels taken at a time.
const PARCELS_MAX: i64 = 100;

/// Name of the demo's provider.
pub(super) const NAME: &str = "testpay";

/// Answers until `stop` turns true.
pub async fn play_providers(store: Store, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let asked = store.clone();
        let answered = tokio::task::spawn_blocking(move || answer_all(&asked)).await;
        if let Ok(Err(fault)) = answered {
            tracing::warn!(%fault, "The demo's provider could not answer");
        }
        let _ = tokio::time::timeout(Duration::from_millis(1_500), stop.changed()).await;
    }
}

/// Answers everything asked so far; gives the number of answers.
pub(super) fn answer_all(store: &Store) -> Result<usize, Fault> {
    let asked = store.write_blocking(TakeQuestions)?;
    for (kind, case) in &asked {
        let answer = QUESTIONS.iter().find(|(question, _)| question == kind).and_then(|(_, answer)| *answer);
        if let Some(notice) = answer {
            tell(store, notice, *case)?;
        }
    }
    Ok(asked.len() + store.write_blocking(TakeParcels)?)
}

/// Takes what was asked. A question counts as asked once: whom this provider does not answer asks again by his clock.
#[derive(Clone, Copy, Debug)]
struct TakeQuestions;

impl Command for TakeQuestions {
    type Out = Vec<(String, CaseId)>;
    const NAME: &'static str = "demo.take_questions";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Out, Fault> {
        let mut taken = Vec::new();
        for (kind, _) in QUESTIONS {
            for Claimed { job, case } in (ClaimJobs { kind }).run(tx)? {
                jobs::done(tx, job)?;
                taken.push((kind.to_owned(), case));
            }
        }
        Ok(taken)
    }
}

/// The demo's carriers know of every parcel and pickup without being told; the page of the clock plays their scans.
#[derive(Clone, Copy, Debug)]
struct TakeParcels;

impl Command for TakeParcels {
    type Out = usize;
    const NAME: &'static str = "demo.take_parcels";

    fn run(&self, tx: &mut Tx<'_>) -> Result<usize, Fault> {
        let mut taken = 0;
        for kind in ["logistics.track", "logistics.book_pickup"] {
            for job in jobs::claim(tx, kind, PARCELS_MAX, Millis::minutes(1))? {
                jobs::done(tx, job.id)?;
                taken += 1;
            }
        }
        Ok(taken)
    }
}

/// The provider tells of a payment or refund by itself.
pub(super) fn tell(store: &Store, kind: NoticeKind, case: CaseId) -> Result<(), Fault> {
    let amount: Money = store.read_blocking(move |tx| amount(tx, kind, case))?;
    let notice_id = format!("{NAME}-{case}-{kind:?}");
    let notice = Notice {
        kind,
        case,
        provider_ref: format!("{NAME}-{case}"),
        amount_minor: amount.minor,
        currency: amount.currency,
    };
    store.write_blocking(TakeNotice { provider: NAME.to_owned(), body_hash: notice_id.clone(), notice_id, notice })?;
    Ok(())
}

fn amount(tx: &mut Tx<'_>, kind: NoticeKind, case: CaseId) -> Result<Money, Fault> {
    if kind == NoticeKind::RefundSucceeded {
        let refund = queries::refund(tx, case)?;
        return Ok(Money::new(refund.amount_minor, refund.currency));
    }
    Ok(queries::payment(tx, case)?.amount())
}
