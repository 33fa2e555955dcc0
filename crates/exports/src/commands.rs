//! What people do: ask for an export, take it back, download it.

use crate::model::{FileFormat, State, Wanted};
use crate::{queries, sealed};
use serde_json::json;
use xr_base::{Actor, ExportId, Fault, Locale, OrgId, Principal, Problem, Scope, StoreError};
use xr_store::events::{Audience, NewEvent};
use xr_store::{Command, Tx, params, sql};
use xr_web::texts::tag;

/// Permission of everything here.
pub(crate) const PERMISSION: &str = "orders.export";
/// Who has one of these may see whom parcels go to, also in a file; that it was asked for is on record.
const PLAIN: [&str; 2] = ["orders.manage", "platform.orders"];
/// Exports of an organisation that are to be written, and files that it keeps. Two asked at the same instant may go one beyond.
const OPEN_MAX: i64 = 3;
const KEPT_MAX: i64 = 50;
/// Longest search and name of a state, in characters.
const TEXT_CHARS_MAX: usize = 100;

fn forbidden(permission: &str) -> Problem {
    Problem::new(403, "web.forbidden").with("permission", permission)
}

pub(crate) fn not_found() -> Problem {
    Problem::new(404, "web.not_found")
}

/// The person, and their merchant's organisation; none for people of the platform.
fn asker(actor: &Actor) -> Result<(&Principal, Option<OrgId>), Problem> {
    xr_identity::authorise(actor, PERMISSION)?;
    let Actor::Person(person) = actor else { return Err(forbidden(PERMISSION)) };
    match person.scope() {
        Scope::Platform => Ok((person, None)),
        Scope::Merchant(org) => Ok((person, Some(org))),
        Scope::Buyer(_) => Err(forbidden(PERMISSION)),
    }
}

/// Whether somebody may have whom parcels go to in a file.
///
/// # Errors
/// 403 `web.forbidden`.
pub(crate) fn may_have_plain(person: &Principal) -> Result<(), Problem> {
    if PLAIN.iter().any(|permission| person.may(permission)) { Ok(()) } else { Err(forbidden(&PLAIN.join(" | "))) }
}

/// Puts on record what becomes of an export. Never what was searched for: it may be a name.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    kind: &'static str,
    (actor, org): (&Actor, Option<OrgId>),
    export: ExportId,
    body: serde_json::Value,
) -> Result<(), Fault> {
    let audience = Audience { merchant_org: org, shop: None, buyer: None };
    let at = tx.now();
    let object = Some(export.0);
    tx.event(&NewEvent { kind, at, case: None, object, audience, actor, body })?;
    Ok(())
}

/// Asks for a file of the orders that the asker's list shows.
#[derive(Clone, Debug)]
pub struct AskExport {
    /// Who.
    pub actor: Actor,
    /// Which orders.
    pub wanted: Wanted,
    /// What the file is.
    pub format: FileFormat,
    /// Whether names, phones and addresses stand there in full.
    pub is_plain: bool,
    /// Language of headers and states.
    pub locale: Locale,
}

impl AskExport {
    fn check(&self) -> Result<(), Problem> {
        for (field, text) in [("q", &self.wanted.q), ("state", &self.wanted.state)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
                let long = Problem::new(422, "exports.search_too_long");
                return Err(long.field(field).with("max", TEXT_CHARS_MAX));
            }
        }
        Ok(())
    }
}

impl Command for AskExport {
    type Out = ExportId;
    const NAME: &'static str = "exports.ask";

    fn run(&self, tx: &mut Tx<'_>) -> Result<ExportId, Fault> {
        let (person, org) = asker(&self.actor)?;
        if self.is_plain {
            may_have_plain(person)?;
        }
        self.check()?;
        let (open, kept) = queries::counts(tx, org)?;
        if open >= OPEN_MAX {
            return Err(Problem::new(409, "exports.too_many_open").with("max", OPEN_MAX).into());
        }
        if kept >= KEPT_MAX {
            return Err(Problem::new(409, "exports.too_many_kept").with("max", KEPT_MAX).into());
        }
        let (id, now) = (tx.id::<ExportId>(), tx.now());
        let wanted = Wanted { may_reveal: may_have_plain(person).is_ok(), ..self.wanted.clone() };
        let filter = sealed::filter(tx, id, &wanted)?;
        tx.put(
            sql!(
                "INSERT INTO order_exports (id, merchant_org, asked_by, asked_at, locale, format, is_plain, filter,
                 sealed_filter, state, held_until, fence, cursor_id, orders_done, row_count, size_bytes, draft, has_parts, failure)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '{}', ?8, 'waiting', 0, 0, ?9, 0, 0, 0, '', 0, '')
                 /* unscoped: inserting after authorisation */"
            ),
            params![
                id,
                org,
                person.user,
                now,
                tag(self.locale),
                self.format,
                self.is_plain,
                filter,
                i64::MAX
            ],
        )?;
        let body = json!({
            "export": id, "format": self.format, "is_plain": self.is_plain, "shop": self.wanted.shop,
            "state": self.wanted.state, "is_searched": self.wanted.q.is_some(),
        });
        note(tx, "export.asked", (&self.actor, org), id, body)?;
        Ok(id)
    }
}

/// Takes an export back: one that is open is not written any more, the file of one that is done is deleted.
#[derive(Clone, Debug)]
pub(crate) struct RemoveExport {
    pub(crate) actor: Actor,
    pub(crate) export: ExportId,
}

impl Command for RemoveExport {
    type Out = ();
    const NAME: &'static str = "exports.remove";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (person, org) = asker(&self.actor)?;
        let row = queries::export(tx, person.scope(), self.export)?.ok_or_else(not_found)?;
        if row.asked_by != person.user {
            return Err(Problem::new(403, "exports.not_yours").into());
        }
        let next = match row.state {
            State::Waiting | State::Running => State::Cancelled,
            State::Done => State::Deleted,
            // Nothing is left of it; wanting that again is no mistake.
            State::Failed | State::Cancelled | State::Deleted | State::Expired => return Ok(()),
        };
        let now = tx.now();
        let changed = tx.exec(
            sql!(
                "UPDATE order_exports SET state = ?2, sealed_filter = NULL, ended_at = COALESCE(ended_at, ?4), expires_at = NULL
                 WHERE id = ?1 AND state = ?3 /* unscoped: found in scope */"
            ),
            params![row.id, next, row.state, now],
        )?;
        StoreError::compared(changed, "the export")?;
        note(tx, "export.removed", (&self.actor, org), row.id, json!({ "export": row.id, "state": next }))
    }
}

/// Puts on record that a file leaves the house.
#[derive(Clone, Debug)]
pub(crate) struct NoteDownload {
    pub(crate) actor: Actor,
    pub(crate) export: ExportId,
}

impl Command for NoteDownload {
    type Out = ();
    const NAME: &'static str = "exports.note_download";

    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (person, org) = asker(&self.actor)?;
        let row = queries::export(tx, person.scope(), self.export)?.ok_or_else(not_found)?;
        let body = json!({ "export": row.id, "rows": row.row_count, "is_plain": row.is_plain });
        note(tx, "export.downloaded", (&self.actor, org), row.id, body)
    }
}
