//! Files: named by their bytes, readable after the commit, harmless names only.

use crate::engines::{Place, places, sqlite};
use crate::notes::MIGRATIONS;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use xr_base::{Clock as _, Fault, Millis};
use xr_store::blobs::Prepared;
use xr_store::{Command, Location, Store, Tx, params, sql};

struct Keep(Prepared);

impl Command for Keep {
    type Out = ();
    const NAME: &'static str = "notes.keep_file";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.0.keep(tx, "image/png")
    }
}

#[tokio::test]
async fn what_was_kept_is_read_back_byte_by_byte_and_stored_once() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        // More than two chunks of 1 MiB.
        let bytes: Vec<u8> = (0..(5_u32 << 19) + 3).map(|n| n.to_le_bytes()[(n % 3) as usize]).collect();
        for _ in 0..2 {
            let (blobs, bytes) = (store.blobs().clone(), bytes.clone());
            let prepared = tokio::task::spawn_blocking(move || blobs.prepare(&bytes).unwrap()).await.unwrap();
            store.write(Keep(prepared)).await.unwrap();
        }
        let blobs = store.blobs().clone();
        let read = store.read(move |tx| {
            let rows: Vec<(String, String, i64)> =
                tx.all(sql!("SELECT sha256, media_type, size_bytes FROM blobs /* unscoped: a test */"), params![])?;
            let found = blobs.load(tx, &rows[0].0)?;
            Ok((rows, found))
        });
        let (rows, found) = read.await.unwrap();
        assert_eq!((rows.len(), rows[0].1.as_str()), (1, "image/png"));
        assert_eq!(rows[0].2, i64::try_from(bytes.len()).unwrap());
        assert!(found.unwrap() == bytes, "the bytes differ");
    }
}

#[tokio::test]
async fn names_that_are_no_hashes_lead_nowhere() {
    for place in places() {
        let store = place.open(MIGRATIONS);
        let blobs = store.blobs().clone();
        for name in ["", "../xiaoer.db", "xiaoer.db", &"0".repeat(64), &format!("../{}", "a".repeat(61))] {
            let (blobs, name) = (blobs.clone(), name.to_owned());
            let found = store.read(move |tx| blobs.load(tx, &name)).await.unwrap();
            assert_eq!(found, None);
        }
    }
}

/// A store whose files are made old at will.
struct Files {
    place: Place,
    store: Store,
}

impl Files {
    fn new() -> Self {
        let place = sqlite();
        let store = place.open(MIGRATIONS);
        Self { place, store }
    }

    fn path(&self, sha256: &str) -> PathBuf {
        let Location::Folder(folder) = &self.place.location else { unreachable!("an embedded database") };
        folder.join("blobs").join(&sha256[..2]).join(sha256)
    }

    /// A file written so many hours ago, without a row.
    fn old(&self, text: &str, hours: i64) -> Prepared {
        let prepared = self.store.blobs().prepare(text.as_bytes()).unwrap();
        self.make_old(&self.path(prepared.sha256()), hours);
        prepared
    }

    fn make_old(&self, path: &Path, hours: i64) {
        let written = self.place.clock.wall() - Millis::hours(hours);
        let since = Duration::from_millis(written.0.unsigned_abs());
        File::options().write(true).open(path).unwrap().set_modified(UNIX_EPOCH + since).unwrap();
    }

    fn collect(&self) -> u64 {
        (0..=u8::MAX).map(|part| self.store.blobs().collect_orphans(&self.store, part).unwrap()).sum()
    }
}

#[test]
fn files_without_a_row_go_after_a_day_and_no_others() {
    let files = Files::new();
    let [kept, orphan, young] = [("kept", 48), ("orphan", 25), ("young", 23)].map(|(text, age)| files.old(text, age));
    let draft = files.path(orphan.sha256()).with_file_name(format!(".{}.1.0", orphan.sha256()));
    std::fs::write(&draft, "orph").unwrap();
    files.make_old(&draft, 30);
    files.store.write_blocking(Keep(kept.clone())).unwrap();
    assert_eq!(files.collect(), 2);
    let is_there = |prepared: &Prepared| files.path(prepared.sha256()).exists();
    assert_eq!((is_there(&kept), is_there(&orphan), is_there(&young), draft.exists()), (true, false, true, false));
    assert_eq!(files.collect(), 0);
}

/// Somebody sends in again what was refused yesterday, while the orphans are collected.
#[test]
fn bytes_that_come_in_again_are_there_for_their_row() {
    let files = Files::new();
    for _ in 0..300 {
        let sha256 = files.old("sent twice", 30).sha256().to_owned();
        let part = u8::from_str_radix(&sha256[..2], 16).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| files.store.blobs().prepare(b"sent twice").unwrap());
            scope.spawn(|| files.store.blobs().collect_orphans(&files.store, part).unwrap());
        });
        assert!(files.path(&sha256).exists());
    }
}
