//! Who acts, and what they may see.

use crate::address::MaskedAddress;
use crate::id::{OrgId, UserId};
use serde::{Deserialize, Serialize};

/// The parties of a case (decision D10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Who ordered.
    Buyer,
    /// Who sells.
    Merchant,
    /// Who runs the marketplace.
    Platform,
    /// Who carries; has no log-in yet, acts through signed notices.
    Courier,
    /// The product itself: clocks, effects, payment providers' notices.
    System,
}

impl Party {
    /// The word used in machines, tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Merchant => "merchant",
            Self::Platform => "platform",
            Self::Courier => "courier",
            Self::System => "system",
        }
    }

    /// The party with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Buyer, Self::Merchant, Self::Platform, Self::Courier, Self::System]
            .into_iter()
            .find(|p| p.word() == word)
    }
}

/// The rows a caller may see; every query over organisations' data takes one (decision D17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything: platform staff and the system.
    Platform,
    /// Rows of one merchant organisation.
    Merchant(OrgId),
    /// Rows of one buyer.
    Buyer(UserId),
}

/// A logged-in person with what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The person.
    pub user: UserId,
    /// Their organisation; buyers have none.
    pub org: Option<OrgId>,
    /// The party they act for.
    pub party: Party,
    /// Permission words, e.g. `aftersales.decide`, sorted.
    pub permissions: Vec<String>,
    /// Where this request came from; none off the network (command line, workers).
    pub address: Option<MaskedAddress>,
}

impl Principal {
    /// Whether the permission was given.
    pub fn may(&self, permission: &str) -> bool {
        self.permissions.binary_search_by(|p| p.as_str().cmp(permission)).is_ok()
    }

    /// What this person may see.
    pub fn scope(&self) -> Scope {
        match (self.party, self.org) {
            (Party::Platform | Party::System | Party::Courier, _) => Scope::Platform,
            (Party::Merchant, Some(org)) => Scope::Merchant(org),
            _ => Scope::Buyer(self.user),
        }
    }
}

/// Who caused a change, as written into histories and events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A logged-in person.
    Person(Principal),
    /// A payment provider or carrier whose signed notice was verified.
    Provider {
        /// Party the notice speaks for.
        party: Party,
        /// Name of the provider, e.g. `testpay`.
        name: String,
    },
    /// A deadline that passed.
    Clock,
    /// The product itself.
    System,
}

impl Actor {
    /// The party this actor acts for.
    pub const fn party(&self) -> Party {
        match self {
            Self::Person(principal) => principal.party,
            Self::Provider { party, .. } => *party,
            Self::Clock | Self::System => Party::System,
        }
    }

    /// The person, if it is one.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Person(principal) => Some(principal.user),
            _ => None,
        }
    }

    /// Where the person called from.
    pub const fn address(&self) -> Option<&MaskedAddress> {
        match self {
            Self::Person(principal) => principal.address.as_ref(),
            _ => None,
        }
    }

    /// Short form for histories: `usr_…`, `provider:testpay`, `clock` or `system`.
    pub fn label(&self) -> String {
        match self {
            Self::Person(principal) => principal.user.to_string(),
            Self::Provider { name, .. } => format!("provider:{name}"),
            Self::Clock => "clock".to_owned(),
            Self::System => "system".to_owned(),
        }
    }
}
