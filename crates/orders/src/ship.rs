//! Shipping: which units leave, with which carrier and waybill.

use crate::model::{Line, OrderRow};
use crate::{Error, queries};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xr_base::{Actor, CaseId, Fault, RowId, StoreError};
use xr_case::replay::Mark;
use xr_catalog::StockMode;
use xr_store::{Tx, params, sql};

/// Input of the ship acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipInput {
    /// Code of the carrier, 1..=32 characters.
    pub carrier: String,
    /// Waybill, 4..=40 letters, digits or `-`.
    pub waybill: String,
    /// What leaves; everything that is left when absent.
    #[serde(default)]
    pub lines: Option<Vec<ShipLine>>,
}

/// Units of one line that leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipLine {
    /// The line.
    pub line: RowId,
    /// How many units.
    pub quantity: i64,
}

/// Who keeps the parcels: a capability above orders, wired in the binary.
pub trait ShipmentBook: Send + Sync + 'static {
    /// A parcel of the order was handed over.
    ///
    /// # Errors
    /// A refusal of carrier or waybill undoes the act.
    fn shipped(&self, tx: &mut Tx<'_>, actor: &Actor, order: &OrderRow, input: &ShipInput) -> Result<(), Fault>;

    /// The parcels of an order and its after-sales cases, as JSON for the order page.
    ///
    /// # Errors
    /// A store fault.
    fn parcels(&self, tx: &mut Tx<'_>, order: CaseId) -> Result<Vec<serde_json::Value>, Fault>;

    /// Orders with a parcel of this number, their own or one of their after-sales cases; callers authorise.
    ///
    /// # Errors
    /// A store fault.
    fn orders_with(&self, tx: &mut Tx<'_>, waybill: &str) -> Result<Vec<CaseId>, Fault>;

    /// When each parcel of the order was announced, first scanned and delivered: [`PARCEL`](crate::PARCEL),
    /// [`FIRST_SCAN`](crate::FIRST_SCAN) and [`DELIVERED`](crate::DELIVERED).
    ///
    /// # Errors
    /// A store fault.
    fn marks(&self, tx: &mut Tx<'_>, order: CaseId) -> Result<Vec<Mark>, Fault>;
}

/// The shipment book as part of the store's config.
#[derive(Clone)]
pub struct ShipmentBookRef(pub Arc<dyn ShipmentBook>);

impl ShipInput {
    fn check(&self) -> Result<(), Error> {
        if !(1..=32).contains(&self.carrier.chars().count()) {
            return Err(Error::Field("input/carrier"));
        }
        let is_waybill = (4..=40).contains(&self.waybill.len())
            && self.waybill.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if is_waybill { Ok(()) } else { Err(Error::Field("input/waybill")) }
    }

    /// The units that leave, by line.
    fn leaving<'l>(&self, lines: &'l [Line]) -> Result<Vec<(&'l Line, i64)>, Error> {
        let Some(asked) = &self.lines else {
            return Ok(lines.iter().filter(|l| l.unshipped() > 0).map(|l| (l, l.unshipped())).collect());
        };
        if asked.is_empty() {
            return Err(Error::Field("input/lines"));
        }
        let mut leaving: Vec<(&Line, i64)> = Vec::with_capacity(asked.len());
        for part in asked {
            let line = lines.iter().find(|l| l.id == part.line).ok_or(Error::NoSuchLine(part.line))?;
            if part.quantity < 1 || part.quantity > line.unshipped() || leaving.iter().any(|(l, _)| l.id == line.id) {
                return Err(Error::TooManyUnits(line.id));
            }
            leaving.push((line, part.quantity));
        }
        Ok(leaving)
    }
}

/// Marks what leaves and writes the parcel down; the effects of the transition send the stock out.
pub(crate) fn prepare(tx: &mut Tx<'_>, actor: &Actor, order: CaseId, input: &ShipInput) -> Result<(), Fault> {
    input.check()?;
    let row = queries::get(tx, order)?;
    let lines = queries::lines(tx, order)?;
    for (line, quantity) in input.leaving(&lines)? {
        // Compare-and-set: what is stopped meanwhile must not leave.
        let done = tx.exec(
            sql!(
                "UPDATE order_lines SET shipped = shipped + ?2 WHERE id = ?1 AND shipped = ?3 AND stopped = ?4
                 /* unscoped: after authorisation */"
            ),
            params![line.id, quantity, line.shipped, line.stopped],
        )?;
        StoreError::compared(done, "the line")?;
        let sku = xr_catalog::queries::sku(tx, line.sku_id)?;
        if sku.is_some_and(|s| s.stock_mode == StockMode::Tracked) {
            xr_inventory::mark_to_ship(tx, order, line.sku_id, quantity)?;
        }
    }
    match tx.ext::<ShipmentBookRef>() {
        Some(ShipmentBookRef(book)) => book.shipped(tx, actor, &row, input),
        None => Ok(()),
    }
}
