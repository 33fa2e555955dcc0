//! Places where lists are looked up, each in order in an index, so that a page costs the same however rare what it shows is.
//!
//! Cases lie in order by merchant and by buyer, by shop and state (`cases_by_shop`), and by state (`cases_by_state`). Whatever else is
//! asked for is looked up place by place and merged: one more index would take 3 % of the orders that can be placed.

use std::cmp::Reverse;
use xr_base::{CaseId, Fault, Scope, ShopId, StoreError};
use xr_store::{Tx, params, sql};

/// A shop, a state, both or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Only this shop.
    pub shop: Option<ShopId>,
    /// Only this state.
    pub state: Option<String>,
}

/// The places that together hold the cases of `kind` that are asked for, each in order.
///
/// # Errors
/// A store fault.
pub fn places(tx: &mut Tx<'_>, scope: Scope, kind: &str, at: Place) -> Result<Vec<Place>, Fault> {
    match (scope, &at.shop, &at.state) {
        (Scope::Merchant(_), None, Some(_)) => {
            let shops = shops_of(tx, scope)?;
            Ok(shops.into_iter().map(|shop| Place { shop: Some(shop), state: at.state.clone() }).collect())
        }
        (Scope::Platform, _, None) | (Scope::Merchant(_), Some(_), None) => {
            let states = states(tx, kind, at.shop)?;
            Ok(states.into_iter().map(|state| Place { shop: at.shop, state: Some(state) }).collect())
        }
        _ => Ok(vec![at]),
    }
}

/// Every shop of a merchant.
pub(crate) fn shops_of(tx: &mut Tx<'_>, scope: Scope) -> Result<Vec<ShopId>, StoreError> {
    let shops = xr_identity::queries::shops(tx, scope, 0, i64::MAX)?;
    Ok(shops.into_iter().map(|shop| shop.id).collect())
}

/// The states that occur, of a shop or of all; from one to the next there are as many steps in the index as states.
fn states(tx: &mut Tx<'_>, kind: &str, shop: Option<ShopId>) -> Result<Vec<String>, StoreError> {
    let found: Vec<(String,)> = match shop {
        None => tx.all(
            sql!(
                "WITH RECURSIVE found(state) AS (SELECT MIN(state) FROM cases WHERE kind = ?1 UNION ALL
                 SELECT (SELECT MIN(c.state) FROM cases c WHERE c.kind = ?1 AND c.state > found.state) FROM found
                 WHERE found.state IS NOT NULL) SELECT state FROM found WHERE state IS NOT NULL
                 /* unscoped: names of states, no content */"
            ),
            params![kind],
        )?,
        Some(shop) => tx.all(
            sql!(
                "WITH RECURSIVE found(state) AS (SELECT MIN(state) FROM cases WHERE shop_id = ?2 AND kind = ?1 UNION ALL
                 SELECT (SELECT MIN(c.state) FROM cases c WHERE c.shop_id = ?2 AND c.kind = ?1 AND c.state > found.state)
                 FROM found WHERE found.state IS NOT NULL) SELECT state FROM found WHERE state IS NOT NULL
                 /* unscoped: names of states, no content */"
            ),
            params![kind, shop],
        )?,
    };
    Ok(found.into_iter().map(|(state,)| state).collect())
}

/// The newest cases of all `places`, at most `limit`. `page` gives the newest of one above an id: what is older than the page that
/// others filled is not read.
///
/// # Errors
/// What `page` gives.
pub fn merged<P, T, E>(
    places: Vec<P>,
    limit: i64,
    id: impl Fn(&T) -> CaseId,
    mut page: impl FnMut(P, CaseId) -> Result<Vec<T>, E>,
) -> Result<Vec<T>, E> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let (mut found, mut above) = (Vec::new(), CaseId(0));
    for place in places {
        found.append(&mut page(place, above)?);
        found.sort_by_key(|one| Reverse(id(one)));
        found.truncate(limit);
        above = found.last().filter(|_| found.len() == limit).map_or(above, &id);
    }
    Ok(found)
}
