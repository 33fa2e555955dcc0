//! What the catalogue refuses.

use xr_base::{Coded, Problem, SkuId};

/// Refusals of the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such unit, or not the caller's.
    #[error("no SKU {0}")]
    NoSuchSku(SkuId),
    /// The shop uses the code already.
    #[error("the code {0} is taken")]
    CodeTaken(String),
    /// A value outside its bounds.
    #[error("{field} is out of bounds")]
    OutOfBounds {
        /// The field.
        field: &'static str,
    },
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::NoSuchSku(id) => Problem::new(404, "catalog.no_such_sku").with("id", id),
            Self::CodeTaken(code) => Problem::new(409, "catalog.code_taken").field("code").with("code", code),
            Self::OutOfBounds { field } => Problem::new(422, "catalog.out_of_bounds").field(field),
        }
    }
}
