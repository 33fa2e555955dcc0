//! `serve` and `demo`.

use super::{CliError, Common, DONE};
use crate::config::Settings;
use crate::demo::{DAYS, DAYS_MIN};
use crate::keys;
use crate::serve::{ServeOptions, run};
use clap::Args;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use xr_store::Location;
use xr_web::WebConfig;
use xr_web::entropy::OsEntropy;

/// Address unless said otherwise.
const LISTEN: &str = "127.0.0.1:8080";
/// Keys of a demo market are public like its passwords.
const DEMO_SECRET: &str = "xiaoer demo market, not a secret";
/// Environment variable that chooses what is logged, e.g. `info,xr_store=debug`.
const LOG_VARIABLE: &str = "XIAOER_LOG";

#[derive(Args)]
pub(super) struct ServeArgs {
    /// Address to listen on; port 0 takes a free one and prints it.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

#[derive(Args)]
pub(super) struct DemoArgs {
    #[command(flatten)]
    serve: ServeArgs,
    /// Days of history of a new market, 7 to 60; a week is filled in a second and lacks the rarer states.
    #[arg(long, default_value_t = DAYS, value_parser = clap::value_parser!(i64).range(DAYS_MIN..=DAYS))]
    days: i64,
}

pub(super) fn serve(common: &Common, args: &ServeArgs) -> Result<u8, CliError> {
    let settings = common.settings()?;
    let key = settings.key()?;
    start(&settings, args, key, None)
}

pub(super) fn demo(common: &Common, args: &DemoArgs) -> Result<u8, CliError> {
    let mut settings = common.settings()?;
    if settings.data.is_none() && settings.database.is_none() {
        settings.data = Some(".demo".into());
    }
    // Opens the sealed fields of a demo market that was restored elsewhere.
    settings.secret.get_or_insert_with(|| DEMO_SECRET.to_owned());
    for carrier in xr_logistics::carriers::carriers() {
        settings.notice_secrets.entry(carrier.code.clone()).or_insert_with(|| DEMO_SECRET.to_owned());
    }
    settings.notice_secrets.entry("testpay".to_owned()).or_insert_with(|| DEMO_SECRET.to_owned());
    let key = Sha256::digest(DEMO_SECRET.as_bytes()).into();
    start(&settings, &args.serve, key, Some(args.days))
}

fn start(settings: &Settings, args: &ServeArgs, key: [u8; 32], demo_days: Option<i64>) -> Result<u8, CliError> {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("info"));
    // A second subscriber can only come from an embedding test; the first one stays.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    let location: Location = settings.location()?;
    let listen = args.listen.clone().or_else(|| settings.listen.clone()).unwrap_or_else(|| LISTEN.to_owned());
    let secrets = settings.notice_secrets.iter().map(|(name, secret)| (name.clone(), secret.clone().into_bytes()));
    let options = ServeOptions {
        location,
        days: settings.days()?,
        listen,
        key,
        sealing: keys::sealing(settings, Arc::new(OsEntropy))?,
        web: WebConfig {
            public_url: settings.public_url.clone(),
            is_demo: demo_days.is_some(),
            is_behind_proxy: settings.is_behind_proxy,
            ..WebConfig::default()
        },
        payment_provider: settings.payment_provider.clone().unwrap_or_else(|| "testpay".to_owned()),
        import_bytes: settings.import_bytes(),
        webhooks_reach: settings.webhooks_reach,
        notice_secrets: secrets.collect(),
    };
    run(options, demo_days.unwrap_or(DAYS))?;
    Ok(DONE)
}
