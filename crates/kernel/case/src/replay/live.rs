//! Living through it: outside acts at their times, clocks at their dues, effects as their owners tell.

use super::agenda::{Agenda, Item};
use super::course::{Course, Dropped, Step, Why};
use super::family::{Family, Member, Opening, Running};
use super::past::Recorded;
use crate::engine::pauses::{self, OUTAGE, Pause};
use crate::engine::plan::{self, PlanInput};
use crate::engine::{Engine, HistoryRow, Ready};
use crate::model::Name;
use crate::step::{self, By, Decision, Refusal, Situation};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use xr_base::calendar::{DayTables, Interval};
use xr_base::{Actor, Coded, Instant, Millis, Party};

/// Steps that a family may take; the checker lets no machine go round for ever.
const STEPS_MAX: u32 = 20_000;

/// Whose rules hold, and what is the same for every family.
pub struct World<'a> {
    /// Kinds and effects.
    pub engine: &'a Engine,
    /// Days as they are known now.
    pub tables: &'a DayTables,
    /// Rulebooks of recorded cases, by row id.
    pub own: &'a HashMap<i64, Arc<Ready>>,
    /// Rulebooks to live under, by kind; none for each case's own.
    pub pack: Option<&'a HashMap<String, Arc<Ready>>>,
    /// When nobody served.
    pub outages: &'a [Interval],
    /// Clocks that end later still run.
    pub horizon: Instant,
}

/// How the cases of one family go. The answer has the recorded cases in their order, then those that were opened anew.
pub fn live<'a>(world: &'a World<'a>, recorded: &'a [Recorded]) -> Vec<Course> {
    let mut family = Family {
        world,
        recorded,
        members: Vec::with_capacity(recorded.len()),
        agenda: Agenda::default(),
        mail: VecDeque::new(),
        at: Instant(i64::MIN),
        taken: vec![None; recorded.len()],
        shifts: vec![Millis::default(); recorded.len()],
        started: 0,
        cause: None,
        steps_left: STEPS_MAX,
    };
    family.agenda.outages(world.outages.iter().map(|o| o.from));
    for (index, told) in recorded.iter().enumerate().filter(|(_, r)| !r.past.is_follower && !r.is_imported()) {
        family.agenda.opening(index, told);
    }
    family.run();
    family.courses()
}

/// Who does something, as the history tells it.
#[derive(Clone)]
struct Who {
    actor: String,
    party: Party,
}

impl Who {
    fn of(actor: &Actor) -> Self {
        Self { actor: actor.label(), party: actor.party() }
    }
}

impl Family<'_> {
    fn run(&mut self) {
        while self.steps_left > 0 {
            self.steps_left -= 1;
            let horizon = self.world.horizon;
            let item = self.agenda.next().filter(|(at, _)| *at <= horizon);
            let clock = self.earliest().filter(|(at, _, _)| *at <= horizon);
            match (clock, item) {
                (Some((at, me, seq)), item) if item.is_none_or(|(then, _)| at <= then) => self.fire(me, seq, at),
                (_, Some((at, item))) => {
                    self.agenda.pop();
                    self.at = at;
                    self.take(item);
                }
                _ => return,
            }
        }
    }

    fn earliest(&self) -> Option<(Instant, usize, u64)> {
        let live = self.members.iter().enumerate().flat_map(|(me, m)| m.clocks.iter().map(move |c| (me, c)));
        live.filter_map(|(me, c)| Some((c.fire_at?, c.seq, me))).min().map(|(at, seq, me)| (at, me, seq))
    }

    fn take(&mut self, item: Item) {
        match item {
            Item::Outage(_) => {
                for me in 0..self.members.len() {
                    self.refresh(me);
                }
            }
            Item::News(index) => {
                if let Some(me) = self.taken[index] {
                    self.refresh(me);
                }
            }
            Item::Open(index) => self.open_outside(index),
            Item::Act(index, row) => {
                if let Some(me) = self.taken[index] {
                    self.act(me, &self.recorded[index].rows[row]);
                }
            }
        }
        self.deliver();
    }

    // --- opening ---------------------------------------------------------------------------------------------------

    /// Somebody opens a recorded case; if the case that it serves would not have it now, nobody does.
    fn open_outside(&mut self, index: usize) {
        let told = &self.recorded[index];
        let parent = told.case.parent_id.map(|id| self.member_of(id));
        let Some(kind) = self.world.engine.kind(&told.case.kind) else { return };
        let is_possible = match parent {
            Some(None) => false,
            Some(Some(parent)) => kind.opens(self, told, parent),
            None => true,
        };
        if is_possible && let Some(first) = told.rows.first() {
            let who = Who { actor: first.actor.clone(), party: first.party };
            self.begin((&told.case.kind, parent.flatten()), Some(index), None, &who);
        }
    }

    fn member_of(&self, id: xr_base::CaseId) -> Option<usize> {
        self.recorded.iter().position(|r| r.case.id == id).and_then(|index| self.taken[index])
    }

    /// Opens a case as an effect does: the recorded one if there is one that fits, else one anew. Gives its place; none when no
    /// rulebook is there.
    pub fn open(&mut self, opening: &Opening<'_>) -> Option<usize> {
        let parent_id = self.recorded(opening.parent).map(|r| r.case.id);
        let is_it = |(index, told): &(usize, &Recorded)| {
            self.taken[*index].is_none()
                && told.past.is_follower
                && told.case.kind == opening.kind
                && told.case.parent_id.is_some()
                && told.case.parent_id == parent_id
                && (opening.fits)(told)
        };
        let found = self.recorded.iter().enumerate().find(is_it).map(|(index, _)| index);
        if found.is_none() && !opening.is_anew {
            return None;
        }
        if let Some(index) = found {
            self.shifts[index] = self.at - self.recorded[index].case.opened_at;
        }
        let like = opening.like.and_then(|me| self.members.get(me)?.like);
        let cause = self.cause.clone();
        let who = cause.map_or_else(|| Who::of(&Actor::System), |(actor, party)| Who { actor, party });
        self.begin((opening.kind, Some(opening.parent)), found, like, &who)
    }

    fn begin(
        &mut self,
        (kind, parent): (&str, Option<usize>),
        recorded: Option<usize>,
        like: Option<usize>,
        who: &Who,
    ) -> Option<usize> {
        let known = self.world.engine.kind(kind)?.as_ref();
        let ready = self.ready(kind, recorded, parent)?;
        let state = ready.book.book().start.clone();
        let (me, at) = (self.members.len(), self.at);
        let like = recorded.or(like);
        let figures = like.map(|i| self.recorded[i].past.figures.clone()).unwrap_or_default();
        let first = Step {
            at,
            event: "opened".to_owned(),
            taken_as: "opened".to_owned(),
            actor: who.actor.clone(),
            party: who.party,
            from: Name::new(),
            to: state.clone(),
            rule: None,
        };
        self.members.push(Member {
            recorded,
            like,
            kind: known,
            ready,
            parent,
            state,
            entered_at: at,
            closed_at: None,
            clocks: Vec::new(),
            counts: HashMap::new(),
            figures,
            pauses: Vec::new(),
            steps: vec![first],
            money: Vec::new(),
            dropped: Vec::new(),
            uncertain: BTreeSet::new(),
            by_record: BTreeSet::new(),
            stuck: None,
        });
        if let Some(index) = recorded {
            self.taken[index] = Some(me);
            let shift = self.shifts[index];
            self.agenda.acts((index, &self.recorded[index]), shift, |row| is_act(row, known));
        }
        known.relive_act("opened", self, me);
        self.start_clocks(me);
        if let Some(parent) = parent {
            self.pause(parent, me, known.group());
        }
        Some(me)
    }

    fn ready(&self, kind: &str, recorded: Option<usize>, parent: Option<usize>) -> Option<Arc<Ready>> {
        if let Some(pack) = self.world.pack {
            return pack.get(kind).cloned();
        }
        if let Some(index) = recorded {
            return self.world.own.get(&self.recorded[index].case.rulebook).cloned();
        }
        let pack = &self.members[parent?].ready.book.book().pack;
        self.world.engine.books().current(kind, pack).ok()
    }

    fn pause(&mut self, parent: usize, child: usize, group: &str) {
        let at = self.at;
        let member = &mut self.members[parent];
        if pauses::concerns(&member.ready, group) {
            member.pauses.push((child, Pause { cause: group.to_owned(), from_at: at, to_at: None }));
            self.refresh(parent);
        }
    }

    // --- acts ------------------------------------------------------------------------------------------------------

    fn act(&mut self, me: usize, told: &HistoryRow) {
        let kind = self.members[me].kind;
        if self.members[me].closed_at.is_some() {
            self.drop_act(me, told, Why::Ended);
            return kind.relive_refused(&told.event, self, me);
        }
        let before = self.members[me].figures.clone();
        kind.relive_act(&told.event, self, me);
        let witnessed = witnessed(told);
        let chosen =
            self.decide(me, &told.taken_as, Some(told), |book, at| step::choose(book, at, &told.taken_as, witnessed));
        match chosen {
            Ok(decision) => {
                let who = Who { actor: told.actor.clone(), party: told.party };
                let rule = decision.rule.clone();
                self.carry_out(me, &decision, rule, &who);
            }
            Err(refusal) => {
                self.members[me].figures = before;
                let why = match refusal {
                    Refusal::Guard { .. } | Refusal::Evaluation(_) => Why::Refused,
                    _ => Why::NotAccepted,
                };
                self.drop_act(me, told, why);
                kind.relive_refused(&told.event, self, me);
            }
        }
    }

    fn drop_act(&mut self, me: usize, told: &HistoryRow, why: Why) {
        let (at, state) = (self.at, self.members[me].state.clone());
        self.members[me].dropped.push(Dropped { at, event: told.event.clone(), party: told.party, state, why });
    }

    /// Chooses by the facts of the moment. Where some of them are known only as they are now, and the record tells how the same
    /// guards were answered at this very step, the record counts.
    fn decide(
        &mut self,
        me: usize,
        event: &str,
        told: Option<&HistoryRow>,
        choose: impl Fn(&crate::Compiled, &Situation<'_>) -> Result<Decision, Refusal>,
    ) -> Result<Decision, Refusal> {
        let member = &self.members[me];
        let ready = Arc::clone(&member.ready);
        let (facts, unsure) = self.facts(me, ready.book.event_facts(&member.state, event));
        let counted = |name: &str| member.counts.get(name).copied().unwrap_or(0);
        let chosen = choose(&ready.book, &Situation { state: &member.state, facts: &facts, counts: &counted });
        if unsure.is_empty() {
            return chosen;
        }
        let answer = told.filter(|row| row.from_state == member.state && self.asks_the_same(me, event));
        if let Some(row) = answer {
            if chosen.as_ref().is_ok_and(|d| d.to == row.to_state) {
                return chosen;
            }
            if let Some(decision) = step::choose_told(&ready.book, &member.state, event, &row.to_state) {
                let place = format!("{}.{event}", member.state);
                self.members[me].by_record.insert(place);
                return Ok(decision);
            }
        }
        self.members[me].uncertain.extend(unsure);
        chosen
    }

    /// Whether the case's own rulebook and the one that holds here ask the same of an event.
    fn asks_the_same(&self, me: usize, event: &str) -> bool {
        let member = &self.members[me];
        let Some(own) = member.recorded.and_then(|i| self.world.own.get(&self.recorded[i].case.rulebook)) else {
            return false;
        };
        let ways = |ready: &'_ Ready| -> Vec<(Option<String>, Name)> {
            let ways = ready.book.alternatives(&member.state, event);
            ways.iter().map(|a| (a.when.clone(), a.to.clone())).collect()
        };
        Arc::ptr_eq(own, &member.ready) || ways(own) == ways(&member.ready)
    }

    // --- silence ---------------------------------------------------------------------------------------------------

    fn fire(&mut self, me: usize, seq: u64, at: Instant) {
        self.at = at;
        let member = &mut self.members[me];
        let Some(place) = member.clocks.iter().position(|c| c.seq == seq) else { return };
        let clock = member.clocks.remove(place);
        let Some(rule) = member.ready.clock(&clock.state, &clock.name) else { return };
        let (event, fire) = (rule.event.clone(), rule.fire.clone());
        let rows = member.recorded.map_or(&[] as &[HistoryRow], |i| self.recorded[i].rows.as_slice());
        let told = nth(rows, &member.steps, (at, &fire, "clock"));
        let chosen = self.decide(me, &event, told, |book, at| step::choose_silence(book, at, &clock.name));
        match chosen {
            Ok(decision) => {
                let decision = Decision { event: fire, ..decision };
                let rule = clock.rule.or_else(|| decision.rule.clone());
                self.carry_out(me, &decision, rule, &Who::of(&Actor::Clock));
            }
            Err(refusal) => {
                self.members[me].stuck.get_or_insert(format!("{}: {}", clock.name, refusal.problem().code));
            }
        }
        self.deliver();
    }

    fn deliver(&mut self) {
        while let Some((me, event)) = self.mail.pop_front() {
            if self.members.get(me).is_none_or(|m| m.closed_at.is_some()) {
                continue;
            }
            let member = &self.members[me];
            let rows = member.recorded.map_or(&[] as &[HistoryRow], |i| self.recorded[i].rows.as_slice());
            let told = nth(rows, &member.steps, (self.at, &event, "system"));
            let chosen = self.decide(me, &event, told, |book, at| step::choose(book, at, &event, By::System));
            match chosen {
                Ok(decision) => {
                    let rule = decision.rule.clone();
                    self.carry_out(me, &decision, rule, &Who::of(&Actor::System));
                }
                Err(Refusal::NotAccepted { .. } | Refusal::UnknownEvent(_)) => {}
                Err(refusal) => {
                    self.members[me].stuck.get_or_insert(format!("{event}: {}", refusal.problem().code));
                }
            }
        }
    }

    // --- transitions -----------------------------------------------------------------------------------------------

    /// As the engine's writer: clocks stop, the state is entered, effects run, clocks start.
    fn carry_out(&mut self, me: usize, decision: &Decision, rule: Option<Name>, who: &Who) {
        let at = self.at;
        let member = &mut self.members[me];
        let ready = Arc::clone(&member.ready);
        let starts = !decision.is_self || decision.restart;
        if starts {
            let tags = ready.book.state(&decision.to).map_or(&[] as &[Name], |s| s.tags.as_slice());
            let ends_all = decision.is_final || !ready.has_case_clocks();
            member.clocks.retain(|c| !ends_all && plan::survives(&ready, (&c.state, &c.name), tags));
            member.entered_at = at;
        }
        member.state.clone_from(&decision.to);
        member.closed_at = decision.is_final.then_some(at);
        *member.counts.entry(decision.taken.clone()).or_insert(0) += 1;
        if decision.event != decision.taken {
            *member.counts.entry(decision.event.clone()).or_insert(0) += 1;
        }
        member.steps.push(Step {
            at,
            event: decision.event.clone(),
            taken_as: decision.taken.clone(),
            actor: who.actor.clone(),
            party: who.party,
            from: decision.from.clone(),
            to: decision.to.clone(),
            rule,
        });
        self.cause = Some((who.actor.clone(), who.party));
        let engine = self.world.engine;
        for call in &decision.effects {
            if let Some(effects) = engine.effects_of(&call.name) {
                effects.relive(call, self, me);
            }
        }
        if decision.is_final {
            self.finish(me);
        } else if starts {
            self.start_clocks(me);
        }
    }

    /// The parent runs on, and hears of the end.
    fn finish(&mut self, me: usize) {
        let at = self.at;
        let Some(parent) = self.members[me].parent else { return };
        let mut has_ended = false;
        for (_, pause) in self.members[parent].pauses.iter_mut().filter(|(c, p)| *c == me && p.to_at.is_none()) {
            pause.to_at = Some(at);
            has_ended = true;
        }
        if has_ended {
            self.refresh(parent);
        }
        let done = format!("{}.done", self.members[me].ready.book.book().kind);
        let states = &self.members[parent].ready.book.book().states;
        if states.values().any(|s| s.on.contains_key(&done)) {
            self.mail.push_back((parent, done));
        }
    }

    // --- clocks ----------------------------------------------------------------------------------------------------

    fn start_clocks(&mut self, me: usize) {
        let ready = Arc::clone(&self.members[me].ready);
        let state = self.members[me].state.clone();
        let Some(clocks) = ready.book.state(&state).map(|s| &s.clocks) else { return };
        for name in clocks.keys() {
            if self.members[me].clocks.iter().any(|c| c.name == *name) {
                continue;
            }
            let mut clock = Running {
                seq: self.started,
                name: name.clone(),
                state: state.clone(),
                entered_at: self.members[me].entered_at,
                due_at: None,
                fire_at: None,
                rule: None,
            };
            self.started += 1;
            self.reckon(me, &mut clock);
            self.members[me].clocks.push(clock);
        }
    }

    /// Computes every clock of a case anew, as the engine does after a fact or a pause changed.
    fn refresh(&mut self, me: usize) {
        let mut clocks = std::mem::take(&mut self.members[me].clocks);
        for clock in &mut clocks {
            self.reckon(me, clock);
        }
        self.members[me].clocks = clocks;
    }

    fn reckon(&mut self, me: usize, clock: &mut Running) {
        let ready = Arc::clone(&self.members[me].ready);
        let Some(rule) = ready.clock(&clock.state, &clock.name) else { return };
        let (facts, unsure) = self.facts(me, ready.book.clock_facts(rule));
        self.members[me].uncertain.extend(unsure);
        let mut stops: Vec<Pause> = self.members[me].pauses.iter().map(|(_, pause)| pause.clone()).collect();
        let noted = self.world.outages.iter().filter(|o| o.from <= self.at);
        stops.extend(noted.map(|o| Pause { cause: OUTAGE.to_owned(), from_at: o.from, to_at: o.to }));
        let input = PlanInput {
            ready: &ready,
            tables: self.world.tables,
            state: &clock.state,
            entered_at: clock.entered_at,
            facts: &facts,
            pauses: &stops,
        };
        match plan::plan(&input, &clock.name, rule) {
            Ok(fresh) => (clock.due_at, clock.fire_at, clock.rule) = (fresh.due_at, fresh.fire_at, fresh.rule),
            Err(error) => {
                self.members[me].stuck.get_or_insert(format!("{}: {error}", clock.name));
            }
        }
    }
}

/// The recorded step that is the next of its name, moment and actor.
fn nth<'r>(
    rows: &'r [HistoryRow],
    steps: &[Step],
    (at, event, actor): (Instant, &str, &str),
) -> Option<&'r HistoryRow> {
    let taken = steps.iter().filter(|s| s.at == at && s.event == event && s.actor == actor).count();
    rows.iter().filter(|r| r.at == at && r.event == event && r.actor == actor).nth(taken)
}

/// What comes from outside. Clocks fire anew, and what effects and children say follows from the course.
fn is_act(row: &HistoryRow, kind: &dyn crate::engine::Kind) -> bool {
    match row.actor.as_str() {
        "clock" => false,
        "system" => kind.is_outside(&row.event),
        _ => true,
    }
}

fn witnessed(told: &HistoryRow) -> By<'static> {
    if told.actor == "system" {
        By::System
    } else if told.actor.starts_with("usr_") {
        By::Witnessed(told.party)
    } else {
        By::Provider(told.party)
    }
}
