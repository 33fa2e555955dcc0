//! Placing an order: stock promised, number given, clock started, payment opened, all in one transaction.

use crate::Error;
use crate::model::Recipient;
use crate::number::OrderNumbers;
use crate::recipients;
use crate::texts::REMARKS;
use crate::vocabulary::Order;
use serde::{Deserialize, Serialize};
use xr_base::money::split;
use xr_base::{Actor, CaseId, Clash, Currency, Fault, Instant, Money, OrgId, RowId, ShopId, SkuId, StoreError, UserId};
use xr_case::engine::{self, Case, Grant, NewCase, authorise};
use xr_catalog::{Sku, StockMode};
use xr_identity::{Trade, standing};
use xr_payments::{NewPayment, PayableRef, open_payment};
use xr_store::{Command, Tx, params, sql};

/// Most lines of one order.
const LINES_MAX: usize = 200;
/// Most units of one line.
const QUANTITY_MAX: i64 = 9_999;
/// Longest remark, in characters.
pub(crate) const REMARK_CHARS_MAX: usize = 500;
/// Two orders of one day may draw the same eight digits; so many other numbers are tried.
const NUMBER_ATTEMPTS: u32 = 16;

/// What an order needs to know of its shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopTerms {
    /// The shop.
    pub shop: ShopId,
    /// Its merchant.
    pub merchant_org: OrgId,
    /// Pack of its promises.
    pub pack: String,
    /// The one currency it sells in.
    pub currency: Currency,
    /// Payment provider.
    pub provider: String,
    /// Freight of an order, minor units.
    pub freight_minor: i64,
}

/// A line as asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineWanted {
    /// The unit.
    pub sku: SkuId,
    /// How many, 1..=9,999.
    pub quantity: i64,
}

/// Places an order of one shop.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// Who.
    pub actor: Actor,
    /// For whom.
    pub buyer: UserId,
    /// Where.
    pub terms: ShopTerms,
    /// What, 1..=200 lines; a unit named twice is one line.
    pub lines: Vec<LineWanted>,
    /// Whom the parcel goes to.
    pub recipient: Recipient,
    /// What the buyer wants to say; at most 500 characters. An order with a remark is reviewed.
    pub remark: String,
    /// Where it comes from.
    pub source: String,
}

/// An order that was placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Its case.
    pub order: CaseId,
    /// Its number.
    pub number: String,
    /// The payment that waits.
    pub payment: CaseId,
    /// What is to be paid.
    pub total: Money,
    /// Until when.
    pub pay_until: Option<Instant>,
}

/// A line with its unit and money.
struct Priced {
    sku: Sku,
    quantity: i64,
    amount_minor: i64,
}

impl Command for PlaceOrder {
    type Out = Placed;
    const NAME: &'static str = "orders.place_order";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Placed, Fault> {
        let grant = authorise(&self.actor, "orders.buy")?;
        self.check()?;
        standing::check(tx, self.terms.merchant_org, Trade::Sell)?;
        let lines = self.price(tx)?;
        let goods: i64 = lines.iter().map(|l| l.amount_minor).try_fold(0_i64, i64::checked_add).unwrap_or(i64::MAX);
        let total = goods.checked_add(self.terms.freight_minor).filter(|t| *t > 0).ok_or(Error::NothingToPay)?;
        let id: CaseId = tx.id();
        self.reserve(tx, &grant, id, &lines)?;
        let number = self.insert(tx, id, goods, total)?;
        self.insert_lines(tx, id, &lines)?;
        let case = engine::open(
            tx,
            &NewCase {
                id,
                kind: Order::VOCABULARY.kind,
                pack: &self.terms.pack,
                parent: None,
                merchant_org: Some(self.terms.merchant_org),
                shop: Some(self.terms.shop),
                buyer: Some(self.buyer),
                actor: &self.actor,
            },
        )?;
        let total = Money::new(total, self.terms.currency);
        let payment = self.open_payment(tx, &grant, &case, total)?;
        Ok(Placed { order: id, number, payment, total, pay_until: case.due_at })
    }
}

impl PlaceOrder {
    fn check(&self) -> Result<(), Error> {
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            return Err(Error::LineCount(LINES_MAX));
        }
        for (index, line) in self.lines.iter().enumerate() {
            if !(1..=QUANTITY_MAX).contains(&line.quantity) {
                return Err(Error::Quantity { index, quantity: line.quantity });
            }
        }
        if self.remark.chars().count() > REMARK_CHARS_MAX {
            return Err(Error::Field("remark"));
        }
        match self.recipient.fault() {
            Some("name") => Err(Error::Field("recipient/name")),
            Some("phone") => Err(Error::Field("recipient/phone")),
            Some("region") => Err(Error::Field("recipient/region")),
            Some(_) => Err(Error::Field("recipient/address")),
            None => Ok(()),
        }
    }

    /// Lines with their prices of now; a unit named twice becomes one line.
    fn price(&self, tx: &mut Tx<'_>) -> Result<Vec<Priced>, Fault> {
        let mut lines: Vec<Priced> = Vec::with_capacity(self.lines.len());
        for (index, wanted) in self.lines.iter().enumerate() {
            if let Some(line) = lines.iter_mut().find(|l| l.sku.id == wanted.sku) {
                line.quantity += wanted.quantity;
                if line.quantity > QUANTITY_MAX {
                    return Err(Error::Quantity { index, quantity: line.quantity }.into());
                }
                continue;
            }
            let sku = xr_catalog::queries::sku(tx, wanted.sku)?;
            let sku = sku.filter(|s| s.shop_id == self.terms.shop && s.listed);
            let sku = sku.ok_or(Error::NoSuchSku { index, sku: wanted.sku })?;
            if sku.currency != self.terms.currency {
                return Err(Error::ForeignCurrency { index }.into());
            }
            lines.push(Priced { sku, quantity: wanted.quantity, amount_minor: 0 });
        }
        for line in &mut lines {
            let money = line.sku.unit_price.times(line.quantity, line.sku.currency);
            line.amount_minor = money.map_err(|_| Error::NothingToPay)?.minor;
        }
        Ok(lines)
    }

    fn reserve(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, id: CaseId, lines: &[Priced]) -> Result<(), Fault> {
        let tracked = lines.iter().filter(|l| l.sku.stock_mode == StockMode::Tracked);
        let wanted: Vec<(SkuId, i64)> = tracked.map(|l| (l.sku.id, l.quantity)).collect();
        xr_inventory::reserve(tx, grant, id, self.terms.merchant_org, &wanted)
    }

    fn insert(&self, tx: &mut Tx<'_>, id: CaseId, goods: i64, total: i64) -> Result<String, Fault> {
        let number = free_number(tx, id)?;
        let at = tx.at();
        let remark = REMARKS.seal(tx, id.0, &self.remark)?;
        tx.put(
            sql!(
                "INSERT INTO orders (case_id, number, merchant_org, shop_id, buyer_id, currency, goods_minor,
                 freight_minor, total_minor, source, outside_no, remark, sealed_remark, review_exempt, tracking, placed_at,
                 shipped_at, delivered_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL, '', ?11, ?12, 'none', ?13, NULL, NULL)
                 /* unscoped: inserting after authorisation */"
            ),
            params![
                id,
                number,
                self.terms.merchant_org,
                self.terms.shop,
                self.buyer,
                self.terms.currency,
                goods,
                self.terms.freight_minor,
                total,
                self.source,
                remark,
                self.remark.trim().is_empty(),
                at
            ],
        )?;
        recipients::insert(tx, id, &self.recipient)?;
        Ok(number)
    }

    /// Freight is divided once, by amount and largest remainder: refunds line by line add up to the total.
    fn insert_lines(&self, tx: &mut Tx<'_>, order: CaseId, lines: &[Priced]) -> Result<(), Fault> {
        let weights: Vec<u64> = lines.iter().map(|l| l.amount_minor.unsigned_abs()).collect();
        let freight = split(self.terms.freight_minor, &weights);
        for ((line_no, line), freight_minor) in (1_i64..).zip(lines).zip(freight) {
            let id: RowId = tx.id();
            tx.put(
                sql!(
                    "INSERT INTO order_lines (id, order_id, line_no, sku_id, title, spec, quantity, unit_price,
                     amount_minor, freight_minor, shipped, stopped, refunded, refunded_minor)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, 0) /* unscoped: inserting */"
                ),
                params![
                    id,
                    order,
                    line_no,
                    line.sku.id,
                    line.sku.title,
                    line.sku.spec,
                    line.quantity,
                    line.sku.unit_price,
                    line.amount_minor,
                    freight_minor
                ],
            )?;
        }
        Ok(())
    }

    /// The payment ends at the very moment at which the order stops waiting (correction 4 of the machines).
    fn open_payment(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, order: &Case, amount: Money) -> Result<CaseId, Fault> {
        let new = NewPayment {
            payable: PayableRef { kind: Order::VOCABULARY.kind, id: order.id },
            pack: &self.terms.pack,
            merchant_org: self.terms.merchant_org,
            shop: self.terms.shop,
            buyer: self.buyer,
            amount,
            // An order whose clock waits for a day table waits for its money without end.
            due: order.due_at.unwrap_or(Instant(i64::MAX)),
            provider: &self.terms.provider,
        };
        Ok(open_payment(tx, grant, &new)?.id)
    }
}

/// A number for an order that no other order has.
///
/// # Errors
/// [`StoreError::Retry`] where too many are taken; a store fault.
pub fn free_number(tx: &mut Tx<'_>, id: CaseId) -> Result<String, Fault> {
    let missing = || StoreError::Engine("no key for order numbers is wired".to_owned());
    let numbers = tx.ext::<OrderNumbers>().ok_or_else(missing)?;
    for attempt in 0..NUMBER_ATTEMPTS {
        let number = numbers.number(id, tx.at(), attempt);
        let taken: Option<(i64,)> = tx.opt(
            sql!("SELECT case_id FROM orders WHERE number = ?1 /* unscoped: numbers are unique everywhere */"),
            params![number],
        )?;
        if taken.is_none() {
            return Ok(number);
        }
    }
    Err(StoreError::Retry(Clash::Overtaken, "no free order number".to_owned()).into())
}
