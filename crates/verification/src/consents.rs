//! Agreements that an applicant consents to, by version.

use crate::Error;
use serde::{Deserialize, Serialize};
use xr_base::{CaseId, Fault, RowId, UserId};
use xr_store::{Tx, params, sql};

/// Agreements in force with their versions.
pub const AGREEMENTS: [(&str, &str); 3] =
    [("user_agreement", "2026-01"), ("privacy", "2026-01"), ("aftersales_service", "2026-01")];

/// An agreement in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Which.
    pub agreement: String,
    /// In which version.
    pub version: String,
}

/// Every agreement in force must be consented to in the version that is in force: who read an older text agreed to something else.
pub(crate) fn check(given: &[Consent]) -> Result<(), Error> {
    for (agreement, version) in AGREEMENTS {
        if !given.iter().any(|one| one.agreement == agreement && one.version == version) {
            return Err(Error::NoConsent(agreement));
        }
    }
    Ok(())
}

pub(crate) fn keep(tx: &mut Tx<'_>, case: CaseId, user: UserId) -> Result<(), Fault> {
    for (agreement, version) in AGREEMENTS {
        let (id, now): (RowId, _) = (tx.id(), tx.at());
        tx.put(
            sql!(
                "INSERT INTO consents (id, case_id, user_id, agreement, version, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 /* unscoped: registering */"
            ),
            params![id, case, user, agreement, version, now],
        )?;
    }
    Ok(())
}

/// What was consented to, oldest first.
pub(crate) fn of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Consent>, Fault> {
    let rows: Vec<(String, String)> = tx.all(
        sql!("SELECT agreement, version FROM consents WHERE case_id = ?1 ORDER BY id /* unscoped: by case, after authorisation */"),
        params![case],
    )?;
    Ok(rows.into_iter().map(|(agreement, version)| Consent { agreement, version }).collect())
}
