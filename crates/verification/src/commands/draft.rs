//! What the applicant fills in.

use super::{own, tell};
use crate::form::Form;
use crate::forms;
use serde_json::json;
use xr_base::{Actor, CaseId, Fault};
use xr_store::{Command, Tx};

/// Replaces the draft of the actor's own organisation; gives its case.
#[derive(Clone, Debug)]
pub struct SaveDraft {
    /// Who.
    pub actor: Actor,
    /// What.
    pub form: Form,
}

impl Command for SaveDraft {
    type Out = CaseId;
    const NAME: &'static str = "verification.save_draft";

    fn run(&self, tx: &mut Tx<'_>) -> Result<CaseId, Fault> {
        let case = own(tx, &self.actor)?;
        forms::save_draft(tx, case.id, &self.form.clone().checked()?)?;
        tell(tx, &self.actor, &case, "draft_saved", json!({}))?;
        Ok(case.id)
    }
}
