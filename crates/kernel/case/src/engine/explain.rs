//! A case's story, and what happens next if nobody acts.

use super::case::{Case, HistoryRow, history};
use super::clocks::{ClockRow, clocks_of};
use super::running::Running;
use crate::model::Rule;
use indexmap::IndexMap;
use serde::Serialize;
use xr_base::locale::Text;
use xr_base::{CaseId, Fault, Instant, Party};
use xr_store::Tx;

/// Everything about a case that a person may ask.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Label of the kind.
    pub kind_label: Text,
    /// State now.
    pub state: String,
    /// Its label.
    pub state_label: Text,
    /// Party waited for.
    pub owner: Option<Party>,
    /// Label of the owner's word.
    pub owner_label: Option<Text>,
    /// Pack and version it runs under.
    pub pack: (String, String),
    /// What happened.
    pub steps: Vec<Step>,
    /// What happens by itself.
    pub next: Vec<Next>,
    /// Every rule cited above, with its texts.
    pub rules: IndexMap<String, Rule>,
    /// Labels of the states named above.
    pub states: IndexMap<String, Text>,
}

/// One step with its labels.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The history row.
    #[serde(flatten)]
    pub row: HistoryRow,
    /// Label of the event.
    pub label: Text,
}

/// A running clock and its consequence.
#[derive(Clone, Debug, Serialize)]
pub struct Next {
    /// Name of the clock.
    pub clock: String,
    /// When it ends; none while paused or blocked.
    pub due_at: Option<Instant>,
    /// Moment it counts from.
    pub anchor_at: Instant,
    /// Length as written.
    pub length: String,
    /// Calendar as written.
    pub calendar: String,
    /// Why it has no due.
    pub blocked: Option<String>,
    /// Event in the history.
    pub event: String,
    /// Label of what happens.
    pub label: Text,
    /// Consequence in words, if the machine gives some.
    pub consequence: Text,
    /// State afterwards, as far as it is known without facts: the first alternative without guard, else the first.
    pub to: Option<String>,
    /// Rule cited.
    pub rule: Option<String>,
}

/// The story of `id`, for callers that have authorised.
///
/// # Errors
/// `case.not_found`.
pub fn explain(tx: &mut Tx<'_>, id: CaseId) -> Result<Explanation, Fault> {
    let running = Running::load(tx, id)?;
    let rows = history(tx, id)?;
    let clocks = clocks_of(tx, id)?;
    Ok(explanation(&running, rows, &clocks))
}

fn explanation(running: &Running<'_>, rows: Vec<HistoryRow>, clocks: &[ClockRow]) -> Explanation {
    let book = running.ready.book.book();
    let state = book.states.get(&running.case.state);
    let owner_word = state.filter(|s| !s.rests).and_then(|s| s.owner.as_ref()).and_then(|o| book.actors.get(o));
    let steps: Vec<Step> = rows.into_iter().map(|row| step(running, row)).collect();
    let next: Vec<Next> = clocks.iter().filter_map(|row| next(running, row)).collect();
    let cited = steps.iter().filter_map(|s| s.row.rule.as_ref()).chain(next.iter().filter_map(|n| n.rule.as_ref()));
    let rules = cited.filter_map(|r| book.rules.get(r).map(|rule| (r.clone(), rule.clone()))).collect();
    Explanation {
        kind_label: book.label.clone(),
        state: running.case.state.clone(),
        state_label: state.map(|s| s.label.clone()).unwrap_or_default(),
        owner: running.case.owner_party,
        owner_label: owner_word.map(|role| role.label.clone()),
        pack: (book.pack.clone(), book.version.clone()),
        steps,
        next,
        rules,
        states: book.states.iter().map(|(name, s)| (name.clone(), s.label.clone())).collect(),
    }
}

fn label(running: &Running<'_>, event: &str, taken_as: &str) -> Text {
    let events = &running.ready.book.book().events;
    events.get(event).or_else(|| events.get(taken_as)).map(|e| e.label.clone()).unwrap_or_default()
}

fn step(running: &Running<'_>, row: HistoryRow) -> Step {
    let label = label(running, &row.event, &row.taken_as);
    Step { row, label }
}

fn next(running: &Running<'_>, row: &ClockRow) -> Option<Next> {
    let book = running.ready.book.book();
    let rule = running.ready.clock(&row.state, &row.name)?;
    let case: &Case = &running.case;
    let ways = book.states.get(&case.state)?.on.get(&rule.event);
    let to = ways.and_then(|w| w.iter().find(|a| a.when.is_none()).or_else(|| w.first())).map(|a| a.to.clone());
    let words = book.events.get(&rule.fire).or_else(|| book.events.get(&rule.event));
    Some(Next {
        clock: row.name.clone(),
        due_at: row.due_at,
        anchor_at: row.anchor_at,
        length: row.length.clone(),
        calendar: row.cal.clone(),
        blocked: row.blocked.clone(),
        event: rule.fire.clone(),
        label: label(running, &rule.fire, &rule.event),
        consequence: words.map(|w| w.consequence.clone()).unwrap_or_default(),
        to,
        rule: row.rule.clone(),
    })
}

/// As [`explain`] without the history: what lists show.
///
/// # Errors
/// A store fault.
pub fn outlook(tx: &mut Tx<'_>, case: &Case) -> Result<Explanation, Fault> {
    let running = Running::of(tx, case.clone())?;
    let clocks = if case.is_closed() { Vec::new() } else { clocks_of(tx, case.id)? };
    Ok(explanation(&running, Vec::new(), &clocks))
}
