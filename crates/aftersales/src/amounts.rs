//! How much of a line a case may ask for. Pure: parts of a line add up to the whole line, no cent is lost or won.

use xr_orders::Line;

/// What other open cases of a line ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Units.
    pub quantity: i64,
    /// Minor units.
    pub amount_minor: i64,
}

/// Units of the line that are neither refunded nor under another open case.
pub fn units_left(line: &Line, others: Asked) -> i64 {
    (line.quantity - line.refunded - others.quantity).max(0)
}

/// Most minor units that `quantity` of the units left may ask for; 0 when fewer are left.
///
/// The last units take whatever is left of the line, so that refunds part by part add up to it; before shipment they take
/// the line's freight too. A unit never takes more than the dearest unit of the line costs, so that a small refund for one
/// unit does not raise what the others may ask.
pub fn most(line: &Line, others: Asked, quantity: i64) -> i64 {
    let left = units_left(line, others);
    if quantity < 1 || quantity > left {
        return 0;
    }
    let is_rest = quantity == left && others.quantity == 0;
    let money = (line.amount_minor - line.refunded_minor - others.amount_minor).max(0);
    let fair = if is_rest { money } else { line.share(line.refunded + others.quantity, quantity, false) };
    let dearest = line.amount_minor / line.quantity + i64::from(line.amount_minor % line.quantity > 0);
    let freight = if is_rest && line.shipped == 0 { line.freight_minor } else { 0 };
    fair.min(money).min(dearest.saturating_mul(quantity)) + freight
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_base::{CaseId, RowId, SkuId, UnitPrice};

    fn line(quantity: i64, amount_minor: i64) -> Line {
        Line {
            id: RowId(1),
            order_id: CaseId(1),
            line_no: 1,
            sku_id: SkuId(1),
            title: String::new(),
            spec: String::new(),
            quantity,
            unit_price: UnitPrice(0),
            amount_minor,
            freight_minor: 0,
            shipped: quantity,
            stopped: 0,
            refunded: 0,
            refunded_minor: 0,
        }
    }

    fn refund(line: &mut Line, quantity: i64) -> i64 {
        let amount = most(line, Asked::default(), quantity);
        line.refunded += quantity;
        line.refunded_minor += amount;
        amount
    }

    #[test]
    fn parts_of_any_size_in_any_order_add_up_to_the_line() {
        for total in [0, 1, 99, 100, 101, 12_345, 99_999] {
            for parts in [vec![1, 1, 1, 1, 1, 1, 1], vec![3, 4], vec![4, 3], vec![2, 1, 4], vec![6, 1], vec![7]] {
                let mut line = line(7, total);
                let sum: i64 = parts.iter().map(|q| refund(&mut line, *q)).sum();
                assert_eq!(sum, total, "{total} in {parts:?}");
            }
        }
    }

    #[test]
    fn a_withdrawn_case_leaves_its_cent_to_the_next() {
        let mut line = line(3, 100);
        let first = Asked { quantity: 1, amount_minor: most(&line, Asked::default(), 1) };
        assert_eq!(first.amount_minor, 33);
        let second = most(&line, first, 1);
        // The first one is withdrawn, the second refunded.
        (line.refunded, line.refunded_minor) = (1, second);
        assert_eq!(refund(&mut line, 1) + refund(&mut line, 1) + second, 100);
    }

    #[test]
    fn a_small_refund_for_one_unit_does_not_raise_the_others() {
        let mut line = line(3, 100);
        (line.refunded, line.refunded_minor) = (1, 1);
        assert_eq!(most(&line, Asked::default(), 2), 68, "two units at the dearest unit's 34");
    }

    #[test]
    fn freight_goes_back_only_with_the_rest_of_a_line_that_was_not_shipped() {
        let mut line = Line { freight_minor: 800, shipped: 0, ..line(2, 1_000) };
        assert_eq!(most(&line, Asked::default(), 1), 500);
        assert_eq!(most(&line, Asked::default(), 2), 1_800);
        assert_eq!(most(&line, Asked { quantity: 1, amount_minor: 500 }, 1), 500, "another case is open");
        (line.refunded, line.refunded_minor) = (1, 500);
        assert_eq!(most(&line, Asked::default(), 1), 1_300);
        line.shipped = 1;
        assert_eq!(most(&line, Asked::default(), 1), 500);
    }

    #[test]
    fn what_other_open_cases_ask_for_is_not_there() {
        let line = line(3, 300);
        let others = Asked { quantity: 2, amount_minor: 200 };
        assert_eq!((units_left(&line, others), most(&line, others, 1), most(&line, others, 2)), (1, 100, 0));
        assert_eq!(most(&line, others, 0), 0);
    }
}
