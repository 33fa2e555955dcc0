//! After-sales: refund, return and exchange of one line of an order, with evidence, contacts and rulings.

mod acts;
mod adjudicators;
mod amounts;
mod commands;
mod detail;
mod effects;
mod error;
mod evidence;
pub mod http;
mod inputs;
mod kind;
mod model;
mod opening;
pub mod pictures;
pub mod queries;
mod relive;
mod steps;
mod vocabulary;
mod words;

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("aftersales");

xr_store::migrations! { 1800 "aftersales", 1810 "progress", 1820 "sealed_words" }

/// Machine of refunds without return.
pub const REFUND_ONLY_MACHINE: &str = include_str!("../machines/refund_only.toml");
/// Machine of returns with refund.
pub const RETURN_REFUND_MACHINE: &str = include_str!("../machines/return_refund.toml");
/// Machine of exchanges.
pub const EXCHANGE_MACHINE: &str = include_str!("../machines/exchange.toml");

pub use adjudicators::Adjudicators;
pub use amounts::{Asked, most, units_left};
pub use commands::add_evidence::{AddEvidence, Filing};
pub use commands::apply::{Application, Apply};
pub use commands::record_contact::{NewContact, RecordContact};
pub use commands::set_return_address::{ReturnAddress, SetReturnAddress};
pub use commands::upload_picture::{UploadPicture, Uploaded};
pub use effects::{AftersalesEffect, AftersalesEffects};
pub use error::Error;
pub use kind::{ADJUDICATION_LIMIT_MINOR, AftersalesKind};
pub use model::{AftersalesRow, CaseKind, Channel, Contact, Evidence, GoodsAt, Origin, Reason, Statement};
pub use vocabulary::{Exchange, RefundOnly, ReturnRefund};
pub use words::SEALED;
