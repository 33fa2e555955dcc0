//! Rows of orders.

use serde::{Deserialize, Serialize};
use xr_base::{CaseId, Currency, Instant, OrgId, RowId, ShopId, SkuId, UnitPrice, UserId};
use xr_store::record;

/// Best knowledge of an order's parcels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// No scan at all.
    None,
    /// The last scan is recent.
    Moving,
    /// No scan for 48 h.
    Stalled,
    /// Every parcel has its delivery scan.
    Delivered,
}

impl Tracking {
    /// Word in tables, facts and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Moving => "moving",
            Self::Stalled => "stalled",
            Self::Delivered => "delivered",
        }
    }

    /// The value with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::None, Self::Moving, Self::Stalled, Self::Delivered].into_iter().find(|t| t.word() == word)
    }
}

xr_base::stored_as_word!(Tracking);

record! {
    /// An order as stored; its state lies in its case.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct OrderRow {
        /// Case.
        pub case_id: CaseId,
        /// What people read and say; does not tell the volume.
        pub number: String,
        /// Merchant.
        pub merchant_org: OrgId,
        /// Shop.
        pub shop_id: ShopId,
        /// Buyer.
        pub buyer_id: UserId,
        /// Currency of every amount.
        pub currency: Currency,
        /// Sum of the lines, minor units.
        pub goods_minor: i64,
        /// Freight, minor units.
        pub freight_minor: i64,
        /// What the buyer pays.
        pub total_minor: i64,
        /// Where it comes from: `portal`, `api`, `import:<source>`.
        pub source: String,
        /// Number at that source.
        pub outside_no: Option<String>,
        /// Whether it needs no review.
        pub review_exempt: bool,
        /// Parcels.
        pub tracking: Tracking,
        /// When it was placed.
        pub placed_at: Instant,
        /// Last ship notice.
        pub shipped_at: Option<Instant>,
        /// Delivery scan of the last parcel.
        pub delivered_at: Option<Instant>,
    }
}

record! {
    /// One line of an order.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Line {
        /// Id.
        pub id: RowId,
        /// Order.
        pub order_id: CaseId,
        /// Place in the order, from 1.
        pub line_no: i64,
        /// Unit.
        pub sku_id: SkuId,
        /// Name when it was ordered.
        pub title: String,
        /// Variant when it was ordered.
        pub spec: String,
        /// Units ordered.
        pub quantity: i64,
        /// Price of one, in 1/10,000 of the major unit.
        pub unit_price: UnitPrice,
        /// Units × price, rounded once to minor units.
        pub amount_minor: i64,
        /// The line's part of the freight.
        pub freight_minor: i64,
        /// Units that left.
        pub shipped: i64,
        /// Units that will not be shipped any more.
        pub stopped: i64,
        /// Units whose money went back.
        pub refunded: i64,
        /// That money.
        pub refunded_minor: i64,
    }
}

impl Line {
    /// Units still to be shipped.
    pub fn unshipped(&self) -> i64 {
        self.quantity - self.shipped - self.stopped
    }

    /// Money of `count` units after the first `from` units, in minor units. Parts of one line always add up to the whole
    /// line: each is the difference of two cumulative shares, rounded down.
    ///
    /// `with_freight` takes the line's freight along (nothing of the order was shipped).
    pub fn share(&self, from: i64, count: i64, with_freight: bool) -> i64 {
        let whole = i128::from(self.amount_minor + if with_freight { self.freight_minor } else { 0 });
        let quantity = i128::from(self.quantity.max(1));
        let upto = |units: i64| whole * i128::from(units.clamp(0, self.quantity)) / quantity;
        i64::try_from(upto(from + count) - upto(from)).unwrap_or(0)
    }
}

/// Whom the parcel goes to. Personal data: masked in lists, erased apart from the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Name, 1..=50 characters.
    pub name: String,
    /// Phone, 5..=20 digits, spaces, `+` or `-`.
    pub phone: String,
    /// Province, city, district, 1..=100 characters.
    pub region: String,
    /// Street and house, 1..=200 characters.
    pub address: String,
}

impl Recipient {
    /// The first field outside its bounds.
    pub fn fault(&self) -> Option<&'static str> {
        let chars = |text: &str, max: usize| (1..=max).contains(&text.trim().chars().count());
        let digits = self.phone.bytes().filter(u8::is_ascii_digit).count();
        let is_phone = (5..=20).contains(&digits)
            && self.phone.chars().count() <= 24
            && self.phone.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' '));
        if !chars(&self.name, 50) {
            Some("name")
        } else if !is_phone {
            Some("phone")
        } else if !chars(&self.region, 100) {
            Some("region")
        } else if !chars(&self.address, 200) {
            Some("address")
        } else {
            None
        }
    }

    /// Name and phone as shown by default: the first character, and the last four digits.
    #[must_use]
    pub fn masked(&self) -> Self {
        let first: String = self.name.chars().take(1).collect();
        let tail: String = self.phone.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        Self {
            name: format!("{first}**"),
            phone: format!("****{tail}"),
            region: self.region.clone(),
            address: "****".to_owned(),
        }
    }
}
