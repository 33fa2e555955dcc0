//! Organisations that register.

use super::{PASSWORD, Web, people};
use serde_json::{Value, json};
use std::sync::Arc;
use xr_base::{Actor, Party, Principal};
use xr_identity::Roles;
use xr_verification::{Register, Registered};

/// The body of a registration; `code` may be empty.
pub fn registration(subject: &str, code: &str) -> Value {
    let consent = |(agreement, version): (&str, &str)| json!({ "agreement": agreement, "version": version });
    let legal_person = if subject == "enterprise" { "韩梅梅" } else { "" };
    json!({
        "form": {
            "subject": subject, "name": "杭州测试商贸有限公司", "code": code, "legal_person": legal_person, "contact": "李雷",
            "phone": "13800001111", "email": "shop@example.com",
        },
        "agreements": xr_verification::AGREEMENTS.into_iter().map(consent).collect::<Vec<_>>(),
        "password": PASSWORD,
    })
}

/// Somebody who registered off the network, where no address is counted.
pub struct Applicant {
    /// What was made.
    pub made: Registered,
    /// As who they act.
    pub actor: Actor,
}

/// Registers a person whose draft has no number yet.
pub fn registered(web: &Web) -> Applicant {
    let mut body = registration("person", "");
    let command = Register {
        roles: Arc::new(Roles::shipped().unwrap()),
        pack: xr_verification::PACK.to_owned(),
        form: serde_json::from_value(body["form"].take()).unwrap(),
        agreements: serde_json::from_value(body["agreements"].take()).unwrap(),
        password_hash: web.hash.clone(),
        address: None,
    };
    let made = web.node.store.write_blocking(command).unwrap();
    let permissions = vec!["verification.apply".to_owned()];
    let (user, org) = (made.user, Some(made.org));
    let actor = Actor::Person(Principal { user, org, party: Party::Merchant, permissions, address: None });
    Applicant { made, actor }
}

impl Web {
    /// A session of somebody whose log-in name was given out.
    pub fn token_of(&self, login: &str) -> String {
        people::open_session(&self.node.store, login, &self.hash)
    }
}
