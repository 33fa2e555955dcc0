//! Use cases of orders.

pub(crate) mod change_remark;
pub(crate) mod place_order;
