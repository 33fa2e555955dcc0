//! Rules that a test may leave out, to see that somebody notices. Without the feature `mutants` nothing can be left out, and
//! every question below is a constant that the compiler removes.

/// One rule left out; part of a test store's `ext`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// A transfer is posted without its last leg.
    LedgerLeg,
    /// A settlement forgets what is promised back.
    DoubleSettle,
    /// A refund is promised without the guard column.
    RefundGuard,
    /// A notice is taken as new each time it comes.
    NoticeRepeats,
    /// The last clock of a state does not start.
    ClockStart,
    /// Clocks outlive their state.
    ClockStop,
    /// A clock is due an hour late.
    Due,
    /// A due clock does not come before a late act.
    LateAct,
    /// The version that an actor had seen does not matter.
    Version,
    /// The history cites nothing.
    Citation,
    /// A parent is not told of its child's end.
    ParentTold,
    /// Children do not stop the clocks of their parent.
    Pause,
    /// Queries see the rows of every organisation.
    Scope,
    /// Everybody may act on every organisation's cases.
    Stranger,
    /// Promised stock is not released.
    StockRelease,
    /// Goods that come back do not enter the stock.
    Restock,
    /// The ledger of stock grows without its guard columns.
    StockGuard,
}

impl Mutant {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::LedgerLeg,
        Self::DoubleSettle,
        Self::RefundGuard,
        Self::NoticeRepeats,
        Self::ClockStart,
        Self::ClockStop,
        Self::Due,
        Self::LateAct,
        Self::Version,
        Self::Citation,
        Self::ParentTold,
        Self::Pause,
        Self::Scope,
        Self::Stranger,
        Self::StockRelease,
        Self::Restock,
        Self::StockGuard,
    ];
}

impl crate::Tx<'_> {
    /// Whether a test leaves this rule out. Always false without the feature `mutants`.
    #[cfg(feature = "mutants")]
    pub fn lacks(&self, rule: Mutant) -> bool {
        self.ext::<Mutant>() == Some(&rule)
    }

    /// Whether a test leaves this rule out. Always false without the feature `mutants`.
    #[cfg(not(feature = "mutants"))]
    #[inline]
    pub const fn lacks(&self, _rule: Mutant) -> bool {
        false
    }
}
