//! Whether an organisation may trade, and what its people may do meanwhile.

use crate::Error;
use crate::commands::{of_org, tell};
use crate::model::User;
use serde::{Deserialize, Serialize};
use serde_json::json;
use xr_base::{Actor, Fault, OrgId};
use xr_store::{Tx, params, sql};

/// How an organisation stands with the marketplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In by the operator's hand: added by them, imported, or there before registration was.
    Operator,
    /// Registered, and never approved so far.
    Unverified,
    /// Its papers were approved.
    Approved,
    /// Approved, and a change of what was approved is under review.
    Changing,
    /// It did not renew its papers in time.
    Restricted,
    /// It still did not.
    Suspended,
    /// Stopped at once for a danger.
    Frozen,
    /// On its way out.
    Closing,
    /// Out.
    Closed,
}

xr_base::stored_as_word!(Standing);

/// Something that trading consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trade {
    /// New goods are offered.
    List,
    /// New orders are taken. Old ones go on in every standing: their buyers must not suffer.
    Sell,
}

/// What a standing brings with it.
struct Terms {
    standing: Standing,
    word: &'static str,
    lists: bool,
    sells: bool,
    /// The only permission words that its people keep; none leaves them all.
    words: Option<&'static [&'static str]>,
}

const fn terms(standing: Standing, word: &'static str, lists: bool, sells: bool) -> Terms {
    Terms { standing, word, lists, sells, words: None }
}

/// Who is outside sees and completes their verification, and does nothing else.
const OUTSIDE: Option<&[&str]> = Some(&["verification.apply"]);

/// The table of restrictions.
const TERMS: [Terms; 9] = [
    terms(Standing::Operator, "operator", true, true),
    Terms { words: OUTSIDE, ..terms(Standing::Unverified, "unverified", false, false) },
    terms(Standing::Approved, "approved", true, true),
    terms(Standing::Changing, "changing", false, true),
    terms(Standing::Restricted, "restricted", false, true),
    terms(Standing::Suspended, "suspended", false, false),
    terms(Standing::Frozen, "frozen", false, false),
    terms(Standing::Closing, "closing", false, false),
    Terms { words: OUTSIDE, ..terms(Standing::Closed, "closed", false, false) },
];

impl Standing {
    const fn terms(self) -> &'static Terms {
        &TERMS[self as usize]
    }

    /// The word in tables, machines and the API.
    pub const fn word(self) -> &'static str {
        self.terms().word
    }

    /// The standing with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        TERMS.iter().find(|terms| terms.word == word).map(|terms| terms.standing)
    }

    /// Whether an organisation that stands so may do this.
    pub const fn allows(self, trade: Trade) -> bool {
        match trade {
            Trade::List => self.terms().lists,
            Trade::Sell => self.terms().sells,
        }
    }

    /// What is left of the permissions of its people.
    pub fn keep(self, permissions: &mut Vec<String>) {
        if let Some(words) = self.terms().words {
            permissions.retain(|word| words.contains(&word.as_str()));
        }
    }
}

/// How an organisation stands.
///
/// # Errors
/// A store fault.
pub fn of(tx: &mut Tx<'_>, org: OrgId) -> Result<Option<Standing>, Fault> {
    let row: Option<(Standing,)> = tx
        .opt(sql!("SELECT standing FROM orgs WHERE id = ?1 /* unscoped: by id after authorisation */"), params![org])?;
    Ok(row.map(|(standing,)| standing))
}

/// Refuses what the organisation may not do as it stands. One that has no row is judged by whoever looks it up.
///
/// # Errors
/// 409 `identity.may_not_list`, `identity.may_not_sell`.
pub fn check(tx: &mut Tx<'_>, org: OrgId, trade: Trade) -> Result<(), Fault> {
    match of(tx, org)? {
        Some(standing) if !standing.allows(trade) => Err(Error::MayNotTrade(trade).into()),
        _ => Ok(()),
    }
}

/// Gives an organisation another standing, and the name that was approved with it.
///
/// # Errors
/// A store fault.
pub fn set(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, standing: Standing, name: Option<&str>) -> Result<(), Fault> {
    tx.put(
        sql!(
            "UPDATE orgs SET standing = ?2, name = COALESCE(?3, name) WHERE id = ?1 /* unscoped: after authorisation */"
        ),
        params![org, standing, name],
    )?;
    let is_renamed = name.is_some();
    let body = json!({ "org": org, "standing": standing, "is_name_taken_over": is_renamed });
    Ok(tell(tx, ("identity.standing_changed", org.0), actor, of_org(Some(org)), body)?)
}

/// How a person's organisation stands; buyers have none.
pub(crate) fn of_user(tx: &mut Tx<'_>, user: &User) -> Result<Option<Standing>, Fault> {
    Ok(user.org.map(|org| of(tx, org)).transpose()?.flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_standing_stands_at_its_place_in_the_table_and_is_found_by_its_word() {
        for (place, terms) in TERMS.iter().enumerate() {
            assert_eq!(terms.standing as usize, place);
            assert_eq!(Standing::from_word(terms.word), Some(terms.standing));
            let shown = serde_json::to_value(terms.standing).ok();
            assert_eq!(shown, Some(terms.word.into()), "the API says it by the same word");
        }
    }

    #[test]
    fn nobody_sells_who_was_never_let_in_or_was_stopped() {
        let selling: Vec<&str> = TERMS.iter().filter(|t| t.standing.allows(Trade::Sell)).map(|t| t.word).collect();
        assert_eq!(selling, ["operator", "approved", "changing", "restricted"]);
        let listing: Vec<&str> = TERMS.iter().filter(|t| t.standing.allows(Trade::List)).map(|t| t.word).collect();
        assert_eq!(listing, ["operator", "approved"]);
    }

    #[test]
    fn the_unverified_keep_their_verification_and_nothing_else() {
        let all = || vec!["orders.manage".to_owned(), "verification.apply".to_owned(), "members.manage".to_owned()];
        let mut words = all();
        Standing::Unverified.keep(&mut words);
        assert_eq!(words, ["verification.apply"]);
        let mut words = all();
        Standing::Suspended.keep(&mut words);
        assert_eq!(words, all(), "who is suspended still ships what was bought");
    }
}
