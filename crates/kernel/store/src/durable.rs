//! Names that survive a power cut. Syncing a file saves its bytes; its name is saved by syncing the folder that it stands in.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Makes what is written to a file, or the names in a folder, survive a power cut.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes `folder` with all above it, and their names. A folder that is there may have been made by a process that did not come to
/// saving its name, so its parent is saved in any case, unless it may not be read.
///
/// # Errors
/// What the system says.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let made: Vec<&Path> = folder.ancestors().take_while(|above| !above.is_dir()).collect();
    fs::create_dir_all(&folder)?;
    let mut parents = made.iter().filter_map(|made| made.parent());
    parents.try_for_each(sync)?;
    match folder.parent().map_or(Ok(()), sync) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        saved => saved,
    }
}
