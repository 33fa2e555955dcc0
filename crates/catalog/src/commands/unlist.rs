//! Taking a unit off sale.

use xr_base::{Fault, SkuId};
use xr_case::engine::Grant;
use xr_store::{Tx, params, sql};

/// Takes a unit off sale inside another use case; orders that have it keep it. Importers of histories do so with everything
/// they add: what was sold elsewhere once is not offered here.
///
/// # Errors
/// A store fault.
pub fn unlist(tx: &mut Tx<'_>, _grant: &Grant<'_>, sku: SkuId) -> Result<(), Fault> {
    tx.put(sql!("UPDATE skus SET listed = 0 WHERE id = ?1 /* unscoped: after authorisation */"), params![sku])?;
    Ok(())
}
