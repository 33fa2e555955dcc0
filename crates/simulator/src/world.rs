//! The market in virtual time: the next thing to happen is either planned by somebody or due by a clock.

use crate::agenda::{Agenda, Thing};
use crate::applicants::ACTIVE_FOR;
use crate::audit::{self, Seen};
use crate::cast::{self, Cast};
use crate::coverage::Coverage;
use crate::dice::Dice;
use crate::inputs::Inputs;
use crate::outside::Outside;
use crate::report::Tally;
use crate::town::Answer;
use crate::words::Words;
use crate::{Hands, Plan, Stage, Wrong, sweep};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xr_base::{Actor, CaseId, Fault, Instant, Millis, OrgId, RowId, Scope, UserId};
use xr_case::engine::{self, Engine, FireDue, Ready};
use xr_store::{Store, Tx, events};

/// The kind of case that registration opens.
pub(crate) const VERIFICATION: &str = "verification";

/// Events read at a time.
const EVENTS_MAX: i64 = 2_000;
/// Cases fired before the next look.
const FIRED_MAX: i64 = 200;
/// People act for so long after the last order; then silence ends what is open.
const BUSY_AFTER: Millis = Millis::days(75);

/// In a quiet market providers answer so long after they are asked.
pub(crate) const ANSWER_AFTER: Millis = Millis::seconds(20);

/// What the simulator remembers of a case between two steps.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) version: i64,
    pub(crate) state: String,
    pub(crate) book: Arc<Ready>,
    pub(crate) parent: Option<CaseId>,
    pub(crate) org: Option<OrgId>,
    pub(crate) buyer: Option<UserId>,
    pub(crate) is_open: bool,
    pub(crate) due: Option<Instant>,
    /// Somebody applied for after-sales and that is not over.
    pub(crate) has_aftersales: bool,
}

/// How people live.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// Goes every way there is, tries what must be refused, and checks everything after every step.
    Proving,
    /// As in a quiet market; whoever owns the market answers for its providers.
    Plain(Answer),
}

pub(crate) struct World<'s> {
    pub(crate) store: &'s Store,
    pub(crate) clock: &'s dyn Hands,
    pub(crate) manner: Manner,
    pub(crate) dice: Dice,
    pub(crate) cast: Cast,
    pub(crate) words: Words,
    pub(crate) agenda: Agenda,
    pub(crate) inputs: Inputs,
    pub(crate) outside: Outside,
    pub(crate) coverage: Coverage,
    pub(crate) known: BTreeMap<CaseId, Known>,
    pub(crate) tally: Tally,
    /// Plain manner: orders that chance placed; others are scenes and left alone.
    pub(crate) mine: BTreeSet<CaseId>,
    /// Plain manner: cases that the step touched.
    pub(crate) touched: BTreeSet<CaseId>,
    /// Plain manner: cases of which something was asked of providers.
    pub(crate) asked: BTreeSet<CaseId>,
    /// Who registered, with their numbers.
    pub(crate) applicants: BTreeMap<OrgId, (Actor, i64)>,
    pub(crate) registered: i64,
    fired: BTreeSet<RowId>,
    open: usize,
    /// Of them, verifications: they outlive the market by a year.
    verifications: usize,
    days: u64,
    seq: i64,
    pub(crate) wake: Option<Instant>,
    orders_until: Instant,
    quiet_from: Instant,
    /// Applicants act until then.
    pub(crate) closed_from: Instant,
}

impl<'s> World<'s> {
    /// Fills the market and writes the agenda of its orders.
    pub(crate) fn begin(stage: &'s Stage, plan: &Plan) -> Result<Self, Wrong> {
        let cast = cast::enter(&stage.store)?;
        let mut world = Self::with(stage, plan, Manner::Proving, (cast, Words::terse()))?;
        let start = stage.clock.now();
        for _ in 0..plan.days * plan.orders_per_day {
            let at = start + world.dice.span(Millis(0), Millis::days(plan.days));
            world.agenda.enter(at, Thing::Order);
        }
        world.expect_applicants();
        world.agenda.enter(start + Millis::days(1), Thing::Day);
        world.agenda.enter(start + Millis::hours(3), Thing::Noise);
        Ok(world)
    }

    /// A world in which nothing is planned yet.
    pub(crate) fn with(
        stage: &'s Stage,
        plan: &Plan,
        manner: Manner,
        (cast, words): (Cast, Words),
    ) -> Result<Self, Wrong> {
        let store = &stage.store;
        let orders_until = stage.clock.now() + Millis::days(plan.days);
        let coverage = store.read_blocking(|tx| {
            let books = Engine::from_tx(tx)?.books().all_current();
            Ok(Coverage::of(books.iter().map(|ready| ready.book.as_ref())))
        })?;
        let seq = store.read_blocking(|tx| Ok(events::last_seq(tx)?))?;
        Ok(Self {
            store,
            clock: stage.clock.as_ref(),
            manner,
            dice: Dice::of(plan.seed),
            cast,
            words,
            agenda: Agenda::default(),
            inputs: Inputs::default(),
            outside: Outside::default(),
            coverage,
            known: BTreeMap::new(),
            tally: Tally::default(),
            mine: BTreeSet::new(),
            touched: BTreeSet::new(),
            asked: BTreeSet::new(),
            applicants: BTreeMap::new(),
            registered: 0,
            fired: BTreeSet::new(),
            open: 0,
            verifications: 0,
            days: 0,
            seq,
            wake: None,
            orders_until,
            quiet_from: orders_until + BUSY_AFTER,
            closed_from: stage.clock.now() + ACTIVE_FOR,
        })
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Whether people, providers and carriers still act; afterwards there is silence, so that the run ends.
    pub(crate) fn is_busy(&self) -> bool {
        self.now() < self.quiet_from
    }

    /// One step; false when nothing is planned and no clock runs.
    pub(crate) fn step(&mut self) -> Result<bool, Wrong> {
        let planned = self.agenda.next_at();
        match (planned, self.wake) {
            (None, None) => return Ok(false),
            (Some(at), wake) if wake.is_none_or(|due| at < due) => {
                self.clock.jump_to(at);
                if let Some((_, thing)) = self.agenda.pop() {
                    self.run(thing)?;
                }
            }
            (_, Some(due)) => self.silence(due)?,
            (Some(_), None) => {}
        }
        self.tally.steps += 1;
        match self.manner {
            Manner::Proving => self.audit()?,
            Manner::Plain(_) => self.follow()?,
        }
        Ok(true)
    }

    fn run(&mut self, thing: Thing) -> Result<(), Wrong> {
        if let Thing::Visit { case, .. } | Thing::Apply { order: case } | Thing::Speak { case } | Thing::Scan { case } =
            thing
        {
            self.touched.insert(case);
        }
        match thing {
            Thing::Order => self.order(),
            Thing::Register => self.register(),
            Thing::Visit { case, version } => self.visit(case, version),
            Thing::Apply { order } => self.apply(order),
            Thing::Speak { case } => self.speak(case),
            Thing::Scan { case } => self.noise_scan(case),
            Thing::Work => self.work(),
            Thing::Noise => self.noise(),
            Thing::Day => self.day(),
        }
    }

    /// Clocks run out, now or a little late; sometimes somebody tries to act just then.
    fn silence(&mut self, due: Instant) -> Result<(), Wrong> {
        if matches!(self.manner, Manner::Plain(_)) {
            self.clock.jump_to(due);
            return self.fire();
        }
        let delay = if self.dice.chance(20) { self.dice.span(Millis(1), Millis::minutes(10)) } else { Millis(0) };
        self.clock.jump_to(due + delay);
        if self.is_busy() && self.dice.chance(15) {
            self.act_late()?;
        }
        self.fire()
    }

    fn fire(&mut self) -> Result<(), Wrong> {
        loop {
            let due = self.store.read_blocking(|tx| engine::due_cases(tx, FIRED_MAX))?;
            if due.is_empty() {
                return Ok(());
            }
            if self.is_plain() {
                self.touched.extend(&due);
                // What silence sets off in scenes asks providers too.
                self.agenda.enter(self.now() + ANSWER_AFTER, Thing::Work);
            }
            for case in due {
                self.tally.fired += self.store.write_blocking(FireDue { case })? as u64;
            }
        }
    }

    /// Everything is checked once a day while orders come and once a week afterwards; merchants fill their shelves.
    fn day(&mut self) -> Result<(), Wrong> {
        let now = self.now();
        if now < self.orders_until {
            self.cast.refill(self.store)?;
        }
        self.store.write_blocking(xr_logistics::NoteStalled)?;
        if matches!(self.manner, Manner::Plain(_)) {
            self.agenda.enter(now + Millis::days(1), Thing::Day);
            return Ok(());
        }
        self.days += 1;
        // Verifications outlive the market by a year, in which little happens.
        let is_market = self.open > self.verifications || now < self.orders_until;
        if now < self.orders_until || self.days.is_multiple_of(7) || !is_market {
            self.store.read_blocking(sweep::everything)?.map_or(Ok(()), |found| Err(Wrong(found)))?;
            self.tally.sweeps += 1;
        }
        if self.open > 0 || is_market {
            self.agenda.enter(now + Millis::days(if is_market { 1 } else { 28 }), Thing::Day);
        }
        Ok(())
    }

    /// Looks at every case that the step touched, and at their parents.
    fn audit(&mut self) -> Result<(), Wrong> {
        self.touched.clear();
        let seq = self.seq;
        let (last, seen, wake) = self.store.read_blocking(move |tx| {
            let (last, touched) = touched(tx, seq)?;
            let mut seen = BTreeMap::new();
            for id in touched {
                if seen.contains_key(&id) {
                    continue;
                }
                let case = audit::look(tx, id)?;
                let parent = case.case.parent_id;
                seen.insert(id, case);
                if let Some(parent) = parent.filter(|parent| !seen.contains_key(parent)) {
                    seen.insert(parent, audit::look(tx, parent)?);
                }
            }
            Ok((last, seen, engine::next_wake(tx)?))
        })?;
        self.seq = last;
        self.wake = wake;
        if wake.is_some_and(|at| at <= self.now()) && !matches!(self.agenda.next_at(), Some(at) if at <= self.now()) {
            // A clock that runs out at the very moment of its start is fired by the next step.
            self.tally.instant_clocks += 1;
        }
        for case in seen.values() {
            self.take(case)?;
        }
        Ok(())
    }

    fn take(&mut self, seen: &Seen) -> Result<(), Wrong> {
        let case = &seen.case;
        let before = self.known.get(&case.id).map_or(0, |k| k.version);
        seen.check(before)?;
        for row in seen.fresh(before) {
            self.coverage.take(&seen.book.book, row);
            if let Some(clock) = row.clock_id.filter(|clock| !self.fired.insert(*clock)) {
                return Err(Wrong(format!("{} {}: clock {clock:?} fired twice", case.kind, case.id)));
            }
        }
        let has_aftersales = seen.children.iter().any(|kind| kind != "payment");
        if case.version == before {
            if let Some(known) = self.known.get_mut(&case.id) {
                known.has_aftersales = has_aftersales;
            }
            return Ok(());
        }
        if before == 0 {
            self.open += 1;
            self.verifications += usize::from(case.kind == VERIFICATION);
            *self.tally.cases.entry(case.kind.clone()).or_default() += 1;
            self.check_scope(case)?;
        }
        if case.is_closed() {
            self.open -= 1;
            self.verifications -= usize::from(case.kind == VERIFICATION);
            *self.tally.ends.entry(format!("{}.{}", case.kind, case.state)).or_default() += 1;
        }
        let known = Known {
            version: case.version,
            state: case.state.clone(),
            book: Arc::clone(&seen.book),
            parent: case.parent_id,
            org: case.merchant_org,
            buyer: case.buyer_id,
            is_open: !case.is_closed(),
            due: case.due_at,
            has_aftersales,
        };
        self.known.insert(case.id, known);
        if self.is_busy() || (case.kind == VERIFICATION && self.now() < self.closed_from) {
            self.plan_ahead(case)?;
        }
        Ok(())
    }

    /// Another merchant and another buyer do not see the case.
    fn check_scope(&self, case: &engine::Case) -> Result<(), Wrong> {
        let mut strangers: Vec<Scope> = vec![Scope::Buyer(UserId(9))];
        strangers.extend(self.cast.stranger(case.merchant_org).map(|s| Scope::Merchant(s.terms.merchant_org)));
        let id = case.id;
        let is_leaked = self.store.read_blocking(move |tx| Ok(audit::is_leaked(tx, id, &strangers)))?;
        if is_leaked { Err(Wrong(format!("{} {id} is seen by strangers", case.kind))) } else { Ok(()) }
    }

    /// What must hold when no case is open any more.
    pub(crate) fn end(&mut self) -> Result<(), Wrong> {
        if self.open > 0 {
            return Err(Wrong(format!("{} cases are open and nothing will happen to them", self.open)));
        }
        self.tally.sweeps += 1;
        self.store.read_blocking(sweep::the_end)?.map_or(Ok(()), |found| Err(Wrong(found)))
    }
}

/// The last event, and the cases of all events after `seq`.
fn touched(tx: &mut Tx<'_>, mut seq: i64) -> Result<(i64, BTreeSet<CaseId>), Fault> {
    let mut cases = BTreeSet::new();
    loop {
        let page = events::after(tx, Scope::Platform, seq, EVENTS_MAX)?;
        seq = page.last().map_or(seq, |last| last.seq);
        cases.extend(page.iter().filter_map(|event| event.case_id));
        if page.len() < usize::try_from(EVENTS_MAX).unwrap_or(usize::MAX) {
            return Ok((seq, cases));
        }
    }
}
