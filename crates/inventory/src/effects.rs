//! Effects of stock for machines of every capability.

use crate::claims;
use xr_base::{Fault, StoreError};
use xr_case::effects;
use xr_case::engine::{Case, Effects, Grant};
use xr_case::model::EffectCall;
use xr_case::vocabulary::EffectSpec;
use xr_store::Tx;

effects! {
    /// What inventory does for cases.
    pub InventoryEffect {
        Release = "inventory.release" "ends every promise of the case",
        Commit = "inventory.commit" "sends out the units marked for this shipment",
        Restock = "inventory.restock" "takes back everything of the case that left",
        RestockReturn = "inventory.restock_return" "takes back the goods that the buyer returned with the case",
        ReserveReplacement = "inventory.reserve_replacement" "promises the replacement as far as there is one",
        ReleaseReplacement = "inventory.release_replacement" "ends the promise of a replacement",
        ShipReplacement = "inventory.ship_replacement" "sends the replacement out",
    }
}

/// Carries out [`InventoryEffect`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct InventoryEffects;

impl Effects for InventoryEffects {
    fn specs(&self) -> &'static [EffectSpec] {
        InventoryEffect::SPECS
    }

    fn apply(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, call: &EffectCall) -> Result<(), Fault> {
        let effect = InventoryEffect::try_from(call).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        match effect {
            InventoryEffect::Release | InventoryEffect::ReleaseReplacement => claims::release(tx, grant, case.id),
            InventoryEffect::Commit => claims::ship(tx, grant, case.id, false),
            InventoryEffect::Restock => claims::restock(tx, grant, case.id),
            InventoryEffect::RestockReturn => claims::restock_return(tx, grant, case.id),
            InventoryEffect::ReserveReplacement => claims::reserve_replacement(tx, grant, case.id),
            InventoryEffect::ShipReplacement => claims::ship_replacement(tx, grant, case.id),
        }
    }
}
