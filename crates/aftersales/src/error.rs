//! What after-sales refuses. Codes that guards of machines name have their texts in `i18n` too.

use xr_base::{Coded, Instant, Problem};

/// Refusals of after-sales.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input of an act or command cannot be read, or a value is out of its bounds.
    #[error("bad {field}: {reason}")]
    BadInput {
        /// The field, a JSON pointer without the leading slash.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The order has no such line.
    #[error("no such line")]
    NoSuchLine,
    /// The order does not wait for goods or a window to close any more, or not yet.
    #[error("the order is not open for after-sales")]
    OrderNotOpen,
    /// Return and exchange need goods that were shipped.
    #[error("only {shipped} were shipped")]
    NotShipped {
        /// Units of the line that were shipped.
        shipped: i64,
    },
    /// More than is left of the line.
    #[error("only {left} are left")]
    QuantityTooHigh {
        /// Units neither refunded nor under another open case.
        left: i64,
    },
    /// The amount is not within 1 and the line's share.
    #[error("the amount is not within 1..={most}")]
    AmountOutOfRange {
        /// Most that may be asked, minor units.
        most: i64,
    },
    /// One open case of a kind for each line.
    #[error("the line has an open case of this kind")]
    CaseExists,
    /// The picture is not there, or somebody else sent it in.
    #[error("no picture {0}")]
    NoSuchPicture(String),
    /// A case takes 50 pieces of evidence from each party.
    #[error("too much evidence")]
    TooMuchEvidence,
    /// The case has ended.
    #[error("the case has ended")]
    Ended,
    /// A contact cannot lie ahead, nor before the application.
    #[error("a contact at {0} is out of range")]
    ContactTime(Instant),
    /// Not a picture that we read, or too large.
    #[error("bad picture: {0}")]
    BadPicture(&'static str),
}

impl Error {
    /// An input that cannot be read.
    pub(crate) fn input(field: &str, reason: impl std::fmt::Display) -> Self {
        Self::BadInput { field: field.to_owned(), reason: reason.to_string() }
    }
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::BadInput { field, reason } => {
                Problem::new(422, "aftersales.bad_input").field(field).with("field", field).with("reason", reason)
            }
            Self::NoSuchLine => Problem::new(404, "aftersales.no_such_line").field("line"),
            Self::OrderNotOpen => Problem::new(409, "aftersales.order_not_open").field("order"),
            Self::NotShipped { shipped } => {
                Problem::new(409, "aftersales.not_shipped").field("quantity").with("shipped", shipped)
            }
            Self::QuantityTooHigh { left } => {
                Problem::new(422, "aftersales.quantity_too_high").field("quantity").with("left", left)
            }
            Self::AmountOutOfRange { most } => {
                Problem::new(422, "aftersales.amount_out_of_range").field("amount_minor").with("most_minor", most)
            }
            Self::CaseExists => Problem::new(409, "aftersales.case_exists").field("line"),
            Self::NoSuchPicture(sha256) => {
                Problem::new(422, "aftersales.no_such_picture").field("photos").with("sha256", sha256)
            }
            Self::TooMuchEvidence => Problem::new(409, "aftersales.too_much_evidence").field("photos"),
            Self::Ended => Problem::new(409, "aftersales.ended"),
            Self::ContactTime(at) => Problem::new(422, "aftersales.contact_time").field("at").with("at", at),
            Self::BadPicture(reason) => Problem::new(422, "aftersales.bad_picture").with("reason", reason),
        }
    }
}
