//! Backups of the embedded database: whole or not there, and whatever is wrong with one is named.

use crate::engines::{MONDAY, Place, sqlite};
use crate::notes::{MIGRATIONS, Then, note, words};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use xr_base::{FakeClock, Fault, Instant, Millis, Problem};
use xr_store::backup::{Checks, Manifest, Source, Verified, make, restore, verify};
use xr_store::blobs::Prepared;
use xr_store::{Command, Config, Location, Migration, Sealing, Store, Tx, dump, params, sql};

struct Keep(Prepared);

impl Command for Keep {
    type Out = ();
    const NAME: &'static str = "notes.keep_blob";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.0.keep(tx, "image/png")
    }
}

/// A market of some notes and two pictures, and room for backups.
struct Scene {
    market: Place,
    store: Store,
    room: TempDir,
    blobs: Vec<String>,
}

impl Scene {
    fn new() -> Self {
        let market = sqlite();
        let store = market.open(MIGRATIONS);
        for word in ["a", "b", "c"] {
            store.write_blocking(note(word, Then::Keep)).unwrap();
        }
        let mut blobs = Vec::new();
        for bytes in [vec![1; 300_000], vec![2; 10]] {
            let blob = store.blobs().prepare(&bytes).unwrap();
            blobs.push(blob.sha256().to_owned());
            store.write_blocking(Keep(blob)).unwrap();
        }
        // Beside the market: blobs are linked. Across disks they are copied, which one test sees to.
        let room = TempDir::new_in(folder_of(&market).parent().unwrap()).unwrap();
        Self { market, store, room, blobs }
    }

    fn folder(&self) -> &Path {
        folder_of(&self.market)
    }

    fn to(&self, name: &str) -> PathBuf {
        self.room.path().join(name)
    }

    fn make(&self, name: &str) -> Result<Manifest, Fault> {
        let now = Instant::parse(MONDAY).unwrap();
        make(Source { folder: self.folder(), now, program: "test" }, &self.to(name))
    }

    fn put_back(&self, from: &str, to: &str) -> Result<(), Fault> {
        let manifest = verified(&self.to(from)).restorable().expect("a sound backup").clone();
        restore(&self.to(from), &manifest, &self.to(to), Instant::parse(MONDAY).unwrap() + Millis::days(1))
    }

    /// The names in the room, hidden ones too.
    fn names(&self) -> BTreeSet<String> {
        names(self.room.path())
    }
}

fn folder_of(place: &Place) -> &Path {
    let Location::Folder(folder) = &place.location else { unreachable!() };
    folder
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn checked(folder: &Path, migrations: &[Migration]) -> Result<Verified, Fault> {
    let clock = Arc::new(FakeClock::at(Instant::parse(MONDAY).unwrap()));
    let invariants = |tx: &mut Tx<'_>| {
        let bad: Vec<(String,)> =
            tx.all(sql!("SELECT word FROM notes WHERE word = 'bad' /* unscoped: a test */"), &[])?;
        Ok(bad.into_iter().map(|(word,)| Problem::new(409, "test.bad").with("word", word)).collect())
    };
    verify(folder, &Checks { migrations, clock, invariants: &invariants })
}

fn verified(folder: &Path) -> Verified {
    checked(folder, MIGRATIONS).unwrap()
}

fn codes(verified: &Verified) -> Vec<&str> {
    verified.findings.iter().map(|problem| problem.code.as_str()).collect()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    result.unwrap_err().problem().expect("a refusal").code.clone()
}

fn dumped(store: &Store, location: &Location) -> String {
    let mut out = Vec::new();
    dump::write(store, location, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn open(folder: &Path) -> Result<Store, xr_base::StoreError> {
    let clock = Arc::new(FakeClock::at(Instant::parse(MONDAY).unwrap()));
    let location = Location::Folder(folder.to_owned());
    Store::open(Config {
        location,
        clock,
        migrations: MIGRATIONS.to_vec(),
        ext: vec![],
        instance: "test".to_owned(),
        sealing: Sealing::repeatable(vec![]),
    })
}

/// Another file under the name: the old one may be linked from the market.
fn overwrite(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_backup_beside_an_open_store_is_sound_and_comes_back_equal() {
    let scene = Scene::new();
    let manifest = scene.make("one").unwrap();
    assert_eq!((manifest.contents.events.last_seq, manifest.contents.blobs.count), (3, 2));
    assert_eq!(manifest.contents.rows["notes"], 3);
    assert_eq!(names(&scene.to("one")), ["blobs", "lock", "manifest.json", "xiaoer.db"].map(str::to_owned).into());
    assert_eq!(scene.names(), ["one".to_owned()].into());
    let found = verified(&scene.to("one"));
    assert_eq!((codes(&found), found.manifest.as_ref()), (vec![], Some(&manifest)));
    assert_eq!(names(&scene.to("one")).len(), 4, "looking leaves nothing behind");

    let elsewhere = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let copied = elsewhere.path().join("copied");
    make(Source { folder: scene.folder(), now: Instant::parse(MONDAY).unwrap(), program: "test" }, &copied).unwrap();
    assert_eq!(codes(&verified(&copied)), [""; 0]);

    scene.put_back("one", "again").unwrap();
    let restored = open(&scene.to("again")).unwrap();
    let place = Location::Folder(scene.to("again"));
    assert_eq!(dumped(&restored, &place), dumped(&scene.store, &scene.market.location));
    let (blobs, name) = (restored.blobs().clone(), scene.blobs[1].clone());
    let bytes = restored.read_blocking(move |tx| blobs.load(tx, &name)).unwrap();
    assert_eq!(bytes, Some(vec![2; 10]));
}

#[test]
fn ids_after_a_restore_lie_behind_those_that_the_lost_market_gave_since() {
    let scene = Scene::new();
    scene.make("one").unwrap();
    // The lost market went on for a day after its backup.
    scene.market.clock.jump_to(Instant::parse(MONDAY).unwrap() + Millis::days(1));
    let lost = scene.store.write_blocking(note("lost", Then::Keep)).unwrap();
    scene.put_back("one", "again").unwrap();
    // The clock of the new machine stands at the backup's moment.
    let restored = open(&scene.to("again")).unwrap();
    assert!(restored.write_blocking(note("new", Then::Keep)).unwrap().id > lost.id);
}

#[test]
fn a_backup_beside_writers_holds_a_beginning_of_what_they_wrote() {
    let scene = Scene::new();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let taken = std::thread::scope(|scope| {
        for writer in 0..4 {
            let (store, stop) = (&scene.store, &stop);
            scope.spawn(move || {
                for n in 0.. {
                    store.write_blocking(note(&format!("{writer} {n}"), Then::Keep)).unwrap();
                    if stop.load(std::sync::atomic::Ordering::SeqCst) {
                        return;
                    }
                }
            });
        }
        let mut taken = Vec::new();
        for round in 0..5 {
            let before = scene.store.read_blocking(|tx| Ok(xr_store::events::last_seq(tx)?)).unwrap();
            let manifest = scene.make(&round.to_string()).unwrap();
            assert!(manifest.contents.events.last_seq >= before, "what was acknowledged is in it");
            taken.push(manifest);
        }
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        taken
    });
    for (round, manifest) in taken.iter().enumerate() {
        assert_eq!(codes(&verified(&scene.to(&round.to_string()))), [""; 0]);
        let noted = xr_store::audit::noted(&manifest.contents.events.hash);
        let report = xr_store::audit::verify(&scene.market.location, noted).unwrap();
        assert_eq!(report.expected_at, Some(manifest.contents.events.last_seq));
        assert_eq!(manifest.contents.rows["notes"], manifest.contents.events.last_seq);
    }
}

#[test]
fn a_folder_whose_server_was_killed_is_copied_with_its_log_and_left_as_it_is() {
    let scene = Scene::new();
    let dead = scene.to("dead");
    fs::create_dir(&dead).unwrap();
    // What a power cut leaves: the database and its log, and no memory shared by processes.
    for name in ["xiaoer.db", "xiaoer.db-wal"] {
        fs::copy(scene.folder().join(name), dead.join(name)).unwrap();
    }
    let bytes = || ["xiaoer.db", "xiaoer.db-wal"].map(|name| fs::read(dead.join(name)).unwrap());
    let before = bytes();
    assert!(!before[1].is_empty(), "something is in the log only");
    fs::rename(scene.folder().join("blobs"), dead.join("blobs")).unwrap();
    // Reading the database's file has cost the store its locks: it is not used again.
    let now = Instant::parse(MONDAY).unwrap();
    make(Source { folder: &dead, now, program: "test" }, &scene.to("one")).unwrap();
    assert!(bytes() == before, "the market's files have changed");
    scene.put_back("one", "again").unwrap();
    let words = tokio::runtime::Runtime::new().unwrap().block_on(words(&open(&scene.to("again")).unwrap()));
    assert_eq!(words, ["a", "b", "c"]);
}

#[test]
fn whatever_is_damaged_in_a_backup_is_named() {
    let scene = Scene::new();
    scene.make("one").unwrap();
    let database = scene.to("one").join("xiaoer.db");
    let good = fs::read(&database).unwrap();
    for at in (0..good.len()).step_by(good.len() / 40).chain([good.len() - 1]) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        overwrite(&database, &bad);
        let found = verified(&scene.to("one"));
        let is_print = |p: &Problem| p.params.get("field").is_some_and(|field| field == "database.sha256");
        let is_named = |p: &Problem| p.code == "backup.database" || is_print(p);
        assert!(found.findings.iter().any(is_named) && found.restorable().is_none(), "{at}: {:?}", found.findings);
    }
    overwrite(&database, &good[..good.len() / 2]);
    assert!(!verified(&scene.to("one")).findings.is_empty());
    fs::remove_file(&database).unwrap();
    assert_eq!(codes(&verified(&scene.to("one"))), ["backup.database"]);
    fs::write(&database, &good).unwrap();

    let blob = scene.to("one").join("blobs").join(&scene.blobs[0][..2]).join(&scene.blobs[0]);
    overwrite(&blob, &vec![1; 299_999]);
    let found = verified(&scene.to("one"));
    assert_eq!((codes(&found), &found.findings[0].params["sha256"]), (vec!["backup.blob"], &scene.blobs[0]));
    fs::remove_file(&blob).unwrap();
    let found = verified(&scene.to("one"));
    assert_eq!((codes(&found), found.restorable()), (vec!["backup.blob"], None));
}

#[test]
fn every_value_of_a_manifest_is_looked_at() {
    let scene = Scene::new();
    scene.make("one").unwrap();
    let path = scene.to("one").join("manifest.json");
    let good: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mut fields = 0;
    for part in ["schema", "database", "events", "rows", "blobs"] {
        for (name, value) in good["contents"][part].as_object().unwrap() {
            if name == "unsound" {
                continue;
            }
            let mut bad = good.clone();
            bad["contents"][part][name] = match value {
                serde_json::Value::Number(number) => serde_json::json!(number.as_i64().unwrap() + 1),
                _ => serde_json::json!("0".repeat(64)),
            };
            fs::write(&path, bad.to_string()).unwrap();
            let found = verified(&scene.to("one"));
            let field = serde_json::json!(format!("{part}.{name}"));
            assert_eq!(found.findings[0].params["field"], field.as_str().unwrap());
            fields += 1;
        }
    }
    assert!(fields > 20, "{fields}");
    for wrong in ["", "{}", "{\"format\": 2}"] {
        fs::write(&path, wrong).unwrap();
        let found = verified(&scene.to("one"));
        assert_eq!((codes(&found), found.restorable()), (vec!["backup.manifest"], None));
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(refusal(checked(&scene.to("one"), MIGRATIONS)), "backup.unfinished");
}

struct Forge;
impl Command for Forge {
    type Out = ();
    const NAME: &'static str = "notes.forge";
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.exec(sql!("DELETE FROM event_seq WHERE seq = 2 /* unscoped: a test */"), params![])?;
        Ok(())
    }
}

#[test]
fn a_broken_record_and_a_broken_invariant_are_found_in_a_backup_that_is_whole() {
    let scene = Scene::new();
    scene.store.write_blocking(note("bad", Then::Keep)).unwrap();
    scene.store.write_blocking(Forge).unwrap();
    scene.make("one").unwrap();
    assert_eq!(codes(&verified(&scene.to("one"))), ["audit.missing_unsealed", "test.bad"]);
}

#[test]
fn a_target_in_use_or_out_of_reach_is_refused_and_nothing_is_left() {
    let scene = Scene::new();
    fs::create_dir(scene.to("full")).unwrap();
    fs::write(scene.to("full").join("x"), "mine").unwrap();
    fs::write(scene.to("file"), "mine").unwrap();
    for (target, code) in [("full", "in_use"), ("file", "in_use"), ("no/where", "no_parent"), ("file/x", "no_parent")] {
        assert!(refusal(scene.make(target)).ends_with(code), "{target}");
    }
    // A folder in which nobody can make another.
    let kernel = make(
        Source { folder: scene.folder(), now: Instant(0), program: "test" },
        Path::new("/proc/self/xiaoer-backup"),
    );
    assert_eq!(refusal(kernel), "backup.unwritable");
    assert_eq!(scene.names(), ["file", "full"].map(str::to_owned).into());
    assert_eq!(fs::read(scene.to("full").join("x")).unwrap(), b"mine");
    let nothing = make(Source { folder: scene.room.path(), now: Instant(0), program: "test" }, &scene.to("one"));
    assert_eq!(refusal(nothing), "backup.no_market");
    fs::create_dir(scene.to("empty")).unwrap();
    scene.make("empty").unwrap();
    assert_eq!(refusal(scene.make("empty")), "backup.target_in_use");
}

#[test]
fn remains_of_a_killed_backup_are_no_backup_and_make_way_for_the_next() {
    let scene = Scene::new();
    let partial = scene.to(".one.partial");
    fs::create_dir_all(partial.join("blobs/ab")).unwrap();
    fs::write(partial.join("xiaoer.db"), "half").unwrap();
    let lock = fs::File::create(partial.join("lock")).unwrap();
    assert_eq!(refusal(checked(&partial, MIGRATIONS)), "backup.unfinished");
    lock.try_lock().unwrap();
    assert_eq!(refusal(scene.make("one")), "backup.under_way");
    drop(lock);
    scene.make("one").unwrap();
    assert_eq!(scene.names(), ["one".to_owned()].into());
    assert_eq!(codes(&verified(&scene.to("one"))), [""; 0]);
}

#[test]
fn a_picture_that_the_market_has_lost_does_not_stop_its_backup() {
    let scene = Scene::new();
    fs::remove_file(scene.folder().join("blobs").join(&scene.blobs[1][..2]).join(&scene.blobs[1])).unwrap();
    let manifest = scene.make("one").unwrap();
    assert_eq!(manifest.contents.blobs.unsound, [scene.blobs[1].clone()]);
    assert_eq!(codes(&verified(&scene.to("one"))), ["backup.blob_at_source"]);
    scene.put_back("one", "again").unwrap();
    assert!(open(&scene.to("again")).is_ok());
}

#[test]
fn a_restore_never_goes_over_anything_and_one_cut_short_is_not_served_but_repeated() {
    let scene = Scene::new();
    scene.make("one").unwrap();
    assert_eq!(refusal(scene.put_back("one", "one")), "backup.target_in_use");
    let market = restore(
        &scene.to("one"),
        verified(&scene.to("one")).restorable().unwrap(),
        scene.folder(),
        Instant::parse(MONDAY).unwrap(),
    );
    assert_eq!(refusal(market), "backup.target_in_use");
    let half = scene.to("half");
    fs::create_dir_all(half.join("blobs/ab")).unwrap();
    for beside in ["", "-wal", "-shm", "-journal"] {
        fs::write(half.join(format!("xiaoer.db.restoring{beside}")), "half").unwrap();
    }
    let told = open(&half).err().expect("half a market is not served").to_string();
    assert!(told.contains("run `xiaoer restore` again"), "{told}");
    scene.put_back("one", "half").unwrap();
    assert!(!half.join("blobs/ab").exists() || scene.blobs.iter().any(|blob| blob.starts_with("ab")));
    let left = fs::read_dir(&half).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.contains("restoring")).collect::<Vec<_>>(), [""; 0]);
    assert!(open(&half).is_ok());
    // What fails half-way leaves an empty place.
    let blob = scene.to("one").join("blobs").join(&scene.blobs[0][..2]).join(&scene.blobs[0]);
    let manifest = verified(&scene.to("one")).manifest.unwrap();
    overwrite(&blob, b"bad");
    let now = Instant::parse(MONDAY).unwrap();
    assert_eq!(refusal(restore(&scene.to("one"), &manifest, &scene.to("new"), now)), "backup.failed");
    assert!(!scene.to("new").exists());
}

#[test]
fn a_backup_of_another_schema_is_told_apart() {
    let scene = Scene::new();
    scene.make("one").unwrap();
    assert_eq!(codes(&checked(&scene.to("one"), &[]).unwrap()), ["backup.newer"]);
    let next = Migration { number: 9_001, name: "next", sql: "CREATE TABLE next (id {PK})" };
    let older = checked(&scene.to("one"), &[MIGRATIONS[0], next]).unwrap();
    assert_eq!((codes(&older), older.is_older), (vec![], true));
}
