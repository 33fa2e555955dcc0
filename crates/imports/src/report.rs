//! What an import did, or would do.

use crate::issue::{Issues, text};
use crate::money::{decimals, exact, rounded};
use crate::plan::Plan;
use crate::rows::Kind;
use crate::summary::Books;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use xr_base::Locale;

/// Cancellation rows by how many earlier sales they could take back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cancellations {
    /// Rows.
    pub rows: u64,
    /// With one possible sale.
    pub matched: u64,
    /// With several; the latest were taken.
    pub ambiguous: u64,
    /// With none.
    pub unmatched: u64,
    /// Of the first two: more units than their sales had left.
    pub short: u64,
}

/// Report of one import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Nothing was written.
    pub dry_run: bool,
    /// Files read.
    pub files: Vec<String>,
    /// Good rows in them.
    pub rows_read: u64,
    /// Of them, not stored before.
    pub rows_new: u64,
    /// Of them, stored by an earlier import.
    pub rows_known: u64,
    /// New orders.
    pub orders_new: u64,
    /// New units of goods and fees.
    pub skus_new: u64,
    /// New buyers.
    pub buyers_new: u64,
    /// Customers named in the files.
    pub customers: u64,
    /// New rows by what they mean.
    pub kinds: BTreeMap<&'static str, u64>,
    /// New cancellations.
    pub cancellations: Cancellations,
    /// Quantity × price over the new rows, unrounded, in the major unit.
    pub amount: String,
    /// Of it: what the rounding account takes up, lines against invoices.
    pub rounding: String,
    /// Of it: given back without a known sale.
    pub unmatched_refunds: String,
    /// What the ledger says after the import; only with a summary, never of a dry run.
    pub books: Option<Books>,
    /// Broken and odd rows.
    #[serde(flatten)]
    pub issues: Issues,
}

impl Report {
    pub(crate) fn new(plan: &Plan, dry_run: bool) -> Self {
        let rows = &plan.rows.rows;
        let mut kinds: BTreeMap<&'static str, u64> = BTreeMap::new();
        for row in rows {
            *kinds.entry(plan.kind(row).word()).or_default() += 1;
        }
        let amount: i128 = rows.iter().map(|row| exact(row.quantity, row.price)).sum();
        let new_orders = plan.invoices.iter().filter(|i| i.order.is_none() && plan.sales(i).next().is_some());
        let sales = plan.invoices.iter().map(|invoice| plan.sale_money(invoice));
        let rounding: i64 = sales.map(|money| money.lines - money.paid).sum();
        let corrections = rows.iter().filter(|row| plan.kind(row) == Kind::Correction);
        let unmatched = plan.returns.values().map(|back| back.unmatched_minor).sum::<i64>()
            - corrections.map(|row| rounded(exact(row.quantity, row.price))).sum::<i64>();
        let minor = |minor: i64| decimals(i128::from(minor) * 100);
        Self {
            dry_run,
            files: plan.files.clone(),
            rows_read: plan.rows_read as u64,
            rows_new: rows.len() as u64,
            rows_known: (plan.rows_read - rows.len()) as u64,
            orders_new: new_orders.count() as u64,
            skus_new: plan.new_goods.len() as u64,
            buyers_new: plan.new_buyers.len() as u64,
            customers: plan.customers as u64,
            kinds,
            cancellations: cancellations(plan),
            amount: decimals(amount),
            rounding: minor(rounding),
            unmatched_refunds: minor(unmatched),
            books: None,
            issues: plan.issues.clone(),
        }
    }

    /// Whether some row, or a whole file, could not be read. Odd rows are no errors.
    pub fn has_errors(&self) -> bool {
        self.issues.error_count > 0
    }

    /// The report in one language.
    pub const fn show(&self, locale: Locale) -> Shown<'_> {
        Shown { report: self, locale }
    }
}

fn cancellations(plan: &Plan) -> Cancellations {
    let mut counts = Cancellations::default();
    for back in plan.returns.values() {
        counts.rows += 1;
        match back.possible {
            0 => counts.unmatched += 1,
            1 => counts.matched += 1,
            _ => counts.ambiguous += 1,
        }
        if back.possible > 0 && back.unmatched_units > 0 {
            counts.short += 1;
        }
    }
    counts
}

/// A report in one language.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'r> {
    report: &'r Report,
    locale: Locale,
}

/// In Chinese, the product's first language.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(Locale::ZhCn).fmt(f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (report, locale) = (self.report, self.locale);
        for issue in &report.issues.errors {
            writeln!(f, "{}", issue.show(locale))?;
        }
        for (code, oddity) in &report.issues.warnings {
            self.line(f, "report.odd", &[("count", &oddity.count), ("code", code)])?;
            for issue in &oddity.examples {
                writeln!(f, "  {}", issue.show(locale))?;
            }
        }
        if report.dry_run {
            self.line(f, "report.dry_run", &[])?;
        }
        let counts: [(&str, &dyn fmt::Display); 4] = [
            ("read", &report.rows_read),
            ("new", &report.rows_new),
            ("known", &report.rows_known),
            ("broken", &report.issues.error_count),
        ];
        self.line(f, "report.rows", &counts)?;
        let written: [(&str, &dyn fmt::Display); 4] = [
            ("orders", &report.orders_new),
            ("skus", &report.skus_new),
            ("buyers", &report.buyers_new),
            ("customers", &report.customers),
        ];
        self.line(f, "report.written", &written)?;
        let back = report.cancellations;
        let counts: [(&str, &dyn fmt::Display); 5] = [
            ("rows", &back.rows),
            ("matched", &back.matched),
            ("ambiguous", &back.ambiguous),
            ("unmatched", &back.unmatched),
            ("short", &back.short),
        ];
        self.line(f, "report.cancellations", &counts)?;
        let money: [(&str, &dyn fmt::Display); 3] =
            [("amount", &report.amount), ("rounding", &report.rounding), ("unmatched", &report.unmatched_refunds)];
        self.line(f, "report.money", &money)?;
        let Some(books) = &report.books else { return Ok(()) };
        let books: [(&str, &dyn fmt::Display); 4] = [
            ("exact", &books.exact),
            ("paid", &books.paid),
            ("below", &books.below_a_penny),
            ("rounding", &books.rounding),
        ];
        self.line(f, "report.books", &books)
    }
}

impl Shown<'_> {
    fn line(&self, f: &mut fmt::Formatter<'_>, key: &str, values: &[(&str, &dyn fmt::Display)]) -> fmt::Result {
        let params = values.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        writeln!(f, "{}", text(self.locale, &format!("imports.{key}"), &params))
    }
}
