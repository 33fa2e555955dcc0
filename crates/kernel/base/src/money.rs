//! Money in integer minor units with a currency, and unit prices in 1/10,000 of the major unit (decision D15).

use serde::{Deserialize, Serialize};
use std::fmt;

/// An ISO 4217 currency that the market may trade in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Chinese yuan; minor unit fen.
    Cny,
    /// Pound sterling; minor unit penny.
    Gbp,
    /// US dollar; minor unit cent.
    Usd,
    /// Euro; minor unit cent.
    Eur,
}

impl Currency {
    /// ISO 4217 alphabetic code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cny => "CNY",
            Self::Gbp => "GBP",
            Self::Usd => "USD",
            Self::Eur => "EUR",
        }
    }

    /// The currency with this alphabetic code, in upper case.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Cny, Self::Gbp, Self::Usd, Self::Eur].into_iter().find(|c| c.code() == code)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (1/100 of the major unit for all shipped currencies).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units, e.g. fen; may be negative.
    pub minor: i64,
    /// ISO 4217 currency.
    pub currency: Currency,
}

/// Two amounts do not fit together, or the result leaves 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Different currencies were added or compared.
    #[error("amounts in {0} and {1} do not mix")]
    Mixed(Currency, Currency),
    /// The result does not fit 64 bits.
    #[error("amount out of range")]
    Overflow,
}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError`] on different currencies or overflow.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Difference of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError`] on different currencies or overflow.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        let minor = other.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        self.plus(Self { minor, ..other })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let whole = self.minor.unsigned_abs();
        write!(f, "{} {sign}{}.{:02}", self.currency, whole / 100, whole % 100)
    }
}

/// A unit price in 1/10,000 of the major unit, so that prices with up to four decimals stay exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnitPrice(pub i64);

impl UnitPrice {
    /// Ten-thousandths per minor unit.
    const PER_MINOR: i128 = 100;

    /// Amount of `quantity` units in minor units, rounded once, half to even.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] if the amount leaves 64 bits.
    pub fn times(self, quantity: i64, currency: Currency) -> Result<Money, MoneyError> {
        let exact = i128::from(self.0) * i128::from(quantity);
        let (floor, rest) = (exact.div_euclid(Self::PER_MINOR), exact.rem_euclid(Self::PER_MINOR));
        let up = match (rest * 2).cmp(&Self::PER_MINOR) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => floor & 1,
            std::cmp::Ordering::Greater => 1,
        };
        let minor = i64::try_from(floor + up).map_err(|_| MoneyError::Overflow)?;
        Ok(Money { minor, currency })
    }
}

/// Splits `total` minor units in proportion to `weights` by largest remainder; the parts add up to `total` exactly.
///
/// Ties go to the earlier part. With all weights zero the first part takes everything.
pub fn split(total: i64, weights: &[u64]) -> Vec<i64> {
    let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
    if weights.is_empty() {
        return Vec::new();
    }
    if sum == 0 {
        let mut parts = vec![0; weights.len()];
        parts[0] = total;
        return parts;
    }
    let size = u128::from(total.unsigned_abs());
    let mut parts: Vec<(u128, u128)> =
        weights.iter().map(|w| (size * u128::from(*w) / sum, size * u128::from(*w) % sum)).collect();
    let missing = size - parts.iter().map(|p| p.0).sum::<u128>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| parts[*b].1.cmp(&parts[*a].1).then(a.cmp(b)));
    for index in order.into_iter().take(usize::try_from(missing).unwrap_or(usize::MAX)) {
        parts[index].0 += 1;
    }
    let sign = total.signum();
    parts.into_iter().map(|(part, _)| sign * i64::try_from(part).unwrap_or(i64::MAX)).collect()
}
