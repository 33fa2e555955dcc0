//! The program as a process.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use xr_testkit::postgres_server::fresh_database;

/// A running demo market.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

pub(crate) fn program(place: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
    command.args(place).env("XIAOER_LOG", "error").env("XIAOER_SECRET", "a secret of tests only").stdin(Stdio::null());
    if place.first() == Some(&"--database") {
        // The key of markets that are opened in this process; nobody's folder is written to.
        command.env("XIAOER_MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    }
    command
}

impl Server {
    /// Starts a demo market on a free port and waits until it listens.
    pub(crate) fn start(place: &[&str]) -> Self {
        Self::run(place, "demo")
    }

    /// `command` is `demo` or `serve`.
    pub(crate) fn run(place: &[&str], command: &str) -> Self {
        Self::spawn(program(place), command).unwrap_or_else(|why| panic!("it did not start: {why}"))
    }

    /// Starts what [`program`] made and was changed since; or tells how it ended.
    pub(crate) fn spawn(mut program: Command, command: &str) -> Result<Self, String> {
        program.args([command, "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        if command == "demo" {
            // What is tried here needs no long history.
            program.args(["--days", "7"]);
        }
        let mut child = program.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        match line.trim().rsplit_once("//") {
            Some((_, address)) => Ok(Self { address: address.to_owned(), child }),
            None => Err(format!("{line:?} {:?}", child.wait())),
        }
    }

    /// Waits at most ten seconds for it to end by itself.
    pub(crate) fn dies(&mut self) -> bool {
        let begin = xr_base::Stopwatch::start();
        while begin.elapsed() < Duration::from_secs(10) {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// Stops it in the middle of whatever it does, or lets it go on.
    pub(crate) fn pause(&self, is_paused: bool) {
        let signal = if is_paused { "-STOP" } else { "-CONT" };
        let told = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// SIGKILL: no goodbye.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Tells a story on the embedded database, on a real disk.
pub(crate) fn in_a_folder(story: impl FnOnce(&[&str])) {
    let folder = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    story(&["--data", folder.path().to_str().unwrap()]);
}

/// Tells a story on PostgreSQL, where there is a server.
pub(crate) fn on_postgresql(story: impl FnOnce(&[&str])) {
    let Some(database) = fresh_database(None) else { return };
    story(&["--database", &database.url()]);
}

/// Everything of a place that nobody serves is sound: ledger, stock, clocks, the record.
pub(crate) fn sweep(place: &[&str]) {
    for check in [&["doctor"][..], &["audit", "verify"]] {
        let found = output(place, check, "");
        assert!(found.is_ok(), "{check:?}: {found:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Dead already where a test went through.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Two servers of one place that start at the same moment.
pub(crate) fn two_at_once(place: &[&str], command: &str) -> [Server; 2] {
    std::thread::scope(|scope| {
        let starting = [(); 2].map(|()| scope.spawn(|| Server::run(place, command)));
        starting.map(|server| server.join().unwrap())
    })
}

/// What a server says that cannot start: exit code and standard error.
pub(crate) fn refusal(place: &[&str]) -> (Option<i32>, String) {
    let ended = program(place).args(["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

/// What a subcommand prints, or what it says when it fails; `input` is a line of its standard input.
pub(crate) fn output(place: &[&str], args: &[&str], input: &str) -> Result<String, String> {
    let mut program = program(place);
    program.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    // Most subcommands do not read it and may have ended.
    let _ = writeln!(child.stdin.take().unwrap(), "{input}");
    let ended = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if ended.status.success() { Ok(text(&ended.stdout)) } else { Err(text(&ended.stderr)) }
}

/// `xiaoer doctor` finds nothing wrong.
pub(crate) fn doctor(place: &[&str]) {
    let found = program(place).arg("doctor").output().unwrap();
    assert!(
        found.status.success(),
        "{}{}",
        String::from_utf8_lossy(&found.stdout),
        String::from_utf8_lossy(&found.stderr)
    );
}
