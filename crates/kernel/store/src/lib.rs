//! The store: one SQL text, one command path, two engines (SQLite embedded, PostgreSQL for several nodes).
//!
//! A [`Command`] is one use case and one transaction; [`Store::write`] runs it on the store's own threads and answers only after
//! the commit is on disk. [`Store::read`] gives a snapshot. Nothing outside this crate names an engine.

pub mod audit;
pub mod backup;
pub mod baseline;
pub mod blobs;
pub mod command;
pub mod dump;
mod durable;
mod engine;
pub mod events;
pub mod filling;
mod group;
pub mod idempotency;
pub mod jobs;
mod kept;
pub mod leases;
pub mod migrate;
mod mutant;
pub mod outside;
mod pool;
pub mod row;
pub mod sealing;
mod shared;
mod slow;
pub mod statement;
mod store;
mod threads;
mod tx;

pub use command::Command;
pub use durable::make_folder;
pub use idempotency::Key as IdempotencyKey;
pub use migrate::Migration;
pub use mutant::{Elsewhere, Mutant};
pub use row::{FromRow, Row};
pub use sealing::{SealedField, Sealing};
pub use shared::{CommandCount, Stats};
pub use slow::SlowStatement;
pub use statement::Statement;
pub use store::{Config, DueHandler, Engine, Location, Store};
pub use tx::{Mail, Tx};

#[doc(hidden)]
pub use linkme;
#[doc(hidden)]
pub use xr_base;
