//! Reading exports.

use crate::model::ExportRow;
use xr_base::{ExportId, Fault, OrgId, Scope};
use xr_store::{Tx, params, sql};

/// An export that `scope` may see.
pub(crate) fn export(tx: &mut Tx<'_>, scope: Scope, id: ExportId) -> Result<Option<ExportRow>, Fault> {
    Ok(tx.opt_scoped(
        sql!(
            "SELECT e.id, e.merchant_org, e.asked_by, e.asked_at, e.locale, e.format, e.is_plain, e.sealed_filter, e.state, e.fence,
             e.cursor_id, e.orders_done, e.orders_all, e.row_count, e.size_bytes, e.draft, e.failure, e.ended_at, e.expires_at
             FROM (SELECT order_exports.*, CAST(NULL AS BIGINT) AS buyer_id FROM order_exports) e
             WHERE {ORG:e.} AND e.id = ?2"
        ),
        scope,
        params![id],
    )?)
}

/// Exports that `scope` may see, the newest first, below `before`.
pub(crate) fn exports(tx: &mut Tx<'_>, scope: Scope, before: i64, limit: i64) -> Result<Vec<ExportRow>, Fault> {
    Ok(tx.all_scoped(
        sql!(
            "SELECT e.id, e.merchant_org, e.asked_by, e.asked_at, e.locale, e.format, e.is_plain, e.sealed_filter, e.state, e.fence,
             e.cursor_id, e.orders_done, e.orders_all, e.row_count, e.size_bytes, e.draft, e.failure, e.ended_at, e.expires_at
             FROM (SELECT order_exports.*, CAST(NULL AS BIGINT) AS buyer_id FROM order_exports) e
             WHERE {ORG:e.} AND e.id < ?2 ORDER BY e.id DESC LIMIT ?3"
        ),
        scope,
        params![before, limit],
    )?)
}

/// Exports of an organisation that are to be written, and those whose file it keeps.
pub(crate) fn counts(tx: &mut Tx<'_>, org: Option<OrgId>) -> Result<(i64, i64), Fault> {
    Ok(tx.one(
        sql!(
            "SELECT COALESCE(SUM(CASE WHEN state = 'done' THEN 0 ELSE 1 END), 0),
             COALESCE(SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END), 0) FROM order_exports
             WHERE COALESCE(merchant_org, 0) = ?1 AND state IN ('waiting', 'running', 'done')
             /* unscoped: the organisation is a parameter */"
        ),
        params![org.map_or(0, |org| org.0)],
    )?)
}
