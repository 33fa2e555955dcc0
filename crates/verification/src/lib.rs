//! Verification of organisations: registration, what applicants say of themselves, their papers, the review, and the standing that
//! follows from it.

mod acts;
mod commands;
mod consents;
mod detail;
mod effects;
mod error;
mod form;
mod forms;
pub mod http;
mod kind;
mod list;
pub mod papers;
pub mod queries;
mod vocabulary;

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("verification");

xr_store::migrations! { 1955 "verification" }

/// Machine of verifications.
pub const VERIFICATION_MACHINE: &str = include_str!("../machines/verification.toml");

/// The pack that verifications are opened under: rules of a market of businesses.
pub const PACK: &str = "marketplace-b2b";

pub use commands::{AddPaper, Register, Registered, RemovePaper, SaveDraft, SeePaper};
pub use consents::{AGREEMENTS, Consent};
pub use effects::{VerificationEffect, VerificationEffects};
pub use error::Error;
pub use form::{Form, Subject};
pub use forms::SEALED;
pub use kind::VerificationKind;
pub use vocabulary::Verification;
