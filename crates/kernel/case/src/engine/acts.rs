//! What somebody does to a case, and events handed from case to case in one transaction.

use super::case::Case;
use super::running::Running;
use super::transition::{self, Cause};
use super::{DEPTH_MAX, Description, Error, Grant, Kind};
use crate::step::{self, AllowedAct, By, Decision, Refusal, Situation};
use serde::Serialize;
use xr_base::locale::Text;
use xr_base::{Actor, CaseId, Fault, Instant, Money, Principal};
use xr_store::events::NewEvent;
use xr_store::{Mail, Mutant, Tx, params, sql};

/// An event that somebody fires on a case.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// On which case.
    pub case: CaseId,
    /// Name of the event.
    pub event: &'a str,
    /// Version the actor had seen; none accepts any.
    pub version: Option<i64>,
    /// Input for the event, as the kind's form says; `Null` for none.
    pub input: &'a serde_json::Value,
    /// Words for the history, at most 500 characters; never personal data of others.
    pub note: Option<&'a str>,
}

/// Takes an event: due clocks first, then version, actor, input and guard; then the transition with all its effects.
///
/// # Errors
/// [`Fault::ClockDue`] when silence came first (the store fires it and tries again); `case.not_found` for a case that the
/// actor may not see; `case.changed`, `case.not_accepted`, `case.not_your_act`, the guard's own code, or what the kind's input check
/// and the effects refuse.
pub fn act(tx: &mut Tx<'_>, act: &Act<'_>) -> Result<Case, Fault> {
    let running = Running::load(tx, act.case)?;
    if !tx.lacks(Mutant::Stranger) {
        check_visible(&running.case, act.actor)?;
    }
    refuse_late(tx, &running.case)?;
    if !tx.lacks(Mutant::Version) && act.version.is_some_and(|v| v != running.case.version) {
        return Err(changed(&running.case).into());
    }
    let by = By::from(act.actor);
    let has_input = !act.input.is_null();
    if has_input {
        check_open(tx, &running, act.event, by)?;
    }
    running.kind.prepare(tx, &running.case, act)?;
    let decision = decide(tx, &running, |at| step::choose(&running.ready.book, at, act.event, by), act.event)?;
    let rule = decision.rule.clone();
    let cause = Cause { actor: act.actor, event: act.event, rule: rule.as_deref(), clock: None, note: act.note };
    let case = transition::carry_out(tx, running, &decision, &cause)?;
    deliver_all(tx)?;
    reload(tx, case)
}

/// Deliveries may have moved the case on; the caller gets it as it is at the end.
fn reload(tx: &mut Tx<'_>, case: Case) -> Result<Case, Fault> {
    Ok(super::case::find(tx, case.id)?.unwrap_or(case))
}

/// A case of another organisation is not there.
fn check_visible(case: &Case, actor: &Actor) -> Result<(), Error> {
    let Actor::Person(principal) = actor else { return Ok(()) };
    let is_seen = match principal.scope() {
        xr_base::Scope::Platform => true,
        xr_base::Scope::Merchant(org) => case.merchant_org == Some(org),
        xr_base::Scope::Buyer(user) => case.buyer_id == Some(user),
    };
    if is_seen { Ok(()) } else { Err(Error::NoSuchCase(case.id)) }
}

/// Silence that is due comes before any act (decision D5).
fn refuse_late(tx: &mut Tx<'_>, case: &Case) -> Result<(), Fault> {
    let now = tx.at();
    if tx.lacks(Mutant::LateAct) || case.due_at.is_none_or(|due| due > now) {
        return Ok(());
    }
    if due_before(tx, case.id, now)? { Err(Fault::ClockDue(case.id)) } else { Ok(()) }
}

/// Whether a clock of the case must fire at or before `moment`.
fn due_before(tx: &mut Tx<'_>, case: CaseId, moment: Instant) -> Result<bool, Fault> {
    let due: Option<(i64,)> = tx.opt(
        sql!("SELECT id FROM clocks WHERE case_id = ?1 AND fire_at <= ?2 LIMIT 1 /* unscoped: engine */"),
        params![case, moment],
    )?;
    Ok(due.is_some())
}

fn changed(case: &Case) -> Error {
    Error::Changed { state: case.state.clone(), version: case.version }
}

/// Before input is looked at: is the event open to this actor at all? Guards are asked after the input is stored.
fn check_open(tx: &mut Tx<'_>, running: &Running<'_>, event: &str, by: By<'_>) -> Result<(), Fault> {
    match decide(tx, running, |at| step::choose(&running.ready.book, at, event, by), event) {
        Err(Fault::Refused(problem))
            if problem.code != "case.not_accepted"
                && problem.code != "case.not_your_act"
                && problem.code != "case.unknown_event" =>
        {
            Ok(())
        }
        Err(fault) => Err(fault),
        Ok(_) => Ok(()),
    }
}

/// Loads what `event` needs and asks `choose`.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    running: &Running<'_>,
    choose: impl FnOnce(&Situation<'_>) -> Result<Decision, Refusal>,
    event: &str,
) -> Result<Decision, Fault> {
    let need = running.ready.book.event_facts(&running.case.state, event);
    let facts = running.facts(tx, need)?;
    let counts = running.counts(tx)?;
    let counted = |name: &str| counts.get(name).copied().unwrap_or(0);
    let at = Situation { state: &running.case.state, facts: &facts, counts: &counted };
    choose(&at).map_err(|refusal| {
        let (state, version) = (running.case.state.clone(), running.case.version);
        Error::Refused { refusal, state, version }.into()
    })
}

/// Something a person may do to a case now, with labels for both languages.
#[derive(Clone, Debug, Serialize)]
pub struct Possible {
    /// The event.
    pub event: String,
    /// Its label.
    pub label: Text,
    /// What it brings about, in words.
    pub consequence: Text,
    /// State it leads to.
    pub to: String,
    /// Whether it can be done now.
    pub enabled: bool,
    /// Problem code of why not.
    pub why_not: Option<String>,
    /// Rule that allows, bounds or refuses it.
    pub rule: Option<String>,
    /// Input that goes with it.
    pub form: &'static [super::Field],
}

impl Possible {
    pub(super) fn of(act: AllowedAct<'_>, kind: &dyn Kind) -> Self {
        let words = act.label.cloned().unwrap_or_default();
        Self {
            event: act.event.to_owned(),
            label: words.label,
            consequence: words.consequence,
            to: act.to.to_owned(),
            enabled: act.enabled,
            why_not: act.why_not,
            rule: act.rule.map(str::to_owned),
            form: kind.form(act.event),
        }
    }
}

/// What `principal` may do to the case now, with the reason where something is not possible.
///
/// # Errors
/// A store fault.
pub fn allowed_acts(tx: &mut Tx<'_>, case: &Case, principal: &Principal) -> Result<Vec<Possible>, Fault> {
    let running = Running::of(tx, case.clone())?;
    let facts = running.facts(tx, running.ready.book.guard_facts(&case.state))?;
    let counts = running.counts(tx)?;
    let counted = |name: &str| counts.get(name).copied().unwrap_or(0);
    let at = Situation { state: &case.state, facts: &facts, counts: &counted };
    let acts = step::allowed(&running.ready.book, &at, principal).into_iter();
    Ok(acts.map(|act| Possible::of(act, running.kind)).collect())
}

/// Whether the case is in a state with this tag.
///
/// # Errors
/// A store fault.
pub fn has_tag(tx: &mut Tx<'_>, case: &Case, tag: &str) -> Result<bool, Fault> {
    let running = Running::of(tx, case.clone())?;
    Ok(running.ready.book.state(&case.state).is_some_and(|s| s.tags.iter().any(|t| t == tag)))
}

/// Name of the pack that the case runs under.
///
/// # Errors
/// A store fault.
pub fn pack_of(tx: &mut Tx<'_>, case: &Case) -> Result<String, Fault> {
    Ok(Running::of(tx, case.clone())?.ready.book.book().pack.clone())
}

/// What lists show of a case that serves `parent`: the parent's words with the child's own amount.
///
/// # Errors
/// A store fault.
pub fn describe_parent(tx: &mut Tx<'_>, parent: CaseId, amount: Money) -> Result<Description, Fault> {
    let parent = super::case::get(tx, parent)?;
    let running = Running::of(tx, parent)?;
    let described = running.kind.describe(tx, &running.case)?;
    Ok(Description { amount: Some(amount), ..described })
}

/// Proof of permission for an act outside cases.
///
/// # Errors
/// `case.forbidden` for a person without the permission; providers and the product itself pass.
pub fn authorise<'a>(actor: &'a Actor, permission: &str) -> Result<Grant<'a>, Fault> {
    match actor {
        Actor::Person(principal) if !principal.may(permission) => Err(Error::Forbidden(permission.to_owned()).into()),
        _ => Ok(Grant { actor, case: None, _sealed: () }),
    }
}

/// Hands an event to a case in this same transaction; it is taken when the present step is complete.
///
/// # Errors
/// [`Error::TooDeep`] when deliveries chain beyond [`DEPTH_MAX`].
pub fn enqueue(tx: &mut Tx<'_>, case: CaseId, event: &str) -> Result<(), Error> {
    let depth = tx.inbox().front().map_or(0, |mail| mail.depth) + 1;
    if depth > DEPTH_MAX {
        return Err(Error::TooDeep);
    }
    tx.inbox().push_back(Mail { case, event: event.to_owned(), depth });
    Ok(())
}

/// Delivers what was handed over, first in first out, until nothing is left.
///
/// The mail being delivered stays at the head until it is done: so `enqueue` knows the depth.
///
/// # Errors
/// What the receiving cases refuse; the whole command is undone then.
pub fn deliver_all(tx: &mut Tx<'_>) -> Result<(), Fault> {
    while let Some(mail) = tx.inbox().front().cloned() {
        deliver(tx, &mail)?;
        tx.inbox().pop_front();
    }
    Ok(())
}

fn deliver(tx: &mut Tx<'_>, mail: &Mail) -> Result<(), Fault> {
    let running = Running::load(tx, mail.case)?;
    // Strictly before: two clocks of one instant are fired in the order of their ids, not each before the other.
    let moment = Instant(tx.at().0 - 1);
    if running.case.due_at.is_some_and(|due| due <= moment) && due_before(tx, mail.case, moment)? {
        return Err(Fault::ClockDue(mail.case));
    }
    let chosen = decide(tx, &running, |at| step::choose(&running.ready.book, at, &mail.event, By::System), &mail.event);
    let decision = match chosen {
        Err(Fault::Refused(problem)) if problem.code == "case.not_accepted" => return unheard(tx, &running.case, mail),
        other => other?,
    };
    let rule = decision.rule.clone();
    let cause = Cause { actor: &Actor::System, event: &mail.event, rule: rule.as_deref(), clock: None, note: None };
    transition::carry_out(tx, running, &decision, &cause).map(|_| ())
}

/// A case that does not wait for an event (any more) has nothing to do; that it was told stays on record.
fn unheard(tx: &mut Tx<'_>, case: &Case, mail: &Mail) -> Result<(), Fault> {
    let at = tx.at();
    tx.event(&NewEvent {
        kind: &format!("{}.unheard", case.kind),
        at,
        case: Some(case.id),
        object: None,
        audience: super::clocks::audience(case),
        actor: &Actor::System,
        body: serde_json::json!({ "event": mail.event, "state": case.state }),
    })?;
    Ok(())
}
