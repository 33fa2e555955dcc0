//! What verification refuses. Codes that guards of the machine name have their texts in `i18n` too.

use xr_base::{Coded, Problem};

/// Refusals of verification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A value is missing, too long or not well formed.
    #[error("bad {field}: {reason}")]
    BadInput {
        /// The field.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not every agreement in force was consented to.
    #[error("no consent to {0}")]
    NoConsent(&'static str),
    /// What is under review, or over, is not changed.
    #[error("nothing can be changed now")]
    NotNow,
    /// Another organisation stands under this number.
    #[error("the number is taken")]
    NumberTaken,
    /// What the reviewer read from the papers is not what the applicant typed in.
    #[error("{0} differs")]
    Differs(&'static str),
    /// Nobody but the organisation and its reviewers sees it.
    #[error("no such paper")]
    NoSuchPaper,
    /// The organisation is in by the operator's hand.
    #[error("no verification")]
    NoVerification,
    /// Not a file that we read, or too large.
    #[error("bad paper: {0}")]
    BadPaper(&'static str),
    /// Enough is enough.
    #[error("more than {0} papers")]
    TooManyPapers(i64),
}

impl Error {
    /// An input that cannot be taken.
    pub(crate) fn input(field: &str, reason: impl std::fmt::Display) -> Self {
        Self::BadInput { field: field.to_owned(), reason: reason.to_string() }
    }
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::BadInput { field, reason } => {
                Problem::new(422, "verification.bad_input").field(field).with("field", field).with("reason", reason)
            }
            Self::NoConsent(agreement) => {
                Problem::new(422, "verification.no_consent").field("agreements").with("agreement", agreement)
            }
            Self::NotNow => Problem::new(409, "verification.not_now"),
            Self::NumberTaken => Problem::new(409, "verification.number_taken").field("code"),
            Self::Differs(field) => {
                Problem::new(422, "verification.differs").field(&format!("input/{field}")).with("field", field)
            }
            Self::NoSuchPaper => Problem::new(404, "verification.no_such_paper"),
            Self::NoVerification => Problem::new(404, "verification.no_verification"),
            Self::BadPaper(reason) => Problem::new(422, "verification.bad_paper").with("reason", reason),
            Self::TooManyPapers(max) => Problem::new(409, "verification.too_many_papers").with("max", max),
        }
    }
}
