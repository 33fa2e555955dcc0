//! 入库 and 调整: putting goods in, or correcting a count.

use crate::Error;
use crate::ledger::{Change, MoveKind, QUANTITY_MAX, receive, try_move};
use crate::queries::{self, Stock};
use xr_base::{Actor, Fault, OrgId, SkuId, StoreError};
use xr_case::engine::authorise;
use xr_store::{Command, Tx};

/// Changes the stock of a unit by hand.
#[derive(Clone, Debug)]
pub struct AdjustStock {
    /// Who; the HTTP layer has checked that the unit is theirs.
    pub actor: Actor,
    /// Merchant that owns the unit.
    pub merchant_org: OrgId,
    /// The unit.
    pub sku: SkuId,
    /// Goods that came in (positive) or are missing (negative), 1..=1,000,000 in size.
    pub delta: i64,
}

impl Command for AdjustStock {
    type Out = (i64, i64);
    const NAME: &'static str = "inventory.adjust_stock";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(i64, i64), Fault> {
        let grant = authorise(&self.actor, "inventory.manage")?;
        if self.delta > 0 {
            receive(tx, &grant, self.merchant_org, self.sku, self.delta)?;
        } else {
            if !(1..=QUANTITY_MAX).contains(&self.delta.saturating_neg()) {
                return Err(Error::Quantity(self.delta).into());
            }
            let change = Change {
                sku: self.sku,
                merchant_org: self.merchant_org,
                kind: MoveKind::Adjust,
                on_hand: self.delta,
                reserved: 0,
                case: None,
            };
            // What is promised to buyers cannot be counted away.
            if !try_move(tx, &grant, &change)? {
                return Err(Error::OutOfStock { sku: self.sku, quantity: -self.delta }.into());
            }
        }
        let stock: Stock =
            queries::stock(tx, self.sku)?.ok_or_else(|| StoreError::Corrupt("stock row is gone".to_owned()))?;
        Ok((stock.on_hand, stock.reserved))
    }
}
