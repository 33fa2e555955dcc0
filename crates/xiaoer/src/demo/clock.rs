//! The clock of a demo market: a row, so that it goes on after a restart (decision D11).

use crate::runtime;
use std::sync::Arc;
use xr_base::{Clock, Fault, IdSource, Instant, Millis, SystemClock};
use xr_case::engine::{self, FireDue};
use xr_store::{Command, Store, Tx, params, record, sql};

/// Cases fired at one instant before the next look.
const FIRED_MAX: i64 = 500;

/// The clock that demo pages may move.
#[derive(Clone)]
pub struct DemoClock(pub Arc<SystemClock>);

record! {
    /// The stored clock.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) struct ClockRow {
        /// Wall time at …
        pub(super) wall0: Instant,
        /// … which it was this business time.
        pub(super) virtual0: Instant,
        /// Business milliseconds per wall millisecond.
        pub(super) rate: i64,
    }
}

pub(super) fn read(tx: &mut Tx<'_>) -> Result<Option<ClockRow>, Fault> {
    Ok(tx
        .opt(sql!("SELECT wall0, virtual0, rate FROM demo_clock WHERE id = 1 /* unscoped: the demo's clock */"), &[])?)
}

/// Stands still at `at`.
pub(super) fn freeze(clock: &SystemClock, at: Instant) {
    clock.set(clock.wall(), at, 0);
}

/// Starts to run in real time from where it stands.
pub(super) fn start(store: &Store, clock: &SystemClock) -> Result<(), Fault> {
    keep(store, clock, 1)
}

/// Goes on where it was when the server stopped: the time in which nobody served does not count in a demo.
pub(super) fn resume(store: &Store, clock: &SystemClock, row: ClockRow) -> Result<(), Fault> {
    let last = store.read_blocking(last_moment)?.unwrap_or(row.virtual0);
    freeze(clock, last.max(row.virtual0));
    keep(store, clock, row.rate.max(1))
}

/// When the last event was written: events of an imported history speak of an earlier time, so their ids tell.
fn last_moment(tx: &mut Tx<'_>) -> Result<Option<Instant>, Fault> {
    let row: Option<(i64,)> =
        tx.opt(sql!("SELECT id FROM events ORDER BY id DESC LIMIT 1 /* unscoped: the demo's clock */"), &[])?;
    Ok(row.map(|(id,)| IdSource::drawn_at(id)))
}

fn keep(store: &Store, clock: &SystemClock, rate: i64) -> Result<(), Fault> {
    let row = ClockRow { wall0: clock.wall(), virtual0: clock.now(), rate };
    store.write_blocking(SetClock(row))?;
    clock.set(row.wall0, row.virtual0, rate);
    Ok(())
}

#[derive(Clone, Copy, Debug)]
struct SetClock(ClockRow);

impl Command for SetClock {
    type Out = ();
    const NAME: &'static str = "demo.set_clock";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        tx.put(
            sql!(
                "INSERT INTO demo_clock (id, wall0, virtual0, rate) VALUES (1, ?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET wall0 = ?1, virtual0 = ?2, rate = ?3 /* unscoped: the demo's clock */"
            ),
            params![self.0.wall0, self.0.virtual0, self.0.rate],
        )?;
        Ok(())
    }
}

impl DemoClock {
    /// Moves to `target`, from due to due, firing at each and letting the providers answer; then runs on at `rate`.
    /// Blocks; time never goes back.
    ///
    /// # Errors
    /// A store fault.
    pub fn move_to(&self, store: &Store, target: Instant, rate: i64) -> Result<(), Fault> {
        step_to(store, &self.0, target)?;
        keep(store, &self.0, rate)
    }
}

/// Steps a standing clock from due to due up to `target`.
pub(super) fn step_to(store: &Store, clock: &SystemClock, target: Instant) -> Result<(), Fault> {
    freeze(clock, clock.now());
    settle(store)?;
    loop {
        let next = store.read_blocking(engine::next_wake)?.filter(|at| *at < target);
        let Some(at) = next else { break };
        if at > clock.now() {
            freeze(clock, at);
        }
        settle(store)?;
    }
    if target > clock.now() {
        freeze(clock, target);
    }
    settle(store)
}

/// Fires what is due and answers what was asked of providers, until nothing is left at this instant.
fn settle(store: &Store) -> Result<(), Fault> {
    loop {
        let due = store.read_blocking(|tx| engine::due_cases(tx, FIRED_MAX))?;
        if answer(store)? == 0 && due.is_empty() {
            return Ok(());
        }
        for case in due {
            store.write_blocking(FireDue { case })?;
        }
    }
}

/// Answers what was asked of providers and sends refunds again whose time has come; gives how much that was.
pub(super) fn answer(store: &Store) -> Result<usize, Fault> {
    Ok(super::providers::answer_all(store)? + resend(store)?)
}

fn resend(store: &Store) -> Result<usize, Fault> {
    let claimed = store.write_blocking(runtime::ClaimJobs { kind: "refund.resend" })?;
    let count = claimed.len();
    for runtime::Claimed { job, case } in claimed {
        store.write_blocking(xr_payments::ResendRefund { refund: case, job })?;
    }
    Ok(count)
}

/// Longest jump at once.
pub(super) const JUMP_MAX: Millis = Millis::days(60);
