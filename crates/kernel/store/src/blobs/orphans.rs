//! Files that no row names: their command was refused, or the process died between the two (decision D19).

use super::{Blobs, Place, fail, replacing};
use crate::{Store, params, sql};
use std::fs;
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use xr_base::{Fault, Instant, Millis};

/// Files younger than this may be on their way to a row.
const KEPT_FOR: Millis = Millis::hours(24);

impl Blobs {
    /// Deletes the orphans among the files whose name begins with the byte `part`, drafts of killed processes too, and gives
    /// their number. Blocking. On PostgreSQL bytes come and go with their rows, so there are none.
    ///
    /// # Errors
    /// [`xr_base::StoreError`] of disk or engine; what was deleted before stays deleted.
    pub fn collect_orphans(&self, store: &Store, part: u8) -> Result<u64, Fault> {
        let Place::Folder(folder) = &self.place else { return Ok(0) };
        let folder = folder.join(format!("{part:02x}"));
        let before = store.clock().wall() - KEPT_FOR;
        let old = old_files(&folder, before).map_err(fail)?;
        let orphans = store.read_blocking(|tx| {
            let mut orphans = Vec::new();
            for name in old {
                let named: Option<(i64,)> = tx.opt(
                    sql!(
                        "SELECT size_bytes FROM blobs WHERE stored = ?1 OR (sha256 = ?1 AND stored IS NULL) LIMIT 1
                         /* unscoped: house-keeping, by hash */"
                    ),
                    params![name],
                )?;
                if named.is_none() {
                    orphans.push(name);
                }
            }
            Ok(orphans)
        })?;
        let mut deleted = 0;
        for name in orphans {
            deleted += u64::from(delete_if_old(&folder.join(name), before, fs::remove_file).map_err(fail)?);
        }
        Ok(deleted)
    }
}

fn old_files(folder: &Path, before: Instant) -> std::io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut old = Vec::new();
    for entry in entries {
        let entry = entry?;
        if is_old(&entry.path(), before)? {
            old.extend(entry.file_name().into_string());
        }
    }
    Ok(old)
}

/// Whether the file is there and was written before `before`.
fn is_old(path: &Path, before: Instant) -> std::io::Result<bool> {
    let written = match fs::metadata(path) {
        Ok(file) => file.modified()?,
        Err(error) if error.kind() == NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let millis = written.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Ok(millis < u128::try_from(before.0).unwrap_or(0))
}

/// Looks again first: the same bytes may have come in anew meanwhile.
fn delete_if_old(
    path: &Path,
    before: Instant,
    delete: impl FnOnce(PathBuf) -> std::io::Result<()>,
) -> std::io::Result<bool> {
    let _nobody_replaces_it = replacing();
    let is_old = is_old(path, before)?;
    if is_old {
        delete(path.to_owned())?;
    }
    Ok(is_old)
}

#[cfg(test)]
mod tests {
    use super::delete_if_old;
    use crate::blobs::{REPLACING, write_durably};
    use std::fs;
    use xr_base::Instant;

    /// Bytes that come in again between the look at their old file and its deletion would leave a row without a file. The test stands in
    /// that moment, which many threads meet by luck only.
    #[test]
    fn a_file_is_not_replaced_between_the_look_at_it_and_its_deletion_nor_deleted_while_it_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("name");
        let written = write_durably(folder.path(), "name", b"sent twice", |draft, name| {
            assert!(REPLACING.try_lock().is_err(), "it may be deleted meanwhile");
            fs::rename(draft, name)
        });
        written.expect("is written");
        let deleted = delete_if_old(&path, Instant(i64::MAX), |path| {
            assert!(REPLACING.try_lock().is_err(), "it may come in again meanwhile");
            fs::remove_file(path)
        });
        assert!(deleted.expect("deletes") && !path.exists());
    }
}
