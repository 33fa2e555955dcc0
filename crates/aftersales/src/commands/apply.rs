//! The buyer applies for money or other goods on one line of an order.

use crate::amounts::{self, Asked};
use crate::evidence::{check_words, file_photos};
use crate::model::{AftersalesRow, CaseKind, GoodsAt, Origin, Progress, Reason};
use crate::{Error, opening, queries};
use serde::{Deserialize, Serialize};
use xr_base::{Actor, CaseId, Fault, Party, RowId, Scope};
use xr_case::engine::{self, Case, authorise};
use xr_orders::{Line, OrderRow};
use xr_store::{Command, Tx};

/// What a buyer applies for.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Money, money for goods, or goods for goods.
    #[schema(value_type = String)]
    pub kind: CaseKind,
    /// The order.
    #[schema(value_type = String)]
    pub order: CaseId,
    /// Its line.
    #[schema(value_type = String)]
    pub line: RowId,
    /// Units, at least 1.
    pub quantity: i64,
    /// Minor units; the whole share of these units when absent. Not for exchanges.
    #[serde(default)]
    pub amount_minor: Option<i64>,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// At most 500 characters.
    #[serde(default)]
    pub description: String,
    /// Pictures the buyer sent in before, at most nine.
    #[serde(default)]
    pub photos: Vec<String>,
}

/// Applies; gives the new case.
#[derive(Clone, Debug)]
pub struct Apply {
    /// The buyer.
    pub actor: Actor,
    /// Pack of the shop; the HTTP layer looks it up.
    pub pack: String,
    /// What for.
    pub application: Application,
}

impl Command for Apply {
    type Out = CaseId;
    const NAME: &'static str = "aftersales.apply";

    fn run(&self, tx: &mut Tx<'_>) -> Result<CaseId, Fault> {
        let grant = authorise(&self.actor, "aftersales.apply")?;
        let asked = &self.application;
        check_words("description", &asked.description, false)?;
        let (order, case) = visible_order(tx, &self.actor, asked.order)?;
        check_open(tx, &case)?;
        let line = xr_orders::queries::line(tx, asked.order, asked.line)?.ok_or(Error::NoSuchLine)?;
        let others = queries::others(tx, line.id, None)?;
        let terms = Terms { kind: asked.kind, quantity: asked.quantity, amount_minor: asked.amount_minor };
        let amount_minor = terms.check(&line, queries::asked(&others))?;
        if others.iter().any(|o| o.kind == asked.kind) {
            return Err(Error::CaseExists.into());
        }
        let progress = opening::progress(tx, &line)?;
        let row = AftersalesRow { progress, ..new_row(tx, asked, &order, &line, amount_minor) };
        file_photos(tx, &self.actor, row.case_id, &asked.photos)?;
        opening::open(tx, &grant, &self.pack, &row)?;
        Ok(row.case_id)
    }
}

/// The buyer's own order; any other is not there.
fn visible_order(tx: &mut Tx<'_>, actor: &Actor, order: CaseId) -> Result<(OrderRow, Case), Fault> {
    let missing = || Fault::from(engine::Error::NoSuchCase(order));
    let Actor::Person(person) = actor else { return Err(missing()) };
    if person.party != Party::Buyer {
        return Err(missing());
    }
    let case = engine::seen_by(tx, Scope::Buyer(person.user), order)?;
    let row = xr_orders::queries::order(tx, order)?.ok_or_else(missing)?;
    Ok((row, case))
}

/// The order must still wait for goods, have them on the way, or have its window open. A window that is due to close closes
/// first (decision D5).
fn check_open(tx: &mut Tx<'_>, order: &Case) -> Result<(), Fault> {
    let now = tx.at();
    let is_due = engine::clocks_of(tx, order.id)?.iter().any(|c| c.fire_at.is_some_and(|at| at <= now));
    if is_due {
        return Err(Fault::ClockDue(order.id));
    }
    for tag in ["shippable", "in_transit", "received"] {
        if engine::has_tag(tx, order, tag)? {
            return Ok(());
        }
    }
    Err(Error::OrderNotOpen.into())
}

fn new_row(tx: &Tx<'_>, asked: &Application, order: &OrderRow, line: &Line, amount_minor: i64) -> AftersalesRow {
    AftersalesRow {
        case_id: tx.id(),
        order_id: order.case_id,
        line_id: line.id,
        sku_id: line.sku_id,
        merchant_org: order.merchant_org,
        shop_id: order.shop_id,
        buyer_id: order.buyer_id,
        kind: asked.kind,
        origin: Origin::Applied,
        source_case: None,
        reason: asked.reason,
        description: asked.description.trim().to_owned(),
        quantity: asked.quantity,
        amount_minor,
        currency: order.currency,
        changed_at: tx.at(),
        progress: Progress::Unshipped,
        goods_at: GoodsAt::Buyer,
        waybill_at: None,
        proposal_minor: None,
        return_address: None,
        assigned_to: None,
        next_case: None,
        sealed_words: None,
    }
}

/// What is asked of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) kind: CaseKind,
    pub(crate) quantity: i64,
    pub(crate) amount_minor: Option<i64>,
}

impl Terms {
    /// The amount that these terms come to.
    ///
    /// # Errors
    /// [`Error::QuantityTooHigh`], [`Error::NotShipped`], [`Error::AmountOutOfRange`]; an amount for an exchange is
    /// [`Error::BadInput`].
    pub(crate) fn check(self, line: &Line, others: Asked) -> Result<i64, Error> {
        let left = amounts::units_left(line, others);
        if !(1..=left).contains(&self.quantity) {
            return Err(Error::QuantityTooHigh { left });
        }
        if self.kind != CaseKind::RefundOnly && self.quantity > line.shipped {
            return Err(Error::NotShipped { shipped: line.shipped });
        }
        let most = amounts::most(line, others, self.quantity);
        match (self.kind, self.amount_minor) {
            (CaseKind::Exchange, None) => Ok(most),
            (CaseKind::Exchange, Some(_)) => Err(Error::input("amount_minor", "an exchange names no amount")),
            (_, asked) if (1..=most).contains(&asked.unwrap_or(most)) => Ok(asked.unwrap_or(most)),
            _ => Err(Error::AmountOutOfRange { most }),
        }
    }
}
