//! Effects of logistics for machines of every capability.

use crate::model::Direction;
use crate::parcels;
use xr_base::{Fault, StoreError};
use xr_case::effects;
use xr_case::engine::{Case, Effects, Grant};
use xr_case::model::EffectCall;
use xr_case::vocabulary::EffectSpec;
use xr_store::Tx;

effects! {
    /// What logistics does for cases.
    pub LogisticsEffect {
        WatchReturn = "logistics.watch_return" "tracks the parcel that comes back",
        WatchReplacement = "logistics.watch_replacement" "tracks the parcel that replaces another",
        BookReturnPickup = "logistics.book_return_pickup" "asks the carrier to fetch the parcel",
    }
}

/// Carries out [`LogisticsEffect`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogisticsEffects;

impl Effects for LogisticsEffects {
    fn specs(&self) -> &'static [EffectSpec] {
        LogisticsEffect::SPECS
    }

    fn apply(&self, tx: &mut Tx<'_>, _grant: &Grant<'_>, case: &Case, call: &EffectCall) -> Result<(), Fault> {
        let effect = LogisticsEffect::try_from(call).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        match effect {
            LogisticsEffect::WatchReturn => parcels::watch(tx, case.id, Direction::Return),
            LogisticsEffect::WatchReplacement => parcels::watch(tx, case.id, Direction::Replacement),
            LogisticsEffect::BookReturnPickup => parcels::book_pickup(tx, case.id),
        }
    }
}
