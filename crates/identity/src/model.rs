//! Rows of this slice.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use xr_base::value::{FromValue, Value};
use xr_base::{Currency, Instant, OrgId, Party, RoleId, RowId, ShopId, StoreError, UserId};
use xr_store::record;

/// What an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    /// Who runs the marketplace.
    Platform,
    /// A seller.
    Merchant,
    /// A carrier.
    Courier,
}

impl OrgKind {
    /// The word in tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Merchant => "merchant",
            Self::Courier => "courier",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Platform, Self::Merchant, Self::Courier].into_iter().find(|kind| kind.word() == word)
    }

    /// The kind of organisation whose people act for `party`; none for buyers and machines.
    pub const fn of(party: Party) -> Option<Self> {
        match party {
            Party::Platform => Some(Self::Platform),
            Party::Merchant => Some(Self::Merchant),
            _ => None,
        }
    }
}

xr_base::stored_as_word!(OrgKind);

record! {
    /// An organisation.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
    pub struct Org {
        /// Id.
        #[schema(value_type = String)]
        pub id: OrgId,
        /// What it is.
        pub kind: OrgKind,
        /// Name as shown.
        pub name: String,
    }
}

/// Permission words of a role that an organisation made, kept as a JSON list in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words(pub BTreeSet<String>);

impl FromValue for Words {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        let text = String::from_value(value)?;
        serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(format!("permissions: {error}")))
    }
}

record! {
    /// A person with a log-in.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct User {
        /// Id.
        pub id: UserId,
        /// Log-in name, lower case.
        pub login: String,
        /// Name as shown.
        pub name: String,
        /// Phone with its middle hidden, or empty.
        pub phone_masked: String,
        /// A role of `roles.toml`, or [`crate::roles::CUSTOM`].
        pub role: String,
        /// The party of that role, when the person was created.
        pub party: Party,
        /// Organisation; buyers have none.
        pub org: Option<OrgId>,
        /// Language tag they chose.
        pub locale: Option<String>,
        /// Whether log-in is refused.
        pub is_disabled: bool,
        /// Whether it is a main account of the organisation.
        pub is_owner: bool,
        /// Counts changes by who administers the organisation.
        pub version: i64,
        /// The role that the organisation made, in the place of a built-in one.
        pub own_role: Option<RoleId>,
        /// Its name.
        pub own_role_name: Option<String>,
        /// Its words; none when it is gone.
        pub own_role_words: Option<Words>,
    }
}

record! {
    /// A role that an organisation made of permission words.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OrgRole {
        /// Id.
        pub id: RoleId,
        /// Name, once in the organisation.
        pub name: String,
        /// What it allows.
        pub words: Words,
        /// Counts changes.
        pub version: i64,
        /// How many people have it, disabled ones too.
        pub members: i64,
    }
}

record! {
    /// A shop of a merchant.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
    pub struct Shop {
        /// Id.
        #[schema(value_type = String)]
        pub id: ShopId,
        /// Whose shop.
        #[schema(value_type = String)]
        pub merchant_org: OrgId,
        /// Name as shown.
        pub name: String,
        /// Policy pack chosen; none means the source platform's or the default one.
        pub pack: Option<String>,
        /// Currency of its prices.
        #[schema(value_type = String)]
        pub currency: Currency,
    }
}

record! {
    /// A session as its owner sees it.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
    pub struct OpenSession {
        /// Id; no secret.
        #[schema(value_type = String)]
        pub id: RowId,
        /// Log-in, wall time.
        #[schema(value_type = String, format = DateTime)]
        pub created_at: Instant,
        /// End, wall time.
        #[schema(value_type = String, format = DateTime)]
        pub expires_at: Instant,
        /// Whether it is the session that asks.
        pub is_current: bool,
        /// Where it was opened, the last part hidden.
        pub address: Option<String>,
        /// By which browser or program, as that one said.
        pub browser: Option<String>,
        /// On which system, as the browser said.
        pub system: Option<String>,
    }
}

/// `text` trimmed, if it has 1..=`max` characters and no control characters.
///
/// # Errors
/// [`crate::Error::BadText`] naming `field`.
pub fn printable(field: &'static str, text: &str, max: usize) -> Result<String, crate::Error> {
    let text = text.trim();
    let is_good = (1..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_good { Ok(text.to_owned()) } else { Err(crate::Error::BadText { field, max }) }
}

/// A phone number with all but its first three and last two characters hidden; short ones are hidden wholly.
pub fn mask_phone(phone: &str) -> String {
    let count = phone.chars().count();
    let hide = |(index, c): (usize, char)| if count > 6 && (index < 3 || index + 2 >= count) { c } else { '*' };
    phone.chars().enumerate().map(hide).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_phone_keeps_its_ends_only() {
        assert_eq!(mask_phone("13812345678"), "138******78");
        assert_eq!(mask_phone("12345"), "*****");
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(printable("name", " 张三 ", 2), Ok("张三".to_owned()));
        for bad in ["", "  ", "张三丰", "a\nb"] {
            assert!(printable("name", bad, 2).is_err(), "{bad:?}");
        }
    }
}
