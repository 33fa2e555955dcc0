//! Deadlines: how late they fire at a steady pace among many open ones, and how fast they are made up for after an outage.
//!
//! First the paced orders fall due, then those of the outage, while all others stay open throughout.

use super::load;
use super::usage::{memory_mb, server_us};
use super::{CliError, Market, Measured};
use crate::runtime::keep_promises;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::watch;
use xr_base::{Clock as _, Fault, Instant, Millis, Stopwatch, StoreError};
use xr_case::engine::due_cases;
use xr_store::{params, sql};

/// Orders a second whose time to pay runs out one after another.
const PACE: i64 = 200;
/// Orders due at once for every second in which they are made up for: more than can be.
const DUE_AT_ONCE: u64 = 20_000;
/// What an earlier bench left is younger than all orders of this one.
pub(super) const BEFORE: Millis = Millis::hours(24);
/// Those of the outage are younger than the paced ones by so much, so that they do not fall due meanwhile.
const LATER: Millis = Millis::minutes(10);
/// All others are younger by so much: neither due nor warned of when those of the outage are.
const YOUNGEST: Millis = Millis::minutes(28);
/// Time to pay (OD-1).
const TO_PAY: Millis = Millis::minutes(30);
/// Waits so long for the last one.
const GRACE: Millis = Millis::seconds(2);
/// Starts so long before the first deadline.
const AHEAD: Millis = Millis::seconds(1);

/// `orders` stay open while others fall due for `seconds`; then as many of them as can be fired in `seconds` are due at once.
/// What the database held before stays open too.
pub(super) fn measure(market: &Market, orders: u64, seconds: i64) -> Result<Value, CliError> {
    let start = market.clock.now();
    let paced = load::some(&market.goods, 0, usize::try_from(PACE * seconds).unwrap_or(0));
    for (n, order) in (0..).zip(paced) {
        stand(market, start + Millis(n * 1_000 / PACE));
        market.store.write_blocking(order)?;
    }
    let at_once = orders.min(DUE_AT_ONCE * u64::try_from(seconds).unwrap_or(0));
    stand(market, start + LATER);
    market.fill(at_once)?;
    stand(market, start + YOUNGEST);
    market.fill(orders - at_once)?;
    let open = waiting(market)?;

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| CliError::Other(e.to_string()))?;
    let (stop, stopped) = watch::channel(false);
    // The warnings of the outage's orders first: time has not jumped for a market that is served.
    stand(market, start + TO_PAY - AHEAD);
    let keeper = runtime.spawn(keep_promises(market.store.clone(), stopped));
    let is_done = || market.store.read_blocking(|tx| Ok(due_cases(tx, 1)?.is_empty()));
    while !is_done()? {
        wait(Millis(50));
    }
    let cpu = server_us();
    run_from(market, start + TO_PAY - AHEAD);
    let span = Millis::seconds(seconds);
    wait(Millis(AHEAD.0 + span.0 + GRACE.0));
    let cpu = server_us() - cpu;
    let late = lateness(market)?;

    let before = waiting(market)?;
    run_from(market, start + LATER + TO_PAY);
    let began = Stopwatch::start();
    while began.micros() < span.0 * 1_000 && !is_done()? {
        wait(Millis(50));
    }
    let (wall, made_up) = (began.micros(), before - waiting(market)?);
    stop.send_replace(true);
    runtime.block_on(keeper).map_err(|e| CliError::Other(e.to_string()))?;

    let fired = i64::try_from(late.len()).unwrap_or(i64::MAX);
    let mut answer = Measured { times: late, wall: span }.summary("clocks", market.engine());
    answer["orders_open"] = json!(open);
    answer["cpu_us_each"] = json!(cpu / fired.max(1));
    answer["made_up_orders_per_s"] = json!(made_up * 1_000_000 / u64::try_from(wall).unwrap_or(1).max(1));
    answer["memory_mb"] = json!(memory_mb());
    Ok(answer)
}

/// Business time stands at `at`.
fn stand(market: &Market, at: Instant) {
    market.clock.set(market.clock.wall(), at, 0);
}

/// Business time runs on from `at`.
fn run_from(market: &Market, at: Instant) {
    market.clock.set(market.clock.wall(), at, 1);
}

fn wait(span: Millis) {
    std::thread::sleep(Duration::from_millis(span.0.unsigned_abs()));
}

/// Microseconds between due and firing of every order closed so far.
fn lateness(market: &Market) -> Result<Vec<i64>, Fault> {
    let read = market.store.read_blocking(|tx| {
        let rows: Vec<(i64,)> = tx.all(
            sql!(
                "SELECT h.recorded_at - h.at FROM history h JOIN cases c ON c.id = h.case_id
                 WHERE c.kind = 'order' AND h.clock_id IS NOT NULL /* unscoped: a bench of its own database */"
            ),
            params![],
        )?;
        Ok(rows)
    });
    Ok(read?.into_iter().map(|(millis,)| millis * 1_000).collect())
}

/// Orders that wait for their payment.
fn waiting(market: &Market) -> Result<u64, Fault> {
    market.store.read_blocking(|tx| {
        let (count,): (i64,) = tx.one(
            sql!(
                "SELECT COUNT(*) FROM cases WHERE kind = 'order' AND state = 'pending_payment'
                 /* unscoped: a bench of its own database */"
            ),
            params![],
        )?;
        u64::try_from(count).map_err(|e| StoreError::Corrupt(e.to_string()).into())
    })
}
