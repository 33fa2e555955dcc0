//! Forms as they lie: sealed, one row for each stage.

use crate::form::{Form, Subject};
use crate::{Error, queries};
use xr_base::{CaseId, Fault, RowId, StoreError};
use xr_store::sealing::{Place, Resealed};
use xr_store::{SealedField, Tx, params, record, sealed_field, sql};

/// Where they lie.
pub const SEALED: SealedField =
    SealedField { lookups: &["held_key"], reseal, ..sealed_field!("verification_forms", "sealed" by "id") };

const PLACE: &str = SEALED.place;

/// What a row is.
pub(crate) const DRAFT: &str = "draft";
pub(crate) const SUBMITTED: &str = "submitted";
pub(crate) const APPROVED: &str = "approved";
pub(crate) const READ: &str = "read";

/// What a reviewer read from the papers: name, code, legal person.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    /// Name.
    pub name: String,
    /// Number.
    pub code: String,
    /// Legal person; empty for persons.
    #[serde(default)]
    pub legal_person: String,
}

record! {
    struct Sealed {
        id: RowId,
        sealed: Vec<u8>,
    }
}

record! {
    struct HandedIn {
        id: RowId,
        stage: String,
        sealed: Vec<u8>,
    }
}

/// What a number is looked for by: the same digits may name a person and an enterprise.
const fn purpose(subject: Subject) -> &'static str {
    match subject {
        Subject::Person => "verified person",
        Subject::Enterprise => "verified enterprise",
    }
}

fn written<T: serde::Serialize>(content: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(content).map_err(|error| StoreError::Corrupt(format!("a form: {error}")))
}

fn read<T: serde::de::DeserializeOwned>(content: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(content).map_err(|error| StoreError::Corrupt(format!("a form: {error}")))
}

/// Adds a row; gives its id.
pub(crate) fn add<T: serde::Serialize>(
    tx: &mut Tx<'_>,
    case: CaseId,
    stage: &str,
    content: &T,
) -> Result<RowId, Fault> {
    let (id, now): (RowId, _) = (tx.id(), tx.at());
    let sealed = tx.seal(Place { column: PLACE, row: id.0 }, &written(content)?)?;
    tx.put(
        sql!(
            "INSERT INTO verification_forms (id, case_id, stage, at, sealed, held_key) VALUES (?1, ?2, ?3, ?4, ?5, NULL)
             /* unscoped: after authorisation */"
        ),
        params![id, case, stage, now, sealed],
    )?;
    Ok(id)
}

/// Replaces the draft.
pub(crate) fn save_draft(tx: &mut Tx<'_>, case: CaseId, form: &Form) -> Result<(), Fault> {
    let Some((id, _)) = newest::<Form>(tx, case, DRAFT)? else { return add(tx, case, DRAFT, form).map(|_| ()) };
    let (sealed, now) = (tx.seal(Place { column: PLACE, row: id.0 }, &written(form)?)?, tx.at());
    tx.put(
        sql!("UPDATE verification_forms SET sealed = ?2, at = ?3 WHERE id = ?1 /* unscoped: after authorisation */"),
        params![id, sealed, now],
    )?;
    Ok(())
}

/// The newest form of a stage.
pub(crate) fn newest<T: serde::de::DeserializeOwned>(
    tx: &mut Tx<'_>,
    case: CaseId,
    stage: &str,
) -> Result<Option<(RowId, T)>, Fault> {
    let row: Option<Sealed> = tx.opt(
        sql!(
            "SELECT id, sealed FROM verification_forms WHERE case_id = ?1 AND stage = ?2 ORDER BY id DESC LIMIT 1
             /* unscoped: by case, callers authorise */"
        ),
        params![case, stage],
    )?;
    let Some(Sealed { id, sealed }) = row else { return Ok(None) };
    let content = tx.open_sealed(Place { column: PLACE, row: id.0 }, &sealed)?;
    Ok(Some((id, read(&content)?)))
}

/// What was handed in last, and whether it was approved.
pub(crate) fn handed_in(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<(Form, bool)>, Fault> {
    let row: Option<HandedIn> = tx.opt(
        sql!(
            "SELECT id, stage, sealed FROM verification_forms WHERE case_id = ?1 AND stage IN ('submitted', 'approved')
             ORDER BY id DESC LIMIT 1 /* unscoped: by case, callers authorise */"
        ),
        params![case],
    )?;
    let Some(HandedIn { id, stage, sealed }) = row else { return Ok(None) };
    let content = tx.open_sealed(Place { column: PLACE, row: id.0 }, &sealed)?;
    Ok(Some((read(&content)?, stage == APPROVED)))
}

/// The draft, which every verification has.
///
/// # Errors
/// [`StoreError::Corrupt`] without one.
pub(crate) fn draft(tx: &mut Tx<'_>, case: CaseId) -> Result<Form, Fault> {
    let found = newest(tx, case, DRAFT)?.map(|(_, form)| form);
    Ok(found.ok_or_else(|| StoreError::Corrupt(format!("the verification {case} has no draft")))?)
}

/// Fixes the draft as what was handed in. Its number is held for this organisation in the place of an earlier one.
///
/// # Errors
/// [`Error::NumberTaken`] when it is held for another one.
pub(crate) fn submit(tx: &mut Tx<'_>, case: CaseId) -> Result<(), Fault> {
    let form = draft(tx, case)?;
    for key in tx.lookups(purpose(form.subject), &form.code)? {
        let other: Option<(CaseId,)> = tx.opt(
            sql!(
                "SELECT case_id FROM verification_forms WHERE held_key = ?1 AND case_id <> ?2
                 /* unscoped: a number is held once in the whole market */"
            ),
            params![key, case],
        )?;
        if other.is_some() {
            return Err(Error::NumberTaken.into());
        }
    }
    release(tx, case)?;
    let (id, key) = (add(tx, case, SUBMITTED, &form)?, tx.lookup(purpose(form.subject), &form.code)?);
    let held = tx.exec(
        sql!("UPDATE verification_forms SET held_key = ?2 WHERE id = ?1 /* unscoped: after authorisation */"),
        params![id, key],
    );
    match held {
        Err(StoreError::Duplicate(_)) => Err(Error::NumberTaken.into()),
        other => Ok(other.map(|_| ())?),
    }
}

/// What was handed in last counts; gives it.
pub(crate) fn approve(tx: &mut Tx<'_>, case: CaseId) -> Result<Form, Fault> {
    let (id, form) = newest::<Form>(tx, case, SUBMITTED)?
        .ok_or_else(|| StoreError::Corrupt(format!("nothing was handed in for {case}")))?;
    queries::touch(tx, id, APPROVED)?;
    Ok(form)
}

/// Frees the number.
pub(crate) fn release(tx: &mut Tx<'_>, case: CaseId) -> Result<(), Fault> {
    tx.put(
        sql!(
            "UPDATE verification_forms SET held_key = NULL WHERE case_id = ?1 AND held_key IS NOT NULL
             /* unscoped: after authorisation */"
        ),
        params![case],
    )?;
    Ok(())
}

fn reseal(tx: &mut Tx<'_>, row: Resealed<'_>) -> Result<(), Fault> {
    let sealed = tx.seal(Place { column: PLACE, row: row.id }, row.content)?;
    // What a reviewer read is no form and holds no number.
    let key = match read::<Form>(row.content) {
        Ok(form) if !form.code.is_empty() => Some(tx.lookup(purpose(form.subject), &form.code)?),
        _ => None,
    };
    tx.put(
        sql!(
            "UPDATE verification_forms SET sealed = ?3, held_key = CASE WHEN held_key IS NULL THEN NULL ELSE CAST(?4 AS BIGINT) END
             WHERE id = ?1 AND sealed = ?2 /* unscoped: rotation of keys */"
        ),
        params![row.id, row.was, sealed, key],
    )?;
    Ok(())
}
