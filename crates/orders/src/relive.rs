//! Orders in a replay: lines, ship notices and parcels as far as promises ask for them.

use crate::effects::OrdersEffect as E;
use crate::model::Line;
use xr_base::{Instant, Millis};
use xr_case::FactValue;
use xr_case::replay::{Family, Figure, Mark};

/// Units of a line, by its id; so are the next ones.
const QUANTITY: &str = "quantity";
const SHIPPED: &str = "shipped";
/// Of them, those that left by now.
const OUT: &str = "out";
const STOPPED: &str = "stopped";
const REFUNDED: &str = "refunded";
const AMOUNT: &str = "line_amount";
const FREIGHT: &str = "line_freight";
/// Whether lines were left after the last ship notice: 0 none, 1 some.
const LEFT: Figure = ("left", 0);
const SHIPPED_AT: Figure = ("shipped_at", 0);

/// Names of the marks that the keeper of parcels gives.
pub const PARCEL: &str = "parcel";
/// The first scan of a parcel.
pub const FIRST_SCAN: &str = "first_scan";
/// The delivery scan of a parcel; it is news.
pub const DELIVERED: &str = "delivered";

/// Figures of an order's lines.
pub(crate) fn figures(lines: &[Line]) -> Vec<(Figure, i64)> {
    let of = |l: &Line| {
        let id = l.id.0;
        [
            ((QUANTITY, id), l.quantity),
            ((SHIPPED, id), l.shipped),
            ((AMOUNT, id), l.amount_minor),
            ((FREIGHT, id), l.freight_minor),
        ]
    };
    lines.iter().flat_map(of).collect()
}

/// What a ship notice tells of the lines.
pub(crate) fn act(event: &str, family: &mut Family<'_>, me: usize) {
    match event {
        "ship_all" | "ship_rest" | "already_handed_over" => ship(family, me, 0),
        "ship_part" => ship(family, me, 1),
        _ => {}
    }
}

/// Which lines a notice of a part named is not kept: at most those units that left at last.
fn ship(family: &mut Family<'_>, me: usize, left: i64) {
    family.set(me, LEFT, left);
    let lines: Vec<(i64, i64)> = family.figures(me, QUANTITY).collect();
    for (line, quantity) in lines {
        let open = quantity - get(family, me, (STOPPED, line));
        let out = if left == 0 { open } else { open.min(get(family, me, (SHIPPED, line))) };
        family.set(me, (OUT, line), out);
    }
}

/// Facts of an order.
pub(crate) fn fact(fact: &str, family: &Family<'_>, me: usize) -> Option<(FactValue, bool)> {
    match fact {
        "unshipped_lines" => Some((FactValue::Int(family.figure(me, LEFT)?), true)),
        "shipped_at" => {
            let at = family.figure(me, SHIPPED_AT);
            Some((at.map_or(FactValue::Absent, |at| FactValue::Instant(Instant(at))), true))
        }
        "delivered_at" => Some((delivered_at(family, me).map_or(FactValue::Absent, FactValue::Instant), true)),
        "tracking" => Some(tracking(family, me)),
        "refund_succeeded" => Some((FactValue::Bool(xr_payments::relived_success(family, me)), true)),
        _ => None,
    }
}

/// The newest time at which all parcels announced so far had arrived.
fn delivered_at(family: &Family<'_>, me: usize) -> Option<Instant> {
    let shift: Millis = family.shift(me);
    let parcels: Vec<&Mark> = family.marks(me, PARCEL).collect();
    let delivered: Vec<&Mark> = family.marks(me, DELIVERED).collect();
    // What was delivered before another parcel was announced stands until that one arrives too.
    let mut found = None;
    for scan in &delivered {
        let announced = parcels.iter().filter(|p| p.known <= scan.known).count();
        let arrived = delivered.iter().filter(|d| d.known <= scan.known);
        if arrived.clone().count() == announced {
            found = arrived.map(|d| d.at + shift).max();
        }
    }
    found
}

/// When parcels began to stand still is not kept.
fn tracking(family: &Family<'_>, me: usize) -> (FactValue, bool) {
    let parcels = family.marks(me, PARCEL).count();
    let delivered = family.marks(me, DELIVERED).count();
    let word = if parcels > 0 && delivered == parcels {
        "delivered"
    } else if family.marks(me, FIRST_SCAN).next().is_some() {
        "moving"
    } else {
        "none"
    };
    let now = family.past(me).and_then(|p| p.now.get("tracking"));
    let may_stand = word == "moving" && now == Some(&FactValue::Text("stalled".into()));
    (FactValue::Text(word.into()), !may_stand)
}

/// What an effect does to the family.
pub(crate) fn effect(family: &mut Family<'_>, me: usize, effect: &E) {
    match effect {
        E::MarkShipped => family.set(me, SHIPPED_AT, family.at().0),
        E::NoteViolation { .. } => {}
        E::RefundUnshipped => {
            let owed = stop_rest(family, me);
            if owed > 0 {
                xr_payments::relive_refund(family, me, me, owed);
            }
        }
    }
}

fn get(family: &Family<'_>, me: usize, figure: Figure) -> i64 {
    family.figure(me, figure).unwrap_or(0)
}

fn unshipped(family: &Family<'_>, order: usize, line: i64) -> i64 {
    let of = |name| get(family, order, (name, line));
    of(QUANTITY) - of(OUT) - of(STOPPED)
}

fn stop_rest(family: &mut Family<'_>, me: usize) -> i64 {
    let lines: Vec<(i64, i64)> = family.figures(me, QUANTITY).collect();
    let nothing_left = lines.iter().all(|(line, _)| get(family, me, (OUT, *line)) == 0);
    let mut owed = 0;
    for (line, quantity) in lines {
        let units = unshipped(family, me, line).max(0);
        let refunded = get(family, me, (REFUNDED, line));
        let unpaid = units.min(quantity - refunded);
        let freight = if nothing_left { get(family, me, (FREIGHT, line)) } else { 0 };
        let whole = get(family, me, (AMOUNT, line)) + freight;
        let upto = |n: i64| i128::from(whole) * i128::from(n) / i128::from(quantity.max(1));
        owed += i64::try_from(upto(refunded + unpaid) - upto(refunded)).unwrap_or(0);
        family.add(me, (STOPPED, line), units);
        family.add(me, (REFUNDED, line), unpaid);
    }
    owed
}

/// As [`settle_line`](crate::settle_line): `quantity` units of a line at most were refunded.
pub fn relive_settled(family: &mut Family<'_>, order: usize, line: i64, quantity: i64) {
    let left = get(family, order, (QUANTITY, line)) - get(family, order, (REFUNDED, line));
    let units = quantity.min(left);
    if units < 1 {
        return;
    }
    family.add(order, (REFUNDED, line), units);
    let lines: Vec<(i64, i64)> = family.figures(order, QUANTITY).collect();
    if lines.iter().all(|(line, quantity)| get(family, order, (REFUNDED, *line)) >= *quantity) {
        family.tell(order, "all_refunded");
    }
}

/// As [`stop_line`](crate::stop_line).
pub fn relive_stopped(family: &mut Family<'_>, order: usize, line: i64, quantity: i64) {
    let stopped = quantity.min(unshipped(family, order, line)).max(0);
    family.add(order, (STOPPED, line), stopped);
}

/// Units of a line that had left by now, and whether that is sure: notices of a part do not tell which lines.
pub fn relived_shipped(family: &Family<'_>, order: usize, line: i64) -> (i64, bool) {
    let out = get(family, order, (OUT, line));
    (out, out == 0 || family.figure(order, LEFT) == Some(0))
}

/// Units of a line whose money did not go back.
pub fn relived_unrefunded(family: &Family<'_>, order: usize, line: i64) -> i64 {
    get(family, order, (QUANTITY, line)) - get(family, order, (REFUNDED, line))
}
