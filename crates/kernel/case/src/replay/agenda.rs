//! What comes from outside, in order of time.

use super::past::Recorded;
use std::collections::BTreeMap;
use xr_base::{Instant, Millis};

/// Something that happens to a family without its rulebooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// An outage begins; its pause is known from then on.
    Outage(usize),
    /// Facts of a recorded case changed.
    News(usize),
    /// Somebody opens a recorded case.
    Open(usize),
    /// Somebody does what row `.1` of recorded case `.0` tells.
    Act(usize, usize),
}

/// At one instant: outages, news, then acts in the order of the event record, of cases and of histories.
type Key = (Instant, u8, i64, i64, usize);

/// Place of a row in the event record, as far as it matters.
fn place(recorded: &Recorded, row: usize) -> i64 {
    recorded.places.get(row).copied().unwrap_or(0)
}

/// Items to come.
#[derive(Default)]
pub(super) struct Agenda(BTreeMap<Key, Item>);

impl Agenda {
    /// The outages.
    pub(super) fn outages(&mut self, starts: impl Iterator<Item = Instant>) {
        for (index, at) in starts.enumerate() {
            self.0.insert((at, 0, 0, 0, index), Item::Outage(index));
        }
    }

    /// The opening of a case that somebody outside opened.
    pub(super) fn opening(&mut self, index: usize, recorded: &Recorded) {
        let key = (recorded.case.opened_at, 2, place(recorded, 0), recorded.case.id.0, 0);
        self.0.insert(key, Item::Open(index));
    }

    /// What was done to a recorded case, all of it later by `shift`; `is_act` says which rows are acts.
    pub(super) fn acts(
        &mut self,
        (index, recorded): (usize, &Recorded),
        shift: Millis,
        is_act: impl Fn(&crate::engine::HistoryRow) -> bool,
    ) {
        for (row, told) in recorded.rows.iter().enumerate().skip(1).filter(|(_, told)| is_act(told)) {
            let key = (told.at + shift, 2, place(recorded, row), recorded.case.id.0, row);
            self.0.insert(key, Item::Act(index, row));
        }
        for (n, mark) in recorded.past.marks.iter().enumerate().filter(|(_, mark)| mark.is_news) {
            self.0.insert((mark.known + shift, 1, 0, recorded.case.id.0, n), Item::News(index));
        }
    }

    /// The next item.
    pub(super) fn next(&self) -> Option<(Instant, Item)> {
        self.0.first_key_value().map(|(key, item)| (key.0, *item))
    }

    /// Takes the next item away.
    pub(super) fn pop(&mut self) {
        self.0.pop_first();
    }
}
