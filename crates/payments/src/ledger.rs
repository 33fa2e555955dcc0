//! Double entry in minor units: every transfer once under its key, its legs adding up to zero in every currency.

use crate::Error;
use std::collections::BTreeMap;
use xr_base::{CaseId, Currency, Fault, Money, RowId, StoreError};
use xr_case::engine::Grant;
use xr_store::{Mutant, Tx, params, record, sql};

/// Where money can lie. Debit balances are assets of the operator, credit balances what it owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// At the payment provider. Asset.
    Gateway,
    /// Held for a payment until it is settled or goes back; owner = payment. Liability.
    Escrow(CaseId),
    /// Owed to a merchant; owner = organisation. Liability.
    Merchant(i64),
    /// The operator's own money, from which refunds are advanced. Asset.
    Float,
    /// Contested by a card holder; owner = payment. Liability.
    Contested(CaseId),
    /// Differences of rounding line by line; owner = shop.
    Rounding(i64),
    /// Refunds of an imported history whose sale is not known; owner = shop.
    UnmatchedRefunds(i64),
    /// Losses by write-off of an imported history; owner = shop.
    WriteOff(i64),
}

impl Account {
    /// Word and owner as stored.
    pub const fn key(self) -> (&'static str, i64) {
        match self {
            Self::Gateway => ("gateway", 0),
            Self::Escrow(payment) => ("escrow", payment.0),
            Self::Merchant(org) => ("merchant", org),
            Self::Float => ("float", 0),
            Self::Contested(payment) => ("contested", payment.0),
            Self::Rounding(shop) => ("rounding", shop),
            Self::UnmatchedRefunds(shop) => ("unmatched_refunds", shop),
            Self::WriteOff(shop) => ("write_off", shop),
        }
    }
}

/// One movement of money.
#[derive(Clone, Debug)]
pub struct Transfer<'a> {
    /// Unique for ever, e.g. `capture:cas_…`: the same movement cannot be posted twice.
    pub key: String,
    /// Word for reports: `capture`, `refund`, `settle` …
    pub kind: &'a str,
    /// Case it serves.
    pub case: Option<CaseId>,
    /// Account and amount; debit positive, credit negative.
    pub legs: Vec<(Account, Money)>,
}

impl<'a> Transfer<'a> {
    /// Moves `amount` from one account (credit) to another (debit).
    pub fn move_money(key: String, kind: &'a str, case: CaseId, (from, to): (Account, Account), amount: Money) -> Self {
        let back = Money::new(-amount.minor, amount.currency);
        Self { key, kind, case: Some(case), legs: vec![(to, amount), (from, back)] }
    }
}

/// Posts a transfer.
///
/// # Errors
/// [`Error::Unbalanced`] if the legs do not add up; [`StoreError::Duplicate`] if the key was posted before.
pub fn post(tx: &mut Tx<'_>, _grant: &Grant<'_>, transfer: &Transfer<'_>) -> Result<(), Fault> {
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for (_, amount) in &transfer.legs {
        *sums.entry(amount.currency).or_default() += amount.minor;
    }
    if transfer.legs.is_empty() || sums.values().any(|sum| *sum != 0) {
        return Err(Error::Unbalanced(transfer.key.clone()).into());
    }
    let (id, at) = (tx.id::<RowId>(), tx.at());
    tx.put(
        sql!(
            "INSERT INTO transfers (id, transfer_key, kind, case_id, at) VALUES (?1, ?2, ?3, ?4, ?5)
             /* unscoped: appending */"
        ),
        params![id, transfer.key, transfer.kind, transfer.case, at],
    )?;
    let kept = transfer.legs.len() - usize::from(tx.lacks(Mutant::LedgerLeg));
    for (account, amount) in transfer.legs.iter().take(kept) {
        let ((word, owner), leg) = (account.key(), tx.id::<RowId>());
        tx.put(
            sql!(
                "INSERT INTO legs (id, transfer_id, account, owner_id, currency, amount_minor, case_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) /* unscoped: appending */"
            ),
            params![leg, id, word, owner, amount.currency, amount.minor, transfer.case],
        )?;
    }
    Ok(())
}

record! {
    /// A leg with its transfer, for statements and goldens.
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
    pub struct Leg {
        /// Word of the transfer.
        pub kind: String,
        /// Account word.
        pub account: String,
        /// Owner of the account.
        pub owner_id: i64,
        /// Currency.
        pub currency: Currency,
        /// Debit positive, credit negative.
        pub amount_minor: i64,
        /// Moment of the transfer.
        pub at: xr_base::Instant,
    }
}

/// Legs of every transfer of a payable: its own, its payments' and its refunds', in order.
///
/// # Errors
/// A store fault.
pub fn legs_of_payable(tx: &mut Tx<'_>, payable: CaseId) -> Result<Vec<Leg>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT t.kind, l.account, l.owner_id, l.currency, l.amount_minor, t.at
             FROM legs l JOIN transfers t ON t.id = l.transfer_id
             WHERE l.case_id = ?1 OR l.case_id IN (SELECT case_id FROM payments WHERE payable_id = ?1)
                OR l.case_id IN (SELECT case_id FROM refunds WHERE payable_id = ?1)
             ORDER BY l.id /* unscoped: by payable, after authorisation */"
        ),
        params![payable],
    )?)
}

/// Balance of an account in minor units: the sum of its legs, debit positive.
///
/// # Errors
/// A store fault.
pub fn balance(tx: &mut Tx<'_>, account: Account, currency: Currency) -> Result<i64, StoreError> {
    let (word, owner) = account.key();
    let (sum,): (i64,) = tx.one(
        sql!(
            "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM legs
             WHERE account = ?1 AND owner_id = ?2 AND currency = ?3 /* unscoped: by account, after authorisation */"
        ),
        params![word, owner, currency],
    )?;
    Ok(sum)
}

/// Currencies whose legs do not add up to zero, and payments whose guard columns differ from the legs: always empty
/// (invariant 4).
///
/// # Errors
/// A store fault.
pub fn broken(tx: &mut Tx<'_>) -> Result<Vec<String>, Fault> {
    let sums: Vec<(String, i64)> = tx.all(
        sql!(
            "SELECT currency, CAST(SUM(amount_minor) AS BIGINT) FROM legs GROUP BY currency HAVING SUM(amount_minor) <> 0
             /* unscoped: an invariant over everything */"
        ),
        &[],
    )?;
    let guards: Vec<(CaseId,)> = tx.all(
        sql!(
            "SELECT p.case_id FROM payments p LEFT JOIN (
                SELECT payment_id,
                    CAST(SUM(CASE WHEN outcome = 'called_off' THEN 0 ELSE amount_minor END) AS BIGINT) AS promised,
                    CAST(SUM(CASE WHEN outcome IN ('provider', 'bank', 'float') THEN amount_minor ELSE 0 END) AS BIGINT)
                        AS posted
                FROM refunds GROUP BY payment_id) r ON r.payment_id = p.case_id
             WHERE p.refunded_minor > p.captured_minor OR p.refunded_minor < 0
                OR p.refunded_minor <> COALESCE(r.promised, 0) + p.contested_minor + p.charged_back_minor
                OR p.refund_posted_minor <> COALESCE(r.posted, 0)
             /* unscoped: an invariant over everything */"
        ),
        &[],
    )?;
    let mut found: Vec<String> = sums.into_iter().map(|(c, sum)| format!("{c} legs sum to {sum}")).collect();
    found.extend(guards.into_iter().map(|(id,)| format!("payment {id} differs from its refunds")));
    Ok(found)
}
