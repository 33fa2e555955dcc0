//! Subcommands. Options that say where the data lies are accepted before and after the subcommand.

mod add;
mod audit;
mod backup;
mod bench;
mod calendar;
mod doctor;
mod dump;
mod identifiers;
mod import;
mod keys;
mod policy;
mod replay;
mod second_factor;
mod serve;
mod simulate;

use crate::config::{Settings, SettingsError};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use xr_base::{Locale, Problem};

/// Exit codes: done.
const DONE: u8 = 0;
/// Exit codes: it ran and found something wrong (findings, refused rows, an unhealthy installation).
const FOUND: u8 = 1;
/// Exit codes: it could not run (bad arguments are 2 as well, by clap).
const FAILED: u8 = 2;

/// xiaoer (店小二): orders, after-sales and customer service of a marketplace; every promise has a clock.
#[derive(Parser)]
#[command(name = "xiaoer", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Where the data lies and how answers are printed.
#[derive(Args, Clone)]
struct Common {
    /// Folder of the embedded database; created when absent [default: ./data].
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// PostgreSQL instead of a folder: `postgres://user@host:port/name`.
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Settings file (TOML).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the answer as JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the market (production: needs a secret).
    Serve(serve::ServeArgs),
    /// Serve a demo market on loopback: no secret needed, everybody's password is `demo`.
    Demo(serve::DemoArgs),
    /// Set a market up: its organisations, shops, people and goods.
    #[command(subcommand)]
    Add(add::AddCommand),
    /// Working days: due dates of a file, or the days of a span.
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// Numbers with a check character: of companies, people, bank cards and goods.
    #[command(subcommand)]
    Identifiers(identifiers::IdentifiersCommand),
    /// Machines and packs: check them, draw them, explain a case.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Import the history of another system; repeating it changes nothing.
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Write every fact of the database in one order, or only its fingerprint.
    Dump(dump::DumpArgs),
    /// The event record, which is the audit record: check its hash chain.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Copy the embedded database with its blobs, also while it is served.
    Backup(backup::BackupArgs),
    /// Put a backup into the folder of `--data`, which is absent or empty.
    Restore(backup::RestoreArgs),
    /// Measure the real commands on a fresh database.
    #[command(subcommand)]
    Bench(bench::BenchCommand),
    /// Live through a market by chance and check its invariants after every step.
    Simulate(simulate::SimulateArgs),
    /// Keys of sealed fields: who opens them, and a new one.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Take the two-step verification of somebody away who lost their phone and their recovery codes.
    ResetSecondFactor(second_factor::ResetArgs),
    /// Look whether this installation can run and whether its data is sound.
    Doctor,
}

/// Why a subcommand did not do its work.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Serve(#[from] crate::serve::ServeError),
    #[error(transparent)]
    Open(#[from] crate::market::OpenError),
    #[error(transparent)]
    Fault(#[from] xr_base::Fault),
    #[error(transparent)]
    Store(#[from] xr_base::StoreError),
    #[error("{0}")]
    Other(String),
}

impl Common {
    /// The settings file with the command line laid over it.
    fn settings(&self) -> Result<Settings, SettingsError> {
        let mut settings = match &self.config {
            Some(path) => Settings::read(path)?,
            None => Settings::default(),
        };
        if self.data.is_some() || self.database.is_some() {
            settings.data.clone_from(&self.data);
            settings.database.clone_from(&self.database);
        }
        if let Ok(secret) = std::env::var(crate::config::SECRET_VARIABLE) {
            settings.secret = Some(secret);
        }
        settings.master_key = std::env::var(crate::keys::KEY_VARIABLE).ok();
        Ok(settings)
    }
}

/// Reads the command line and runs what it says.
pub fn run() -> ExitCode {
    let Cli { common, command } = Cli::parse();
    let result = match command {
        Command::Serve(args) => serve::serve(&common, &args),
        Command::Demo(args) => serve::demo(&common, &args),
        Command::Add(command) => add::run(&common, command),
        Command::Calendar(command) => calendar::run(&common, &command),
        Command::Identifiers(command) => identifiers::run(&command),
        Command::Policy(command) => policy::run(&common, &command),
        Command::Import(command) => import::run_import(&common, &command),
        Command::Dump(args) => dump::run(&common, &args),
        Command::Audit(command) => audit::run(&common, &command),
        Command::Backup(args) => backup::run(&common, &args),
        Command::Restore(args) => backup::restore(&common, &args),
        Command::Bench(command) => bench::run(&common, &command),
        Command::Simulate(args) => simulate::run(&common, &args),
        Command::Keys(command) => keys::run(&common, command),
        Command::ResetSecondFactor(args) => second_factor::reset(&common, args),
        Command::Doctor => doctor::run(&common),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("xiaoer: {}", in_words(&error, &language()));
            ExitCode::from(FAILED)
        }
    }
}

/// What the terminal speaks, e.g. `zh_CN.UTF-8`.
fn language() -> String {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok());
    named.unwrap_or_default()
}

/// A refusal as the API would tell it, in the language of the terminal; everything else as it is.
fn in_words(error: &CliError, language: &str) -> String {
    use crate::market::OpenError;
    use crate::serve::ServeError;
    let (CliError::Fault(fault)
    | CliError::Serve(ServeError::Store(fault) | ServeError::Open(OpenError::Store(fault)))
    | CliError::Open(OpenError::Store(fault))) = error
    else {
        return error.to_string();
    };
    let xr_base::Fault::Refused(problem) = fault else { return error.to_string() };
    told(problem, language).unwrap_or_else(|| error.to_string())
}

/// A problem in the language of the terminal, with its code.
fn told(problem: &Problem, language: &str) -> Option<String> {
    let locale = if language.starts_with("zh") { Locale::ZhCn } else { Locale::En };
    let text = crate::wiring::texts().ok()?.get(locale, &problem.code, &problem.params)?;
    Some(format!("{text} ({})", problem.code))
}

/// Findings with their codes and values.
fn as_json(findings: &[Problem]) -> Vec<serde_json::Value> {
    let one = |problem: &Problem| serde_json::json!({ "code": problem.code, "params": problem.params });
    findings.iter().map(one).collect()
}

/// Findings in the language of the terminal, one a line.
fn print_findings(findings: &[Problem]) {
    let language = language();
    for problem in findings {
        println!("WRONG  {}", told(problem, &language).unwrap_or_else(|| problem.code.clone()));
    }
}

/// Opens the market of a command that only reads or repairs: no secret is asked, none is used.
fn open(common: &Common) -> Result<(xr_store::Store, xr_store::Location), CliError> {
    open_at(common, std::sync::Arc::new(xr_base::SystemClock::real()))
}

/// As [`open`], under another clock.
fn open_at(
    common: &Common,
    clock: std::sync::Arc<dyn xr_base::Clock>,
) -> Result<(xr_store::Store, xr_store::Location), CliError> {
    let settings = common.settings()?;
    let location = settings.location()?;
    let entropy = xr_web::entropy::OsEntropy;
    let store = crate::market::open(crate::market::MarketConfig {
        location: location.clone(),
        clock,
        secret: settings.key().unwrap_or_default(),
        instance: crate::serve::instance_name(&entropy)?,
        days: settings.days()?,
        sealing: crate::keys::sealing(&settings, std::sync::Arc::new(entropy))?,
        ext: Vec::new(),
    })?;
    Ok((store, location))
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_base::Fault;

    #[test]
    fn a_refusal_is_told_in_the_language_of_the_terminal() {
        let refused = || CliError::Fault(Fault::refused(Problem::new(409, "demo.is_demo_data")));
        let (zh, en) = (in_words(&refused(), "zh_CN.UTF-8"), in_words(&refused(), "C.UTF-8"));
        assert!(zh.starts_with("该数据库由演示集市创建"), "{zh}");
        assert!(
            en.starts_with("This database was made by a demo market") && en.ends_with("(demo.is_demo_data)"),
            "{en}"
        );
    }
}
