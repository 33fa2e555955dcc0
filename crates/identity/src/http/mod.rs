//! Routes of identity: thin, no decisions.

mod session;
mod views;

use std::sync::Arc;
use xr_base::Fault;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Routes};

use crate::Identity;

/// Everything under `/v1/session`, `/v1/sessions`, `/v1/me` and `/v1/shops`.
pub fn routes() -> Routes {
    Routes::new()
        .add(Access::Public, routes!(session::log_in))
        .add(Access::SignedIn, routes!(session::log_out, session::show))
        .add(Access::SignedIn, routes!(session::list, session::revoke_others))
        .add(Access::SignedIn, routes!(session::revoke))
        .add(Access::SignedIn, routes!(session::change_me))
        .add(Access::SignedIn, routes!(session::change_password))
        .add(Access::SignedIn, routes!(views::shops))
}

fn identity(state: &AppState) -> Result<&Identity, Fault> {
    state.ext::<Arc<Identity>>().map(Arc::as_ref)
}
