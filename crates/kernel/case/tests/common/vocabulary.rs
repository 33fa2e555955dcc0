//! The words of the shipped kinds as docs/VOCABULARY.md has them, for tests of this crate, which lies below the capabilities that own them.

use super::{effects, kind};

kind! {
    /// Words of `order`.
    pub(crate) Order = "order" {
        events {
            PayCaptured = "pay_captured", Edit = "edit", Cancel = "cancel", Approve = "approve", Hold = "hold",
            Reject = "reject", Release = "release", ShipAll = "ship_all", ShipPart = "ship_part",
            CancelRequest = "cancel_request", AllRefunded = "all_refunded", ApproveCancel = "approve_cancel",
            RefuseCancel = "refuse_cancel", AlreadyHandedOver = "already_handed_over", Withdraw = "withdraw",
            Intercepted = "intercepted", Delivered = "delivered", ShipRest = "ship_rest",
            CancelRest = "cancel_rest", Confirm = "confirm", Refused = "refused", Resumed = "resumed",
            DeclareLost = "declare_lost",
        }
        facts {
            review_exempt: bool "an exemption from review fits",
            unshipped_lines: int "lines still to be shipped",
            tracking: enum("none", "moving", "stalled", "delivered") "what is known of the parcels",
            shipped_at: instant? "the last ship notice",
            delivered_at: instant? "the delivery scan of the last parcel",
            open_aftersales: int "open after-sales children",
            paid: bool "captured money covers the order",
            refund_succeeded: bool "the refund that ended last paid",
        }
        tags { "open", "awaiting_payment", "shippable", "in_transit", "received", "counts_as_sold", "ended_good", "ended_bad" }
    }
}

kind! {
    /// Words of `payment`.
    pub(crate) Payment = "payment" {
        events {
            Submit = "submit", Cancel = "cancel", LateCaptured = "late_captured", Authorized = "authorized",
            Captured = "captured", Declined = "declined", BillPresent = "bill_present", Capture = "capture",
            Settle = "settle", RefundPosted = "refund_posted", Chargeback = "chargeback", Accept = "accept",
            Lost = "lost", Won = "won",
        }
        facts {
            payable_due: instant "when the payable stops waiting",
            payable_open: bool "the payable still waits",
            is_fully_refunded: bool "all that was captured went back",
            was_settled: bool "the payment was settled before",
        }
        tags { "open", "undecided", "holds_money", "ended_good", "ended_bad" }
    }
}

kind! {
    /// Words of `refund`.
    pub(crate) Refund = "refund" {
        events {
            Cancel = "cancel", Succeeded = "succeeded", Failed = "failed", BillPresent = "bill_present",
            Hurry = "hurry", Resend = "resend", PaidOut = "paid_out",
        }
        facts {
            attempts: int "times it was sent",
            is_owed: bool "money came without a claim on it",
        }
        tags { "open", "ended_good", "ended_bad" }
    }
}

kind! {
    /// Words of `refund_only`.
    pub(crate) RefundOnly = "refund_only" {
        events {
            Approve = "approve", Reject = "reject", Propose = "propose", Modify = "modify",
            Withdraw = "withdraw", PlatformTake = "platform_take", AcceptProposal = "accept_proposal",
            Decline = "decline", Escalate = "escalate", ForBuyer = "for_buyer", ForMerchant = "for_merchant",
            ReturnNeeded = "return_needed",
        }
        facts {
            contacted_buyer: bool "a contact with the buyer is on record",
            evidence_count: int "evidence of the merchant",
            buyer_evidence_count: int "evidence of the buyer",
            amount_minor: int "amount to refund",
            adjudication_limit_minor: int "up to here a tie goes to the buyer",
            is_shipped: bool "the line was shipped",
            refund_succeeded: bool "the refund that ended last paid",
        }
        tags { "open", "waiting_refund", "with_platform", "ended_good", "ended_bad", "ended_withdrawn" }
    }
}

kind! {
    /// Words of `return_refund`.
    pub(crate) ReturnRefund = "return_refund" {
        events {
            Approve = "approve", RefundWithoutReturn = "refund_without_return", Reject = "reject",
            Propose = "propose", Modify = "modify", Withdraw = "withdraw", PlatformTake = "platform_take",
            RuledReturn = "ruled_return", AcceptProposal = "accept_proposal", Decline = "decline",
            Escalate = "escalate", FillWaybill = "fill_waybill", BookPickup = "book_pickup", Picked = "picked",
            CancelPickup = "cancel_pickup", Signed = "signed", Lost = "lost", Accept = "accept",
            Refuse = "refuse", AgreeSendBack = "agree_send_back", SentBack = "sent_back",
            ForBuyer = "for_buyer", ReturnNeeded = "return_needed", ForMerchant = "for_merchant",
            SendBack = "send_back",
        }
        facts {
            contacted_buyer: bool "a contact with the buyer is on record",
            evidence_count: int "evidence of the merchant",
            buyer_evidence_count: int "evidence of the buyer",
            amount_minor: int "amount to refund",
            adjudication_limit_minor: int "up to here a tie goes to the buyer",
            is_shipped: bool "the line was shipped",
            refund_succeeded: bool "the refund that ended last paid",
            goods_at: enum("buyer", "carrier", "merchant") "where the goods are",
            waybill_at: instant? "the return's waybill came",
            delivered_at: instant? "the return's delivery scan",
            is_scan_reported_late: bool "the scan came more than 3 days late",
        }
        tags { "open", "waiting_refund", "with_platform", "ended_good", "ended_bad", "ended_withdrawn" }
    }
}

kind! {
    /// Words of `exchange`.
    pub(crate) Exchange = "exchange" {
        events {
            Approve = "approve", OutOfStock = "out_of_stock", Reject = "reject", Modify = "modify",
            Withdraw = "withdraw", PlatformTake = "platform_take", Escalate = "escalate",
            FillWaybill = "fill_waybill", BookPickup = "book_pickup", Picked = "picked",
            CancelPickup = "cancel_pickup", Signed = "signed", Lost = "lost", Accept = "accept",
            Refuse = "refuse", AgreeSendBack = "agree_send_back", SentBack = "sent_back",
            Reshipped = "reshipped", Delivered = "delivered", Confirm = "confirm", NotOk = "not_ok",
            Reapply = "reapply", ForBuyer = "for_buyer", Reship = "reship", ReturnNeeded = "return_needed",
            ForMerchant = "for_merchant", SendBack = "send_back",
        }
        facts {
            contacted_buyer: bool "a contact with the buyer is on record",
            evidence_count: int "evidence of the merchant",
            buyer_evidence_count: int "evidence of the buyer",
            amount_minor: int "amount to refund",
            adjudication_limit_minor: int "up to here a tie goes to the buyer",
            is_shipped: bool "the line was shipped",
            refund_succeeded: bool "the refund that ended last paid",
            goods_at: enum("buyer", "carrier", "merchant") "where the goods are",
            waybill_at: instant? "the return's waybill came",
            delivered_at: instant? "the return's delivery scan",
            is_scan_reported_late: bool "the scan came more than 3 days late",
            replacement_in_stock: bool "a replacement can be had",
            replacement_delivered_at: instant? "the replacement's delivery scan",
            reapplied: int "cases opened for this line before",
        }
        tags { "open", "waiting_refund", "with_platform", "ended_good", "ended_bad", "ended_withdrawn" }
    }
}

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
        OrdersStopLine = "orders.stop_line" "as the documentation says",
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
    }
}
