//! Which sale a cancellation takes back: the latest earlier one of the same customer and product with units left, then the one
//! before it (decision D27). Pure: sales come in, takes go out.

use crate::money::{exact, rounded};
use std::collections::HashMap;
use xr_base::{CaseId, Instant, RowId};

/// Whose units of what. Anonymous rows are told apart by country at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) customer: i64,
    pub(crate) product: u32,
    /// `u32::MAX` for named customers.
    pub(crate) country: u32,
}

impl Key {
    pub(crate) fn new(customer: i64, product: u32, country: u32) -> Self {
        Self { customer, product, country: if customer == 0 { country } else { u32::MAX } }
    }
}

/// A line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sale {
    /// To be written by this import: index of its row.
    Fresh(usize),
    /// Written by an earlier import.
    Stored(CaseId, RowId),
}

/// What can still be taken back of a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) sale: Sale,
    pub(crate) at: Instant,
    pub(crate) units: i64,
    pub(crate) minor: i64,
}

/// Units and money taken back from one sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Take {
    pub(crate) sale: Sale,
    pub(crate) units: i64,
    pub(crate) minor: i64,
}

/// Where a cancellation's units and money come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Return {
    /// Earlier sales with units left when it was matched.
    pub(crate) possible: usize,
    pub(crate) takes: Vec<Take>,
    /// Units without a sale.
    pub(crate) unmatched_units: i64,
    /// Money without a sale: of those units, and what was given back beyond a sale's own price.
    pub(crate) unmatched_minor: i64,
}

/// Sales that cancellations of this import may take back.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    sales: HashMap<Key, Vec<Left>>,
}

impl Shelf {
    /// Keeps room for sales under `key`; sales under other keys are not kept.
    pub(crate) fn reserve(&mut self, key: Key) {
        self.sales.entry(key).or_default();
    }

    /// Whether any cancellation is expected at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.sales.is_empty()
    }

    /// Puts a sale on the shelf, if a cancellation under its key is expected.
    pub(crate) fn put(&mut self, key: Key, left: Left) {
        if let Some(sales) = self.sales.get_mut(&key) {
            let place = sales.partition_point(|other| other.at <= left.at);
            sales.insert(place, left);
        }
    }

    /// Takes `units` (positive) back at `price` (1/10,000 of the major unit) at `at`.
    pub(crate) fn take(&mut self, key: Key, at: Instant, units: i64, price: i64) -> Return {
        let mut back = Return { unmatched_units: units, ..Return::default() };
        let mut owed = rounded(exact(units, price));
        let sales = self.sales.get_mut(&key).map_or(&mut [][..], Vec::as_mut_slice);
        let mut earlier: Vec<&mut Left> = sales.iter_mut().filter(|left| left.units > 0 && left.at <= at).collect();
        back.possible = earlier.len();
        for left in earlier.iter_mut().rev() {
            if back.unmatched_units == 0 {
                break;
            }
            let before = units - back.unmatched_units;
            let taken = back.unmatched_units.min(left.units);
            // Differences of cumulative amounts: parts of one row add up to the row, rounded once.
            let whole = rounded(exact(before + taken, price)) - rounded(exact(before, price));
            let minor = whole.clamp(0, left.minor.max(0));
            left.units -= taken;
            left.minor -= minor;
            back.unmatched_units -= taken;
            owed -= minor;
            back.takes.push(Take { sale: left.sale, units: taken, minor });
        }
        back.unmatched_minor = owed;
        back
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key { customer: 7, product: 1, country: u32::MAX };

    fn shelf(sales: &[(i64, i64, i64)]) -> Shelf {
        let mut shelf = Shelf::default();
        shelf.reserve(KEY);
        for (index, (at, units, minor)) in sales.iter().enumerate() {
            shelf.put(KEY, Left { sale: Sale::Fresh(index), at: Instant(*at), units: *units, minor: *minor });
        }
        shelf
    }

    fn takes(back: &Return) -> Vec<(Sale, i64, i64)> {
        back.takes.iter().map(|take| (take.sale, take.units, take.minor)).collect()
    }

    #[test]
    fn the_latest_earlier_sale_with_units_left_is_taken_first() {
        let mut shelf = shelf(&[(10, 5, 500), (30, 5, 500), (20, 5, 500)]);
        let back = shelf.take(KEY, Instant(25), 7, 10_000);
        assert_eq!(back.possible, 2, "the sale at 30 came later");
        assert_eq!(takes(&back), [(Sale::Fresh(2), 5, 500), (Sale::Fresh(0), 2, 200)]);
        assert_eq!((back.unmatched_units, back.unmatched_minor), (0, 0));
        let again = shelf.take(KEY, Instant(25), 7, 10_000);
        assert_eq!(takes(&again), [(Sale::Fresh(0), 3, 300)]);
        assert_eq!((again.possible, again.unmatched_units, again.unmatched_minor), (1, 4, 400));
    }

    #[test]
    fn money_beyond_the_sales_own_price_is_unmatched() {
        let back = shelf(&[(1, 2, 200)]).take(KEY, Instant(2), 2, 15_000);
        assert_eq!((takes(&back), back.unmatched_minor), (vec![(Sale::Fresh(0), 2, 200)], 100));
    }

    #[test]
    fn parts_of_a_row_add_up_to_the_row_rounded_once() {
        // 3 × 0.005 = 0.015, two pence; a part by itself would round to 0 or 1.
        let back = shelf(&[(1, 1, 9), (2, 1, 9), (3, 1, 9)]).take(KEY, Instant(9), 3, 50);
        assert_eq!(back.takes.iter().map(|take| take.minor).sum::<i64>(), 2);
        assert_eq!(back.unmatched_minor, 0);
    }

    #[test]
    fn other_customers_and_products_are_left_alone() {
        let mut shelf = shelf(&[(1, 5, 500)]);
        for key in [Key::new(8, 1, 3), Key::new(7, 2, 3), Key::new(0, 1, 3)] {
            assert_eq!(shelf.take(key, Instant(9), 1, 100).possible, 0);
        }
        assert_eq!(Key::new(7, 1, 3), Key::new(7, 1, 4), "a named customer is the same from everywhere");
        assert_ne!(Key::new(0, 1, 3), Key::new(0, 1, 4));
    }
}
