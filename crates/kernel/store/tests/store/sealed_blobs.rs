//! Blobs on both engines: what lies on the disk, what is refused, and a rotation that leaves their bytes alone.

use crate::engines::{Place, places};
use crate::notes::MIGRATIONS;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use xr_base::{Clock as _, Fault, Millis, StoreError};
use xr_store::blobs::Prepared;
use xr_store::sealing::{Entropy, MasterKey, NewDataKey, go_on, progress, unreadable};
use xr_store::{Command, Location, Sealing, Statement, Store, Tx, params, sql};

/// Begins like a photograph, and says something that nobody else does.
fn photo(number: u32) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00".to_vec();
    for line in 0..12_000 {
        bytes.extend(format!("13812345678 photo {number} line {line}\n").bytes());
    }
    bytes
}

const TOLD: [&[u8]; 3] = [b"\xff\xd8\xff\xe0", b"JFIF", b"13812345678"];

struct Keep(Prepared);

impl Command for Keep {
    type Out = ();
    const NAME: &'static str = "test.keep_photo";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.0.keep(tx, "image/jpeg")
    }
}

/// Changes rows behind the store's back.
struct Change(&'static Statement);

impl Command for Change {
    type Out = u64;
    const NAME: &'static str = "test.change";
    fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Fault> {
        Ok(tx.exec(self.0, &[])?)
    }
}

/// What an earlier version wrote: the name is the hash of the content, which lies there as it is; in rows on PostgreSQL.
struct KeepClear(Vec<u8>, bool);

impl Command for KeepClear {
    type Out = String;
    const NAME: &'static str = "test.keep_clear";
    fn run(&self, tx: &mut Tx<'_>) -> Result<String, Fault> {
        let (name, size) = (hash(&self.0), i64::try_from(self.0.len()).unwrap());
        tx.put(
            sql!(
                "INSERT INTO blobs (sha256, media_type, size_bytes, created_at) VALUES (?1, 'image/jpeg', ?2, 0) /* unscoped: a test */"
            ),
            params![name, size],
        )?;
        for (part, bytes) in (0_i64..).zip(self.0.chunks(1 << 18)).filter(|_| self.1) {
            tx.put(
                sql!("INSERT INTO blob_chunks (sha256, part, bytes) VALUES (?1, ?2, ?3) /* unscoped: a test */"),
                params![name, part, *bytes],
            )?;
        }
        Ok(name)
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn open(ground: &Place, is_locked: bool) -> Store {
    let mut config = ground.config(MIGRATIONS, "test");
    let count = AtomicU8::new(0);
    let entropy: Entropy = Arc::new(move |bytes: &mut [u8]| {
        bytes.fill(count.fetch_add(1, Ordering::SeqCst));
        true
    });
    if is_locked {
        config.sealing = Sealing::none();
    } else {
        config.sealing.entropy = entropy;
        config.sealing.keepers = vec![Arc::new(MasterKey::new("key", &[1; 32]))];
    }
    std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap()
}

fn keep(store: &Store, bytes: &[u8]) -> String {
    let prepared = store.blobs().prepare(bytes).unwrap();
    let name = prepared.sha256().to_owned();
    store.write_blocking(Keep(prepared)).unwrap();
    name
}

fn load(store: &Store, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    let (blobs, name) = (store.blobs().clone(), name.to_owned());
    store.read_blocking(move |tx| blobs.load(tx, &name))
}

fn is_corrupt<T>(outcome: &Result<T, Fault>) -> bool {
    matches!(outcome, Err(Fault::Store(StoreError::Corrupt(_))))
}

fn close(store: Store) {
    store.close();
    drop(store);
}

/// Every file below the folder of an embedded database.
fn files(ground: &Place) -> Vec<PathBuf> {
    let Location::Folder(folder) = &ground.location else { return vec![] };
    let (mut found, mut folders) = (Vec::new(), vec![folder.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

/// What the disk and the tables of blobs show.
fn shown(ground: &Place, store: &Store) -> bool {
    let rows: Vec<(Vec<u8>,)> = store
        .read_blocking(|tx| Ok(tx.all(sql!("SELECT bytes FROM blob_chunks /* unscoped: a test */"), &[])?))
        .unwrap();
    let read = files(ground).into_iter().map(|path| std::fs::read(path).unwrap());
    read.chain(rows.into_iter().map(|(bytes,)| bytes))
        .any(|bytes| TOLD.iter().any(|told| bytes.windows(told.len()).any(|part| part == *told)))
}

fn blob_file(ground: &Place, name: &str) -> Option<PathBuf> {
    files(ground).into_iter().find(|path| path.file_name().is_some_and(|file| file == name))
}

#[test]
fn a_blob_shows_nothing_and_its_name_does_not_tell_that_a_known_picture_is_there() {
    for ground in places() {
        let store = open(&ground, false);
        let (first, second) = (keep(&store, &photo(1)), keep(&store, &photo(2)));
        assert_eq!(keep(&store, &photo(1)), first, "the same bytes twice are one blob");
        assert!(first != second && first != hash(&photo(1)));
        assert!(
            load(&store, &first).unwrap().unwrap() == photo(1) && load(&store, &second).unwrap().unwrap() == photo(2)
        );
        assert!(!shown(&ground, &store));
        close(store);
        let store = open(&ground, true);
        assert_eq!(load(&store, &first).unwrap_err().problem().unwrap().code, "store.locked");
        assert_eq!(store.blobs().prepare(b"x").unwrap_err().problem().unwrap().code, "store.locked");
        close(store);
    }
}

#[test]
fn what_was_cut_or_exchanged_does_not_open() {
    for ground in places() {
        let store = open(&ground, false);
        let (first, second) = (keep(&store, &photo(1)), keep(&store, &photo(2)));
        let exchange = sql!(
            "UPDATE blobs SET stored = (SELECT MIN(b.sha256) FROM blobs b WHERE b.sha256 <> blobs.sha256) WHERE media_type = 'image/jpeg' /* unscoped: a test */"
        );
        assert_eq!(store.write_blocking(Change(exchange)).unwrap(), 2);
        assert!(is_corrupt(&load(&store, &first)) && is_corrupt(&load(&store, &second)), "bytes of another blob");
        let back = sql!("UPDATE blobs SET stored = sha256 WHERE media_type = 'image/jpeg' /* unscoped: a test */");
        store.write_blocking(Change(back)).unwrap();
        let one_key = sql!(
            "UPDATE file_keys SET sealed = (SELECT k.sealed FROM file_keys k ORDER BY k.file_id LIMIT 1) /* unscoped: a test */"
        );
        store.write_blocking(Change(one_key)).unwrap();
        assert!(load(&store, &first).is_ok() && is_corrupt(&load(&store, &second)), "the key of another blob");
        assert_eq!(store.read_blocking(|tx| Ok(unreadable(tx)?)).unwrap().len(), 1, "the doctor sees it");
        if let Some(path) = blob_file(&ground, &first) {
            let whole = std::fs::read(&path).unwrap();
            for length in [0, 8, 65_560, whole.len() - 1] {
                std::fs::write(&path, &whole[..length]).unwrap();
                assert!(is_corrupt(&load(&store, &first)), "cut to {length}");
            }
            std::fs::remove_file(&path).unwrap();
            assert_eq!(load(&store, &first).unwrap(), None);
        }
        close(store);
    }
}

#[test]
fn blobs_of_an_earlier_version_are_sealed_at_the_next_opening_and_keep_their_names() {
    for ground in places() {
        let store = open(&ground, true);
        let mut names = Vec::new();
        for number in 0..20 {
            let name = store
                .write_blocking(KeepClear(photo(number), matches!(ground.location, Location::Postgres(_))))
                .unwrap();
            if let Location::Folder(folder) = &ground.location {
                let of_part = folder.join("blobs").join(&name[..2]);
                std::fs::create_dir_all(&of_part).unwrap();
                std::fs::write(of_part.join(&name), photo(number)).unwrap();
            }
            names.push(name);
        }
        assert!(load(&store, &names[3]).unwrap().unwrap() == photo(3), "without keys they stay as they are");
        // One was lost before.
        if let Some(path) = blob_file(&ground, &names[7]) {
            std::fs::remove_file(path).unwrap();
        }
        close(store);

        let store = open(&ground, false);
        for (name, number) in names.iter().zip(0..) {
            let found = load(&store, name).unwrap();
            let is_lost = number == 7 && matches!(ground.location, Location::Folder(_));
            assert!(if is_lost { found.is_none() } else { found == Some(photo(number)) }, "{number}");
        }
        assert!(!shown(&ground, &store));
        let again = keep(&store, &photo(3));
        assert!(load(&store, &again).unwrap() == load(&store, &names[3]).unwrap(), "it comes in again");
        close(store);
        let store = open(&ground, false);
        assert!(load(&store, &names[3]).unwrap().unwrap() == photo(3) && load(&store, &again).unwrap().is_some());
        close(store);
    }
}

#[test]
fn a_rotation_beside_people_who_send_in_pictures_loses_none_and_changes_no_byte_of_them() {
    for ground in places() {
        let store = open(&ground, false);
        let before: Vec<String> = (0..30).map(|number| keep(&store, &photo(number))).collect();
        let bytes = || before.iter().map(|name| blob_file(&ground, name).map(|path| std::fs::read(path).unwrap()));
        let lay: Vec<_> = bytes().collect();
        assert_eq!(store.write_blocking(NewDataKey).unwrap(), 2);
        ground.clock.jump_to(ground.clock.wall() + Millis(5_000));
        let is_over = Arc::new(AtomicBool::new(false));
        let writer = {
            let (store, is_over) = (store.clone(), Arc::clone(&is_over));
            std::thread::spawn(move || {
                let mut names = Vec::new();
                while !is_over.load(Ordering::SeqCst) || names.is_empty() {
                    let number = 100 + u32::try_from(names.len()).unwrap();
                    names.push((number, keep(&store, &photo(number))));
                }
                names
            })
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        assert!(runtime.block_on(go_on(&store, &|| false)).unwrap() >= 30);
        is_over.store(true, Ordering::SeqCst);
        let sent = writer.join().unwrap();
        assert_eq!(store.read_blocking(progress).unwrap().old, None);
        let known = before.iter().cloned().zip(0..).map(|(name, number)| (number, name));
        for (number, name) in known.chain(sent) {
            assert!(load(&store, &name).unwrap() == Some(photo(number)), "{number}");
        }
        assert!(bytes().eq(lay), "the files are as they were");
        assert_eq!(store.read_blocking(|tx| Ok(unreadable(tx)?)).unwrap(), Vec::<String>::new());
        close(store);
    }
}
