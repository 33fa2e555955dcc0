//! Organisations, people, shops, log-in and sessions.

pub mod api_keys;
pub mod commands;
mod denials;
mod device;
mod enrolment;
mod error;
pub mod http;
mod identity;
pub mod log_in_block;
pub mod model;
pub mod password;
pub mod queries;
pub mod roles;
pub mod second_factor;
pub mod standing;
mod throttle;
pub mod totp;

pub use device::Device;
pub use error::Error;
pub use identity::{Credentials, Identity};
pub use roles::Roles;
pub use standing::{Standing, Trade};

xr_store::migrations! { 1200 "identity", 1210 "members", 1220 "devices", 1230 "second_factors", 1240 "api_keys", 1950 "standing",
1970 "log_in_blocks" }

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("identity");

/// Whether `actor` may do what needs `permission`. The product itself may do everything; providers nothing here.
///
/// # Errors
/// 403 `web.forbidden` with the permission's word.
pub fn authorise(actor: &xr_base::Actor, permission: &str) -> Result<(), xr_base::Problem> {
    let is_allowed = match actor {
        xr_base::Actor::Person(principal) => principal.may(permission),
        xr_base::Actor::System => true,
        xr_base::Actor::Provider { .. } | xr_base::Actor::Clock => false,
    };
    let refusal = || xr_base::Problem::new(403, "web.forbidden").with("permission", permission);
    if is_allowed { Ok(()) } else { Err(refusal()) }
}
