//! Machines and packs as they are shown: rule tables, pictures, findings of the checker.

use std::sync::Arc;
use xr_case::Library;

/// The machines and packs in force, shared with the pages that show them.
#[derive(Clone)]
pub struct RuleShelf(pub Arc<Library>);
