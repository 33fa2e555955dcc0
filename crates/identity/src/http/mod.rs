//! Routes of identity: thin, no decisions.

mod members;
mod roles;
mod second_factor;
mod session;
mod views;

use std::sync::Arc;
use xr_base::Fault;
use xr_web::utoipa_axum::routes;
use xr_web::{Access, AppState, Routes};

use crate::Identity;
use crate::commands::PERMISSION;

/// Who administers members and roles of their organisation.
const MEMBERS: Access = Access::May(PERMISSION);

/// Everything under `/v1/session`, `/v1/sessions`, `/v1/me`, `/v1/shops`, `/v1/members`, `/v1/roles` and `/v1/permissions`.
pub fn routes() -> Routes {
    Routes::new()
        .add(Access::Public, routes!(session::log_in))
        .add(Access::SignedIn, routes!(session::log_out, session::show))
        .add(Access::SignedIn, routes!(session::list, session::revoke_others))
        .add(Access::SignedIn, routes!(session::revoke))
        .add(Access::SignedIn, routes!(session::change_me))
        .add(Access::SignedIn, routes!(session::change_password))
        .add(Access::SignedIn, routes!(second_factor::show, second_factor::begin))
        .add(Access::SignedIn, routes!(second_factor::confirm))
        .add(Access::SignedIn, routes!(second_factor::renew))
        .add(Access::SignedIn, routes!(second_factor::remove))
        .add(Access::SignedIn, routes!(views::shops))
        .add(MEMBERS, routes!(members::list, members::add))
        .add(MEMBERS, routes!(members::change))
        .add(MEMBERS, routes!(second_factor::reset))
        .add(MEMBERS, routes!(roles::list, roles::add))
        .add(MEMBERS, routes!(roles::change, roles::delete))
        .add(MEMBERS, routes!(roles::permissions))
}

fn identity(state: &AppState) -> Result<&Identity, Fault> {
    state.ext::<Arc<Identity>>().map(Arc::as_ref)
}
