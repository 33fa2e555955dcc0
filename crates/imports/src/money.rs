//! Money of imported rows: lines round once, an invoice is paid as its exact sum rounded once, and the ledger keeps the
//! difference apart (decision D15).

use crate::rows::Row;
use xr_base::{Currency, Fault, UnitPrice};

/// Ten-thousandths of the major unit per minor unit.
const PER_MINOR: i128 = 100;

/// Quantity × price of a row in 1/10,000 of the major unit, before any rounding.
pub(crate) fn exact(quantity: i64, price: i64) -> i128 {
    i128::from(quantity) * i128::from(price)
}

/// Minor units of `exact` ten-thousandths, half to even.
pub(crate) fn rounded(exact: i128) -> i64 {
    let (floor, rest) = (exact.div_euclid(PER_MINOR), exact.rem_euclid(PER_MINOR));
    let up = match (rest * 2).cmp(&PER_MINOR) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => floor & 1,
        std::cmp::Ordering::Greater => 1,
    };
    // Rows are bounded (10^16) and so is an invoice in memory: the sum stays far below 64 bits.
    i64::try_from(floor + up).unwrap_or(i64::MAX)
}

/// Minor units of one row, rounded once.
///
/// # Errors
/// Never within the bounds of rows; else the store's fault for a value out of range.
pub(crate) fn row_minor(row: &Row, currency: Currency) -> Result<i64, Fault> {
    let money = UnitPrice(row.price).times(row.quantity, currency);
    Ok(money.map_err(|e| xr_base::StoreError::Corrupt(e.to_string()))?.minor)
}

/// What the sale lines of one invoice come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SaleMoney {
    /// What was paid: the exact sum, rounded once.
    pub(crate) paid: i64,
    /// Sum of the lines, each rounded once.
    pub(crate) lines: i64,
}

impl SaleMoney {
    /// Of quantities and prices.
    pub(crate) fn of<'r>(rows: impl Iterator<Item = &'r Row>) -> Self {
        let (mut sum, mut lines) = (0_i128, 0_i64);
        for row in rows {
            let one = exact(row.quantity, row.price);
            sum += one;
            lines += rounded(one);
        }
        Self { paid: rounded(sum), lines }
    }
}

/// `exact` ten-thousandths as plain decimals, at least two, no more than needed.
pub(crate) fn decimals(exact: i128) -> String {
    let sign = if exact < 0 { "-" } else { "" };
    let size = exact.unsigned_abs();
    let text = format!("{sign}{}.{:04}", size / 10_000, size % 10_000);
    let kept = text.trim_end_matches('0').len().max(text.len() - 2);
    text[..kept].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{Content, Place, Rows};
    use xr_base::Instant;

    fn rows(lines: &[(i64, i64)]) -> Vec<Row> {
        let mut rows = Rows::default();
        for (quantity, price) in lines {
            let content = Content {
                invoice: "1",
                code: "10002",
                title: "",
                country: "",
                customer: 0,
                quantity: *quantity,
                price: *price,
                at: Instant(0),
            };
            rows.push(&content, Place::default());
        }
        rows.rows
    }

    #[test]
    fn lines_round_to_even_and_the_invoice_rounds_once() {
        let money = SaleMoney::of(rows(&[(1, 50), (1, 50), (1, 50)]).iter());
        assert_eq!(
            money,
            SaleMoney { paid: 2, lines: 0 },
            "three times half a penny: 1.5 pence paid as 2, lines of 0 each"
        );
        assert_eq!(rows(&[(3, 150)]).first().map(|row| row_minor(row, Currency::Gbp).ok()), Some(Some(4)));
        assert_eq!([149, 150, 151, 250, -150, -250].map(rounded), [1, 2, 2, 2, -2, -2]);
    }

    #[test]
    fn decimals_are_plain_and_unrounded() {
        let told = [0, 10, 12_345, 120_000, -747_891_200, 6_813_001_110, 5].map(decimals);
        assert_eq!(told, ["0.00", "0.001", "1.2345", "12.00", "-74789.12", "681300.111", "0.0005"]);
    }
}
