//! When a clock ends: computed from rule, facts, calendar and pauses; pure, so that a replay reckons as the engine does.

use super::books::Ready;
use super::pauses;
use crate::facts::Facts;
use crate::model::{ClockRule, ClockScope};
use xr_base::calendar::{Calendar, CalendarError, DayTables, Due, Length, Term};
use xr_base::{Instant, StoreError};

/// A clock as computed, before it is stored.
pub(crate) struct Plan {
    pub(crate) anchor_at: Instant,
    pub(crate) length: String,
    pub(crate) cal: String,
    pub(crate) cal_version: String,
    pub(crate) rule: Option<String>,
    pub(crate) due_at: Option<Instant>,
    pub(crate) fire_at: Option<Instant>,
    pub(crate) wakes: Vec<Instant>,
    pub(crate) blocked: Option<String>,
}

/// Which calendar, length and citation hold for `rule` under `facts`: the first alternative whose guard holds, else its own.
fn chosen<'r>(
    input: &'r PlanInput<'_>,
    name: &str,
    rule: &'r ClockRule,
) -> Result<(&'r str, &'r str, Option<&'r str>), StoreError> {
    let book = &input.ready.book;
    let uncounted = |_: &str| 0;
    let mut alternative = None;
    for alt in &rule.alt {
        let holds = book.holds(Some(&alt.when), input.facts, &uncounted);
        if holds.map_err(|e| StoreError::Engine(format!("clock {name}: {e}")))? {
            alternative = Some(alt);
            break;
        }
    }
    Ok(match alternative {
        Some(alt) => (
            alt.after.as_str(),
            alt.calendar.as_deref().unwrap_or(&rule.calendar),
            alt.rule.as_deref().or(rule.rule.as_deref()),
        ),
        None => (rule.after.as_str(), rule.calendar.as_str(), rule.rule.as_deref()),
    })
}

/// What a clock's due depends on.
pub(crate) struct PlanInput<'a> {
    pub(crate) ready: &'a Ready,
    pub(crate) tables: &'a DayTables,
    pub(crate) state: &'a str,
    pub(crate) entered_at: Instant,
    pub(crate) facts: &'a Facts,
    pub(crate) pauses: &'a [pauses::Pause],
}

/// Computes one clock; pure.
pub(crate) fn plan(input: &PlanInput<'_>, name: &str, rule: &ClockRule) -> Result<Plan, StoreError> {
    let (length_text, cal, cited) = chosen(input, name, rule)?;
    let anchor = rule.anchor.as_deref().map(|fact| input.facts.instant(fact));
    let (anchor_at, length_text) = match (anchor, rule.or_entered.as_deref()) {
        (Some(Some(at)), _) => (at, length_text),
        (Some(None), Some(longer)) => (input.entered_at, longer),
        (Some(None) | None, _) => (input.entered_at, length_text),
    };
    reckon(input, name, rule, (anchor_at, length_text, cal, cited))
}

/// Computes a clock whose anchor, length, calendar and citation are known.
pub(crate) fn reckon(
    input: &PlanInput<'_>,
    name: &str,
    rule: &ClockRule,
    (anchor_at, length_text, cal, cited): (Instant, &str, &str, Option<&str>),
) -> Result<Plan, StoreError> {
    let ready = input.ready;
    let missing = || StoreError::Corrupt(format!("clock {name}: {length_text} or {cal} is not in the rulebook"));
    let mut length = ready.length(length_text).ok_or_else(missing)?.clone();
    let calendar = ready.calendar(cal).ok_or_else(missing)?;
    let mut plan = Plan {
        anchor_at,
        length: length_text.to_owned(),
        cal: cal.to_owned(),
        cal_version: version(input.tables, calendar, &length),
        rule: cited.map(str::to_owned),
        due_at: None,
        fire_at: None,
        wakes: Vec::new(),
        blocked: None,
    };
    if let Some(fact) = length.fact() {
        let until = rule.or_entered.as_deref().and_then(|longer| ready.length(longer));
        match (input.facts.instant(fact), until) {
            (Some(at), _) => length = length.resolved(at),
            (None, Some(longer)) => length = longer.clone(),
            (None, None) => {
                plan.blocked = Some(format!("fact:{fact}"));
                return Ok(plan);
            }
        }
    }
    let stops = pauses::of_clock(input, rule)?;
    let term = Term { anchor: plan.anchor_at, length: &length, calendar, pauses: &stops, tables: input.tables };
    settle(&mut plan, input, rule, &term)?;
    Ok(plan)
}

fn version(tables: &DayTables, calendar: &Calendar, length: &Length) -> String {
    if calendar.needs_days(length) {
        tables.version(calendar.region()).unwrap_or_default().to_owned()
    } else {
        String::new()
    }
}

/// Fills in dues and warnings; an unloaded year or an open pause leaves the clock without a due (decision D7).
fn settle(plan: &mut Plan, input: &PlanInput<'_>, rule: &ClockRule, term: &Term<'_>) -> Result<(), StoreError> {
    match term.due() {
        Ok(Due::At(due)) => {
            plan.due_at = Some(due);
            let grace = rule.grace.as_deref().and_then(|g| input.ready.length(g)?.natural());
            plan.fire_at = Some(grace.map_or(due, |g| due + g));
            for percent in &rule.warn_at {
                if let Ok(Due::At(at)) = term.at_percent(*percent) {
                    plan.wakes.push(at);
                }
            }
        }
        Ok(Due::Paused { .. }) => plan.blocked = Some("paused".to_owned()),
        Err(CalendarError::YearNotLoaded { region, year }) => plan.blocked = Some(format!("calendar:{region}/{year}")),
        Err(other) => return Err(StoreError::Engine(other.to_string())),
    }
    Ok(())
}

impl Plan {
    /// The next moment to look at the clock when `stage` warnings were given.
    pub(crate) fn wake_at(&self, stage: i64) -> Option<Instant> {
        let next = usize::try_from(stage).ok().and_then(|s| self.wakes.get(s)).copied();
        next.filter(|at| Some(*at) < self.fire_at).or(self.fire_at)
    }

    /// Warnings that lie in the past already are not given late.
    pub(crate) fn stage_at(&self, now: Instant) -> i64 {
        i64::try_from(self.wakes.iter().filter(|at| **at <= now).count()).unwrap_or(0)
    }
}

/// Whether a clock that was started in `state` runs on in a state with these tags, when its own state is left.
pub(crate) fn survives(ready: &Ready, (state, name): (&str, &str), tags: &[String]) -> bool {
    let rule = ready.clock(state, name);
    rule.is_some_and(|r| r.scope == ClockScope::Case && !r.until_tag.as_ref().is_some_and(|tag| tags.contains(tag)))
}
