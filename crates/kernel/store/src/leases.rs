//! Leases: what one process of several does at a time, until it stops or dies.

use crate::statement::Variant;
use crate::tx::Connection;
use crate::{Tx, params, sql};
use xr_base::{Millis, StoreError};

/// Takes the lease `name` for `holder`, or renews it; gives whether it is held. It ends by itself after `length` of wall time.
///
/// The row stays locked until the commit, so two holders never work at once even if their clocks disagree.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn take(tx: &mut Tx<'_>, name: &str, holder: &str, length: Millis) -> Result<bool, StoreError> {
    let wall = tx.wall();
    tx.put(
        sql!(
            "INSERT INTO leases (name, holder, fence, until_ms) VALUES (?1, '', 0, 0)
             ON CONFLICT (name) DO NOTHING /* unscoped: leases of nodes */"
        ),
        params![name],
    )?;
    let held = tx.exec(
        sql!(
            "UPDATE leases SET fence = CASE WHEN holder = ?1 THEN fence ELSE fence + 1 END, holder = ?1, until_ms = ?2
             WHERE name = ?4 AND (holder = ?1 OR until_ms < ?3) /* unscoped: leases of nodes */"
        ),
        params![holder, wall + length, wall, name],
    )?;
    Ok(held == 1)
}

/// Renews the lease `name` if nobody else took it since `holder` did, even if it has ended; gives whether it is held. For
/// steps of work that was begun under the lease: whoever lost it must not take it back in the middle.
///
/// # Errors
/// [`StoreError`] of the engine.
pub fn renew(tx: &mut Tx<'_>, name: &str, holder: &str, length: Millis) -> Result<bool, StoreError> {
    let wall = tx.wall();
    let held = tx.exec(
        sql!("UPDATE leases SET until_ms = ?3 WHERE name = ?1 AND holder = ?2 /* unscoped: leases of nodes */"),
        params![name, holder, wall + length],
    )?;
    Ok(held == 1)
}

/// Fails the open transaction on PostgreSQL ([`Clash::Fenced`](xr_base::Clash)) unless `holder` has the lease `name`, whenever it ends: the
/// division by nothing travels with the commit and costs no trip of its own.
pub(crate) fn hold(conn: &mut dyn Connection, name: &str, holder: &str) -> Result<(), StoreError> {
    conn.put(
        sql!("SELECT 1 / COUNT(*) FROM leases WHERE name = ?1 AND holder = ?2 /* unscoped: leases of nodes */"),
        Variant::Plain,
        params![name, holder],
    )
}
