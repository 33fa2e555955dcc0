//! An entry as it is read from the record.

use xr_base::id::EPOCH_2025_MS;
use xr_base::{CaseId, EventId, Instant, OrgId, Party, ShopId};
use xr_store::record;

/// Bits of an id below its time part.
const BELOW_TIME: u32 = 22;

record! {
    /// One event of the record.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Entry {
        /// Id; ids grow with the time of recording.
        pub id: EventId,
        /// When it counts for: business time.
        pub at: Instant,
        /// What happened.
        pub kind: String,
        /// The case it is about.
        pub case_id: Option<CaseId>,
        /// Merchant that it concerns.
        pub merchant_org: Option<OrgId>,
        /// Shop that it concerns.
        pub shop_id: Option<ShopId>,
        /// `usr_…`, `provider:…`, `clock` or `system`.
        pub actor: String,
        /// Party that acted.
        pub party: Party,
        /// JSON object.
        pub body: String,
        /// Where the person called from, masked.
        pub address: Option<String>,
        /// Without a case: the raw id of what it is about.
        pub object_id: Option<i64>,
    }
}

/// The lowest id that can have been given at `at` or later.
pub(crate) fn first_id_at(at: Instant) -> i64 {
    (at.0 - EPOCH_2025_MS).clamp(0, i64::MAX >> BELOW_TIME) << BELOW_TIME
}

/// When an id was given.
pub(crate) const fn given_at(id: EventId) -> Instant {
    Instant((id.0 >> BELOW_TIME) + EPOCH_2025_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_base::IdSource;

    #[test]
    fn ids_and_moments_lead_to_each_other() {
        let at = Instant(EPOCH_2025_MS + 1_234_567);
        let raw = IdSource::after(3, 0).next_raw(at);
        assert!(first_id_at(at) <= raw && raw < first_id_at(Instant(at.0 + 1)));
        assert_eq!(given_at(EventId(raw)), at);
    }

    #[test]
    fn moments_beyond_what_ids_hold_are_their_ends() {
        assert_eq!(first_id_at(Instant(0)), 0);
        assert!(first_id_at(Instant(i64::MAX / 2)) > first_id_at(Instant(EPOCH_2025_MS)));
    }
}
