//! What has happened before a visitor comes: weeks of chance, a week that is written down, and scenes at the end.

use super::clock::{answer, step_to};
use super::data::{self, Market, broken};
use super::life::{self, Week};
use super::scenes::{self, Begun, Stage as Scene};
use super::seed::Cast;
use std::sync::Arc;
use xr_aftersales::{ReturnAddress, SetReturnAddress};
use xr_base::{Actor, Clock, Fault, Instant, Millis, SystemClock};
use xr_orders::Recipient;
use xr_simulator::{Buyer, Plan, Settling, Shop, Stage, Town};
use xr_store::Store;

/// One seed for all demo markets: whoever looks at one finds the same.
const SEED: u64 = 12;
/// Orders of a day that come by chance.
const ORDERS_PER_DAY: i64 = 12;

/// What happens next.
#[derive(Clone, Copy)]
enum Beat {
    /// Nothing but that time goes on.
    Day,
    /// An order of the written week.
    Order,
    /// A step of a scene.
    Step { scene: usize, step: usize },
}

/// Lives from where the clock stands to the visitors' time; `rest` is called at least once a day.
pub(super) fn live(
    store: &Store,
    clock: &Arc<SystemClock>,
    (market, cast): (&Market, &Cast),
    rest: &mut dyn FnMut() -> Result<(), Fault>,
) -> Result<(), Fault> {
    tell_addresses(store, market, cast)?;
    let (start, end) = (clock.now(), data::end()?);
    let week_from = end - Millis(life::EVERY.0 * i64::try_from(life::ORDERS).unwrap_or(0));
    // A market of a week has nothing but what is written.
    let is_long = start < week_from;
    let scenes = if is_long { scenes::read(market, (start, end))? } else { Vec::new() };
    let stage = Stage { store: store.clone(), clock: clock.clone() };
    let mut town = if is_long { Some(settle(&stage, (market, cast), end)?) } else { None };
    let mut week = Week::begin(store, clock, &market.words, cast);
    let mut begun = vec![Begun::default(); scenes.len()];
    for (at, beat) in beats((start, week_from, end), &scenes) {
        match &mut town {
            Some(town) => town.live_until(at).map_err(|e| broken(&e))?,
            None => step_to(store, clock, at)?,
        }
        match (beat, &mut town) {
            (Beat::Order, _) => {
                week.next_order()?;
                answer(store)?;
            }
            (Beat::Step { scene, step }, Some(town)) => {
                scenes[scene].play((store, cast), town, step, &mut begun[scene])?;
            }
            _ => rest()?,
        }
    }
    Ok(())
}

/// Everything that is planned, in order of time; what falls on one moment stays in order of writing.
fn beats((start, week_from, end): (Instant, Instant, Instant), scenes: &[Scene]) -> Vec<(Instant, Beat)> {
    let mut beats: Vec<(Instant, Beat)> = Vec::new();
    let mut at = week_from;
    for _ in 0..life::ORDERS {
        beats.push((at, Beat::Order));
        at = at + life::EVERY;
    }
    for (scene, played) in scenes.iter().enumerate() {
        beats.extend(played.moments().enumerate().map(|(step, at)| (at, Beat::Step { scene, step })));
    }
    let mut day = start;
    while day < end {
        day = day + Millis::days(1);
        beats.push((day.min(end), Beat::Day));
    }
    beats.sort_by_key(|(at, _)| *at);
    beats
}

fn tell_addresses(store: &Store, market: &Market, cast: &Cast) -> Result<(), Fault> {
    for shop in &cast.shops {
        let new = ReturnAddress { shop: shop.terms.shop, address: market.words.return_address.clone() };
        store.write_blocking(SetReturnAddress {
            actor: shop.merchant.clone(),
            merchant_org: shop.terms.merchant_org,
            new,
        })?;
    }
    Ok(())
}

/// The simulator's people in this market's clothes.
fn settle<'s>(stage: &'s Stage, (market, cast): (&Market, &Cast), end: Instant) -> Result<Town<'s>, Fault> {
    let shops = cast.shops.iter().map(|shop| Shop {
        terms: shop.terms.clone(),
        shelves: shop.shelves.clone(),
        merchant: shop.merchant.clone(),
    });
    let buyers = cast.buyers.iter().map(|buyer| Buyer {
        user: buyer.id,
        recipient: Recipient {
            name: buyer.who.name.clone(),
            phone: buyer.who.phone.clone(),
            region: buyer.who.region.clone(),
            address: buyer.who.address.clone(),
        },
    });
    let days = (end - stage.clock.now()).0 / Millis::days(1).0;
    let platform: Actor = cast.operator.clone();
    let settling = Settling {
        plan: Plan { seed: SEED, days, orders_per_day: ORDERS_PER_DAY },
        cast: xr_simulator::Cast { shops: shops.collect(), buyers: buyers.collect(), platform },
        words: market.chatter.clone(),
        answer,
    };
    Town::settle(stage, settling).map_err(|e| broken(&e))
}
