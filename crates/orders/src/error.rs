//! What orders refuse.

use xr_base::{CaseId, Coded, Problem, RowId, SkuId};

/// Refusals of orders.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such order, or not the caller's.
    #[error("no order {0}")]
    NoSuchOrder(CaseId),
    /// No such line in the order.
    #[error("no line {0}")]
    NoSuchLine(RowId),
    /// No such unit in this shop, or not listed.
    #[error("no SKU {sku} in this shop")]
    NoSuchSku {
        /// Place in the request.
        index: usize,
        /// The unit.
        sku: SkuId,
    },
    /// The unit is sold in another currency.
    #[error("line {index} is sold in another currency")]
    ForeignCurrency {
        /// Place in the request.
        index: usize,
    },
    /// No lines, or too many.
    #[error("an order has 1 to {0} lines")]
    LineCount(usize),
    /// A quantity outside 1..=9,999.
    #[error("quantity {quantity} of line {index}")]
    Quantity {
        /// Place in the request.
        index: usize,
        /// What was asked.
        quantity: i64,
    },
    /// A field outside its bounds.
    #[error("{0} is out of bounds")]
    Field(&'static str),
    /// The order would cost nothing, or more than money can count.
    #[error("an order must cost something")]
    NothingToPay,
    /// A shipment of more units than are left.
    #[error("line {0} has fewer units left")]
    TooManyUnits(RowId),
    /// Somebody else has changed the remark meanwhile.
    #[error("the remark was changed meanwhile")]
    RemarkChanged,
    /// Input of an act that does not fit its form.
    #[error("input: {0}")]
    Input(String),
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::NoSuchOrder(id) => Problem::new(404, "orders.not_found").with("id", id),
            Self::RemarkChanged => Problem::new(409, "orders.remark_changed"),
            Self::NoSuchLine(id) => Problem::new(404, "orders.no_such_line").with("id", id),
            Self::NoSuchSku { index, sku } => {
                Problem::new(422, "orders.no_such_sku").field(&format!("lines/{index}/sku")).with("sku", sku)
            }
            Self::ForeignCurrency { index } => {
                Problem::new(422, "orders.foreign_currency").field(&format!("lines/{index}/sku"))
            }
            Self::LineCount(max) => Problem::new(422, "orders.line_count").field("lines").with("max", max),
            Self::Quantity { index, quantity } => Problem::new(422, "orders.quantity")
                .field(&format!("lines/{index}/quantity"))
                .with("quantity", quantity),
            Self::Field(field) => Problem::new(422, "orders.field").field(field),
            Self::NothingToPay => Problem::new(422, "orders.nothing_to_pay").field("lines"),
            Self::TooManyUnits(line) => {
                Problem::new(409, "orders.too_many_units").field("input/lines").with("line", line)
            }
            Self::Input(reason) => Problem::new(422, "orders.input").field("input").with("reason", reason),
        }
    }
}
