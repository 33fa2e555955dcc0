//! What people do to cases.

use serde_json::Value;
use xr_base::{Actor, CaseId, Fault};
use xr_case::engine::{self, Act};
use xr_store::{Command, Tx};

/// Longest note of an act, in characters.
pub const NOTE_CHARS_MAX: usize = 500;

/// An act of a logged-in person, as a use case of its own.
#[derive(Clone, Debug)]
pub struct ActOnCase {
    /// Who.
    pub actor: Actor,
    /// On which case.
    pub case: CaseId,
    /// Name of the event.
    pub event: String,
    /// Version that the person has seen; none accepts any.
    pub version: Option<i64>,
    /// Fields of the event's form; `Null` for none.
    pub input: Value,
    /// Words for the history, at most [`NOTE_CHARS_MAX`] characters.
    pub note: Option<String>,
}

impl Command for ActOnCase {
    type Out = CaseId;
    const NAME: &'static str = "casework.act";

    fn run(&self, tx: &mut Tx<'_>) -> Result<CaseId, Fault> {
        let act = Act {
            actor: &self.actor,
            case: self.case,
            event: &self.event,
            version: self.version,
            input: &self.input,
            note: self.note.as_deref(),
        };
        Ok(engine::act(tx, &act)?.id)
    }
}
