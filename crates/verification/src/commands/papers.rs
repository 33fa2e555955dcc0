//! Papers: handed in, taken back, looked at.

use super::{case_of, own, tell};
use crate::papers::{Cleaned, KINDS, PAPERS_MAX};
use crate::{Error, queries};
use serde::{Deserialize, Serialize};
use serde_json::json;
use xr_base::{Actor, CaseId, Fault, RowId, Scope};
use xr_store::blobs::{Blobs, Prepared};
use xr_store::{Command, Tx, params, sql};

/// Hands in a paper that was cleaned outside the transaction; gives the case.
#[derive(Clone, Debug)]
pub struct AddPaper {
    actor: Actor,
    kind: String,
    prepared: Prepared,
    media_type: &'static str,
}

impl AddPaper {
    /// Seals and writes the bytes; blocking, so call it off the async threads.
    ///
    /// # Errors
    /// [`xr_base::StoreError`] when the disk refuses; 503 `store.locked` without a key.
    pub fn new(actor: Actor, kind: String, paper: &Cleaned, blobs: &Blobs) -> Result<Self, Fault> {
        Ok(Self { actor, kind, media_type: paper.media_type, prepared: blobs.prepare(&paper.bytes)? })
    }
}

impl Command for AddPaper {
    type Out = CaseId;
    const NAME: &'static str = "verification.add_paper";

    fn run(&self, tx: &mut Tx<'_>) -> Result<CaseId, Fault> {
        if !KINDS.contains(&self.kind.as_str()) {
            return Err(Error::input("kind", format!("none of {KINDS:?}")).into());
        }
        let case = own(tx, &self.actor)?;
        let there = queries::papers(tx, case.id)?.len();
        if i64::try_from(there).unwrap_or(i64::MAX) >= PAPERS_MAX {
            return Err(Error::TooManyPapers(PAPERS_MAX).into());
        }
        self.prepared.keep(tx, self.media_type)?;
        let (id, now): (RowId, _) = (tx.id(), tx.at());
        tx.put(
            sql!(
                "INSERT INTO verification_papers (id, case_id, kind, sha256, media_type, added_at, removed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL) /* unscoped: own case */"
            ),
            params![id, case.id, self.kind, self.prepared.sha256(), self.media_type, now],
        )?;
        tell(tx, &self.actor, &case, "paper_added", json!({ "paper": id, "kind": self.kind }))?;
        Ok(case.id)
    }
}

/// Takes a paper of the own organisation back; what was handed in with it before stays on record.
#[derive(Clone, Debug)]
pub struct RemovePaper {
    /// Who.
    pub actor: Actor,
    /// Which.
    pub paper: RowId,
}

impl Command for RemovePaper {
    type Out = CaseId;
    const NAME: &'static str = "verification.remove_paper";

    fn run(&self, tx: &mut Tx<'_>) -> Result<CaseId, Fault> {
        let (case, now) = (own(tx, &self.actor)?, tx.at());
        let removed = tx.exec(
            sql!(
                "UPDATE verification_papers SET removed_at = ?3 WHERE id = ?1 AND case_id = ?2 AND removed_at IS NULL
                 /* unscoped: own case */"
            ),
            params![self.paper, case.id, now],
        )?;
        if removed == 0 {
            return Err(Error::NoSuchPaper.into());
        }
        tell(tx, &self.actor, &case, "paper_removed", json!({ "paper": self.paper }))?;
        Ok(case.id)
    }
}

/// Looks at a paper, which goes on record: who, which, when.
#[derive(Clone, Debug)]
pub struct SeePaper {
    /// Who.
    pub actor: Actor,
    /// What they may see.
    pub scope: Scope,
    /// Which.
    pub paper: RowId,
}

/// A paper to be handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Name of its content.
    pub sha256: String,
    /// What it is.
    pub media_type: String,
}

impl Command for SeePaper {
    type Out = Seen;
    const NAME: &'static str = "verification.see_paper";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Seen, Fault> {
        let (case, paper) = queries::paper(tx, self.scope, self.paper)?.ok_or(Error::NoSuchPaper)?;
        let case = case_of(tx, case)?;
        tell(tx, &self.actor, &case, "paper_seen", json!({ "paper": paper.id, "kind": paper.kind }))?;
        Ok(Seen { sha256: paper.sha256, media_type: paper.media_type })
    }
}
