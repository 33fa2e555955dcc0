//! Inventory: stock that is never oversold, every change a ledger entry, every reservation owned by a case.

mod claims;
mod commands;
mod effects;
mod error;
mod ledger;
pub mod queries;

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("inventory");

xr_store::migrations! { 1400 "inventory" }

pub use claims::{Claim, expect_return, mark_to_ship, release_units, reserve, want};
pub use commands::adjust_stock::AdjustStock;
pub use effects::{InventoryEffect, InventoryEffects};
pub use error::Error;
pub use ledger::{Change, MoveKind, receive};
