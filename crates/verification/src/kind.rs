//! The kind: facts, forms, and what acts bring with them.

use crate::form::Subject;
use crate::vocabulary::Verification;
use crate::{acts, detail, forms, queries};
use xr_base::{Fault, StoreError};
use xr_case::engine::{self, Act, Case, Description, Field, Kind};
use xr_case::{FactSet, FactValue, Facts, Vocabulary};
use xr_identity::log_in_block;
use xr_store::Tx;

/// Verifications.
#[derive(Clone, Copy, Debug)]
pub struct VerificationKind;

const fn required(name: &'static str, kind: &'static str) -> Field {
    Field { name, kind, is_required: true }
}

/// Who sees what an applicant says and hands in.
pub(crate) const SEES: [&str; 4] =
    ["verification.apply", "verification.freeze", "verification.lead", "verification.review"];

/// What a reviewer reads from the papers.
const READING_FORM: &[Field] = &[
    required("name", "text"),
    required("code", "text"),
    Field { name: "legal_person", kind: "text", is_required: false },
];
/// What is to be mended, and why.
const MENDING_FORM: &[Field] =
    &[required("reason", "text"), Field { name: "fields", kind: "fields", is_required: false }];
const REASON_FORM: &[Field] = &[required("reason", "text")];

fn fact(tx: &mut Tx<'_>, case: &Case, name: &str) -> Result<FactValue, Fault> {
    let row = queries::row(tx, case.id)?;
    Ok(match name {
        "is_complete" => FactValue::Bool(acts::lacking(tx, case.id)?.is_empty()),
        "is_upgrade" => {
            let draft = forms::draft(tx, case.id)?;
            FactValue::Bool(row.subject == Some(Subject::Person) && draft.subject == Subject::Enterprise)
        }
        "was_approved" => FactValue::Bool(row.approved_at.is_some()),
        "left_by_choice" => {
            let last = engine::history(tx, case.id)?.pop();
            FactValue::Bool(last.is_some_and(|step| step.event == Verification::Deregister.as_str()))
        }
        "is_blocked" => FactValue::Bool(log_in_block::of(tx, row.org)?.is_some()),
        "is_backed" => {
            let block = log_in_block::of(tx, row.org)?;
            FactValue::Bool(block.and_then(|block| block.backer(tx.at())).is_some())
        }
        "open_cases" => FactValue::Int(queries::open_cases(tx, case)?),
        other => return Err(StoreError::Corrupt(format!("no fact {other}")).into()),
    })
}

impl Kind for VerificationKind {
    fn vocabulary(&self) -> &'static Vocabulary {
        &Verification::VOCABULARY
    }

    fn facts(&self, tx: &mut Tx<'_>, case: &Case, need: FactSet) -> Result<Facts, Fault> {
        let mut facts = Facts::of(self.vocabulary());
        for name in need.names() {
            let value = fact(tx, case, name)?;
            facts.insert(name, value).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        }
        Ok(facts)
    }

    fn describe(&self, tx: &mut Tx<'_>, case: &Case) -> Result<Description, Fault> {
        let org = case.merchant_org.map(|org| xr_identity::queries::org(tx, org)).transpose()?.flatten();
        Ok(Description { title: org.map(|org| org.name), ..Description::default() })
    }

    fn detail(&self, tx: &mut Tx<'_>, case: &Case) -> Result<Option<(&'static str, serde_json::Value)>, Fault> {
        Ok(Some(("verification", detail::of(tx, case)?)))
    }

    /// Numbers of papers and accounts are for who applies and who reviews, not for all who see that there is a case.
    fn detail_needs(&self) -> &'static [&'static str] {
        &SEES
    }

    fn form(&self, event: &str) -> &'static [Field] {
        match Verification::parse(event) {
            Some(Verification::Approve) => READING_FORM,
            Some(Verification::RequestMore | Verification::Reject) => MENDING_FORM,
            Some(Verification::Freeze) => REASON_FORM,
            _ => &[],
        }
    }

    fn prepare(&self, tx: &mut Tx<'_>, case: &Case, act: &Act<'_>) -> Result<(), Fault> {
        acts::prepare(tx, case, act)
    }
}
