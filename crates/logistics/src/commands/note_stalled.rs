//! Parcels that nobody scans any more.

use crate::model::{Direction, Shipment};
use xr_base::{CaseId, Fault, Millis};
use xr_orders::Tracking;
use xr_store::{Command, Tx, params, sql};

/// Without a scan for so long a parcel counts as stalled.
const STALLED_AFTER: Millis = Millis::hours(48);
/// Orders looked at by one run.
const ORDERS_MAX: i64 = 500;

/// House-keeping: writes `stalled` to orders whose parcels were not scanned for 48 hours; gives how many.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoteStalled;

impl Command for NoteStalled {
    type Out = usize;
    const NAME: &'static str = "logistics.note_stalled";

    fn run(&self, tx: &mut Tx<'_>) -> Result<usize, Fault> {
        let before = tx.now() - STALLED_AFTER;
        let mut noted = 0;
        for order in quiet_orders(tx, before)? {
            noted += usize::from(xr_orders::note_stalled(tx, order)?);
        }
        Ok(noted)
    }
}

/// Orders still marked as moving of which no open parcel was scanned since `before`.
fn quiet_orders(tx: &mut Tx<'_>, before: xr_base::Instant) -> Result<Vec<CaseId>, Fault> {
    let rows: Vec<(CaseId,)> = tx.all(
        sql!(
            "SELECT s.case_id FROM shipments s JOIN orders o ON o.case_id = s.case_id JOIN cases c ON c.id = s.case_id
             WHERE s.direction = ?2 AND o.tracking = ?3 AND c.closed_at IS NULL
             GROUP BY s.case_id HAVING MAX(s.last_scan_at) <= ?1 ORDER BY s.case_id LIMIT ?4
             /* unscoped: house-keeping for every organisation */"
        ),
        params![before, Direction::Outbound, Tracking::Moving, ORDERS_MAX],
    )?;
    Ok(rows.into_iter().map(|(order,)| order).collect())
}

/// Whether the parcel was not scanned for 48 hours at `now` and is not at its end.
pub fn is_stalled(parcel: &Shipment, now: xr_base::Instant) -> bool {
    parcel.outcome.is_none() && parcel.last_scan_at.is_some_and(|at| now - at >= STALLED_AFTER)
}
