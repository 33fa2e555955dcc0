//! Buyer and merchant show what happened.

use crate::evidence::{Piece, check_words, file, file_photos};
use crate::{Error, queries};
use serde::{Deserialize, Serialize};
use xr_base::{Actor, CaseId, Fault, Party};
use xr_case::engine::{self, authorise};
use xr_store::{Command, Tx};

/// What is filed: pictures, words, or both.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Filing {
    /// Pictures the person sent in before, at most nine.
    pub photos: Vec<String>,
    /// Words, at most 500 characters.
    pub words: Option<String>,
}

/// Files evidence on an open case; gives how many pieces the party has filed by now.
#[derive(Clone, Debug)]
pub struct AddEvidence {
    /// A person of the buyer's or the merchant's side.
    pub actor: Actor,
    /// The case.
    pub case: CaseId,
    /// What.
    pub filing: Filing,
}

impl Command for AddEvidence {
    type Out = i64;
    const NAME: &'static str = "aftersales.add_evidence";

    fn run(&self, tx: &mut Tx<'_>) -> Result<i64, Fault> {
        let party = self.actor.party();
        let permission = if party == Party::Buyer { "aftersales.apply" } else { "aftersales.decide" };
        authorise(&self.actor, permission)?;
        open_case(tx, &self.actor, self.case)?;
        let words = self.filing.words.as_deref();
        if self.filing.photos.is_empty() && words.is_none() {
            return Err(Error::input("photos", "nothing to file").into());
        }
        file_photos(tx, &self.actor, self.case, &self.filing.photos)?;
        if let Some(words) = words {
            check_words("words", words, true)?;
            file(tx, &self.actor, self.case, Piece { sha256: None, words: Some(words.trim()) })?;
        }
        queries::evidence_count(tx, self.case, party)
    }
}

/// The case's row if the person may see it and it is open; what is not theirs is not there.
pub(crate) fn open_case(tx: &mut Tx<'_>, actor: &Actor, id: CaseId) -> Result<crate::AftersalesRow, Fault> {
    let missing = || Fault::from(engine::Error::NoSuchCase(id));
    let Actor::Person(person) = actor else { return Err(missing()) };
    let row = queries::seen_by(tx, person.scope(), id)?;
    let case = engine::get(tx, id)?;
    // Silence that is due comes first; it may have ended the case (decision D5).
    let now = tx.at();
    if engine::clocks_of(tx, id)?.iter().any(|c| c.fire_at.is_some_and(|at| at <= now)) {
        return Err(Fault::ClockDue(id));
    }
    if case.is_closed() { Err(Error::Ended.into()) } else { Ok(row) }
}
