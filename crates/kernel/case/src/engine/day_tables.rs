//! Clocks that were reckoned with other day tables than today's: a year was loaded, or a day was corrected (decision D7).

use super::{Engine, clocks};
use serde::{Deserialize, Serialize};
use xr_base::calendar::DayTables;
use xr_base::{CaseId, Fault};
use xr_store::{Command, Tx, params, sql};

/// Cases whose clocks are computed anew in one transaction.
const REFRESHED_MAX: i64 = 500;

/// Versions of day tables that live clocks were reckoned with and that are not today's.
///
/// # Errors
/// A store fault.
pub fn stale_days(tx: &mut Tx<'_>) -> Result<Vec<String>, Fault> {
    let tables = Engine::of(tx)?.tables();
    let mut stale = Vec::new();
    let mut last = String::new();
    // From one version to the next: there are few, and very many clocks.
    loop {
        let (next,): (Option<String>,) = tx.one(
            sql!("SELECT MIN(cal_version) FROM clocks WHERE cal_version <> '' AND cal_version > ?1 /* unscoped: the whole market */"),
            params![last],
        )?;
        let Some(version) = next else { return Ok(stale) };
        if is_stale(&tables, &version) {
            stale.push(version.clone());
        }
        last = version;
    }
}

/// Whether a clock that was reckoned with `version` was reckoned with other days than these.
pub(super) fn is_stale(tables: &DayTables, version: &str) -> bool {
    !version.is_empty() && !tables.iter().any(|table| table.version() == version)
}

/// Computes the clocks anew that were reckoned with one of [`stale_days`], some cases at a time. Run at the start, before any
/// deadline fires, until it gives none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefreshForDays {
    /// The version that is not today's.
    pub version: String,
    /// Cases up to this one are done.
    pub after: CaseId,
}

impl Command for RefreshForDays {
    type Out = Option<CaseId>;
    const NAME: &'static str = "case.refresh_for_days";

    /// Gives the last case done, none when there was none left.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<CaseId>, Fault> {
        let cases: Vec<(CaseId,)> = tx.all(
            sql!(
                "SELECT DISTINCT case_id FROM clocks WHERE cal_version = ?1 AND cal_version <> '' AND case_id > ?2
                 ORDER BY case_id LIMIT ?3
                 /* unscoped: the whole market */"
            ),
            params![self.version, self.after, REFRESHED_MAX],
        )?;
        clocks::refresh_each(tx, &cases)
    }
}

/// Years of which clocks wait to be told the days, ascending, each with the number of clocks.
///
/// # Errors
/// A store fault.
pub fn awaited_years(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, Fault> {
    let rows: Vec<(String, i64)> = tx.all(
        sql!(
            "SELECT blocked, COUNT(*) FROM clocks WHERE blocked IS NOT NULL AND blocked LIKE 'calendar:%' GROUP BY blocked
             ORDER BY blocked
             /* unscoped: the whole market */"
        ),
        &[],
    )?;
    Ok(rows.into_iter().map(|(blocked, count)| (blocked.replace("calendar:", ""), count)).collect())
}
