//! Roles and permission words, from the hand-written `roles.toml`.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use xr_base::locale::Text;
use xr_base::{Party, Principal};

use crate::model::{OrgKind, User};

/// One built-in role.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Label, Chinese.
    pub zh: String,
    /// Label, English.
    pub en: String,
    /// The party its people act for.
    pub party: Party,
    /// Kind of organisation its people belong to; none for buyers.
    pub org: Option<OrgKind>,
    /// Permission words.
    pub permissions: BTreeSet<String>,
}

/// All roles and permission words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Every permission word with its label.
    pub permission: BTreeMap<String, Text>,
    /// Every role by name.
    pub role: BTreeMap<String, Role>,
}

/// `roles.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadRoles {
    /// Not of the right shape.
    #[error("roles: {0}")]
    Toml(#[from] toml::de::Error),
    /// A role has a permission that is not declared.
    #[error("roles: {role} has {permission}, which is no declared permission")]
    Undeclared {
        /// Role.
        role: String,
        /// Word.
        permission: String,
    },
    /// A permission that nobody has guards nothing but a locked door.
    #[error("roles: nobody has {0}")]
    Unused(String),
}

impl Roles {
    /// The shipped roles.
    ///
    /// # Errors
    /// [`BadRoles`]; a test keeps the shipped file free of them.
    pub fn shipped() -> Result<Self, BadRoles> {
        Self::parse(include_str!("../roles.toml"))
    }

    /// What a person may do now; none who is disabled or whose role is gone: without a role nothing can be allowed.
    pub fn principal(&self, user: &User) -> Option<Principal> {
        let role = self.role.get(&user.role).filter(|_| !user.is_disabled)?;
        let permissions = role.permissions.iter().cloned().collect();
        Some(Principal { user: user.id, org: user.org, party: user.party, permissions })
    }

    /// Reads and checks a text like `roles.toml`.
    ///
    /// # Errors
    /// [`BadRoles`] for another shape, an undeclared permission or one that no role has.
    pub fn parse(text: &str) -> Result<Self, BadRoles> {
        let roles: Self = toml::from_str(text)?;
        for (name, role) in &roles.role {
            if let Some(unknown) = role.permissions.iter().find(|p| !roles.permission.contains_key(*p)) {
                return Err(BadRoles::Undeclared { role: name.clone(), permission: unknown.clone() });
            }
        }
        let is_used = |word: &String| roles.role.values().any(|role| role.permissions.contains(word));
        match roles.permission.keys().find(|word| !is_used(word)) {
            Some(unused) => Err(BadRoles::Unused(unused.clone())),
            None => Ok(roles),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shipped_matrix_is_the_reviewed_one() {
        let roles = Roles::shipped().unwrap();
        let line = |(name, role): (&String, &Role)| {
            let words: Vec<&str> = role.permissions.iter().map(String::as_str).collect();
            format!("{name} ({}): {}", role.party.word(), words.join(" "))
        };
        let matrix: Vec<String> = roles.role.iter().map(line).collect();
        assert_eq!(
            matrix,
            [
                "agent (platform): aftersales.adjudicate cases.batch packs.read platform.orders",
                "auditor (platform): audit.read packs.read policy.replay system.status",
                "buyer (buyer): aftersales.apply orders.buy",
                "merchant (merchant): aftersales.decide cases.batch catalog.manage imports.manage inventory.manage orders.export \
                 orders.manage orders.review packs.read payments.capture",
                "operator (platform): aftersales.adjudicate audit.read calendars.edit cases.batch demo.clock identity.manage orders.export packs.manage packs.read \
                 payments.chargeback payments.payout payments.reconcile payments.refund payments.settle platform.orders \
                 policy.replay system.status",
            ]
        );
    }

    #[test]
    fn every_word_has_both_labels() {
        let roles = Roles::shipped().unwrap();
        assert!(roles.permission.values().all(|label| !label.zh.is_empty() && !label.en.is_empty()));
    }

    #[test]
    fn an_undeclared_or_unused_word_is_refused() {
        let role = "[role.a]\nzh = \"甲\"\nen = \"A\"\nparty = \"buyer\"\n";
        let undeclared = format!("[permission]\n{role}permissions = [\"x.y\"]");
        assert!(matches!(Roles::parse(&undeclared), Err(BadRoles::Undeclared { .. })));
        let unused = format!("[permission]\n\"x.y\" = {{ zh = \"甲\", en = \"A\" }}\n{role}permissions = []");
        assert!(matches!(Roles::parse(&unused), Err(BadRoles::Unused(word)) if word == "x.y"));
    }
}
