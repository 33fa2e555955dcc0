//! A market lived through by chance: commands of random, silent, late and doubled actors in virtual time, with the
//! invariants checked after every step (docs of the design: invariants 2 to 5, 7 and 8).
//!
//! One thread, one seed: the same seed on the same schema gives the same database. The store is opened by the caller, so this
//! crate knows the capabilities but not how they are wired.
//!
//! The same people can also live in a market of somebody else, without the checks and without their curiosity: [`Town`].

mod agenda;
mod applicants;
mod audit;
mod cast;
mod commands;
mod coverage;
mod dice;
mod inputs;
mod moves;
mod outside;
mod people;
mod plain;
mod report;
mod sweep;
mod town;
mod words;
mod world;

pub use cast::{Buyer, Cast, Shelf, Shop};
pub use coverage::{Coverage, Covered};
pub use report::{Report, Tally};
pub use town::{Answer, Settling, Town, Wanted};
pub use words::Words;

use std::sync::Arc;
use xr_base::{Clock, FakeClock, Fault, Instant, StoreError, SystemClock};
use xr_store::Store;

/// A run that needs more steps than this per order does not end by itself.
const STEPS_PER_ORDER_MAX: u64 = 4_000;

/// A clock that only the run moves.
pub trait Hands: Clock {
    /// Jumps to `at` and stands there; going back is ignored.
    fn jump_to(&self, at: Instant);
}

impl Hands for FakeClock {
    fn jump_to(&self, at: Instant) {
        Self::jump_to(self, at);
    }
}

impl Hands for SystemClock {
    fn jump_to(&self, at: Instant) {
        self.set(self.wall(), at.max(self.now()), 0);
    }
}

/// Where a run takes place.
#[derive(Clone)]
pub struct Stage {
    /// An empty market with every capability.
    pub store: Store,
    /// The clock that the store was opened with; the run begins where it stands.
    pub clock: Arc<dyn Hands>,
}

/// What is to be simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Seed of all chance.
    pub seed: u64,
    /// Days in which orders come, 1..=60.
    pub days: i64,
    /// Orders of a day, 1..=100,000.
    pub orders_per_day: i64,
}

/// Something that must not happen, in words; the run adds seed and step.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(pub(crate) String);

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self(format!("a command failed: {fault}"))
    }
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        Self(format!("the store failed: {error}"))
    }
}

/// A broken invariant, with all that is needed to see it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, step {step}, at {at}: {what}")]
pub struct Failure {
    /// Seed of the run.
    pub seed: u64,
    /// Step after which it was found.
    pub step: u64,
    /// Virtual time of that step.
    pub at: Instant,
    /// What is wrong.
    pub what: String,
}

/// Lives through the plan, and on from due to due until no case is open. Blocks.
///
/// # Errors
/// The first broken invariant; running the same plan again finds it at the same step.
pub fn simulate(stage: &Stage, plan: &Plan) -> Result<Report, Failure> {
    let failure = |step: u64, wrong: Wrong| Failure { seed: plan.seed, step, at: stage.clock.now(), what: wrong.0 };
    let mut world = world::World::begin(stage, plan).map_err(|wrong| failure(0, wrong))?;
    let orders = u64::try_from(plan.days * plan.orders_per_day).unwrap_or(1).max(10);
    loop {
        let step = world.tally.steps;
        if step > orders * STEPS_PER_ORDER_MAX {
            return Err(failure(step, Wrong("the run does not come to its end".to_owned())));
        }
        if !world.step().map_err(|wrong| failure(step, wrong))? {
            break;
        }
    }
    let step = world.tally.steps;
    world.end().map_err(|wrong| failure(step, wrong))?;
    let covered = world.coverage.covered();
    let (tally, coverage) = (world.tally, world.coverage);
    Ok(Report { seed: plan.seed, ended_at: stage.clock.now(), tally, covered, coverage })
}
