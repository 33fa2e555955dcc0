//! Which acts bring something with them, for each kind's words.

use crate::model::CaseKind;
use crate::vocabulary::{Exchange as X, RefundOnly as R, ReturnRefund as T};

/// What an act brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing.
    Plain,
    /// Other terms.
    Modify,
    /// Why not, with pictures.
    Reject,
    /// An amount.
    Propose,
    /// The parcel that comes back.
    FillWaybill,
    /// A wish that it be fetched.
    BookPickup,
    /// It was fetched.
    Picked,
    /// It arrived.
    Signed,
    /// It, or the replacement, will not arrive.
    Lost,
    /// Why the goods are not accepted, with pictures.
    Refuse,
    /// The parcel that goes back to the buyer.
    SentBack,
    /// The parcel with the replacement.
    Reshipped,
    /// The replacement arrived.
    Delivered,
    /// What the buyer applies for anew.
    Reapply,
}

impl Step {
    /// What this event of this kind brings; none for words that the kind does not have.
    pub(crate) fn of(kind: CaseKind, event: &str) -> Option<Self> {
        match kind {
            CaseKind::RefundOnly => R::parse(event).map(of_refund_only),
            CaseKind::ReturnRefund => T::parse(event).map(of_return_refund),
            CaseKind::Exchange => X::parse(event).map(of_exchange),
        }
    }
}

const fn of_refund_only(event: R) -> Step {
    match event {
        R::Modify => Step::Modify,
        R::Reject => Step::Reject,
        R::Propose => Step::Propose,
        R::Withdraw
        | R::Escalate
        | R::AcceptProposal
        | R::Decline
        | R::Approve
        | R::PlatformTake
        | R::ForBuyer
        | R::ForMerchant
        | R::ReturnNeeded
        | R::RefundDone
        | R::Close
        | R::AutoAdjudicate
        | R::HurryRefund
        | R::ProposalLapsed => Step::Plain,
    }
}

const fn of_return_refund(event: T) -> Step {
    match event {
        T::Modify => Step::Modify,
        T::Reject => Step::Reject,
        T::Propose => Step::Propose,
        T::FillWaybill => Step::FillWaybill,
        T::BookPickup => Step::BookPickup,
        T::Picked => Step::Picked,
        T::Signed => Step::Signed,
        T::Lost => Step::Lost,
        T::Refuse => Step::Refuse,
        T::SentBack => Step::SentBack,
        T::Withdraw
        | T::Escalate
        | T::AcceptProposal
        | T::Decline
        | T::CancelPickup
        | T::AgreeSendBack
        | T::Approve
        | T::RefundWithoutReturn
        | T::Accept
        | T::PlatformTake
        | T::ForBuyer
        | T::ForMerchant
        | T::ReturnNeeded
        | T::SendBack
        | T::RefundDone
        | T::RuledReturn
        | T::Close
        | T::AutoAdjudicate
        | T::HurryRefund
        | T::ProposalLapsed
        | T::ReturnLapsed
        | T::PickupFailed
        | T::NotSent
        | T::AutoRefund => Step::Plain,
    }
}

const fn of_exchange(event: X) -> Step {
    match event {
        X::Modify => Step::Modify,
        X::Reject => Step::Reject,
        X::FillWaybill => Step::FillWaybill,
        X::BookPickup => Step::BookPickup,
        X::Picked => Step::Picked,
        X::Signed => Step::Signed,
        X::Lost => Step::Lost,
        X::Refuse => Step::Refuse,
        X::SentBack => Step::SentBack,
        X::Reshipped => Step::Reshipped,
        X::Delivered => Step::Delivered,
        X::Reapply => Step::Reapply,
        X::Withdraw
        | X::Escalate
        | X::CancelPickup
        | X::AgreeSendBack
        | X::Confirm
        | X::NotOk
        | X::Approve
        | X::Accept
        | X::OutOfStock
        | X::PlatformTake
        | X::ForBuyer
        | X::ForMerchant
        | X::ReturnNeeded
        | X::SendBack
        | X::Reship
        | X::RefundDone
        | X::Close
        | X::AutoAdjudicate
        | X::HurryRefund
        | X::ReturnLapsed
        | X::PickupFailed
        | X::NotSent
        | X::AssumeReceived
        | X::ConvertToRefund => Step::Plain,
    }
}
