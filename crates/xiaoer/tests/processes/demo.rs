//! The demo market's first start, interrupted, and demo markets where they do not belong.

use crate::server::{self, Server, program, sweep};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use xr_base::Stopwatch;
use xr_testkit::http::Ask;

const MARK: &str = "xiaoer.db.filling";
/// The log of a fresh schema is smaller, that of a filled market larger.
const LOG_BYTES: [u64; 3] = [600_000, 1_500_000, 3_000_000];

/// Kills a first start when the log of its database has so many bytes.
fn kill_at(place: &[&str], log: &Path, bytes: u64) {
    let mut filling = program(place);
    // What a killed process leaves goes with the folder.
    filling.env("TMPDIR", log.parent().unwrap());
    filling.args(["demo", "--days", "7", "--listen", "127.0.0.1:0"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut filling = filling.spawn().unwrap();
    let begin = Stopwatch::start();
    while std::fs::metadata(log).map_or(0, |file| file.len()) < bytes {
        assert!(begin.elapsed() < Duration::from_mins(1), "its log does not grow to {bytes} bytes");
        std::thread::sleep(Duration::from_millis(1));
    }
    filling.kill().unwrap();
    filling.wait().unwrap();
}

#[test]
fn a_demo_killed_while_its_market_was_made_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let place = ["--data", folder.path().to_str().unwrap()];
    for bytes in LOG_BYTES {
        kill_at(&place, &folder.path().join("xiaoer.db-wal"), bytes);
        assert!(folder.path().join(MARK).exists(), "it was done before it was killed");
        let told = server::output(&place, &["serve", "--listen", "127.0.0.1:0"], "").unwrap_err();
        assert!(told.contains("demo.is_demo_data"), "production would serve half a demo: {told}");
    }
    let mut server = Server::start(&place);
    assert!(!folder.path().join(MARK).exists());
    let login = r#"{"login":"op","password":"demo"}"#;
    let session = Ask::new("POST /v1/session").json(login).send(&server.address).unwrap();
    assert_eq!(session.status, 200, "{}", String::from_utf8_lossy(&session.body));
    server.kill();
    sweep(&place);
}

#[test]
fn a_demo_moves_into_nobody_s_market() {
    let folder = tempfile::tempdir().unwrap();
    let place = ["--data", folder.path().to_str().unwrap()];
    server::output(&place, &["add", "org", "--kind", "platform", "--name", "集市"], "").unwrap();
    let before = server::output(&place, &["dump"], "").unwrap();
    let told = server::output(&place, &["demo", "--listen", "127.0.0.1:0"], "").unwrap_err();
    assert!(told.contains("demo.not_demo_data"), "{told}");
    assert_eq!(server::output(&place, &["dump"], "").unwrap(), before);
}
