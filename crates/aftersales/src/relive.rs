//! After-sales cases in a replay: what acts bring with them, as figures, and the facts that follow.

use crate::effects::AftersalesEffect as E;
use crate::model::{AftersalesRow, CaseKind, GoodsAt, Origin, Progress};
use crate::steps::Step;
use xr_base::{CaseId, Fault, Instant, Party};
use xr_case::FactValue;
use xr_case::replay::{Family, Figure, Mark, Opening, Recorded};
use xr_logistics::Direction;
use xr_store::{Tx, params, sql};

const AMOUNT: Figure = ("amount", 0);
const QUANTITY: Figure = ("quantity", 0);
const LINE: Figure = ("line", 0);
const SOURCE: Figure = ("source", 0);
const ORIGIN: Figure = ("origin", 0);
const GOODS_AT: Figure = ("goods_at", 0);
const WAYBILL_AT: Figure = ("waybill_at", 0);
const CHANGED_AT: Figure = ("changed_at", 0);
const PROGRESS: Figure = ("progress", 0);

const BY_MERCHANT: &str = "evidence.merchant";
const BY_BUYER: &str = "evidence.buyer";
const CONTACT: &str = "contact";
const FETCHED: &str = "fetched";
const RETURN: [&str; 3] = ["return.parcel", "return.scan", "return.delivered"];
const REPLACEMENT: [&str; 3] = ["replacement.parcel", "replacement.scan", "replacement.delivered"];

/// Figures that a case begins with. Amount and quantity are those after the last change: a change keeps no trace of what was
/// before.
pub(crate) fn figures(row: &AftersalesRow) -> Vec<(Figure, i64)> {
    vec![
        (AMOUNT, row.amount_minor),
        (QUANTITY, row.quantity),
        (LINE, row.line_id.0),
        (SOURCE, row.source_case.map_or(0, |c| c.0)),
        (ORIGIN, row.origin as i64),
        (GOODS_AT, GoodsAt::Buyer as i64),
        (PROGRESS, row.progress as i64),
    ]
}

/// Evidence, contacts, pickups and parcels of a case.
pub(crate) fn marks(tx: &mut Tx<'_>, row: &AftersalesRow) -> Result<Vec<Mark>, Fault> {
    let case: CaseId = row.case_id;
    let mut marks = Vec::new();
    let filed: Vec<(Party, Instant)> = tx.all(
        sql!("SELECT party, at FROM evidence WHERE case_id = ?1 ORDER BY id /* unscoped: by case */"),
        params![case],
    )?;
    for (party, at) in filed {
        let name = if party == Party::Merchant { BY_MERCHANT } else { BY_BUYER };
        if matches!(party, Party::Merchant | Party::Buyer) {
            marks.push(Mark::quiet(name, at, at));
        }
    }
    let contacts: Vec<(Instant, Instant)> = tx.all(
        sql!("SELECT at, recorded_at FROM contacts WHERE case_id = ?1 ORDER BY id /* unscoped: by case */"),
        params![case],
    )?;
    marks.extend(contacts.into_iter().map(|(at, known)| Mark::quiet(CONTACT, at, known)));
    if row.kind != CaseKind::RefundOnly {
        if let Some(at) = xr_logistics::queries::newest_pickup(tx, case)?.and_then(|p| p.collected_at) {
            marks.push(Mark::quiet(FETCHED, at, at));
        }
        marks.extend(xr_logistics::queries::marks(tx, case, Direction::Return, RETURN)?);
        marks.extend(xr_logistics::queries::marks(tx, case, Direction::Replacement, REPLACEMENT)?);
    }
    Ok(marks)
}

fn get(family: &Family<'_>, me: usize, figure: Figure) -> i64 {
    family.figure(me, figure).unwrap_or(0)
}

/// What an act brings before its guard is asked, as `acts::prepare` does.
pub(crate) fn act(kind: CaseKind, event: &str, family: &mut Family<'_>, me: usize) {
    let at = family.at().0;
    if event == "opened" {
        return changed(family, me);
    }
    match Step::of(kind, event) {
        Some(Step::Modify) => changed(family, me),
        Some(Step::FillWaybill | Step::Picked) => {
            family.set(me, WAYBILL_AT, at);
            family.set(me, GOODS_AT, GoodsAt::Carrier as i64);
        }
        Some(Step::Lost | Step::SentBack | Step::Reshipped) => family.set(me, GOODS_AT, GoodsAt::Carrier as i64),
        Some(Step::Signed) => family.set(me, GOODS_AT, GoodsAt::Merchant as i64),
        Some(Step::Delivered) => family.set(me, GOODS_AT, GoodsAt::Buyer as i64),
        _ => {}
    }
}

/// Where it is not sure which units had left, what the row says of its last change counts.
fn changed(family: &mut Family<'_>, me: usize) {
    family.set(me, CHANGED_AT, family.at().0);
    let Some(order) = family.parent(me) else { return };
    let (units, is_sure) = xr_orders::relived_shipped(family, order, get(family, me, LINE));
    if !is_sure && family.recorded(me).is_some() {
        return;
    }
    let progress = if units == 0 {
        Progress::Unshipped
    } else if family.has_tag(order, "received") {
        Progress::Received
    } else {
        Progress::UnderWay
    };
    family.set(me, PROGRESS, progress as i64);
}

/// Facts of a case.
pub(crate) fn fact(fact: &str, family: &Family<'_>, me: usize) -> Option<(FactValue, bool)> {
    let count = |name| i64::try_from(family.marks(me, name).count()).unwrap_or(0);
    let word = |words: &[&'static str], figure| {
        let index = usize::try_from(get(family, me, figure)).unwrap_or(0);
        FactValue::Text(words.get(index).copied().unwrap_or_default().into())
    };
    Some(match fact {
        "contacted_buyer" => {
            let since = get(family, me, CHANGED_AT);
            (FactValue::Bool(family.marks(me, CONTACT).any(|m| (m.at + family.shift(me)).0 >= since)), true)
        }
        "evidence_count" => (FactValue::Int(count(BY_MERCHANT)), true),
        "buyer_evidence_count" => {
            let waybill = family.figure(me, WAYBILL_AT).is_some() && count(FETCHED) == 0;
            (FactValue::Int(count(BY_BUYER) + i64::from(waybill)), true)
        }
        "amount_minor" => {
            let told = family.recorded(me).map_or(&[] as &[_], |r| r.rows.as_slice());
            let is_told = !told.iter().any(|row| matches!(row.event.as_str(), "modify" | "accept_proposal"));
            (FactValue::Int(get(family, me, AMOUNT)), is_told)
        }
        "is_shipped" => {
            let order = family.parent(me)?;
            let (units, is_sure) = xr_orders::relived_shipped(family, order, get(family, me, LINE));
            (FactValue::Bool(units > 0), is_sure)
        }
        "progress" => {
            let order = family.parent(me)?;
            let (_, is_sure) = xr_orders::relived_shipped(family, order, get(family, me, LINE));
            (word(&["unshipped", "under_way", "received"], PROGRESS), is_sure)
        }
        "goods_at" => (word(&["buyer", "carrier", "merchant"], GOODS_AT), true),
        "waybill_at" => (moment(family.figure(me, WAYBILL_AT).map(Instant)), true),
        "delivered_at" => (moment(newest(family, me, RETURN).map(|m| m.at + family.shift(me))), true),
        "is_scan_reported_late" => {
            let late = newest(family, me, RETURN).is_some_and(|m| xr_logistics::is_late(m.at, m.known));
            (FactValue::Bool(late), true)
        }
        "replacement_delivered_at" => replacement(family, me),
        "refund_succeeded" => (FactValue::Bool(xr_payments::relived_success(family, me)), true),
        "tries" => (FactValue::Int(tries(family, me)), true),
        "reapplied" => (FactValue::Int(of_line(family, me, |origin| origin == Origin::Reapplied as i64)), true),
        _ => return None,
    })
}

fn moment(at: Option<Instant>) -> FactValue {
    at.map_or(FactValue::Absent, FactValue::Instant)
}

/// The delivery scan of the newest parcel: one that was announced before the last is of another parcel.
fn newest<'f>(family: &'f Family<'_>, me: usize, words: [&'static str; 3]) -> Option<&'f Mark> {
    let announced = family.marks(me, words[0]).last()?.known;
    family.marks(me, words[2]).filter(|m| m.known >= announced).last()
}

/// A replacement that was lost after its scan has none any more; which scan was the last is known only as it is now.
fn replacement(family: &Family<'_>, me: usize) -> (FactValue, bool) {
    let was_lost = family.steps(me).iter().rev().find(|s| s.event == "reshipped" || s.event == "lost");
    let scan = newest(family, me, REPLACEMENT).filter(|_| was_lost.is_none_or(|s| s.event != "lost"));
    (moment(scan.map(|m| m.at + family.shift(me))), true)
}

/// Cases on the same line whose origin is meant.
fn of_line(family: &Family<'_>, me: usize, is_meant: impl Fn(i64) -> bool) -> i64 {
    let line = get(family, me, LINE);
    let is_it = |(i, kind): &(usize, &str)| {
        CaseKind::from_word(kind).is_some() && get(family, *i, LINE) == line && is_meant(get(family, *i, ORIGIN))
    };
    i64::try_from(family.all().filter(is_it).count()).unwrap_or(0)
}

fn tries(family: &Family<'_>, me: usize) -> i64 {
    let line = get(family, me, LINE);
    let on_line = family.all().filter(|(i, kind)| CaseKind::from_word(kind).is_some() && get(family, *i, LINE) == line);
    let changes = on_line.flat_map(|(i, _)| family.steps(i)).filter(|s| s.event == "modify").count();
    of_line(family, me, |origin| origin != Origin::Ruled as i64) + i64::try_from(changes).unwrap_or(0)
}

/// What an effect does to the family.
pub(crate) fn effect(family: &mut Family<'_>, me: usize, effect: &E) {
    let Some(order) = family.parent(me) else { return };
    let (line, quantity) = (get(family, me, LINE), get(family, me, QUANTITY));
    match effect {
        E::OpenRefund => match get(family, me, AMOUNT) {
            amount if amount < 1 => family.tell(me, "refund.done"),
            amount => xr_payments::relive_refund(family, me, order, amount),
        },
        E::SettleLine => xr_orders::relive_settled(family, order, line, quantity),
        E::StopLine => xr_orders::relive_stopped(family, order, line, quantity),
        E::OpenReturnCase => {
            if let Some(child) = follower(family, me, order, (CaseKind::ReturnRefund, true)) {
                family.set(child, ORIGIN, Origin::Ruled as i64);
                family.tell(child, "ruled_return");
            }
        }
        // What is applied for anew stands with the act; an act that was taken in truth has its case in the record.
        E::OpenNewCase => {
            for kind in CaseKind::ALL {
                if follower(family, me, order, (*kind, false)).is_some() {
                    return;
                }
            }
        }
        E::AdoptProposal | E::NotifyReturnAddress | E::AssignAdjudicator => {}
    }
}

/// The case that followed this one in truth; a return that is ruled without one is opened anew.
fn follower(family: &mut Family<'_>, me: usize, order: usize, (kind, is_anew): (CaseKind, bool)) -> Option<usize> {
    let source = family.recorded(me).map(|r| r.case.id.0);
    let follows =
        |told: &Recorded| told.past.figures.iter().any(|(figure, value)| *figure == SOURCE && Some(*value) == source);
    let opening = Opening { kind: kind.word(), parent: order, like: Some(me), is_anew, fits: &follows };
    family.open(&opening)
}

/// As [`Apply`](crate::Apply): the order waits for goods, has them on the way, or has its window open, and the units asked for are
/// there to ask for.
pub(crate) fn opens(kind: CaseKind, family: &Family<'_>, told: &Recorded, order: usize) -> bool {
    let of = |figure: Figure| told.past.figures.iter().find(|(f, _)| *f == figure).map_or(0, |(_, value)| *value);
    let (line, quantity) = (of(LINE), of(QUANTITY));
    let is_open = ["shippable", "in_transit", "received"].into_iter().any(|tag| family.has_tag(order, tag));
    let is_out = kind == CaseKind::RefundOnly || quantity <= xr_orders::relived_shipped(family, order, line).0;
    let others = family.all().filter(|(i, word)| {
        CaseKind::from_word(word).is_some() && !family.is_closed(*i) && get(family, *i, LINE) == line
    });
    let others: Vec<(i64, bool)> = others.map(|(i, word)| (get(family, i, QUANTITY), word == kind.word())).collect();
    let asked: i64 = others.iter().map(|(units, _)| units).sum();
    let is_left = quantity <= xr_orders::relived_unrefunded(family, order, line) - asked;
    is_open && is_out && is_left && !others.iter().any(|(_, is_same)| *is_same)
}
