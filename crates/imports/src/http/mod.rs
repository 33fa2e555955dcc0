//! Routes of the import desk: thin, no decisions.

mod files;
mod runs;
mod sources;
mod views;

use crate::desk::commands::PERMISSION;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, Routes};

/// Largest file that is taken, in bytes.
pub const FILE_BYTES_MAX: usize = 64 << 20;

/// Who may see that there are imports; what stands in their files is the merchant's own.
const READ: Access = Access::MayAny(&[PERMISSION, "platform.orders"]);
const MANAGE: Access = Access::May(PERMISSION);

/// Files, runs, reports, sources.
pub fn routes() -> Routes {
    Routes::new()
        .add(READ, routes!(runs::imports))
        .add(MANAGE, routes!(files::upload))
        .add(READ, routes!(runs::import))
        .add(MANAGE, routes!(runs::forget))
        .add(MANAGE, routes!(files::preview))
        .add(MANAGE, routes!(files::format))
        .add(MANAGE, routes!(runs::start))
        .add(MANAGE, routes!(runs::rows))
        .add(MANAGE, routes!(runs::report))
        .add(READ, routes!(sources::sources))
        .add(MANAGE, routes!(sources::create))
        .add(MANAGE, routes!(sources::change))
        .add(MANAGE, routes!(sources::products, sources::map_product))
}
