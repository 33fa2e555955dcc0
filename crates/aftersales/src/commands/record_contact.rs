//! The merchant records that the buyer was reached; some packs let nobody reject without.

use crate::Error;
use crate::commands::add_evidence::open_case;
use crate::evidence::{check_words, person};
use crate::model::Channel;
use crate::words::CONTACTS;
use serde::{Deserialize, Serialize};
use xr_base::{Actor, CaseId, Fault, Instant, Millis, RowId};
use xr_case::engine::authorise;
use xr_store::{Command, Tx, params, sql};

const MINUTE: Millis = Millis::minutes(1);

/// How the buyer was reached.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// Over which channel.
    #[schema(value_type = String)]
    pub channel: Channel,
    /// When they spoke: not ahead, and not before the application.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// What was said, 1..=500 characters.
    pub note: String,
}

/// Records a contact on an open case.
#[derive(Clone, Debug)]
pub struct RecordContact {
    /// A person of the merchant.
    pub actor: Actor,
    /// The case.
    pub case: CaseId,
    /// The contact.
    pub contact: NewContact,
}

impl Command for RecordContact {
    type Out = RowId;
    const NAME: &'static str = "aftersales.record_contact";

    fn run(&self, tx: &mut Tx<'_>) -> Result<RowId, Fault> {
        authorise(&self.actor, "aftersales.decide")?;
        open_case(tx, &self.actor, self.case)?;
        let (_, user) = person(&self.actor)?;
        let contact = &self.contact;
        check_words("note", &contact.note, true)?;
        let (id, now) = (tx.id::<RowId>(), tx.now());
        let opened_at = xr_case::engine::get(tx, self.case)?.opened_at;
        // People name a minute; the one in which the application came in may begin before it.
        if contact.at > now || contact.at < opened_at - Millis(opened_at.0.rem_euclid(MINUTE.0)) {
            return Err(Error::ContactTime(contact.at).into());
        }
        let at = contact.at.max(opened_at);
        let sealed = CONTACTS.seal(tx, id.0, contact.note.trim())?;
        tx.put(
            sql!(
                "INSERT INTO contacts (id, case_id, user_id, channel, note, sealed_note, at, recorded_at)
                 VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, ?7) /* unscoped: after authorisation */"
            ),
            params![id, self.case, user, contact.channel, sealed, at, now],
        )?;
        Ok(id)
    }
}
