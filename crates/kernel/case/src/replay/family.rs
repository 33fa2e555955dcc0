//! A case without parent and everything that it brought about, while they are lived again; and what capabilities may ask and
//! say of them.

use super::agenda::Agenda;
use super::course::{Course, Dropped, Pending, Step};
use super::live::World;
use super::past::{Figure, Mark, Past, Recorded};
use crate::engine::pauses::Pause;
use crate::engine::{Kind, Ready};
use crate::model::Name;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use xr_base::{Currency, Instant, Millis, Party};

/// A clock that runs.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// Grows with every clock started: at one instant the older fires first, as ids of rows do.
    pub(super) seq: u64,
    pub(super) name: Name,
    pub(super) state: Name,
    pub(super) entered_at: Instant,
    pub(super) due_at: Option<Instant>,
    pub(super) fire_at: Option<Instant>,
    pub(super) rule: Option<Name>,
}

/// One case of the family.
pub(super) struct Member<'a> {
    /// Place in the record; none for a case opened anew.
    pub(super) recorded: Option<usize>,
    /// Whose past it has: its own, or that of the case it follows.
    pub(super) like: Option<usize>,
    pub(super) kind: &'a dyn Kind,
    pub(super) ready: Arc<Ready>,
    pub(super) parent: Option<usize>,
    pub(super) state: Name,
    pub(super) entered_at: Instant,
    pub(super) closed_at: Option<Instant>,
    pub(super) clocks: Vec<Running>,
    pub(super) counts: HashMap<Name, i64>,
    pub(super) figures: Vec<(Figure, i64)>,
    /// With the child that is the cause.
    pub(super) pauses: Vec<(usize, Pause)>,
    pub(super) steps: Vec<Step>,
    pub(super) money: Vec<(&'static str, i64)>,
    pub(super) dropped: Vec<Dropped>,
    pub(super) uncertain: BTreeSet<&'static str>,
    pub(super) by_record: BTreeSet<Name>,
    pub(super) stuck: Option<String>,
}

/// A case that an effect opens.
pub struct Opening<'f> {
    /// Kind of case.
    pub kind: &'static str,
    /// Case that it serves.
    pub parent: usize,
    /// Case whose past it has, if it was never opened in truth.
    pub like: Option<usize>,
    /// Whether it is opened anew when no recorded case fits.
    pub is_anew: bool,
    /// Whether a recorded case is the one; the first that fits and was not opened yet is taken.
    pub fits: &'f dyn Fn(&Recorded) -> bool,
}

/// The family. Cases are named by their place in it.
pub struct Family<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) recorded: &'a [Recorded],
    pub(super) members: Vec<Member<'a>>,
    pub(super) agenda: Agenda,
    pub(super) mail: VecDeque<(usize, Name)>,
    /// What counts: the due of a clock while its consequence runs.
    pub(super) at: Instant,
    /// Recorded cases that were opened.
    pub(super) taken: Vec<Option<usize>>,
    /// How much later than in truth each recorded case was opened.
    pub(super) shifts: Vec<Millis>,
    pub(super) started: u64,
    /// Who is the cause of what is opened.
    pub(super) cause: Option<(String, Party)>,
    /// Lives of one family end some day; more steps than this are a ring.
    pub(super) steps_left: u32,
}

impl<'a> Family<'a> {
    /// The moment that counts.
    pub const fn at(&self) -> Instant {
        self.at
    }

    /// Case that `me` serves.
    pub fn parent(&self, me: usize) -> Option<usize> {
        self.members.get(me)?.parent
    }

    /// Cases of a kind that serve `me`, in the order of their opening.
    pub fn children<'s>(&'s self, me: usize, kind: &'s str) -> impl Iterator<Item = usize> + 's {
        let is_child = move |m: &Member<'_>| m.parent == Some(me) && m.ready.book.book().kind == kind;
        self.members.iter().enumerate().filter(move |(_, m)| is_child(m)).map(|(i, _)| i)
    }

    /// Every case of the family with its kind.
    pub fn all(&self) -> impl Iterator<Item = (usize, &str)> {
        self.members.iter().enumerate().map(|(i, m)| (i, m.ready.book.book().kind.as_str()))
    }

    /// Whether the case has ended.
    pub fn is_closed(&self, me: usize) -> bool {
        self.members.get(me).is_none_or(|m| m.closed_at.is_some())
    }

    /// Whether the state of the case has this tag.
    pub fn has_tag(&self, me: usize, tag: &str) -> bool {
        let state = self.members.get(me).and_then(|m| m.ready.book.state(&m.state));
        state.is_some_and(|s| s.tags.iter().any(|t| t == tag))
    }

    /// The earliest due of its clocks.
    pub fn due_at(&self, me: usize) -> Option<Instant> {
        self.members.get(me)?.clocks.iter().filter_map(|c| c.due_at).min()
    }

    /// The steps of the case so far.
    pub fn steps(&self, me: usize) -> &[Step] {
        self.members.get(me).map_or(&[], |m| m.steps.as_slice())
    }

    /// The recorded case that this one is.
    pub fn recorded(&self, me: usize) -> Option<&'a Recorded> {
        self.recorded.get(self.members.get(me)?.recorded?)
    }

    /// What is known of its past; of a case opened anew, that of the case it follows.
    pub fn past(&self, me: usize) -> Option<&'a Past> {
        self.recorded.get(self.members.get(me)?.like?).map(|r| &r.past)
    }

    /// What was known by now, of one name.
    pub fn marks<'s>(&'s self, me: usize, name: &'static str) -> impl Iterator<Item = &'s Mark> + 's {
        let shift = self.members.get(me).and_then(|m| self.shifts.get(m.recorded?)).copied().unwrap_or_default();
        let marks = self.past(me).map_or(&[] as &[Mark], |p| p.marks.as_slice());
        marks.iter().filter(move |mark| mark.name == name && mark.known + shift <= self.at)
    }

    /// How much later than in truth the case was opened: its marks are so much later as well.
    pub fn shift(&self, me: usize) -> Millis {
        self.members.get(me).and_then(|m| self.shifts.get(m.recorded?)).copied().unwrap_or_default()
    }

    /// A figure, if it was set.
    pub fn figure(&self, me: usize, figure: Figure) -> Option<i64> {
        let figures = &self.members.get(me)?.figures;
        figures.iter().find(|(name, _)| *name == figure).map(|(_, value)| *value)
    }

    /// Every figure of one name, by what it belongs to.
    pub fn figures<'s>(&'s self, me: usize, name: &'static str) -> impl Iterator<Item = (i64, i64)> + 's {
        let figures = self.members.get(me).map_or(&[] as &[(Figure, i64)], |m| m.figures.as_slice());
        figures.iter().filter(move |((n, _), _)| *n == name).map(|((_, of), value)| (*of, *value))
    }

    /// Sets a figure.
    pub fn set(&mut self, me: usize, figure: Figure, value: i64) {
        let Some(member) = self.members.get_mut(me) else { return };
        match member.figures.iter_mut().find(|(name, _)| *name == figure) {
            Some((_, old)) => *old = value,
            None => member.figures.push((figure, value)),
        }
    }

    /// Adds to a figure; one that was not set is 0.
    pub fn add(&mut self, me: usize, figure: Figure, more: i64) {
        let old = self.figure(me, figure).unwrap_or(0);
        self.set(me, figure, old + more);
    }

    /// Hands an event to a case, as `engine::enqueue` does.
    pub fn tell(&mut self, to: usize, event: &str) {
        self.mail.push_back((to, event.to_owned()));
    }

    /// Money that an effect moves.
    pub fn pay(&mut self, me: usize, what: &'static str, minor: i64) {
        if let Some(member) = self.members.get_mut(me)
            && minor != 0
        {
            member.money.push((what, minor));
        }
    }

    /// The course of every case, in the order of the record, those opened anew last; recorded cases that were never opened have
    /// no steps.
    pub(super) fn courses(mut self) -> Vec<Course> {
        let recorded = self.recorded;
        let mut courses: Vec<Option<Course>> = recorded.iter().map(|_| None).collect();
        let mut anew = Vec::new();
        let taken = std::mem::take(&mut self.taken);
        for member in self.members {
            let place = member.recorded;
            let past = member.like.and_then(|i| recorded.get(i));
            let course = course(member, past, place.and_then(|i| recorded.get(i)));
            match place.and_then(|i| courses.get_mut(i)) {
                Some(slot) => *slot = Some(course),
                None => anew.push(course),
            }
        }
        debug_assert_eq!(taken.len(), recorded.len());
        let filled = courses.into_iter().zip(recorded).map(|(course, told)| course.unwrap_or_else(|| unopened(told)));
        filled.chain(anew).collect()
    }
}

fn course(member: Member<'_>, past: Option<&Recorded>, recorded: Option<&Recorded>) -> Course {
    let currency: Option<Currency> = past.and_then(|r| r.past.currency);
    Course {
        id: recorded.map(|r| r.case.id),
        kind: member.ready.book.book().kind.clone(),
        pending: pending(&member),
        steps: member.steps,
        state: member.state,
        closed_at: member.closed_at,
        money: member.money,
        currency,
        dropped: member.dropped,
        uncertain: member.uncertain,
        by_record: member.by_record,
        stuck: member.stuck,
    }
}

/// Its clocks by their dues; of one due the one that began first.
fn pending(member: &Member<'_>) -> Vec<Pending> {
    let mut clocks: Vec<&Running> = member.clocks.iter().collect();
    clocks.sort_by_key(|c| (c.due_at.is_none(), c.due_at, c.entered_at, c.seq));
    let labels = &member.ready.book.book().events;
    let event = |c: &Running| {
        let rule = member.ready.clock(&c.state, &c.name);
        let mut names = rule.map(|rule| [&rule.fire, &rule.event]).into_iter().flatten();
        names.find(|name| labels.contains_key(*name)).unwrap_or(&c.name).clone()
    };
    let told = |c: &Running| Pending { clock: c.name.clone(), event: event(c), due_at: c.due_at, rule: c.rule.clone() };
    clocks.into_iter().map(told).collect()
}

/// A recorded case that is not opened in this course.
fn unopened(told: &Recorded) -> Course {
    let acts = told.rows.iter().skip(1).filter(|row| !matches!(row.actor.as_str(), "clock" | "system"));
    Course {
        id: Some(told.case.id),
        kind: told.case.kind.clone(),
        steps: Vec::new(),
        state: Name::new(),
        closed_at: None,
        pending: Vec::new(),
        money: Vec::new(),
        currency: told.past.currency,
        dropped: acts
            .map(|row| Dropped {
                at: row.at,
                event: row.event.clone(),
                party: row.party,
                state: Name::new(),
                why: super::course::Why::NotOpened,
            })
            .collect(),
        uncertain: BTreeSet::new(),
        by_record: BTreeSet::new(),
        stuck: None,
    }
}
