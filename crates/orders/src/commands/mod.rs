//! Use cases of orders.

pub(crate) mod place_order;
