//! Roles and permission words, from the hand-written `roles.toml`.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use xr_base::locale::Text;
use xr_base::{Party, Principal};

use crate::Standing;
use crate::model::{OrgKind, User};

/// In the place of a built-in role's name: the person has a role that their organisation made. No built-in role is called so, so
/// that a program which knows of none gives such a person no right at all.
pub const CUSTOM: &str = "custom";

/// In the place of a built-in role's name: it is no person but a key of the open API, with words of its own.
pub const KEY: &str = "api_key";

/// What keys of the open API are called, and what they may never do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Label, Chinese.
    pub zh: String,
    /// Label, English.
    pub en: String,
    /// Permission words that stay with people.
    pub people_only: BTreeSet<String>,
}

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
    /// Whether who owns an organisation of that kind has it.
    #[serde(default)]
    pub is_main: bool,
    /// Permission words.
    pub permissions: BTreeSet<String>,
}

/// All roles and permission words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// First parts of permission words with their labels.
    pub group: BTreeMap<String, Text>,
    /// Every permission word with its label.
    pub permission: BTreeMap<String, Text>,
    /// Every role by name.
    pub role: BTreeMap<String, Role>,
    /// Keys of the open API.
    #[serde(default)]
    pub key: Keys,
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
    /// The first part of a permission has no label.
    #[error("roles: {0} belongs to no group")]
    Ungrouped(String),
    /// A kind of organisation has roles and no main one with all of their words, or two.
    #[error("roles: no main role for {}", .0.word())]
    NoMain(OrgKind),
    /// A built-in role is called as those of organisations or as keys are.
    #[error("roles: the names {CUSTOM} and {KEY} are taken")]
    NameTaken,
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
        let permissions = self.words_of(user).filter(|_| !user.is_disabled)?;
        let permissions = permissions.into_iter().map(str::to_owned).collect();
        Some(Principal { user: user.id, org: user.org, party: user.party, permissions, address: None })
    }

    /// [`Self::principal`] within what the standing of their organisation allows.
    pub(crate) fn principal_in(&self, user: &User, standing: Option<Standing>) -> Option<Principal> {
        let mut principal = self.principal(user)?;
        if let Some(standing) = standing {
            standing.keep(&mut principal.permissions);
        }
        Some(principal)
    }

    /// The words of a person's role, whether or not they may log in; none of a built-in role that is gone. A role of an organisation
    /// counts as far as built-in roles of the kind go today, and so does a key, without the words that stay with people.
    pub fn words_of<'a>(&'a self, user: &'a User) -> Option<BTreeSet<&'a str>> {
        if user.role != CUSTOM && user.role != KEY {
            return self.role.get(&user.role).map(|role| role.permissions.iter().map(String::as_str).collect());
        }
        let kind = OrgKind::of(user.party)?;
        // A role that is not there any more gives nothing.
        let words = user.own_role_words.iter().flat_map(|words| words.0.iter()).map(String::as_str);
        let mut words = &words.collect() & &self.ceiling(kind);
        if user.role == KEY {
            words.retain(|word| !self.key.people_only.contains(*word));
        }
        Some(words)
    }

    /// What a person's role is called: one that the organisation made, by its name.
    pub fn label_of(&self, user: &User) -> Text {
        let built_in = self.role.get(&user.role).map(|role| Text { zh: role.zh.clone(), en: role.en.clone() });
        if user.role == KEY {
            return Text { zh: self.key.zh.clone(), en: self.key.en.clone() };
        }
        let own = user.own_role_name.clone().unwrap_or_default();
        built_in.unwrap_or_else(|| Text { zh: own.clone(), en: own })
    }

    /// Built-in roles of an organisation of this kind.
    pub fn of_kind(&self, kind: OrgKind) -> impl Iterator<Item = (&str, &Role)> {
        self.role.iter().filter(move |(_, role)| role.org == Some(kind)).map(|(name, role)| (name.as_str(), role))
    }

    /// Every word that somebody of an organisation of this kind can have.
    pub fn ceiling(&self, kind: OrgKind) -> BTreeSet<&str> {
        self.of_kind(kind).flat_map(|(_, role)| role.permissions.iter().map(String::as_str)).collect()
    }

    /// The role of who owns an organisation of this kind.
    pub fn main_of(&self, kind: OrgKind) -> Option<&str> {
        self.of_kind(kind).find(|(_, role)| role.is_main).map(|(name, _)| name)
    }

    fn has_main(&self, kind: OrgKind) -> bool {
        let mut main = self.of_kind(kind).map(|(_, role)| role).filter(|role| role.is_main);
        let has_all = |role: &Role| self.ceiling(kind).iter().all(|word| role.permissions.contains(*word));
        main.next().is_some_and(has_all) && main.next().is_none()
    }

    /// Reads and checks a text like `roles.toml`.
    ///
    /// # Errors
    /// [`BadRoles`] for another shape, an undeclared permission or one that no role has, or a main role that lacks one.
    pub fn parse(text: &str) -> Result<Self, BadRoles> {
        let roles: Self = toml::from_str(text)?;
        if let Some(kind) = roles.role.values().filter_map(|role| role.org).find(|kind| !roles.has_main(*kind)) {
            return Err(BadRoles::NoMain(kind));
        }
        if roles.role.contains_key(CUSTOM) || roles.role.contains_key(KEY) {
            return Err(BadRoles::NameTaken);
        }
        let is_stray = |word: &&String| !roles.group.contains_key(group_of(word));
        if let Some(word) = roles.permission.keys().find(is_stray) {
            return Err(BadRoles::Ungrouped(word.clone()));
        }
        let of_keys = [(KEY, &roles.key.people_only)];
        let of_roles = roles.role.iter().map(|(name, role)| (name.as_str(), &role.permissions));
        for (name, words) in of_roles.chain(of_keys) {
            if let Some(unknown) = words.iter().find(|p| !roles.permission.contains_key(*p)) {
                return Err(BadRoles::Undeclared { role: name.to_owned(), permission: unknown.clone() });
            }
        }
        let is_used = |word: &String| roles.role.values().any(|role| role.permissions.contains(word));
        match roles.permission.keys().find(|word| !is_used(word)) {
            Some(unused) => Err(BadRoles::Unused(unused.clone())),
            None => Ok(roles),
        }
    }
}

/// The part before the dot.
pub fn group_of(word: &str) -> &str {
    word.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::Words;

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
                "auditor (platform): audit.read operations.read packs.read policy.replay system.status",
                "buyer (buyer): aftersales.apply orders.buy",
                "merchant (merchant): aftersales.decide cases.batch catalog.manage imports.manage inventory.manage \
                 keys.manage members.manage operations.read orders.export orders.manage orders.remark orders.review packs.read payments.capture \
                 verification.apply webhooks.manage",
                "merchant_service (merchant): aftersales.decide cases.batch orders.remark packs.read",
                "merchant_warehouse (merchant): cases.batch inventory.manage orders.export orders.manage orders.remark packs.read",
                "operator (platform): aftersales.adjudicate audit.read calendars.edit cases.batch demo.clock identity.manage \
                 keys.manage members.manage operations.read orders.export packs.manage packs.read payments.chargeback payments.payout payments.reconcile payments.refund payments.settle platform.orders \
                 policy.replay system.keys system.status verification.freeze verification.lead verification.review webhooks.manage",
                "security (platform): operations.read packs.read verification.freeze",
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
        let role = "[group]\nx = { zh = \"甲\", en = \"A\" }\n[role.a]\nzh = \"甲\"\nen = \"A\"\nparty = \"buyer\"\n";
        let undeclared = format!("{role}permissions = [\"x.y\"]\n[permission]");
        assert!(matches!(Roles::parse(&undeclared), Err(BadRoles::Undeclared { .. })));
        let unused = format!("{role}permissions = []\n[permission]\n\"x.y\" = {{ zh = \"甲\", en = \"A\" }}");
        assert!(matches!(Roles::parse(&unused), Err(BadRoles::Unused(word)) if word == "x.y"));
        let stray = unused.replace("x.y", "z.y");
        assert!(matches!(Roles::parse(&stray), Err(BadRoles::Ungrouped(word)) if word == "z.y"));
        for taken in [CUSTOM, KEY] {
            let named = unused.replace("role.a", &format!("role.{taken}"));
            assert!(matches!(Roles::parse(&named), Err(BadRoles::NameTaken)));
        }
        let of_key =
            format!("{role}permissions = []\n[permission]\n[key]\nzh = \"甲\"\nen = \"A\"\npeople_only = [\"x.z\"]");
        assert!(matches!(Roles::parse(&of_key), Err(BadRoles::Undeclared { role, .. }) if role == KEY));
    }

    #[test]
    fn the_main_account_lacks_nothing_that_its_people_can_have() {
        let text = include_str!("../roles.toml");
        let of = |from: &str, to: &str| {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            Roles::parse(&changed).err().map(|error| error.to_string())
        };
        let none = Some("roles: no main role for merchant".to_owned());
        assert_eq!(of("\"aftersales.decide\", \"cases.batch\", \"catalog.manage\"", "\"catalog.manage\""), none);
        assert_eq!(of("org = \"merchant\"\nis_main = true", "org = \"merchant\""), none);
        let two = of("en = \"Warehouse\"", "en = \"Warehouse\"\nis_main = true");
        assert_eq!(two, none);
    }

    #[test]
    fn a_role_of_an_organisation_never_reaches_beyond_its_kind_and_nothing_when_it_is_gone() {
        let roles = Roles::shipped().unwrap();
        let mut user = User {
            id: xr_base::UserId(1),
            login: "ann".to_owned(),
            name: "Ann".to_owned(),
            phone_masked: String::new(),
            role: CUSTOM.to_owned(),
            party: Party::Merchant,
            org: Some(xr_base::OrgId(2)),
            locale: None,
            is_disabled: false,
            is_owner: false,
            version: 1,
            own_role: Some(xr_base::RoleId(3)),
            own_role_name: Some("售后".to_owned()),
            own_role_words: Some(Words(["aftersales.decide", "identity.manage", "x.y"].map(str::to_owned).into())),
        };
        assert_eq!(roles.principal(&user).unwrap().permissions, ["aftersales.decide"]);
        user.role = KEY.to_owned();
        user.own_role_words =
            Some(Words(["aftersales.decide", "keys.manage", "members.manage"].map(str::to_owned).into()));
        assert_eq!(roles.principal(&user).unwrap().permissions, ["aftersales.decide"]);
        user.role = CUSTOM.to_owned();
        user.own_role_words = None;
        assert_eq!(roles.principal(&user).unwrap().permissions, Vec::<String>::new());
        user.party = Party::Buyer;
        assert_eq!(roles.principal(&user), None);
        user.role = "gone".to_owned();
        assert_eq!(roles.principal(&user), None);
    }
}
