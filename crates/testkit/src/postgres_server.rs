//! PostgreSQL for tests: databases on a throw-away server that listens on loopback and never syncs its disk.
//!
//! `make test` starts one server for all and tells its address by `XR_TEST_POSTGRES`. Without it the first test of a
//! process starts one of its own, which ends with the process however that ends (see [`cluster`]). On a machine without
//! PostgreSQL tests skip and say so; under `CI=true` they fail instead.

mod cluster;

use cluster::Cluster;
use postgres::{Client, NoTls};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::process::Command;
use std::sync::OnceLock;

/// Environment variable with the address of a running server: `postgres://USER@HOST:PORT/DATABASE`.
pub const ADDRESS_VARIABLE: &str = "XR_TEST_POSTGRES";
/// Advisory lock under which templates are made: processes of one run share the server.
const TEMPLATE_LOCK: i64 = 0x7872_7465_6d70;

/// A database of one test; dropped with the value, sessions that are still open are cut off.
#[derive(Debug)]
pub struct FreshDatabase {
    server: String,
    name: String,
}

impl FreshDatabase {
    /// Address of the database, `postgres://postgres@127.0.0.1:PORT/NAME`.
    pub fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        // Nothing is lost when it fails: the server is thrown away after the run.
        let _ = execute(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// A new database with random name: a copy of `template`, or empty. `None` (said on standard error) without PostgreSQL.
///
/// # Panics
/// The server refuses, or there is none and `CI=true`.
pub fn fresh_database(template: Option<&str>) -> Option<FreshDatabase> {
    let server = server()?;
    let name = format!("xr_{:016x}", RandomState::new().build_hasher().finish());
    create(&server, &name, template);
    Some(FreshDatabase { server, name })
}

/// As [`fresh_database`], for tests whose database outlives the caller; gives its address. It goes with the server.
///
/// # Panics
/// As [`fresh_database`].
pub fn create_database(template: Option<&str>) -> Option<String> {
    let database = fresh_database(template)?;
    let url = database.url();
    std::mem::forget(database);
    Some(url)
}

/// Makes the template `name` (letters, digits, `_`) once per server: `fill` gets the address of an empty database and must
/// have closed its connections when it returns. Whoever comes second waits. `false` without PostgreSQL.
///
/// # Panics
/// As [`fresh_database`].
pub fn ensure_template(name: &str, fill: impl FnOnce(&str) + Send) -> bool {
    let Some(server) = server() else { return false };
    let building = format!("{name}_building");
    let outcome = apart(|| -> Result<(), postgres::Error> {
        let mut client = Client::connect(&server, NoTls)?;
        client.execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK])?;
        if client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])?.is_some() {
            return Ok(());
        }
        // A process that died while filling leaves a half-made one.
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)"))?;
        client.batch_execute(&format!("CREATE DATABASE {building} TEMPLATE template0"))?;
        fill(&with_database(&server, &building));
        client.batch_execute(&format!("ALTER DATABASE {building} RENAME TO {name}"))
    });
    must(outcome.map_err(|error| format!("template {name}: {error:?}")));
    true
}

/// The address of the server for this process, started when first asked for; none on a machine without PostgreSQL.
///
/// # Panics
/// The server does not start, or there is none and `CI=true`.
pub fn server() -> Option<String> {
    static OWN: OnceLock<Option<Cluster>> = OnceLock::new();
    if let Ok(address) = std::env::var(ADDRESS_VARIABLE) {
        return Some(address);
    }
    // Starting asks the server whether it is up, and that client must not run inside async code.
    let own =
        OWN.get_or_init(|| std::thread::scope(|scope| scope.spawn(|| must(Cluster::start())).join().ok().flatten()));
    if own.is_none() {
        let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        must(refuse_to_skip(in_ci));
        eprintln!("SKIPPED: this test needs PostgreSQL, and no server programs were found (Debian: postgresql)");
    }
    own.as_ref().map(Cluster::address)
}

/// A server of one test, which may do to it what others must not feel.
#[derive(Debug)]
pub struct OwnServer(Cluster);

impl OwnServer {
    /// Starts it; `None` (said on standard error) without PostgreSQL.
    ///
    /// # Panics
    /// It does not start, or there are no programs and `CI=true`.
    pub fn start() -> Option<Self> {
        server()?;
        apart(|| must(Cluster::start())).map(Self)
    }

    /// Address of its one database.
    pub fn url(&self) -> String {
        self.0.address()
    }

    /// Kills one of its processes in the middle of whatever it does: the server then ends all connections, goes through its log and starts
    /// anew. Gives back control when the connections have ended.
    ///
    /// # Panics
    /// Nobody is connected.
    pub fn crash(&self) {
        let others =
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                      ORDER BY state = 'idle', pid";
        let killed = apart(|| -> Result<bool, String> {
            let mut client = Client::connect(&self.url(), NoTls).map_err(|e| e.to_string())?;
            let victim: i32 = client.query(others, &[]).map_err(|e| e.to_string())?.first().ok_or("nobody")?.get(0);
            let ended = Command::new("kill").args(["-KILL", &victim.to_string()]).status();
            let is_killed = ended.map_err(|e| e.to_string())?.success();
            // The server ends everybody's connections, this one too; before that it has not crashed yet.
            while is_killed && client.simple_query("SELECT 1").is_ok() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            Ok(is_killed)
        });
        assert!(must(killed), "not killed");
    }
}

fn refuse_to_skip(in_ci: bool) -> Result<(), String> {
    if in_ci { Err("CI=true, but there is no PostgreSQL: tests may not be skipped".to_owned()) } else { Ok(()) }
}

fn create(server: &str, name: &str, template: Option<&str>) {
    let template = template.unwrap_or("template0");
    // The usual way writes every page of the copy into the log as well, and takes twice as long. PostgreSQL 15 or newer.
    let outcome = execute(server, &format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"));
    must(outcome.map_err(|error| format!("create {name} from {template}: {error:?}")));
}

fn execute(server: &str, statement: &str) -> Result<(), postgres::Error> {
    apart(|| Client::connect(server, NoTls)?.batch_execute(statement))
}

/// Runs `work` on a thread of its own: the client panics inside a test that runs on an async runtime.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let joined = std::thread::scope(|scope| scope.spawn(work).join());
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[expect(
    clippy::panic,
    reason = "a test that cannot have its database has failed; there is nobody to hand an error to"
)]
fn must<T>(outcome: Result<T, String>) -> T {
    outcome.unwrap_or_else(|error| panic!("PostgreSQL for tests: {error}"))
}

/// `server` with another database name.
fn with_database(server: &str, name: &str) -> String {
    let start = server.rsplit_once('/').map_or(server, |(start, _)| start);
    format!("{start}/{name}")
}

#[cfg(test)]
mod tests;
