//! The words of the shipped kinds, read from the capabilities' own files: this crate lies below them and cannot depend on them. Only
//! effects are listed here, because theirs stand beside the code that carries them out.
#![allow(unreachable_pub)]

#[path = "../../../../aftersales/src/vocabulary.rs"]
mod aftersales;
#[path = "../../../../orders/src/vocabulary.rs"]
mod orders;
#[path = "../../../../payments/src/vocabulary.rs"]
mod payments;

use super::{effects, kind};
pub(crate) use aftersales::{Exchange, RefundOnly, ReturnRefund};
pub(crate) use orders::Order;
pub(crate) use payments::{Payment, Refund};

kind! {
    /// Words of `callback`.
    pub(crate) Callback = "callback" {
        events {
            Reached = "reached", NoAnswer = "no_answer", Withdraw = "withdraw", GiveUp = "give_up",
        }
        facts {
            is_urgent: bool "the customer cannot wait",
        }
        tags { "open", "ended_good", "ended_bad", "ended_withdrawn" }
    }
}

kind! {
    /// Words of `verification`.
    pub(crate) Verification = "verification" {
        events {
            Submit = "submit", Approve = "approve", RequestMore = "request_more", Reject = "reject", Resubmit = "resubmit",
            ReportChange = "report_change", UpgradeToEnterprise = "upgrade_to_enterprise", Freeze = "freeze",
            Unfreeze = "unfreeze", Deregister = "deregister", Confirmed = "confirmed", Changed = "changed",
            Documents = "documents", Cancel = "cancel", RequestUnfreeze = "request_unfreeze",
            RequestUnblock = "request_unblock", Unblock = "unblock",
        }
        facts {
            is_complete: bool "as the documentation says",
            is_blocked: bool "as the documentation says",
            is_backed: bool "as the documentation says",
            is_upgrade: bool "as the documentation says",
            was_approved: bool "as the documentation says",
            left_by_choice: bool "as the documentation says",
            open_cases: int "as the documentation says",
        }
        tags { "open", "granted", "ended_good", "ended_bad" }
    }
}

effects! {
    /// What the capabilities do for cases.
    pub(crate) ShopEffects {
        AftersalesAdoptProposal = "aftersales.adopt_proposal" "as the documentation says",
        AftersalesAssignAdjudicator = "aftersales.assign_adjudicator" "as the documentation says",
        AftersalesNotifyReturnAddress = "aftersales.notify_return_address" "as the documentation says",
        AftersalesOpenNewCase = "aftersales.open_new_case" "as the documentation says",
        AftersalesOpenRefund = "aftersales.open_refund" "as the documentation says",
        AftersalesOpenReturnCase = "aftersales.open_return_case" "as the documentation says",
        AftersalesSettleLine = "aftersales.settle_line" "as the documentation says",
        AftersalesStopLine = "aftersales.stop_line" "as the documentation says",
        DeskApologise = "desk.apologise" "as the documentation says",
        DeskRemindOwner = "desk.remind_owner" { word: text } "as the documentation says",
        InventoryCommit = "inventory.commit" "as the documentation says",
        InventoryRelease = "inventory.release" "as the documentation says",
        InventoryReleaseReplacement = "inventory.release_replacement" "as the documentation says",
        InventoryReserveReplacement = "inventory.reserve_replacement" "as the documentation says",
        InventoryRestock = "inventory.restock" "as the documentation says",
        InventoryRestockReturn = "inventory.restock_return" "as the documentation says",
        InventoryShipReplacement = "inventory.ship_replacement" "as the documentation says",
        LogisticsBookReturnPickup = "logistics.book_return_pickup" "as the documentation says",
        LogisticsWatchReplacement = "logistics.watch_replacement" "as the documentation says",
        LogisticsWatchReturn = "logistics.watch_return" "as the documentation says",
        OrdersMarkShipped = "orders.mark_shipped" "as the documentation says",
        OrdersNoteViolation = "orders.note_violation" { kind: text } "as the documentation says",
        OrdersRefundUnshipped = "orders.refund_unshipped" "as the documentation says",
        PaymentsAdvanceChild = "payments.advance_child" "as the documentation says",
        PaymentsCancel = "payments.cancel" "as the documentation says",
        PaymentsNotifyPayable = "payments.notify_payable" "as the documentation says",
        PaymentsOpenFullRefund = "payments.open_full_refund" "as the documentation says",
        PaymentsPostAdvance = "payments.post_advance" "as the documentation says",
        PaymentsPostCapture = "payments.post_capture" "as the documentation says",
        PaymentsPostChargeback = "payments.post_chargeback" { step: text } "as the documentation says",
        PaymentsPostRefund = "payments.post_refund" { via: text } "as the documentation says",
        PaymentsPostSettle = "payments.post_settle" "as the documentation says",
        PaymentsQueryRefund = "payments.query_refund" "as the documentation says",
        PaymentsRefundAll = "payments.refund_all" "as the documentation says",
        PaymentsReleaseAuthorization = "payments.release_authorization" "as the documentation says",
        PaymentsReleaseGuard = "payments.release_guard" "as the documentation says",
        PaymentsSendCharge = "payments.send_charge" "as the documentation says",
        PaymentsSendQuery = "payments.send_query" "as the documentation says",
        PaymentsSendRefund = "payments.send_refund" "as the documentation says",
        PaymentsSettle = "payments.settle" "as the documentation says",
        VerificationApprove = "verification.approve" "as the documentation says",
        VerificationBackLift = "verification.back_lift" "as the documentation says",
        VerificationLift = "verification.lift" "as the documentation says",
        VerificationPrioritise = "verification.prioritise" "as the documentation says",
        VerificationRelease = "verification.release" "as the documentation says",
        VerificationStand = "verification.stand" { standing: text } "as the documentation says",
        VerificationSubmit = "verification.submit" "as the documentation says",
    }
}
