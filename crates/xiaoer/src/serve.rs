//! Serving a market: HTTP, deadlines and workers, until asked to stop.

use crate::demo::{self, DemoClock};
use crate::market::{MarketConfig, OpenError, open};
use crate::status::Since;
use crate::{assets, runtime, wiring};
use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::info;
use xr_base::calendar::DayTables;
use xr_base::{Fault, Problem, SystemClock};
use xr_casework::RuleShelf;
use xr_identity::{Identity, Roles};
use xr_imports::UploadQuota;
use xr_orders::http::DefaultProvider;
use xr_payments::http::NoticeSecrets;
use xr_store::{Location, Sealing, Store};
use xr_web::entropy::{Entropy, OsEntropy};
use xr_web::serve::{serve, stop_signal};
use xr_web::{AppState, Parts, Routes, WebConfig};
use xr_webhooks::Reach;

/// What a server is started with.
pub struct ServeOptions {
    /// Where the data lies.
    pub location: Location,
    /// Working days and holidays.
    pub days: DayTables,
    /// Address to listen on.
    pub listen: String,
    /// The installation's key.
    pub key: [u8; 32],
    /// Keys of the sealed fields.
    pub sealing: Sealing,
    /// Settings of the web side.
    pub web: WebConfig,
    /// Provider of new orders.
    pub payment_provider: String,
    /// Bytes that files of imports may take, for each organisation.
    pub import_bytes: u64,
    /// How far webhooks may go.
    pub webhooks_reach: Reach,
    /// Secrets that notices are signed with.
    pub notice_secrets: BTreeMap<String, Vec<u8>>,
}

/// Why a server does not start or run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The market does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Fault),
    /// The address cannot be listened on, or the socket failed.
    #[error("{0}")]
    Socket(#[from] std::io::Error),
    /// Roles or texts of this build are broken.
    #[error("{0}")]
    Build(String),
}

/// Random text that names this process among the nodes.
///
/// # Errors
/// The source of randomness fails.
pub fn instance_name(entropy: &dyn Entropy) -> Result<String, Fault> {
    let mut bytes = [0_u8; 12];
    if !entropy.fill(&mut bytes) {
        return Err(xr_base::StoreError::Engine("the source of randomness failed".to_owned()).into());
    }
    Ok(bytes.iter().fold(String::new(), |mut name, byte| {
        // Writing into a string cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    }))
}

/// Opens the market and serves it until Ctrl-C or SIGTERM.
///
/// # Errors
/// [`ServeError`].
pub fn run(options: ServeOptions, demo_days: i64) -> Result<(), ServeError> {
    let clock = Arc::new(SystemClock::real());
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let is_demo = options.web.is_demo;
    if is_demo {
        // Business time never goes back, so a demo's past must begin before the first command.
        demo::begin(&options.location, &clock, demo_days)?;
    }
    let instance = instance_name(entropy.as_ref())?;
    let store = open(MarketConfig {
        location: options.location.clone(),
        clock: clock.clone(),
        secret: options.key,
        instance: instance.clone(),
        days: options.days.clone(),
        sealing: options.sealing.clone(),
        ext: vec![Box::new(UploadQuota(options.import_bytes))],
    })?;
    if store.is_locked() {
        return Err(Fault::refused(Problem::new(503, "store.locked")).into());
    }
    if is_demo {
        demo::resume(&options.location, &store, &clock, &instance)?;
    } else {
        demo::refuse_demo_data(&options.location, &store)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(serve_market(options, store.clone(), clock, (entropy, instance)));
    store.close();
    result
}

async fn serve_market(
    options: ServeOptions,
    store: Store,
    clock: Arc<SystemClock>,
    (entropy, instance): (Arc<dyn Entropy>, String),
) -> Result<(), ServeError> {
    let listener = TcpListener::bind(&options.listen).await?;
    let address = listener.local_addr()?;
    let (state, routes) = application(&options, &store, &clock, entropy)?;
    let (stop, stopped) = watch::channel(false);
    let mut workers = tokio::task::JoinSet::new();
    if !options.web.is_demo {
        // A demo's clock stands while nobody serves it, so there is nothing to make up for.
        runtime::make_up_for_outage(&store).await?;
        workers.spawn(runtime::beat(store.clone(), stopped.clone()));
    }
    runtime::reckon_anew(&store, &stopped).await?;
    runtime::tell_awaited(&store).await?;
    workers.spawn(runtime::keep_promises(store.clone(), stopped.clone()));
    workers.spawn(runtime::resend_refunds(store.clone(), stopped.clone()));
    workers.spawn(runtime::keep_house(store.clone(), stopped.clone()));
    workers.spawn(runtime::keep_days(store.clone(), stopped.clone()));
    workers.spawn(runtime::keep_keys(store.clone(), stopped.clone()));
    workers.spawn(xr_imports::work(store.clone(), instance, stopped.clone()));
    workers.spawn(xr_exports::work(store.clone(), stopped.clone()));
    workers.spawn(xr_oplog::work(store.clone(), stopped.clone()));
    let source = xr_webhooks::http::source_of(&options.web);
    let sender = xr_webhooks::Sender::new(store.clone(), options.webhooks_reach, &source);
    workers.spawn(xr_webhooks::work(sender, stopped.clone()));
    let roles = Roles::shipped().map_err(|e| ServeError::Build(e.to_string()))?;
    workers.spawn(xr_batches::work(xr_batches::Worker::new(store.clone(), Arc::new(roles)), stopped.clone()));
    workers.spawn(xr_casework::replays::replay_histories(store.clone(), stopped.clone()));
    if options.web.is_demo {
        workers.spawn(demo::play_providers(store.clone(), stopped.clone()));
    }
    info!(%address, "xiaoer listens on http://{address}");
    println!("xiaoer listens on http://{address}");
    let router = xr_web::app(state.clone(), routes, Some(assets::all()));
    let served = serve(listener, router, state, stop_signal()).await;
    stop.send_replace(true);
    while workers.join_next().await.is_some() {}
    Ok(served?)
}

/// Everything the handlers share, and every route.
///
/// # Errors
/// [`ServeError::Build`] for broken roles, texts or rules; the source of randomness.
pub fn application(
    options: &ServeOptions,
    store: &Store,
    clock: &Arc<SystemClock>,
    entropy: Arc<dyn Entropy>,
) -> Result<(AppState, Routes), ServeError> {
    let build = |e: &dyn std::fmt::Display| ServeError::Build(e.to_string());
    let roles = Roles::shipped().map_err(|e| build(&e))?;
    let identity = Arc::new(Identity::new(store.clone(), roles, Arc::clone(&entropy))?);
    let library = wiring::library(&wiring::engine(options.days.clone())).map_err(OpenError::from)?;
    let ext: Vec<Box<dyn Any + Send + Sync>> = vec![
        Box::new(Arc::clone(&identity)),
        Box::new(RuleShelf(Arc::new(library))),
        Box::new(NoticeSecrets(options.notice_secrets.clone())),
        Box::new(DefaultProvider(options.payment_provider.clone())),
        Box::new(options.webhooks_reach),
        Box::new(DemoClock(Arc::clone(clock))),
        Box::new(Since(xr_base::Stopwatch::start())),
    ];
    let rate_of = Arc::clone(clock);
    let state = AppState::new(Parts {
        store: store.clone(),
        texts: Arc::new(wiring::texts().map_err(|e| build(&e))?),
        auth: identity,
        entropy,
        config: options.web.clone(),
        rate: Box::new(move || rate_of.rate()),
        ext,
    });
    let routes = wiring::routes();
    let routes = if options.web.is_demo { routes.merge(demo::routes()) } else { routes };
    Ok((state, routes))
}
