//! Reading stock.

use crate::claims::{self, Claim};
use serde::Serialize;
use xr_base::{CaseId, Fault, SkuId};
use xr_store::{Tx, params, record, sql};

record! {
    /// Stock of one unit.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
    pub struct Stock {
        /// In the warehouse.
        pub on_hand: i64,
        /// Promised to cases.
        pub reserved: i64,
    }
}

impl Stock {
    /// What can still be promised.
    pub fn available(self) -> i64 {
        self.on_hand - self.reserved
    }
}

/// Stock of a unit; none when it is not kept.
///
/// # Errors
/// A store fault.
pub fn stock(tx: &mut Tx<'_>, sku: SkuId) -> Result<Option<Stock>, Fault> {
    Ok(tx.opt(
        sql!("SELECT on_hand, reserved FROM stock WHERE sku_id = ?1 /* unscoped: availability is public */"),
        params![sku],
    )?)
}

/// Claims of a case, for callers that have authorised.
///
/// # Errors
/// A store fault.
pub fn claims(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Claim>, Fault> {
    claims::of_case(tx, case)
}

/// Units whose guard columns differ from their ledger, or are negative: always empty (invariant 5).
///
/// # Errors
/// A store fault.
pub fn broken(tx: &mut Tx<'_>) -> Result<Vec<SkuId>, Fault> {
    let rows: Vec<(SkuId,)> = tx.all(
        sql!(
            "SELECT s.sku_id FROM stock s LEFT JOIN (
                SELECT sku_id, CAST(SUM(on_hand_delta) AS BIGINT) AS on_hand, CAST(SUM(reserved_delta) AS BIGINT) AS reserved
                FROM stock_ledger GROUP BY sku_id) l ON l.sku_id = s.sku_id
             LEFT JOIN (SELECT sku_id, CAST(SUM(reserved) AS BIGINT) AS reserved FROM stock_claims GROUP BY sku_id) c
                ON c.sku_id = s.sku_id
             WHERE s.on_hand <> COALESCE(l.on_hand, 0) OR s.reserved <> COALESCE(l.reserved, 0)
                OR s.reserved <> COALESCE(c.reserved, 0) OR s.reserved < 0 OR s.on_hand < s.reserved
             /* unscoped: an invariant over everything */"
        ),
        &[],
    )?;
    Ok(rows.into_iter().map(|(sku,)| sku).collect())
}
