//! The power is cut: what was not synced is gone, but for what chance had written already. Or the program is killed in a chosen write.

use crate::kill::{Lives, markets, on_disk, times};
use crate::load::{Load, Shop, log_in, order_of};
use crate::server::{Server, output, program, sweep};
use std::cell::RefCell;
use std::process::Command;
use tempfile::TempDir;
use xr_testkit::disk::Disk;
use xr_testkit::http::{Ask, Reply};
use xr_tests::live::Dice;

/// The files of which unsynced sectors may have reached the disk.
const LUCKY: [&str; 2] = ["xiaoer.db", "xiaoer.db-wal"];

/// A market on a disk of its own.
pub(crate) struct OnDisk {
    pub(crate) disk: Disk,
    data: String,
    _folder: TempDir,
}

impl OnDisk {
    /// The folder of the data is one that has to be made.
    pub(crate) fn new() -> Self {
        let folder = on_disk();
        let disk = Disk::new(folder.path()).unwrap();
        let data = disk.root().join("srv/market").to_str().unwrap().to_owned();
        Self { disk, data, _folder: folder }
    }

    pub(crate) fn place(&self) -> [&str; 2] {
        ["--data", &self.data]
    }

    /// The program above the disk, with more variables.
    pub(crate) fn program(&self, variables: &[(&str, &str)]) -> Command {
        self.disk.keep_all().unwrap();
        let mut program = program(&self.place());
        self.disk.under(&mut program).unwrap();
        program.envs(variables.iter().copied());
        program
    }

    pub(crate) fn start(&self) -> Server {
        Server::spawn(self.program(&[]), "demo").unwrap()
    }

    /// Not a byte more than was synced.
    fn cut(&self) {
        self.disk.cut(&[], &mut || false).unwrap();
    }
}

/// So many lives that end by a cut, of a program with these variables set.
fn live_and_be_cut(rounds: usize, seed: u64, variables: &[(&str, &str)]) {
    let market = OnDisk::new();
    let dice = RefCell::new(Dice(7 + seed));
    let lucky = LUCKY.map(|file| format!("srv/market/{file}"));
    let end = |round: usize, server: &mut Server, _: &Load, _: &Shop| {
        server.kill();
        // Nothing more, all of it, or any part.
        let of_eight = [0, 8, 4, 1, 7][round % 5];
        let lucky = lucky.each_ref().map(String::as_str);
        market.disk.cut(&lucky, &mut || dice.borrow_mut().below(8) < of_eight).unwrap();
    };
    let start = |_| Server::spawn(market.program(variables), "demo").unwrap();
    Lives { place: &market.place(), rounds, acknowledged: 150, start: &start, end: &end }.live();
}

#[test]
fn power_cuts_lose_nothing_and_double_nothing() {
    for (n, rounds) in (0..).zip(markets(times("XR_POWER_CUTS", 3))) {
        live_and_be_cut(rounds, n, &[]);
    }
}

/// What the disk stands for is no harder than what a program without syncing fails at.
#[test]
fn a_program_that_does_not_wait_for_the_disk_is_caught() {
    for lacking in [("XR_MUTANT", "synchronous"), ("DISK_LIES", "1")] {
        let survived = std::panic::catch_unwind(|| live_and_be_cut(5, 0, &[lacking]));
        let told = survived.expect_err("nobody noticed five cuts without syncing");
        let told = told.downcast_ref::<String>().expect("words");
        // By what was told and is gone, not by a program that does not start.
        assert!(["left == right", "lost", "entry found"].iter().any(|sign| told.contains(sign)), "{told}");
        eprintln!("{lacking:?} was caught: {told:.200}");
    }
}

/// What is told from a market's first moment on outlives a cut: the names of its files and folders too.
#[test]
fn the_first_order_of_a_new_market_outlives_a_cut() {
    let market = OnDisk::new();
    let mut server = market.start();
    let shop = Shop::open(&server.address);
    let placed: Vec<_> = (0..20).filter_map(|n| order_of(&shop.place(n).send(&server.address).unwrap())).collect();
    server.kill();
    market.cut();
    server = Server::start(&market.place());
    let found = shop.orders(&server.address);
    assert!(!placed.is_empty() && placed.iter().all(|order| found.contains_key(order)), "{placed:?} {}", found.len());
    server.kill();
    sweep(&market.place());
}

/// Pictures whose upload was answered, by name, until the server dies; `from` makes them differ between calls.
fn upload(server: &Server, token: &str, from: u8) -> Vec<String> {
    let mut kept = Vec::new();
    for shade in from..from + 40 {
        let ask = Ask::new("POST /v1/uploads").by(token).with("Content-Type", "image/png");
        match ask.bytes(&xr_tests::picture(8, shade)).send(&server.address) {
            Ok(Reply { status: 200, body, .. }) => {
                let told: serde_json::Value = serde_json::from_slice(&body).unwrap();
                kept.push(told["sha256"].as_str().unwrap().to_owned());
            }
            Ok(other) => panic!("{}", other.text()),
            Err(_) => break,
        }
    }
    kept
}

#[test]
fn pictures_outlive_cuts_at_any_write_of_theirs() {
    let market = OnDisk::new();
    let mut server = market.start();
    let token = log_in(&server.address, "lin");
    let mut kept = vec![];
    for round in 0..times("XR_POWER_CUTS", 6).min(12) {
        server.kill();
        // In another write, sync or rename each time.
        let die = format!("/blobs/:{}", 2 + round * 7);
        server = Server::spawn(market.program(&[("DISK_DIE", &die)]), "demo").unwrap();
        let before = kept.len();
        kept.extend(upload(&server, &token, 1 + u8::try_from(round).unwrap() * 11));
        server.kill();
        market.cut();
        server = Server::start(&market.place());
        for name in &kept {
            let found = Ask::new(&format!("GET /v1/uploads/{name}")).by(&token).send(&server.address).unwrap();
            assert!(
                found.status == 200 && found.body.starts_with(b"\x89PNG"),
                "round {round}: {name} {}",
                found.status
            );
        }
        assert!(kept.len() - before < 40, "round {round}: it was to die");
    }
    assert!(kept.len() > 10, "{}", kept.len());
    server.kill();
    let (folder, to) = (on_disk(), "b");
    let to = folder.path().join(to).to_str().unwrap().to_owned();
    output(&market.place(), &["backup", "--to", &to], "").unwrap();
    output(&[], &["backup", "verify", &to], "").unwrap();
}

/// The program dies by itself in its n-th change of a file, while clients place orders; gives whether it did.
fn die_in(market: &OnDisk, shop: &Shop, part: &str, n: u64) -> bool {
    let die = format!("{part}:{n}");
    // It may be that it dies before it listens.
    let Ok(mut server) = Server::spawn(market.program(&[("DISK_DIE", &die)]), "demo") else { return true };
    let load = Load::default();
    let is_dead = std::thread::scope(|scope| {
        for client in 0..8 {
            let (load, address) = (&load, server.address.clone());
            scope.spawn(move || load.run(shop, &address, client));
        }
        let is_dead = server.dies();
        server.kill();
        is_dead
    });
    if !n.is_multiple_of(2) {
        market.cut();
    }
    server = Server::start(&market.place());
    load.settle(shop, &server.address);
    server.kill();
    is_dead
}

#[test]
fn a_program_that_dies_in_a_checkpoint_or_in_its_log_loses_nothing() {
    let (market, mut dice, rounds) = (OnDisk::new(), Dice(11), times("XR_DEATHS", 3));
    let mut server = Server::start(&market.place());
    let shop = Shop::open(&server.address);
    server.kill();
    // Nothing but checkpoints writes to the database file.
    for (part, span) in [("xiaoer.db$", 60), ("xiaoer.db-wal", 200)] {
        let mut dead = 0;
        for _ in 0..rounds {
            dead += usize::from(die_in(&market, &shop, part, 1 + dice.below(span)));
            sweep(&market.place());
        }
        eprintln!("{part}: {dead} of {rounds} died in the chosen write");
        assert!(dead * 2 >= rounds, "{part}: {dead} of {rounds}");
    }
}

#[test]
fn a_program_that_dies_while_it_makes_its_first_tables_and_goods_begins_again() {
    let (mut dice, rounds, mut dead) = (Dice(13), times("XR_DEATHS", 3), 0);
    for round in 0..rounds {
        let market = OnDisk::new();
        let die = format!("/srv:{}", 1 + dice.below(300));
        match Server::spawn(market.program(&[("DISK_DIE", &die)]), "demo") {
            Ok(mut server) => server.kill(),
            Err(_) => dead += 1,
        }
        if round.is_multiple_of(2) {
            market.cut();
        }
        let mut server = Server::start(&market.place());
        assert!(Shop::open(&server.address).orders(&server.address).len() > 20, "{die}: the demo is there");
        server.kill();
        sweep(&market.place());
    }
    eprintln!("{dead} of {rounds} died before they listened");
    assert!(dead * 3 >= rounds, "{dead} of {rounds}");
}

/// A backup that told of its end is there, whole; one that was cut before is no backup.
#[test]
fn a_backup_outlives_a_cut_once_it_was_told() {
    let market = OnDisk::new();
    Server::start(&market.place()).kill();
    let to = market.disk.root().join("srv/backup").to_str().unwrap().to_owned();
    let step = if times("XR_DEATHS", 0) == 0 { 60 } else { 9 };
    for n in (1..).map(|n| n * step) {
        let mut program = market.program(&[("DISK_DIE", &format!("backup:{n}"))]);
        let ended = program.args(["backup", "--to", &to]).output().unwrap();
        market.cut();
        let verified = output(&[], &["backup", "verify", &to], "");
        if ended.status.success() {
            verified.expect("told, so there");
            eprintln!("{} cuts before it was told", n / step - 1);
            assert!(n > step);
            break;
        }
        assert!(ended.status.code().is_none(), "{}", String::from_utf8_lossy(&ended.stderr));
        // Cut after its name was written and before it was told, it may be there; then it is whole.
        assert!(verified.is_ok() || !std::path::Path::new(&to).join("manifest.json").exists(), "{n}: {verified:?}");
        let _ = std::fs::remove_dir_all(&to);
    }
    sweep(&market.place());
}
