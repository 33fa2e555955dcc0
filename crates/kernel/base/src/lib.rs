//! Words that every part of xiaoer shares: ids, money, instants, languages, actors and refusals.
//!
//! Pure: no clock is read, no disk or network is touched here. Time and randomness come in as parameters.

pub mod actor;
pub mod address;
pub mod calendar;
pub mod csv;
pub mod fault;
pub mod id;
pub mod identifier;
pub mod locale;
pub mod money;
pub mod time;
pub mod value;

#[doc(hidden)]
pub use serde;

pub use actor::{Actor, Party, Principal, Scope};
pub use address::MaskedAddress;
pub use fault::{Clash, Coded, Fault, Problem, StoreError};
pub use id::{
    BatchId, CaseId, EventId, ExportId, IdSource, ImportId, OrgId, RoleId, RowId, ShopId, SkuId, SourceId, UserId,
};
pub use identifier::{IdentifierFault, IdentifierKind};
pub use locale::Locale;
pub use money::{Currency, Money, UnitPrice};
pub use time::{Clock, FakeClock, Instant, Millis, Stopwatch, SystemClock};
