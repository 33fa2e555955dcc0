//! The whole web side: the slices' routes, the system's, pages, and what surrounds them.

use crate::access::Access;
use crate::assets::{Assets, fallback};
use crate::routes::Routes;
use crate::state::AppState;
use crate::{health, layers, live, time};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa_axum::routes;

/// The system's own routes; merged into every app.
pub fn system_routes() -> Routes {
    Routes::new()
        .add(Access::Public, routes!(health::healthz))
        .add(Access::Public, routes!(health::readyz))
        .add(Access::Public, routes!(health::metrics))
        .add(Access::Public, routes!(time::time))
        .add(Access::SignedIn, routes!(live::live))
}

/// The router to serve. `routes` are the slices'; without `assets` every other path is 404.
pub fn app(state: AppState, routes: Routes, assets: Option<Assets>) -> Router {
    let routes = system_routes().merge(routes);
    let document: axum::body::Bytes = routes.document().to_json().unwrap_or_default().into();
    let api = routes
        .into_router()
        .route("/v1/openapi.json", get(|| async move { ([(CONTENT_TYPE, "application/json")], document) }))
        .method_not_allowed_fallback(layers::method_not_allowed);
    let whole = match assets {
        Some(assets) => api.fallback(move |state: State<AppState>, request: Request| fallback(state, assets, request)),
        None => api.fallback(layers::not_found),
    };
    whole.layer(from_fn_with_state(state.clone(), layers::surround)).with_state(state)
}
