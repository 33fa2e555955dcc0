//! Words of the three kinds.

use xr_case::kind;

kind! {
    /// Words of a refund without return.
    pub RefundOnly = "refund_only" {
        events {
            Modify = "modify", Withdraw = "withdraw", Escalate = "escalate", AcceptProposal = "accept_proposal",
            Decline = "decline", Approve = "approve", Reject = "reject", Propose = "propose",
            PlatformTake = "platform_take", ForBuyer = "for_buyer", ForMerchant = "for_merchant",
            ReturnNeeded = "return_needed", RefundDone = "refund.done", Close = "close",
            AutoAdjudicate = "auto_adjudicate", HurryRefund = "hurry_refund", ProposalLapsed = "proposal_lapsed",
        }
        facts {
            contacted_buyer: bool "the merchant recorded a contact since the application or its last change",
            evidence_count: int "pieces of evidence that the merchant filed",
            buyer_evidence_count: int "pieces of evidence that the buyer filed, a waybill that the buyer entered among them",
            amount_minor: int "amount to refund, minor units",
            adjudication_limit_minor: int "up to here a tie goes to the buyer",
            is_shipped: bool "units of the line were shipped",
            progress: enum("unshipped", "under_way", "received") "how far the goods were when the buyer applied or last changed the application",
            tries: int "applications for the line and changes of them so far, those of its other cases too",
            refund_succeeded: bool "the refund opened last brought the money back",
        }
        tags { "open", "waiting_refund", "with_platform", "ended_good", "ended_bad", "ended_withdrawn" }
    }
}

kind! {
    /// Words of a return with refund.
    pub ReturnRefund = "return_refund" {
        events {
            Modify = "modify", Withdraw = "withdraw", Escalate = "escalate", AcceptProposal = "accept_proposal",
            Decline = "decline", FillWaybill = "fill_waybill", BookPickup = "book_pickup",
            CancelPickup = "cancel_pickup", AgreeSendBack = "agree_send_back", Approve = "approve", Reject = "reject",
            Propose = "propose", RefundWithoutReturn = "refund_without_return", Signed = "signed", Lost = "lost",
            Accept = "accept", Refuse = "refuse", SentBack = "sent_back", PlatformTake = "platform_take",
            ForBuyer = "for_buyer", ForMerchant = "for_merchant", ReturnNeeded = "return_needed",
            SendBack = "send_back", Picked = "picked", RefundDone = "refund.done", RuledReturn = "ruled_return",
            Close = "close", AutoAdjudicate = "auto_adjudicate", HurryRefund = "hurry_refund",
            ProposalLapsed = "proposal_lapsed", ReturnLapsed = "return_lapsed", PickupFailed = "pickup_failed",
            NotSent = "not_sent", AutoRefund = "auto_refund",
        }
        facts {
            contacted_buyer: bool "the merchant recorded a contact since the application or its last change",
            evidence_count: int "pieces of evidence that the merchant filed",
            buyer_evidence_count: int "pieces of evidence that the buyer filed, a waybill that the buyer entered among them",
            amount_minor: int "amount to refund, minor units",
            adjudication_limit_minor: int "up to here a tie goes to the buyer",
            is_shipped: bool "units of the line were shipped",
            refund_succeeded: bool "the refund opened last brought the money back",
            goods_at: enum("buyer", "carrier", "merchant") "where the goods in dispute are",
            waybill_at: instant? "the return's waybill was entered, or the parcel picked up",
            delivered_at: instant? "the return's delivery scan, in the carrier's time",
            is_scan_reported_late: bool "that scan reached us more than three days after it was made",
            tries: int "applications for the line and changes of them so far, those of its other cases too",
        }
        tags { "open", "waiting_refund", "with_platform", "ended_good", "ended_bad", "ended_withdrawn" }
    }
}

kind! {
    /// Words of an exchange.
    pub Exchange = "exchange" {
        events {
            Modify = "modify", Withdraw = "withdraw", Escalate = "escalate", FillWaybill = "fill_waybill",
            BookPickup = "book_pickup", CancelPickup = "cancel_pickup", AgreeSendBack = "agree_send_back",
            Confirm = "confirm", NotOk = "not_ok", Reapply = "reapply", Approve = "approve", Reject = "reject",
            Signed = "signed", Lost = "lost", Accept = "accept", Refuse = "refuse", SentBack = "sent_back",
            OutOfStock = "out_of_stock", Reshipped = "reshipped", PlatformTake = "platform_take",
            ForBuyer = "for_buyer", ForMerchant = "for_merchant", ReturnNeeded = "return_needed",
            SendBack = "send_back", Reship = "reship", Picked = "picked", Delivered = "delivered",
            RefundDone = "refund.done", Close = "close", AutoAdjudicate = "auto_adjudicate",
            HurryRefund = "hurry_refund", ReturnLapsed = "return_lapsed", PickupFailed = "pickup_failed",
            NotSent = "not_sent", AssumeReceived = "assume_received", ConvertToRefund = "convert_to_refund",
        }
        facts {
            contacted_buyer: bool "the merchant recorded a contact since the application or its last change",
            evidence_count: int "pieces of evidence that the merchant filed",
            buyer_evidence_count: int "pieces of evidence that the buyer filed, a waybill that the buyer entered among them",
            amount_minor: int "what the goods count for, minor units",
            adjudication_limit_minor: int "up to here a tie goes to the buyer",
            is_shipped: bool "units of the line were shipped",
            refund_succeeded: bool "the refund opened last brought the money back",
            goods_at: enum("buyer", "carrier", "merchant") "where the goods in dispute are",
            waybill_at: instant? "the return's waybill was entered, or the parcel picked up",
            delivered_at: instant? "the return's delivery scan, in the carrier's time",
            is_scan_reported_late: bool "that scan reached us more than three days after it was made",
            tries: int "applications for the line and changes of them so far, those of its other cases too",
            replacement_in_stock: bool "the replacement is reserved, or available now",
            replacement_delivered_at: instant? "the replacement's delivery scan; absent again when it was lost",
            reapplied: int "cases opened before because a replacement did not content the buyer",
        }
        tags { "open", "waiting_refund", "with_platform", "ended_good", "ended_bad", "ended_withdrawn" }
    }
}
