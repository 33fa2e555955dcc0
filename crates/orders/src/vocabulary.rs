//! Words of an order.

use xr_case::kind;

kind! {
    /// Words of an order.
    pub Order = "order" {
        events {
            PayCaptured = "pay_captured", Edit = "edit", Cancel = "cancel", PayTimeout = "pay_timeout",
            Approve = "approve", Hold = "hold", Reject = "reject", Release = "release", ShipAll = "ship_all",
            ShipPart = "ship_part", ShipRest = "ship_rest", CancelRequest = "cancel_request",
            AllRefunded = "all_refunded", ShipLapsed = "ship_lapsed", ApproveCancel = "approve_cancel",
            RefuseCancel = "refuse_cancel", AlreadyHandedOver = "already_handed_over", Withdraw = "withdraw",
            Intercepted = "intercepted", Delivered = "delivered", InterceptFailed = "intercept_failed",
            CancelRest = "cancel_rest", Confirm = "confirm", Refused = "refused", ScanChecked = "scan_checked",
            NoDeliveryScan = "no_delivery_scan", Resumed = "resumed", DeclareLost = "declare_lost",
            WindowClosed = "window_closed", HurryRefund = "hurry_refund",
        }
        facts {
            review_exempt: bool "an exemption-from-review strategy fits the order",
            unshipped_lines: int "lines with quantity still to be shipped; stopped units do not count",
            tracking: enum("none", "moving", "stalled", "delivered") "best knowledge of the order's parcels",
            shipped_at: instant? "time of the last ship notice",
            delivered_at: instant? "delivery scan of the last parcel, in the carrier's time",
            refund_succeeded: bool "the refund opened last brought the money back, or there was none to bring back",
        }
        tags {
            "open", "awaiting_payment", "shippable", "in_transit", "received", "counts_as_sold", "ended_good",
            "ended_bad",
        }
    }
}
