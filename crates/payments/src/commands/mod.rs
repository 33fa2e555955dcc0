//! Use cases of payments.

pub(crate) mod resend_refund;
pub(crate) mod take_notice;
