//! What people must not be able to do to the product, over HTTP and on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod foreign;
mod permissions;
mod races;
mod scene;
