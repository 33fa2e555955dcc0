//! Backups of the embedded database, taken while it is served, checked, and put back.
//!
//! A backup is a folder: `xiaoer.db`, one snapshot; `blobs/`, every file that a row of that snapshot names; `manifest.json`, what
//! they hold. It is written under another name and renamed when all of it is on disk, so a folder with a manifest is whole. The
//! database comes first: rows are committed after their blobs, so whatever the copied rows name is there afterwards (D19).
//!
//! PostgreSQL has better tools of its own; docs/OPERATIONS.md names them.

mod blobs;
mod files;
mod make;
mod manifest;
mod restore;
mod room;
mod survey;
mod verify;

pub use make::{Source, make};
pub use manifest::{BlobsNote, Contents, FileNote, Manifest, Schema};
pub(crate) use restore::refuse_unfinished;
pub use restore::restore;
pub use verify::{Checks, Verified, verify};

use std::path::Path;
use xr_base::{Fault, Problem};

/// Name of the manifest in its folder.
const MANIFEST: &str = "manifest.json";

/// A refusal about a folder.
fn refused(code: &str, folder: &Path) -> Fault {
    Problem::new(409, code).with("folder", folder.display()).into()
}

/// A refusal about a folder, with what the system says.
fn refused_because(code: &str, folder: &Path, why: &impl std::fmt::Display) -> Fault {
    Problem::new(507, code).with("folder", folder.display()).with("why", why).into()
}
