//! Applicants of the demo: organisations that register, bring their papers, and are reviewed, by the commands that people use.

use super::data::{Person, broken};
use super::life::Do;
use super::seed::Cast;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use xr_base::locale::Text;
use xr_base::{Actor, CaseId, Fault, Party, Principal};
use xr_identity::Roles;
use xr_store::{Store, Tx, params, sql};
use xr_verification::{AGREEMENTS, AddPaper, Consent, Form, PACK, Register, SaveDraft, Verification, papers, queries};

const APPLICANTS: &str = include_str!("../../demo/applicants.toml");

/// Pictures with their names.
macro_rules! pictures {
    ($($name:literal)*) => {
        [$(($name, include_bytes!(concat!("../../demo/papers/", $name, ".png")).as_slice())),*]
    };
}

/// Drawn by `web/tools/demo-papers.mjs`.
const PAPERS: [(&str, &[u8]); 16] = pictures![
    "banmu" "dingjian" "jiuyu" "liuying" "meng" "nanzhi" "qinghuan" "qingwa" "ruixue" "tang" "xiyun" "yiwei" "yiwei-later" "yuanxiu"
    "zhaolu" "zhiwei"
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    applicant: Vec<Applicant>,
}

/// Somebody who applies.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Applicant {
    /// What scenes call them.
    pub(super) key: String,
    /// Names of the pictures that they bring, one after the other.
    #[serde(default)]
    papers: Vec<String>,
    /// The number on their papers, where it is not the one that they type in.
    pub(super) licence_code: Option<String>,
    /// What the log-in page tells of them; others are not offered there.
    about: Option<Text>,
    /// What they say when they register.
    form: Form,
    /// What they say after something changed.
    later: Option<Form>,
}

/// Everybody who applies in the demo.
pub(super) fn read() -> Result<Vec<Applicant>, Fault> {
    let Written { applicant } = toml::from_str(APPLICANTS).map_err(|e| broken(&e))?;
    Ok(applicant)
}

/// Somebody who has registered.
#[derive(Clone)]
pub(super) struct Registered {
    actor: Actor,
    case: CaseId,
    /// Papers brought so far.
    brought: usize,
}

/// Plays a step of somebody's scene; `with` names the fields that the reviewer, who says `reason`, wants mended.
pub(super) fn play(
    (store, cast): (&Store, &Cast),
    applicant: &Applicant,
    (word, with): (&str, &str),
    reason: &str,
    registered: &mut Option<Registered>,
) -> Result<(), Fault> {
    let Some(they) = registered else {
        if word != "register" {
            return Err(broken(&"who has not registered does nothing"));
        }
        *registered = Some(register((store, cast), applicant)?);
        return Ok(());
    };
    match word {
        "papers" => bring(store, applicant, they),
        "change" => change(store, applicant, they),
        event => {
            let case = they.case;
            let (actor, input) = match Verification::parse(event) {
                Some(Verification::Approve) => (&cast.operator, read_papers(store, applicant, case)?),
                Some(Verification::RequestMore | Verification::Reject) => {
                    let fields: Vec<&str> = with.split(',').filter(|field| !field.is_empty()).collect();
                    (&cast.operator, json!({ "reason": reason, "fields": fields }))
                }
                Some(Verification::Freeze) => (&cast.operator, json!({ "reason": reason })),
                _ => (&they.actor, Value::Null),
            };
            store.write_blocking(Do { actor: actor.clone(), case, event: event.to_owned(), input })
        }
    }
}

fn register((store, cast): (&Store, &Cast), applicant: &Applicant) -> Result<Registered, Fault> {
    let roles = Roles::shipped().map_err(|e| broken(&e))?;
    let permissions = roles.role.get("merchant").map(|role| role.permissions.iter().cloned().collect());
    let consent =
        |(agreement, version): (&str, &str)| Consent { agreement: agreement.to_owned(), version: version.to_owned() };
    let given = store.write_blocking(Register {
        roles: Arc::new(roles),
        pack: PACK.to_owned(),
        form: applicant.form.clone(),
        agreements: AGREEMENTS.into_iter().map(consent).collect(),
        password_hash: cast.hash.clone(),
        address: None,
    })?;
    let actor = Actor::Person(Principal {
        user: given.user,
        org: Some(given.org),
        party: Party::Merchant,
        permissions: permissions.unwrap_or_default(),
        address: None,
    });
    Ok(Registered { actor, case: given.case, brought: 0 })
}

/// Hands in the next of the papers.
fn bring(store: &Store, applicant: &Applicant, they: &mut Registered) -> Result<(), Fault> {
    let name = applicant.papers.get(they.brought).ok_or_else(|| broken(&"no paper is left"))?;
    let (_, picture) = PAPERS.iter().find(|(known, _)| known == name).ok_or_else(|| broken(name))?;
    they.brought += 1;
    let kind = applicant.form.subject.papers().first().copied().unwrap_or("other");
    let add = AddPaper::new(they.actor.clone(), kind.to_owned(), &papers::clean(picture)?, store.blobs())?;
    store.write_blocking(add).map(|_| ())
}

/// They say what has changed.
fn change(store: &Store, applicant: &Applicant, they: &Registered) -> Result<(), Fault> {
    let form = applicant.later.clone().ok_or_else(|| broken(&"nothing changes"))?;
    store.write_blocking(SaveDraft { actor: they.actor.clone(), form }).map(|_| ())
}

/// What the reviewer types in, reading the papers.
fn read_papers(store: &Store, applicant: &Applicant, case: CaseId) -> Result<Value, Fault> {
    let form = store.read_blocking(move |tx| queries::submitted(tx, case))?;
    let form = form.ok_or_else(|| broken(&"nothing was handed in"))?;
    let code = applicant.licence_code.as_ref().unwrap_or(&form.code);
    Ok(json!({ "name": form.name, "code": code, "legal_person": form.legal_person }))
}

/// Those whom the log-in page offers: their log-in names were given out when they registered.
pub(super) fn people(tx: &mut Tx<'_>) -> Result<Vec<Person>, Fault> {
    let mut people = Vec::new();
    for Applicant { form, about, .. } in read()? {
        let Some(about) = about else { continue };
        let found: Option<(String,)> = tx.opt(
            sql!(
                "SELECT u.login FROM orgs o JOIN users u ON u.org_id = o.id WHERE o.name = ?1 AND u.is_owner = 1
                 ORDER BY u.id LIMIT 1 /* unscoped: the demo's log-ins */"
            ),
            params![form.name.as_str()],
        )?;
        let (name, org, party) = (form.contact, Some(form.name), "merchant");
        people.extend(found.map(|(login,)| Person { login, name, party, org, about, is_featured: true }));
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;
    use xr_verification::Subject;

    /// All pictures together; they are part of the binary.
    const BYTES_MAX: usize = 120_000;

    fn forms() -> Vec<Form> {
        read().unwrap().into_iter().flat_map(|a| [Some(a.form), a.later].into_iter().flatten()).collect()
    }

    #[test]
    fn what_applicants_say_is_taken_as_it_is_written() {
        for form in forms() {
            assert_eq!(form.clone().checked().unwrap(), form);
            assert!(form.phone.starts_with("10"), "{}: a number that could be somebody's", form.phone);
        }
    }

    #[test]
    fn numbers_are_plainly_made_up_and_each_names_one_organisation() {
        let all = read().unwrap();
        let codes: Vec<&str> = all.iter().map(|a| a.form.code.as_str()).filter(|code| !code.is_empty()).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        for applicant in all.iter().filter(|a| a.form.subject == Subject::Enterprise && !a.form.code.is_empty()) {
            let given = [Some(&applicant.form.code), applicant.licence_code.as_ref()];
            for code in given.into_iter().flatten() {
                assert!(code.starts_with("91330106MA2DEM"), "{code}");
                assert_eq!(Subject::Enterprise.number().check(code).as_ref(), Ok(code));
            }
            assert_ne!(applicant.licence_code.as_ref(), Some(&applicant.form.code), "{}", applicant.key);
        }
    }

    #[test]
    fn every_picture_is_a_paper_of_one_applicant() {
        let brought: Vec<String> = read().unwrap().into_iter().flat_map(|a| a.papers).collect();
        let named: BTreeSet<&str> = brought.iter().map(String::as_str).collect();
        assert_eq!(named.len(), brought.len());
        assert_eq!(named, PAPERS.iter().map(|(name, _)| *name).collect());
        assert!(PAPERS.iter().all(|(_, picture)| papers::clean(picture).is_ok()));
        assert!(PAPERS.iter().map(|(_, picture)| picture.len()).sum::<usize>() < BYTES_MAX);
    }
}
