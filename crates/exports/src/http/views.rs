//! What is shown of exports.

use crate::model::{ExportRow, FileFormat, State, Wanted};
use crate::sealed;
use crate::texts::both;
use serde::Serialize;
use xr_base::locale::Text;
use xr_base::{ExportId, Fault, Instant, UserId};
use xr_store::Tx;

/// An export.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ExportView {
    #[schema(value_type = String)]
    pub(super) id: ExportId,
    format: FileFormat,
    /// Whether names, phones and addresses stand there in full.
    is_plain: bool,
    /// Which orders; empty when the file is gone.
    wanted: Wanted,
    shop_name: Option<String>,
    state: State,
    asked_by: String,
    /// Whether the caller asked for it, and so may download and delete it.
    is_own: bool,
    /// Orders written so far, and in all where that is known.
    orders_done: i64,
    orders_all: Option<i64>,
    /// One for each line of an order.
    rows: i64,
    size_bytes: i64,
    /// Why it failed.
    #[schema(value_type = Option<Object>)]
    failure: Option<Text>,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    /// When the file is deleted.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Instant>,
}

/// The export as `user` sees it.
pub(super) fn view(tx: &mut Tx<'_>, row: &ExportRow, user: UserId) -> Result<ExportView, Fault> {
    let wanted = sealed::wanted(tx, row)?;
    let shop = wanted.shop.map(|id| xr_identity::queries::shop(tx, id)).transpose()?.flatten();
    // A shop of somebody else in the filter finds nothing; its name stays theirs as well.
    let shop = shop.filter(|shop| row.merchant_org.is_none_or(|org| org == shop.merchant_org));
    let asker = xr_identity::queries::user(tx, row.asked_by)?;
    Ok(ExportView {
        id: row.id,
        format: row.format,
        is_plain: row.is_plain,
        shop_name: shop.map(|shop| shop.name),
        wanted,
        state: row.state,
        asked_by: asker.map(|user| user.name).unwrap_or_default(),
        is_own: row.asked_by == user,
        orders_done: row.orders_done,
        orders_all: row.orders_all,
        rows: row.row_count,
        size_bytes: row.size_bytes,
        failure: (!row.failure.is_empty()).then(|| both(&row.failure)),
        asked_at: row.asked_at,
        ended_at: row.ended_at,
        expires_at: row.expires_at,
    })
}
