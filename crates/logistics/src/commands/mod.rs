//! Use cases of logistics.

pub(crate) mod note_stalled;
pub(crate) mod take_scan;
