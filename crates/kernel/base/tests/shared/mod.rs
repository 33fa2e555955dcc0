//! Data sets that may lie beside the clone.

use std::path::{Path, PathBuf};

/// A file of the data sets that may lie beside the clone: `XR_SHARED`, or a folder `shared` beside any folder above. Says so
/// loudly when it is not there: the committed extracts are tested then.
pub(crate) fn shared(file: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|dir| dir.join("shared"));
    let places = std::env::var_os("XR_SHARED").map(PathBuf::from).into_iter().chain(above);
    let found = places.map(|dir| dir.join("data").join(file)).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: {file} is not there; set XR_SHARED to the folder of the shared data sets");
    }
    found
}
