//! The program as a process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A running demo market.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

fn program(place: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
    command.args(place).env("XIAOER_LOG", "error").stdin(Stdio::null());
    command
}

impl Server {
    /// Starts it on a free port and waits until it listens.
    pub(crate) fn start(place: &[&str]) -> Self {
        let mut command = program(place);
        command.args(["demo", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("//").map(|(_, address)| address.to_owned());
        let address = address.unwrap_or_else(|| panic!("it did not start: {line:?} {:?}", child.wait()));
        Self { child, address }
    }

    /// SIGKILL: no goodbye.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Dead already where a test went through.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
