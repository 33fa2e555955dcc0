//! What tests of several crates share. Never a normal dependency: it may stand in `[dev-dependencies]` only.

pub mod disk;
pub mod http;
pub mod postgres_server;
