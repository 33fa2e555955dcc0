//! Sending a failed refund again.

use xr_base::{Actor, CaseId, Fault};
use xr_case::engine::{Act, act};
use xr_store::{Command, Tx, jobs};

/// Fires `resend` for a job of kind `refund.resend`; a refund that moved on meanwhile is left alone.
#[derive(Clone, Copy, Debug)]
pub struct ResendRefund {
    /// The refund.
    pub refund: CaseId,
    /// The job that asked for it.
    pub job: xr_base::RowId,
}

impl Command for ResendRefund {
    type Out = bool;
    const NAME: &'static str = "payments.resend_refund";

    fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Fault> {
        jobs::done(tx, self.job)?;
        let input = serde_json::Value::Null;
        let resend =
            Act { actor: &Actor::System, case: self.refund, event: "resend", version: None, input: &input, note: None };
        match act(tx, &resend) {
            Ok(_) => Ok(true),
            Err(Fault::Refused(_)) => Ok(false),
            Err(fault) => Err(fault),
        }
    }
}
