//! The stock ledger and its guard columns: both change together, and neither can go below zero.

use crate::{Error, queries};
use serde::{Deserialize, Serialize};
use xr_base::{CaseId, Fault, OrgId, RowId, SkuId};
use xr_case::engine::Grant;
use xr_store::{Mutant, Tx, params, sql};

/// Largest quantity of one change.
pub(crate) const QUANTITY_MAX: i64 = 1_000_000;

/// Why stock changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// 入库: goods came in.
    Receive,
    /// 调整: counted or corrected.
    Adjust,
    /// 预占: promised to a case.
    Reserve,
    /// 释放: a promise ended without goods.
    Release,
    /// 发货: promised goods left.
    Ship,
    /// 退货入库: goods of a case came back.
    Return,
}

impl MoveKind {
    /// Word in tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Adjust => "adjust",
            Self::Reserve => "reserve",
            Self::Release => "release",
            Self::Ship => "ship",
            Self::Return => "return",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Receive, Self::Adjust, Self::Reserve, Self::Release, Self::Ship, Self::Return]
            .into_iter()
            .find(|k| k.word() == word)
    }
}

xr_base::stored_as_word!(MoveKind);

/// One change of one unit's stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The unit.
    pub sku: SkuId,
    /// Merchant that owns it.
    pub merchant_org: OrgId,
    /// Why.
    pub kind: MoveKind,
    /// Change of what lies in the warehouse.
    pub on_hand: i64,
    /// Change of what is promised.
    pub reserved: i64,
    /// Case it serves.
    pub case: Option<CaseId>,
}

/// Applies a change if stock and promises stay within `0 <= reserved <= on_hand`; gives whether it did.
///
/// The condition is part of the update, so two buyers of the last unit cannot both pass (INV-2).
pub(crate) fn try_move(tx: &mut Tx<'_>, grant: &Grant<'_>, change: &Change) -> Result<bool, Fault> {
    let moved = if change.kind == MoveKind::Reserve && tx.lacks(Mutant::StockReadThenWrite) {
        read_then_write(tx, change)?
    } else {
        tx.exec(
            sql!(
                "UPDATE stock SET on_hand = on_hand + ?2, reserved = reserved + ?3
                 WHERE sku_id = ?1 AND reserved + ?3 >= 0 AND on_hand + ?2 >= reserved + ?3
                 /* unscoped: units of one case, after authorisation */"
            ),
            params![change.sku, if tx.lacks(Mutant::StockGuard) { 0 } else { change.on_hand }, change.reserved],
        )?
    };
    if moved == 0 {
        return Ok(false);
    }
    let (id, at) = (tx.id::<RowId>(), tx.at());
    tx.put(
        sql!(
            "INSERT INTO stock_ledger (id, sku_id, merchant_org, kind, on_hand_delta, reserved_delta, case_id, actor, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) /* unscoped: appending */"
        ),
        params![
            id,
            change.sku,
            change.merchant_org,
            change.kind,
            change.on_hand,
            change.reserved,
            change.case,
            grant.actor.label(),
            at
        ],
    )?;
    Ok(true)
}

/// How it must not be done; for the mutant alone.
fn read_then_write(tx: &mut Tx<'_>, change: &Change) -> Result<u64, Fault> {
    let sku = change.sku;
    let Some(stock) = tx.read_elsewhere(move |tx| queries::stock(tx, sku))? else { return Ok(0) };
    let (on_hand, reserved) = (stock.on_hand + change.on_hand, stock.reserved + change.reserved);
    if reserved < 0 || on_hand < reserved {
        return Ok(0);
    }
    Ok(tx.exec(
        sql!(
            "UPDATE stock SET on_hand = ?2, reserved = ?3 WHERE sku_id = ?1
             /* unscoped: units of one case, after authorisation */"
        ),
        params![sku, on_hand, reserved],
    )?)
}

/// Applies a change that must succeed.
pub(crate) fn move_stock(tx: &mut Tx<'_>, grant: &Grant<'_>, change: &Change) -> Result<(), Fault> {
    if try_move(tx, grant, change)? { Ok(()) } else { Err(Error::BeyondClaim(change.sku).into()) }
}

/// Puts `quantity` new units into the warehouse, creating the stock row at the first time.
///
/// # Errors
/// [`Error::Quantity`] outside 1..=1,000,000.
pub fn receive(
    tx: &mut Tx<'_>,
    grant: &Grant<'_>,
    merchant_org: OrgId,
    sku: SkuId,
    quantity: i64,
) -> Result<(), Fault> {
    if !(1..=QUANTITY_MAX).contains(&quantity) {
        return Err(Error::Quantity(quantity).into());
    }
    tx.put(
        sql!(
            "INSERT INTO stock (sku_id, merchant_org, on_hand, reserved) VALUES (?1, ?2, 0, 0)
             ON CONFLICT (sku_id) DO NOTHING /* unscoped: after authorisation */"
        ),
        params![sku, merchant_org],
    )?;
    let change = Change { sku, merchant_org, kind: MoveKind::Receive, on_hand: quantity, reserved: 0, case: None };
    move_stock(tx, grant, &change)
}
