//! What the database knows of a source: its shop, its goods and its buyers.

use std::collections::HashMap;
use xr_base::{Currency, Fault, OrgId, ShopId, SkuId, UserId};
use xr_store::{Tx, params, record, sql};

/// Name of the one source that is read so far.
pub(crate) const NAME: &str = "online-retail";

record! {
    /// A source with its shop.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    pub(crate) struct Source {
        /// Id.
        pub(crate) id: i64,
        /// Merchant of the shop.
        pub(crate) merchant_org: OrgId,
        /// Shop that its orders belong to.
        pub(crate) shop: ShopId,
        /// Currency of its prices.
        pub(crate) currency: Currency,
    }
}

/// The source, once something was imported from it.
pub(crate) fn find(tx: &mut Tx<'_>) -> Result<Option<Source>, Fault> {
    Ok(tx.opt(
        sql!(
            "SELECT id, merchant_org, shop_id, currency FROM import_sources WHERE name = ?1
             /* unscoped: the importer's own rows */"
        ),
        params![NAME],
    )?)
}

/// Product codes in upper case with their units.
pub(crate) fn goods(tx: &mut Tx<'_>, source: i64) -> Result<HashMap<String, SkuId>, Fault> {
    let rows: Vec<(String, SkuId)> = tx.all(
        sql!("SELECT code, sku_id FROM import_skus WHERE source_id = ?1 /* unscoped: the importer's own rows */"),
        params![source],
    )?;
    Ok(rows.into_iter().collect())
}

/// Customer numbers with their buyers.
pub(crate) fn buyers(tx: &mut Tx<'_>, source: i64) -> Result<HashMap<i64, UserId>, Fault> {
    let rows: Vec<(i64, UserId)> = tx.all(
        sql!(
            "SELECT customer, buyer_id FROM import_buyers WHERE source_id = ?1 /* unscoped: the importer's own rows */"
        ),
        params![source],
    )?;
    Ok(rows.into_iter().collect())
}

/// Keys (hash, occurrence) of the rows of an invoice that are stored.
pub(crate) fn stored_rows(tx: &mut Tx<'_>, source: i64, invoice: &str) -> Result<Vec<(i64, i64)>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT row_hash, occurrence FROM import_rows WHERE source_id = ?1 AND invoice = ?2
             /* unscoped: the importer's own rows */"
        ),
        params![source, invoice],
    )?)
}
