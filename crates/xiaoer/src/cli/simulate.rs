//! `simulate`: a market lived through by chance, with its invariants checked after every step.

use super::{CliError, Common, DONE, FOUND};
use crate::config::Settings;
use crate::keys;
use crate::market::{MarketConfig, open};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xr_base::calendar::DayTables;
use xr_base::{FakeClock, Instant};
use xr_simulator::{Failure, Plan, Report, Stage, simulate};
use xr_store::Location;
use xr_web::entropy::OsEntropy;

/// Where virtual time begins, so that a run ends inside the days that are loaded.
const START: &str = "2026-01-05T09:00:00+08:00";

/// So many orders are enough to go every way; fewer may not meet the rare ones.
const JUDGED_FROM_ORDERS: i64 = 1_500;

#[derive(Args)]
pub(super) struct SimulateArgs {
    /// Seed of all chance; the same seed lives the same life.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Days in which orders come; afterwards time jumps from due to due until no case is open.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(i64).range(1..=60))]
    days: i64,
    /// Orders of a day.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    orders_per_day: i64,
    /// Fail unless every transition and every clock of the shipped machines was taken; runs of 1,500 orders and more always do.
    #[arg(long)]
    require_coverage: bool,
}

pub(super) fn run(common: &Common, args: &SimulateArgs) -> Result<u8, CliError> {
    let plan = Plan { seed: args.seed, days: args.days, orders_per_day: args.orders_per_day };
    let before = cpu_seconds();
    let lived = live(&plan, common.data.as_deref())?;
    let spent = before.zip(cpu_seconds()).map(|(before, after)| after - before);
    match lived {
        Ok(report) => {
            print(common, &report, spent)?;
            let is_judged = args.require_coverage || args.days * args.orders_per_day >= JUDGED_FROM_ORDERS;
            let is_short = is_judged && !report.covered.missing.is_empty();
            if is_short {
                eprintln!("not every transition and clock was taken");
            }
            Ok(if is_short { FOUND } else { DONE })
        }
        Err(failure) => {
            eprintln!("{failure}");
            let Plan { seed, days, orders_per_day } = plan;
            eprintln!("again: xiaoer simulate --seed {seed} --days {days} --orders-per-day {orders_per_day}");
            Ok(FOUND)
        }
    }
}

/// Opens an empty market in `kept`, a folder that is absent or empty, which stays as it is at the end; else in memory where there
/// is such a folder, and throws it away afterwards.
fn live(plan: &Plan, kept: Option<&Path>) -> Result<Result<Report, Failure>, CliError> {
    let failed = |e: std::io::Error| CliError::Other(e.to_string());
    let scratch = if kept.is_none() { Some(Scratch::new(plan.seed).map_err(failed)?) } else { None };
    if let Some(folder) = kept
        && folder.is_dir()
        && std::fs::read_dir(folder).map_err(failed)?.next().is_some()
    {
        return Err(CliError::Other(format!("{} is not empty", folder.display())));
    }
    let folder = kept.map(Path::to_owned).or_else(|| scratch.as_ref().map(|s| s.0.clone())).unwrap_or_default();
    let sealing = match kept {
        Some(folder) => {
            let settings = Settings { data: Some(folder.to_owned()), ..Settings::default() };
            keys::sealing(&settings, Arc::new(OsEntropy))?
        }
        None => keys::repeatable(),
    };
    let start = Instant::parse(START).map_err(|e| CliError::Other(e.to_string()))?;
    let clock = Arc::new(FakeClock::at(start));
    let store = open(MarketConfig {
        location: Location::Folder(folder),
        clock: clock.clone(),
        secret: [7; 32],
        instance: "simulator".to_owned(),
        days: DayTables::shipped().clone(),
        sealing,
        ext: Vec::new(),
    })?;
    let stage = Stage { store, clock };
    let lived = simulate(&stage, plan);
    stage.store.close();
    Ok(lived)
}

/// A folder of this process that goes with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(seed: u64) -> std::io::Result<Self> {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = parent.join(format!("xiaoer-simulate-{}-{seed}", std::process::id()));
        std::fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn print(common: &Common, report: &Report, cpu: Option<f64>) -> Result<(), CliError> {
    if common.json {
        let mut value = serde_json::to_value(report).map_err(|e| CliError::Other(e.to_string()))?;
        value["cpu_seconds"] = serde_json::json!(cpu);
        println!("{value}");
        return Ok(());
    }
    println!("{report}");
    if let Some(seconds) = cpu {
        println!("  {seconds:.1} CPU seconds");
    }
    Ok(())
}

/// CPU time of this process so far; none where the system does not tell.
fn cpu_seconds() -> Option<f64> {
    /// Ticks of `/proc` in a second, on every Linux of our days.
    const TICKS: f64 = 100.0;
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th field after it.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_folder_goes_with_its_owner() {
        let scratch = Scratch::new(u64::MAX).unwrap();
        let path = scratch.0.clone();
        assert!(path.is_dir());
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn a_market_that_is_kept_goes_into_an_empty_folder_only() {
        let folder = Scratch::new(u64::MAX - 1).unwrap();
        let plan = Plan { seed: 11, days: 1, orders_per_day: 1 };
        assert!(live(&plan, Some(&folder.0)).unwrap().is_ok() && folder.0.join("xiaoer.db").is_file());
        assert!(live(&plan, Some(&folder.0)).is_err());
    }

    #[test]
    fn a_small_market_lives_through_its_days() {
        let lived = live(&Plan { seed: 11, days: 1, orders_per_day: 3 }, None).unwrap();
        assert!(lived.is_ok_and(|report| report.tally.orders > 0 && report.tally.sweeps > 1));
    }
}
