//! What payments refuse.

use xr_base::{CaseId, Coded, Money, Problem};

/// Refusals of payments.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No payment or refund with this id.
    #[error("no payment {0}")]
    NoSuchPayment(CaseId),
    /// More than what is left.
    #[error("refund of {asked} exceeds the {left} still refundable")]
    TooMuch {
        /// Asked.
        asked: Money,
        /// Left.
        left: Money,
    },
    /// Nothing was captured that could go back.
    #[error("nothing is refundable")]
    NothingRefundable,
    /// The provider reports another amount than was asked for.
    #[error("the notice is about {told}, the payment about {wanted}")]
    AmountDiffers {
        /// In the notice.
        told: Money,
        /// In the payment.
        wanted: Money,
    },
    /// A signature that does not fit the body, or is too old.
    #[error("the signature is not valid")]
    BadSignature,
    /// A notice id that was used for another body.
    #[error("the notice id was used for another body")]
    NoticeReused,
    /// An amount outside 1..=10^12 minor units.
    #[error("amount {0} is out of bounds")]
    Amount(i64),
    /// Legs that do not add up; a mistake of ours.
    #[error("the legs of {0} do not add up to zero")]
    Unbalanced(String),
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::NoSuchPayment(id) => Problem::new(404, "payments.not_found").with("id", id),
            Self::TooMuch { asked, left } => {
                Problem::new(409, "payments.too_much").field("amount_minor").with("asked", asked).with("left", left)
            }
            Self::NothingRefundable => Problem::new(409, "payments.nothing_refundable"),
            Self::AmountDiffers { told, wanted } => Problem::new(422, "payments.amount_differs")
                .field("amount_minor")
                .with("told", told)
                .with("wanted", wanted),
            Self::BadSignature => Problem::new(401, "payments.bad_signature").field("webhook-signature"),
            Self::NoticeReused => Problem::new(422, "payments.notice_reused").field("webhook-id"),
            Self::Amount(amount) => Problem::new(422, "payments.amount").field("amount_minor").with("amount", amount),
            Self::Unbalanced(key) => Problem::new(500, "payments.unbalanced").with("key", key),
        }
    }
}
