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
    /// Stock is read on another snapshot and then written whatever it has become.
    StockReadThenWrite,
    /// What was refunded is read on another snapshot and then written whatever it has become.
    RefundReadThenWrite,
    /// One person ends a freeze alone.
    OnePerson,
    /// A process whose node number was taken goes on committing under it.
    Fence,
}

impl Mutant {
    /// Those that do harm to one caller after the other; the simulator notices each.
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
        Self::OnePerson,
    ];

    /// Those that do harm only to callers at once, which the simulator's single thread never is; tests of races notice each.
    pub const RACES: &'static [Self] = &[Self::StockReadThenWrite, Self::RefundReadThenWrite];
}

/// The open store, for the mutants that read on a snapshot of their own; part of a test store's `ext`, set once it is open.
#[derive(Clone, Default)]
pub struct Elsewhere(pub std::sync::Arc<std::sync::OnceLock<crate::Store>>);

/// Whether this whole process leaves a rule out, as the variable `XR_MUTANT` says: for programs that a test starts. Always false without
/// the feature `mutants`.
pub(crate) fn process_lacks(rule: &str) -> bool {
    cfg!(feature = "mutants") && std::env::var_os("XR_MUTANT").is_some_and(|lacking| lacking == *rule)
}

impl crate::Tx<'_> {
    /// Runs `query` as another request would: on a snapshot that sees nothing of this transaction, nor of its group.
    ///
    /// # Errors
    /// What the query gives; [`StoreError::Busy`](xr_base::StoreError::Busy) without an [`Elsewhere`].
    pub fn read_elsewhere<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut crate::Tx<'_>) -> Result<T, xr_base::Fault> + Send + 'static,
    ) -> Result<T, xr_base::Fault> {
        let store = self.ext::<Elsewhere>().and_then(|elsewhere| elsewhere.0.get());
        store.ok_or(xr_base::StoreError::Busy)?.read_blocking(query)
    }

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
