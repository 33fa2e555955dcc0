//! Invoices become orders that ended, and adjustments; each with its rows and its money.

use super::Shared;
use crate::matching::{Return, Sale};
use crate::money::row_minor;
use crate::plan::Invoice;
use crate::rows::{Kind, Row};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError};
use xr_base::{Actor, CaseId, Fault, Instant, Money, RowId, SkuId, StoreError, UnitPrice, UserId};
use xr_case::engine::{Grant, authorise};
use xr_orders::{Recipient, RecordedLine, RecordedOrder, record_lines, record_order, record_return};
use xr_payments::ledger::{Account, Transfer, post};
use xr_store::{Command, Tx, params, sql};

/// Pack whose rulebook imported orders carry.
const PACK: &str = "xiaoer-default";
const SOURCE: &str = "import:online-retail";
/// Before an invoice number, so that it is no number of another source.
const NUMBER_PREFIX: &str = "OR-";

/// Writes a range of the plan's invoices.
pub(crate) struct WriteInvoices {
    pub(crate) shared: Arc<Shared>,
    pub(crate) invoices: Range<usize>,
}

impl Command for WriteInvoices {
    /// Index of the row, order and line of every sale.
    type Out = Vec<(usize, CaseId, RowId)>;
    const NAME: &'static str = "imports.write_invoices";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Out, Fault> {
        let grant = authorise(&Actor::System, "orders.manage")?;
        let mut writer = Writer { shared: &self.shared, grant, lines: HashMap::new() };
        for invoice in &self.shared.plan.invoices[self.invoices.clone()] {
            let rows = &self.shared.plan.rows.rows[invoice.rows.clone()];
            // Everything of an invoice counts for its own time, not for that of the import.
            tx.set_at(rows.iter().map(|row| row.at).min());
            writer.invoice(tx, invoice)?;
        }
        tx.set_at(None);
        let mut lines: Vec<_> = writer.lines.into_iter().map(|(row, (order, line))| (row, order, line)).collect();
        lines.sort_unstable();
        Ok(lines)
    }
}

struct Writer<'a> {
    shared: &'a Shared,
    grant: Grant<'a>,
    /// Order and line of the sales of this transaction.
    lines: HashMap<usize, (CaseId, RowId)>,
}

impl<'a> Writer<'a> {
    fn invoice(&mut self, tx: &mut Tx<'_>, invoice: &Invoice) -> Result<(), Fault> {
        self.sales(tx, invoice)?;
        for index in invoice.rows.clone() {
            let row = &self.shared.plan.rows.rows[index];
            if self.shared.plan.kind(row) != Kind::Sale {
                self.adjustment(tx, index, row)?;
            }
        }
        Ok(())
    }

    /// The sale lines of an invoice: its order, or more lines for it.
    fn sales(&mut self, tx: &mut Tx<'_>, invoice: &Invoice) -> Result<(), Fault> {
        let plan = &self.shared.plan;
        let sales: Vec<(usize, &Row)> = plan.sales(invoice).collect();
        let Some((_, first)) = sales.first().copied() else { return Ok(()) };
        let order = match invoice.order {
            Some(order) => order,
            None => self.order(tx, first, tx.at())?,
        };
        let mut lines = Vec::with_capacity(sales.len());
        for (index, row) in &sales {
            let id: RowId = tx.id();
            self.lines.insert(*index, (order, id));
            lines.push(RecordedLine {
                id,
                sku: self.sku(row)?,
                title: self.title(row),
                quantity: row.quantity,
                unit_price: UnitPrice(row.price),
                amount_minor: row_minor(row, self.shared.source.currency)?,
            });
        }
        record_lines(tx, &self.grant, order, &lines)?;
        for ((_, row), line) in sales.iter().zip(&lines) {
            self.row(tx, row, line.id, Kind::Sale)?;
        }
        let money = plan.sale_money(invoice);
        let source = self.shared.source;
        self.post(
            tx,
            ("sale", lines[0].id, 0),
            Some(order),
            &[
                (Account::Gateway, money.paid),
                (Account::Merchant(source.merchant_org.0), -money.lines),
                (Account::Rounding(source.shop.0), money.lines - money.paid),
            ],
        )
    }

    fn order(&self, tx: &mut Tx<'_>, row: &Row, at: Instant) -> Result<CaseId, Fault> {
        let (source, texts) = (self.shared.source, &self.shared.plan.rows.texts);
        let outside_no = texts.get(row.invoice);
        let id: CaseId = tx.id();
        let recipient = Recipient {
            name: if row.customer == 0 { String::new() } else { row.customer.to_string() },
            phone: String::new(),
            region: texts.get(row.country).to_owned(),
            address: String::new(),
        };
        let order = RecordedOrder {
            id,
            number: &format!("{NUMBER_PREFIX}{outside_no}"),
            merchant_org: source.merchant_org,
            shop: source.shop,
            pack: PACK,
            buyer: self.buyer(row)?,
            currency: source.currency,
            source: SOURCE,
            outside_no,
            recipient: &recipient,
            remark: "",
            at,
        };
        record_order(tx, &self.grant, &order)?;
        Ok(id)
    }

    /// A row that is no sale.
    fn adjustment(&mut self, tx: &mut Tx<'_>, index: usize, row: &Row) -> Result<(), Fault> {
        let plan = &self.shared.plan;
        let (id, kind) = (tx.id::<RowId>(), plan.kind(row));
        let none = Return::default();
        let back = plan.returns.get(&index).unwrap_or(&none);
        let matched: i64 = back.takes.iter().map(|take| take.units).sum();
        let possible = i64::try_from(back.possible).unwrap_or(i64::MAX);
        tx.put(
            sql!(
                "INSERT INTO import_adjustments (id, source_id, invoice, kind, buyer_id, sku_id, title, quantity,
                 unit_price, possible_sales, matched_units, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 /* unscoped: the importer's own rows */"
            ),
            params![
                id,
                self.shared.source.id,
                plan.rows.texts.get(row.invoice),
                kind,
                self.buyer(row)?,
                self.sku(row)?,
                plan.rows.texts.get(row.title),
                row.quantity,
                row.price,
                possible,
                matched,
                row.at
            ],
        )?;
        self.row(tx, row, id, kind)?;
        self.adjust_money(tx, id, row, back)
    }

    fn adjust_money(&mut self, tx: &mut Tx<'_>, id: RowId, row: &Row, back: &Return) -> Result<(), Fault> {
        let source = self.shared.source;
        let shop = source.shop.0;
        match self.shared.plan.kind(row) {
            Kind::Sale | Kind::WriteOff => Ok(()),
            Kind::Cancel => {
                self.give_back(tx, id, back)?;
                let minor = back.unmatched_minor;
                let legs = [(Account::Gateway, -minor), (Account::UnmatchedRefunds(shop), minor)];
                self.post(tx, ("cancel", id, 0), None, &legs)
            }
            kind => {
                let minor = row_minor(row, source.currency)?;
                let other =
                    if kind == Kind::BadDebt { Account::WriteOff(shop) } else { Account::UnmatchedRefunds(shop) };
                self.post(tx, (kind.word(), id, 0), None, &[(Account::Gateway, minor), (other, -minor)])
            }
        }
    }

    /// Units and money of a cancellation go back from the sales that it was matched with.
    fn give_back(&mut self, tx: &mut Tx<'_>, id: RowId, back: &Return) -> Result<(), Fault> {
        let merchant = Account::Merchant(self.shared.source.merchant_org.0);
        for (part, take) in (1..).zip(&back.takes) {
            let (order, line) = self.line(take.sale)?;
            record_return(tx, &self.grant, line, take.units, take.minor)?;
            tx.put(
                sql!(
                    "INSERT INTO import_matches (adjustment_id, line_id, units, amount_minor) VALUES (?1, ?2, ?3, ?4)
                     /* unscoped: the importer's own rows */"
                ),
                params![id, line, take.units, take.minor],
            )?;
            let legs = [(Account::Gateway, -take.minor), (merchant, take.minor)];
            self.post(tx, ("cancel", id, part), Some(order), &legs)?;
        }
        Ok(())
    }

    fn row(&self, tx: &mut Tx<'_>, row: &Row, entry: RowId, kind: Kind) -> Result<(), Fault> {
        tx.put(
            sql!(
                "INSERT INTO import_rows (source_id, invoice, row_hash, occurrence, entry_id, kind, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) /* unscoped: the importer's own rows */"
            ),
            params![
                self.shared.source.id,
                self.shared.plan.rows.texts.get(row.invoice),
                row.hash,
                i64::from(row.occurrence),
                entry,
                kind,
                row.at
            ],
        )?;
        Ok(())
    }

    /// Posts what is not zero; a movement without money is none.
    fn post(
        &self,
        tx: &mut Tx<'_>,
        (kind, entry, part): (&str, RowId, u32),
        case: Option<CaseId>,
        legs: &[(Account, i64)],
    ) -> Result<(), Fault> {
        let currency = self.shared.source.currency;
        let legs: Vec<(Account, Money)> = legs
            .iter()
            .filter(|(_, minor)| *minor != 0)
            .map(|(account, minor)| (*account, Money::new(*minor, currency)))
            .collect();
        if legs.is_empty() {
            return Ok(());
        }
        let kind = format!("import_{kind}");
        post(tx, &self.grant, &Transfer { key: format!("import:{entry}:{part}"), kind: &kind, case, legs })
    }

    fn line(&self, sale: Sale) -> Result<(CaseId, RowId), Fault> {
        let row = match sale {
            Sale::Stored(order, line) => return Ok((order, line)),
            Sale::Fresh(row) => row,
        };
        if let Some(found) = self.lines.get(&row) {
            return Ok(*found);
        }
        let before = self.shared.lines.lock().unwrap_or_else(PoisonError::into_inner);
        before.get(&row).copied().ok_or_else(|| lost("sale"))
    }

    fn sku(&self, row: &Row) -> Result<SkuId, Fault> {
        self.shared.goods.get(&row.product).copied().ok_or_else(|| lost("unit"))
    }

    fn buyer(&self, row: &Row) -> Result<UserId, Fault> {
        self.shared.buyers.get(&row.customer).copied().ok_or_else(|| lost("buyer"))
    }

    /// The row's own description, or the code where there is none.
    fn title(&self, row: &Row) -> &'a str {
        let shared: &'a Shared = self.shared;
        let texts = &shared.plan.rows.texts;
        match texts.get(row.title) {
            "" => texts.get(row.code),
            title => title,
        }
    }
}

fn lost(what: &str) -> Fault {
    StoreError::Corrupt(format!("the plan of an import lost a {what}")).into()
}
