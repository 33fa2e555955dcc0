//! What somebody looks for in the log.

use crate::model::{Entry, first_id_at};
use std::net::IpAddr;
use xr_base::{BatchId, CaseId, ExportId, Instant, MaskedAddress, OrgId, Party, Problem, RoleId, ShopId, UserId};

/// Whose acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Who {
    /// People of merchants and of the platform.
    #[default]
    Staff,
    /// One of them.
    Member(UserId),
    /// Everybody and everything. This and what follows is for the platform alone, and without an index of its own: buyers, clocks
    /// and the product write most events.
    Anybody,
    /// One buyer.
    Buyer(UserId),
    /// Buyers.
    Buyers,
    /// Deadlines that passed.
    Clock,
    /// The product itself.
    System,
    /// Payment providers and carriers.
    Providers,
}

impl Who {
    /// The word of the API for those that are no person.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "" => Self::Staff,
            "anybody" => Self::Anybody,
            "buyers" => Self::Buyers,
            "clock" => Self::Clock,
            "system" => Self::System,
            "providers" => Self::Providers,
            _ => return None,
        })
    }

    /// Whether these are people whose acts are indexed.
    pub(crate) const fn is_staff(self) -> bool {
        matches!(self, Self::Staff | Self::Member(_))
    }

    fn fits(self, entry: &Entry) -> bool {
        match self {
            Self::Staff => is_staff(entry.party),
            Self::Member(user) => is_staff(entry.party) && entry.actor == user.to_string(),
            Self::Anybody => true,
            Self::Buyer(user) => entry.actor == user.to_string(),
            Self::Buyers => entry.party == Party::Buyer,
            Self::Clock => entry.actor == "clock",
            Self::System => entry.actor == "system",
            Self::Providers => entry.actor.starts_with("provider:"),
        }
    }
}

const fn is_staff(party: Party) -> bool {
    matches!(party, Party::Merchant | Party::Platform)
}

/// To what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A case, with those that were opened for it.
    Cases(Vec<CaseId>),
    /// A person, role, organisation, shop or file: the raw id.
    Thing(i64),
}

/// Which entries; nothing given means those of staff.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whose acts.
    pub who: Who,
    /// A kind of event, or its first part.
    pub what: Option<String>,
    /// To what.
    pub object: Option<Object>,
    /// Recorded at this moment or later.
    pub from: Option<Instant>,
    /// Recorded before this moment.
    pub to: Option<Instant>,
    /// From this masked address.
    pub address: Option<String>,
    /// The reader is of a merchant: what people of the platform did shows neither who nor from where.
    pub is_outsider: bool,
}

impl Filter {
    /// Whether an entry is looked for. Its time is not asked: searches walk ids, which are times.
    pub(crate) fn fits(&self, entry: &Entry) -> bool {
        let from = entry.address.as_deref().filter(|_| !self.hides(entry));
        self.who.fits(entry)
            && self.what.as_deref().is_none_or(|what| is_of(&entry.kind, what))
            && self.address.as_deref().is_none_or(|address| from == Some(address))
    }

    /// Whether who did it, and from where, is not for the reader.
    pub(crate) const fn hides(&self, entry: &Entry) -> bool {
        self.is_outsider && !matches!(entry.party, Party::Merchant)
    }

    /// Ids from the first (inclusive) to the second (exclusive) are in question.
    pub(crate) fn ids(&self) -> (i64, i64) {
        (self.from.map_or(0, first_id_at), self.to.map_or(i64::MAX, first_id_at))
    }
}

/// Whether a kind is `what`, or one of the kinds whose first part that is.
pub(crate) fn is_of(kind: &str, what: &str) -> bool {
    kind.strip_prefix(what).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// An address as the record has it, from a whole one or a masked one, also without its asterisk.
///
/// # Errors
/// 422 `oplog.bad_address`.
pub(crate) fn masked(text: &str) -> Result<String, Problem> {
    let bare = text.trim().trim_end_matches('*').trim_end_matches(['.', ':']);
    let parts = |between: char| bare.matches(between).count() + 1;
    let whole = match (parts('.'), parts(':')) {
        (3, 1) => format!("{bare}.0"),
        (1, 3) => format!("{bare}::"),
        _ => bare.to_owned(),
    };
    let found = whole.parse::<IpAddr>().or_else(|_| bare.parse());
    let bad = |_| Problem::new(422, "oplog.bad_address").field("address");
    found.map(|address| MaskedAddress::from(address).to_string()).map_err(bad)
}

/// What a text that names an object may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Case(CaseId),
    Thing(i64),
    /// Perhaps the number of an order.
    Number(String),
}

pub(crate) fn named(text: &str) -> Named {
    let thing = text
        .parse::<UserId>()
        .map(|id| id.0)
        .or_else(|_| text.parse::<RoleId>().map(|id| id.0))
        .or_else(|_| text.parse::<OrgId>().map(|id| id.0))
        .or_else(|_| text.parse::<ShopId>().map(|id| id.0))
        .or_else(|_| text.parse::<ExportId>().map(|id| id.0))
        .or_else(|_| text.parse::<BatchId>().map(|id| id.0));
    match (text.parse::<CaseId>(), thing) {
        (Ok(case), _) => Named::Case(case),
        (_, Ok(thing)) => Named::Thing(thing),
        _ => Named::Number(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use xr_base::EventId;

    fn entry(actor: &str, party: Party, kind: &str) -> Entry {
        Entry {
            id: EventId(1),
            at: Instant(0),
            kind: kind.to_owned(),
            case_id: None,
            merchant_org: None,
            shop_id: None,
            actor: actor.to_owned(),
            party,
            body: "{}".to_owned(),
            address: Some("203.0.113.*".to_owned()),
            object_id: None,
        }
    }

    #[test]
    fn a_kind_is_found_by_itself_and_by_its_first_part_but_not_by_half_a_word() {
        assert!(is_of("identity.role_changed", "identity.role_changed"));
        assert!(is_of("identity.role_changed", "identity"));
        assert!(!is_of("identity.role_changed", "identity.role"));
        assert!(!is_of("orders.x", "order"));
    }

    #[test]
    fn an_address_is_found_whole_masked_or_without_its_last_part() {
        for text in ["203.0.113.9", "203.0.113.*", "203.0.113.", "203.0.113", " 203.0.113.9 ", "::ffff:203.0.113.1"] {
            assert_eq!(masked(text).unwrap(), "203.0.113.*", "{text}");
        }
        for text in ["2001:db8:1:2::9", "2001:db8:1:*", "2001:db8:1"] {
            assert_eq!(masked(text).unwrap(), "2001:db8:1:*", "{text}");
        }
        for text in ["", "203", "203.0", "home", "203.0.113.9.9", "*", "%", "2001", "2001:db8", ":"] {
            assert_eq!(masked(text).unwrap_err().code, "oplog.bad_address", "{text}");
        }
    }

    #[test]
    fn staff_are_people_and_nothing_else() {
        let user = UserId(7).to_string();
        let of = |actor: &str, party| Filter::default().fits(&entry(actor, party, "order.ship"));
        assert!(of(&user, Party::Merchant) && of(&user, Party::Platform));
        assert!(!of(&user, Party::Buyer) && !of("clock", Party::System) && !of("provider:x", Party::Courier));
        let other = Filter { who: Who::Member(UserId(8)), ..Filter::default() };
        assert!(!other.fits(&entry(&user, Party::Merchant, "order.ship")));
    }

    #[test]
    fn a_merchant_cannot_find_out_where_people_of_the_platform_sit() {
        let filter = Filter { address: Some("203.0.113.*".to_owned()), is_outsider: true, ..Filter::default() };
        assert!(filter.fits(&entry("usr_x", Party::Merchant, "order.ship")));
        assert!(!filter.fits(&entry("usr_x", Party::Platform, "order.ship")));
    }

    #[test]
    fn what_is_no_id_may_be_a_number() {
        assert_eq!(named(&CaseId(5).to_string()), Named::Case(CaseId(5)));
        assert_eq!(named(&RoleId(5).to_string()), Named::Thing(5));
        assert_eq!(named("260105123456781"), Named::Number("260105123456781".to_owned()));
    }
}
