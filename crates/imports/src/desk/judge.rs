//! What becomes of one order: new, known, or refused; and the writing of a new one.

use super::cells::Row;
use super::plan::Order;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use xr_base::{
    Actor, CaseId, Currency, Fault, ImportId, Money, OrgId, RowId, ShopId, SkuId, SourceId, UnitPrice, UserId,
};
use xr_case::engine::{Grant, authorise};
use xr_catalog::{NewSku, StockMode, add_sku, unlist};
use xr_identity::commands::add_dormant_buyer;
use xr_orders::{Recipient, RecordedLine, RecordedOrder, free_number, record_lines, record_order};
use xr_payments::ledger::{Account, Transfer, post};
use xr_store::{Tx, params, sql};

/// What a run is about.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) import: ImportId,
    pub(crate) is_dry: bool,
    pub(crate) source: SourceId,
    pub(crate) source_name: String,
    pub(crate) merchant_org: OrgId,
    pub(crate) shop: ShopId,
    pub(crate) currency: Currency,
    pub(crate) pack: String,
}

/// Products and buyers met so far; a dry run knows those that it would have made, without an id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parties {
    pub(crate) products: HashMap<String, Option<SkuId>>,
    pub(crate) buyers: HashMap<String, Option<UserId>>,
}

/// What becomes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was written; of a dry run, would have been.
    New,
    /// An earlier import wrote it, with the same rows.
    Known,
    /// A code of the report.
    Refused(&'static str),
}

/// Judges orders inside one transaction.
pub(crate) struct Judge<'j> {
    pub(crate) run: &'j Run,
    /// Met before this transaction.
    pub(crate) known: &'j Parties,
    /// Met in it.
    pub(crate) fresh: Parties,
    pub(crate) products_new: u64,
    pub(crate) buyers_new: u64,
    grant: Grant<'j>,
}

impl<'j> Judge<'j> {
    pub(crate) fn new(run: &'j Run, known: &'j Parties) -> Result<Self, Fault> {
        let grant = authorise(&Actor::System, "orders.manage")?;
        Ok(Self { run, known, fresh: Parties::default(), products_new: 0, buyers_new: 0, grant })
    }

    /// Judges an order, and writes it if it is new and the run is no dry one.
    pub(crate) fn order(&mut self, tx: &mut Tx<'_>, order: &Order) -> Result<Verdict, Fault> {
        let known: Option<(i64,)> = tx.opt(
            sql!(
                "SELECT rows_hash FROM outside_orders WHERE source_id = ?1 AND outside_no = ?2
                 /* unscoped: the desk's own rows */"
            ),
            params![self.run.source, order.number],
        )?;
        if let Some((hash,)) = known {
            return Ok(if hash == order.hash { Verdict::Known } else { Verdict::Refused("conflict") });
        }
        if order.head.currency.is_some_and(|currency| currency != self.run.currency) {
            return Ok(Verdict::Refused("foreign_currency"));
        }
        if xr_orders::recorded(tx, self.run.shop, &order.number)?.is_some() {
            return Ok(Verdict::Refused("number_taken"));
        }
        // Everything of an order counts for its own time, not for that of the import.
        tx.set_at(Some(order.placed_at));
        let written = self.write(tx, order);
        tx.set_at(None);
        written.map(|()| Verdict::New)
    }

    fn write(&mut self, tx: &mut Tx<'_>, order: &Order) -> Result<(), Fault> {
        let mut skus = Vec::with_capacity(order.lines.len());
        for line in &order.lines {
            skus.push(self.sku(tx, line)?);
        }
        let buyer = self.buyer(tx, &order.head.buyer)?;
        let (Some(buyer), Some(skus)) = (buyer, skus.into_iter().collect::<Option<Vec<SkuId>>>()) else {
            return Ok(());
        };
        if self.run.is_dry {
            return Ok(());
        }
        let id = self.record(tx, order, (buyer, &skus))?;
        self.book(tx, id, order)?;
        tx.put(
            sql!(
                "INSERT INTO outside_orders (source_id, outside_no, order_id, rows_hash, import_id)
                 VALUES (?1, ?2, ?3, ?4, ?5) /* unscoped: the desk's own rows */"
            ),
            params![self.run.source, order.number, id, order.hash, self.run.import],
        )?;
        Ok(())
    }

    fn record(&self, tx: &mut Tx<'_>, order: &Order, (buyer, skus): (UserId, &[SkuId])) -> Result<CaseId, Fault> {
        let id: CaseId = tx.id();
        let number = free_number(tx, id)?;
        let head = &order.head;
        let recipient = Recipient {
            name: head.name.clone(),
            phone: head.phone.clone(),
            region: head.region.clone(),
            address: head.address.clone(),
        };
        let recorded = RecordedOrder {
            id,
            number: &number,
            merchant_org: self.run.merchant_org,
            shop: self.run.shop,
            pack: &self.run.pack,
            buyer,
            currency: self.run.currency,
            source: &format!("import:{}", self.run.source_name),
            outside_no: &order.number,
            recipient: &recipient,
            remark: &head.remark,
            at: order.placed_at,
        };
        record_order(tx, &self.grant, &recorded)?;
        let line = |(row, sku): (&'_ Row, &SkuId)| (tx.id::<RowId>(), *sku, row.clone());
        let rows: Vec<(RowId, SkuId, Row)> = order.lines.iter().zip(skus).map(line).collect();
        let lines: Vec<RecordedLine<'_>> = rows
            .iter()
            .map(|(id, sku, row)| RecordedLine {
                id: *id,
                sku: *sku,
                title: &row.title,
                quantity: row.quantity,
                unit_price: UnitPrice(row.unit_price),
                amount_minor: row.amount_minor,
            })
            .collect();
        record_lines(tx, &self.grant, id, &lines)?;
        Ok(id)
    }

    /// What was paid elsewhere, at the time at which it was.
    fn book(&self, tx: &mut Tx<'_>, id: CaseId, order: &Order) -> Result<(), Fault> {
        let total = order.total();
        if total == 0 {
            return Ok(());
        }
        tx.set_at(Some(order.paid_at.unwrap_or(order.placed_at)));
        let money = Money::new(total, self.run.currency);
        let accounts = (Account::Merchant(self.run.merchant_org.0), Account::Gateway);
        let transfer = Transfer::move_money(format!("import:{id}"), "import_sale", id, accounts, money);
        post(tx, &self.grant, &transfer)
    }

    /// The unit of a line: mapped for the source, the shop's own of this code, or a new one, untracked and not for sale.
    fn sku(&mut self, tx: &mut Tx<'_>, line: &Row) -> Result<Option<SkuId>, Fault> {
        let code = &line.sku;
        if let Some(met) = self.known.products.get(code).or_else(|| self.fresh.products.get(code)) {
            return Ok(*met);
        }
        let mapped: Option<(SkuId,)> = tx.opt(
            sql!(
                "SELECT sku_id FROM outside_products WHERE source_id = ?1 AND code = ?2
                 /* unscoped: the desk's own rows */"
            ),
            params![self.run.source, code],
        )?;
        let found = match mapped {
            Some((sku,)) => Some(sku),
            None => xr_catalog::queries::sku_by_code(tx, self.run.shop, code)?.map(|sku| sku.id),
        };
        let sku = if found.is_none() {
            self.products_new += 1;
            if self.run.is_dry { None } else { Some(self.add_sku(tx, line)?) }
        } else {
            found
        };
        self.fresh.products.insert(code.clone(), sku);
        Ok(sku)
    }

    fn add_sku(&self, tx: &mut Tx<'_>, line: &Row) -> Result<SkuId, Fault> {
        let grant = authorise(&Actor::System, "catalog.manage")?;
        let new = NewSku {
            merchant_org: self.run.merchant_org,
            shop: self.run.shop,
            code: line.sku.clone(),
            title: line.title.clone(),
            spec: String::new(),
            unit_price: UnitPrice(line.unit_price),
            currency: self.run.currency,
            stock_mode: StockMode::Untracked,
            picture: None,
        };
        let sku = add_sku(tx, &grant, &new)?.id;
        unlist(tx, &grant, sku)?;
        Ok(sku)
    }

    /// The buyer with this account at the source; all without one are one anonymous buyer. None of them can log in.
    fn buyer(&mut self, tx: &mut Tx<'_>, account: &str) -> Result<Option<UserId>, Fault> {
        if let Some(met) = self.known.buyers.get(account).or_else(|| self.fresh.buyers.get(account)) {
            return Ok(*met);
        }
        let found: Option<(UserId,)> = tx.opt(
            sql!(
                "SELECT buyer_id FROM outside_buyers WHERE source_id = ?1 AND account = ?2
                 /* unscoped: the desk's own rows */"
            ),
            params![self.run.source, account],
        )?;
        let buyer = if let Some((buyer,)) = found {
            Some(buyer)
        } else {
            self.buyers_new += 1;
            if self.run.is_dry { None } else { Some(self.add_buyer(tx, account)?) }
        };
        self.fresh.buyers.insert(account.to_owned(), buyer);
        Ok(buyer)
    }

    fn add_buyer(&self, tx: &mut Tx<'_>, account: &str) -> Result<UserId, Fault> {
        // Accounts may hold what log-ins may not; a hash of it is as unique.
        let mut login = format!("{}.", self.run.source);
        for byte in Sha256::digest(account.as_bytes()).iter().take(16) {
            // Writing into a string cannot fail.
            let _ = write!(login, "{byte:02x}");
        }
        let name = if account.is_empty() { &self.run.source_name } else { account };
        let name: String = name.chars().take(64).collect();
        let buyer = add_dormant_buyer(tx, &Actor::System, &login, &name)?;
        tx.put(
            sql!(
                "INSERT INTO outside_buyers (source_id, account, buyer_id) VALUES (?1, ?2, ?3)
                 /* unscoped: the desk's own rows */"
            ),
            params![self.run.source, account, buyer],
        )?;
        Ok(buyer)
    }
}

impl Order {
    /// Sum of its lines, minor units.
    pub(crate) fn total(&self) -> i64 {
        self.lines.iter().map(|line| line.amount_minor).sum()
    }
}
