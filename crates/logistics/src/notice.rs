//! A carrier's signed notice, from bytes to a checked scan.

use crate::model::ScanKind;
use crate::{Error, carriers};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use xr_base::{CaseId, Fault, Instant};
use xr_payments::notices::{self, NoticeHeaders};

/// Longest name of a place, in characters.
const PLACE_CHARS_MAX: usize = 120;

/// The body of a notice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    waybill: String,
    event: ScanKind,
    at: Instant,
    #[serde(default)]
    place: String,
    #[serde(default)]
    reference: Option<CaseId>,
}

/// What a carrier says, after its signature was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Code of the carrier.
    pub carrier: String,
    /// The carrier's id of the event.
    pub event_id: String,
    /// Its number of the parcel.
    pub waybill: String,
    /// What happened.
    pub kind: ScanKind,
    /// When, by the carrier's clock.
    pub at: Instant,
    /// Where, in its words.
    pub place: String,
    /// The case that a pickup was booked for; only with `collected`.
    pub reference: Option<CaseId>,
    /// SHA-256 of the body: one event id says one thing.
    pub body_hash: String,
}

impl Notice {
    /// Checks signature (with the carrier's `secret`, at wall time `wall`) and shape.
    ///
    /// # Errors
    /// `payments.bad_signature`; [`Error::UnknownCarrier`], [`Error::BadNotice`], [`Error::BadWaybill`].
    pub fn read(
        carrier: &str,
        secret: &[u8],
        headers: &NoticeHeaders,
        body: &[u8],
        wall: Instant,
    ) -> Result<Self, Fault> {
        notices::verify(secret, headers, body, wall)?;
        carriers::carrier(carrier)?;
        let read: Body = serde_json::from_slice(body).map_err(|e| Error::BadNotice(e.to_string()))?;
        if read.place.chars().count() > PLACE_CHARS_MAX {
            return Err(Error::BadNotice("place".to_owned()).into());
        }
        Ok(Self {
            carrier: carrier.to_owned(),
            event_id: headers.id.clone(),
            waybill: carriers::waybill(&read.waybill)?,
            kind: read.event,
            at: read.at,
            place: read.place,
            reference: read.reference,
            body_hash: hash(body),
        })
    }
}

fn hash(body: &[u8]) -> String {
    Sha256::digest(body).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: Instant = Instant(1_700_000_000_000);
    const BODY: &str =
        r#"{"waybill":"sf1385628716739","event":"delivered","at":"2026-03-01T08:00:00Z","place":"杭州"}"#;

    fn read(carrier: &str, body: &str) -> Result<Notice, Fault> {
        let headers = notices::sign(b"secret", "evt-1", WALL, body.as_bytes()).unwrap();
        Notice::read(carrier, b"secret", &headers, body.as_bytes(), WALL)
    }

    fn code(result: Result<Notice, Fault>) -> String {
        result.unwrap_err().problem().unwrap().code.clone()
    }

    #[test]
    fn a_signed_notice_becomes_a_scan_with_the_carriers_time() {
        let notice = read("SF", BODY).unwrap();
        assert_eq!((notice.waybill.as_str(), notice.kind), ("SF1385628716739", ScanKind::Delivered));
        assert_eq!(notice.at, Instant::parse("2026-03-01T08:00:00Z").unwrap());
        assert_eq!(notice.body_hash.len(), 64);
        assert_ne!(notice.body_hash, read("SF", &BODY.replace("杭州", "上海")).unwrap().body_hash);
    }

    #[test]
    fn a_notice_signed_with_another_secret_is_refused_before_it_is_read() {
        let headers = notices::sign(b"other", "evt-1", WALL, b"not json").unwrap();
        let fault = Notice::read("SF", b"secret", &headers, b"not json", WALL).unwrap_err();
        assert_eq!(fault.problem().unwrap().code, "payments.bad_signature");
    }

    #[test]
    fn what_the_contract_does_not_know_is_refused() {
        assert_eq!(code(read("PONY", BODY)), "logistics.unknown_carrier");
        assert_eq!(code(read("SF", &BODY.replace("delivered", "eaten"))), "logistics.bad_notice");
        assert_eq!(code(read("SF", &BODY.replace("place", "phone"))), "logistics.bad_notice");
        assert_eq!(code(read("SF", &BODY.replace("sf1385628716739", "!"))), "logistics.bad_waybill");
        assert_eq!(code(read("SF", &BODY.replace("杭州", &"长".repeat(121)))), "logistics.bad_notice");
    }
}
