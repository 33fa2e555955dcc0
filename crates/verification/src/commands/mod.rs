//! Use cases, one transaction each.

mod draft;
mod papers;
mod register;

pub use draft::SaveDraft;
pub use papers::{AddPaper, RemovePaper, SeePaper};
pub(crate) use register::checked;
pub use register::{Register, Registered};

use crate::detail::may_edit;
use crate::{Error, queries};
use serde_json::Value;
use xr_base::{Actor, CaseId, Fault};
use xr_case::engine::{self, Case, authorise};
use xr_store::Tx;
use xr_store::events::{Audience, NewEvent};

/// Whose own verification is changed here.
const APPLY: &str = "verification.apply";

/// The verification of the actor's own organisation, as long as it may be changed.
///
/// # Errors
/// [`Error::NoVerification`], [`Error::NotNow`]; [`Fault::ClockDue`] when silence came first.
fn own(tx: &mut Tx<'_>, actor: &Actor) -> Result<Case, Fault> {
    authorise(actor, APPLY)?;
    let Actor::Person(person) = actor else { return Err(Error::NoVerification.into()) };
    let case = match person.org {
        Some(org) => queries::of_org(tx, org)?,
        None => None,
    };
    let case = engine::get(tx, case.ok_or(Error::NoVerification)?)?;
    let now = tx.at();
    if engine::clocks_of(tx, case.id)?.iter().any(|clock| clock.fire_at.is_some_and(|at| at <= now)) {
        return Err(Fault::ClockDue(case.id));
    }
    if may_edit(&case) { Ok(case) } else { Err(Error::NotNow.into()) }
}

/// Neither numbers nor names enter the event.
fn tell(tx: &mut Tx<'_>, actor: &Actor, case: &Case, what: &str, body: Value) -> Result<(), Fault> {
    let at = tx.at();
    tx.event(&NewEvent {
        kind: &format!("verification.{what}"),
        at,
        case: Some(case.id),
        object: None,
        audience: Audience { merchant_org: case.merchant_org, ..Audience::default() },
        actor,
        body,
    })?;
    Ok(())
}

/// The case as it is, for whoever may see it.
fn case_of(tx: &mut Tx<'_>, id: CaseId) -> Result<Case, Fault> {
    engine::get(tx, id)
}
