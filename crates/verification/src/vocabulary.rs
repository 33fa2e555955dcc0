//! Words of verifications.

use xr_case::kind;

kind! {
    /// Words of a verification.
    pub Verification = "verification" {
        events {
            Submit = "submit", Approve = "approve", RequestMore = "request_more", Reject = "reject", Resubmit = "resubmit",
            ReportChange = "report_change", UpgradeToEnterprise = "upgrade_to_enterprise", Freeze = "freeze",
            Unfreeze = "unfreeze", Deregister = "deregister", Confirmed = "confirmed", Changed = "changed",
            Documents = "documents", Cancel = "cancel", RequestUnfreeze = "request_unfreeze",
            RequestUnblock = "request_unblock", Unblock = "unblock",
        }
        facts {
            is_complete: bool "every field that the subject needs is filled in well, and a paper of each kind that it needs is there",
            is_upgrade: bool "the draft is of an enterprise, and a person was approved",
            was_approved: bool "the organisation was approved before",
            left_by_choice: bool "the organisation itself asked to leave, from good standing",
            is_blocked: bool "nobody of the organisation may log in, since it was frozen",
            is_backed: bool "somebody of security asked within 24 hours to let them log in again",
            open_cases: int "other open cases of the organisation, counted up to 100",
        }
        tags { "open", "granted", "ended_good", "ended_bad" }
    }
}
