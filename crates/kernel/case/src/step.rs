//! The pure choice of a transition: rulebook, case, event and who → [`Decision`] or [`Refusal`].

use crate::compiled::Compiled;
use crate::facts::Facts;
use crate::guard::EvalError;
use crate::model::{Alternative, EffectCall, EventLabel, Name};
use xr_base::{Actor, Coded, Party, Principal, Problem};

/// Code of a refusal by a guard that names none.
pub const GUARD_REFUSED: &str = "case.guard_refused";

/// Who wants an event.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// A logged-in person: party and permission must fit.
    Person(&'a Principal),
    /// A provider whose signed notice was verified: fits words of its party that ask no permission.
    Provider(Party),
    /// Somebody of this party who was authorised when it happened: a replay knows the permissions of then by the act itself.
    Witnessed(Party),
    /// A deadline.
    Clock,
    /// An effect, a child, or the product itself.
    System,
}

impl<'a> From<&'a Actor> for By<'a> {
    fn from(actor: &'a Actor) -> Self {
        match actor {
            Actor::Person(principal) => Self::Person(principal),
            Actor::Provider { party, .. } => Self::Provider(*party),
            Actor::Clock => Self::Clock,
            Actor::System => Self::System,
        }
    }
}

/// Where a case stands.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// State it is in.
    pub state: &'a str,
    /// At least the facts of [`Compiled::needed_facts`].
    pub facts: &'a Facts,
    /// How often an event (by its name in the history) was taken by this case.
    pub counts: &'a dyn Fn(&str) -> i64,
}

/// A transition to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// State left.
    pub from: Name,
    /// State entered.
    pub to: Name,
    /// Name in the history; for silence the clock's `fire`.
    pub event: Name,
    /// Event whose transition is taken; differs from `event` only where silence equals an act.
    pub taken: Name,
    /// Effects, in order.
    pub effects: Vec<EffectCall>,
    /// Rule cited: the transition's, or for silence the clock's (a replacement length may cite another).
    pub rule: Option<Name>,
    /// Self-transition that starts the state's clocks anew.
    pub restart: bool,
    /// Whether the state stays; its clocks then run on unless `restart`.
    pub is_self: bool,
    /// Whether the case ends.
    pub is_final: bool,
}

/// Why an event is not taken. Nothing changes then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No state of the machine knows the event (or clock).
    #[error("there is no event `{0}`")]
    UnknownEvent(String),
    /// The state does not accept it.
    #[error("`{event}` is not accepted in `{state}`")]
    NotAccepted {
        /// State of the case.
        state: Name,
        /// The event.
        event: String,
    },
    /// Others may do it, this one may not.
    #[error("`{event}` in `{state}` is for {words:?}")]
    WrongActor {
        /// State of the case.
        state: Name,
        /// The event.
        event: String,
        /// Words of those who may.
        words: Vec<Name>,
        /// What somebody of the right party lacks for it.
        permission: Option<Box<str>>,
    },
    /// No guard holds.
    #[error("refused with `{code}`")]
    Guard {
        /// Problem code for the caller.
        code: String,
        /// Rule behind it.
        rule: Option<Name>,
    },
    /// A guard gave no answer: raise an alarm.
    #[error("a guard could not be evaluated: {0}")]
    Evaluation(EvalError),
}

impl Coded for Refusal {
    fn problem(&self) -> Problem {
        match self {
            Self::UnknownEvent(event) => Problem::new(404, "case.unknown_event").with("event", event),
            Self::NotAccepted { state, event } => {
                Problem::new(409, "case.not_accepted").with("state", state).with("event", event)
            }
            Self::WrongActor { state, event, permission, .. } => {
                let problem = Problem::new(403, "case.not_your_act").with("state", state).with("event", event);
                if let Some(permission) = permission { problem.with("permission", permission) } else { problem }
            }
            Self::Guard { code, rule } => {
                let problem = Problem::new(409, code);
                if let Some(rule) = rule { problem.with("rule", rule) } else { problem }
            }
            Self::Evaluation(_) => Problem::new(500, "case.guard_failed"),
        }
    }
}

/// Chooses the transition of `event` for `by`: the first alternative open to this actor whose guard holds (decision D6).
///
/// # Errors
/// [`Refusal`]. A guard's refusal carries the code of the last alternative open to this actor.
pub fn choose(book: &Compiled, at: &Situation<'_>, event: &str, by: By<'_>) -> Result<Decision, Refusal> {
    let alternatives = accepted(book, at.state, event)?;
    let open: Vec<&Alternative> =
        alternatives.iter().filter(|a| a.by.iter().any(|word| fits(book, word, by))).collect();
    if open.is_empty() {
        let words: Vec<Name> = alternatives.iter().flat_map(|a| a.by.iter().cloned()).collect();
        let permission = words.iter().find_map(|word| lacked(book, word, by));
        return Err(Refusal::WrongActor { state: at.state.to_owned(), event: event.to_owned(), words, permission });
    }
    let chosen = first_that_holds(book, at, &open)?;
    Ok(decision(book, at.state, (event, event), chosen, chosen.rule.clone()))
}

/// Chooses the transition of a clock that ran out: that of its `as` event whoever may act it, under the clock's own name and rule.
///
/// # Errors
/// [`Refusal`]; never [`Refusal::WrongActor`].
pub fn choose_silence(book: &Compiled, at: &Situation<'_>, clock: &str) -> Result<Decision, Refusal> {
    let rule = book.clock(at.state, clock).ok_or_else(|| Refusal::UnknownEvent(clock.to_owned()))?;
    let open: Vec<&Alternative> = accepted(book, at.state, &rule.event)?.iter().collect();
    let chosen = first_that_holds(book, at, &open)?;
    let cited = rule.rule.clone().or_else(|| chosen.rule.clone());
    Ok(decision(book, at.state, (&rule.fire, &rule.event), chosen, cited))
}

/// The transition of `event` into `to`, for a replay that knows from the record how the guards were answered; none if no
/// alternative leads there.
pub fn choose_told(book: &Compiled, state: &str, event: &str, to: &str) -> Option<Decision> {
    let told = book.alternatives(state, event).iter().find(|a| a.to == to)?;
    Some(decision(book, state, (event, event), told, told.rule.clone()))
}

/// Something a person may do in the present state.
#[derive(Clone, Debug)]
pub struct AllowedAct<'b> {
    /// The event.
    pub event: &'b str,
    /// Its label and consequence in words, if the machine gives them.
    pub label: Option<&'b EventLabel>,
    /// State it leads to; if a guard refuses, that of the last alternative.
    pub to: &'b str,
    /// Whether it can be done now.
    pub enabled: bool,
    /// Problem code of why not; its text says the reason beside the disabled button.
    pub why_not: Option<String>,
    /// Rule that allows, bounds or refuses it.
    pub rule: Option<&'b str>,
}

/// The acts of `principal` in the present state, in the machine's order. `at.facts` holds [`Compiled::guard_facts`].
pub fn allowed<'b>(book: &'b Compiled, at: &Situation<'_>, principal: &Principal) -> Vec<AllowedAct<'b>> {
    let events = book.state(at.state).into_iter().flat_map(|s| &s.on);
    events.filter_map(|(event, alternatives)| act(book, at, principal, (event, alternatives))).collect()
}

/// The acts that some case in `state` could take from `principal`, in the machine's order; whether one takes it now only its guards
/// know.
pub fn offered<'b>(book: &'b Compiled, state: &str, principal: &Principal) -> Vec<AllowedAct<'b>> {
    let by = By::Person(principal);
    let events = book.state(state).into_iter().flat_map(|s| &s.on);
    let open = events.filter_map(|(event, alternatives)| {
        let last = alternatives.iter().rfind(|a| a.by.iter().any(|word| fits(book, word, by)))?;
        let (label, rule) = (book.book().events.get(event), last.rule.as_deref());
        Some(AllowedAct { event, label, to: &last.to, enabled: true, why_not: None, rule })
    });
    open.collect()
}

fn act<'b>(
    book: &'b Compiled,
    at: &Situation<'_>,
    principal: &Principal,
    (event, alternatives): (&'b Name, &'b [Alternative]),
) -> Option<AllowedAct<'b>> {
    let by = By::Person(principal);
    let open: Vec<&'b Alternative> =
        alternatives.iter().filter(|a| a.by.iter().any(|word| fits(book, word, by))).collect();
    let last = *open.last()?;
    let (shown, why_not) = match first_that_holds(book, at, &open) {
        Ok(chosen) => (chosen, None),
        Err(refusal) => (last, Some(refusal.problem().code)),
    };
    Some(AllowedAct {
        event,
        label: book.book().events.get(event),
        to: &shown.to,
        enabled: why_not.is_none(),
        why_not,
        rule: shown.rule.as_deref(),
    })
}

/// The event's alternatives, or why there are none.
fn accepted<'b>(book: &'b Compiled, state: &str, event: &str) -> Result<&'b [Alternative], Refusal> {
    let alternatives = book.alternatives(state, event);
    if !alternatives.is_empty() {
        return Ok(alternatives);
    }
    let is_known = book.book().states.values().any(|s| s.on.contains_key(event));
    Err(if is_known {
        Refusal::NotAccepted { state: state.to_owned(), event: event.to_owned() }
    } else {
        Refusal::UnknownEvent(event.to_owned())
    })
}

/// Whether a word of `by` means this actor.
fn fits(book: &Compiled, word: &str, by: By<'_>) -> bool {
    let role = book.book().actors.get(word);
    match by {
        By::Clock => word == "clock",
        By::Witnessed(party) => role.is_some_and(|r| r.party == party),
        By::System => word == "system" || role.is_some_and(|r| r.party == Party::System),
        By::Provider(party) => role.is_some_and(|r| r.party == party && r.permission.is_none()),
        By::Person(person) => {
            role.is_some_and(|r| r.party == person.party && r.permission.as_ref().is_none_or(|p| person.may(p)))
        }
    }
}

/// The permission that a person of the party of `word` lacks.
fn lacked(book: &Compiled, word: &str, by: By<'_>) -> Option<Box<str>> {
    let By::Person(person) = by else { return None };
    let role = book.book().actors.get(word).filter(|role| role.party == person.party)?;
    role.permission.as_deref().filter(|permission| !person.may(permission)).map(Box::from)
}

/// `open` is not empty; the refusal is the last one's.
fn first_that_holds<'b>(
    book: &Compiled,
    at: &Situation<'_>,
    open: &[&'b Alternative],
) -> Result<&'b Alternative, Refusal> {
    for alternative in open {
        if book.holds(alternative.when.as_deref(), at.facts, at.counts).map_err(Refusal::Evaluation)? {
            return Ok(alternative);
        }
    }
    let last = open.last();
    let code = last.and_then(|a| a.else_error.clone()).unwrap_or_else(|| GUARD_REFUSED.to_owned());
    Err(Refusal::Guard { code, rule: last.and_then(|a| a.rule.clone()) })
}

fn decision(
    book: &Compiled,
    from: &str,
    (event, taken): (&str, &str),
    chosen: &Alternative,
    rule: Option<Name>,
) -> Decision {
    Decision {
        from: from.to_owned(),
        to: chosen.to.clone(),
        event: event.to_owned(),
        taken: taken.to_owned(),
        effects: chosen.effects.clone(),
        rule,
        restart: chosen.restart,
        is_self: chosen.to == from,
        is_final: book.state(&chosen.to).is_some_and(|s| s.is_final),
    }
}
