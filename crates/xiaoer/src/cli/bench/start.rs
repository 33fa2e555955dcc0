//! How long a server that was killed in full work needs until it answers again.

use super::http::{Client, people};
use super::load::{self, Until};
use super::usage::memory_of_mb;
use super::{CLIENTS, CliError, Market};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Error};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use xr_base::{Actor, Millis, Stopwatch};
use xr_identity::commands::CreateOrg;
use xr_identity::model::OrgKind;

/// The write-ahead log is at least so long at the kill.
const LOG_BYTES_MIN: u64 = 64 << 20;
/// Kills, each followed by a start.
const KILLS: usize = 5;
/// What the parent waits for.
const FILLED: &str = "filled";
/// Somebody who may see every order.
const TOKEN: &str = "operator-token-0";
/// Nobody waits longer for an answer.
const ANSWER_MAX_MICROS: i64 = 60_000_000;
/// Memory is read when the server has been left alone for so long.
const IDLE: Duration = Duration::from_secs(3);
const SECRET: &str = "the secret of a bench, thirty-two bytes or more";

/// The child that is killed: fills a new market, says so, and places orders until it dies.
pub(super) fn work(market: &Market, fill: Option<u64>) -> Result<(), CliError> {
    if let Some(orders) = fill {
        market.fill(orders)?;
        let platform = CreateOrg { actor: Actor::System, kind: OrgKind::Platform, name: "Bench".to_owned() };
        let platform = market.store.write_blocking(platform)?.id;
        people(market, "operator", Some(platform), 1)?;
    }
    println!("{FILLED}");
    load::run(market, CLIENTS, &Until::Time(Millis::minutes(10)))?;
    Ok(())
}

/// Kills a working process, drops the files from the page cache and starts a server, again and again; tells the middle and the
/// worst time from the start of the process to the first page of orders.
pub(super) fn measure(folder: &Path, orders: u64) -> Result<Value, CliError> {
    let failed = |e: Error| CliError::Other(e.to_string());
    let (mut times, mut log_bytes, mut memory_mb) = (Vec::new(), u64::MAX, 0);
    for round in 0..KILLS {
        log_bytes = log_bytes.min(kill_at_work(folder, orders).map_err(failed)?);
        forget(folder).map_err(failed)?;
        let (micros, memory) = first_answer(folder, round + 1 == KILLS).map_err(failed)?;
        times.push(micros);
        memory_mb = memory;
    }
    times.sort_unstable();
    let ms = |micros: Option<&i64>| micros.copied().unwrap_or(0) / 1_000;
    let db = std::fs::metadata(folder.join("xiaoer.db")).map_err(failed)?;
    Ok(json!({
        "bench": "start", "engine": "sqlite", "orders_before": orders, "kills": KILLS, "log_mb": log_bytes >> 20,
        "database_mb": db.len() >> 20, "first_answer_p50_ms": ms(times.get(KILLS / 2)), "first_answer_max_ms": ms(times.last()),
        "idle_memory_mb": memory_mb,
    }))
}

/// Bytes of the write-ahead log at the kill.
fn kill_at_work(folder: &Path, orders: u64) -> Result<u64, Error> {
    let mut child = this()?
        .args(["bench", "start", "--work", "--orders", &orders.to_string(), "--data"])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()?;
    let said = child.stdout.take().map(BufReader::new).and_then(|out| out.lines().next()).transpose()?;
    if said.as_deref() != Some(FILLED) {
        child.wait()?;
        return Err(Error::other("the process that works ended"));
    }
    let bytes = loop {
        let bytes = std::fs::metadata(folder.join("xiaoer.db-wal")).map_or(0, |file| file.len());
        if bytes >= LOG_BYTES_MIN {
            break bytes;
        }
        if child.try_wait()?.is_some() {
            return Err(Error::other("the process that works ended"));
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    child.kill()?;
    child.wait()?;
    Ok(bytes)
}

/// Has the system drop the files from its page cache, as dd of GNU coreutils offers it.
fn forget(folder: &Path) -> Result<(), Error> {
    for name in ["xiaoer.db", "xiaoer.db-wal"] {
        let file = format!("of={}", folder.join(name).display());
        let mut dd = Command::new("dd");
        dd.args([&file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]).stderr(Stdio::null());
        if !dd.status()?.success() {
            return Err(Error::other(format!("dd could not drop {name} from the page cache")));
        }
    }
    Ok(())
}

/// Microseconds from the start of the process to its first page of orders, and its memory in MB if it is to be left alone then.
fn first_answer(folder: &Path, is_left_alone: bool) -> Result<(i64, i64), Error> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let began = Stopwatch::start();
    let mut server = this()?
        .args(["serve", "--listen", &address, "--data"])
        .arg(folder)
        .env("XIAOER_SECRET", SECRET)
        .env("XIAOER_LOG", "error")
        .stdout(Stdio::null())
        .spawn()?;
    let answered = loop {
        match Client::connect_to(&address, TOKEN).and_then(|mut client| client.ask("GET /v1/orders?limit=20", "")) {
            Ok(_) => break Ok(began.micros()),
            Err(error) if began.micros() > ANSWER_MAX_MICROS => break Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    if is_left_alone {
        std::thread::sleep(IDLE);
    }
    let memory = memory_of_mb(&server.id().to_string());
    server.kill()?;
    server.wait()?;
    Ok((answered?, memory))
}

fn this() -> Result<Command, Error> {
    std::env::current_exe().map(Command::new)
}
