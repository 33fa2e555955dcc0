//! Clocks that were reckoned with other day tables than today's: a year was loaded, or a day was corrected (decision D7).

use super::{Engine, clocks};
use serde::{Deserialize, Serialize};
use xr_base::{CaseId, Fault};
use xr_store::{Command, Tx, params, sql};

/// Cases whose clocks are computed anew in one transaction.
const REFRESHED_MAX: i64 = 500;

/// Computes the clocks anew that were reckoned with another version of a day table, some cases at a time. Run at the start,
/// before any deadline fires, until it gives none.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RefreshForDays {
    /// Cases up to this one are done.
    pub after: CaseId,
}

impl Command for RefreshForDays {
    type Out = Option<CaseId>;
    const NAME: &'static str = "case.refresh_for_days";

    /// Gives the last case looked at, none when there was none left.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<CaseId>, Fault> {
        let tables = Engine::of(tx)?.tables.clone();
        let rows: Vec<(CaseId, String)> = tx.all(
            sql!(
                "SELECT DISTINCT case_id, cal_version FROM clocks WHERE case_id > ?1 AND cal_version <> ''
                 ORDER BY case_id LIMIT ?2 /* unscoped: the whole market */"
            ),
            params![self.after, REFRESHED_MAX],
        )?;
        for (case, version) in &rows {
            if !tables.iter().any(|table| table.version() == version) {
                clocks::refresh(tx, *case)?;
            }
        }
        Ok(rows.last().map(|(case, _)| *case))
    }
}

/// Years of which clocks wait to be told the days, ascending, each with the number of clocks.
///
/// # Errors
/// A store fault.
pub fn awaited_years(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, Fault> {
    let rows: Vec<(String, i64)> = tx.all(
        sql!(
            "SELECT blocked, COUNT(*) FROM clocks WHERE blocked LIKE 'calendar:%' GROUP BY blocked ORDER BY blocked
             /* unscoped: the whole market */"
        ),
        &[],
    )?;
    Ok(rows.into_iter().map(|(blocked, count)| (blocked.replace("calendar:", ""), count)).collect())
}
