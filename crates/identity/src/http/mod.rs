//! Routes of identity: thin, no decisions.

mod api_keys;
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
use crate::commands::{KEYS_PERMISSION, PERMISSION};

/// Who administers members and roles of their organisation.
const MEMBERS: Access = Access::May(PERMISSION);
/// Who makes and revokes keys of the open API.
const KEYS: Access = Access::May(KEYS_PERMISSION);

/// Everything under `/v1/session`, `/v1/sessions`, `/v1/me`, `/v1/shops`, `/v1/members`, `/v1/roles`, `/v1/permissions` and
/// `/v1/api-keys`.
pub fn routes() -> Routes {
    Routes::new()
        .add(Access::Public, routes!(session::log_in))
        .add(Access::SignedIn, routes!(session::show))
        .add(Access::Person, routes!(session::log_out))
        .add(Access::Person, routes!(session::list, session::revoke_others))
        .add(Access::Person, routes!(session::revoke))
        .add(Access::Person, routes!(session::change_me))
        .add(Access::Person, routes!(session::change_password))
        .add(Access::Person, routes!(second_factor::show, second_factor::begin))
        .add(Access::Person, routes!(second_factor::confirm))
        .add(Access::Person, routes!(second_factor::renew))
        .add(Access::Person, routes!(second_factor::remove))
        .add(Access::SignedIn, routes!(views::shops))
        .add(MEMBERS, routes!(members::list, members::add))
        .add(MEMBERS, routes!(members::change))
        .add(MEMBERS, routes!(second_factor::reset))
        .add(KEYS, routes!(api_keys::list, api_keys::make))
        .add(KEYS, routes!(api_keys::revoke))
        .add(MEMBERS, routes!(roles::list, roles::add))
        .add(MEMBERS, routes!(roles::change, roles::delete))
        .add(Access::MayAny(&[PERMISSION, KEYS_PERMISSION]), routes!(roles::permissions))
}

fn identity(state: &AppState) -> Result<&Identity, Fault> {
    state.ext::<Arc<Identity>>().map(Arc::as_ref)
}
