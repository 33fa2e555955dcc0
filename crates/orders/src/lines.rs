//! What happens to the lines of an order after it was placed.

use crate::model::{Line, Tracking};
use crate::{Error, queries};
use xr_base::{CaseId, Fault, Instant, RowId, StoreError};
use xr_case::engine::{self, Grant};
use xr_store::{Tx, params, sql};

/// Counts `quantity` units and `amount_minor` of a line as refunded; when every line is, the order hears `all_refunded`.
///
/// # Errors
/// [`Error::NoSuchLine`], [`Error::TooManyUnits`].
pub fn settle_line(
    tx: &mut Tx<'_>,
    _grant: &Grant<'_>,
    (order, line): (CaseId, RowId),
    quantity: i64,
    amount_minor: i64,
) -> Result<(), Fault> {
    let counted = tx.exec(
        sql!(
            "UPDATE order_lines SET refunded = refunded + ?3, refunded_minor = refunded_minor + ?4
             WHERE id = ?1 AND order_id = ?2 AND refunded + ?3 <= quantity /* unscoped: after authorisation */"
        ),
        params![line, order, quantity, amount_minor],
    )?;
    if counted == 0 {
        return Err(Error::TooManyUnits(line).into());
    }
    let (open,): (i64,) = tx.one(
        sql!(
            "SELECT COUNT(*) FROM order_lines WHERE order_id = ?1 AND refunded < quantity
             /* unscoped: after authorisation */"
        ),
        params![order],
    )?;
    if open == 0 {
        engine::enqueue(tx, order, "all_refunded")?;
    }
    Ok(())
}

/// Takes `quantity` units of a line off what is still to be shipped and releases their stock; units that left stay as they are.
///
/// # Errors
/// [`Error::NoSuchLine`].
pub fn stop_line(
    tx: &mut Tx<'_>,
    grant: &Grant<'_>,
    (order, line): (CaseId, RowId),
    quantity: i64,
) -> Result<(), Fault> {
    let found = queries::line(tx, order, line)?.ok_or(Error::NoSuchLine(line))?;
    let stopped = quantity.min(found.unshipped()).max(0);
    if stopped == 0 {
        return Ok(());
    }
    // Compare-and-set: what is shipped meanwhile cannot be stopped any more.
    let done = tx.exec(
        sql!(
            "UPDATE order_lines SET stopped = stopped + ?2 WHERE id = ?1 AND shipped = ?3 AND stopped = ?4
             /* unscoped: after authorisation */"
        ),
        params![line, stopped, found.shipped, found.stopped],
    )?;
    StoreError::compared(done, "the line")?;
    xr_inventory::release_units(tx, grant, order, found.sku_id, stopped)
}

/// Takes all that is still to be shipped off the order and counts it as refunded; gives the money of it.
pub(crate) fn stop_rest(tx: &mut Tx<'_>, order: CaseId) -> Result<i64, Fault> {
    let lines = queries::lines(tx, order)?;
    let nothing_left = lines.iter().all(|l| l.shipped == 0);
    let mut owed = 0;
    for line in lines.iter().filter(|l| l.unshipped() > 0) {
        owed += stop_whole(tx, line, nothing_left)?;
    }
    Ok(owed)
}

fn stop_whole(tx: &mut Tx<'_>, line: &Line, with_freight: bool) -> Result<i64, Fault> {
    let units = line.unshipped();
    // Units whose money went back already are not paid twice.
    let unpaid = units.min(line.quantity - line.refunded);
    let amount = line.share(line.refunded, unpaid, with_freight);
    let done = tx.exec(
        sql!(
            "UPDATE order_lines SET stopped = stopped + ?2, refunded = refunded + ?3, refunded_minor = refunded_minor + ?4
             WHERE id = ?1 AND shipped = ?5 AND stopped = ?6 AND refunded = ?7 /* unscoped: after authorisation */"
        ),
        params![line.id, units, unpaid, amount, line.shipped, line.stopped, line.refunded],
    )?;
    StoreError::compared(done, "the line")?;
    Ok(amount)
}

/// Marks an order stalled whose parcels still count as moving; a scan that came meanwhile stands.
///
/// # Errors
/// A store fault.
pub fn note_stalled(tx: &mut Tx<'_>, order: CaseId) -> Result<bool, Fault> {
    let noted = tx.exec(
        sql!("UPDATE orders SET tracking = ?2 WHERE case_id = ?1 AND tracking = ?3 /* unscoped: house-keeping */"),
        params![order, Tracking::Stalled, Tracking::Moving],
    )?;
    Ok(noted == 1)
}

/// Writes what is known of the order's parcels; a delivery scan sets the clocks that count from it.
///
/// # Errors
/// A store fault.
pub fn set_tracking(
    tx: &mut Tx<'_>,
    order: CaseId,
    tracking: Tracking,
    delivered_at: Option<Instant>,
) -> Result<(), Fault> {
    tx.put(
        sql!(
            "UPDATE orders SET tracking = ?2, delivered_at = COALESCE(?3, delivered_at) WHERE case_id = ?1
             /* unscoped: after verification of the notice */"
        ),
        params![order, tracking, delivered_at],
    )?;
    if delivered_at.is_some() { engine::refresh(tx, order) } else { Ok(()) }
}
