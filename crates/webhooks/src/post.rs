//! One message over the network: to an address that was judged in the moment of connecting, without following where an answer points to.

use crate::steps::Taken;
use crate::target::{Reach, Target, may_reach};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use xr_base::Instant;
use xr_web::signed::sign;

/// A receiver has so long to answer.
const WITHIN: Duration = Duration::from_secs(10);
/// So much of an answer is read, and thrown away.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Why a message did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Another status than 2xx.
    Status(u16),
    /// 410: the receiver wants no more.
    Gone,
    /// No answer in time.
    Timeout,
    /// The name leads nowhere.
    Name,
    /// The name leads to an address of a closed network.
    Private,
    /// Nobody listens there.
    Connect,
    /// No TLS that can be trusted.
    Tls,
    /// No HTTP.
    Answer,
}

impl Failure {
    /// The word in tables and the API.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Gone => "gone",
            Self::Timeout => "timeout",
            Self::Name => "name",
            Self::Private => "private",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Answer => "answer",
        }
    }

    /// Status of the answer, if there was one.
    pub(crate) const fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::Gone => Some(410),
            _ => None,
        }
    }
}

/// Sends messages.
#[derive(Clone)]
pub(crate) struct Post {
    tls: TlsConnector,
    reach: Reach,
}

impl Post {
    /// Trusts the certificates that the system trusts.
    pub(crate) fn new(reach: Reach) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Self { tls: TlsConnector::from(Arc::new(config)), reach }
    }

    /// Sends a message, signed at `wall`; gives the status of the answer.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) async fn send(&self, taken: &Taken, wall: Instant) -> Result<u16, Failure> {
        tokio::time::timeout(WITHIN, self.exchange(taken, wall)).await.map_err(|_| Failure::Timeout)?
    }

    async fn exchange(&self, taken: &Taken, wall: Instant) -> Result<u16, Failure> {
        // The rule may have become stricter since the address was typed in.
        let target = Target::read(&taken.url, self.reach).map_err(|_| Failure::Private)?;
        let request = request(taken, &target, wall).ok_or(Failure::Answer)?;
        let stream = self.connect(&target).await?;
        let status = if target.is_tls {
            let name = ServerName::try_from(target.host.clone()).map_err(|_| Failure::Name)?;
            let stream = self.tls.connect(name, stream).await.map_err(|_| Failure::Tls)?;
            speak(stream, request).await?
        } else {
            speak(stream, request).await?
        };
        match status {
            StatusCode::GONE => Err(Failure::Gone),
            status if status.is_success() => Ok(status.as_u16()),
            status => Err(Failure::Status(status.as_u16())),
        }
    }

    /// Connects to an address that was judged, not to a name that may lead elsewhere a moment later.
    async fn connect(&self, target: &Target) -> Result<TcpStream, Failure> {
        let found = tokio::net::lookup_host((target.host.as_str(), target.port)).await.map_err(|_| Failure::Name)?;
        let all: Vec<SocketAddr> = found.collect();
        // One that may not be reached spoils them all: nobody mixes them without a reason.
        if all.is_empty() || all.iter().any(|address| !may_reach(address.ip(), self.reach)) {
            return Err(if all.is_empty() { Failure::Name } else { Failure::Private });
        }
        TcpStream::connect(all.as_slice()).await.map_err(|_| Failure::Connect)
    }
}

fn request(taken: &Taken, target: &Target, wall: Instant) -> Option<Request<Full<Bytes>>> {
    let body = taken.message.to_string();
    let id = taken.delivery.message_id();
    let signed = taken.secrets.iter().map(|secret| sign(secret, &id, wall, body.as_bytes()));
    let signed: Vec<_> = signed.collect::<Result<_, _>>().ok()?;
    let signatures: Vec<&str> = signed.iter().map(|headers| headers.signature.as_str()).collect();
    Request::post(&target.path)
        .header("host", target.authority())
        .header("content-type", "application/cloudevents+json; charset=utf-8")
        .header("user-agent", concat!("xiaoer/", env!("CARGO_PKG_VERSION")))
        .header("connection", "close")
        .header("webhook-id", &id)
        .header("webhook-timestamp", &signed.first()?.timestamp)
        .header("webhook-signature", signatures.join(" "))
        .body(Full::from(body))
        .ok()
}

async fn speak<S>(stream: S, request: Request<Full<Bytes>>) -> Result<StatusCode, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|_| Failure::Answer)?;
    let exchange = async {
        let answer = sender.send_request(request).await.map_err(|_| Failure::Answer)?;
        let status = answer.status();
        // A receiver that is cut off in the middle of its answer may take the message for lost.
        let _ = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        Ok(status)
    };
    tokio::pin!(exchange, connection);
    tokio::select! {
        answered = &mut exchange => answered,
        // The connection ends first where the answer ends with it.
        _ = &mut connection => exchange.await,
    }
}
