//! Catalogue: the units that shops sell.

mod commands;
mod error;
pub mod http;
mod model;
pub mod queries;

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("catalog");

xr_store::migrations! { 1300 "catalog", 1310 "codes" }

pub use commands::create_sku::{CreateSku, NewSku, add_sku};
pub use commands::unlist::unlist;
pub use error::Error;
pub use model::{Sku, StockMode};
