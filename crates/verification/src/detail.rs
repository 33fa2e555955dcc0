//! What the case page shows of a verification, for callers that have authorised.

use crate::form::Form;
use crate::forms::{self, Reading};
use crate::queries::Paper;
use crate::{Consent, acts, consents, queries};
use serde::Serialize;
use xr_base::{Fault, Instant, StoreError};
use xr_case::engine::Case;
use xr_identity::log_in_block::{self, BACKED_FOR};
use xr_identity::{Standing, standing};
use xr_store::Tx;

/// A verification.
#[derive(Serialize)]
struct Detail {
    standing: Option<Standing>,
    draft: Form,
    /// What was handed in last, until it is approved.
    submitted: Option<Form>,
    approved: Option<Form>,
    read: Option<Reading>,
    approved_at: Option<Instant>,
    papers: Vec<Paper>,
    consents: Vec<Consent>,
    lacking: Vec<&'static str>,
    reason: Option<String>,
    mend: Vec<String>,
    is_first: bool,
    may_edit: bool,
    /// From when on nobody of the organisation may log in.
    shut_out_since: Option<Instant>,
    /// Until when somebody else may lift that, since it was asked for.
    may_lift_until: Option<Instant>,
}

/// States in which the draft may be changed: what is under review stays as it was handed in.
pub(crate) fn may_edit(case: &Case) -> bool {
    !case.is_closed()
        && !matches!(case.state.as_str(), "submitted" | "escalated" | "change_reported" | "frozen" | "closing")
}

pub(crate) fn of(tx: &mut Tx<'_>, case: &Case) -> Result<serde_json::Value, Fault> {
    let row = queries::row(tx, case.id)?;
    let (block, now) = (log_in_block::of(tx, row.org)?, tx.at());
    let detail = Detail {
        standing: standing::of(tx, row.org)?,
        draft: forms::draft(tx, case.id)?,
        submitted: forms::handed_in(tx, case.id)?.filter(|(_, is_approved)| !is_approved).map(|(form, _)| form),
        approved: forms::newest(tx, case.id, forms::APPROVED)?.map(|(_, form)| form),
        read: forms::newest(tx, case.id, forms::READ)?.map(|(_, read)| read),
        approved_at: row.approved_at,
        papers: queries::papers(tx, case.id)?,
        consents: consents::of(tx, case.id)?,
        lacking: acts::lacking(tx, case.id)?,
        reason: row.reason,
        mend: acts::mend(&row.mend)?,
        is_first: row.is_first,
        may_edit: may_edit(case),
        shut_out_since: block.map(|block| block.since),
        may_lift_until: block.and_then(|block| block.backer(now).and(block.backed_at)).map(|at| at + BACKED_FOR),
    };
    Ok(serde_json::to_value(detail).map_err(|error| StoreError::Corrupt(error.to_string()))?)
}
