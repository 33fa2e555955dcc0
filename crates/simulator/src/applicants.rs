//! Organisations that register, hand in papers, and are reviewed.

use crate::Wrong;
use crate::agenda::Thing;
use crate::cast;
use crate::people::answer;
use crate::world::World;
use serde_json::{Value, json};
use std::sync::Arc;
use xr_base::{Actor, CaseId, IdentifierKind, Millis};
use xr_case::engine::Case;
use xr_identity::Roles;
use xr_verification::{AGREEMENTS, AddPaper, Consent, Form, PACK, Register, SaveDraft, Subject, papers};

/// Applicants of a run: enough to go every way of a verification, whatever the size of the market.
pub(crate) const APPLICANTS: i64 = 150;
/// They live on for so long: a verification is due again after half a year, and most of what follows comes after that.
pub(crate) const ACTIVE_FOR: Millis = Millis::days(250);

/// A paper without anything on it.
const PAPER: &[u8] = b"%PDF-1.4\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const CHECKS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The number whose first 17 characters these are.
fn checked(kind: IdentifierKind, start: &str) -> String {
    CHECKS.chars().map(|check| format!("{start}{check}")).find(|whole| kind.check(whole).is_ok()).unwrap_or_default()
}

/// The number of applicant `i`.
pub(crate) fn number(subject: Subject, i: i64) -> String {
    match subject {
        Subject::Person => checked(IdentifierKind::ResidentId, &format!("33010619900307{:03}", i % 1_000)),
        Subject::Enterprise => checked(IdentifierKind::Uscc, &format!("91330106MA2{i:06}")),
    }
}

fn form(subject: Subject, i: i64) -> Form {
    let is_enterprise = subject == Subject::Enterprise;
    Form {
        subject,
        name: format!("商家 {i}"),
        code: number(subject, i),
        legal_person: if is_enterprise { "韩梅梅".to_owned() } else { String::new() },
        address: String::new(),
        contact: "李雷".to_owned(),
        phone: "13800000000".to_owned(),
        email: "shop@example.com".to_owned(),
        bank_account: String::new(),
    }
}

impl World<'_> {
    /// Somebody registers; most of them fill in everything and bring their papers at once.
    pub(crate) fn register(&mut self) -> Result<(), Wrong> {
        self.registered += 1;
        let subject = if self.dice.chance(50) { Subject::Person } else { Subject::Enterprise };
        let mut form = form(subject, self.registered);
        if self.dice.chance(10) {
            form.code.clear();
        }
        // Now and then somebody comes under a number that another one already stands under.
        if self.dice.chance(10) && self.registered > 1 {
            form.code = number(subject, self.dice.int(1, self.registered - 1));
        }
        let roles = Roles::shipped().map_err(|error| Wrong(error.to_string()))?;
        let consent =
            |(agreement, version): (&str, &str)| Consent { agreement: agreement.into(), version: version.into() };
        let command = Register {
            roles: Arc::new(roles),
            pack: PACK.to_owned(),
            form,
            agreements: AGREEMENTS.into_iter().map(consent).collect(),
            password_hash: "none".to_owned(),
            address: None,
        };
        let registered = self.store.write_blocking(command);
        let Some(registered) = answer(self, registered)? else { return Ok(()) };
        let actor = cast::applicant(registered.user, registered.org);
        for kind in ["business_licence", "identity_card"] {
            self.hand_in(&actor, kind)?;
        }
        self.applicants.insert(registered.org, (actor, self.registered));
        Ok(())
    }

    fn hand_in(&mut self, actor: &Actor, kind: &str) -> Result<(), Wrong> {
        let paper = papers::clean(PAPER).map_err(|error| Wrong(error.to_string()))?;
        let add = AddPaper::new(actor.clone(), kind.to_owned(), &paper, self.store.blobs())?;
        let added = self.store.write_blocking(add);
        answer(self, added).map(|_| ())
    }

    /// Somebody who was approved as a person thinks of more.
    pub(crate) fn think_of_more(&mut self, case: CaseId) -> Result<(), Wrong> {
        let Some(known) = self.known.get(&case) else { return Ok(()) };
        let (state, org) = (known.state.clone(), known.org);
        let Some((actor, i)) = org.and_then(|org| self.applicants.get(&org)).cloned() else { return Ok(()) };
        let likely = match state.as_str() {
            "approved" => 70,
            "rejected" | "more_info" | "reverify" => 40,
            // Whoever comes as a person seldom finds out that early.
            "draft" => 10,
            _ => 0,
        };
        if !self.dice.chance(likely) {
            return Ok(());
        }
        let form = form(Subject::Enterprise, i);
        let saved = self.store.write_blocking(SaveDraft { actor, form });
        answer(self, saved).map(|_| ())
    }

    /// What a reviewer reads from the papers; some read a digit wrong, or somebody typed one wrong.
    pub(crate) fn reading(&mut self, case: &Case) -> Result<Value, Wrong> {
        let id = case.id;
        let form = self.store.read_blocking(move |tx| xr_verification::queries::submitted(tx, id))?;
        let Some(form) = form else { return Ok(Value::Null) };
        let code = if self.dice.chance(10) { "91330106MA2XXXXXXX".to_owned() } else { form.code };
        Ok(json!({ "name": form.name, "code": code, "legal_person": form.legal_person }))
    }

    /// Plans when they come.
    pub(crate) fn expect_applicants(&mut self) {
        let start = self.now();
        for _ in 0..APPLICANTS {
            let at = start + self.dice.span(Millis(0), Millis::days(10));
            self.agenda.enter(at, Thing::Register);
        }
    }
}
