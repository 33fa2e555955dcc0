//! Reading verifications. What is not scoped is for callers that have authorised the case.

use crate::form::Subject;
use serde::Serialize;
use xr_base::{CaseId, Fault, Instant, OrgId, RowId, Scope, StoreError};
use xr_case::engine;
use xr_store::{Tx, params, record, sql};

record! {
    /// A verification as stored.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VerificationRow {
        /// Its case.
        pub case_id: CaseId,
        /// The organisation; it has one verification for life.
        pub org: OrgId,
        /// What was approved last.
        pub subject: Option<Subject>,
        /// When.
        pub approved_at: Option<Instant>,
        /// Whether a review was missed once: it comes first.
        pub is_first: bool,
        /// What the reviewer said last.
        pub reason: Option<String>,
        /// Fields to be mended, a JSON list.
        pub mend: String,
    }
}

record! {
    /// A paper that was handed in.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct Paper {
        /// Id.
        pub id: RowId,
        /// `business_licence`, `identity_card`, `tax_registration`, `other`.
        pub kind: String,
        /// Name of its content.
        #[serde(skip)]
        pub sha256: String,
        /// As its content shows.
        pub media_type: String,
        /// When.
        pub added_at: Instant,
    }
}

/// The row of a verification.
///
/// # Errors
/// [`StoreError::Corrupt`] without one.
pub fn row(tx: &mut Tx<'_>, case: CaseId) -> Result<VerificationRow, Fault> {
    let found = tx.opt(
        sql!(
            "SELECT case_id, org_id, subject, approved_at, is_first, reason, mend FROM verifications WHERE case_id = ?1
             /* unscoped: by case, callers authorise */"
        ),
        params![case],
    )?;
    Ok(found.ok_or_else(|| StoreError::Corrupt(format!("the case {case} has no verification")))?)
}

/// The verification of an organisation; none of one that is in by the operator's hand.
///
/// # Errors
/// A store fault.
pub fn of_org(tx: &mut Tx<'_>, org: OrgId) -> Result<Option<CaseId>, Fault> {
    let found: Option<(CaseId,)> = tx.opt(
        sql!("SELECT case_id FROM verifications WHERE org_id = ?1 /* unscoped: the caller's own organisation */"),
        params![org],
    )?;
    Ok(found.map(|(case,)| case))
}

/// Papers of a verification, oldest first, without those that were taken back.
///
/// # Errors
/// A store fault.
pub fn papers(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Paper>, Fault> {
    Ok(tx.all(
        sql!(
            "SELECT id, kind, sha256, media_type, added_at FROM verification_papers
             WHERE case_id = ?1 AND removed_at IS NULL ORDER BY id /* unscoped: by case, after authorisation */"
        ),
        params![case],
    )?)
}

/// A paper of a case that `scope` may see, with that case; a foreign one is not there.
///
/// # Errors
/// A store fault.
pub fn paper(tx: &mut Tx<'_>, scope: Scope, id: RowId) -> Result<Option<(CaseId, Paper)>, Fault> {
    let found: Option<(CaseId,)> = tx.opt(
        sql!("SELECT case_id FROM verification_papers WHERE id = ?1 /* unscoped: judged by its case below */"),
        params![id],
    )?;
    let Some((case,)) = found else { return Ok(None) };
    if engine::seen_by(tx, scope, case).is_err() {
        return Ok(None);
    }
    let paper = papers(tx, case)?.into_iter().find(|paper| paper.id == id);
    Ok(paper.map(|paper| (case, paper)))
}

/// Other open cases of an organisation, counted up to 100.
pub(crate) fn open_cases(tx: &mut Tx<'_>, case: &engine::Case) -> Result<i64, Fault> {
    let (count,): (i64,) = tx.one(
        sql!(
            "SELECT COUNT(*) FROM (SELECT id FROM cases WHERE merchant_org = ?1 AND closed_at IS NULL AND id <> ?2 LIMIT 100) c
             /* unscoped: the case's own organisation */"
        ),
        params![case.merchant_org, case.id],
    )?;
    Ok(count)
}

pub(crate) fn touch(tx: &mut Tx<'_>, form: RowId, stage: &str) -> Result<(), Fault> {
    tx.put(
        sql!("UPDATE verification_forms SET stage = ?2 WHERE id = ?1 /* unscoped: after authorisation */"),
        params![form, stage],
    )?;
    Ok(())
}

/// What was handed in last and not approved so far. It holds personal data: callers authorise, and never write it to logs or events.
///
/// # Errors
/// 503 `store.locked` without a key; a store fault.
pub fn submitted(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<crate::Form>, Fault> {
    Ok(crate::forms::newest(tx, case, crate::forms::SUBMITTED)?.map(|(_, form)| form))
}
