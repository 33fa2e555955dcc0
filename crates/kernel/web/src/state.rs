//! What handlers share.

use crate::access::Authenticator;
use crate::entropy::Entropy;
use crate::metrics::Metrics;
use crate::texts::Texts;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use xr_base::{Fault, StoreError};
use xr_store::Store;

/// Live connections of one process; each costs a task and some reads per change.
pub(crate) const LIVE_MAX: usize = 4_096;

/// Settings of the web side.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Where browsers reach this server, e.g. `https://shop.example`; none on a local machine. `https` makes cookies `Secure`.
    pub public_url: Option<String>,
    /// Whether this is a demo market: simple passwords and clock control are allowed.
    pub is_demo: bool,
    /// Whether `X-Forwarded-For` of the connecting address is believed (a reverse proxy stands in front).
    pub is_behind_proxy: bool,
    /// Largest JSON body, in bytes.
    pub body_bytes_max: usize,
    /// Times of the live channel.
    pub live: crate::live::LiveTimes,
    /// A client that takes nothing of an answer, or of the live channel, for so long is cut off.
    pub taken_within: Duration,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            public_url: None,
            is_demo: false,
            is_behind_proxy: false,
            body_bytes_max: 1 << 20,
            live: crate::live::LiveTimes::default(),
            taken_within: Duration::from_secs(30),
        }
    }
}

impl WebConfig {
    /// Whether browsers come over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// What an [`AppState`] is made of.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// Texts of all slices.
    pub texts: Arc<Texts>,
    /// Who a token belongs to; identity's.
    pub auth: Arc<dyn Authenticator>,
    /// Source of nonces and names of requests.
    pub entropy: Arc<dyn Entropy>,
    /// Settings.
    pub config: WebConfig,
    /// Business milliseconds per wall millisecond, right now.
    pub rate: Box<dyn Fn() -> i64 + Send + Sync>,
    /// What slices look up by type with [`AppState::ext`].
    pub ext: Vec<Box<dyn Any + Send + Sync>>,
}

pub(crate) struct Inner {
    pub(crate) parts: Parts,
    pub(crate) metrics: Metrics,
    pub(crate) live: Arc<Semaphore>,
    pub(crate) stopping: watch::Sender<bool>,
}

/// Shared by all handlers; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub(crate) inner: Arc<Inner>,
}

impl AppState {
    /// From its parts.
    pub fn new(parts: Parts) -> Self {
        let inner = Inner {
            parts,
            metrics: Metrics::default(),
            live: Arc::new(Semaphore::new(LIVE_MAX)),
            stopping: watch::Sender::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.inner.parts.store
    }

    /// Settings.
    pub fn config(&self) -> &WebConfig {
        &self.inner.parts.config
    }

    /// Texts of all slices.
    pub fn texts(&self) -> &Texts {
        &self.inner.parts.texts
    }

    /// Unpredictable bytes.
    pub fn entropy(&self) -> &dyn Entropy {
        self.inner.parts.entropy.as_ref()
    }

    /// Who a token belongs to.
    pub fn auth(&self) -> &dyn Authenticator {
        self.inner.parts.auth.as_ref()
    }

    /// A slice's own part, by type.
    ///
    /// # Errors
    /// [`StoreError::Engine`] (500) when the wiring lacks it.
    pub fn ext<T: Send + Sync + 'static>(&self) -> Result<&T, Fault> {
        let found = self.inner.parts.ext.iter().find_map(|any| any.downcast_ref::<T>());
        let missing = || StoreError::Engine(format!("{} is not wired", std::any::type_name::<T>())).into();
        found.ok_or_else(missing)
    }

    /// Ends the live channels; readiness turns false. Requests under way still get their answer.
    pub fn stop(&self) {
        self.inner.stopping.send_replace(true);
    }

    /// Whether [`AppState::stop`] was called.
    pub fn is_stopping(&self) -> bool {
        *self.inner.stopping.borrow()
    }
}
