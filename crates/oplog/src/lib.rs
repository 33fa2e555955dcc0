//! The operation log: what people of staff did, to what, when and from where, with what stood there before.
//!
//! Nothing is kept here: the event record is the audit record (decision D13). This crate searches it, says it in words, writes it into
//! files and checks its hash chain.

mod changes;
mod checks;
mod csv;
mod filter;
pub mod http;
mod labels;
mod model;
mod search;

pub use checks::{AskCheck, work};
pub use filter::{Filter, Object, Who};
pub use labels::label;
pub use model::Entry;
pub use search::{Found, SCANNED_MAX, search};

xr_store::migrations! { 1280 "event_checks" }

/// Permission to read the log.
pub(crate) const READ: &str = "operations.read";

/// Texts of this slice: its problems, and the words for kinds of events, their objects and fields.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("oplog");
