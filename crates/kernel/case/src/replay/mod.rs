//! Recorded cases lived through again, under their own rulebooks or under those of another pack. Pure: no database, no clock.
//!
//! A [`Family`] is a case without parent and everything that it brought about. People, providers and the product act when they
//! acted in truth; between them the rulebook's clocks fire at their dues. Chosen transitions, dues and pauses come from the same
//! functions as in the engine ([`step`](crate::step), `engine::plan`). What effects do to other cases of the family is told by
//! their owners in `relive`. docs/REPLAY.md says what that leaves out.

mod agenda;
mod compare;
mod course;
mod facts;
mod family;
mod live;
mod past;
mod report;
#[cfg(test)]
mod tests;

pub use compare::{Divergence, Sort, against_record, compare};
pub use course::{Course, Dropped, Pending, Step, Why};
pub use family::{Family, Opening};
pub use live::{World, live};
pub use past::{Figure, Mark, Past, Recorded};
pub use report::{Both, KindTotals, Listed, Quantiles, Report, Sample, Tally, Words};
