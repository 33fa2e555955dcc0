//! What people must not be able to do to the product, over HTTP and on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod foreign;
mod live;
mod permissions;
mod races;
mod scene;
