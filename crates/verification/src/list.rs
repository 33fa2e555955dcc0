//! The review desk: whoever a review was missed for comes first, then the others by time left.
//!
//! Cases of a state lie in order of their ids; by time left they are sorted here. A state holds organisations, not orders.

use crate::form::Subject;
use crate::{PACK, Verification, forms};
use std::cmp::Reverse;
use xr_base::{CaseId, Fault, Principal, Scope};
use xr_case::engine::{self, Case, Engine};
use xr_case::model::State;
use xr_store::{Tx, params, record, sql};

/// Place in the list: 1 for who comes first and 0 for others, due in milliseconds, id.
pub(crate) type Key = (i64, i64, i64);

/// Before every place.
pub(crate) const BEFORE_ALL: Key = (2, 0, 0);

/// Due of a case whose clock stands: after all others.
const NEVER: i64 = i64::MAX;

record! {
    struct Row {
        id: CaseId,
        is_first: bool,
        due: i64,
        submissions: i64,
    }
}

/// A verification as the desk lists it.
pub(crate) struct Listed {
    pub case: Case,
    pub subject: Subject,
    pub is_first: bool,
    pub submissions: i64,
}

/// States in which the machine waits for somebody who may what `who` may.
pub(crate) fn waiting_for(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<String>, Fault> {
    let engine = Engine::from_tx(tx)?;
    let ready = engine.books().current(Verification::VOCABULARY.kind, PACK)?;
    let book = ready.book.book();
    let is_theirs = |state: &State| {
        let owner = state.owner.as_ref().filter(|_| !state.rests).and_then(|word| book.actors.get(word));
        owner.is_some_and(|role| role.party == who.party && role.permission.as_ref().is_some_and(|word| who.may(word)))
    };
    Ok(book.states.iter().filter(|(_, state)| is_theirs(state)).map(|(name, _)| name.clone()).collect())
}

/// Verifications in any of `states` that `scope` may see, after `after`.
pub(crate) fn page(
    tx: &mut Tx<'_>,
    scope: Scope,
    states: &[String],
    (after, limit): (Key, i64),
) -> Result<Vec<Listed>, Fault> {
    let mut rows: Vec<Row> = Vec::new();
    for state in states {
        rows.append(&mut tx.all_scoped(
            sql!(
                "SELECT c.id, v.is_first, COALESCE(c.due_at, ?6) AS due,
                 (SELECT COUNT(*) FROM verification_forms f WHERE f.case_id = c.id AND f.stage IN ('submitted', 'approved')) AS submissions
                 FROM cases c JOIN verifications v ON v.case_id = c.id
                 WHERE {ORG:c.} AND c.kind = 'verification' AND c.state = ?2 AND (v.is_first < ?3 OR (v.is_first = ?3
                 AND (COALESCE(c.due_at, ?6) > ?4 OR (COALESCE(c.due_at, ?6) = ?4 AND c.id > ?5))))
                 ORDER BY v.is_first DESC, due, c.id LIMIT ?7"
            ),
            scope,
            params![state.as_str(), after.0, after.1, after.2, NEVER, limit],
        )?);
    }
    rows.sort_by_key(|row| (Reverse(row.is_first), row.due, row.id));
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    rows.into_iter().map(|row| listed(tx, &row)).collect()
}

fn listed(tx: &mut Tx<'_>, row: &Row) -> Result<Listed, Fault> {
    let subject = match forms::handed_in(tx, row.id)? {
        Some((form, _)) => form.subject,
        None => forms::draft(tx, row.id)?.subject,
    };
    let case = engine::get(tx, row.id)?;
    Ok(Listed { case, subject, is_first: row.is_first, submissions: row.submissions })
}
