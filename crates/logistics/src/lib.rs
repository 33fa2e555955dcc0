//! Logistics: parcels, what carriers' scans say of them, and the events that scans fire on cases.

pub mod carriers;
mod commands;
mod effects;
mod error;
mod fire;
pub mod http;
pub mod model;
mod notice;
mod parcels;
pub mod queries;
mod shipments;

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("logistics");

xr_store::migrations! { 1700 "logistics", 1710 "waybills" }

pub use commands::note_stalled::{NoteStalled, is_stalled};
pub use commands::take_scan::{ScanTaken, TakeScan};
pub use effects::{LogisticsEffect, LogisticsEffects};
pub use error::Error;
pub use model::{Direction, Pickup, Scan, ScanKind, Shipment, is_late};
pub use notice::Notice;
pub use parcels::{NewParcel, announce, ask_pickup};
pub use shipments::Shipments;
