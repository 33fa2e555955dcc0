//! What a merged rulebook looks like: the machine of one kind with one pack's numbers, ready to run.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use xr_base::Party;
use xr_base::locale::Text;

/// A name in a machine: state, event, clock, effect, rule, fact.
pub type Name = String;

/// Machine ← packs, merged and checked; immutable, stored under the SHA-256 of its canonical JSON (decision D3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rulebook {
    /// Kind of case, e.g. `exchange`.
    pub kind: Name,
    /// Name of the chosen pack.
    pub pack: Name,
    /// Version of the chosen pack.
    pub version: String,
    /// Label of the kind.
    pub label: Text,
    /// State a new case is in.
    pub start: Name,
    /// Who may act, by the machine's word.
    pub actors: IndexMap<Name, ActorRole>,
    /// Labels of events.
    pub events: IndexMap<Name, EventLabel>,
    /// Labels of effects.
    pub effects: IndexMap<Name, Text>,
    /// The graph.
    pub states: IndexMap<Name, State>,
    /// Rules that the machine or pack cites, with their texts.
    pub rules: IndexMap<Name, Rule>,
}

/// A word of the `[actor]` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorRole {
    /// Party that acts under this word.
    pub party: Party,
    /// Permission a person of that party needs; none for signed notices and the system.
    pub permission: Option<String>,
    /// Label.
    #[serde(flatten)]
    pub label: Text,
}

/// Label of an event and what it brings about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLabel {
    /// Label, e.g. 同意 / Approve.
    pub label: Text,
    /// Consequence in words, empty if the machine gives none.
    pub consequence: Text,
}

/// One state of a machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Label.
    pub label: Text,
    /// Word of the actor whom everybody waits for; none in a final state.
    pub owner: Option<Name>,
    /// The case lies and nothing is asked of its owner: nobody is waited for, its clocks run all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rests: bool,
    /// What Rust and SQL may ask about a state instead of its name (decision D10).
    pub tags: Vec<Name>,
    /// Whether a case ends here.
    pub is_final: bool,
    /// Kind of the child case that this state waits for.
    pub waits_for: Option<Name>,
    /// Deadlines that start on entry.
    pub clocks: IndexMap<Name, ClockRule>,
    /// Accepted events with their guarded alternatives, first match wins (decision D6).
    pub on: IndexMap<Name, Vec<Alternative>>,
}

/// One way an event may be taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Words of the actors who may do it; `clock` and `system` are built in.
    pub by: Vec<Name>,
    /// Target state.
    pub to: Name,
    /// Effects, in order.
    pub effects: Vec<EffectCall>,
    /// Source text of the guard; absent = always.
    pub when: Option<String>,
    /// Problem code when the guard refuses and no later alternative holds.
    pub else_error: Option<String>,
    /// For a self-transition: start the state's clocks anew.
    pub restart: bool,
    /// Rule that allows or bounds the act.
    pub rule: Option<Name>,
}

/// An effect with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectCall {
    /// Global name, e.g. `payments.refund`.
    pub name: Name,
    /// Parameters as declared by the effect's owner.
    pub params: IndexMap<Name, ParamValue>,
}

/// A parameter of an effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// Truth value.
    Bool(bool),
    /// Integer.
    Int(i64),
    /// Text.
    Text(String),
}

/// A deadline of a state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockRule {
    /// Length as written, e.g. `48h`, `3wd`, `T+1 10:30`, `at facts.valid_until`.
    pub after: String,
    /// Calendar as written, e.g. `natural`, `day0 roll`, `window 09:00-18:00`.
    pub calendar: String,
    /// Fact the clock counts from; none = the moment the state was entered.
    pub anchor: Option<Name>,
    /// Length from entry used until an absent anchor fact comes.
    pub or_entered: Option<String>,
    /// Replacement lengths, first guard that holds.
    pub alt: Vec<AltLength>,
    /// Whether the clock outlives its state.
    pub scope: ClockScope,
    /// (case scope) a state with this tag ends the clock.
    pub until_tag: Option<Name>,
    /// Groups of child cases that pause this clock while one is open.
    pub pause_while: Vec<Name>,
    /// Named pause windows of the pack that stop this clock, as `[from, to)` in RFC 3339.
    pub pauses: Vec<(String, String)>,
    /// Warnings in per cent of the length, ascending.
    pub warn_at: Vec<u8>,
    /// Extra time in which a late act of the owner is still accepted; the clock fires at due + grace.
    pub grace: Option<String>,
    /// Name the expiry has in the history.
    pub fire: Name,
    /// Event whose transition is taken; equal to `fire` when silence is no human act.
    pub event: Name,
    /// Cited rule.
    pub rule: Option<Name>,
    /// Consequences a pack may choose instead: target state → (`fire`, `event`).
    pub may_end_in: IndexMap<Name, Consequence>,
}

/// A consequence of silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// Name in the history.
    pub fire: Name,
    /// Event whose transition is taken.
    pub event: Name,
}

/// A length that replaces a clock's own while its guard holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AltLength {
    /// Guard.
    pub when: String,
    /// Length.
    pub after: String,
    /// Calendar; none = the clock's.
    pub calendar: Option<String>,
    /// Citation; none = the clock's.
    pub rule: Option<Name>,
}

/// How long a clock lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockScope {
    /// Until its state is left.
    #[default]
    State,
    /// Until the case ends or a state with `until_tag` is entered.
    Case,
}

/// A rule of a pack that can be cited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The rule in both languages.
    #[serde(flatten)]
    pub text: Text,
    /// Where it is written.
    pub source: String,
    /// Date of that text, if known (YYYY-MM-DD).
    pub source_date: Option<String>,
    /// Certainty mark A-E (spec: platform rules 4.1).
    pub certainty: char,
    /// Pack it comes from.
    pub pack: Name,
}
