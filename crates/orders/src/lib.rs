//! Orders: placed once, paid in time, shipped in time, received, and no unit or cent without an owner.

mod commands;
mod effects;
mod error;
pub mod http;
mod kind;
mod lines;
mod model;
mod number;
pub mod queries;
pub mod recipients;
mod record;
mod relive;
mod search;
mod ship;
pub mod texts;
mod vocabulary;

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("orders");

xr_store::migrations! { 1600 "orders", 1610 "resting", 1620 "search", 1630 "remarks", 1640 "sealed_recipients", 1650 "sealed_remarks" }

/// Machine of orders.
pub const ORDER_MACHINE: &str = include_str!("../machines/order.toml");

pub use commands::change_remark::ChangeRemark;
pub use commands::place_order::{LineWanted, PlaceOrder, Placed, ShopTerms, free_number};
pub use effects::{OrdersEffect, OrdersEffects};
pub use error::Error;
pub use kind::OrderKind;
pub use lines::{note_stalled, set_tracking, settle_line, stop_line};
pub use model::{Line, OrderRow, Recipient, Tracking};
pub use number::OrderNumbers;
pub use record::{RecordedLine, RecordedOrder, record_lines, record_order, record_return, recorded};
pub use relive::{DELIVERED, FIRST_SCAN, PARCEL, relive_settled, relive_stopped, relived_shipped, relived_unrefunded};
pub use ship::{ShipInput, ShipLine, ShipmentBook, ShipmentBookRef};
pub use vocabulary::Order;
