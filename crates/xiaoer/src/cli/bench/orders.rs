//! Placing orders through the command path, in turn with the same statements on the bare client library.

use super::load::{self, Until};
use super::usage::server_us;
use super::{CliError, Load, Market, Measured};
use serde_json::{Value, json};
use std::cmp::Ordering;
use xr_base::Millis;
use xr_store::baseline;

/// Turns of each; medians are told.
const TURNS: usize = 5;
/// Connections of the bare library on PostgreSQL.
const CONNECTIONS: usize = 16;

/// `seconds` are shared by the turns of the product; the library then plays as many orders as the product has placed.
pub(super) fn measure(market: &Market, load: Load) -> Result<Value, CliError> {
    market.fill(load.orders)?;
    let mut all = Measured { times: Vec::new(), wall: Millis(0) };
    let (mut product, mut raw, mut cpu, mut groups, mut statements) = (Vec::new(), Vec::new(), 0, 0, 0);
    let span = Millis(load.seconds * 1_000 / i64::try_from(TURNS).unwrap_or(1));
    for turn in 0..TURNS {
        let before = (server_us(), market.store.stats().groups);
        let measured = load::run(market, load.clients, &Until::Time(span))?;
        let count = measured.times.len().max(1);
        cpu += server_us() - before.0;
        let turn_groups = usize::try_from(market.store.stats().groups - before.1).unwrap_or(1).max(1);
        groups += turn_groups;
        product.push(per_s(count, measured.wall.0 * 1_000));
        all.wall = Millis(all.wall.0 + measured.wall.0);
        all.times.extend(measured.times);
        let tapes = baseline::record(&market.store, &market.location, load::some(&market.goods, turn, count))?;
        statements = tapes.first().map_or(0, baseline::Tape::len);
        let played = baseline::play(&market.store, &market.location, &tapes, count.div_ceil(turn_groups), CONNECTIONS)?;
        raw.push(per_s(played.count, played.micros));
    }
    let count = all.times.len();
    let (product, raw) = (median(product), median(raw));
    let mut answer = all.summary("place-order", market.engine());
    answer["product_per_s"] = json!(product.round());
    answer["raw_per_s"] = json!(raw.round());
    answer["ratio"] = json!((product / raw * 1_000.0).round() / 1_000.0);
    answer["cpu_us_per_order"] = json!(cpu / i64::try_from(count).unwrap_or(i64::MAX).max(1));
    answer["orders_before"] = json!(load.orders);
    answer["clients"] = json!(load.clients);
    answer["orders_per_group"] = json!(count.div_ceil(groups.max(1)));
    answer["statements_per_order"] = json!(statements);
    answer["retries"] = json!(market.store.stats().retries.values().sum::<u64>());
    Ok(answer)
}

#[allow(clippy::cast_precision_loss, reason = "counts of a bench")]
fn per_s(count: usize, micros: i64) -> f64 {
    count as f64 * 1e6 / micros.max(1) as f64
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    rates.get(rates.len() / 2).copied().unwrap_or(0.0)
}
