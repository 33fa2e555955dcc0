//! The summary by month, from what is stored: order lines, adjustments and the ledger, never from the file.

use crate::money::{decimals, exact};
use crate::plan::Plan;
use crate::rows::is_cancel_invoice;
use crate::source::Source;
use crate::{ImportError, stored};
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use xr_base::{Fault, Instant};
use xr_payments::ledger::{Account, balance};
use xr_store::Tx;

const HEADER: &str = "month,rows,amount,amount_positive,amount_cancel";

/// Sums of one month in 1/10,000 of the major unit, before any rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    rows: u64,
    amount: i128,
    positive: i128,
    cancel: i128,
}

/// Sums by year and month in the source's own time.
#[derive(Debug)]
pub(crate) struct Months {
    zone: TimeZone,
    sums: BTreeMap<(i16, i8), Sums>,
    /// The month of the last row with its bounds: neighbours mostly share it.
    last: Option<(Instant, Instant, (i16, i8))>,
}

impl Months {
    /// Without rows.
    ///
    /// # Errors
    /// [`ImportError::Zone`] if the source's time zone is not known.
    pub(crate) fn new() -> Result<Self, ImportError> {
        let zone = TimeZone::get(crate::ZONE).map_err(|e| ImportError::Zone(e.to_string()))?;
        Ok(Self { zone, sums: BTreeMap::new(), last: None })
    }

    fn add(&mut self, invoice: &str, at: Instant, quantity: i64, price: i64) {
        let month = self.month(at);
        let sums = self.sums.entry(month).or_default();
        let amount = exact(quantity, price);
        sums.rows += 1;
        sums.amount += amount;
        if is_cancel_invoice(invoice) {
            sums.cancel += amount;
        } else if quantity > 0 && price > 0 {
            sums.positive += amount;
        }
    }

    fn month(&mut self, at: Instant) -> (i16, i8) {
        if let Some((start, end, month)) = self.last
            && (start..end).contains(&at)
        {
            return month;
        }
        let local = at.zoned(&self.zone);
        let month = (local.year(), local.month());
        let bound = |zoned: Result<Zoned, jiff::Error>| zoned.map(|z| Instant(z.timestamp().as_millisecond()));
        let start = bound(local.first_of_month().and_then(|day| day.start_of_day()));
        let end = bound(local.last_of_month().and_then(|day| day.tomorrow()).and_then(|day| day.start_of_day()));
        self.last = start.ok().zip(end.ok()).map(|(start, end)| (start, end, month));
        month
    }

    /// Adds every row of the source that is stored.
    ///
    /// # Errors
    /// A store fault.
    pub(crate) fn add_stored(&mut self, tx: &mut Tx<'_>, source: Source) -> Result<(), Fault> {
        stored::each(tx, source, |row| self.add(&row.invoice, row.at, row.quantity, row.price))
    }

    /// Adds the rows that a dry run would have stored.
    pub(crate) fn add_planned(&mut self, plan: &Plan) {
        for row in &plan.rows.rows {
            self.add(plan.rows.texts.get(row.invoice), row.at, row.quantity, row.price);
        }
    }

    /// Sum over all months in 1/10,000 of the major unit.
    pub(crate) fn total(&self) -> i128 {
        self.sums.values().map(|sums| sums.amount).sum()
    }

    /// The summary as CSV, amounts as plain unrounded decimals.
    pub(crate) fn csv(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for ((year, month), sums) in &self.sums {
            let [amount, positive, cancel] = [sums.amount, sums.positive, sums.cancel].map(decimals);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{year:04}-{month:02},{},{amount},{positive},{cancel}", sums.rows);
        }
        text
    }

    /// Writes the CSV.
    ///
    /// # Errors
    /// [`ImportError::Summary`] if the file cannot be written.
    pub(crate) fn write(&self, path: &Path) -> Result<(), ImportError> {
        std::fs::write(path, self.csv()).map_err(|e| ImportError::Summary(path.display().to_string(), e.to_string()))
    }
}

/// What the ledger says of the source, against the exact sum of its rows. Amounts in the major unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Books {
    /// Quantity × price over all stored rows, unrounded.
    pub exact: String,
    /// What the ledger took in: every invoice rounded once.
    pub paid: String,
    /// `exact` − `paid`: less than half a penny for each invoice.
    pub below_a_penny: String,
    /// Balance of the rounding account: invoices rounded once against their lines rounded one by one.
    pub rounding: String,
    /// Given back without a known sale.
    pub unmatched_refunds: String,
    /// Lost by bad debt.
    pub write_off: String,
}

/// Reads the accounts of the source.
///
/// # Errors
/// A store fault.
pub(crate) fn books(tx: &mut Tx<'_>, source: Source, total: i128) -> Result<Books, Fault> {
    let shop = source.shop.0;
    let accounts = [
        Account::Merchant(source.merchant_org.0),
        Account::Rounding(shop),
        Account::UnmatchedRefunds(shop),
        Account::WriteOff(shop),
    ];
    let mut minor = [0_i64; 4];
    for (place, account) in minor.iter_mut().zip(accounts) {
        *place = balance(tx, account, source.currency)?;
    }
    // The gateway is shared by every shop; what this source brought is the other side of its own accounts.
    let paid: i64 = -minor.iter().sum::<i64>();
    let told = |minor: i64| decimals(i128::from(minor) * 100);
    Ok(Books {
        exact: decimals(total),
        paid: told(paid),
        below_a_penny: decimals(total - i128::from(paid) * 100),
        rounding: told(minor[1]),
        unmatched_refunds: told(minor[2]),
        write_off: told(minor[3]),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn months_are_those_of_the_sources_own_clock() {
        let mut months = Months::new().unwrap();
        // Half past eleven in the evening of 31 May in UTC is June in British summer time.
        months.add("1", Instant::parse("2011-05-31T22:59:00Z").unwrap(), 1, 10_000);
        months.add("2", Instant::parse("2011-05-31T23:30:00Z").unwrap(), 1, 20_000);
        months.add("3", Instant::parse("2010-12-31T23:59:00Z").unwrap(), 1, 30_000);
        let wanted =
            format!("{HEADER}\n2010-12,1,3.00,3.00,0.00\n2011-05,1,1.00,1.00,0.00\n2011-06,1,2.00,2.00,0.00\n");
        assert_eq!(months.csv(), wanted);
    }

    #[test]
    fn amounts_follow_the_definitions_and_are_not_rounded() {
        let mut months = Months::new().unwrap();
        let at = Instant::parse("2011-01-05T10:00:00Z").unwrap();
        for (invoice, quantity, price) in
            [("1", 1, 10), ("C2", -2, 15_000), ("3", -5, 0), ("A4", 1, -110_620_600), ("5", 9, 0)]
        {
            months.add(invoice, at, quantity, price);
        }
        assert_eq!(months.csv(), format!("{HEADER}\n2011-01,5,-11065.059,0.001,-3.00\n"));
        assert_eq!(months.total(), -110_650_590);
    }
}
