//! One server of this process, which ends with the process.
//!
//! A small shell stands between: it holds the reading end of a pipe whose other end only this process has. When the
//! process goes, by whatever way, the pipe closes, and the shell stops the server and removes its folder. The shell has a
//! process group of its own, so that a test runner that kills the group of a slow test leaves it to clean up.

use postgres::{Client, NoTls};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const START_TRIES: usize = 5;
/// 30 s for a server to accept connections: initdb's first start on a busy machine takes about one.
const READY_POLLS: usize = 600;
const READY_POLL: Duration = Duration::from_millis(50);
const SUPERVISE: &str = r#"trap '' INT TERM HUP
folder=$1; shift
"$@" </dev/null & server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$folder""#;

/// A running server. Dropping it closes the pipe, which ends it.
#[derive(Debug)]
pub(super) struct Cluster {
    address: String,
    supervisor: Child,
}

impl Cluster {
    /// Starts a server on a free port; `None` without server programs.
    ///
    /// # Errors
    /// The server does not come up; the text holds its log.
    pub(super) fn start() -> Result<Option<Self>, String> {
        let Some(programs) = programs() else { return Ok(None) };
        let folder = tempfile::Builder::new().prefix("xiaoer-pg").tempdir().map_err(|e| e.to_string())?;
        let user = server_user(folder.path())?;
        let mut initdb = as_user(user.as_ref(), &programs.join("initdb"));
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
        let made = initdb.arg(folder.path().join("data")).current_dir(folder.path()).output();
        let made = made.map_err(|e| format!("initdb: {e}"))?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let mut log = String::new();
        for _ in 0..START_TRIES {
            match launch(&programs, folder.path(), user.as_ref())? {
                Ok(cluster) => {
                    // From here on the supervisor removes it.
                    let _ = folder.keep();
                    return Ok(Some(cluster));
                }
                Err(tried) => log = tried,
            }
        }
        Err(format!("the server does not start: {log}"))
    }

    /// Address of the maintenance database.
    pub(super) fn address(&self) -> String {
        self.address.clone()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        // It may be gone already; either way nothing runs any more.
        let _ = self.supervisor.wait();
    }
}

/// One try on one port: the server, or its log.
fn launch(programs: &Path, folder: &Path, user: Option<&User>) -> Result<Result<Cluster, String>, String> {
    let port = free_port().map_err(|e| format!("no free port: {e}"))?;
    let log_path = folder.join("server.log");
    let log = std::fs::File::create(&log_path).map_err(|e| e.to_string())?;
    let server = as_user(user, &programs.join("postgres"));
    let mut shell = Command::new("sh");
    shell.args(["-c", SUPERVISE, "sh"]).arg(folder).arg(server.get_program()).args(server.get_args());
    shell.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
    shell.args(["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "synchronous_commit=off"]);
    shell.args(["-c", "full_page_writes=off", "-c", "max_connections=200"]);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).process_group(0).current_dir(folder);
    let supervisor = shell.spawn().map_err(|e| format!("sh: {e}"))?;
    let address = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    for _ in 0..READY_POLLS {
        if Client::connect(&address, NoTls).is_ok() {
            return Ok(Ok(Cluster { address, supervisor }));
        }
        let log = std::fs::read_to_string(&log_path).unwrap_or_default();
        if log.contains("could not create any TCP/IP sockets") || log.contains("database system is shut down") {
            break;
        }
        sleep(READY_POLL);
    }
    let log = std::fs::read_to_string(&log_path).unwrap_or_default();
    drop(Cluster { address, supervisor });
    Ok(Err(log))
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The folder with `initdb` and `postgres`: Debian's newest version, else what the search path finds.
pub(super) fn programs() -> Option<PathBuf> {
    let whole = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |folder: &PathBuf| {
        let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        version.and_then(|name| name.parse::<u32>().ok()).unwrap_or(0)
    };
    let debian = versions.map(|version| version.path().join("bin")).filter(whole).max_by_key(number);
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.or_else(|| std::env::split_paths(&path).find(whole))
}

/// Somebody else than root, whom the server refuses.
struct User {
    uid: String,
    gid: String,
}

/// The user for the server, made the owner of `folder`; `None` = the one we are.
fn server_user(folder: &Path) -> Result<Option<User>, String> {
    let owner = folder.metadata().map_err(|e| e.to_string())?.uid();
    if owner != 0 {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd").map_err(|e| format!("/etc/passwd: {e}"))?;
    let user = ["postgres", "nobody"].into_iter().find_map(|name| account(&accounts, name));
    let user = user.ok_or("neither a user postgres nor nobody, and the server does not run as root")?;
    let owner = (user.uid.parse().ok(), user.gid.parse().ok());
    std::os::unix::fs::chown(folder, owner.0, owner.1).map_err(|e| format!("chown: {e}"))?;
    Ok(Some(user))
}

fn account(accounts: &str, name: &str) -> Option<User> {
    let fields = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name)?;
    Some(User { uid: (*fields.get(2)?).to_owned(), gid: (*fields.get(3)?).to_owned() })
}

fn as_user(user: Option<&User>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &user.uid, "--regid", &user.gid, "--clear-groups"]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        let accounts = "root:x:0:0::/:/bin/sh\npostgres2:x:7:8::/:/bin/sh\npostgres:x:101:104::/:/bin/sh\n";
        let user = account(accounts, "postgres").expect("an account");
        assert_eq!((user.uid.as_str(), user.gid.as_str()), ("101", "104"));
        assert!(account(accounts, "nobody").is_none());
    }

    #[test]
    fn a_server_that_is_let_go_ends_and_leaves_nothing() {
        let Some(cluster) = Cluster::start().expect("a server") else {
            eprintln!("SKIPPED: no PostgreSQL");
            return;
        };
        let address = cluster.address();
        let folder = {
            let mut client = Client::connect(&address, NoTls).expect("a connection");
            let row = client.query_one("SHOW data_directory", &[]).expect("a row");
            PathBuf::from(row.get::<_, String>(0))
        };
        assert!(folder.is_dir());
        drop(cluster);
        assert!(Client::connect(&address, NoTls).is_err());
        assert!(!folder.exists(), "{} is still there", folder.display());
    }
}
