//! What inventory refuses.

use xr_base::{Coded, Problem, SkuId};

/// Refusals of inventory.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fewer are available than asked.
    #[error("SKU {sku} is short of {quantity}")]
    OutOfStock {
        /// The unit.
        sku: SkuId,
        /// How many were asked.
        quantity: i64,
    },
    /// Stock of this unit is not kept.
    #[error("SKU {0} has no stock row")]
    NotTracked(SkuId),
    /// More is to leave or to come back than the case holds.
    #[error("the claim on SKU {0} is smaller")]
    BeyondClaim(SkuId),
    /// A quantity outside 1..=1,000,000.
    #[error("quantity {0} is out of bounds")]
    Quantity(i64),
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::OutOfStock { sku, quantity } => {
                Problem::new(409, "inventory.out_of_stock").with("sku", sku).with("quantity", quantity)
            }
            Self::NotTracked(sku) => Problem::new(409, "inventory.not_tracked").with("sku", sku),
            Self::BeyondClaim(sku) => Problem::new(409, "inventory.beyond_claim").with("sku", sku),
            Self::Quantity(quantity) => {
                Problem::new(422, "inventory.quantity").field("quantity").with("quantity", quantity)
            }
        }
    }
}
