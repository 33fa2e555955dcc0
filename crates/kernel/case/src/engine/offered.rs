//! What somebody may do to cases of a kind, whichever they are: for acts on many of them at once.

use super::{Engine, Possible};
use crate::step;
use xr_base::{Fault, Principal};
use xr_store::Tx;

/// The acts of `principal` on cases of `kind` under every current rulebook, those of one `state` or of all; none for an unknown kind.
/// Guards are not asked: each case asks its own when it is acted on.
///
/// # Errors
/// [`super::Error::NotWired`].
pub fn acts_of_kind(
    tx: &mut Tx<'_>,
    (kind, state): (&str, Option<&str>),
    principal: &Principal,
) -> Result<Vec<Possible>, Fault> {
    let engine = Engine::from_tx(tx)?;
    let Some(wired) = engine.kind(kind) else { return Ok(Vec::new()) };
    let mut acts: Vec<Possible> = Vec::new();
    for ready in engine.books().all_current().iter().filter(|ready| ready.book.book().kind == kind) {
        let states = ready.book.book().states.keys().filter(|name| state.is_none_or(|wanted| wanted == *name));
        for act in states.flat_map(|name| step::offered(&ready.book, name, principal)) {
            if acts.iter().all(|known| known.event != act.event) {
                acts.push(Possible::of(act, wired.as_ref()));
            }
        }
    }
    Ok(acts)
}
