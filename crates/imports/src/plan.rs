//! What an import will write, decided before anything is written: so a dry run reports the same.

use crate::issue::{Issue, Issues};
use crate::matching::{Key, Left, Return, Sale, Shelf};
use crate::money::{SaleMoney, exact, rounded};
use crate::read::Reading;
use crate::rows::{Kind, Row, Rows, is_fee};
use crate::source::{self, Source};
use crate::stored;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use xr_base::{CaseId, Fault, SkuId, UserId};
use xr_store::Tx;

/// Codes of odd rows.
#[cfg(test)]
pub(crate) const WARNINGS: &[&str] = &[
    "no_customer",
    "zero_price",
    "bad_debt",
    "write_off",
    "correction",
    "fee_line",
    "no_description",
    "double_row",
    "several_customers",
];

/// Rows of one invoice that are new.
#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub(crate) rows: Range<usize>,
    /// Its order, if an earlier import wrote one.
    pub(crate) order: Option<CaseId>,
}

/// A product that has no unit yet.
#[derive(Clone, Debug)]
pub(crate) struct NewGoods {
    pub(crate) key: String,
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) price: i64,
    pub(crate) is_fee: bool,
}

/// Everything that will be written.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) source: Option<Source>,
    /// New rows alone, arranged.
    pub(crate) rows: Rows,
    pub(crate) invoices: Vec<Invoice>,
    /// Where cancellations come from, by index of their row.
    pub(crate) returns: HashMap<usize, Return>,
    pub(crate) goods: HashMap<String, SkuId>,
    pub(crate) new_goods: Vec<NewGoods>,
    pub(crate) buyers: HashMap<i64, UserId>,
    pub(crate) new_buyers: Vec<i64>,
    pub(crate) issues: Issues,
    pub(crate) files: Vec<String>,
    pub(crate) rows_read: usize,
    pub(crate) customers: usize,
}

/// Makes the plan on one snapshot of the database.
pub(crate) fn make(tx: &mut Tx<'_>, reading: Reading) -> Result<Plan, Fault> {
    let Reading { mut rows, issues, files } = reading;
    rows.arrange();
    let mut plan = Plan { source: source::find(tx)?, issues, files, rows_read: rows.rows.len(), ..Plan::default() };
    let customers: HashSet<i64> = rows.rows.iter().map(|row| row.customer).filter(|customer| *customer > 0).collect();
    plan.customers = customers.len();
    plan.note_odd_rows(&rows);
    if let Some(source) = plan.source {
        plan.goods = source::goods(tx, source.id)?;
        plan.buyers = source::buyers(tx, source.id)?;
    }
    plan.keep_new_rows(tx, rows)?;
    plan.name_new_parties();
    plan.match_returns(tx)?;
    Ok(plan)
}

impl Plan {
    /// What a row of this plan means.
    pub(crate) fn kind(&self, row: &Row) -> Kind {
        self.rows.kind(row)
    }

    /// The sale lines of an invoice with the indices of their rows.
    pub(crate) fn sales<'p>(&'p self, invoice: &'p Invoice) -> impl Iterator<Item = (usize, &'p Row)> {
        let rows = invoice.rows.clone().zip(&self.rows.rows[invoice.rows.clone()]);
        rows.filter(|(_, row)| self.kind(row) == Kind::Sale)
    }

    fn note_odd_rows(&mut self, rows: &Rows) {
        let (issues, files) = (&mut self.issues, &self.files);
        let mut before: Option<&Row> = None;
        for row in &rows.rows {
            let mut odd = |code: &'static str, column: &'static str, value: &str| {
                let file = files.get(row.place.file as usize).map_or("", String::as_str);
                issues.warn(code, || Issue::new(file, u64::from(row.place.line), Some(column), code, value));
            };
            match rows.kind(row) {
                Kind::WriteOff => odd("write_off", "Quantity", &row.quantity.to_string()),
                Kind::BadDebt => odd("bad_debt", "UnitPrice", rows.texts.get(row.invoice)),
                Kind::Correction => odd("correction", "Quantity", &row.quantity.to_string()),
                Kind::Sale if row.price == 0 => odd("zero_price", "UnitPrice", "0"),
                Kind::Sale | Kind::Cancel => {}
            }
            if row.customer == 0 {
                odd("no_customer", "CustomerID", "");
            }
            if is_fee(rows.texts.get(row.code)) {
                odd("fee_line", "StockCode", rows.texts.get(row.code));
            }
            if rows.texts.get(row.title).is_empty() {
                odd("no_description", "Description", "");
            }
            if row.occurrence > 1 {
                odd("double_row", "InvoiceNo", rows.texts.get(row.invoice));
            }
            if before.is_some_and(|other| other.invoice == row.invoice && other.customer != row.customer) {
                odd("several_customers", "CustomerID", &row.customer.to_string());
            }
            before = Some(row);
        }
    }

    /// Leaves out the rows that are stored already, invoice by invoice.
    fn keep_new_rows(&mut self, tx: &mut Tx<'_>, mut all: Rows) -> Result<(), Fault> {
        let mut is_new = vec![true; all.rows.len()];
        let mut orders: HashMap<u32, CaseId> = HashMap::new();
        if let Some(source) = self.source {
            let mut start = 0;
            for rows in all.rows.chunk_by(|a, b| a.invoice == b.invoice) {
                let number = all.texts.get(rows[0].invoice);
                let stored: HashSet<(i64, i64)> = source::stored_rows(tx, source.id, number)?.into_iter().collect();
                for (row, is_new) in rows.iter().zip(&mut is_new[start..]) {
                    *is_new = !stored.contains(&(row.hash, i64::from(row.occurrence)));
                }
                if !stored.is_empty() && is_new[start..start + rows.len()].contains(&true) {
                    let order = xr_orders::recorded(tx, source.shop, number)?;
                    orders.extend(order.map(|order| (rows[0].invoice, order)));
                }
                start += rows.len();
            }
        }
        let mut each = is_new.into_iter();
        all.rows.retain(|_| each.next().unwrap_or(true));
        let mut start = 0;
        for rows in all.rows.chunk_by(|a, b| a.invoice == b.invoice) {
            let order = orders.get(&rows[0].invoice).copied();
            self.invoices.push(Invoice { rows: start..start + rows.len(), order });
            start += rows.len();
        }
        self.rows = all;
        Ok(())
    }

    /// Products and customers that the database does not know, in order of their keys.
    fn name_new_parties(&mut self) {
        let customers: BTreeSet<i64> = self.rows.rows.iter().map(|row| row.customer).collect();
        self.new_buyers = customers.into_iter().filter(|customer| !self.buyers.contains_key(customer)).collect();
        let mut new: HashMap<u32, NewGoods> = HashMap::new();
        let mut is_sold: HashSet<u32> = HashSet::new();
        for row in &self.rows.rows {
            let texts = &self.rows.texts;
            let key = texts.get(row.product);
            if self.goods.contains_key(key) {
                continue;
            }
            let (code, title) = (texts.get(row.code), texts.get(row.title));
            let goods = new.entry(row.product).or_insert_with(|| NewGoods {
                key: key.to_owned(),
                code: code.to_owned(),
                title: String::new(),
                price: 0,
                is_fee: is_fee(key),
            });
            if code < goods.code.as_str() {
                code.clone_into(&mut goods.code);
            }
            // Its name and price are those of its first paid sale; remarks of write-offs serve only where there is none.
            let is_first_sale = self.rows.kind(row) == Kind::Sale && row.price > 0 && is_sold.insert(row.product);
            if !title.is_empty() && (is_first_sale || goods.title.is_empty()) {
                title.clone_into(&mut goods.title);
            }
            if is_first_sale {
                goods.price = row.price;
            }
        }
        self.new_goods = new.into_values().collect();
        self.new_goods.sort_by(|a, b| a.key.cmp(&b.key));
    }

    /// Walks through the new rows in order of time: sales go onto the shelf, cancellations take from it.
    fn match_returns(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let mut sales = Shelf::default();
        let key = |row: &Row| Key::new(row.customer, row.product, row.country);
        for row in self.rows.rows.iter().filter(|row| self.kind(row) == Kind::Cancel) {
            sales.reserve(key(row));
        }
        if sales.is_empty() {
            return Ok(());
        }
        if let Some(source) = self.source {
            stored::shelve(tx, source, self, &mut sales)?;
        }
        let mut returns = HashMap::new();
        for (index, row) in self.rows.rows.iter().enumerate() {
            match self.kind(row) {
                Kind::Sale if row.price > 0 => {
                    let minor = rounded(exact(row.quantity, row.price));
                    sales.put(key(row), Left { sale: Sale::Fresh(index), at: row.at, units: row.quantity, minor });
                }
                Kind::Cancel => {
                    returns.insert(index, sales.take(key(row), row.at, -row.quantity, row.price));
                }
                _ => {}
            }
        }
        self.returns = returns;
        Ok(())
    }

    /// Money of the sale lines of an invoice.
    pub(crate) fn sale_money(&self, invoice: &Invoice) -> SaleMoney {
        SaleMoney::of(self.sales(invoice).map(|(_, row)| row))
    }
}
