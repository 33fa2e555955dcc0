//! Routes of the catalogue.

use crate::model::Sku;
use crate::queries;
use axum::Json;
use axum::extract::State;
use xr_base::ShopId;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Failure, IdPath, Page, Paging, Routes, Who};

/// What shops sell.
pub fn routes() -> Routes {
    Routes::new().add(Access::SignedIn, routes!(skus))
}

/// Listed units of a shop.
#[utoipa::path(
    get, path = "/v1/shops/{id}/skus", tag = "catalog",
    params(
        ("id" = String, Path), ("after" = Option<String>, Query),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Object)),
)]
async fn skus(
    State(state): State<AppState>,
    _who: Who,
    IdPath(shop): IdPath<ShopId>,
    paging: Paging,
) -> Result<Json<Page<Sku>>, Failure> {
    let (after, fetch) = (paging.after::<i64>()?.unwrap_or(0), paging.fetch());
    let found = state.store().read(move |tx| queries::listed(tx, shop, after, fetch)).await?;
    Ok(Json(Page::cut(found, &paging, |sku| sku.id.0)))
}
