//! Order lists as files: asked for over the API, written in the background page by page, kept for a week.
//!
//! A file grows in parts of the store, each committed together with how far the export is ([`steps`]), so a worker that
//! died is followed by another one that goes on, and a worker that was only slow writes nothing any more.

mod cells;
mod commands;
mod csv;
mod file;
pub mod http;
mod model;
mod queries;
mod rows;
mod sealed;
mod steps;
mod texts;
mod worker;
mod xlsx;
mod zip;

pub use commands::AskExport;
pub use model::{FileFormat, State, Wanted};
pub use sealed::{SEALED_FILES, SEALED_FILTERS};
pub use steps::ExpireFiles;
pub use worker::{run_next, work};

xr_store::migrations! { 1760 "exports", 1761 "sealed_files" }

/// Texts of this slice.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("exports");
