//! The program as processes: set up, killed in the middle of its work, several on one database, cut off from its clients.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod backup;
mod batches;
mod demo;
mod exports;
mod ill;
mod imports;
mod kill;
mod live;
mod load;
mod nodes;
mod power;
mod secrecy;
mod server;
mod setup;
