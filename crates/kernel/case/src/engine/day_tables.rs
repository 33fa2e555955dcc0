//! Clocks that were reckoned with other day tables than today's: a year was loaded, or a day was corrected (decision D7).

use super::{Engine, clocks};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xr_base::calendar::{Calendar, DayTables};
use xr_base::{CaseId, Fault, StoreError};
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

/// A year of a region whose days clocks wait to be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Awaited {
    /// Region, e.g. `cn`.
    pub region: String,
    /// Year.
    pub year: i64,
    /// How many clocks.
    pub clocks: i64,
}

/// Years that clocks wait for, by region and year.
///
/// # Errors
/// A store fault; a clock whose calendar cannot be read.
pub fn awaited_years(tx: &mut Tx<'_>) -> Result<Vec<Awaited>, Fault> {
    let rows: Vec<(String, String, i64)> = tx.all(
        sql!(
            "SELECT blocked, cal, COUNT(*) FROM clocks WHERE blocked IS NOT NULL AND blocked LIKE 'calendar:%'
             GROUP BY blocked, cal
             /* unscoped: the whole market */"
        ),
        &[],
    )?;
    let mut awaited: BTreeMap<(String, i64), i64> = BTreeMap::new();
    for (blocked, calendar, clocks) in rows {
        let place =
            place(&blocked, &calendar).ok_or_else(|| StoreError::Corrupt(format!("{blocked} in {calendar}")))?;
        *awaited.entry(place).or_default() += clocks;
    }
    Ok(awaited.into_iter().map(|((region, year), clocks)| Awaited { region, year, clocks }).collect())
}

/// Region and year of a clock that waits: `calendar:cn/2027`. Clocks of earlier programs say `calendar:2027`; then the calendar knows.
fn place(blocked: &str, calendar: &str) -> Option<(String, i64)> {
    let place = blocked.strip_prefix("calendar:")?;
    if let Some((region, year)) = place.split_once('/') {
        return Some((region.to_owned(), year.parse().ok()?));
    }
    Some((calendar.parse::<Calendar>().ok()?.region().to_owned(), place.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_waits_names_region_and_year_and_an_earlier_one_is_understood() {
        let told = |blocked| place(blocked, "working-days region cn").map(|(region, year)| format!("{region} {year}"));
        assert_eq!(told("calendar:xx/2027").as_deref(), Some("xx 2027"));
        assert_eq!(told("calendar:2027").as_deref(), Some("cn 2027"));
        assert_eq!((told("paused"), told("calendar:")), (None, None));
    }
}
