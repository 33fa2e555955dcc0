//! One case being played.

use super::clocks::{Standing, standing};
use super::facts::{fact_value, start_value};
use super::script::{CaseScript, FactTable};
use crate::compiled::Compiled;
use crate::facts::Facts;
use crate::finding::nearest;
use crate::model::{ClockRule, ClockScope, Name};
use crate::step::{By, Decision, Situation, choose, choose_silence};
use std::collections::BTreeMap;
use xr_base::calendar::{DayTables, Length};
use xr_base::{Coded, Instant, Party, Principal, UserId};

/// More clocks than this in one passing of time are a ring.
const FIRINGS_MAX: usize = 1_000;

/// A case with its clocks.
pub(super) struct Play<'a> {
    book: &'a Compiled,
    tables: &'a DayTables,
    state: Name,
    now: Instant,
    live: Vec<Live>,
    facts: Facts,
    counts: BTreeMap<Name, i64>,
}

struct Live {
    /// The state that started it.
    owner: Name,
    name: Name,
    entered: Instant,
}

/// An expiry.
pub(super) struct Fired {
    pub(super) event: Name,
    pub(super) rule: Option<Name>,
}

impl<'a> Play<'a> {
    /// A new case.
    pub(super) fn begin(book: &'a Compiled, tables: &'a DayTables, script: &CaseScript) -> Result<Self, String> {
        let now = Instant::parse(&script.at).map_err(|e| e.to_string())?;
        let mut facts = Facts::of(book.vocabulary());
        for spec in book.vocabulary().facts {
            facts.insert(spec.name, start_value(spec, now)).map_err(|e| e.to_string())?;
        }
        let state = book.book().start.clone();
        let mut play = Self { book, tables, state, now, live: Vec::new(), facts, counts: BTreeMap::new() };
        play.set(&script.facts)?;
        play.enter();
        Ok(play)
    }

    pub(super) fn state(&self) -> &str {
        &self.state
    }

    pub(super) const fn now(&self) -> Instant {
        self.now
    }

    /// Lets time pass; clocks that run out meanwhile fire at their moments.
    pub(super) fn pass(&mut self, after: &str) -> Result<(), String> {
        let length = Length::parse(after).map_err(|e| e.to_string())?;
        let span = length.natural().ok_or_else(|| format!("{after} is not in minutes, hours or days"))?;
        let until = self.now + span;
        for _ in 0..FIRINGS_MAX {
            match self.next()? {
                Some((i, at)) if at.fire_at <= until => {
                    self.fire(i, at)?;
                }
                _ => {
                    self.now = until;
                    return Ok(());
                }
            }
        }
        Err(format!("more than {FIRINGS_MAX} clocks fire within {after}"))
    }

    /// Sets facts.
    pub(super) fn set(&mut self, facts: &FactTable) -> Result<(), String> {
        for (name, value) in facts {
            let spec = self.book.vocabulary().facts.iter().find(|s| s.name == name).ok_or_else(|| {
                let near = nearest(name, self.book.vocabulary().fact_names());
                let near = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                format!("there is no fact `{name}`{near}")
            })?;
            let value =
                fact_value(spec, value).ok_or_else(|| format!("`{name}` of type {} is no {value}", spec.ty.word()))?;
            self.facts.insert(name, value).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// Jumps to the earliest expiry.
    pub(super) fn silence(&mut self) -> Result<Fired, String> {
        let (i, at) = self.next()?.ok_or_else(|| format!("no clock runs in `{}`", self.state))?;
        self.fire(i, at)
    }

    /// Takes an event, or is refused as expected.
    pub(super) fn act(&mut self, event: &str, by: &str, refused: Option<&str>) -> Result<(), String> {
        let person;
        let by = match self.book.book().actors.get(by) {
            None if by == "system" => By::System,
            None => return Err(format!("there is no actor `{by}`")),
            Some(role) => match &role.permission {
                None if role.party == Party::System && event.rsplit('.').next() == Some("done") => By::System,
                None if matches!(role.party, Party::Courier | Party::System) => By::Provider(role.party),
                permission => {
                    let permissions = permission.iter().cloned().collect();
                    person = Principal { user: UserId(1), org: None, party: role.party, permissions, address: None };
                    By::Person(&person)
                }
            },
        };
        let counts = |name: &str| self.counts.get(name).copied().unwrap_or(0);
        let at = Situation { state: &self.state, facts: &self.facts, counts: &counts };
        match (choose(self.book, &at, event, by), refused) {
            (Ok(decision), None) => {
                self.carry_out(&decision);
                Ok(())
            }
            (Ok(decision), Some(code)) => {
                Err(format!("expected `{event}` to be refused with {code}, it leads to `{}`", decision.to))
            }
            (Err(refusal), Some(code)) if refusal.problem().code == code => Ok(()),
            (Err(refusal), Some(code)) => {
                Err(format!("expected `{event}` to be refused with {code}, found {}", refusal.problem().code))
            }
            (Err(refusal), None) => Err(format!("{refusal} ({})", refusal.problem().code)),
        }
    }

    /// A live clock by its name.
    pub(super) fn clock(&self, name: &str) -> Result<Standing, String> {
        let live = self.live.iter().find(|l| l.name == name);
        let live = live.ok_or_else(|| format!("no clock `{name}` runs in `{}`", self.state))?;
        self.standing(live)
    }

    fn rule(&self, live: &Live) -> Option<&'a ClockRule> {
        self.book.clock(&live.owner, &live.name)
    }

    fn standing(&self, live: &Live) -> Result<Standing, String> {
        let rule = self.rule(live).ok_or_else(|| format!("the clock `{}` is unknown", live.name))?;
        standing(self.book, rule, live.entered, &self.facts, self.tables)
            .map_err(|e| format!("clock `{}`: {e}", live.name))
    }

    /// The earliest expiry; at one instant that of the clock that was started first.
    fn next(&self) -> Result<Option<(usize, Standing)>, String> {
        let mut earliest: Option<(usize, Standing)> = None;
        for (i, live) in self.live.iter().enumerate() {
            let at = self.standing(live)?;
            if earliest.as_ref().is_none_or(|(_, e)| at.fire_at < e.fire_at) {
                earliest = Some((i, at));
            }
        }
        Ok(earliest)
    }

    fn fire(&mut self, i: usize, at: Standing) -> Result<Fired, String> {
        let live = self.live.remove(i);
        // A due that a late fact put into the past fires now.
        self.now = self.now.max(at.fire_at);
        let counts = |name: &str| self.counts.get(name).copied().unwrap_or(0);
        let situation = Situation { state: &self.state, facts: &self.facts, counts: &counts };
        let decision = choose_silence(self.book, &situation, &live.name)
            .map_err(|refusal| format!("the clock `{}` is refused: {refusal}", live.name))?;
        self.carry_out(&decision);
        Ok(Fired { rule: at.rule.or_else(|| decision.rule.clone()), event: decision.event })
    }

    fn carry_out(&mut self, decision: &Decision) {
        *self.counts.entry(decision.taken.clone()).or_insert(0) += 1;
        if decision.event != decision.taken {
            *self.counts.entry(decision.event.clone()).or_insert(0) += 1;
        }
        if !decision.is_self || decision.restart {
            self.state.clone_from(&decision.to);
            self.enter();
        }
    }

    /// Stops the clocks of the state left and starts those of the state entered; a clock of the case that runs already runs on.
    fn enter(&mut self) {
        let book = self.book.book();
        let Some(state) = book.states.get(&self.state) else { return };
        let is_over = |rule: &ClockRule| rule.until_tag.as_ref().is_some_and(|tag| state.tags.contains(tag));
        let rules = |live: &Live| book.states.get(&live.owner).and_then(|s| s.clocks.get(&live.name));
        let survives = |live: &Live| rules(live).is_some_and(|r| r.scope == ClockScope::Case && !is_over(r));
        self.live.retain(|live| !state.is_final && survives(live));
        for name in state.clocks.keys() {
            if !self.live.iter().any(|l| l.name == *name && l.owner == self.state) {
                self.live.push(Live { owner: self.state.clone(), name: name.clone(), entered: self.now });
            }
        }
    }
}
