//! A market of somebody else, in which the simulator's people live: no checks, no curiosity, and scenes besides that are played
//! as they are written.

use crate::agenda::Thing;
use crate::cast::{Cast, Shelf};
use crate::commands::{LoseJob, TakeJobs};
use crate::inputs::Inputs;
use crate::moves;
use crate::plain::{family, for_one_unit};
use crate::words::Words;
use crate::world::{Manner, World};
use crate::{Plan, Stage, Wrong};
use xr_aftersales::{Apply, CaseKind, Reason};
use xr_base::{Actor, CaseId, Fault, Instant, Millis};
use xr_case::engine;
use xr_orders::LineWanted;
use xr_store::Store;

/// Lets the market's providers answer what was asked of them; gives how much that was.
pub type Answer = fn(&Store) -> Result<usize, Fault>;

/// Orders come from this hour of a day on, …
const SHOPS_OPEN: Millis = Millis::hours(8);
/// … for so long.
const SHOPS_OPEN_FOR: Millis = Millis::hours(15);
const ZONE: Millis = Millis::hours(8);

/// What a town is settled with.
pub struct Settling {
    /// Seed, days in which orders come, and how many a day.
    pub plan: Plan,
    /// Everybody.
    pub cast: Cast,
    /// What they write.
    pub words: Words,
    /// Their providers.
    pub answer: Answer,
}

/// An order that a scene begins with.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Which of the cast's shops.
    pub shop: usize,
    /// Which of its shelves.
    pub shelf: usize,
    /// Which buyer.
    pub buyer: usize,
    /// Units.
    pub quantity: i64,
    /// Whether the buyer writes a remark, so that the order is reviewed.
    pub has_remark: bool,
}

/// A market in which people live.
pub struct Town<'s> {
    world: World<'s>,
}

impl<'s> Town<'s> {
    /// Writes the agenda of the plan's orders, beginning now.
    ///
    /// # Errors
    /// A store fault.
    pub fn settle(stage: &'s Stage, settling: Settling) -> Result<Self, Wrong> {
        let Settling { plan, cast, words, answer } = settling;
        let mut world = World::with(stage, &plan, Manner::Plain(answer), (cast, words))?;
        world.inputs = Inputs::plain();
        let start = stage.clock.now();
        let midnight = Instant((start + ZONE).0.div_euclid(Millis::days(1).0) * Millis::days(1).0) - ZONE;
        for day in 0..=plan.days {
            for _ in 0..plan.orders_per_day {
                let at = midnight + Millis::days(day) + SHOPS_OPEN + world.dice.span(Millis(0), SHOPS_OPEN_FOR);
                if at >= start && at < start + Millis::days(plan.days) {
                    world.agenda.enter(at, Thing::Order);
                }
            }
        }
        world.agenda.enter(start + Millis::days(1), Thing::Day);
        Ok(Self { world })
    }

    /// Lives on until `at`, where the clock stands then.
    ///
    /// # Errors
    /// A store fault.
    pub fn live_until(&mut self, at: Instant) -> Result<(), Wrong> {
        let world = &mut self.world;
        world.wake = world.store.read_blocking(engine::next_wake)?;
        while [world.agenda.next_at(), world.wake].into_iter().flatten().min().is_some_and(|next| next <= at) {
            world.step()?;
        }
        world.clock.jump_to(at);
        Ok(())
    }

    /// Places an order that nobody but its scene touches; gives its case.
    ///
    /// # Errors
    /// A store fault; goods that cannot be had.
    pub fn place(&mut self, wanted: &Wanted) -> Result<CaseId, Wrong> {
        let world = &mut self.world;
        let (shops, buyers) = (&world.cast.shops, &world.cast.buyers);
        let shop = shops[wanted.shop % shops.len()].clone();
        let buyer = buyers[wanted.buyer % buyers.len()].clone();
        let Shelf { sku, .. } = shop.shelves[wanted.shelf % shop.shelves.len()];
        let remark = if wanted.has_remark { world.words.remark(&mut world.dice) } else { String::new() };
        let lines = vec![LineWanted { sku, quantity: wanted.quantity }];
        let placed = world.place(&shop, &buyer, lines, remark)?;
        placed.ok_or_else(|| Wrong("an order of a scene was refused".to_owned()))
    }

    /// The order's buyer applies for one unit of it.
    ///
    /// # Errors
    /// A store fault, or a refusal.
    pub fn apply(&mut self, order: CaseId, kind: CaseKind) -> Result<(), Wrong> {
        let world = &mut self.world;
        let (case, lines, pack) = world.store.read_blocking(move |tx| {
            let case = engine::get(tx, order)?;
            let pack = engine::pack_of(tx, &case)?;
            Ok((case, xr_orders::queries::lines(tx, order)?, pack))
        })?;
        let reason = if kind == CaseKind::RefundOnly { Reason::Damaged } else { Reason::Quality };
        let (Some(buyer), Some(line)) = (case.buyer_id, lines.first()) else {
            return Err(Wrong(format!("{order} has no buyer or no line")));
        };
        let application = for_one_unit(world, kind, (order, line), reason);
        let actor = crate::cast::buyer(buyer);
        world.store.write_blocking(Apply { actor, pack, application })?;
        Ok(())
    }

    /// Somebody who may does `event` on the order's youngest case that takes it; `collected` is a scan of its parcels.
    ///
    /// # Errors
    /// A store fault; an event that no case takes, or that changes nothing.
    pub fn play(&mut self, order: CaseId, event: &str) -> Result<(), Wrong> {
        let world = &mut self.world;
        if event == "collected" {
            return world.noise_scan(order);
        }
        let cases = world.store.read_blocking(move |tx| family(tx, order))?;
        for case in cases.iter().rev().filter(|case| !case.is_closed()) {
            let mut staff: Vec<Actor> = vec![world.cast.platform.clone()];
            staff.extend(world.cast.merchant(case.merchant_org).map(|shop| shop.merchant.clone()));
            let id = case.id;
            let board = world.store.read_blocking(move |tx| moves::board(tx, id, &staff))?;
            let Some(chosen) = board.moves.iter().find(|m| m.event == event).cloned() else { continue };
            world.make(&board, &chosen)?;
            let now = world.store.read_blocking(move |tx| engine::get(tx, id))?;
            if now.version > case.version {
                return Ok(());
            }
            return Err(Wrong(format!("{event} changed nothing on the {} {id} in {}", case.kind, case.state)));
        }
        let states: Vec<String> = cases.iter().map(|case| format!("{} {}", case.kind, case.state)).collect();
        Err(Wrong(format!("none of {states:?} takes {event}")))
    }

    /// A party of the order's youngest case says something: the merchant calls, somebody files evidence.
    ///
    /// # Errors
    /// A store fault.
    pub fn speak(&mut self, order: CaseId) -> Result<(), Wrong> {
        let world = &mut self.world;
        let cases = world.store.read_blocking(move |tx| family(tx, order))?;
        let Some(case) = cases.iter().rfind(|c| CaseKind::from_word(&c.kind).is_some()) else { return Ok(()) };
        let merchant = world.cast.merchant(case.merchant_org).map(|shop| shop.merchant.clone());
        if let Some(buyer) = case.buyer_id {
            world.file(&crate::cast::buyer(buyer), case.id)?;
        }
        merchant.map_or(Ok(()), |merchant| world.call(&merchant, case.id))
    }

    /// Providers lose what was asked of them so far, and answer none of it.
    ///
    /// # Errors
    /// A store fault.
    pub fn lose_questions(&mut self) -> Result<(), Wrong> {
        for (_, job) in self.world.store.write_blocking(TakeJobs)? {
            self.world.store.write_blocking(LoseJob(job))?;
        }
        Ok(())
    }
}
