//! The engine: the one place where a case changes state, with its history, clocks, effects and events together.
//!
//! [`open`] starts a case ([`open_closed`] writes one that ended elsewhere), [`act`] is what somebody does, [`enqueue`] hands an event to another case in the same transaction,
//! [`fire_due`] is silence. All four end in one writer, `transition`.

mod acts;
mod books;
mod case;
mod clocks;
mod day_edits;
mod day_tables;
mod due;
mod explain;
mod offered;
mod open;
mod outage;
mod past;
pub(crate) mod pauses;
pub(crate) mod plan;
mod replaying;
mod running;
mod transition;

pub use acts::{Act, Possible, act, allowed_acts, authorise, deliver_all, describe_parent, enqueue, has_tag, pack_of};
pub use books::{Books, PublishRulebooks, Ready};
pub use case::{Case, HistoryRow, find, get, history, seen_by};
pub use clocks::{ClockRow, broken, clocks_of, refresh};
pub use day_edits::{DayEdit, Moved, Moves, SaveDays, adopt_days, day_edits, preview_days};
pub use day_tables::{Awaited, RefreshForDays, awaited_years, stale_days};
pub use due::{FireDue, due_cases, due_handler, fire_due, next_wake, overdue};
pub use explain::{Explanation, explain, outlook};
pub use offered::acts_of_kind;
pub use open::{NewCase, open, open_closed};
pub use outage::{Beat, NoteOutage, OUTAGE_MIN, RefreshCases};
pub use past::{Families, Window, last_moment, outages, roots};
pub use replaying::{Question, replay, replay_case};
pub use transition::OWNER_PLATFORM;

use crate::facts::FactSet;
use crate::facts::{FactValue, Facts};
use crate::model::EffectCall;
use crate::replay::{Family, Past, Recorded};
use crate::step::Refusal;
use crate::vocabulary::{EffectSpec, Vocabulary};
use day_edits::Days;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use xr_base::calendar::DayTables;
use xr_base::{Actor, CaseId, Coded, Fault, Money, Problem};
use xr_store::Tx;

/// Deliveries that one act may set off in a chain (decision D1).
pub const DEPTH_MAX: u8 = 8;

/// What a capability declares about a kind of case.
pub trait Kind: Send + Sync + 'static {
    /// Its words.
    fn vocabulary(&self) -> &'static Vocabulary;

    /// Name of the group that `pause_while` of other kinds refers to, e.g. `aftersales`.
    fn group(&self) -> &'static str {
        self.vocabulary().kind
    }

    /// Loads at least the facts in `need`.
    ///
    /// # Errors
    /// A store fault.
    fn facts(&self, tx: &mut Tx<'_>, case: &Case, need: FactSet) -> Result<Facts, Fault>;

    /// What lists show of a case of this kind.
    ///
    /// # Errors
    /// A store fault.
    fn describe(&self, _tx: &mut Tx<'_>, _case: &Case) -> Result<Description, Fault> {
        Ok(Description::default())
    }

    /// What the case page shows beyond the engine's own: a name and a JSON object, for callers that have authorised.
    ///
    /// # Errors
    /// A store fault.
    fn detail(&self, _tx: &mut Tx<'_>, _case: &Case) -> Result<Option<(&'static str, serde_json::Value)>, Fault> {
        Ok(None)
    }

    /// Permission words of which a reader needs one to be shown [`Kind::detail`], and whom the case is about; without any, whoever sees
    /// the case sees both.
    fn detail_needs(&self) -> &'static [&'static str] {
        &[]
    }

    /// What is known of the case's past beyond its history, for a replay. `need` holds every fact that may be asked.
    ///
    /// # Errors
    /// A store fault.
    fn past(&self, tx: &mut Tx<'_>, case: &Case, need: FactSet) -> Result<Past, Fault> {
        Ok(Past::as_now(if need.is_empty() { Facts::of(self.vocabulary()) } else { self.facts(tx, case, need)? }))
    }

    /// (Replay) A fact as it follows from the course that is lived through, and whether it is sure; none if only the database
    /// knows it.
    fn relived(&self, _fact: &str, _family: &Family<'_>, _me: usize) -> Option<(FactValue, bool)> {
        None
    }

    /// (Replay) What an act brings with it before its guard is asked, as far as [`Kind::relived`] needs it. The opening counts as
    /// the act `opened`.
    fn relive_act(&self, _event: &str, _family: &mut Family<'_>, _me: usize) {}

    /// (Replay) What becomes of an act that the case does not take any more.
    fn relive_refused(&self, _event: &str, _family: &mut Family<'_>, _me: usize) {}

    /// (Replay) Whether somebody could open this recorded case under its parent now.
    fn opens(&self, family: &Family<'_>, _recorded: &Recorded, parent: usize) -> bool {
        !family.is_closed(parent)
    }

    /// (Replay) Whether the product itself fires this event without an effect or a child being the cause.
    fn is_outside(&self, _event: &str) -> bool {
        false
    }

    /// The input that people give with an event, as fields for a form.
    fn form(&self, _event: &str) -> &'static [Field] {
        &[]
    }

    /// Checks and stores the input of an act before its guard is asked. Unknown fields are refused.
    ///
    /// # Errors
    /// A refusal that names the field.
    fn prepare(&self, _tx: &mut Tx<'_>, _case: &Case, act: &Act<'_>) -> Result<(), Fault> {
        match act.input {
            serde_json::Value::Null => Ok(()),
            serde_json::Value::Object(map) if map.is_empty() => Ok(()),
            _ => Err(Problem::new(422, "case.no_input_expected").field("input").into()),
        }
    }
}

/// What a list shows of a case, as its capability knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Order that it belongs to.
    pub order: Option<CaseId>,
    /// That order's number.
    pub number: Option<String>,
    /// First line's name, or another short title; no personal data.
    pub title: Option<String>,
    /// Amount in question.
    pub amount: Option<Money>,
}

/// A field of the form that goes with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Key in the input object; also the key of its label, `field.<name>`.
    pub name: &'static str,
    /// `text`, `int`, `money`, `instant`, `sha256s` (list of uploaded files), `lines`.
    pub kind: &'static str,
    /// Whether the act is refused without it.
    pub is_required: bool,
}

/// The effects that one capability can carry out.
pub trait Effects: Send + Sync + 'static {
    /// Names and parameters.
    fn specs(&self) -> &'static [EffectSpec];
    /// Carries out one effect inside the transaction of its transition.
    ///
    /// # Errors
    /// A refusal rolls the whole transition back.
    fn apply(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, call: &EffectCall) -> Result<(), Fault>;

    /// (Replay) What the effect does to the other cases of the family and to money; nothing for those that do neither.
    fn relive(&self, _call: &EffectCall, _family: &mut Family<'_>, _me: usize) {}
}

/// Proof that somebody was authorised; only this module makes one. Writers of money and stock ask for it.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::manual_non_exhaustive, reason = "sealed against the modules of this crate too")]
pub struct Grant<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// The case whose rulebook allowed it; none for acts outside cases.
    pub case: Option<CaseId>,
    _sealed: (),
}

/// Everything that is known about kinds, effects, rulebooks and days; part of the store's config as `Arc<Engine>`.
pub struct Engine {
    kinds: BTreeMap<&'static str, Arc<dyn Kind>>,
    effects: BTreeMap<&'static str, Arc<dyn Effects>>,
    books: Books,
    days: Days,
    had_outage: AtomicBool,
}

impl Engine {
    /// An engine without kinds.
    pub fn new(tables: DayTables) -> Self {
        Self {
            kinds: BTreeMap::new(),
            effects: BTreeMap::new(),
            books: Books::default(),
            days: Days::new(tables),
            had_outage: AtomicBool::new(false),
        }
    }

    /// Adds a kind.
    #[must_use]
    pub fn with_kind(mut self, kind: Arc<dyn Kind>) -> Self {
        self.kinds.insert(kind.vocabulary().kind, kind);
        self
    }

    /// Adds a capability's effects.
    #[must_use]
    pub fn with_effects(mut self, effects: &Arc<dyn Effects>) -> Self {
        for spec in effects.specs() {
            self.effects.insert(spec.name, Arc::clone(effects));
        }
        self
    }

    /// The kind with this name.
    pub fn kind(&self, name: &str) -> Option<&Arc<dyn Kind>> {
        self.kinds.get(name)
    }

    /// Vocabularies of every kind, by name.
    pub fn vocabularies(&self) -> Vec<&'static Vocabulary> {
        self.kinds.values().map(|k| k.vocabulary()).collect()
    }

    /// Every effect that some capability carries out.
    pub fn effect_specs(&self) -> Vec<&'static EffectSpec> {
        let mut specs: Vec<&'static EffectSpec> = Vec::new();
        for (name, owner) in &self.effects {
            specs.extend(owner.specs().iter().filter(|s| s.name == *name));
        }
        specs
    }

    /// The rulebooks in use.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// The day tables in use: those the engine was made with, and people's corrections ([`adopt_days`]).
    pub fn tables(&self) -> Arc<DayTables> {
        self.days.now()
    }

    /// Who carries out an effect.
    pub(crate) fn effects_of(&self, name: &str) -> Option<&Arc<dyn Effects>> {
        self.effects.get(name)
    }

    fn effects(&self, name: &str) -> Result<&Arc<dyn Effects>, Error> {
        self.effects.get(name).ok_or_else(|| Error::NoEffect(name.to_owned()))
    }

    fn of<'t>(tx: &Tx<'t>) -> Result<&'t Arc<Self>, Error> {
        tx.ext::<Arc<Self>>().ok_or(Error::NotWired)
    }

    /// The engine that the store was opened with.
    ///
    /// # Errors
    /// [`Error::NotWired`] when there is none.
    pub fn from_tx<'t>(tx: &Tx<'t>) -> Result<&'t Arc<Self>, Fault> {
        Ok(Self::of(tx)?)
    }
}

/// Why the engine refuses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such case, or not visible to the caller.
    #[error("no case {0}")]
    NoSuchCase(CaseId),
    /// The caller had seen another version of the case.
    #[error("the case is at version {version} in state {state}")]
    Changed {
        /// State now.
        state: String,
        /// Version now.
        version: i64,
    },
    /// Not allowed here.
    #[error("{refusal:?} in state {state}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// State the case is in.
        state: String,
        /// Version of the case.
        version: i64,
    },
    /// A person without the permission.
    #[error("permission {0} is missing")]
    Forbidden(String),
    /// Deliveries chain too deep.
    #[error("events chain deeper than {DEPTH_MAX}")]
    TooDeep,
    /// No rulebook for this kind and pack.
    #[error("no rulebook for {kind} under {pack}")]
    NoRulebook {
        /// Kind of case.
        kind: String,
        /// Pack asked for.
        pack: String,
    },
    /// Whoever asked for a replay wants it no more.
    #[error("the replay was stopped")]
    ReplayStopped,
    /// The machine names an effect that nobody carries out; the checker refuses such a machine.
    #[error("no effect {0}")]
    NoEffect(String),
    /// The store was opened without an engine.
    #[error("no case engine is wired")]
    NotWired,
}

impl Coded for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::NoSuchCase(id) => Problem::new(404, "case.not_found").with("id", id),
            Self::Changed { state, version } => {
                Problem::new(409, "case.changed").with("state", state).with("version", version)
            }
            Self::Refused { refusal, state, version } => {
                refusal.problem().with("state", state).with("version", version)
            }
            Self::Forbidden(permission) => Problem::new(403, "case.forbidden").with("permission", permission),
            Self::TooDeep => Problem::new(500, "case.too_deep"),
            Self::NoRulebook { kind, pack } => {
                Problem::new(422, "case.no_rulebook").with("kind", kind).with("pack", pack)
            }
            Self::ReplayStopped => Problem::new(409, "case.replay_stopped"),
            Self::NoEffect(name) => Problem::new(500, "case.no_effect").with("name", name),
            Self::NotWired => Problem::new(500, "case.not_wired"),
        }
    }
}
