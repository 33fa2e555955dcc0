//! What logistics refuses.

use xr_base::{Coded, Problem};

/// Refusals of logistics.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The code is not in `data/carriers.toml`.
    #[error("unknown carrier {0}")]
    UnknownCarrier(String),
    /// Not 6 to 32 letters, digits or hyphens.
    #[error("not a waybill")]
    BadWaybill,
    /// Another parcel of this carrier has the number.
    #[error("waybill {0} is taken")]
    WaybillTaken(String),
    /// A notice for a number that nobody announced; the carrier sends it again later.
    #[error("no parcel {0}")]
    NoSuchParcel(String),
    /// The body is not what the contract says.
    #[error("bad notice: {0}")]
    BadNotice(String),
    /// The carrier used an event id twice for different things.
    #[error("notice {0} came before with other content")]
    NoticeReused(String),
    /// A scan may be old, but not of tomorrow: clocks count from it.
    #[error("the scan lies in the future")]
    ScanInFuture,
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::UnknownCarrier(code) => {
                Problem::new(422, "logistics.unknown_carrier").field("carrier").with("carrier", code)
            }
            Self::BadWaybill => Problem::new(422, "logistics.bad_waybill").field("waybill"),
            Self::WaybillTaken(waybill) => {
                Problem::new(409, "logistics.waybill_taken").field("waybill").with("waybill", waybill)
            }
            Self::NoSuchParcel(waybill) => {
                Problem::new(404, "logistics.no_such_parcel").field("waybill").with("waybill", waybill)
            }
            Self::BadNotice(reason) => Problem::new(422, "logistics.bad_notice").with("reason", reason),
            Self::NoticeReused(id) => Problem::new(409, "logistics.notice_reused").with("id", id),
            Self::ScanInFuture => Problem::new(422, "logistics.scan_in_future").field("at"),
        }
    }
}
