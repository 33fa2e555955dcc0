//! Payments: collecting money for a payable, giving it back, and the ledger that both are written in.
//!
//! Payments know only an opaque [`PayableRef`]; the payable is the parent case of the payment.

mod commands;
mod effects;
mod error;
pub mod http;
pub mod ledger;
mod model;
pub mod notices;
mod payment;
pub mod queries;
mod refund;
mod relive;
mod vocabulary;

/// Texts of this slice's problems.
pub const TEXTS: xr_web::Catalog = xr_web::catalog!("payments");

xr_store::migrations! { 1500 "payments", 1510 "outcomes", 1520 "resting" }

/// Machine of payments.
pub const PAYMENT_MACHINE: &str = include_str!("../machines/payment.toml");
/// Machine of refunds.
pub const REFUND_MACHINE: &str = include_str!("../machines/refund.toml");

pub use commands::resend_refund::ResendRefund;
pub use commands::take_notice::{Notice, NoticeKind, TakeNotice, Taken};
pub use effects::{PaymentsEffect, PaymentsEffects};
pub use error::Error;
pub use model::{PayableRef, PaymentRow, RefundRow};
pub use payment::{NewPayment, PaymentKind, open_payment};
pub use refund::{NewRefund, RefundKind, open_refund, refund_whatever_is_left};
pub use relive::{relive_refund, relived_success};
pub use vocabulary::{Payment, Refund};
