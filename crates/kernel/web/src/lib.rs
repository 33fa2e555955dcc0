//! What every HTTP slice shares: problems in the caller's language, extractors, access, routes, the live channel, assets.
//!
//! A slice gives `fn routes() -> Routes`; each route is added together with who may call it, so none can be forgotten.

pub mod access;
pub mod app;
pub mod assets;
pub mod body;
mod cross_site;
mod document;
pub mod entropy;
pub mod failure;
mod health;
mod layers;
pub mod live;
mod live_loop;
pub mod metrics;
pub mod paging;
pub mod path;
pub mod routes;
pub mod serve;
pub mod signed;
pub mod state;
pub mod texts;
mod time;
pub mod version;

pub use access::{Access, Authenticator, Caller, Denial, Session, Who};
pub use app::app;
pub use assets::{Asset, Assets};
pub use body::{Empty, JsonBody, NoBody, RawBody, StreamBody};
pub use entropy::{Entropy, OsEntropy};
pub use failure::Failure;
pub use paging::{Page, Paging, QueryOf};
pub use path::{IdPath, IdPath2, TextPath};
pub use routes::{Listed, Routes};
pub use state::{AppState, Parts, WebConfig};
pub use texts::{Catalog, Texts};
pub use version::{IfMatch, Seen, Versioned};

/// Texts of this crate and of the kernels below it.
pub const TEXTS: Catalog = catalog!("web");

#[doc(hidden)]
pub use utoipa_axum;
