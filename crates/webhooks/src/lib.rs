//! Webhooks: what happens in the market is told to an organisation's own systems, signed, tried again until it arrives, and on record.
//!
//! The event record is the outbox (`spread`): an endpoint's place in it moves on in the transaction that makes deliveries of what was
//! found there, so nothing is lost and nothing becomes two deliveries. Sending happens outside of transactions (`worker`), so a message
//! may arrive twice: receivers know it by its id. Messages are `CloudEvents` 1.0 in JSON, signed by the Standard Webhooks scheme.

mod commands;
mod envelope;
mod error;
pub mod http;
mod model;
mod post;
mod queries;
mod schedule;
mod secrets;
mod spread;
mod steps;
mod target;
mod worker;

pub use commands::{AddEndpoint, ChangeEndpoint, NewEndpoint};
pub use error::Error;
pub use secrets::SEALED;
pub use target::Reach;
pub use worker::{Sender, work};

xr_store::migrations! { 1960 "webhooks" }

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("webhooks");

/// Who manages webhooks of their organisation.
pub(crate) const PERMISSION: &str = "webhooks.manage";
