//! Backups by the real program: beside a server at full speed, killed at any moment, with a full disk.

use crate::load::{Load, Shop, order_of};
use crate::server::{self, Server, output, program};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use xr_testkit::postgres_server::fresh_database;

/// Requests answered before and after each backup.
const ACKNOWLEDGED: usize = 1_500;
const BACKUPS: usize = 2;
const CLIENTS: usize = 16;

/// Folders of one test, on a real disk: memory would hide what syncing costs.
struct Room(TempDir);

impl Room {
    fn new() -> Self {
        Self(tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn names(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn json(place: &[&str], args: &[&str]) -> Value {
    let told = output(place, &[args, &["--json"]].concat(), "").unwrap_or_else(|told| panic!("{args:?}: {told}"));
    serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told}"))
}

#[test]
fn backups_under_full_load_come_back_as_a_beginning_of_what_was_sold() {
    let room = Room::new();
    let source = ["--data", &room.text("market")];
    let mut server = Server::start(&source);
    let shop = Shop::open(&server.address);
    let load = Load::default();
    let taken: Vec<(BTreeSet<String>, Value)> = std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (load, shop, address) = (&load, &shop, server.address.clone());
            scope.spawn(move || load.run(shop, &address, client));
        }
        let take = |n: usize| {
            load.wait_for(ACKNOWLEDGED * (n + 1), 1);
            let before = load.placed();
            (before, json(&source, &["backup", "--to", &room.text(&format!("b{n}"))]))
        };
        let taken = (0..BACKUPS).map(take).collect();
        load.wait_for(ACKNOWLEDGED * (BACKUPS + 1), 1);
        server.kill();
        taken
    });
    server = Server::start(&source);
    let all: BTreeSet<String> = shop.orders(&server.address).into_keys().collect();
    server.kill();
    for (n, (before, told)) in taken.iter().enumerate() {
        let (backup, again) = (room.text(&format!("b{n}")), room.text(&format!("again{n}")));
        let place = ["--data", again.as_str()];
        assert_eq!(json(&[], &["backup", "verify", &backup])["sound"], true);
        assert_eq!(json(&place, &["restore", &backup])["sound"], true);
        server::doctor(&place);
        // The source's record went through the very state that the backup holds: it is a beginning, not just similar.
        let head = told["manifest"]["contents"]["events"]["hash"].as_str().unwrap();
        for place in [&source, &place] {
            let found = json(place, &["audit", "verify", "--expect", head]);
            assert_eq!(found["expected_at"], told["manifest"]["contents"]["events"]["last_seq"], "{found}");
        }
        let mut server = Server::start(&place);
        let found: BTreeSet<String> = shop.orders(&server.address).into_keys().collect();
        let lost: Vec<_> = before.difference(&found).collect();
        let strange: Vec<_> = found.difference(&all).collect();
        assert!(lost.is_empty() && strange.is_empty(), "lost {lost:?}, from nowhere {strange:?}");
        // Some goods are sold out by now.
        let place_one = |goods| order_of(&shop.place(goods).send(&server.address).unwrap());
        let placed = (0..200).find_map(place_one).expect("the restored market sells");
        assert!(!all.contains(&placed), "an id was given twice");
        assert_eq!(json(&place, &["audit", "verify"])["sound"], true, "beside the server");
        eprintln!(
            "backup {n}: {} orders told before it, {} in it, {} at the end",
            before.len(),
            found.len(),
            all.len()
        );
        server.kill();
    }
    assert!(all.len() > 2_000, "{}", all.len());
}

/// A market that nobody serves, with something in it.
fn filled(room: &Room) -> String {
    let market = room.text("market");
    Server::start(&["--data", &market]).kill();
    market
}

#[test]
fn a_backup_that_is_killed_at_any_moment_is_whole_or_none() {
    let room = Room::new();
    let market = filled(&room);
    let place = ["--data", market.as_str()];
    let begin = xr_base::Stopwatch::start();
    json(&place, &["backup", "--to", &room.text("first")]);
    let whole = begin.elapsed();
    let (mut finished, mut begun) = (0, 0);
    for round in 0_u32..40 {
        let mut child =
            program(&place).args(["backup", "--to", &room.text("b")]).stdout(Stdio::null()).spawn().unwrap();
        // Another moment each time, from the very beginning to well after the end, also on a busy machine.
        std::thread::sleep(whole * (round % 20) / 8);
        child.kill().unwrap();
        child.wait().unwrap();
        begun += usize::from(room.path(".b.partial").exists());
        if room.path("b").exists() {
            finished += 1;
            assert_eq!(json(&[], &["backup", "verify", &room.text("b")])["sound"], true, "round {round}");
            std::fs::remove_dir_all(room.path("b")).unwrap();
        } else if room.path(".b.partial").exists() && !room.path(".b.partial/manifest.json").exists() {
            let told = output(&[], &["backup", "verify", &room.text(".b.partial")], "").unwrap_err();
            assert!(told.contains("backup.unfinished"), "round {round}: {told}");
        }
    }
    eprintln!("{whole:?} for a whole one; of 40 killed, {begun} had begun and {finished} were done");
    assert!(begun > 0 && finished > 0, "{begun} {finished}");
    json(&place, &["backup", "--to", &room.text("b")]);
    assert_eq!(room.names(), ["b", "first", "market"].map(str::to_owned).into());
}

#[test]
fn a_restore_that_is_killed_at_any_moment_is_done_or_repeated() {
    let room = Room::new();
    let market = filled(&room);
    json(&["--data", &market], &["backup", "--to", &room.text("b")]);
    let again = room.text("again");
    let place = ["--data", again.as_str()];
    let begin = xr_base::Stopwatch::start();
    json(&place, &["restore", &room.text("b")]);
    let (whole, mut cut) = (begin.elapsed(), 0);
    // No backup holds the key that opens sealed fields.
    let bring_key = || std::fs::copy(Path::new(&market).join("master.key"), room.path("again/master.key")).unwrap();
    bring_key();
    let hash = output(&place, &["dump", "--hash"], "").unwrap();
    for round in 0_u32..40 {
        if room.path("again/xiaoer.db").exists() {
            std::fs::remove_dir_all(&again).unwrap();
        }
        let mut child = program(&place).args(["restore", &room.text("b")]).stdout(Stdio::null()).spawn().unwrap();
        // The first half of a restore looks at the backup and writes nothing.
        std::thread::sleep(whole * (12 + round) / 30);
        child.kill().unwrap();
        child.wait().unwrap();
        if room.path("again/xiaoer.db.restoring").exists() {
            cut += 1;
            let (code, told) = server::refusal(&place);
            assert!(code == Some(2) && told.contains("restore"), "round {round}: {told}");
        }
    }
    if !room.path("again/xiaoer.db").exists() {
        json(&place, &["restore", &room.text("b")]);
    }
    bring_key();
    assert_eq!(output(&place, &["dump", "--hash"], "").unwrap(), hash);
    eprintln!("{whole:?} for a whole one; {cut} of 40 were cut short");
    assert!(cut > 0);
}

#[test]
fn a_full_disk_is_told_and_nothing_is_left() {
    let room = Room::new();
    let market = filled(&room);
    // No file may grow beyond so many blocks: the system says the same as for a full disk, at the same places.
    for blocks in [0, 1, 100, 1_000] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_xiaoer"), "--data", &market]).env("LC_ALL", "C");
        let ended = shell.args(["backup", "--to", &room.text("b")]).stdin(Stdio::null()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{blocks}: {told}");
        assert!(told.contains("nothing of it was left") && told.contains("backup.failed"), "{blocks}: {told}");
        assert_eq!(room.names(), ["market".to_owned()].into(), "{blocks}");
    }
}

#[test]
fn refusals_name_what_to_do_in_the_language_of_the_terminal() {
    let room = Room::new();
    let market = filled(&room);
    let place = ["--data", market.as_str()];
    let told = |place: &[&str], args: &[&str], language: &str| {
        let ended = program(place).args(args).env("LC_ALL", language).output().unwrap();
        (ended.status.code(), String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned())
    };
    let backup = room.text("b");
    let (code, words) = told(&["--database", "postgres://nobody@127.0.0.1:1/x"], &["backup", "--to", &backup], "C");
    assert!(code == Some(2) && words.contains("pg_dump") && words.contains("WAL archiving"), "{words}");
    let (_, words) =
        told(&["--database", "postgres://nobody@127.0.0.1:1/x"], &["backup", "--to", &backup], "zh_CN.UTF-8");
    assert!(words.contains("基础备份加 WAL 归档"), "{words}");
    let (code, words) = told(&["--data", &room.text("nowhere")], &["backup", "--to", &backup], "C");
    assert!(code == Some(2) && words.contains("There is no market"), "{words}");
    let (code, words) = told(&["--data", &room.text("nowhere")], &["audit", "verify"], "C");
    assert!(code == Some(2) && words.contains("There is no market") && !room.path("nowhere").exists(), "{words}");
    assert_eq!(told(&place, &["backup"], "C").0, Some(2));
    json(&place, &["backup", "--to", &backup]);
    let (code, words) = told(&place, &["backup", "--to", &backup], "C");
    assert!(code == Some(2) && words.contains("not empty"), "{words}");
    let (code, words) = told(&place, &["restore", &backup], "C");
    assert!(code == Some(2) && words.contains("not empty"), "{words}");
    let (code, words) = told(&place, &["audit", "verify", "--expect", &"0".repeat(64)], "zh_CN.UTF-8");
    assert!(code == Some(1) && words.contains("从未出现过"), "{words}");
    let path = room.path("b/manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"last_seq\": ", "\"last_seq\": 1")).unwrap();
    let (code, words) = told(&[], &["backup", "verify", &backup], "C");
    assert!(code == Some(1) && words.contains("events.last_seq is"), "{words}");
    let (code, _) = told(&["--data", &room.text("new")], &["restore", &backup], "C");
    assert!(code == Some(1) && !room.path("new").exists());
}

#[test]
fn the_record_is_sealed_by_whoever_serves_and_checked_beside_it() {
    let check = |place: &[&str]| {
        let server = Server::start(place);
        let begin = xr_base::Stopwatch::start();
        // The demo's past is older than anybody waits for, so the first round of house-keeping seals all of it.
        loop {
            let found = json(place, &["audit", "verify"]);
            assert_eq!(found["sound"], true, "{found}");
            if found["blocks"].as_i64() > Some(0) {
                return drop(server);
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "{found}");
        }
    };
    let room = Room::new();
    check(&["--data", &room.text("market")]);
    let Some(database) = fresh_database(None) else { return };
    check(&["--database", &database.url()]);
}
