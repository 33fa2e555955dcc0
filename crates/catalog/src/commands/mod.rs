//! Use cases of the catalogue.

pub(crate) mod create_sku;
pub(crate) mod unlist;
