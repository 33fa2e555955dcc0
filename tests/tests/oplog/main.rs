//! The operation log, on both engines.
#![allow(clippy::unwrap_used, clippy::panic)]

mod checks;
mod record;
mod remark;
mod search;
mod support;
mod words;
