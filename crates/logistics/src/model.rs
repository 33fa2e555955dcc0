//! Parcels, scans and pickups as stored.

use serde::{Deserialize, Serialize};
use xr_base::{CaseId, Instant, Millis, OrgId, RowId, ShopId, UserId};
use xr_store::record;

/// How late a delivery scan may reach us before it counts as reported late.
pub const REPORTED_LATE: Millis = Millis::days(3);

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }
        impl $name {
            /// Word in tables and the API.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// The value with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
        xr_base::stored_as_word!($name);
    };
}

words! {
    /// Which way a parcel goes, and for whom.
    Direction {
        /// The order's goods, to the buyer.
        Outbound = "outbound",
        /// Goods of an after-sales case, back to the merchant.
        Return = "return",
        /// Goods that replace others, to the buyer.
        Replacement = "replacement",
        /// Goods that failed inspection, back to the buyer; their scans change nothing.
        SentBack = "sent_back",
    }
}

words! {
    /// What a carrier reports.
    ScanKind {
        /// 揽收.
        Collected = "collected",
        /// 运输中.
        InTransit = "in_transit",
        /// 派送中.
        OutForDelivery = "out_for_delivery",
        /// 签收.
        Delivered = "delivered",
        /// 拒收, at the door.
        Refused = "refused",
        /// 退回, back at the sender.
        Returned = "returned",
        /// 异常, not the end yet.
        Exception = "exception",
        /// 丢失.
        Lost = "lost",
        /// 拦截成功, stopped at the sender's wish.
        Intercepted = "intercepted",
    }
}

impl ScanKind {
    /// Whether the parcel is on its way and well.
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Collected | Self::InTransit | Self::OutForDelivery)
    }

    /// Whether nothing more is expected of the parcel.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Delivered | Self::Refused | Self::Returned | Self::Lost | Self::Intercepted)
    }
}

record! {
    /// A parcel.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct Shipment {
        /// Id.
        pub id: RowId,
        /// Order or after-sales case that it serves.
        pub case_id: CaseId,
        /// Which way.
        pub direction: Direction,
        /// Code of the carrier.
        pub carrier: String,
        /// The carrier's number.
        pub waybill: String,
        /// Merchant it concerns.
        pub merchant_org: Option<OrgId>,
        /// Shop it concerns.
        pub shop_id: Option<ShopId>,
        /// Buyer it concerns.
        pub buyer_id: Option<UserId>,
        /// When somebody told us of it.
        pub announced_at: Instant,
        /// When its case began to wait for its scans.
        pub watched_at: Option<Instant>,
        /// The carrier's time of the newest scan.
        pub last_scan_at: Option<Instant>,
        /// The carrier's time of the delivery scan.
        pub delivered_at: Option<Instant>,
        /// When that scan reached us.
        pub reported_at: Option<Instant>,
        /// The last scan that ends a parcel's way.
        pub outcome: Option<ScanKind>,
    }
}

impl Shipment {
    /// Whether the delivery scan reached us more than three days after it was made.
    pub fn is_reported_late(&self) -> bool {
        matches!((self.delivered_at, self.reported_at), (Some(at), Some(heard)) if is_late(at, heard))
    }
}

/// Whether a scan of `at` that reached us at `heard` is one reported late.
pub fn is_late(at: Instant, heard: Instant) -> bool {
    heard - at > REPORTED_LATE
}

record! {
    /// One thing that a carrier said about a parcel.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct Scan {
        /// The carrier's own id of it.
        pub event_id: String,
        /// What.
        pub kind: ScanKind,
        /// Where, in the carrier's words; may be empty.
        pub place: String,
        /// The carrier's time.
        pub at: Instant,
        /// When it reached us.
        pub received_at: Instant,
    }
}

record! {
    /// A carrier was asked to fetch a parcel.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct Pickup {
        /// Id.
        pub id: RowId,
        /// Case whose goods are to be fetched.
        pub case_id: CaseId,
        /// Code of the carrier.
        pub carrier: String,
        /// When the sender asked.
        pub asked_at: Instant,
        /// When the carrier was told.
        pub booked_at: Option<Instant>,
        /// When it was fetched.
        pub collected_at: Option<Instant>,
    }
}
