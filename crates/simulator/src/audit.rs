//! After every step: the cases that it touched, as they are now, against what must hold of every case (invariants 2 to 5 and 7).

use crate::Wrong;
use crate::world::VERIFICATION;
use std::sync::Arc;
use xr_base::{CaseId, Fault, Scope};
use xr_case::engine::{self, Case, ClockRow, Engine, HistoryRow, Ready};
use xr_case::model::{Alternative, ClockRule};
use xr_identity::{Standing, log_in_block, standing};
use xr_inventory::Claim;
use xr_payments::PaymentRow;
use xr_payments::ledger::{Account, balance};
use xr_store::{Tx, sql};

/// Steps of a case told with what is wrong with it.
const STORY_MAX: usize = 12;

/// A case with all that is checked of it.
pub(crate) struct Seen {
    pub(crate) case: Case,
    pub(crate) history: Vec<HistoryRow>,
    pub(crate) clocks: Vec<ClockRow>,
    pub(crate) book: Arc<Ready>,
    /// Kinds of its open children.
    pub(crate) children: Vec<String>,
    claims: Vec<Claim>,
    money: Option<(PaymentRow, i64, i64)>,
    /// Of a verification: how its organisation stands, and whether it is shut out.
    standing: Option<(Standing, bool)>,
}

/// Reads a case whole.
pub(crate) fn look(tx: &mut Tx<'_>, id: CaseId) -> Result<Seen, Fault> {
    let case = engine::get(tx, id)?;
    let machinery = Arc::clone(Engine::from_tx(tx)?);
    let book = machinery.books().by_id(tx, &machinery, case.rulebook)?;
    let children: Vec<(String,)> = tx.all(
        sql!(
            "SELECT kind FROM cases WHERE parent_id = ?1 AND closed_at IS NULL /* unscoped: the simulator's checks */"
        ),
        xr_store::params![id],
    )?;
    let money = if case.kind == "payment" {
        let row = xr_payments::queries::payment(tx, id)?;
        let (escrow, contested) = (Account::Escrow(id), Account::Contested(id));
        let (escrow, contested) = (balance(tx, escrow, row.currency)?, balance(tx, contested, row.currency)?);
        Some((row, escrow, contested))
    } else {
        None
    };
    let standing = match case.merchant_org.filter(|_| case.kind == VERIFICATION) {
        Some(org) => standing::of(tx, org)?.zip(Some(log_in_block::of(tx, org)?.is_some())),
        None => None,
    };
    Ok(Seen {
        standing,
        history: engine::history(tx, id)?,
        clocks: engine::clocks_of(tx, id)?,
        claims: xr_inventory::queries::claims(tx, id)?,
        children: children.into_iter().map(|(kind,)| kind).collect(),
        case,
        book,
        money,
    })
}

/// Whether a scope that the case does not belong to may see it: never.
pub(crate) fn is_leaked(tx: &mut Tx<'_>, case: CaseId, strangers: &[Scope]) -> bool {
    strangers.iter().any(|stranger| engine::seen_by(tx, *stranger, case).is_ok())
}

impl Seen {
    /// Rows added since the case was at `version`.
    pub(crate) fn fresh(&self, version: i64) -> impl Iterator<Item = &HistoryRow> {
        self.history.iter().filter(move |row| row.seq > version)
    }

    /// Everything that must hold of a case.
    pub(crate) fn check(&self, version: i64) -> Result<(), Wrong> {
        let found = self
            .history_fault(version)
            .or_else(|| self.clocks_fault())
            .or_else(|| self.pause_fault())
            .or_else(|| self.stock_fault())
            .or_else(|| self.money_fault())
            .or_else(|| self.standing_fault());
        let Some(found) = found else { return Ok(()) };
        let Case { kind, id, state, .. } = &self.case;
        Err(Wrong(format!("{kind} {id} in {state}: {found}; it went {}", self.story())))
    }

    /// The case's way, latest steps only.
    fn story(&self) -> String {
        let latest = self.history.len().saturating_sub(STORY_MAX);
        let step = |row: &HistoryRow| format!("{} {} by {} -> {}", row.at, row.event, row.actor, row.to_state);
        self.history.iter().skip(latest).map(step).collect::<Vec<_>>().join("; ")
    }

    /// The history counts its rows, follows on, ends in the state, and silence cites its rule and its clock.
    fn history_fault(&self, version: i64) -> Option<String> {
        let rows = self.history.len();
        if i64::try_from(rows) != Ok(self.case.version) {
            return Some(format!("version {} but {rows} rows of history", self.case.version));
        }
        if self.history.last().is_none_or(|row| row.to_state != self.case.state) {
            return Some("its history ends elsewhere".to_owned());
        }
        if self.history.windows(2).any(|two| two[0].to_state != two[1].from_state) {
            return Some("its history jumps".to_owned());
        }
        self.fresh(version).filter(|row| row.seq > 1).find_map(|row| self.citation_fault(row))
    }

    fn ways(&self, row: &HistoryRow) -> Vec<&Alternative> {
        let ways = self.book.book.alternatives(&row.from_state, &row.taken_as);
        ways.iter().filter(|way| way.to == row.to_state).collect()
    }

    fn citation_fault(&self, row: &HistoryRow) -> Option<String> {
        let ways = self.ways(row);
        if ways.is_empty() {
            return Some(format!("no way of {} leads from {} to {}", row.taken_as, row.from_state, row.to_state));
        }
        let clock = self.clock_of(row);
        if (row.actor == "clock") != row.clock_id.is_some() {
            return Some(format!("{} by {} and its clock disagree", row.event, row.actor));
        }
        let may_cite: Vec<Option<&String>> = match clock {
            Some(rule) if rule.rule.is_some() => {
                let own = std::iter::once(rule.rule.as_ref());
                own.chain(rule.alt.iter().filter(|a| a.rule.is_some()).map(|a| a.rule.as_ref())).collect()
            }
            _ => ways.iter().map(|way| way.rule.as_ref()).collect(),
        };
        let cites = may_cite.contains(&row.rule.as_ref());
        (!cites).then(|| format!("{} cites {:?}, not one of {may_cite:?}", row.event, row.rule))
    }

    fn clock_of(&self, row: &HistoryRow) -> Option<&ClockRule> {
        row.clock_id?;
        self.book.book.state(&row.from_state)?.clocks.values().find(|rule| rule.fire == row.event)
    }

    /// An open case has the clocks of its state, those that ran out without leaving it excepted; an ended one has none.
    fn clocks_fault(&self) -> Option<String> {
        if self.case.is_closed() {
            return (!self.clocks.is_empty()).then(|| "it ended and a clock runs".to_owned());
        }
        if self.clocks.is_empty() {
            return Some("it is open without a clock".to_owned());
        }
        let rules = &self.book.book.state(&self.case.state)?.clocks;
        if let Some(clock) = self.clocks.iter().find(|c| c.state != self.case.state || !rules.contains_key(&c.name)) {
            return Some(format!("clock {} of {} runs", clock.name, clock.state));
        }
        let has_just_begun = self
            .history
            .last()
            .is_some_and(|row| row.from_state != row.to_state || self.ways(row).iter().any(|way| way.restart));
        if has_just_begun && self.clocks.len() != rules.len() {
            return Some(format!("{} of {} clocks run", self.clocks.len(), rules.len()));
        }
        let earliest = self.clocks.iter().filter_map(|c| c.due_at).min();
        if self.case.due_at != earliest {
            return Some(format!("shows {:?} as its due, its clocks {earliest:?}", self.case.due_at));
        }
        self.clocks.iter().find_map(|clock| due_fault(clock, rules.get(&clock.name)?))
    }

    /// Clocks that an open after-sales case stops stand still, and others do not.
    fn pause_fault(&self) -> Option<String> {
        if self.case.is_closed() {
            return None;
        }
        let is_stopped =
            self.children.iter().any(|k| matches!(k.as_str(), "refund_only" | "return_refund" | "exchange"));
        let rules = &self.book.book.state(&self.case.state)?.clocks;
        let pauses = |c: &ClockRow| rules.get(&c.name).is_some_and(|r| r.pause_while.iter().any(|g| g == "aftersales"));
        let odd = self.clocks.iter().find(|c| (pauses(c) && is_stopped) != (c.blocked.as_deref() == Some("paused")))?;
        Some(format!("clock {} is {:?} while its open children are {:?}", odd.name, odd.blocked, self.children))
    }

    /// What the last step says about stock has happened; a waiting case has a child to wait for.
    fn stock_fault(&self) -> Option<String> {
        let waits_for = self.book.book.state(&self.case.state).and_then(|s| s.waits_for.as_ref());
        if let Some(kind) = waits_for.filter(|kind| !self.children.contains(kind)) {
            return Some(format!("it waits for a {kind} that is not open"));
        }
        let ways = self.history.last().map(|row| self.ways(row)).unwrap_or_default();
        let does = |name: &str| {
            let is_in = |way: &&Alternative| way.effects.iter().any(|e| e.name == name);
            !ways.is_empty() && ways.iter().all(is_in)
        };
        let any = |holds: fn(&Claim) -> bool| self.claims.iter().any(holds);
        if (does("inventory.release") || does("inventory.release_replacement")) && any(|c| c.reserved != 0) {
            return Some("its released stock is still promised".to_owned());
        }
        if does("inventory.restock") && any(|c| c.shipped != c.returned) {
            return Some("its goods did not come back into stock".to_owned());
        }
        if does("inventory.restock_return") && any(|c| c.to_return != 0) {
            return Some("returned goods did not come back into stock".to_owned());
        }
        None
    }

    /// An organisation stands as its verification does; who was let in was let in by a person.
    fn standing_fault(&self) -> Option<String> {
        let (standing, is_shut_out) = self.standing?;
        let is_let_in = |row: &&HistoryRow| row.to_state == "approved";
        if self.history.iter().filter(is_let_in).any(|row| !row.actor.starts_with("usr_")) {
            return Some("nobody approved it, and it was approved".to_owned());
        }
        if let Some(fault) = self.freeze_fault(is_shut_out) {
            return Some(fault);
        }
        let was_let_in = self.history.iter().any(|row| row.to_state == "approved");
        let wanted: &[Standing] = match self.case.state.as_str() {
            "approved" | "reverify" => &[Standing::Approved],
            "change_reported" => &[Standing::Changing],
            "restricted" => &[Standing::Restricted],
            "suspended" => &[Standing::Suspended],
            "frozen" => &[Standing::Frozen],
            "closing" => &[Standing::Closing],
            "closed" | "discarded" => &[Standing::Closed],
            _ if was_let_in => &[Standing::Approved, Standing::Changing, Standing::Restricted, Standing::Suspended],
            _ => &[Standing::Unverified],
        };
        (!wanted.contains(&standing)).then(|| format!("its organisation is {standing:?}"))
    }

    /// Whoever was frozen is shut out until one person asked for the end of it and another brought it.
    fn freeze_fault(&self, is_shut_out: bool) -> Option<String> {
        let mut is_frozen = false;
        let mut asked: Option<&HistoryRow> = None;
        for row in &self.history {
            match row.event.as_str() {
                "freeze" => (is_frozen, asked) = (true, None),
                "request_unfreeze" | "request_unblock" => asked = Some(row),
                "unfreeze" | "unblock" => {
                    let is_backed =
                        |by: &HistoryRow| by.actor != row.actor && row.at < by.at + log_in_block::BACKED_FOR;
                    if !asked.is_some_and(is_backed) {
                        return Some("one person alone ended its freeze".to_owned());
                    }
                    is_frozen = false;
                }
                _ => {}
            }
        }
        (is_frozen != is_shut_out).then(|| format!("it is frozen: {is_frozen}, shut out: {is_shut_out}"))
    }

    /// Nobody is promised more than was captured, held money is never negative, and an ended payment holds none.
    fn money_fault(&self) -> Option<String> {
        let (row, escrow, contested) = self.money.as_ref()?;
        if !(0..=row.captured_minor).contains(&row.refunded_minor) || row.refund_posted_minor > row.refunded_minor {
            return Some(format!("{} of {} captured are promised back", row.refunded_minor, row.captured_minor));
        }
        if -contested != row.contested_minor {
            return Some(format!("{} are contested, its account says {}", row.contested_minor, -contested));
        }
        if *escrow > 0 || *contested > 0 {
            return Some(format!("it holds {} and {} contested", -escrow, -contested));
        }
        // Refunds under way when a chargeback ended the payment still take theirs; at the end of the run nothing is left.
        let promised = row.refunded_minor - row.gone_minor();
        let is_over = self.case.is_closed() && (*contested != 0 || -escrow > promised);
        is_over.then(|| format!("it ended and holds {} and {} contested", -escrow, -contested))
    }
}

/// A length in days, hours or minutes by the natural calendar is checked by other arithmetic than the engine's.
fn due_fault(clock: &ClockRow, rule: &ClockRule) -> Option<String> {
    let known = [Some(&rule.after), rule.or_entered.as_ref()];
    let is_known = known.into_iter().flatten().chain(rule.alt.iter().map(|a| &a.after)).any(|l| *l == clock.length);
    if !is_known {
        return Some(format!("clock {} runs for {}", clock.name, clock.length));
    }
    if rule.anchor.is_none() && clock.anchor_at != clock.entered_at {
        return Some(format!("clock {} counts from another moment", clock.name));
    }
    let length = natural_ms(&clock.length).filter(|_| clock.cal == "natural" && rule.pause_while.is_empty())?;
    let wanted = xr_base::Instant(clock.anchor_at.0 + length);
    (clock.due_at != Some(wanted)).then(|| format!("clock {} is due {:?}, not {wanted:?}", clock.name, clock.due_at))
}

fn natural_ms(length: &str) -> Option<i64> {
    let (number, unit) = length.split_at_checked(length.len().checked_sub(1)?)?;
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 1_440,
        _ => return None,
    };
    number.parse::<i64>().ok().map(|n| n * minutes * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_lengths_are_read_and_others_left_to_the_calendar() {
        assert_eq!(natural_ms("30m"), Some(1_800_000));
        assert_eq!(natural_ms("48h"), Some(172_800_000));
        assert_eq!(natural_ms("10d"), Some(864_000_000));
        assert_eq!(natural_ms("1wd"), None);
        assert_eq!(natural_ms("T+1 10:30"), None);
        assert_eq!(natural_ms(""), None);
    }
}
