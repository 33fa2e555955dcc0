//! Words of payments and refunds.

use xr_case::kind;

kind! {
    /// Words of a payment.
    pub Payment = "payment" {
        events {
            Submit = "submit", Cancel = "cancel", LateCaptured = "late_captured", Authorized = "authorized",
            Captured = "captured", Declined = "declined", BillPresent = "bill_present", Capture = "capture",
            Settle = "settle", RefundPosted = "refund_posted", Chargeback = "chargeback", Accept = "accept",
            Lost = "lost", Won = "won", Expire = "expire", Query = "query", BillAbsent = "bill_absent",
            Archive = "archive",
        }
        facts {
            payable_due: instant "when the payable stops waiting for money",
            payable_open: bool "the payable still waits for money",
            is_fully_refunded: bool "everything captured went back",
            was_settled: bool "the merchant was paid before",
        }
        tags { "open", "undecided", "holds_money", "ended_good", "ended_bad" }
    }
}

kind! {
    /// Words of a refund.
    pub Refund = "refund" {
        events {
            Cancel = "cancel", Succeeded = "succeeded", Failed = "failed", BillPresent = "bill_present",
            Hurry = "hurry", Resend = "resend", PaidOut = "paid_out", Send = "send", Query = "query",
            BillAbsent = "bill_absent", GiveUp = "give_up", AdvanceFromFloat = "advance_from_float",
        }
        facts {
            attempts: int "how often it was sent to the provider",
            is_owed: bool "a decided case waits for this money",
        }
        tags { "open", "ended_good", "ended_bad" }
    }
}
