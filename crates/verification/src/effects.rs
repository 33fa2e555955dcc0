//! Effects of verifications.

use crate::{forms, queries};
use xr_base::{Actor, Fault, StoreError};
use xr_case::effects;
use xr_case::engine::{Case, Effects, Grant};
use xr_case::model::EffectCall;
use xr_case::vocabulary::EffectSpec;
use xr_identity::{Standing, log_in_block, standing};
use xr_store::{Tx, params, sql};

effects! {
    /// What verifications bring about.
    pub VerificationEffect {
        Submit = "verification.submit" "fixes the draft as what was handed in, and holds its number for the organisation",
        Approve = "verification.approve" "what was handed in last counts from now on, the name with it",
        Stand = "verification.stand" { standing: text } "gives the organisation this standing",
        BackLift = "verification.back_lift" "notes who asked that the organisation's people may log in again",
        Lift = "verification.lift" "lets them, if another person asked for it",
        Release = "verification.release" "frees the number for somebody else",
        Prioritise = "verification.prioritise" "the review that was missed comes first next time",
    }
}

/// Carries out [`VerificationEffect`]s.
#[derive(Clone, Copy, Debug)]
pub struct VerificationEffects;

impl Effects for VerificationEffects {
    fn specs(&self) -> &'static [EffectSpec] {
        VerificationEffect::SPECS
    }

    fn apply(&self, tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, call: &EffectCall) -> Result<(), Fault> {
        let corrupt = |text: String| Fault::from(StoreError::Corrupt(text));
        match VerificationEffect::try_from(call).map_err(|e| corrupt(e.to_string()))? {
            VerificationEffect::Submit => {
                first(tx, case, false)?;
                tell_mend(tx, case, None, &[])?;
                forms::submit(tx, case.id)
            }
            VerificationEffect::Approve => approve(tx, grant, case),
            VerificationEffect::Stand { standing } => {
                let wanted =
                    Standing::from_word(&standing).ok_or_else(|| corrupt(format!("no standing {standing}")))?;
                stand(tx, grant, case, wanted)
            }
            VerificationEffect::BackLift => {
                let row = queries::row(tx, case.id)?;
                log_in_block::back(tx, grant.actor, row.org)
            }
            VerificationEffect::Lift => {
                let row = queries::row(tx, case.id)?;
                log_in_block::lift(tx, grant.actor, row.org)
            }
            VerificationEffect::Release => forms::release(tx, case.id),
            VerificationEffect::Prioritise => first(tx, case, true),
        }
    }
}

/// The checker proves of machines that no clock leads to where something is granted; here it is refused once more, whatever a machine says.
fn stand(tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case, wanted: Standing) -> Result<(), Fault> {
    let is_granted = matches!(wanted, Standing::Approved | Standing::Operator);
    if is_granted && !matches!(grant.actor, Actor::Person(_)) {
        return Err(StoreError::Corrupt(format!("{} would be approved by nobody", case.id)).into());
    }
    let row = queries::row(tx, case.id)?;
    if wanted == Standing::Frozen {
        log_in_block::set(tx, grant.actor, row.org)?;
    }
    standing::set(tx, grant.actor, row.org, wanted, None)
}

fn approve(tx: &mut Tx<'_>, grant: &Grant<'_>, case: &Case) -> Result<(), Fault> {
    let row = queries::row(tx, case.id)?;
    let form = forms::approve(tx, case.id)?;
    let now = tx.at();
    tx.put(
        sql!(
            "UPDATE verifications SET subject = ?2, approved_at = ?3, is_first = 0, reason = NULL, mend = '[]' WHERE case_id = ?1
             /* unscoped: by case, after authorisation */"
        ),
        params![case.id, form.subject, now],
    )?;
    standing::set(tx, grant.actor, row.org, Standing::Approved, Some(&form.name))
}

fn first(tx: &mut Tx<'_>, case: &Case, is_first: bool) -> Result<(), Fault> {
    // Who was let down once stays first until a review is made.
    tx.put(
        sql!(
            "UPDATE verifications SET is_first = CASE WHEN ?2 = 1 THEN 1 ELSE is_first END WHERE case_id = ?1
             /* unscoped: by case, after authorisation */"
        ),
        params![case.id, is_first],
    )?;
    Ok(())
}

/// What the applicant is told to mend.
pub(crate) fn tell_mend(tx: &mut Tx<'_>, case: &Case, reason: Option<&str>, mend: &[String]) -> Result<(), Fault> {
    let mend = serde_json::to_string(mend).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    tx.put(
        sql!("UPDATE verifications SET reason = ?2, mend = ?3 WHERE case_id = ?1 /* unscoped: by case, after authorisation */"),
        params![case.id, reason, mend],
    )?;
    Ok(())
}
