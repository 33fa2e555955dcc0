//! Sealed fields on both engines: what lies on the disk, who opens it, and rotation while others write.

use crate::engines::{Place as Ground, places};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use xr_base::{Clock as _, Fault, StoreError};
use xr_store::sealing::{
    AddSlot, Entropy, Keeper, MasterKey, NewDataKey, Place, Progress, RemoveSlot, Resealed, go_on, progress, refresh,
    slots,
};
use xr_store::{Command, Migration, SealedField, Sealing, Store, Tx, dump, params, sql};

const PHONE: &str = "13812345678";
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    number: 9001,
    name: "sealed",
    sql: "CREATE TABLE clear_phones (id {PK}, phone TEXT NOT NULL);
          CREATE TABLE phones (id {PK}, sealed {BLOB} NOT NULL, phone_key BIGINT);",
}];
const FIELD: SealedField = SealedField {
    table: "phones",
    column: "sealed",
    place: "phones.sealed",
    id: "id",
    lookups: &["phone_key"],
    page: |tx, after, limit| {
        tx.all(
            sql!("SELECT id, sealed FROM phones WHERE id > ?1 ORDER BY id LIMIT ?2 /* unscoped: a test */"),
            params![after, limit],
        )
    },
    reseal: |tx, Resealed { id, was, content }| {
        let phone = String::from_utf8_lossy(content).into_owned();
        let (sealed, key) = (tx.seal(at(id), content)?, tx.lookup("phone", &phone)?);
        let set =
            sql!("UPDATE phones SET sealed = ?3, phone_key = ?4 WHERE id = ?1 AND sealed = ?2 /* unscoped: a test */");
        Ok(tx.put(set, params![id, was, sealed, key])?)
    },
    move_clear: Some(|tx, limit| {
        let rows: Vec<(i64, String)> = tx.all(
            sql!("SELECT id, phone FROM clear_phones ORDER BY id LIMIT ?1 /* unscoped: a test */"),
            params![limit],
        )?;
        for (id, phone) in &rows {
            insert(tx, *id, phone)?;
            tx.put(sql!("DELETE FROM clear_phones WHERE id = ?1 /* unscoped: a test */"), params![*id])?;
        }
        Ok(rows.len() as u64)
    }),
};

fn at(row: i64) -> Place {
    Place { column: "phones.sealed", row }
}

fn insert(tx: &mut Tx<'_>, id: i64, phone: &str) -> Result<(), Fault> {
    let (sealed, key) = (tx.seal(at(id), phone.as_bytes())?, tx.lookup("phone", phone)?);
    Ok(tx.put(
        sql!(
            "INSERT INTO phones (id, sealed, phone_key) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET sealed = ?2, phone_key = ?3 /* unscoped: a test */"
        ),
        params![id, sealed, key],
    )?)
}

struct Write(i64, String);

impl Command for Write {
    type Out = ();
    const NAME: &'static str = "test.write_phone";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        insert(tx, self.0, &self.1)
    }
}

struct Clear(i64);

impl Command for Clear {
    type Out = ();
    const NAME: &'static str = "test.write_clear";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        Ok(tx.put(
            sql!("INSERT INTO clear_phones (id, phone) VALUES (?1, ?2) /* unscoped: a test */"),
            params![self.0, PHONE],
        )?)
    }
}

fn key(kind: &str, byte: u8) -> Arc<dyn Keeper> {
    Arc::new(MasterKey::new(kind, &[byte; 32]))
}

/// Every data key is another one.
fn counting() -> Entropy {
    let count = AtomicU8::new(0);
    Arc::new(move |bytes: &mut [u8]| {
        bytes.fill(count.fetch_add(1, Ordering::SeqCst));
        true
    })
}

fn open(ground: &Ground, keepers: Vec<Arc<dyn Keeper>>) -> Store {
    let mut config = ground.config(MIGRATIONS, "test");
    config.sealing = Sealing { keepers, entropy: counting(), fields: vec![FIELD], files: vec![] };
    std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap()
}

fn phone(store: &Store, id: i64) -> Result<Option<String>, Fault> {
    store.read_blocking(move |tx| {
        let row: Option<(Vec<u8>,)> =
            tx.opt(sql!("SELECT sealed FROM phones WHERE id = ?1 /* unscoped: a test */"), params![id])?;
        let opened = row.map(|(sealed,)| tx.open_sealed(at(id), &sealed)).transpose()?;
        Ok(opened.map(|bytes| String::from_utf8(bytes).unwrap()))
    })
}

fn found(store: &Store, phone: &'static str) -> Vec<i64> {
    let find = move |tx: &mut Tx<'_>| {
        let mut ids = Vec::new();
        for key in tx.lookups("phone", phone)? {
            let rows: Vec<(i64,)> =
                tx.all(sql!("SELECT id FROM phones WHERE phone_key = ?1 /* unscoped: a test */"), params![key])?;
            ids.extend(rows.into_iter().map(|(id,)| id));
        }
        ids.sort_unstable();
        Ok(ids)
    };
    store.read_blocking(find).unwrap()
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> String {
    outcome.unwrap_err().problem().map(|problem| problem.code.clone()).unwrap_or_default()
}

/// Everything that the files of an embedded database say.
fn on_disk(ground: &Ground) -> Option<Vec<u8>> {
    let xr_store::Location::Folder(folder) = &ground.location else { return None };
    let files = ["xiaoer.db", "xiaoer.db-wal"].map(|name| std::fs::read(folder.join(name)).unwrap_or_default());
    Some(files.concat())
}

fn shows(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn what_is_sealed_is_read_and_found_with_the_key_and_shows_nothing_without() {
    for ground in places() {
        let store = open(&ground, vec![key("key", 1)]);
        store.write_blocking(Write(7, PHONE.to_owned())).unwrap();
        assert_eq!((phone(&store, 7).unwrap().as_deref(), found(&store, PHONE)), (Some(PHONE), vec![7]));
        assert_eq!(found(&store, "13812345679"), Vec::<i64>::new());
        store.close();
        drop(store);
        assert!(on_disk(&ground).is_none_or(|bytes| !shows(&bytes, PHONE)));

        for keepers in [vec![], vec![key("key", 2)], vec![key("secret", 1)]] {
            let store = open(&ground, keepers);
            assert!(store.is_locked());
            assert_eq!(code(phone(&store, 7)), "store.locked");
            assert_eq!(code(store.write_blocking(Write(8, PHONE.to_owned()))), "store.locked");
            assert_eq!(code(store.read_blocking(|tx| tx.lookups("phone", PHONE))), "store.locked");
            store.close();
            drop(store);
        }
        let store = open(&ground, vec![key("key", 1)]);
        assert_eq!((phone(&store, 7).unwrap().as_deref(), phone(&store, 8).unwrap()), (Some(PHONE), None));
        store.close();
        drop(store);
    }
}

#[test]
fn each_keeper_at_hand_gets_a_slot_and_any_of_them_opens() {
    for ground in places() {
        let store = open(&ground, vec![key("key", 1), key("secret", 1)]);
        store.write_blocking(Write(7, PHONE.to_owned())).unwrap();
        store.close();
        drop(store);
        // As on a machine to which a backup was brought: the secret is known, the key file is new.
        let store = open(&ground, vec![key("key", 2), key("secret", 1)]);
        assert_eq!(phone(&store, 7).unwrap().as_deref(), Some(PHONE));
        store.close();
        drop(store);
        let store = open(&ground, vec![key("key", 2)]);
        assert_eq!(phone(&store, 7).unwrap().as_deref(), Some(PHONE));
        store.write_blocking(AddSlot { keeper: key("key", 3) }).unwrap();
        let known = store.read_blocking(|tx| Ok(slots(tx)?)).unwrap();
        let [first, second, third] = [1, 2, 3].map(|byte| key("key", byte).name());
        let mut names = vec![first.clone(), second.clone(), third.clone(), key("secret", 1).name()];
        names.sort();
        assert_eq!(known.into_iter().map(|slot| slot.keeper).collect::<Vec<_>>(), names);

        for keeper in [first, second, key("secret", 1).name()] {
            store.write_blocking(RemoveSlot { keeper }).unwrap();
        }
        assert_eq!(code(store.write_blocking(RemoveSlot { keeper: third })), "store.last_slot");
        assert_eq!(code(store.write_blocking(RemoveSlot { keeper: "key:0".to_owned() })), "store.no_such_slot");
        store.close();
        drop(store);
        assert!(open(&ground, vec![key("key", 2), key("secret", 1)]).is_locked(), "their slots are gone");
        let store = open(&ground, vec![key("key", 3)]);
        assert_eq!(phone(&store, 7).unwrap().as_deref(), Some(PHONE));
        store.close();
        drop(store);
    }
}

#[test]
fn what_an_earlier_version_kept_in_the_clear_is_sealed_at_the_next_opening() {
    for ground in places() {
        let store = open(&ground, vec![]);
        for id in 0..2_500 {
            store.write_blocking(Clear(id)).unwrap();
        }
        store.close();
        drop(store);
        let store = open(&ground, vec![key("key", 1)]);
        assert!(
            on_disk(&ground).is_none_or(|bytes| !shows(&bytes, PHONE)),
            "nor does the log show what was there before"
        );
        assert_eq!(found(&store, PHONE).len(), 2_500);
        assert_eq!(phone(&store, 2_499).unwrap().as_deref(), Some(PHONE));
        store.close();
        drop(store);
        assert!(on_disk(&ground).is_none_or(|bytes| !shows(&bytes, PHONE)), "what was deleted is overwritten");
    }
}

#[test]
fn two_nodes_that_open_a_new_database_at_once_have_one_key() {
    for ground in places().into_iter().filter(|ground| matches!(ground.location, xr_store::Location::Postgres(_))) {
        let config = |byte: u8, name: &str| {
            let mut config = ground.config(MIGRATIONS, name);
            // Each node draws another data key.
            let entropy: Entropy = Arc::new(move |bytes: &mut [u8]| {
                bytes.fill(byte);
                true
            });
            config.sealing =
                Sealing { keepers: vec![key("key", 1), key("secret", 1)], entropy, fields: vec![FIELD], files: vec![] };
            config
        };
        let configs = [config(1, "one"), config(2, "two"), config(3, "three")];
        let opened: Vec<_> = configs.map(|config| std::thread::spawn(move || Store::open(config).unwrap())).into();
        let nodes: Vec<Store> = opened.into_iter().map(|node| node.join().unwrap()).collect();
        for (id, node) in (0..).zip(&nodes) {
            node.write_blocking(Write(id, PHONE.to_owned())).unwrap();
        }
        for node in &nodes {
            assert_eq!(found(node, PHONE), vec![0, 1, 2]);
            assert!((0..3).all(|id| phone(node, id).unwrap().as_deref() == Some(PHONE)));
        }
        nodes.iter().for_each(Store::close);
    }
}

/// The bytes of every row, to see under which key each lies.
fn under(store: &Store, number: u8) -> usize {
    let rows = store.read_blocking(|tx| Ok((FIELD.page)(tx, i64::MIN, 10_000)?)).unwrap();
    rows.iter().filter(|(_, sealed)| sealed[4] == number).count()
}

/// Rotates while others change the same rows; gives what each row must hold.
fn rotate_under_load(ground: &Ground, store: &Store) {
    for id in 0..1_200 {
        store.write_blocking(Write(id, PHONE.to_owned())).unwrap();
    }
    assert_eq!(store.write_blocking(NewDataKey).unwrap(), 2);
    assert_eq!(code(store.write_blocking(NewDataKey)), "store.rotation_under_way");
    let (is_over, runtime) = (Arc::new(AtomicBool::new(false)), tokio::runtime::Runtime::new().unwrap());
    let writer = {
        let (store, is_over) = (store.clone(), Arc::clone(&is_over));
        std::thread::spawn(move || {
            let mut written = 0;
            while !is_over.load(Ordering::SeqCst) {
                store.write_blocking(Write(written % 1_200, format!("139{written:08}"))).unwrap();
                written += 1;
            }
            written
        })
    };
    // Before every node has heard of the new key nothing is swept; what is written goes under it all the same.
    runtime.block_on(refresh(store)).unwrap();
    assert_eq!(runtime.block_on(go_on(store, &|| false)).unwrap(), 0);
    ground.clock.jump_to(ground.clock.wall() + xr_base::Millis(5_000));
    let resealed = runtime.block_on(go_on(store, &|| false)).unwrap();
    is_over.store(true, Ordering::SeqCst);
    let written = writer.join().unwrap();
    assert!(resealed > 0 && written > 0);
    for id in 0..1_200_i64 {
        let last = (0..written).rev().find(|number| number % 1_200 == id);
        let expected = last.map_or_else(|| PHONE.to_owned(), |number| format!("139{number:08}"));
        assert_eq!(phone(store, id).unwrap(), Some(expected), "row {id}");
    }
}

#[test]
fn a_rotation_under_load_loses_nothing_and_leaves_nothing_under_the_old_key() {
    for ground in places() {
        let store = open(&ground, vec![key("key", 1)]);
        rotate_under_load(&ground, &store);
        assert_eq!((under(&store, 1), under(&store, 2)), (0, 1_200));
        let Progress { newest, old, .. } = store.read_blocking(progress).unwrap();
        assert_eq!((newest, old), (2, None));
        assert_eq!(store.write_blocking(NewDataKey).unwrap(), 3, "the next one may begin");
        store.close();
        drop(store);
        let store = open(&ground, vec![key("key", 1)]);
        store.write_blocking(Write(0, PHONE.to_owned())).unwrap();
        assert_eq!((under(&store, 2), under(&store, 3)), (1_199, 1));
        assert_eq!(found(&store, PHONE)[0], 0, "found while it lies under another key than the rest");
        store.close();
        drop(store);
    }
}

/// Seals for row 7, then stands still until it is told to go on.
struct Slow(mpsc::Sender<()>, Mutex<mpsc::Receiver<()>>);

impl Command for Slow {
    type Out = ();
    const NAME: &'static str = "test.slow_phone";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (sealed, key) = (tx.seal(at(7), b"13900000000")?, tx.lookup("phone", "13900000000")?);
        // Nobody listens any more when it is run again.
        let _ = (self.0.send(()), self.1.lock().unwrap().recv());
        Ok(tx.put(
            sql!("UPDATE phones SET sealed = ?2, phone_key = ?3 WHERE id = ?1 /* unscoped: a test */"),
            params![7, sealed, key],
        )?)
    }
}

#[test]
fn a_write_that_sealed_before_a_rotation_and_ends_after_it_seals_anew() {
    // The embedded database has one writer: nothing is rotated while a command runs.
    for ground in places().into_iter().filter(|ground| matches!(ground.location, xr_store::Location::Postgres(_))) {
        let store = open(&ground, vec![key("key", 1)]);
        store.write_blocking(Write(7, PHONE.to_owned())).unwrap();
        let ((told, hear), (go, wait)) = (mpsc::channel(), mpsc::channel());
        std::thread::scope(|scope| {
            let slow = scope.spawn(|| store.write_blocking(Slow(told, Mutex::new(wait))));
            hear.recv().unwrap();
            assert_eq!(store.write_blocking(NewDataKey).unwrap(), 2);
            ground.clock.jump_to(ground.clock.wall() + xr_base::Millis(5_000));
            let runtime = tokio::runtime::Runtime::new().unwrap();
            assert_eq!(runtime.block_on(go_on(&store, &|| false)).unwrap(), 1);
            assert_eq!(store.read_blocking(progress).unwrap().old, None);
            drop(go);
            slow.join().unwrap().unwrap();
        });
        assert_eq!((under(&store, 1), under(&store, 2)), (0, 1));
        assert_eq!(found(&store, "13900000000"), vec![7]);
        store.close();
    }
}

#[test]
fn the_dump_tells_the_content_and_not_the_key() {
    for (ground, other) in places().into_iter().zip(places()) {
        let text = |ground: &Ground, byte: u8, phone: &str| {
            let mut config = ground.config(MIGRATIONS, "test");
            let entropy: Entropy = Arc::new(move |bytes: &mut [u8]| {
                bytes.fill(byte);
                true
            });
            config.sealing = Sealing { keepers: vec![key("key", byte)], entropy, fields: vec![FIELD], files: vec![] };
            let store = std::thread::spawn(move || Store::open(config).unwrap()).join().unwrap();
            store.write_blocking(Write(7, phone.to_owned())).unwrap();
            let (location, mut out) = (ground.location.clone(), Vec::new());
            let hash = std::thread::scope(|scope| {
                scope.spawn(|| dump::write(&store, &location, &mut out).unwrap()).join().unwrap()
            });
            store.close();
            (hash, String::from_utf8(out).unwrap())
        };
        let (first, second) = (text(&ground, 1, PHONE), text(&other, 2, PHONE));
        assert_eq!(first, second, "other keys, the same market");
        assert!(
            first.1.contains("phones\tid=7\tsealed=") && !first.1.contains(PHONE) && !first.1.contains("phone_key")
        );
        assert_ne!(first.0, text(&ground, 1, "13812345679").0, "another phone");
    }
}

/// Puts what row 8 holds into row 7.
struct Swap;

impl Command for Swap {
    type Out = ();
    const NAME: &'static str = "test.swap";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        Ok(tx.put(
            sql!(
                "UPDATE phones SET sealed = (SELECT p.sealed FROM phones p WHERE p.id = 8) WHERE id = 7
                 /* unscoped: a test */"
            ),
            &[],
        )?)
    }
}

#[test]
fn a_field_that_was_moved_to_another_row_is_told_from_its_own() {
    for ground in places() {
        let store = open(&ground, vec![key("key", 1)]);
        store.write_blocking(Write(7, PHONE.to_owned())).unwrap();
        store.write_blocking(Write(8, "13900000000".to_owned())).unwrap();
        store.write_blocking(Swap).unwrap();
        assert!(matches!(phone(&store, 7), Err(Fault::Store(StoreError::Corrupt(_)))));
        assert_eq!(phone(&store, 8).unwrap().as_deref(), Some("13900000000"));
        store.close();
        drop(store);
    }
}
