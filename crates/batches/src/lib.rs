//! One act on many cases: asked for over the API, done in the background case by case, with what became of each.
//!
//! Each row is a transaction of its own through the command of a single act, and its outcome is written in that same transaction
//! ([`steps`]): so a worker that died is followed by another one that goes on, and no case is acted on twice.

mod choose;
mod commands;
mod form;
pub mod http;
mod model;
mod queries;
mod steps;
mod worker;

pub use commands::{AskBatch, Picked, Which};
pub use model::{List, Outcome, State, Wanted};
pub use steps::DropExpired;
pub use worker::{Worker, work};

xr_store::migrations! { 1270 "batches" }

/// Texts of this slice.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("batches");
