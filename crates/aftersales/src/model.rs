//! After-sales cases and what belongs to them, as stored.

use serde::{Deserialize, Serialize};
use xr_base::{CaseId, Currency, Instant, OrgId, Party, RowId, ShopId, SkuId, UserId};
use xr_store::record;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }
        impl $name {
            /// All of them, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
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
    /// The three kinds of case; the word is the kind's name in the engine.
    CaseKind {
        /// 仅退款.
        RefundOnly = "refund_only",
        /// 退货退款.
        ReturnRefund = "return_refund",
        /// 换货.
        Exchange = "exchange",
    }
}

words! {
    /// Why the buyer applies.
    Reason {
        /// 质量问题.
        Quality = "quality",
        /// 商品破损.
        Damaged = "damaged",
        /// 发错商品.
        WrongItem = "wrong_item",
        /// 少件漏发.
        MissingParts = "missing_parts",
        /// 与描述不符.
        NotAsDescribed = "not_as_described",
        /// 未收到货.
        NotReceived = "not_received",
        /// 未按时发货.
        Late = "late",
        /// 不想要了 (七天无理由).
        NoLongerWanted = "no_longer_wanted",
        /// 其他.
        Other = "other",
    }
}

words! {
    /// How a case came to be.
    Origin {
        /// The buyer applied.
        Applied = "applied",
        /// The buyer was not content with a replacement and applied again.
        Reapplied = "reapplied",
        /// Another case ended in "return and refund".
        Ruled = "ruled",
    }
}

words! {
    /// Where the goods in dispute are.
    GoodsAt {
        /// With the buyer, or on their first way there.
        Buyer = "buyer",
        /// On the way.
        Carrier = "carrier",
        /// With the merchant.
        Merchant = "merchant",
    }
}

words! {
    /// How far the goods of a line were.
    Progress {
        /// 未发货.
        Unshipped = "unshipped",
        /// 已发货，未收到.
        UnderWay = "under_way",
        /// 已收到.
        Received = "received",
    }
}

words! {
    /// How the merchant reached the buyer.
    Channel {
        /// 电话.
        Phone = "phone",
        /// 在线客服.
        Chat = "chat",
        /// 短信.
        Sms = "sms",
        /// 邮件.
        Email = "email",
        /// 上门.
        Visit = "visit",
    }
}

record! {
    /// An after-sales case; state, owner and clocks are in the engine's rows under the same id.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct AftersalesRow {
        /// Case.
        pub case_id: CaseId,
        /// Order that it belongs to.
        pub order_id: CaseId,
        /// Line of that order.
        pub line_id: RowId,
        /// Unit of that line.
        pub sku_id: SkuId,
        /// Merchant.
        pub merchant_org: OrgId,
        /// Shop.
        pub shop_id: ShopId,
        /// Buyer.
        pub buyer_id: UserId,
        /// Kind.
        pub kind: CaseKind,
        /// How it came to be.
        pub origin: Origin,
        /// Case that it follows.
        pub source_case: Option<CaseId>,
        /// Why.
        pub reason: Reason,
        /// The buyer's words.
        pub description: String,
        /// Units, at least 1.
        pub quantity: i64,
        /// Minor units to refund, or that the goods count for in an exchange.
        pub amount_minor: i64,
        /// Currency.
        pub currency: Currency,
        /// When the buyer applied or last changed the application.
        pub changed_at: Instant,
        /// How far the goods were then: what is done to them later changes no time that was promised.
        pub progress: Progress,
        /// Where the goods are.
        pub goods_at: GoodsAt,
        /// When the return's waybill was entered or the parcel picked up.
        pub waybill_at: Option<Instant>,
        /// Open proposal of the merchant, minor units.
        pub proposal_minor: Option<i64>,
        /// Where the goods are to be sent.
        pub return_address: Option<String>,
        /// Person of the platform who rules.
        pub assigned_to: Option<UserId>,
        /// What the buyer applies for anew, JSON; taken by `aftersales.open_new_case`.
        pub next_case: Option<String>,
        /// Description, return address and next application as they are stored; they were taken out of it.
        #[serde(skip)]
        pub(crate) sealed_words: Option<Vec<u8>>,
    }
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Id.
    pub id: RowId,
    /// Who filed it.
    pub party: Party,
    /// Picture.
    pub sha256: Option<String>,
    /// Or words.
    pub words: Option<String>,
    /// When.
    pub at: Instant,
}

/// Words that went with an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Whose.
    pub party: Party,
    /// With which event.
    pub event: String,
    /// The words.
    pub words: String,
    /// When.
    pub at: Instant,
}

/// The merchant reached the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Id.
    pub id: RowId,
    /// How.
    pub channel: Channel,
    /// What was said.
    pub note: String,
    /// When they spoke.
    pub at: Instant,
    /// When it was written down.
    pub recorded_at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_as_what_it_was() {
        assert!(Reason::ALL.iter().all(|r| Reason::from_word(r.word()) == Some(*r)));
        assert!(CaseKind::ALL.iter().all(|k| CaseKind::from_word(k.word()) == Some(*k)));
        assert!(Channel::ALL.iter().all(|c| Channel::from_word(c.word()) == Some(*c)));
        assert_eq!(GoodsAt::from_word("moon"), None);
    }

    #[test]
    fn the_api_and_the_tables_use_one_word() {
        for origin in Origin::ALL {
            assert_eq!(serde_json::to_value(origin).unwrap(), origin.word());
        }
        assert_eq!(serde_json::from_str::<Reason>("\"wrong_item\"").unwrap(), Reason::WrongItem);
    }
}
