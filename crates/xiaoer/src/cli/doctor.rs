//! `doctor`: whether this installation can run, and whether its data is sound.

use super::{CliError, Common, DONE, FOUND, open};
use crate::wiring;
use serde_json::json;
use xr_base::Fault;
use xr_store::Tx;

/// One thing looked at.
pub(super) struct Finding {
    pub(super) what: &'static str,
    pub(super) wrong: Vec<String>,
}

/// What has to hold of every market's data.
pub(super) fn invariants(tx: &mut Tx<'_>) -> Result<Vec<Finding>, Fault> {
    let stock = xr_inventory::queries::broken(tx)?;
    Ok(vec![
        Finding { what: "ledger", wrong: xr_payments::ledger::broken(tx)? },
        Finding { what: "stock", wrong: stock.iter().map(ToString::to_string).collect() },
        Finding { what: "clocks", wrong: xr_case::engine::broken(tx)? },
    ])
}

pub(super) fn run(common: &Common) -> Result<u8, CliError> {
    let mut found = Vec::new();
    let rules =
        wiring::library(&wiring::engine(common.settings()?.days()?)).and_then(|library| wiring::rulebooks(&library));
    found.push(Finding {
        what: "machines and packs",
        wrong: rules.err().into_iter().flatten().map(|f| f.to_string()).collect(),
    });
    let (store, _) = open(common)?;
    found.extend(store.read_blocking(invariants)?);
    let awaited = store.read_blocking(xr_case::engine::awaited_years)?;
    let awaited = awaited.iter().map(|a| format!("{} clocks wait for the days of {}/{}", a.clocks, a.region, a.year));
    found.push(Finding { what: "day tables", wrong: awaited.collect() });
    let is_locked = store.is_locked();
    if !is_locked {
        let wrong = store.read_blocking(|tx| Ok(xr_store::sealing::unreadable(tx)?))?;
        found.push(Finding { what: "sealed fields", wrong });
    }
    store.close();
    let is_sound = found.iter().all(|f| f.wrong.is_empty());
    if common.json {
        let checks: Vec<_> = found.iter().map(|f| json!({ "check": f.what, "wrong": f.wrong })).collect();
        println!("{}", json!({ "sound": is_sound, "locked": is_locked, "checks": checks }));
    } else {
        for finding in &found {
            println!("{}  {}", if finding.wrong.is_empty() { "ok   " } else { "WRONG" }, finding.what);
            for wrong in &finding.wrong {
                println!("       {wrong}");
            }
        }
        if is_locked {
            println!("note   sealed fields are locked: no key at hand opens them");
        }
    }
    Ok(if is_sound { DONE } else { FOUND })
}
