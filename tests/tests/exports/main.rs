//! Order lists as files, on both engines.
#![allow(clippy::unwrap_used, clippy::panic)]

mod files;
mod jobs;
mod support;
