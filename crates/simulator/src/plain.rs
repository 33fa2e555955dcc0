//! People of a quiet market: what they usually do, and when.

use crate::Wrong;
use crate::agenda::Thing;
use crate::cast;
use crate::dice::Dice;
use crate::moves::{Board, By, Move};
use crate::people::answer;
use crate::world::{ANSWER_AFTER, Known, World};
use std::collections::BTreeSet;
use xr_aftersales::{Application, Apply, CaseKind, Reason};
use xr_base::{CaseId, Fault, Instant, Millis, UserId};
use xr_case::engine::{self, Case, Engine};
use xr_orders::Line;
use xr_store::{Tx, params, record, sql};

/// Weight of doing nothing, against those of [`habit`].
const SILENCE: u64 = 8;
/// People sleep until then, in the market's own time.
const MORNING_H: i64 = 7;
const ZONE: Millis = Millis::hours(8);
const HOUR: i64 = Millis::hours(1).0;
const DAY_HOURS: i64 = 24;

/// How likely people do something; what is not here they leave alone.
fn habit(event: &str) -> u64 {
    match event {
        "submit" | "ship_all" | "delivered" | "signed" | "picked" | "approve" | "accept" | "release" => 85,
        "fill_waybill" | "reshipped" | "sent_back" | "ship_rest" | "intercepted" | "resumed" => 80,
        "accept_proposal" | "approve_cancel" => 50,
        "for_buyer" | "for_merchant" => 30,
        "book_pickup" | "decline" | "already_handed_over" | "return_needed" | "send_back" | "reship" => 15,
        "escalate" | "confirm" | "agree_send_back" | "propose" | "reject" | "refuse" => 12,
        "refund_without_return" | "withdraw" | "hold" | "refuse_cancel" => 6,
        "cancel_request" | "modify" | "not_ok" | "out_of_stock" | "cancel_pickup" | "cancel_rest" => 3,
        "cancel" | "ship_part" | "platform_take" | "lost" | "reapply" | "declare_lost" | "refused" => 2,
        _ => 0,
    }
}

/// Weights of the moves, the last one that of silence; evidence that a refusal lacks is filed with it.
pub(crate) fn weights(board: &Board) -> Vec<u64> {
    // Whether goods are left is known only with the input; what else stands in the way stays there.
    let is_possible = |why_not: Option<&str>| {
        why_not.is_none_or(|code| code == "aftersales.reject_needs_evidence" || code.starts_with("orders."))
    };
    let weight = |m: &Move| {
        let is_theirs = m.by != By::Provider && is_possible(m.why_not.as_deref());
        if is_theirs { habit(&m.event) } else { 0 }
    };
    board.moves.iter().map(weight).chain([SILENCE]).collect()
}

/// Where people sleep it becomes morning.
fn awake(at: Instant) -> Instant {
    let hour = (at + ZONE).0.div_euclid(HOUR).rem_euclid(DAY_HOURS);
    if hour < MORNING_H { at + Millis::hours(MORNING_H - hour) } else { at }
}

/// How long a state usually lasts, in minutes; none where its clock decides.
fn usual_minutes(kind: &str, state: &str) -> Option<(i64, i64)> {
    Some(match (kind, state) {
        ("payment", "created") => (1, 9),
        ("order", "pending_review") => (3, 110),
        ("order", "on_hold") => (60, 1_200),
        ("order", "pending_ship") => (60, 2_700),
        ("order", "partially_shipped" | "ship_overdue" | "intercepting" | "delivery_exception") => (300, 2_600),
        ("order", "cancel_requested") => (30, 1_300),
        ("order", "shipped") => (900, 4_600),
        ("order", "delivered") => (600, 12_000),
        _ => return None,
    })
}

fn visit_at(dice: &mut Dice, case: &Case, now: Instant) -> Option<Instant> {
    let is_left_alone = match (case.kind.as_str(), case.state.as_str()) {
        ("payment", state) => state != "created",
        ("refund", _) | ("order", "pending_payment" | "completed" | "cancelling") | (_, "refunding") => true,
        _ => false,
    };
    if is_left_alone {
        return None;
    }
    let due = case.due_at.unwrap_or(now + Millis::days(3));
    let (low, high) = usual_minutes(&case.kind, &case.state).map_or_else(
        || (Millis((due - now).0 / 50), Millis((due - now).0 * 8 / 10)),
        |(low, high)| (Millis::minutes(low), Millis::minutes(high)),
    );
    let at = now + dice.span(low, high);
    let rested = awake(at);
    Some(if rested < due { rested } else { at })
}

record! {
    struct FamilyRow {
        id: CaseId,
    }
}

/// A case and all that was opened for it, oldest first.
pub(crate) fn family(tx: &mut Tx<'_>, root: CaseId) -> Result<Vec<Case>, Fault> {
    let rows: Vec<FamilyRow> = tx.all(
        sql!(
            "WITH RECURSIVE family (id) AS (SELECT id FROM cases WHERE id = ?1
             UNION ALL SELECT c.id FROM cases c JOIN family f ON c.parent_id = f.id)
             SELECT id FROM family ORDER BY id /* unscoped: the simulator's own cases */"
        ),
        params![root],
    )?;
    rows.into_iter().map(|row| engine::get(tx, row.id)).collect()
}

impl World<'_> {
    /// Notes what became of the cases that the step touched, and plans what comes of it.
    pub(crate) fn follow(&mut self) -> Result<(), Wrong> {
        let touched = std::mem::take(&mut self.touched);
        let roots: BTreeSet<CaseId> = touched.into_iter().filter_map(|case| self.root(case)).collect();
        let (families, wake) = self.store.read_blocking(move |tx| {
            let engine = std::sync::Arc::clone(Engine::from_tx(tx)?);
            let mut all = Vec::new();
            for root in roots {
                for case in family(tx, root)? {
                    let book = engine.books().by_id(tx, &engine, case.rulebook)?;
                    all.push((case, book));
                }
            }
            Ok((all, engine::next_wake(tx)?))
        })?;
        self.wake = wake;
        for (case, book) in families {
            let before = self.known.get(&case.id).map(|k| (k.version, k.state.clone()));
            if before.as_ref().is_some_and(|(version, _)| *version == case.version) {
                continue;
            }
            let known = Known {
                version: case.version,
                state: case.state.clone(),
                book,
                parent: case.parent_id,
                org: case.merchant_org,
                buyer: case.buyer_id,
                is_open: !case.is_closed(),
                due: case.due_at,
                has_aftersales: false,
            };
            self.known.insert(case.id, known);
            if !case.is_closed() {
                self.plan_quietly(&case, before.is_none_or(|(_, state)| state != case.state));
            }
        }
        Ok(())
    }

    /// The order of one of the simulator's own cases.
    fn root(&self, case: CaseId) -> Option<CaseId> {
        std::iter::successors(Some(case), |id| self.known.get(id)?.parent)
            .last()
            .filter(|root| self.mine.contains(root))
    }

    fn plan_quietly(&mut self, case: &Case, is_new_state: bool) {
        let now = self.now();
        let is_asking = matches!(
            (case.kind.as_str(), case.state.as_str()),
            ("payment" | "refund", "processing" | "sending" | "unknown" | "retry")
        );
        if is_asking {
            self.asked.insert(case.id);
            let pause = if case.state == "retry" { Millis::minutes(11) } else { ANSWER_AFTER };
            self.agenda.enter(now + pause, Thing::Work);
        }
        if let Some(at) = visit_at(&mut self.dice, case, now) {
            self.agenda.enter(at, Thing::Visit { case: case.id, version: case.version });
        }
        if is_new_state {
            self.plan_besides(case, now);
        }
    }

    /// Scans, applications and words, once for each stay in a state.
    fn plan_besides(&mut self, case: &Case, now: Instant) {
        let after =
            |low: i64, high: i64, dice: &mut Dice| awake(now + dice.span(Millis::hours(low), Millis::hours(high)));
        if case.kind != "order" {
            let is_disputed = matches!(case.state.as_str(), "requested" | "rejected" | "adjudicating");
            if is_disputed && self.dice.chance(25) {
                let at = after(1, 20, &mut self.dice);
                self.agenda.enter(at, Thing::Speak { case: case.id });
            }
            return;
        }
        let (percent, low, high) = match case.state.as_str() {
            "pending_ship" | "shipped" => (2, 1, 20),
            "delivered" => (17, 2, 60),
            "completed" => (4, 20, 200),
            _ => return,
        };
        if self.dice.chance(percent) {
            let at = after(low, high, &mut self.dice);
            self.agenda.enter(at, Thing::Apply { order: case.id });
        }
        if case.state == "shipped" {
            let at = now + self.dice.span(Millis::hours(1), Millis::hours(10));
            self.agenda.enter(at, Thing::Scan { case: case.id });
        }
    }
}

const REASONS: [Reason; 6] =
    [Reason::Quality, Reason::Damaged, Reason::NotAsDescribed, Reason::WrongItem, Reason::MissingParts, Reason::Other];

/// Applies for one unit of one line: what is not there yet cannot be sent back.
pub(crate) fn apply(
    world: &mut World<'_>,
    (order, known): (CaseId, &Known),
    (buyer, pack): (UserId, String),
    lines: &[Line],
) -> Result<(), Wrong> {
    let is_here = matches!(known.state.as_str(), "delivered" | "completed");
    let weights = if is_here { [25, 45, 30] } else { [1, 0, 0] };
    let kinds = [CaseKind::RefundOnly, CaseKind::ReturnRefund, CaseKind::Exchange];
    let kind = world.dice.weighted(&weights).map_or(CaseKind::RefundOnly, |i| kinds[i]);
    let drawn = world.dice.pick(&REASONS).copied().unwrap_or(Reason::Other);
    let reason = if is_here { drawn } else { Reason::Other };
    let Some(line) = world.dice.pick(lines).cloned() else { return Ok(()) };
    let application = for_one_unit(world, kind, (order, &line), reason);
    let applied = world.store.write_blocking(Apply { actor: cast::buyer(buyer), pack, application });
    answer(world, applied).map(|_| ())
}

/// An application for one unit of a line, in somebody's words.
pub(crate) fn for_one_unit(
    world: &mut World<'_>,
    kind: CaseKind,
    (order, line): (CaseId, &Line),
    reason: Reason,
) -> Application {
    Application {
        kind,
        order,
        line: line.id,
        quantity: 1,
        amount_minor: None,
        reason,
        description: world.words.complaint(&mut world.dice, reason.word()),
        photos: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_awake_before_seven_in_the_market() {
        let at = |text: &str| Instant::parse(text).unwrap();
        assert_eq!(awake(at("2026-01-05T03:20:00+08:00")), at("2026-01-05T07:20:00+08:00"));
        assert_eq!(awake(at("2026-01-05T07:00:00+08:00")), at("2026-01-05T07:00:00+08:00"));
        assert_eq!(awake(at("2026-01-05T23:59:00+08:00")), at("2026-01-05T23:59:00+08:00"));
    }

    #[test]
    fn quiet_people_do_no_more_than_what_is_usual() {
        assert_eq!(habit("chargeback") + habit("settle") + habit("edit") + habit("declined"), 0);
        assert!(habit("approve") > SILENCE && habit("platform_take") < SILENCE);
    }
}
