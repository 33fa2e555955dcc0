//! What acts bring with them, checked and written before the guard is asked.

use crate::effects::tell_mend;
use crate::form::Form;
use crate::forms::{self, Reading};
use crate::vocabulary::Verification;
use crate::{Error, queries};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use xr_base::{Actor, CaseId, Fault, Problem, StoreError};
use xr_case::engine::{Act, Case};
use xr_identity::log_in_block;
use xr_store::Tx;

/// Longest words of a reviewer, in characters.
const WORDS_CHARS_MAX: usize = 500;
/// What a reviewer may ask to be mended.
pub(crate) const FIELDS: [&str; 11] = [
    "name",
    "code",
    "legal_person",
    "address",
    "contact",
    "phone",
    "email",
    "bank_account",
    "business_licence",
    "identity_card",
    "tax_registration",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mending {
    reason: String,
    #[serde(default)]
    fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: String,
}

fn read<T: DeserializeOwned>(input: &Value) -> Result<T, Error> {
    let given = if input.is_null() { Value::Object(Map::new()) } else { input.clone() };
    serde_json::from_value(given).map_err(|error| {
        let text = error.to_string();
        // serde names fields that are missing or unknown.
        let field = text.split('`').nth(1).map_or("input".to_owned(), |name| format!("input/{name}"));
        Error::input(&field, text)
    })
}

fn words(reason: &str) -> Result<&str, Error> {
    let (reason, chars) = (reason.trim(), reason.trim().chars().count());
    if (1..=WORDS_CHARS_MAX).contains(&chars) {
        return Ok(reason);
    }
    Err(Error::input("input/reason", format!("{chars} characters, not 1..={WORDS_CHARS_MAX}")))
}

/// Checks and stores the input of an act.
pub(crate) fn prepare(tx: &mut Tx<'_>, case: &Case, act: &Act<'_>) -> Result<(), Fault> {
    match Verification::parse(act.event) {
        Some(Verification::Approve) => approve(tx, case.id, &read(act.input)?),
        Some(Verification::RequestMore | Verification::Reject) => {
            let Mending { reason, fields } = read(act.input)?;
            if let Some(stray) = fields.iter().find(|field| !FIELDS.contains(&field.as_str())) {
                return Err(Error::input("input/fields", format!("no field {stray}")).into());
            }
            tell_mend(tx, case, Some(words(&reason)?), &fields)
        }
        Some(Verification::Freeze) => {
            let Why { reason } = read(act.input)?;
            tell_mend(tx, case, Some(words(&reason)?), &[])
        }
        Some(Verification::Unfreeze | Verification::Unblock) => {
            no_input(act)?;
            second(tx, case.id, act.actor)
        }
        _ => Ok(no_input(act)?),
    }
}

fn no_input(act: &Act<'_>) -> Result<(), Problem> {
    let is_none = act.input.as_object().is_none_or(Map::is_empty) && !act.input.is_array();
    if is_none { Ok(()) } else { Err(Problem::new(422, "case.no_input_expected").field("input")) }
}

/// Nobody lifts what they asked to be lifted. That nobody asked at all, the guard tells.
fn second(tx: &mut Tx<'_>, case: CaseId, actor: &Actor) -> Result<(), Fault> {
    let org = queries::row(tx, case)?.org;
    let block = log_in_block::of(tx, org)?;
    match block.and_then(|block| block.backer(tx.at())) {
        Some(_) => log_in_block::second(tx, actor, org).map(|_| ()),
        None => Ok(()),
    }
}

/// Name and number that the reviewer read from the papers are those that the applicant typed in, or nothing is approved.
fn approve(tx: &mut Tx<'_>, case: CaseId, seen: &Reading) -> Result<(), Fault> {
    let Some((_, form)) = forms::newest::<Form>(tx, case, forms::SUBMITTED)? else { return Err(Error::NotNow.into()) };
    if let Some(field) = form.differs(&seen.name, &seen.code, &seen.legal_person) {
        return Err(Error::Differs(field).into());
    }
    forms::add(tx, case, forms::READ, seen).map(|_| ())
}

/// What the draft lacks for a review: empty fields, and kinds of papers.
pub(crate) fn lacking(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<&'static str>, Fault> {
    let draft = forms::draft(tx, case)?;
    let papers = queries::papers(tx, case)?;
    let mut lacking = draft.missing();
    let is_there = |kind: &&&str| papers.iter().any(|paper| paper.kind == **kind);
    lacking.extend(draft.subject.papers().iter().filter(|kind| !is_there(kind)));
    Ok(lacking)
}

/// Fields to be mended, as stored.
pub(crate) fn mend(stored: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(stored).map_err(|error| StoreError::Corrupt(format!("fields to mend: {error}")))
}
