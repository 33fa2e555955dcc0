//! Use cases of inventory.

pub(crate) mod adjust_stock;
