//! Files: named by their bytes, readable after the commit, harmless names only.

use crate::engines::places;
use crate::notes::MIGRATIONS;
use xr_base::Fault;
use xr_store::blobs::Prepared;
use xr_store::{Command, Tx, params, sql};

struct Keep(Prepared);

impl Command for Keep {
    type Out = ();
    const NAME: &'static str = "notes.keep_file";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        Ok(self.0.keep(tx, "image/png")?)
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
            let prepared = tokio::task::spawn_blocking(move || blobs.prepare(bytes).unwrap()).await.unwrap();
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
            let found = store.read(move |tx| Ok(blobs.load(tx, &name)?)).await.unwrap();
            assert_eq!(found, None);
        }
    }
}
