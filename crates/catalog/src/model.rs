//! Rows of the catalogue.

use serde::{Deserialize, Serialize};
use xr_base::{Currency, Instant, OrgId, ShopId, SkuId, UnitPrice};
use xr_store::record;

/// How stock of a unit is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockMode {
    /// Counted; never sold beyond what is there.
    Tracked,
    /// Not counted: services, and goods of imported histories.
    Untracked,
}

impl StockMode {
    /// Word in tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tracked => "tracked",
            Self::Untracked => "untracked",
        }
    }

    /// The mode with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Tracked, Self::Untracked].into_iter().find(|m| m.word() == word)
    }
}

xr_base::stored_as_word!(StockMode);

record! {
    /// A sellable unit.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Sku {
        /// Id.
        pub id: SkuId,
        /// Merchant that sells it.
        pub merchant_org: OrgId,
        /// Shop that lists it.
        pub shop_id: ShopId,
        /// The shop's own code, unique in the shop.
        pub code: String,
        /// Name of the product.
        pub title: String,
        /// Which variant of it.
        pub spec: String,
        /// Price of one, in 1/10,000 of the major unit.
        pub unit_price: UnitPrice,
        /// Currency of the price.
        pub currency: Currency,
        /// How its stock is kept.
        pub stock_mode: StockMode,
        /// Picture for lists, a name below `/pictures/`.
        pub picture: Option<String>,
        /// Whether buyers may order it.
        pub listed: bool,
        /// When it was created.
        pub created_at: Instant,
    }
}
