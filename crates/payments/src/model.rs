//! Rows of payments and refunds.

use serde::Serialize;
use xr_base::{CaseId, Currency, Instant, Money, OrgId, ShopId, UserId};
use xr_store::record;

/// What a payment is for; payments know nothing else about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayableRef<'a> {
    /// Kind of the payable's case, e.g. `order`.
    pub kind: &'a str,
    /// Its case.
    pub id: CaseId,
}

record! {
    /// One attempt to collect one payable's money.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct PaymentRow {
        /// Case.
        pub case_id: CaseId,
        /// Kind of payable.
        pub payable_kind: String,
        /// Case of the payable.
        pub payable_id: CaseId,
        /// Merchant that is to be paid.
        pub merchant_org: OrgId,
        /// Shop.
        pub shop_id: ShopId,
        /// Who pays.
        pub buyer_id: UserId,
        /// What is asked, in minor units.
        pub amount_minor: i64,
        /// Currency.
        pub currency: Currency,
        /// When the payable stops waiting.
        pub payable_due: Instant,
        /// Provider's name.
        pub provider: String,
        /// Provider's own number of the charge.
        pub provider_ref: Option<String>,
        /// Taken, in minor units.
        pub captured_minor: i64,
        /// Promised back: never above `captured_minor`.
        pub refunded_minor: i64,
        /// Of it, gone back for sure.
        pub refund_posted_minor: i64,
        /// Given to the merchant.
        pub settled_minor: i64,
        /// When it was settled, if it was; the merchant may have been given nothing then.
        pub settled_at: Option<Instant>,
        /// Contested by the card holder now; part of `refunded_minor`.
        pub contested_minor: i64,
        /// Lost to the card holder by chargebacks; part of `refunded_minor`.
        pub charged_back_minor: i64,
    }
}

impl PaymentRow {
    /// The amount asked.
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }

    /// What went back for sure, by refunds or chargebacks, or is frozen until a dispute ends.
    pub const fn gone_minor(&self) -> i64 {
        self.refund_posted_minor + self.contested_minor + self.charged_back_minor
    }

    /// What can still be promised back.
    pub fn refundable_minor(&self) -> i64 {
        self.captured_minor - self.refunded_minor
    }
}

record! {
    /// Money on its way back.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct RefundRow {
        /// Case.
        pub case_id: CaseId,
        /// Payment that it comes from.
        pub payment_id: CaseId,
        /// Case of the payable.
        pub payable_id: CaseId,
        /// Merchant.
        pub merchant_org: OrgId,
        /// Who gets it.
        pub buyer_id: UserId,
        /// Minor units, positive.
        pub amount_minor: i64,
        /// Currency.
        pub currency: Currency,
        /// How often it was sent.
        pub attempts: i64,
        /// Money that came without a claim on it; may not be called off.
        pub is_owed: bool,
        /// Whether the merchant had been paid when it was opened; then the merchant's balance pays.
        pub from_merchant: bool,
        /// `provider`, `bank`, `float` or `called_off`; none while open.
        pub outcome: Option<String>,
    }
}
