//! What people, providers and carriers mean to do, in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use xr_base::{CaseId, Instant};

/// Something that is going to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing {
    /// A buyer places an order.
    Order,
    /// An organisation registers.
    Register,
    /// Somebody looks at a case that was in this version.
    Visit { case: CaseId, version: i64 },
    /// A buyer applies for after-sales on an order.
    Apply { order: CaseId },
    /// A party files evidence, or the merchant calls the buyer.
    Speak { case: CaseId },
    /// A carrier scans a parcel of the case on its way.
    Scan { case: CaseId },
    /// Workers run the queued jobs.
    Work,
    /// A provider repeats itself or is late.
    Noise,
    /// Merchants fill up their shelves, house-keeping runs, everything is checked.
    Day,
}

/// Things by time; those of one moment in the order in which they were entered.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    heap: BinaryHeap<Reverse<(Instant, u64, Thing)>>,
    entered: u64,
}

impl Agenda {
    pub(crate) fn enter(&mut self, at: Instant, thing: Thing) {
        self.entered += 1;
        self.heap.push(Reverse((at, self.entered, thing)));
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _, _))| *at)
    }

    pub(crate) fn pop(&mut self) -> Option<(Instant, Thing)> {
        self.heap.pop().map(|Reverse((at, _, thing))| (at, thing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_come_by_time_and_then_by_entry() {
        let mut agenda = Agenda::default();
        agenda.enter(Instant(5), Thing::Work);
        agenda.enter(Instant(3), Thing::Noise);
        agenda.enter(Instant(3), Thing::Order);
        assert_eq!(agenda.next_at(), Some(Instant(3)));
        let all: Vec<Thing> = std::iter::from_fn(|| agenda.pop()).map(|(_, thing)| thing).collect();
        assert_eq!(all, [Thing::Noise, Thing::Order, Thing::Work]);
    }
}
