//! What comes from outside as signed notices: payment providers and carriers, late, twice, out of order, silent.

use crate::Wrong;
use crate::agenda::Thing;
use crate::cast::PROVIDER;
use crate::commands::{LoseJob, TakeJobs};
use crate::people::answer;
use crate::world::{Manner, World};
use xr_base::{CaseId, Fault, Instant, Millis, Money};
use xr_case::engine::Case;
use xr_logistics::{Direction, ScanKind, Shipment, TakeScan};
use xr_payments::{Notice, NoticeKind, ResendRefund, TakeNotice, Taken, queries};
use xr_store::Tx;

/// Messages kept for being sent again.
const KEPT_MAX: usize = 60;

/// What providers and carriers remember.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    notices: Vec<TakeNotice>,
    scans: Vec<TakeScan>,
    ended: Vec<CaseId>,
    sent: u64,
}

impl Outside {
    /// A payment that ended without money may still get some.
    pub(crate) fn note_end(&mut self, case: &Case) {
        if case.kind == "payment" && matches!(case.state.as_str(), "expired" | "failed" | "voided") {
            keep(&mut self.ended, case.id);
        }
    }

    fn number(&mut self) -> u64 {
        self.sent += 1;
        self.sent
    }
}

fn keep<T>(kept: &mut Vec<T>, one: T) {
    if kept.len() >= KEPT_MAX {
        kept.remove(0);
    }
    kept.push(one);
}

fn notice_kind(case: &str, event: &str) -> Option<NoticeKind> {
    Some(match (case, event) {
        ("payment", "authorized") => NoticeKind::Authorized,
        ("payment", "captured") => NoticeKind::Captured,
        ("payment", "declined") => NoticeKind::Declined,
        ("payment", "chargeback") => NoticeKind::Chargeback,
        ("payment", "won") => NoticeKind::Won,
        ("payment", "lost") => NoticeKind::Lost,
        ("refund", "succeeded") => NoticeKind::RefundSucceeded,
        ("refund", "failed") => NoticeKind::RefundFailed,
        _ => return None,
    })
}

fn amount(tx: &mut Tx<'_>, is_refund: bool, case: CaseId) -> Result<Money, Fault> {
    if is_refund {
        let refund = queries::refund(tx, case)?;
        return Ok(Money::new(refund.amount_minor, refund.currency));
    }
    Ok(queries::payment(tx, case)?.amount())
}

/// The scan that makes a case take this courier's event.
fn scan_kind(event: &str) -> Option<ScanKind> {
    Some(match event {
        "delivered" | "signed" => ScanKind::Delivered,
        "refused" => ScanKind::Refused,
        "intercepted" => ScanKind::Intercepted,
        "resumed" => ScanKind::InTransit,
        "lost" => ScanKind::Lost,
        "picked" => ScanKind::Collected,
        _ => return None,
    })
}

impl World<'_> {
    pub(crate) fn provider_says(&mut self, case: &Case, event: &str) -> Result<(), Wrong> {
        let Some(kind) = notice_kind(&case.kind, event) else {
            return Err(Wrong(format!("no provider says {event} of a {}", case.kind)));
        };
        let reference = format!("ref-{}", case.id);
        self.notify(kind, case.id, reference).map(|_| ())
    }

    fn notify(&mut self, kind: NoticeKind, case: CaseId, provider_ref: String) -> Result<Option<Taken>, Wrong> {
        let is_refund = matches!(kind, NoticeKind::RefundSucceeded | NoticeKind::RefundFailed);
        let amount = self.store.read_blocking(move |tx| amount(tx, is_refund, case))?;
        let notice_id = format!("notice-{}", self.outside.number());
        let (amount_minor, currency) = (amount.minor, amount.currency);
        let notice = Notice { kind, case, provider_ref, amount_minor, currency };
        let body_hash = notice_id.clone();
        let notice = TakeNotice { provider: PROVIDER.to_owned(), notice_id, body_hash, notice };
        self.tally.notices += 1;
        let taken = self.store.write_blocking(notice.clone());
        keep(&mut self.outside.notices, notice);
        answer(self, taken)
    }

    /// The provider says something again, or takes money of a payment that has ended or was paid already.
    pub(crate) fn noise(&mut self) -> Result<(), Wrong> {
        for _ in 0..3 {
            if let Some(again) = self.dice.pick(&self.outside.notices).cloned() {
                self.tally.repeats += 1;
                let taken = self.store.write_blocking(again.clone())?;
                if taken != Taken::Ignored {
                    return Err(Wrong(format!("{again:?} for the second time was {taken:?}")));
                }
            }
            if let Some(again) = self.dice.pick(&self.outside.scans).cloned() {
                self.tally.repeats += 1;
                let taken = self.store.write_blocking(again.clone())?;
                if !taken.is_repeat || taken.event.is_some() {
                    return Err(Wrong(format!("{again:?} for the second time was {taken:?}")));
                }
            }
        }
        let late = if self.dice.chance(30) { self.dice.pick(&self.outside.ended).copied() } else { None };
        if let Some(case) = late {
            let reference = format!("late-{}", self.outside.number());
            let taken = self.notify(NoticeKind::Captured, case, reference)?;
            if taken != Some(Taken::Late) {
                return Err(Wrong(format!("money for the ended payment {case} was {taken:?}")));
            }
        }
        if self.is_busy() {
            let pause = self.dice.span(Millis::hours(2), Millis::hours(9));
            self.agenda.enter(self.now() + pause, Thing::Noise);
        }
        Ok(())
    }

    /// Workers run; one in four refunds to be sent again is forgotten, all of them while nobody was hurried meanwhile.
    pub(crate) fn work(&mut self) -> Result<(), Wrong> {
        if let Manner::Plain(answer) = self.manner {
            self.touched.append(&mut self.asked);
            return Ok(answer(self.store).map(|_| ())?);
        }
        for (refund, job) in self.store.write_blocking(TakeJobs)? {
            if self.is_hurry_new() || self.dice.chance(25) {
                self.store.write_blocking(LoseJob(job))?;
            } else {
                self.store.write_blocking(ResendRefund { refund, job })?;
            }
        }
        Ok(())
    }

    /// A courier's event: the scan of all parcels that it takes.
    pub(crate) fn courier_says(&mut self, case: &Case, event: &str) -> Result<(), Wrong> {
        let Some(kind) = scan_kind(event) else {
            return Err(Wrong(format!("no courier says {event} of a {}", case.kind)));
        };
        if event == "picked" {
            return self.fetch(case.id);
        }
        let direction = match (case.kind.as_str(), case.state.as_str()) {
            ("order", _) => Direction::Outbound,
            ("exchange", "awaiting_receipt") => Direction::Replacement,
            _ => Direction::Return,
        };
        for parcel in self.parcels(case.id, direction)? {
            if parcel.last_scan_at.is_none() && (self.is_plain() || self.dice.chance(50)) {
                self.scan(&parcel, ScanKind::Collected)?;
            }
            self.scan(&parcel, kind)?;
        }
        Ok(())
    }

    fn parcels(&self, case: CaseId, direction: Direction) -> Result<Vec<Shipment>, Wrong> {
        let all = self.store.read_blocking(move |tx| xr_logistics::queries::of_case(tx, case))?;
        let mut parcels: Vec<Shipment> = all.into_iter().filter(|p| p.direction == direction).collect();
        if direction != Direction::Outbound {
            parcels = parcels.pop().into_iter().collect();
        }
        Ok(parcels)
    }

    fn fetch(&mut self, case: CaseId) -> Result<(), Wrong> {
        let pickup = self.store.read_blocking(move |tx| xr_logistics::queries::newest_pickup(tx, case))?;
        let Some(carrier) = pickup.map(|p| p.carrier) else { return Ok(()) };
        let waybill = self.inputs.waybill(&carrier);
        let at = self.now();
        self.send_scan((carrier, waybill), ScanKind::Collected, at, Some(case))
    }

    /// Carriers tell at once, or up to four days later.
    fn scan(&mut self, parcel: &Shipment, kind: ScanKind) -> Result<(), Wrong> {
        let now = self.now();
        let at = if !self.is_plain() && self.dice.chance(20) {
            (now - Millis::days(4)).max(parcel.announced_at)
        } else {
            now
        };
        self.send_scan((parcel.carrier.clone(), parcel.waybill.clone()), kind, at, None)
    }

    fn send_scan(
        &mut self,
        (carrier, waybill): (String, String),
        kind: ScanKind,
        at: Instant,
        reference: Option<CaseId>,
    ) -> Result<(), Wrong> {
        let event_id = format!("scan-{}", self.outside.number());
        let (place, body_hash) = (self.words.place(&mut self.dice), event_id.clone());
        let scan = TakeScan {
            notice: xr_logistics::Notice { carrier, event_id, waybill, kind, at, place, reference, body_hash },
        };
        self.tally.scans += 1;
        let taken = self.store.write_blocking(scan.clone());
        if answer(self, taken)?.is_some() {
            keep(&mut self.outside.scans, scan);
        }
        Ok(())
    }

    /// A parcel is seen somewhere, in whichever order carriers report.
    pub(crate) fn noise_scan(&mut self, case: CaseId) -> Result<(), Wrong> {
        const KINDS: [ScanKind; 4] =
            [ScanKind::Collected, ScanKind::InTransit, ScanKind::OutForDelivery, ScanKind::Exception];
        let parcels = self.parcels(case, Direction::Outbound)?;
        let kind = self.dice.pick(&KINDS).copied().unwrap_or(ScanKind::InTransit);
        let Some(parcel) = self.dice.pick(&parcels).cloned() else { return Ok(()) };
        let next = if parcel.last_scan_at.is_none() { ScanKind::Collected } else { ScanKind::InTransit };
        self.scan(&parcel, if self.is_plain() { next } else { kind })
    }
}
