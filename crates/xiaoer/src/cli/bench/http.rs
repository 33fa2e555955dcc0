//! The served market on a free port of loopback, and clients that keep their connections.

use super::load::{Until, many};
use super::usage::server_us;
use super::{CliError, Load, Market};
use crate::keys;
use crate::serve::{ServeOptions, application};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use tokio::sync::watch;
use xr_base::calendar::DayTables;
use xr_base::{Actor, Clock as _, Millis, OrgId};
use xr_identity::commands::{CreateUser, LogIn};
use xr_identity::{Device, Identity, Roles, password};
use xr_web::WebConfig;
use xr_web::entropy::OsEntropy;

const PASSWORD: &str = "a password of benches";

/// A market that is served until this is dropped.
pub(super) struct Served {
    address: String,
    stop: watch::Sender<bool>,
    _runtime: tokio::runtime::Runtime,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Serves the market as `serve` does, without its workers.
pub(super) fn serve(market: &Market) -> Result<Served, CliError> {
    let options = ServeOptions {
        location: market.location.clone(),
        days: DayTables::shipped().clone(),
        listen: String::new(),
        key: [1; 32],
        sealing: keys::repeatable(),
        web: WebConfig::default(),
        payment_provider: "testpay".to_owned(),
        import_bytes: xr_imports::UPLOAD_BYTES,
        webhooks_reach: xr_webhooks::Reach::Public,
        notice_secrets: BTreeMap::new(),
    };
    let other = |e: &dyn std::fmt::Display| CliError::Other(e.to_string());
    let (state, routes) =
        application(&options, &market.store, &market.clock, Arc::new(OsEntropy)).map_err(|e| other(&e))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| other(&e))?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).map_err(|e| other(&e))?;
    let address = listener.local_addr().map_err(|e| other(&e))?.to_string();
    let app = xr_web::app(state.clone(), routes, None);
    let (stop, mut stopped) = watch::channel(false);
    runtime.spawn(async move {
        let stopping = async move {
            let _ = stopped.wait_for(|is_stopping| *is_stopping).await;
        };
        xr_web::serve::serve(listener, app, state, stopping).await
    });
    Ok(Served { address, stop, _runtime: runtime })
}

/// Creates people of a built-in role and logs them in; gives their tokens.
pub(super) fn people(market: &Market, role: &str, org: Option<OrgId>, count: u64) -> Result<Vec<String>, CliError> {
    let other = |e: &dyn std::fmt::Display| CliError::Other(e.to_string());
    let roles = Roles::shipped().map_err(|e| other(&e))?;
    let shipped = roles.role.get(role).ok_or_else(|| CliError::Other(format!("no role {role}")))?;
    let hash = password::hash(PASSWORD, &OsEntropy).map_err(|e| other(&e))?;
    // An earlier bench may have left its people.
    let at = market.clock.wall().0;
    let mut tokens = Vec::new();
    for n in 0..count {
        let (login, token) = (format!("{role}{n}-{at}"), format!("{role}-token-{n}-{at}"));
        market.store.write_blocking(CreateUser {
            actor: Actor::System,
            login: login.clone(),
            name: login.clone(),
            phone: None,
            role_name: role.to_owned(),
            role: shipped.clone(),
            org,
            password_hash: hash.clone(),
        })?;
        let token_hash = Identity::token_hash(&token);
        market.store.write_blocking(LogIn {
            login,
            verified_hash: hash.clone(),
            token_hash,
            address: None,
            device: Device::default(),
            code: None,
        })?;
        tokens.push(token);
    }
    Ok(tokens)
}

/// One connection of one person.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    pub(super) fn connect(served: &Served, token: &str) -> std::io::Result<Self> {
        Self::connect_to(&served.address, token)
    }

    pub(super) fn connect_to(address: &str, token: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), token: token.to_owned() })
    }

    /// Asks and gives the body of the answer, which must be 200.
    pub(super) fn ask(&mut self, line: &str, body: &str) -> std::io::Result<Vec<u8>> {
        let token = &self.token;
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut status = String::new();
        self.stream.read_line(&mut status)?;
        let mut length = 0;
        loop {
            let mut header = String::new();
            self.stream.read_line(&mut header)?;
            let header = header.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| Error::from(ErrorKind::InvalidData))?;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        if status.split(' ').nth(1) != Some("200") {
            return Err(Error::other(format!("{line}: {status} {}", String::from_utf8_lossy(&answer))));
        }
        Ok(answer)
    }
}

/// Orders over HTTP.
pub(super) fn place_orders(market: &Market, load: Load) -> Result<serde_json::Value, CliError> {
    let served = serve(market)?;
    let tokens = people(market, "buyer", None, load.clients)?;
    let place = |client: u64| {
        let token = &tokens[usize::try_from(client).unwrap_or(0)];
        let (connected, goods) = (Client::connect(&served, token), Arc::clone(&market.goods));
        let mut connected = connected.map_err(Some);
        move |n: u64| {
            let connection = match &mut connected {
                Ok(connection) => connection,
                Err(error) => return Err(BenchError(error.take().map_or_else(String::new, |e| e.to_string()))),
            };
            let body = json!({
                "shop": goods.shop, "lines": [{ "sku": goods.pick(client, n), "quantity": 1 }],
                "recipient": { "name": "Bench", "phone": "13800000000", "region": "Hangzhou", "address": "Road 1" },
            });
            connection.ask("POST /v1/orders", &body.to_string()).map(|_| ()).map_err(|e| BenchError(e.to_string()))
        }
    };
    let cpu = server_us();
    let measured = many(load.clients, &Until::Time(Millis::seconds(load.seconds)), place)
        .map_err(|BenchError(text)| CliError::Other(text))?;
    let (cpu, count) = (server_us() - cpu, i64::try_from(measured.times.len()).unwrap_or(i64::MAX));
    let mut answer = measured.summary("http", market.engine());
    answer["cpu_us_per_order"] = json!(cpu / count.max(1));
    answer["orders_before"] = json!(load.orders);
    answer["clients"] = json!(load.clients);
    Ok(answer)
}

/// Why a client gave up.
struct BenchError(String);

impl From<xr_base::StoreError> for BenchError {
    fn from(error: xr_base::StoreError) -> Self {
        Self(error.to_string())
    }
}
