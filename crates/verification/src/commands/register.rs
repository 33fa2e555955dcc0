//! An organisation registers itself.

use crate::form::Form;
use crate::{Consent, Error, consents, forms};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;
use xr_base::{Actor, CaseId, Fault, OrgId, Party, Principal, UserId};
use xr_case::engine::{self, NewCase};
use xr_identity::Roles;
use xr_identity::commands::{NewApplicant, register};
use xr_store::{Command, Tx, params, sql};

/// Registers an organisation with its main account, and opens its verification.
#[derive(Clone, Debug)]
pub struct Register {
    /// Roles in force.
    pub roles: Arc<Roles>,
    /// Pack of the verification.
    pub pack: String,
    /// The first draft; name, contact, phone and e-mail at least.
    pub form: Form,
    /// What was consented to.
    pub agreements: Vec<Consent>,
    /// From [`xr_identity::Identity::hash_first`].
    pub password_hash: String,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

/// The form as it is kept: with all that a registration needs, and consent to every agreement in force.
pub(crate) fn checked(form: &Form, agreements: &[Consent]) -> Result<Form, Error> {
    consents::check(agreements)?;
    let form = form.clone().checked()?;
    for (field, text) in [("contact", &form.contact), ("phone", &form.phone), ("email", &form.email)] {
        if text.is_empty() {
            return Err(Error::input(field, "empty"));
        }
    }
    Ok(form)
}

/// Who registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The organisation.
    pub org: OrgId,
    /// Its main account.
    pub user: UserId,
    /// The log-in name that was given out.
    pub login: String,
    /// The verification.
    pub case: CaseId,
}

impl Command for Register {
    type Out = Registered;
    const NAME: &'static str = "verification.register";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Registered, Fault> {
        let form = checked(&self.form, &self.agreements)?;
        let new = NewApplicant {
            org_name: &form.name,
            person: &form.contact,
            phone: &form.phone,
            password_hash: &self.password_hash,
            address: self.address,
        };
        let (org, user) = register(tx, &self.roles, &new)?;
        let case: CaseId = tx.id();
        tx.put(
            sql!(
                "INSERT INTO verifications (case_id, org_id, subject, approved_at, is_first, reason, mend)
                 VALUES (?1, ?2, NULL, NULL, 0, NULL, '[]') /* unscoped: registering */"
            ),
            params![case, org.id],
        )?;
        forms::save_draft(tx, case, &form)?;
        consents::keep(tx, case, user.id)?;
        let actor = Actor::Person(Principal {
            user: user.id,
            org: Some(org.id),
            party: Party::Merchant,
            permissions: Vec::new(),
            address: None,
        });
        engine::open(
            tx,
            &NewCase {
                id: case,
                kind: "verification",
                pack: &self.pack,
                parent: None,
                merchant_org: Some(org.id),
                shop: None,
                buyer: None,
                actor: &actor,
            },
        )?;
        Ok(Registered { org: org.id, user: user.id, login: user.login, case })
    }
}
