//! Reading the catalogue.

use crate::model::Sku;
use xr_base::{Fault, Scope, ShopId, SkuId};
use xr_store::{Tx, params, sql};

/// The unit, whoever asks: what is listed is public.
///
/// # Errors
/// A store fault.
pub fn sku(tx: &mut Tx<'_>, id: SkuId) -> Result<Option<Sku>, Fault> {
    Ok(tx.opt(
        sql!(
            "SELECT id, merchant_org, shop_id, code, title, spec, unit_price, currency, stock_mode, picture, listed,
             created_at FROM skus WHERE id = ?1 /* unscoped: what is listed is public */"
        ),
        params![id],
    )?)
}

/// The unit with the shop's own code.
///
/// # Errors
/// A store fault.
pub fn sku_by_code(tx: &mut Tx<'_>, shop: ShopId, code: &str) -> Result<Option<Sku>, Fault> {
    Ok(tx.opt(
        sql!(
            "SELECT id, merchant_org, shop_id, code, title, spec, unit_price, currency, stock_mode, picture, listed,
             created_at FROM skus WHERE shop_id = ?1 AND code = ?2 /* unscoped: importers name their shop */"
        ),
        params![shop, code],
    )?)
}

/// Units with this code, of any shop of the merchant or of the platform; a hundred at most.
///
/// # Errors
/// A store fault.
pub fn with_code(tx: &mut Tx<'_>, scope: Scope, code: &str) -> Result<Vec<SkuId>, Fault> {
    let org = if let Scope::Merchant(org) = scope { org.0 } else { 0 };
    let rows: Vec<(SkuId,)> = tx.all(
        sql!(
            "SELECT id FROM skus WHERE code = ?1 AND (CAST(?2 AS BIGINT) = 0 OR merchant_org = ?2) LIMIT 100
             /* unscoped: ids only, callers authorise */"
        ),
        params![code, org],
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Listed units of a shop after `after` in order of id, at most `limit`.
///
/// # Errors
/// A store fault.
pub fn listed(tx: &mut Tx<'_>, shop: ShopId, after: i64, limit: i64) -> Result<Vec<Sku>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, merchant_org, shop_id, code, title, spec, unit_price, currency, stock_mode, picture, listed,
             created_at FROM skus WHERE shop_id = ?1 AND listed = 1 AND id > ?2 ORDER BY id LIMIT ?3
             /* unscoped: what is listed is public */"
        ),
        params![shop, after, limit],
    )?)
}
